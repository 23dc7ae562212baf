//! GetTokenByCaller and CancelToken.

use wire::Action;

use super::Case;
use crate::kit::{Scene, pairs};

const READ: &[Action] = &[Action::GetTokenByCaller];
const CANCEL: &[Action] = &[Action::CancelToken];
const BOTH: &[Action] = &[Action::GetTokenByCaller, Action::CancelToken];
/// Well formed, and nobody's.
const NOBODYS: &str = "553IPMACGAZ2J4N1L7BJ3UMNRFTQU4V9NT4RJCTVADDJKXQ6L1ZAKSIUNPIRTTI1";

fn named(scene: &Scene) -> crate::kit::Pairs {
    pairs(&[("TokenId", scene.world.install(scene.consent()).id.as_str())])
}

pub(super) const CASES: &[Case] = &[
    Case {
        code: "InvalidTokenId",
        says: "no such token",
        actions: BOTH,
        when: "nobody has the token",
        ask: |scene, action| scene.ask(action, &pairs(&[("TokenId", NOBODYS)])),
    },
    Case {
        code: "InvalidTokenId",
        says: "no such token",
        actions: READ,
        when: "another caller has the token",
        ask: |scene, action| scene.ask_as(&scene.another_shop(true), action, &named(scene)),
    },
    Case {
        code: "TokenAccessDenied",
        says: "may not cancel",
        actions: CANCEL,
        when: "another caller has the token",
        ask: |scene, action| scene.ask_as(&scene.another_shop(true), action, &named(scene)),
    },
    Case {
        code: "InvalidCallerReference",
        says: "No token was made",
        actions: READ,
        when: "no token was made under the reference",
        ask: |scene, action| scene.ask(action, &pairs(&[("CallerReference", "never used")])),
    },
    Case {
        code: "InvalidCallerReference",
        says: "No token was made",
        actions: READ,
        when: "another caller made a token under the reference",
        ask: |scene, action| {
            let asked = pairs(&[("CallerReference", "sender-1")]);
            scene.ask_as(&scene.another_shop(true), action, &asked)
        },
    },
    Case {
        code: "TokenNotActive",
        says: "already",
        actions: CANCEL,
        when: "it was cancelled before",
        ask: |scene, action| {
            let asked = named(scene);
            scene.ask(action, &asked).ok();
            scene.ask(action, &asked)
        },
    },
    Case {
        code: "InvalidParams",
        says: "Exactly one of tokenId and callerReference",
        actions: READ,
        when: "it is named twice",
        ask: |scene, action| {
            let asked = crate::kit::with(named(scene), "CallerReference", "sender-1");
            scene.ask(action, &asked)
        },
    },
    Case {
        code: "InvalidParams",
        says: "Exactly one of tokenId and callerReference",
        actions: READ,
        when: "it is not named",
        ask: |scene, action| scene.ask(action, &Vec::new()),
    },
    Case {
        code: "InvalidAccountState_Caller",
        says: "caller",
        actions: BOTH,
        when: "the caller is suspended",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene
                .world
                .set_status(shop.account, payments::rows::AccountStatus::Suspended);
            scene.ask_as(&shop, action, &named(scene))
        },
    },
    Case {
        code: "AccountClosed",
        says: "closed",
        actions: BOTH,
        when: "the caller is closed",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene
                .world
                .set_status(shop.account, payments::rows::AccountStatus::Closed);
            scene.ask_as(&shop, action, &named(scene))
        },
    },
];
