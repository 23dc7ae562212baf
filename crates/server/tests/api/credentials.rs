//! Who may ask at all: the same refusals for every action, and nothing is written.

use payments::commands::{CreateKey, DisableKey};
use payments::{AccessKeyId, ReadSet};
use server::admin::Ask;
use server::random;
use vault::Purpose;
use wire::call::REPLAY_WINDOW_MS;
use wire::{Action, instant};

use crate::kit::{Pairs, Scene, Signer, reference, until, with, without};
use crate::sample::sample;

/// What each action says to a request that was signed otherwise.
fn check(code: &str, message: &str, spoil: impl Fn(&Scene, Action, &Pairs) -> crate::kit::Reply) {
    let scene = Scene::new();
    for action in Action::ALL {
        let asked = sample(&scene, action);
        let reply = spoil(&scene, action, &asked);
        reply.refused(code);
        assert!(
            reply.message().starts_with(message),
            "{}: {}",
            action.as_str(),
            reply.body
        );
        assert_unused(&scene, &asked);
        // Nothing was done: the same request, signed well, is accepted.
        scene.ask(action, &asked).ok();
    }
}

/// The caller reference of a request, if it has one, names nothing yet.
fn assert_unused(scene: &Scene, asked: &Pairs) {
    let Some((_, text)) = asked.iter().find(|(name, _)| name == "CallerReference") else {
        return;
    };
    let mut want = ReadSet::default();
    let name = (scene.shop.account, reference(text));
    want.references.insert(name.clone());
    let seen = scene.world.see(want);
    assert!(seen.references.get(&name).is_none(), "{text} was used up");
}

#[test]
fn a_wrong_signature() {
    let message = "The request signature calculated by Amazon does not match";
    check("SignatureDoesNotMatch", message, |scene, action, asked| {
        let mut signer = scene.signer();
        signer.secret.push('x');
        signer.ask(&scene.world, action.as_str(), asked)
    });
}

#[test]
fn a_changed_value() {
    let message = "The request signature calculated by Amazon does not match";
    check("SignatureDoesNotMatch", message, |scene, action, asked| {
        let signer = scene.signer();
        let all = signer.sign(action.as_str(), asked);
        signer.send(&scene.world, &with(all, "Version", "2010-08-28"))
    });
}

#[test]
fn an_unknown_key() {
    let message = "The AWS Access Key Id you provided does not exist in our records.";
    check("InvalidClientTokenId", message, |scene, action, asked| {
        let key = "AKIAIIFXJCFIHITREP4Q".to_owned();
        let signer = Signer {
            key,
            ..scene.signer()
        };
        signer.ask(&scene.world, action.as_str(), asked)
    });
}

#[test]
fn what_cannot_be_a_key() {
    let message = "The AWS Access Key Id you provided does not exist in our records.";
    check("InvalidClientTokenId", message, |scene, action, asked| {
        let key = "nobody' OR 1=1".to_owned();
        let signer = Signer {
            key,
            ..scene.signer()
        };
        signer.ask(&scene.world, action.as_str(), asked)
    });
}

#[test]
fn a_time_too_long_ago_or_too_far_ahead() {
    for far in [-61_000_i64, 61_000] {
        check(
            "RequestExpired",
            "Request has expired. Timestamp date is ",
            |scene, action, asked| {
                let window = i64::try_from(REPLAY_WINDOW_MS).expect("a quarter of an hour");
                let at = scene.world.now().plus_ms(far + window * far.signum());
                let signer = Signer {
                    at,
                    ..scene.signer()
                };
                let reply = signer.ask(&scene.world, action.as_str(), asked);
                let named = instant::write(at);
                assert!(reply.message().ends_with(&named), "{}", reply.body);
                reply
            },
        );
    }
}

#[test]
fn a_time_near_the_edge_of_the_window_counts() {
    let scene = Scene::new();
    for near in [-890_000, 890_000] {
        let at = scene.world.now().plus_ms(near);
        let signer = Signer {
            at,
            ..scene.signer()
        };
        signer
            .ask(&scene.world, "GetAccountBalance", &Pairs::new())
            .ok();
    }
}

#[test]
fn a_missing_part_of_the_signature() {
    let scene = Scene::new();
    for (name, said) in [
        ("AWSAccessKeyId", "awsAccessKeyId can not be empty "),
        ("SignatureVersion", "signatureVersion can not be empty "),
        ("SignatureMethod", "signatureMethod can not be empty "),
        ("Timestamp", "timestamp can not be empty "),
        ("Version", "version can not be empty "),
        ("Action", "action can not be empty "),
        ("Signature", "signature can not be empty "),
    ] {
        let signer = scene.signer();
        let all = signer.sign("GetAccountBalance", &Pairs::new());
        for broken in [without(all.clone(), name), with(all, name, "")] {
            let reply = signer.send(&scene.world, &broken);
            reply.refused("InvalidParams");
            assert_eq!(reply.message(), said);
        }
    }
}

#[test]
fn a_disabled_key_fails_within_a_second() {
    let scene = Scene::new();
    let mut kept = Vec::new();
    for action in Action::ALL {
        let asked = sample(&scene, action);
        scene.ask(action, &asked).ok();
        kept.push((action, sample(&scene, action)));
    }
    let begun = scene.world.now();
    scene.world.admin(Ask::KeyDisable {
        id: scene.shop.key.clone(),
    });
    for (action, asked) in &kept {
        until("a disabled key to fail", || {
            let reply = scene.ask(*action, asked);
            (reply.code() == "AuthFailure").then(|| reply.refused("AuthFailure"))
        });
    }
    let took = scene.world.now().ms_since(begun);
    assert!(
        took < 3_000,
        "every key is looked up again within a second: {took} ms"
    );
}

#[test]
fn what_writes_is_refused_at_once_however_fresh_the_cache() {
    let scene = Scene::new();
    let asked = scene.payment();
    scene.ask(Action::GetAccountBalance, &Pairs::new()).ok();
    let id = AccessKeyId::parse(&scene.shop.key).expect("a key of ours");
    scene.world.submit(DisableKey { id, owner: None });
    scene.ask(Action::Reserve, &asked).refused("AuthFailure");
}

/// Asks for a balance by a key with this sealed secret.
fn by_key(scene: &Scene, sealed_secret: Vec<u8>) -> crate::kit::Reply {
    let id = AccessKeyId::parse("AKIAIIFXJCFIHITREP4Q").expect("a key");
    scene.world.submit(CreateKey {
        id,
        account: scene.shop.account,
        sealed_secret,
    });
    let key = "AKIAIIFXJCFIHITREP4Q".to_owned();
    let signer = Signer {
        key,
        ..scene.signer()
    };
    let reply = signer.ask(&scene.world, "GetAccountBalance", &Pairs::new());
    assert!(
        !reply.body.contains("vault") && !reply.body.contains("AKIA"),
        "{}",
        reply.body
    );
    reply
}

#[test]
fn an_account_whose_secret_cannot_be_opened_cannot_be_accessed() {
    // As when the master key that it was sealed under is not configured.
    let scene = Scene::new();
    let reply = by_key(&scene, b"not sealed by this vault".to_vec());
    reply.refused("AccessFailure");
    // Nobody else is concerned.
    scene.ask(Action::GetAccountBalance, &Pairs::new()).ok();
}

#[test]
fn a_key_whose_secret_is_no_text_is_the_servers_failure() {
    let scene = Scene::new();
    let owner = scene.shop.account.0;
    let vault = &scene.world.app().vault;
    let sealed = vault.seal(
        Purpose::AccessKeySecret,
        owner,
        &[0xff, 0xfe],
        random::bytes(),
    );
    by_key(&scene, sealed.into_bytes()).refused("InternalError");
}

#[test]
fn a_closing_server_says_try_again() {
    let scene = Scene::new();
    let signer = scene.signer();
    let all = signer.sign("Reserve", &scene.payment());
    scene.world.close_store();
    let reply = signer.send(&scene.world, &all);
    reply.refused("ServiceUnavailable");
}
