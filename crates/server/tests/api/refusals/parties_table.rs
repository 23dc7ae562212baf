//! Reserve and Pay: who takes part, and whether they may.

use payments::commands::InstallTokens;
use payments::rows::{AccountStatus, AccountType, PaymentMethod, TokenType, Verification};
use wire::Action;

use super::Case;
use super::paying::{by, paying, set, to};
use crate::kit::{APPROVED, Reply, Scene, with};

const BOTH: &[Action] = &[Action::Reserve, Action::Pay];
/// Well formed, and nobody's.
const NOBODYS: &str = "553IPMACGAZ2J4N1L7BJ3UMNRFTQU4V9NT4RJCTVADDJKXQ6L1ZAKSIUNPIRTTI1";

fn of_suspended(scene: &Scene, action: Action, account: payments::AccountKey) -> Reply {
    scene.world.set_status(account, AccountStatus::Suspended);
    let reply = scene.ask(action, &scene.payment());
    scene.world.set_status(account, AccountStatus::Active);
    reply
}

fn of_unknown(scene: &Scene, action: Action, account: payments::AccountKey) -> Reply {
    scene.world.verify(account, Verification::Pending);
    let reply = scene.ask(action, &scene.payment());
    scene.world.verify(account, Verification::Complete);
    reply
}

pub(super) const CASES: &[Case] = &[
    Case {
        code: "InvalidAccountState_Caller",
        says: "caller",
        actions: BOTH,
        when: "the caller is suspended",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene
                .world
                .set_status(shop.account, AccountStatus::Suspended);
            scene.ask_as(&shop, action, &scene.payment())
        },
    },
    Case {
        code: "AccountClosed",
        says: "closed",
        actions: BOTH,
        when: "the caller is closed",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene.world.set_status(shop.account, AccountStatus::Closed);
            scene.ask_as(&shop, action, &scene.payment())
        },
    },
    Case {
        code: "UnverifiedAccount_Sender",
        says: "sender is not verified",
        actions: BOTH,
        when: "nobody knows who the sender is",
        ask: |scene, action| of_unknown(scene, action, scene.sender),
    },
    Case {
        code: "UnverifiedAccount_Recipient",
        says: "recipient is not verified",
        actions: BOTH,
        when: "nobody knows who the recipient is",
        ask: |scene, action| of_unknown(scene, action, scene.recipient),
    },
    Case {
        code: "AccountLimitsExceeded",
        says: "sender may send or receive at most 9999.00",
        actions: BOTH,
        when: "the sender's limits are not lifted",
        ask: |scene, action| set(scene, action, "TransactionAmount.Value", "9999.01"),
    },
    Case {
        code: "AccountLimitsExceeded",
        says: "recipient may send or receive at most 9999.00",
        actions: BOTH,
        when: "the recipient's limits are not lifted",
        ask: |scene, action| {
            scene.world.verify(scene.sender, Verification::NoLimits);
            let reply = set(scene, action, "TransactionAmount.Value", "9999.01");
            scene.world.verify(scene.sender, Verification::Complete);
            reply
        },
    },
    Case {
        code: "UnverifiedBankAccount",
        says: "bank account of the sender token is not verified",
        actions: &[Action::Pay],
        when: "the bank account is not known to be the sender's",
        ask: |scene, action| {
            let bank = scene.world.bank(scene.sender, "000400000000", false);
            by(scene, action, |consent| InstallTokens {
                method: Some(PaymentMethod::Bank),
                instrument: Some(bank),
                ..consent
            })
        },
    },
    Case {
        code: "UnverifiedEmailAddress_Caller",
        says: "caller",
        actions: BOTH,
        when: "the caller's address is not verified",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene.world.set_unverified(shop.account);
            scene.ask_as(&shop, action, &scene.payment())
        },
    },
    Case {
        code: "InvalidTokenId_Sender",
        says: "Sender token is not valid.",
        actions: BOTH,
        when: "nobody has the sender token",
        ask: |scene, action| set(scene, action, "SenderTokenId", NOBODYS),
    },
    Case {
        code: "InvalidTokenId_Sender",
        says: "Sender token is not valid.",
        actions: BOTH,
        when: "another caller has the sender token",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene.ask_as(&shop, action, &scene.payment())
        },
    },
    Case {
        code: "InvalidTokenId_Recipient",
        says: "Recipient token is not valid.",
        actions: BOTH,
        when: "nobody has the recipient token",
        ask: |scene, action| set(scene, action, "RecipientTokenId", NOBODYS),
    },
    Case {
        code: "InvalidTokenId_Recipient",
        says: "Recipient",
        actions: BOTH,
        when: "the recipient token is a sender's",
        ask: |scene, action| {
            set(
                scene,
                action,
                "RecipientTokenId",
                scene.sender_token.id.as_str(),
            )
        },
    },
    Case {
        code: "InvalidSenderRoleForAccountType",
        says: "not one that a sender pays with",
        actions: BOTH,
        when: "the sender token is a recipient's",
        ask: |scene, action| {
            set(
                scene,
                action,
                "SenderTokenId",
                scene.recipient_token.id.as_str(),
            )
        },
    },
    Case {
        code: "InvalidSenderRoleForAccountType",
        says: "not one that a sender pays with",
        actions: BOTH,
        when: "the sender token is a refund token",
        ask: |scene, action| {
            let refund = scene
                .recipient_token
                .refund
                .clone()
                .expect("a refund token");
            set(scene, action, "SenderTokenId", refund.as_str())
        },
    },
    Case {
        code: "TokenNotActive_Sender",
        says: "Sender token is not active.",
        actions: BOTH,
        when: "the sender token was cancelled",
        ask: |scene, action| {
            let token = scene.world.install(scene.consent());
            scene
                .ask(
                    Action::CancelToken,
                    &crate::kit::pairs(&[("TokenId", token.id.as_str())]),
                )
                .ok();
            scene.ask(action, &scene.payment_by(&token))
        },
    },
    Case {
        code: "TokenNotActive_Sender",
        says: "Sender",
        actions: BOTH,
        when: "the sender token's time is over",
        ask: |scene, action| {
            let expires_at = Some(scene.world.product_now().plus_ms(-1));
            by(scene, action, |consent| InstallTokens {
                expires_at,
                ..consent
            })
        },
    },
    Case {
        code: "TokenNotActive_Sender",
        says: "Sender",
        actions: BOTH,
        when: "the sender token's time has not come",
        ask: |scene, action| {
            let valid_from = Some(scene.world.product_now().plus_ms(60_000));
            by(scene, action, |consent| InstallTokens {
                valid_from,
                ..consent
            })
        },
    },
    Case {
        code: "TokenNotActive_Recipient",
        says: "Recipient token is not active.",
        actions: BOTH,
        when: "the recipient token was cancelled",
        ask: |scene, action| {
            let token = scene.world.install(scene.acceptance(scene.recipient));
            scene
                .ask(
                    Action::CancelToken,
                    &crate::kit::pairs(&[("TokenId", token.id.as_str())]),
                )
                .ok();
            set(scene, action, "RecipientTokenId", token.id.as_str())
        },
    },
    Case {
        code: "SameTokenIdUsedMultipleTimes",
        says: "single use",
        actions: BOTH,
        when: "a single-use token was used",
        ask: |scene, action| {
            let kind = TokenType::SingleUse;
            let token = scene.world.install(InstallTokens {
                kind,
                ..scene.consent()
            });
            scene.ask(action, &scene.payment_by(&token)).ok();
            scene.ask(action, &scene.payment_by(&token))
        },
    },
    Case {
        code: "InvalidAccountState_Sender",
        says: "sender",
        actions: BOTH,
        when: "the sender is suspended",
        ask: |scene, action| of_suspended(scene, action, scene.sender),
    },
    Case {
        code: "InvalidAccountState_Recipient",
        says: "recipient",
        actions: BOTH,
        when: "the recipient is suspended",
        ask: |scene, action| of_suspended(scene, action, scene.recipient),
    },
    Case {
        code: "UnverifiedEmailAddress_Sender",
        says: "sender",
        actions: BOTH,
        when: "the sender's address is not verified",
        ask: |scene, action| {
            let account = scene.another(AccountType::Personal);
            scene.world.set_unverified(account);
            let instrument = Some(scene.world.card(account, APPROVED, 2_090));
            by(scene, action, |consent| InstallTokens {
                account,
                instrument,
                ..consent
            })
        },
    },
    Case {
        code: "UnverifiedEmailAddress_Recipient",
        says: "recipient",
        actions: BOTH,
        when: "the recipient's address is not verified",
        ask: |scene, action| {
            let account = scene.another(AccountType::Business);
            scene.world.set_unverified(account);
            to(scene, action, scene.acceptance(account))
        },
    },
    Case {
        code: "SameSenderAndRecipient",
        says: "same account",
        actions: BOTH,
        when: "the sender pays itself",
        ask: |scene, action| {
            let account = scene.recipient;
            let instrument = Some(scene.world.card(account, APPROVED, 2_090));
            by(scene, action, |consent| InstallTokens {
                account,
                instrument,
                ..consent
            })
        },
    },
    Case {
        code: "NotMarketplaceApp",
        says: "not registered as a marketplace",
        actions: BOTH,
        when: "a caller that is neither party and no marketplace",
        ask: |scene, action| {
            let shop = scene.another_shop(false);
            let recipient = InstallTokens {
                installer: shop.account,
                ..scene.acceptance(scene.recipient)
            };
            let recipient = scene.world.install(recipient);
            let consent = InstallTokens {
                installer: shop.account,
                ..paying(scene, &recipient)
            };
            let token = scene.world.install(consent);
            let asked = with(
                scene.payment_by(&token),
                "RecipientTokenId",
                recipient.id.as_str(),
            );
            scene.ask_as(&shop, action, &asked)
        },
    },
    Case {
        code: "UnverifiedEmailAddress_Sender",
        says: "sender",
        actions: BOTH,
        when: "the token stands for an unverified sender in a sandbox",
        ask: |scene, action| {
            let id = "E3FR7BARJV3PB631PMKV74PGKCJLBHI1Q1KMQN7BJ2JJICPDKN3N1CJIKFZ8D7NN";
            set(scene, action, "SenderTokenId", id)
        },
    },
    Case {
        code: "InvalidAccountState_Sender",
        says: "sender",
        actions: BOTH,
        when: "the token stands for a suspended sender in a sandbox",
        ask: |scene, action| {
            let id = "H216UECZ8ZM1G8G4QA3V7RKF8JDFZ9SI3SJAFSGUKBBNDHX1NVM8GUQRZNRNAHER";
            set(scene, action, "SenderTokenId", id)
        },
    },
    Case {
        code: "InvalidAccountState_Sender",
        says: "sender",
        actions: BOTH,
        when: "the token stands for a closed sender in a sandbox",
        ask: |scene, action| {
            let id = "Z1LGRXR4HMDZBSFKXELA32KZASGWD8IHMHZCK4DETR784LDLD1GMFW4P3WT8VTGX";
            set(scene, action, "SenderTokenId", id)
        },
    },
    Case {
        code: "UnverifiedEmailAddress_Recipient",
        says: "recipient",
        actions: BOTH,
        when: "the token stands for an unverified recipient in a sandbox",
        ask: |scene, action| {
            let id = "C4LGSEMXN11FTUXZ2X2C7QVFHN5DVBGQJNF17AIQXXXQSX4DRG4KJFCN2KRFUUZI";
            set(scene, action, "RecipientTokenId", id)
        },
    },
    Case {
        code: "InvalidAccountState_Recipient",
        says: "recipient",
        actions: BOTH,
        when: "the token stands for a suspended recipient in a sandbox",
        ask: |scene, action| {
            let id = "R3VK49XVGCAZTJSXKN7ZSBHPMFGKM5VEEQTXGMVE8CFUZ2G5RLLMAB4J6TQRL6BU";
            set(scene, action, "RecipientTokenId", id)
        },
    },
    Case {
        code: "InvalidAccountState_Recipient",
        says: "recipient",
        actions: BOTH,
        when: "the token stands for a closed recipient in a sandbox",
        ask: |scene, action| {
            let id = "P1LL7A1LHK935DBGI5NAYCXOCLVEBHBNIU7PBXBAMRKKNLDEPI8M3MUSLZT2VANZ";
            set(scene, action, "RecipientTokenId", id)
        },
    },
];
