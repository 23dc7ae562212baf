//! Who may ask over SOAP: the same refusals for every action, and nothing is used up.

use payments::Fingerprint;
use server::admin::{Ask, AskCertificate};
use test_kit::soap::{Message, Signer};
use wire::call::REPLAY_WINDOW_MS;
use wire::{Action, instant};

use super::assert_unused;
use crate::kit::{Pairs, Reply, Scene, over_soap};
use crate::sample::sample;

/// What each action says to a message that was signed otherwise.
fn check(code: &str, says: &str, spoil: impl Fn(&Scene, Message) -> Reply) {
    let scene = over_soap();
    for action in Action::ALL {
        let asked = sample(&scene, action);
        let reply = spoil(&scene, scene.plan(action, &asked));
        reply.refused(code);
        assert!(
            reply.message().contains(says),
            "{}: {}",
            action.as_str(),
            reply.body
        );
        assert_unused(&scene, &asked);
        // Nothing was done: the same request, signed well, is accepted.
        scene.ask(action, &asked).ok();
    }
}

#[test]
fn a_changed_body() {
    let says = "signature calculated by Amazon does not match";
    check("SignatureDoesNotMatch", says, |scene, plan| {
        let text = scene.signer_of(scene.shop.account).sign(&plan);
        scene.send_message(&text.replace("</SOAP-ENV:Body>", "<!----> </SOAP-ENV:Body>"))
    });
}

#[test]
fn a_changed_time() {
    let says = "signature calculated by Amazon does not match";
    check("SignatureDoesNotMatch", says, |scene, plan| {
        let text = scene.signer_of(scene.shop.account).sign(&plan);
        let created = plan.created.expect("a time");
        scene.send_message(&text.replace(&created, &created.replace('Z', "+00:00")))
    });
}

#[test]
fn an_unknown_certificate() {
    let says = "X.509 certificate you provided does not exist";
    let stranger = Signer::fresh();
    check("InvalidClientTokenId", says, |scene, plan| {
        scene.send_message(&stranger.sign(&plan))
    });
}

#[test]
fn a_time_too_long_ago_or_too_far_ahead() {
    for far in [-61_000_i64, 61_000] {
        check(
            "RequestExpired",
            "Request has expired.",
            |scene, mut plan| {
                let window = i64::try_from(REPLAY_WINDOW_MS).expect("a quarter of an hour");
                let at = scene.world.now().plus_ms(far + window * far.signum());
                plan.created = Some(instant::write(at));
                // A late end does not make it younger.
                plan.expires = Some(instant::write(scene.world.now().plus_ms(86_400_000)));
                scene.send_planned(&plan)
            },
        );
    }
}

#[test]
fn an_end_that_has_passed() {
    check(
        "RequestExpired",
        "Request has expired.",
        |scene, mut plan| {
            plan.created = Some(instant::write(scene.world.now().plus_ms(-2_000)));
            plan.expires = Some(instant::write(scene.world.now().plus_ms(-1_000)));
            scene.send_planned(&plan)
        },
    );
}

#[test]
fn a_time_that_is_none() {
    check(
        "InvalidParameterValue",
        "Must be in ISO8601 format",
        |scene, mut plan| {
            plan.created = Some("yesterday".to_owned());
            scene.send_planned(&plan)
        },
    );
}

#[test]
fn no_time_and_no_signature() {
    check(
        "InvalidRequest",
        "wsu:Created must be there",
        |scene, mut plan| {
            plan.created = None;
            scene.send_planned(&plan)
        },
    );
    let scene = over_soap();
    for action in Action::ALL {
        let plan = scene.plan(action, &sample(&scene, action));
        let text = scene.signer_of(scene.shop.account).sign(&plan);
        let (before, rest) = text.split_once("<wsse:Security ").expect("a header");
        let (_, after) = rest.split_once("</wsse:Security>").expect("its end");
        let reply = scene.send_message(&format!("{before}{after}"));
        if action.may_be_unsigned() {
            reply.ok();
        } else {
            reply.refused("InvalidParams");
        }
    }
}

#[test]
fn a_disabled_certificate_fails_at_once_and_can_come_back() {
    let scene = over_soap();
    let signer = scene.signer_of(scene.shop.account);
    let fingerprint = Fingerprint(signing::x509::fingerprint(signer.certificate()));
    for action in Action::ALL {
        let asked = sample(&scene, action);
        scene.world.admin(Ask::Certificate(AskCertificate::Disable {
            fingerprint: fingerprint.to_string().to_uppercase(),
        }));
        scene.ask(action, &asked).refused("AuthFailure");
        assert_unused(&scene, &asked);
        scene.world.admin(Ask::Certificate(AskCertificate::Add {
            account: scene.shop.account.0.to_string(),
            pem: signer.certificate_pem().to_owned(),
        }));
        scene.ask(action, &asked).ok();
    }
}

#[test]
fn a_certificate_acts_for_its_own_account_only() {
    let scene = over_soap();
    let id = scene.reserved();
    let rival = scene.another_shop(true);
    let asked = crate::kit::pairs(&[("TransactionId", &id)]);
    scene
        .ask_as(&rival, Action::Cancel, &asked)
        .refused("InvalidTransactionId");
    // A suspended account may not ask, whatever its certificate says.
    scene
        .world
        .set_status(scene.shop.account, payments::rows::AccountStatus::Suspended);
    let reply = scene.ask(Action::GetAccountBalance, &Pairs::new());
    reply.refused("InvalidAccountState_Caller");
}
