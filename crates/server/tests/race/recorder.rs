//! What the store decided, and in which batch: how a test knows where two commands met.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use payments::commands::{AnswerFromProcessor, CancelToken, Expire};
use payments::rows::WorkKind;
use payments::{Command, SubscriptionKey, Timestamp, TokenId, TransactionId, TransactionKey};
use store::Watch;
use tokio::sync::watch;

/// How long a command may take to be decided.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A command of a race: what it does, and to what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spot {
    verb: &'static str,
    subject: Subject,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Subject {
    Row(i64),
    Name(String),
}

/// Where a command was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The batch.
    pub batch: u64,
    /// Which command of the batch.
    pub at: usize,
    /// The time on the caller's request.
    pub date: Timestamp,
}

/// How two commands met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// In one batch.
    Inside,
    /// In different batches.
    Across,
}

/// Watches the batches of a store.
#[derive(Default)]
pub struct Recorder {
    places: Mutex<HashMap<Spot, Vec<Place>>>,
    batches: watch::Sender<u64>,
}

impl Spot {
    /// A command about a transaction.
    pub fn of(verb: &'static str, transaction: TransactionKey) -> Spot {
        Spot::row(verb, transaction.0)
    }

    /// A request with a caller reference, or about an access key.
    pub fn named(verb: &'static str, name: &str) -> Spot {
        let subject = Subject::Name(name.to_owned());
        Spot { verb, subject }
    }

    /// The end of a token.
    pub fn token(token: &TokenId) -> Spot {
        Spot::row("CancelToken", token.key().expect("an id of ours").0)
    }

    /// A command about a subscription.
    pub fn plan(verb: &'static str, subscription: SubscriptionKey) -> Spot {
        Spot::row(verb, subscription.0)
    }

    /// The processor's answer.
    pub fn answer(call: WorkKind, transaction: TransactionKey) -> Spot {
        Spot::row(answer_to(call), transaction.0)
    }

    fn row(verb: &'static str, key: i64) -> Spot {
        let subject = Subject::Row(key);
        Spot { verb, subject }
    }

    fn about(verb: &'static str, id: &TransactionId) -> Option<Spot> {
        id.key().map(|key| Spot::of(verb, key))
    }

    /// The spot of a command that races, and the time on its request.
    fn of_command(command: &Command) -> Option<(Spot, Timestamp)> {
        let never = Timestamp(0);
        let verb = command.name();
        match command {
            Command::Reserve(it) => Some((Spot::named(verb, it.reference.as_str()), it.by.date)),
            Command::Pay(it) => Some((Spot::named(verb, it.reference.as_str()), it.by.date)),
            Command::Refund(it) => Some((Spot::named(verb, it.reference.as_str()), it.by.date)),
            Command::FundPrepaid(it) => {
                Some((Spot::named(verb, it.reference.as_str()), it.by.date))
            }
            Command::SettleDebt(it) => Some((Spot::named(verb, it.reference.as_str()), it.by.date)),
            Command::WriteOffDebt(it) => {
                Some((Spot::named(verb, it.reference.as_str()), it.by.date))
            }
            Command::Settle(it) => Some((Spot::about(verb, &it.transaction)?, it.by.date)),
            Command::Cancel(it) => Some((Spot::about(verb, &it.transaction)?, it.by.date)),
            Command::AnswerFromProcessor(it) => Some((answered(it), never)),
            Command::Expire(it) => Some((expired(verb, it), never)),
            Command::CancelToken(it) => Some((ended(it), never)),
            Command::ChargeSubscription(it) => Some((Spot::plan(verb, it.subscription), never)),
            Command::CancelSubscription(it) => {
                Some((Spot::plan(verb, it.subscription.key()?), it.by.date))
            }
            Command::DisableKey(it) => Some((Spot::named(verb, it.id.as_str()), never)),
            Command::Resolve(_)
            | Command::InstallTokens(_)
            | Command::InstallInstruction(_)
            | Command::InstallStandIns(_)
            | Command::InstallTally(_)
            | Command::EditToken(_)
            | Command::CreateAccount(_)
            | Command::ChangeAccount(_)
            | Command::RotateWebhookSecret(_)
            | Command::CreateKey(_)
            | Command::AddCertificate(_)
            | Command::DisableCertificate(_)
            | Command::AddInstrument(_)
            | Command::RemoveInstrument(_)
            | Command::VerifyInstrument(_)
            | Command::StartSubscription(_)
            | Command::Deposit(_)
            | Command::Deliver(_)
            | Command::Resend(_)
            | Command::Defer(_)
            | Command::Keep(_)
            | Command::Forget(_)
            | Command::ForgetEnded(_)
            | Command::Set(_)
            | Command::Advance(_) => None,
        }
    }
}

fn answered(command: &AnswerFromProcessor) -> Spot {
    Spot::answer(command.call, command.transaction)
}

fn expired(verb: &'static str, command: &Expire) -> Spot {
    Spot::of(verb, command.transaction)
}

fn ended(command: &CancelToken) -> Spot {
    Spot::token(&command.token)
}

fn answer_to(call: WorkKind) -> &'static str {
    match call {
        WorkKind::Authorize => "answer to authorize",
        WorkKind::Capture => "answer to capture",
        WorkKind::Void => "answer to void",
        WorkKind::Refund => "answer to refund",
        WorkKind::TimeOut | WorkKind::Deadline | WorkKind::Notify | WorkKind::Charge => {
            unreachable!("the processor is never asked this")
        }
    }
}

impl Recorder {
    /// What the store calls after each batch.
    pub fn watch(self: &Arc<Recorder>) -> Watch {
        let recorder = self.clone();
        Arc::new(move |commands| recorder.note(commands))
    }

    fn note(&self, commands: &[Command]) {
        // Several lanes may tell of batches at once: they are numbered while nobody else is told.
        let mut places = self.places.lock().expect("nobody panics with it");
        let batch = *self.batches.borrow() + 1;
        for (at, command) in commands.iter().enumerate() {
            if let Some((spot, date)) = Spot::of_command(command) {
                let place = Place { batch, at, date };
                places.entry(spot).or_default().push(place);
            }
        }
        self.batches.send_replace(batch);
    }

    /// Told of every batch.
    pub fn batches(&self) -> watch::Receiver<u64> {
        self.batches.subscribe()
    }

    /// Where a command was decided, in order; a resent one was decided more than once.
    pub fn places(&self, spot: &Spot) -> Vec<Place> {
        let places = self.places.lock().expect("nobody panics with it");
        places.get(spot).cloned().unwrap_or_default()
    }

    /// Waits until a command is decided.
    pub async fn wait(&self, spot: &Spot) {
        let mut batches = self.batches();
        let decided = async {
            while self.places(spot).is_empty() {
                batches.changed().await.expect("the recorder lives");
            }
        };
        let waited = tokio::time::timeout(PATIENCE, decided).await;
        waited.unwrap_or_else(|_| panic!("{spot:?} was never decided"));
    }

    /// How two commands met; `None` when one of them never reached the store.
    pub fn meeting(&self, one: &Spot, other: &Spot) -> Option<Meeting> {
        let (mut first, mut second) = (self.places(one), self.places(other));
        if one == other {
            // The same verb on the same thing: the first one met the rest.
            second.drain(..first.len().min(1));
            first.truncate(1);
        }
        if first.is_empty() || second.is_empty() {
            return None;
        }
        let together = |place: &Place| second.iter().any(|other| other.batch == place.batch);
        let inside = first.iter().any(together);
        Some(if inside {
            Meeting::Inside
        } else {
            Meeting::Across
        })
    }

    /// Whether the first of two commands was decided first.
    pub fn is_first(&self, one: &Spot, other: &Spot) -> bool {
        let (one, other) = (self.places(one), self.places(other));
        let (one, other) = (one.first(), other.first());
        one.expect("it was decided") < other.expect("it was decided")
    }
}
