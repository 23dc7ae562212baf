//! Readings, and InstallPaymentInstruction.

use payments::commands::InstallTokens;
use payments::rows::{AccountStatus, TokenType};
use wire::{Action, instant};

use super::Case;
use crate::kit::{Pairs, Reply, Scene, pairs, with};
use crate::sample::sample;

const ACTIVITY: &[Action] = &[Action::GetAccountActivity];
const USAGE: &[Action] = &[Action::GetTokenUsage];
const OF_TOKENS: &[Action] = &[Action::GetTokenUsage, Action::GetPaymentInstruction];
const VERIFICATION: &[Action] = &[Action::GetRecipientVerificationStatus];
const INSTALL: &[Action] = &[Action::InstallPaymentInstruction];
/// Well formed, and nobody's.
const NOBODYS: &str = "553IPMACGAZ2J4N1L7BJ3UMNRFTQU4V9NT4RJCTVADDJKXQ6L1ZAKSIUNPIRTTI1";

fn install(scene: &Scene, kind: &str, text: &str) -> Reply {
    let asked = pairs(&[
        ("PaymentInstruction", text),
        ("CallerReference", &scene.fresh_reference()),
        ("TokenType", kind),
    ]);
    scene.ask(Action::InstallPaymentInstruction, &asked)
}

fn recipient(id: &str) -> Pairs {
    pairs(&[("RecipientTokenId", id)])
}

fn dates(scene: &Scene, start_ms: i64, end_ms: i64) -> Pairs {
    let at = |ms| instant::write(scene.world.product_now().plus_ms(ms));
    pairs(&[("StartDate", &at(start_ms)), ("EndDate", &at(end_ms))])
}

pub(super) const CASES: &[Case] = &[
    Case {
        code: "InvalidDateRange",
        says: "startDate lies in the future",
        actions: ACTIVITY,
        when: "it starts tomorrow",
        ask: |scene, action| scene.ask(action, &dates(scene, 86_400_000, 90_000_000)),
    },
    Case {
        code: "InvalidDateRange",
        says: "endDate has to be after startDate",
        actions: ACTIVITY,
        when: "it ends before it starts",
        ask: |scene, action| scene.ask(action, &dates(scene, -60_000, -120_000)),
    },
    Case {
        code: "InvalidTokenType",
        says: "single-use",
        actions: USAGE,
        when: "the token is for a single use",
        ask: |scene, action| {
            let kind = TokenType::SingleUse;
            let token = scene.world.install(InstallTokens {
                kind,
                ..scene.consent()
            });
            scene.ask(action, &pairs(&[("TokenId", token.id.as_str())]))
        },
    },
    Case {
        code: "InvalidTokenId",
        says: "no such token",
        actions: OF_TOKENS,
        when: "nobody has the token",
        ask: |scene, action| scene.ask(action, &pairs(&[("TokenId", NOBODYS)])),
    },
    Case {
        code: "InvalidTokenId",
        says: "no such token",
        actions: OF_TOKENS,
        when: "another caller has the token",
        ask: |scene, action| {
            let asked = pairs(&[("TokenId", scene.sender_token.id.as_str())]);
            scene.ask_as(&scene.another_shop(true), action, &asked)
        },
    },
    Case {
        code: "InvalidTokenId_Recipient",
        says: "Recipient token is not valid.",
        actions: VERIFICATION,
        when: "nobody has the token",
        ask: |scene, action| scene.ask(action, &recipient(NOBODYS)),
    },
    Case {
        code: "InvalidTokenId_Recipient",
        says: "Recipient token is not valid.",
        actions: VERIFICATION,
        when: "the token is a sender's",
        ask: |scene, action| scene.ask(action, &recipient(scene.sender_token.id.as_str())),
    },
    Case {
        code: "TokenNotActive_Recipient",
        says: "Recipient token is not active.",
        actions: VERIFICATION,
        when: "the token was cancelled",
        ask: |scene, action| {
            let token = scene.world.install(scene.acceptance(scene.recipient));
            let asked = pairs(&[("TokenId", token.id.as_str())]);
            scene.ask(Action::CancelToken, &asked).ok();
            scene.ask(action, &recipient(token.id.as_str()))
        },
    },
    Case {
        code: "NotMarketplaceApp",
        says: "not registered as a marketplace",
        actions: VERIFICATION,
        when: "the caller is no marketplace",
        ask: |scene, action| {
            let shop = scene.another_shop(false);
            let token = scene.world.install(InstallTokens {
                installer: shop.account,
                ..scene.acceptance(scene.recipient)
            });
            scene.ask_as(&shop, action, &recipient(token.id.as_str()))
        },
    },
    Case {
        code: "AccountClosed",
        says: "closed",
        actions: ACTIVITY,
        when: "the caller is closed",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene.world.set_status(shop.account, AccountStatus::Closed);
            scene.ask_as(&shop, action, &dates(scene, -60_000, 0))
        },
    },
    Case {
        code: "BadRule",
        says: "Parse errors: line 1:9: unexpected token: instruction",
        actions: INSTALL,
        when: "the text is no instruction",
        ask: |scene, _| install(scene, "SingleUse", "payment instruction"),
    },
    Case {
        code: "BadRule",
        says: "expecting ''', found '<EOF>'",
        actions: INSTALL,
        when: "a quote is not closed",
        ask: |scene, _| install(scene, "SingleUse", "MyRole == 'Sender"),
    },
    Case {
        code: "CannotSpecifyUsageForSingleUseToken",
        says: "single-use",
        actions: INSTALL,
        when: "a single-use token declares a limit",
        ask: |scene, _| {
            let text = "MyRole == 'Sender'; string MyTokenUsageLimit1Type := 'Count'; \
                        integer MyTokenUsageLimit1 := 5;";
            install(scene, "SingleUse", text)
        },
    },
    Case {
        code: "UsageNotDefined",
        says: "usage limit",
        actions: INSTALL,
        when: "a multi-use token declares none",
        ask: |scene, _| install(scene, "MultiUse", "MyRole == 'Sender';"),
    },
    Case {
        code: "InvalidUsageType",
        says: "Amount or Count",
        actions: INSTALL,
        when: "a limit is by weight",
        ask: |scene, _| {
            let text = "MyRole == 'Sender'; string MyTokenUsageLimit1Type := 'Weight'; \
                        integer MyTokenUsageLimit1 := 5;";
            install(scene, "MultiUse", text)
        },
    },
    Case {
        code: "InvalidUsageLimitCount",
        says: "missing",
        actions: INSTALL,
        when: "a limit has no value",
        ask: |scene, _| {
            let text = "MyRole == 'Sender'; string MyTokenUsageLimit1Type := 'Amount'; \
                        money MyTokenUsageLimit1 := '';";
            install(scene, "MultiUse", text)
        },
    },
    Case {
        code: "InvalidUsageDuration",
        says: "an hour or longer",
        actions: INSTALL,
        when: "a period is shorter than an hour",
        ask: |scene, _| {
            let text = "MyRole == 'Sender'; string MyTokenUsageLimit1Type := 'Count'; \
                        integer MyTokenUsageLimit1 := 5; \
                        duration MyTokenUsageLimit1Period := '30 minutes';";
            install(scene, "MultiUse", text)
        },
    },
    Case {
        code: "InvalidPaymentMethod",
        says: "abt, ach and cc",
        actions: INSTALL,
        when: "the text pays by gold",
        ask: |scene, _| {
            let text = "MyRole == 'Sender'; string PaymentMethod := 'gold';";
            install(scene, "SingleUse", text)
        },
    },
    Case {
        code: "InvalidPaymentInstrument",
        says: "no active instrument",
        actions: INSTALL,
        when: "the text pays by card, and the account has none",
        ask: |scene, _| {
            let text = "MyRole == 'Sender'; string PaymentMethod := 'cc';";
            install(scene, "SingleUse", text)
        },
    },
    Case {
        code: "DuplicateRequest",
        says: "tokenType was \"Unrestricted\" and is \"SingleUse\" now",
        actions: INSTALL,
        when: "the reference made another token",
        ask: |scene, action| {
            let asked = sample(scene, action);
            scene.ask(action, &asked).ok();
            scene.ask(action, &with(asked, "TokenType", "SingleUse"))
        },
    },
    Case {
        code: "UnverifiedEmailAddress_Caller",
        says: "caller",
        actions: INSTALL,
        when: "the caller's address is not verified",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene.world.set_unverified(shop.account);
            scene.ask_as(&shop, action, &sample(scene, action))
        },
    },
    Case {
        code: "InvalidUsageStartTime",
        says: "2031-02-03T00:00:00.000Z",
        actions: INSTALL,
        when: "the token would start when its time is over",
        ask: |scene, _| {
            let text = "MyRole == 'Recipient'; TransactionTimestamp >= '2031-02-03T00:00Z'; \
                        TransactionTimestamp < '2031-02-03T00:00Z';";
            install(scene, "Unrestricted", text)
        },
    },
    Case {
        code: "InvalidUsageStartTime",
        says: "never be used",
        actions: INSTALL,
        when: "a token for one use would start after its three hours",
        ask: |scene, _| {
            let text = "MyRole == 'Sender'; TransactionTimestamp >= '2090-01-01T00:00Z';";
            install(scene, "SingleUse", text)
        },
    },
    Case {
        code: "InvalidAccountState",
        says: "not active",
        actions: INSTALL,
        when: "the account that installs is suspended",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene
                .world
                .set_status(shop.account, AccountStatus::Suspended);
            scene.ask_as(&shop, action, &sample(scene, action))
        },
    },
    Case {
        code: "InvalidAccountState",
        says: "not active",
        actions: INSTALL,
        when: "the account that installs is closed",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene.world.set_status(shop.account, AccountStatus::Closed);
            scene.ask_as(&shop, action, &sample(scene, action))
        },
    },
];
