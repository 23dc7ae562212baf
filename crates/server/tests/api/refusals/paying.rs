//! Payments that go wrong in one way.

use payments::commands::InstallTokens;
use payments::rows::RecipientTerms;
use wire::Action;

use crate::kit::{Installed, Reply, Scene, with};

/// A payment with one parameter set.
pub(super) fn set(scene: &Scene, action: Action, name: &str, value: &str) -> Reply {
    scene.ask(action, &with(scene.payment(), name, value))
}

/// A payment by a token of its own.
pub(super) fn by(
    scene: &Scene,
    action: Action,
    change: impl FnOnce(InstallTokens) -> InstallTokens,
) -> Reply {
    let token = scene.world.install(change(scene.consent()));
    scene.ask(action, &scene.payment_by(&token))
}

/// A payment to a token of its own, that the sender's token allows.
pub(super) fn to(scene: &Scene, action: Action, accepted: InstallTokens) -> Reply {
    to_with(scene, action, accepted, &[])
}

pub(super) fn to_with(
    scene: &Scene,
    action: Action,
    accepted: InstallTokens,
    more: &[(&str, &str)],
) -> Reply {
    let recipient = scene.world.install(accepted);
    let token = scene.world.install(paying(scene, &recipient));
    let mut asked = with(
        scene.payment_by(&token),
        "RecipientTokenId",
        recipient.id.as_str(),
    );
    for (name, value) in more {
        asked = with(asked, name, value);
    }
    scene.ask(action, &asked)
}

pub(super) fn paying(scene: &Scene, recipient: &Installed) -> InstallTokens {
    InstallTokens {
        recipients: vec![recipient.key],
        ..scene.consent()
    }
}

pub(super) fn terms(scene: &Scene, change: impl FnOnce(&mut RecipientTerms)) -> InstallTokens {
    let mut accepted = scene.acceptance(scene.recipient);
    change(accepted.terms.as_mut().expect("terms"));
    accepted
}
