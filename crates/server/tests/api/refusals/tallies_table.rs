//! Prepaid and credit instruments: FundPrepaid, SettleDebt, WriteOffDebt, paying by them, and their
//! balances.

use payments::commands::InstallTally;
use payments::rows::{PaymentMethod, TallyKind};
use wire::Action;

use super::Case;
use crate::kit::{Pairs, Reply, Scene, pairs, with};

const FUND: &[Action] = &[Action::FundPrepaid];
const SETTLE: &[Action] = &[Action::SettleDebt];
const DEBT: &[Action] = &[Action::SettleDebt, Action::WriteOffDebt];
const ALL: &[Action] = &[
    Action::FundPrepaid,
    Action::SettleDebt,
    Action::WriteOffDebt,
    Action::GetPrepaidBalance,
    Action::GetDebtBalance,
];
const MOVING: &[Action] = &[
    Action::FundPrepaid,
    Action::SettleDebt,
    Action::WriteOffDebt,
];
const PAY: &[Action] = &[Action::Pay];
const REFUND: &[Action] = &[Action::Refund];
/// Well formed, and nobody's.
const NOBODYS: &str = "553IPMACGAZ2J4N1L7BJ3UMNRFTQU4V9NT4RJCTVADDJKXQ6L1ZAKSIUNPIRTTI1";

/// A request that would succeed but for its amount.
fn asked(scene: &Scene, action: Action, amount: &str) -> Pairs {
    let prepaid = || scene.tally(TallyKind::Prepaid);
    if action == Action::FundPrepaid {
        return scene.funding(&prepaid(), amount);
    }
    if action == Action::SettleDebt {
        return scene.settlement(&scene.owed(), amount);
    }
    if action == Action::WriteOffDebt {
        return scene.write_off(&scene.owed(), amount);
    }
    let tally = if action == Action::GetPrepaidBalance {
        prepaid()
    } else {
        scene.tally(TallyKind::Credit)
    };
    pairs(&[(instrument(action), tally.id.as_str())])
}

fn instrument(action: Action) -> &'static str {
    if [Action::FundPrepaid, Action::GetPrepaidBalance].contains(&action) {
        "PrepaidInstrumentId"
    } else {
        "CreditInstrumentId"
    }
}

fn ended(scene: &Scene, kind: TallyKind) -> crate::kit::InstalledTally {
    let expires_at = Some(scene.world.product_now().plus_ms(-1));
    scene.install_tally(InstallTally {
        expires_at,
        ..scene.tally_wish(kind)
    })
}

/// One that is funded or settled from the sender's balance.
fn from_balance(scene: &Scene, kind: TallyKind) -> crate::kit::InstalledTally {
    scene.install_tally(InstallTally {
        method: PaymentMethod::Balance,
        instrument: None,
        ..scene.tally_wish(kind)
    })
}

fn refunded(scene: &Scene, action: Action, asked: &Pairs) -> Reply {
    let id = scene.made(action, asked, "Success");
    scene.ask(Action::Refund, &scene.refund(&id))
}

pub(super) const CASES: &[Case] = &[
    Case {
        code: "InstrumentAccessDenied",
        says: "recipient",
        actions: ALL,
        when: "nobody has the instrument",
        ask: |scene, action| {
            let asked = with(asked(scene, action, "1.00"), instrument(action), NOBODYS);
            scene.ask(action, &asked)
        },
    },
    Case {
        code: "InstrumentAccessDenied",
        says: "recipient",
        actions: ALL,
        when: "the instrument is another caller's",
        ask: |scene, action| {
            let asked = asked(scene, action, "1.00");
            scene.ask_as(&scene.another_shop(true), action, &asked)
        },
    },
    Case {
        code: "InstrumentExpired",
        says: "time of the instrument",
        actions: FUND,
        when: "the instrument's time is over",
        ask: |scene, action| {
            let tally = ended(scene, TallyKind::Prepaid);
            scene.ask(action, &scene.funding(&tally, "1.00"))
        },
    },
    Case {
        code: "PrepaidFundingLimitExceeded",
        says: "100.00",
        actions: FUND,
        when: "the funding is above the limit of the instrument",
        ask: |scene, action| scene.ask(action, &asked(scene, action, "100.01")),
    },
    Case {
        code: "SettleAmountGreaterThanDebt",
        says: "20.00",
        actions: DEBT,
        when: "it is more than is owed",
        ask: |scene, action| scene.ask(action, &asked(scene, action, "20.01")),
    },
    Case {
        code: "AmountOutOfRange",
        says: "greater than 0",
        actions: MOVING,
        when: "it is nothing",
        ask: |scene, action| scene.ask(action, &asked(scene, action, "0")),
    },
    Case {
        code: "IncompatibleTokens",
        says: "another instrument",
        actions: SETTLE,
        when: "the token settles another instrument",
        ask: |scene, action| {
            let asked = asked(scene, action, "1.00");
            let other = scene.tally(TallyKind::Credit);
            scene.ask(action, &with(asked, "SenderTokenId", other.moving.as_str()))
        },
    },
    Case {
        code: "InsufficientBalance",
        says: "sender",
        actions: PAY,
        when: "more is spent than was paid ahead",
        ask: |scene, action| scene.ask(action, &scene.spending(&scene.funded(), "15.51")),
    },
    Case {
        code: "TokenUsageError",
        says: "100",
        actions: PAY,
        when: "more would be owed than the credit limit",
        ask: |scene, action| scene.ask(action, &scene.spending(&scene.owed(), "80.01")),
    },
    Case {
        code: "TransactionTypeNotRefundable",
        says: "cannot be refunded",
        actions: REFUND,
        when: "a funding is to be refunded",
        ask: |scene, _| {
            let tally = scene.tally(TallyKind::Prepaid);
            refunded(scene, Action::FundPrepaid, &scene.funding(&tally, "1.00"))
        },
    },
    Case {
        code: "TransactionTypeNotRefundable",
        says: "cannot be refunded",
        actions: REFUND,
        when: "a write-off is to be refunded",
        ask: |scene, _| {
            let asked = scene.write_off(&scene.owed(), "1.00");
            refunded(scene, Action::WriteOffDebt, &asked)
        },
    },
    Case {
        code: "UnverifiedEmailAddress_Caller",
        says: "caller",
        actions: MOVING,
        when: "the caller's address is not verified",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene.world.set_unverified(shop.account);
            scene.ask_as(&shop, action, &asked(scene, action, "1.00"))
        },
    },
    Case {
        code: "TransactionDenied",
        says: "declines an amount like this one",
        actions: FUND,
        when: "an amount that a sandbox declines is paid ahead from a balance",
        ask: |scene, action| {
            let tally = from_balance(scene, TallyKind::Prepaid);
            scene.ask(action, &scene.funding(&tally, "10.60"))
        },
    },
    Case {
        code: "TransactionDenied",
        says: "declines an amount like this one",
        actions: SETTLE,
        when: "an amount that a sandbox declines is settled from a balance",
        ask: |scene, action| {
            let tally = from_balance(scene, TallyKind::Credit);
            scene
                .ask(Action::Pay, &scene.spending(&tally, "20.00"))
                .ok();
            scene.ask(action, &scene.settlement(&tally, "10.60"))
        },
    },
    Case {
        code: "TransactionDenied",
        says: "declines an amount like this one",
        actions: PAY,
        when: "an amount that a sandbox declines is paid by credit",
        ask: |scene, action| {
            let tally = scene.tally(TallyKind::Credit);
            scene.ask(action, &scene.spending(&tally, "10.60"))
        },
    },
];
