//! Reserve and Pay: what is charged, how, and within which limits.

use payments::commands::{InstallTokens, RemoveInstrument};
use payments::rows::{AccountType, AmountRule, PaymentMethod, UsageLimit, UsageLimitKind};
use wire::Action;

use super::Case;
use super::paying::{by, paying, set, terms, to, to_with};
use crate::kit::{APPROVED, cents, with, without};

const BOTH: &[Action] = &[Action::Reserve, Action::Pay];
const PAY: &[Action] = &[Action::Pay];
const RESERVE: &[Action] = &[Action::Reserve];

pub(super) const CASES: &[Case] = &[
    Case {
        code: "IncompatibleTokens",
        says: "does not allow this recipient",
        actions: BOTH,
        when: "the sender agreed to other recipients",
        ask: |scene, action| {
            let other = scene.world.install(scene.acceptance(scene.recipient));
            set(scene, action, "RecipientTokenId", other.id.as_str())
        },
    },
    Case {
        code: "IncompatibleTokens",
        says: "does not allow this recipient",
        actions: BOTH,
        when: "the sender agreed to others than the caller",
        ask: |scene, action| {
            let consent = InstallTokens {
                also_caller: false,
                ..scene.consent()
            };
            let token = scene.world.install(consent);
            scene.ask(
                action,
                &without(scene.payment_by(&token), "RecipientTokenId"),
            )
        },
    },
    Case {
        code: "IncompatibleTokens",
        says: "ChargeFeeTo",
        actions: BOTH,
        when: "the recipient accepted to pay the fee, the caller is named",
        ask: |scene, action| set(scene, action, "ChargeFeeTo", "Caller"),
    },
    Case {
        code: "IncompatibleTokens",
        says: "Maximum values of marketplace fees not defined in Recipient token or are unreadable.",
        actions: BOTH,
        when: "a marketplace fee without ceilings",
        ask: |scene, action| {
            let accepted = terms(scene, |terms| {
                (terms.fixed_max, terms.rate_max) = (None, None);
            });
            to_with(scene, action, accepted, &[("MarketplaceVariableFee", "1")])
        },
    },
    Case {
        code: "IncompatibleTokens",
        says: "Maximum values of marketplace fees",
        actions: BOTH,
        when: "a marketplace fee without a marketplace",
        ask: |scene, action| {
            let asked = without(scene.payment(), "RecipientTokenId");
            scene.ask(action, &with(asked, "MarketplaceVariableFee", "1"))
        },
    },
    Case {
        code: "IncompatibleTokens",
        says: "above what the recipient accepted",
        actions: BOTH,
        when: "a fixed fee above its ceiling",
        ask: |scene, action| {
            let asked = with(scene.payment(), "MarketplaceFixedFee.Value", "5.01");
            scene.ask(
                action,
                &with(asked, "MarketplaceFixedFee.CurrencyCode", "USD"),
            )
        },
    },
    Case {
        code: "IncompatibleTokens",
        says: "above what the recipient accepted",
        actions: BOTH,
        when: "a variable fee above its ceiling",
        ask: |scene, action| set(scene, action, "MarketplaceVariableFee", "20.0001"),
    },
    Case {
        code: "PaymentMethodNotDefined",
        says: "names no payment method",
        actions: BOTH,
        when: "the sender token has no payment method",
        ask: |scene, action| {
            by(scene, action, |consent| InstallTokens {
                method: None,
                instrument: None,
                ..consent
            })
        },
    },
    Case {
        code: "PaymentInstrumentNotCC",
        says: "Only a credit card can be reserved",
        actions: RESERVE,
        when: "the sender pays from the balance",
        ask: |scene, action| {
            by(scene, action, |consent| InstallTokens {
                method: Some(PaymentMethod::Balance),
                instrument: None,
                ..consent
            })
        },
    },
    Case {
        code: "InvalidRecipientForCCTransaction",
        says: "by credit card",
        actions: BOTH,
        when: "the recipient is a person",
        ask: |scene, action| {
            let account = scene.another(AccountType::Personal);
            to(scene, action, scene.acceptance(account))
        },
    },
    Case {
        code: "InvalidRecipientForCCTransaction",
        says: "by credit card",
        actions: BOTH,
        when: "the recipient accepted other ways to pay",
        ask: |scene, action| {
            let accepted = terms(scene, |terms| terms.methods = vec![PaymentMethod::Balance]);
            to(scene, action, accepted)
        },
    },
    Case {
        code: "InactiveInstrument",
        says: "expired or was removed",
        actions: BOTH,
        when: "the card has expired",
        ask: |scene, action| {
            let instrument = Some(scene.world.card(scene.sender, APPROVED, 2_020));
            by(scene, action, |consent| InstallTokens {
                instrument,
                ..consent
            })
        },
    },
    Case {
        code: "InactiveInstrument",
        says: "expired or was removed",
        actions: BOTH,
        when: "the card was removed",
        ask: |scene, action| {
            let (account, instrument) = (
                scene.sender,
                scene.world.card(scene.sender, APPROVED, 2_090),
            );
            let token = scene.world.install(InstallTokens {
                instrument: Some(instrument),
                ..scene.consent()
            });
            scene.world.submit(RemoveInstrument {
                account,
                instrument,
            });
            scene.ask(action, &scene.payment_by(&token))
        },
    },
    Case {
        code: "AmountOutOfRange",
        says: "greater than 0 and at most 10000.00. Specified value: 0.00",
        actions: BOTH,
        when: "nothing is paid",
        ask: |scene, action| set(scene, action, "TransactionAmount.Value", "0"),
    },
    Case {
        code: "AmountOutOfRange",
        says: "Specified value: 10000.01",
        actions: BOTH,
        when: "more is paid than one transaction may move",
        ask: |scene, action| set(scene, action, "TransactionAmount.Value", "10000.01"),
    },
    Case {
        code: "InvalidParams",
        says: "transactionAmount must be in whole cents",
        actions: BOTH,
        when: "a card is charged a fraction of a cent",
        ask: |scene, action| set(scene, action, "TransactionAmount.Value", "1.001"),
    },
    Case {
        code: "InvalidParams",
        says: "senderDescription is required",
        actions: BOTH,
        when: "a dynamic descriptor without a description",
        ask: |scene, action| {
            set(
                scene,
                action,
                "DescriptorPolicy.SoftDescriptorType",
                "Dynamic",
            )
        },
    },
    Case {
        code: "InvalidParams",
        says: "Transaction amount must be greater than Recipient Fee liability.",
        actions: BOTH,
        when: "the fees reach the amount",
        ask: |scene, action| {
            let asked = with(scene.payment(), "TransactionAmount.Value", "0.20");
            let asked = with(asked, "MarketplaceFixedFee.Value", "0.15");
            scene.ask(
                action,
                &with(asked, "MarketplaceFixedFee.CurrencyCode", "USD"),
            )
        },
    },
    Case {
        code: "TokenUsageError",
        says: "Each charge must be at most USD 9.99.",
        actions: BOTH,
        when: "one charge is above what was agreed",
        ask: |scene, action| {
            let each = Some(AmountRule::Maximum(cents(999)));
            by(scene, action, |consent| InstallTokens { each, ..consent })
        },
    },
    Case {
        code: "TokenUsageError",
        says: "Each charge must be exactly USD 9.99.",
        actions: BOTH,
        when: "one charge is not what was agreed",
        ask: |scene, action| {
            let each = Some(AmountRule::Exact(cents(999)));
            by(scene, action, |consent| InstallTokens { each, ..consent })
        },
    },
    Case {
        code: "TokenUsageError",
        says: "All charges together must be at most USD 19.99, of which 10.00 is used.",
        actions: BOTH,
        when: "all charges are above what was agreed",
        ask: |scene, action| {
            let total_max = Some(cents(1_999));
            let token = scene.world.install(InstallTokens {
                total_max,
                ..scene.consent()
            });
            scene.ask(action, &scene.payment_by(&token)).ok();
            scene.ask(action, &scene.payment_by(&token))
        },
    },
    Case {
        code: "TokenUsageError",
        says: "At most 1 charge in all is allowed.",
        actions: BOTH,
        when: "there are more charges than were agreed",
        ask: |scene, action| {
            let limits = vec![UsageLimit {
                kind: UsageLimitKind::Count(1),
                period: None,
            }];
            let token = scene.world.install(InstallTokens {
                limits,
                ..scene.consent()
            });
            scene.ask(action, &scene.payment_by(&token)).ok();
            scene.ask(action, &scene.payment_by(&token))
        },
    },
    Case {
        code: "InsufficientBalance",
        says: "The sender does not have sufficient balance.",
        actions: PAY,
        when: "the sender's balance is too small",
        ask: |scene, action| {
            let account = scene.another(AccountType::Personal);
            by(scene, action, |consent| InstallTokens {
                account,
                method: Some(PaymentMethod::Balance),
                instrument: None,
                ..consent
            })
        },
    },
    Case {
        code: "InsufficientBalance",
        says: "The caller does not have sufficient balance.",
        actions: PAY,
        when: "the caller cannot pay the fee",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            let installer = shop.account;
            let accepted = InstallTokens {
                installer,
                ..terms(scene, |terms| terms.recipient_pays_fee = false)
            };
            let recipient = scene.world.install(accepted);
            let token = scene.world.install(InstallTokens {
                installer,
                ..paying(scene, &recipient)
            });
            let asked = with(
                scene.payment_by(&token),
                "RecipientTokenId",
                recipient.id.as_str(),
            );
            scene.ask_as(&shop, action, &asked)
        },
    },
    Case {
        code: "TransactionDenied",
        says: "declines an amount like this one",
        actions: PAY,
        when: "an amount that a sandbox declines is paid from a balance",
        ask: |scene, action| {
            let token = scene.world.install(InstallTokens {
                method: Some(PaymentMethod::Balance),
                instrument: None,
                ..scene.consent()
            });
            let asked = scene.payment_by(&token);
            scene.ask(action, &with(asked, "TransactionAmount.Value", "10.60"))
        },
    },
];
