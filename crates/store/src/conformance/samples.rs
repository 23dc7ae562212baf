//! One row of every kind, every field set to something of its own.

use std::sync::Arc;

use ledger::{AccountKind, Balance, Layer, LedgerAccount, Posting};
use money::{FeeRule, Rate, Rounding};
use payments::period::{Period, PeriodUnit};
use payments::rows::{
    AmountRule, Attempt, CSOwner, Delivery, Descriptor, Document, DocumentId, Event, Fees,
    Notification, Operation, Payer, PaymentMethod, RecipientTerms, Reference, Refunds, Release,
    SoftDescriptorType, State, Status, StatusCode, Subject, Subscription, SubscriptionStatus,
    Token, TokenConsent, TokenFacts, TokenRole, TokenStatus, TokenType, Transaction,
    TransactionFacts, UsageLimit, UsageLimitKind, UsageWindow, WindowUse, Work, WorkKind,
};
use payments::tables::{Added, PostingRow, Reason, Relation, RoleNumber, TokenReference, written};
use payments::{
    AccountKey, Asked, CallerReference, ChangeSet, InstrumentKey, NotificationKey, PaymentAsked,
    Refusal, SubscriptionKey, TallyKey, Timestamp, TokenId, TokenKey, TransactionId,
    TransactionKey, WorkId,
};

use people::{access_key, account, certificate, instruments, tally};

use super::world::{cents, reference};

mod people;

/// All rows of these samples have keys from here.
pub(super) const FIRST_KEY: i64 = 1_000;
/// No row of these samples has a key above.
pub(super) const LAST_KEY: i64 = 1_999;

/// New rows of every kind.
pub(crate) fn all() -> ChangeSet {
    let access_key = access_key();
    let (account, token, tally, subscription) = (account(), token(), tally(), subscription());
    let installed = TokenReference {
        installer: AccountKey(1_001),
        role: RoleNumber::from(TokenRole::Recipient),
        reference: reference("install"),
    };
    let caller = AccountKey(1_001);
    let id = DocumentId {
        kind: "visit".to_owned(),
        id: "one".to_owned(),
    };
    let document = Document {
        content: "{}".to_owned(),
        expires_at: Timestamp(9),
    };
    let balance = Balance {
        available: -5,
        pending_in: 6,
        pending_out: 7,
    };
    let transactions = [
        transaction(1_005, State::Authorising),
        under_a_stand_in(),
        transaction(1_007, State::Succeeded),
    ];
    ChangeSet {
        emails: vec![(account.email.clone(), written(account.key))],
        accounts: vec![(account.key, written(account))],
        certificates: vec![(certificate().fingerprint, written(certificate()))],
        access_keys: vec![(access_key.id.clone(), written(access_key))],
        instruments: instruments()
            .into_iter()
            .map(|row| (row.key, written(row)))
            .collect(),
        tokens: vec![(token.key, written(token))],
        token_references: vec![(installed, written(TokenKey(1_004)))],
        transactions: transactions
            .into_iter()
            .map(|row| (row.key, written(row)))
            .collect(),
        references: references(caller),
        balances: vec![((caller, 3), written(balance))],
        tallies: vec![(tally.key, written(tally))],
        subscriptions: vec![(subscription.key, written(subscription))],
        works: vec![work(5), work(6)]
            .into_iter()
            .map(|row| (row.id, written(row)))
            .collect(),
        notifications: notifications()
            .into_iter()
            .map(|row| (row.key, written(row)))
            .collect(),
        documents: vec![(id, written(document))],
        settings: vec![("name".to_owned(), written("value".to_owned()))],
        added: added(),
    }
}

type References = Vec<((AccountKey, CallerReference), Option<Arc<Reference>>)>;

fn references(caller: AccountKey) -> References {
    let asked = || Arc::new(Asked::Reserve(asked()));
    let refused = Reference::Refused {
        asked: asked(),
        refusal: Refusal::SameTokenIdUsedMultipleTimes,
    };
    let made = Reference::Transaction(TransactionKey(1_005));
    vec![
        (
            (caller, reference("bound")),
            written(Reference::Bound { asked: asked() }),
        ),
        ((caller, reference("made")), written(made)),
        ((caller, reference("refused")), written(refused)),
    ]
}

fn subscription() -> Subscription {
    let monthly = Period {
        count: 1,
        unit: PeriodUnit::Month,
    };
    Subscription {
        key: SubscriptionKey(1_031),
        nonce: [203; 13],
        caller: AccountKey(1_001),
        sender: AccountKey(31),
        token: TokenKey(1_004),
        description: "a paper".to_owned(),
        amount: cents(500),
        promotional_amount: Some(cents(100)),
        promotional_charges: 2,
        frequency: monthly,
        period: Some(Period {
            count: 1,
            unit: PeriodUnit::Year,
        }),
        starts_at: Timestamp(35),
        notify_url: Some("https://example.com/two".to_owned()),
        status: SubscriptionStatus::Active,
        charges: 3,
        last: Some(TransactionKey(1_005)),
        next_at: Some(Timestamp(36)),
    }
}

fn token() -> Token {
    let window = |start| UsageWindow {
        start: Timestamp(start),
        amount: cents(5),
        count: 2,
    };
    let monthly = Period {
        count: 1,
        unit: PeriodUnit::Month,
    };
    Token {
        key: TokenKey(1_004),
        nonce: [200; 31],
        account: AccountKey(1_001),
        installer: AccountKey(1_001),
        facts: Arc::new(TokenConsent {
            kind: TokenType::Recurring,
            role: TokenRole::Recipient,
            caller_reference: reference("install"),
            friendly_name: Some("mine".to_owned()),
            payment_reason: Some("why".to_owned()),
            method: Some(PaymentMethod::Card),
            instrument: Some(InstrumentKey(1_002)),
            installed_at: Timestamp(14),
            valid_from: Timestamp(15),
            expires_at: Timestamp::NEVER,
            each: Some(AmountRule::Maximum(cents(100))),
            total_max: Some(cents(1_000)),
            limits: vec![UsageLimit {
                kind: UsageLimitKind::Count(3),
                period: Some(monthly),
            }],
            recipients: vec![TokenKey(8)],
            also_caller: true,
            reserve: true,
            terms: Some(RecipientTerms {
                fixed_max: Some(cents(1)),
                rate_max: Rate::from_millionths(5),
                recipient_pays_fee: true,
                methods: vec![PaymentMethod::Card],
            }),
            tally: Some(TallyKey(1_030)),
            replaces: Some(TokenId::of(TokenKey(8), &[204; 31])),
            instruction: None,
        }),
        status: TokenStatus::Used,
        used: cents(9),
        uses: 4,
        windows: vec![WindowUse {
            current: window(20),
            last: Some(window(10)),
        }],
        used_at: Some(Timestamp(16)),
        successor: None,
    }
}

fn asked() -> PaymentAsked {
    PaymentAsked {
        sender_token: TokenId::of(TokenKey(1_004), &[200; 31]),
        recipient_token: None,
        amount: cents(700),
        charge_fee_to: Some(Payer::Recipient),
        caller_description: Some("a book".to_owned()),
        sender_description: None,
        descriptor: Some(Descriptor {
            kind: Some(SoftDescriptorType::Dynamic),
            owner: Some(CSOwner::Caller),
        }),
        timeout_mins: Some(7),
        marketplace_fixed: Some(cents(2)),
        marketplace_rate: Rate::from_millionths(10_000),
        ipn_url: None,
    }
}

fn transaction(key: i64, state: State) -> Transaction {
    let ended = state == State::Succeeded;
    Transaction {
        key: TransactionKey(key),
        nonce: [201; 13],
        operation: Operation::Reserve,
        method: PaymentMethod::Card,
        caller: AccountKey(1_001),
        sender: AccountKey(31),
        recipient: AccountKey(32),
        sender_token: Some(TokenKey(1_004)),
        recipient_token: None,
        instrument: Some(InstrumentKey(1_002)),
        tally: ended.then_some(TallyKey(1_030)),
        parent: ended.then_some(TransactionKey(1_005)),
        amount: cents(700),
        received_at: Timestamp(17),
        caller_reference: reference("made"),
        asked: Arc::new(Asked::Reserve(asked())),
        caller_date: Timestamp(18),
        timeout_at: Timestamp(19),
        state,
        code: StatusCode::Success,
        message: ended.then(|| "fine".to_owned()),
        settled: cents(600),
        fee_lines: Arc::from([payments::terms::FeeLine {
            from: cents(0),
            rule: FeeRule {
                rate: Rate::from_millionths(29_000).expect("a rate"),
                fixed: cents(30),
                minimum: cents(0),
                rounding: Rounding::HalfUpToCents,
            },
        }]),
        fees: Fees {
            rule: FeeRule {
                rate: Rate::from_millionths(29_000).expect("a rate"),
                fixed: cents(30),
                minimum: cents(0),
                rounding: Rounding::HalfUpToCents,
            },
            payer: Payer::Recipient,
            marketplace_fixed: cents(2),
            marketplace_rate: Rate::from_millionths(10_000).expect("a rate"),
            fps_fee: cents(47),
            marketplace_fee: cents(8),
            caller_held: cents(3),
        },
        refunds: Refunds {
            refunded: cents(4),
            marketplace_refunded: cents(5),
            fps_fee_returned: cents(6),
            marketplace_fee_returned: cents(7),
        },
        release: Release::Owed,
        events: 2,
        postings: 3,
        settle_mark: ended.then_some([1; 16]),
        cancel_mark: ended.then_some([2; 16]),
        completed_at: ended.then_some(Timestamp(21)),
        notify_url: ended.then(|| "https://example.com/one".to_owned()),
    }
}

/// Asked for with an id that is not that of the token it was made under.
fn under_a_stand_in() -> Transaction {
    let since = Timestamp(77);
    let mut asked = asked();
    asked.sender_token = TokenId::of(TokenKey(1_004), &[7; 31]);
    Transaction {
        asked: Arc::new(Asked::Reserve(asked)),
        ..transaction(1_006, State::Reserved { since })
    }
}

fn work(due: i64) -> Work {
    Work {
        id: WorkId {
            due: Timestamp(due),
            key: 1_010,
        },
        kind: WorkKind::Deadline,
        subject: 1_005,
        tries: 2,
        since: Timestamp(22),
        leased_until: Timestamp(23),
    }
}

fn notifications() -> [Notification; 2] {
    let transaction = Subject::Transaction(Box::new(TransactionFacts {
        transaction: TransactionId::of(TransactionKey(1_005), &[201; 13]),
        number: 2,
        date: Timestamp(24),
        operation: Operation::Settle,
        status: Status::Success,
        code: StatusCode::Success,
        message: None,
        amount: cents(600),
        method: PaymentMethod::Card,
        caller_reference: reference("made"),
        reason: Some("a book".to_owned()),
        parent: None,
        buyer_name: "B".to_owned(),
        buyer_email: None,
        recipient_name: "R".to_owned(),
        recipient_email: "r@x".to_owned(),
    }));
    let token = Subject::Token(Box::new(TokenFacts {
        token: TokenId::of(TokenKey(1_004), &[200; 31]),
        kind: TokenType::MultiUse,
        caller_reference: reference("install"),
        reason: None,
        installed_at: Timestamp(25),
        customer_name: "C".to_owned(),
        customer_email: "c@x".to_owned(),
    }));
    let notification = |key, subject, delivery| Notification {
        key: NotificationKey(key),
        account: AccountKey(1_001),
        url: "https://example.com/ipn".to_owned(),
        certificate: "cert".to_owned(),
        subject,
        created_at: Timestamp(26),
        delivery,
        tries: 1,
    };
    [
        notification(1_020, transaction, Delivery::Parked),
        notification(1_021, token, Delivery::Delivered),
    ]
}

fn added() -> Added {
    let event = |number, message| Event {
        transaction: TransactionKey(1_005),
        number,
        at: Timestamp(27),
        operation: Operation::Refund,
        status: Status::Cancelled,
        code: StatusCode::TransactionDenied,
        amount: cents(5),
        message,
    };
    let posting = |line, layer| PostingRow {
        transaction: TransactionKey(1_005),
        line,
        event: 1,
        reason: Reason::FpsFee,
        posting: Posting {
            layer,
            debit: LedgerAccount::of(AccountKind::Held, 31),
            credit: LedgerAccount::system(AccountKind::FpsFees),
            amount: cents(12),
        },
    };
    let attempt = |number, http_status, problem| Attempt {
        notification: NotificationKey(1_020),
        number,
        at: Timestamp(28),
        took_ms: 29,
        http_status,
        problem,
    };
    Added {
        events: vec![event(1, None), event(2, Some("no".to_owned()))],
        postings: vec![
            posting(1, Layer::Money),
            posting(2, Layer::Hold),
            posting(3, Layer::Claim),
        ],
        attempts: vec![
            attempt(1, None, Some("silence".to_owned())),
            attempt(2, Some(200), None),
        ],
        relations: vec![Relation {
            parent: TransactionKey(1_005),
            child: TransactionKey(1_007),
        }],
    }
}
