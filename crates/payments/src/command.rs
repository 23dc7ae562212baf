//! Commands, stamps and verdicts.

use serde::{Deserialize, Serialize};

use crate::commands::{
    AddCertificate, AddInstrument, Advance, AnswerFromProcessor, Cancel, CancelSubscription,
    CancelToken, ChangeAccount, ChargeSubscription, CreateAccount, CreateKey, Defer, Deliver,
    Deposit, DisableCertificate, DisableKey, EditToken, Expire, Forget, ForgetEnded, FundPrepaid,
    InstallInstruction, InstallStandIns, InstallTally, InstallTokens, Keep, Pay, Refund,
    RemoveInstrument, Resend, Reserve, Resolve, RotateWebhookSecret, Set, Settle, SettleDebt,
    StartSubscription, VerifyInstrument, WriteOffDebt,
};
use crate::ids::{TOKEN_NONCE_BYTES, TRANSACTION_NONCE_BYTES};
use crate::rows::Status;
use crate::{
    AccessKeyId, AccountKey, ChangeSet, Fingerprint, InstrumentKey, ReadSet, Refusal,
    SubscriptionId, TallyId, Terms, Timestamp, TokenId, TransactionId, WorkingSet,
};

/// Keys that one command may use.
pub const KEYS_PER_COMMAND: i64 = 8;

/// Random bytes for one command: enough for two tokens and the instrument between them.
pub const NONCE_BYTES: usize = 96;

/// How long the node that wrote a row of work has it to itself, in real time.
pub const LEASE_MS: i64 = 30_000;

/// What a decision is given besides rows: time, keys, randomness, settings.
#[derive(Clone, Debug)]
pub struct Stamp<'a> {
    /// Product time: deadlines, ids, histories.
    pub now: Timestamp,
    /// Real time: leases.
    pub real: Timestamp,
    /// The lane that writes, and how many there are.
    pub lanes: Lanes,
    /// The first of [`KEYS_PER_COMMAND`] fresh keys.
    pub first_key: i64,
    /// Fresh random bytes.
    pub nonce: [u8; NONCE_BYTES],
    /// The operator's settings.
    pub terms: &'a Terms,
}

/// The lane that writes, and how many there are. Credits go to the balance in one's own lane; a debit
/// looks at all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lanes {
    /// The lane that writes.
    pub own: u16,
    /// How many lanes there are; they are numbered from 0.
    pub count: u16,
}

impl Stamp<'_> {
    /// One of this command's fresh keys.
    pub fn key(&self, index: u8) -> i64 {
        assert!(
            i64::from(index) < KEYS_PER_COMMAND,
            "a command has {KEYS_PER_COMMAND} keys"
        );
        self.first_key + i64::from(index)
    }

    /// Random bytes for a transaction's id.
    pub fn transaction_nonce(&self) -> [u8; TRANSACTION_NONCE_BYTES] {
        let mut nonce = [0; TRANSACTION_NONCE_BYTES];
        nonce.copy_from_slice(&self.nonce[..TRANSACTION_NONCE_BYTES]);
        nonce
    }

    /// Random bytes for the first or second token's id.
    pub fn token_nonce(&self, second: bool) -> [u8; TOKEN_NONCE_BYTES] {
        let mut nonce = [0; TOKEN_NONCE_BYTES];
        let from = if second { 32 } else { 0 };
        nonce.copy_from_slice(&self.nonce[from..from + TOKEN_NONCE_BYTES]);
        nonce
    }

    /// Random bytes for the id of a prepaid or credit instrument, beside those of two tokens.
    pub fn tally_nonce(&self) -> [u8; TOKEN_NONCE_BYTES] {
        let mut nonce = [0; TOKEN_NONCE_BYTES];
        nonce.copy_from_slice(&self.nonce[64..64 + TOKEN_NONCE_BYTES]);
        nonce
    }
}

/// The signed request that a command came by: read again inside the batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// The caller's account.
    pub caller: AccountKey,
    /// What proved who sent it.
    pub credential: Credential,
    /// The request's own time.
    pub date: Timestamp,
    /// A digest of the signed request: a resent request has the same.
    pub mark: [u8; 16],
}

/// What proves who sent a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credential {
    /// The secret of an access key.
    AccessKey(AccessKeyId),
    /// The key of a registered certificate.
    Certificate(Fingerprint),
    /// Nothing that can be looked up again: the account's owner acts on the pages.
    None,
}

/// What one decision says and wants written.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The answer.
    pub answer: Answer,
    /// The rows. A refusal may have some: the reference it burns.
    pub changes: ChangeSet,
}

/// The answer to a command.
pub type Answer = Result<Outcome, Refusal>;

/// What a command achieved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A transaction and its status.
    Transaction {
        /// Its id.
        id: TransactionId,
        /// Its status.
        status: Status,
    },
    /// Tokens were installed: the token and, for a recipient, the refund token.
    Tokens {
        /// The token.
        token: TokenId,
        /// The refund token of a recipient.
        refund: Option<TokenId>,
    },
    /// A prepaid or credit instrument was made.
    Tally {
        /// The instrument.
        tally: TallyId,
        /// The token that spends it, or runs up debt on it.
        spending: TokenId,
        /// The token that funds or settles it.
        moving: TokenId,
    },
    /// An account was made.
    Account(AccountKey),
    /// A card was added.
    Instrument(InstrumentKey),
    /// A subscription was started.
    Subscription(SubscriptionId),
    /// A webhook secret has taken effect.
    WebhookSecret {
        /// Whether there was one before, which is kept.
        had_earlier: bool,
    },
    /// It is done and there is nothing to say.
    Done,
}

impl Verdict {
    /// A refusal that leaves no trace.
    pub fn refuse(refusal: Refusal) -> Verdict {
        Verdict {
            answer: Err(refusal),
            changes: ChangeSet::default(),
        }
    }

    /// An answer that changes nothing.
    pub fn same(outcome: Outcome) -> Verdict {
        Verdict {
            answer: Ok(outcome),
            changes: ChangeSet::default(),
        }
    }
}

/// A thing that can be decided.
pub trait Decide {
    /// Adds what must be seen. Runs in rounds: what the last round found may name more. It ends when
    /// a round adds nothing new.
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet);

    /// Pure: the same command, working set and stamp give the same verdict.
    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict;
}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($command:ty),)*) => {
        /// Everything that can change a row.
        #[derive(Clone, Debug)]
        pub enum Command {
            $($(#[$doc])* $name(Box<$command>),)*
        }

        impl Decide for Command {
            fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
                match self {
                    $(Command::$name(command) => command.reads(seen, lanes, want),)*
                }
            }

            fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
                match self {
                    $(Command::$name(command) => command.decide(seen, stamp),)*
                }
            }
        }

        impl Command {
            /// Its name, for logs and metrics.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Command::$name(_) => stringify!($name),)*
                }
            }
        }

        $(impl From<$command> for Command {
            fn from(command: $command) -> Command {
                Command::$name(Box::new(command))
            }
        })*
    };
}

commands! {
    /// Hold an amount on a card.
    Reserve(Reserve),
    /// Charge an amount.
    Pay(Pay),
    /// Charge what was reserved.
    Settle(Settle),
    /// End a transaction that is not charged.
    Cancel(Cancel),
    /// Give back.
    Refund(Refund),
    /// Pay ahead.
    FundPrepaid(FundPrepaid),
    /// Collect what is owed.
    SettleDebt(SettleDebt),
    /// Give up what is owed.
    WriteOffDebt(WriteOffDebt),
    /// The processor has answered.
    AnswerFromProcessor(AnswerFromProcessor),
    /// Time has run out.
    Expire(Expire),
    /// A person says what happened.
    Resolve(Resolve),
    /// Somebody agreed on the pages.
    InstallTokens(InstallTokens),
    /// A caller makes a token on its own account.
    InstallInstruction(InstallInstruction),
    /// What stands for unknown tokens is made.
    InstallStandIns(InstallStandIns),
    /// Somebody agreed to pay ahead, or to owe.
    InstallTally(InstallTally),
    /// Somebody pays by other means from now on.
    EditToken(EditToken),
    /// A token ends.
    CancelToken(CancelToken),
    /// A plan that is charged by itself.
    StartSubscription(StartSubscription),
    /// A charge of a plan is due.
    ChargeSubscription(ChargeSubscription),
    /// A plan ends.
    CancelSubscription(CancelSubscription),
    /// A new account.
    CreateAccount(CreateAccount),
    /// New settings of an account.
    ChangeAccount(ChangeAccount),
    /// A new secret of an account's webhook signatures.
    RotateWebhookSecret(RotateWebhookSecret),
    /// A new access key.
    CreateKey(CreateKey),
    /// An access key ends.
    DisableKey(DisableKey),
    /// A certificate is registered.
    AddCertificate(AddCertificate),
    /// A certificate ends.
    DisableCertificate(DisableCertificate),
    /// A new card or bank account.
    AddInstrument(AddInstrument),
    /// A card or bank account ends.
    RemoveInstrument(RemoveInstrument),
    /// A bank account is known to be its owner's, or is not.
    VerifyInstrument(VerifyInstrument),
    /// The operator puts money on an account.
    Deposit(Deposit),
    /// A try to deliver a notification.
    Deliver(Deliver),
    /// A person sends a notification again.
    Resend(Resend),
    /// Work is put off.
    Defer(Defer),
    /// A document of the pages is kept.
    Keep(Keep),
    /// A document of the pages is forgotten.
    Forget(Forget),
    /// Forget documents that have ended.
    ForgetEnded(ForgetEnded),
    /// A named value is set.
    Set(Set),
    /// The sandbox's clock moves forward.
    Advance(Advance),
}
