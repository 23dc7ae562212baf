//! What is wrong with the books: a stable code, whose row, and words.

use std::collections::BTreeMap;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $text:literal;)*) => {
        /// A way in which books can be wrong. The texts are stable: scripts read them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The stable text.
            pub const fn text(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
        }
    };
}

codes! {
    /// A stored balance is not what the postings add up to.
    BalanceDiffers, "balance-differs";
    /// An account has less than nothing.
    BalanceNegative, "balance-negative";
    /// A posting moves nothing, or less.
    PostingAmount, "posting-amount";
    /// A posting moves from an account to itself.
    PostingToItself, "posting-to-itself";
    /// A posting is on the wrong layer, or its owner does not fit its kind.
    PostingMisplaced, "posting-misplaced";
    /// The lines of a transaction are not 1, 2, 3 … up to the number it says.
    PostingLines, "posting-lines";
    /// A posting names an event that its transaction does not have.
    PostingWithoutEvent, "posting-without-event";
    /// A posting belongs to no transaction and is no deposit.
    PostingWithoutTransaction, "posting-without-transaction";
    /// An event or posting is in another currency than its transaction.
    CurrencyDiffers, "currency-differs";
    /// A stored number stands for nothing.
    UnknownNumber, "unknown-number";
    /// The events of a transaction are not 1, 2, 3 … up to the number it says.
    EventNumbers, "event-numbers";
    /// An event belongs to no transaction.
    EventWithoutTransaction, "event-without-transaction";
    /// The last event says something else than the transaction.
    StateDisagrees, "state-disagrees";
    /// A moment that belongs to a state is missing, or is there without it.
    MomentDisagrees, "moment-disagrees";
    /// The history takes a step that no transaction can take.
    HistoryIllegal, "history-illegal";
    /// More was settled than reserved.
    SettledAboveAmount, "settled-above-amount";
    /// More was given back than settled.
    RefundedAboveSettled, "refunded-above-settled";
    /// More of a fee was given back than charged.
    FeeReturnedAboveCharged, "fee-returned-above-charged";
    /// What a transaction says was given back is not what its refunds gave back.
    RefundTotals, "refund-totals";
    /// A refund and what it refunds do not name each other.
    RelationBroken, "relation-broken";
    /// What is held is not what the state says.
    HoldDiffers, "hold-differs";
    /// A transaction under way has moved something else than it should.
    PendingDiffers, "pending-differs";
    /// A transaction that succeeded has moved something else than it says.
    ChargeDiffers, "charge-differs";
    /// A transaction that ended without a charge has left something behind.
    EndedNotUndone, "ended-not-undone";
    /// A refund of something that cannot be refunded.
    RefundUnfounded, "refund-unfounded";
    /// A transaction names no prepaid or credit instrument where it must, one that does not exist or
    /// is not of its kind, people and currency, or one where it must not.
    TallyMisnamed, "tally-misnamed";
    /// A transaction has changed other claims than its state says.
    ClaimDiffers, "claim-differs";
    /// A prepaid or credit instrument does not say what the postings leave.
    TallyDiffers, "tally-differs";
    /// A prepaid or credit instrument holds less than nothing.
    TallyNegative, "tally-negative";
    /// A prepaid or credit instrument holds more than its limit.
    TallyAboveLimit, "tally-above-limit";
    /// What a recipient owes is not what its prepaid instruments hold.
    LiabilityDiffers, "liability-differs";
    /// What a recipient is owed is not what its credit instruments hold.
    ReceivableDiffers, "receivable-differs";
    /// A transaction ended, its authorisation may live, and nothing says that it must be released.
    ReleaseMissing, "release-missing";
    /// A release is owed where no authorisation is to be released.
    ReleaseUnfounded, "release-unfounded";
    /// A release is owed, and no work will make it.
    ReleaseWithoutWork, "release-without-work";
    /// A transaction waits for the processor, and no work will ask it.
    OpenWithoutWork, "open-without-work";
    /// Somebody listens, and the last event was not recorded for them.
    NotificationMissing, "notification-missing";
    /// A notification is about an event that does not exist.
    NotificationWithoutEvent, "notification-without-event";
    /// A notification is due, and no work will deliver it.
    NotificationWithoutWork, "notification-without-work";
    /// A transaction's caller reference does not lead to it.
    ReferenceMissing, "reference-missing";
    /// A caller reference leads to no transaction of its own.
    ReferenceDangling, "reference-dangling";
    /// A subscription has not as many charges as its caller references say.
    SubscriptionCharges, "subscription-charges";
    /// A subscription names a last payment that is not the one its charges made last.
    SubscriptionLast, "subscription-last";
    /// A subscription goes on and has not one row of work that is due with it, or it has ended and has
    /// some.
    SubscriptionWork, "subscription-work";
    /// Batch numbers are not 1, 2, 3 …
    BatchNumbers, "batch-numbers";
    /// The keys of batches do not grow.
    BatchKeys, "batch-keys";
    /// A batch has no digest, or the digest of the batch before it.
    BatchDigest, "batch-digest";
    /// The keys that a batch touched cannot be read.
    BatchTouched, "batch-touched";
}

impl Code {
    /// The code of a stable text.
    pub fn parse(text: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.text() == text)
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// In which way.
    pub code: Code,
    /// The key of the row: a transaction, an account, a notification, a subscription or a batch number.
    pub key: i64,
    /// The public id, where the row is a transaction.
    pub id: Option<String>,
    /// What is wrong, in words.
    pub text: String,
}

/// Everything that is wrong: the first findings whole, the rest counted.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The first ones.
    pub kept: Vec<Finding>,
    /// How many of each code.
    pub counts: BTreeMap<Code, u64>,
    pub(crate) kept_max: usize,
}

impl Findings {
    pub(crate) fn new(kept_max: usize) -> Findings {
        Findings {
            kept: Vec::new(),
            counts: BTreeMap::new(),
            kept_max,
        }
    }

    /// Notes one. The words are made only when they are kept.
    pub(crate) fn add(&mut self, finding: Finding) {
        *self.counts.entry(finding.code).or_default() += 1;
        if self.kept.len() < self.kept_max {
            let printable = |c: char| if c.is_control() { '?' } else { c };
            let text = finding.text.chars().map(printable).collect();
            self.kept.push(Finding { text, ..finding });
        }
    }

    /// Notes one about a row without a public id.
    pub(crate) fn about(&mut self, code: Code, key: i64, text: String) {
        self.add(Finding {
            code,
            key,
            id: None,
            text,
        });
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }
}
