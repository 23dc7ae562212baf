//! A sandbox processor in a fresh folder with a clock that moves only when told.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use processor::{
    Answer, Authorize, BankDetails, BankNumber, CallError, Capture, CardDetails, CardNumber, Clock,
    Kind, Means, Processor, ProcessorKey, Refund, RoutingNumber, SandboxOptions, SandboxProcessor,
    Seen, StatementRow, Void, statement_rows,
};

/// One day in milliseconds.
pub const DAY_MS: i64 = 86_400_000;

type Called = Result<Answer, CallError>;

/// The processor under test.
pub struct Bank {
    pub processor: SandboxProcessor,
    pub path: PathBuf,
    now_ms: Arc<AtomicI64>,
}

/// A folder of that name with nothing in it.
pub fn fresh_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("the test set it up");
    }
    std::fs::create_dir_all(&folder).expect("the test set it up");
    folder
}

pub fn key(text: &str) -> ProcessorKey {
    ProcessorKey::parse(text).expect("the test set it up")
}

/// `approved`, or the code of the decline.
pub fn summary(answer: &Answer) -> &str {
    match answer {
        Answer::Approved { .. } => "approved",
        Answer::Declined { code, .. } => code,
    }
}

/// The code of a decline.
pub fn declined(result: Called) -> String {
    summary(&result.expect("the test set it up")).to_owned()
}

impl Bank {
    pub fn open(name: &str) -> Bank {
        Bank::open_with(name, SandboxOptions::default())
    }

    pub fn open_with(name: &str, options: SandboxOptions) -> Bank {
        Bank::at(fresh_folder(name).join("statement.db"), options)
    }

    /// Opens whatever is at `path`.
    pub fn at(path: PathBuf, options: SandboxOptions) -> Bank {
        let now_ms = Arc::new(AtomicI64::new(1_300_000_000_000));
        let shown = Arc::clone(&now_ms);
        let clock: Clock = Arc::new(move || shown.load(Ordering::SeqCst));
        let processor = SandboxProcessor::open(&path, clock, options).expect("the test set it up");
        Bank {
            processor,
            path,
            now_ms,
        }
    }

    pub fn advance(&self, by_ms: i64) {
        self.now_ms.fetch_add(by_ms, Ordering::SeqCst);
    }

    pub fn rows(&self) -> Vec<StatementRow> {
        statement_rows(&self.path).expect("the test set it up")
    }

    pub async fn look_up(&self, text: &str) -> Seen {
        self.processor
            .look_up(key(text))
            .await
            .expect("the test set it up")
    }

    pub async fn authorize(&self, id: &str, number: &str, amount_micros: i64) -> Called {
        self.processor
            .authorize(authorize_of(id, number, amount_micros))
            .await
    }

    /// Authorises on a card that is approved.
    pub async fn good(&self, id: &str, amount_micros: i64) -> Answer {
        let answer = self
            .authorize(id, "4242424242424242", amount_micros)
            .await
            .expect("the test set it up");
        assert!(answer.approved());
        answer
    }

    pub async fn capture(&self, id: &str, n: u32, held_by: &str, amount_micros: i64) -> Called {
        self.processor
            .capture(capture_of(id, n, held_by, amount_micros))
            .await
    }

    pub async fn void(&self, id: &str, n: u32) -> Called {
        self.processor.void(void_of(id, n)).await
    }

    pub async fn refund(&self, id: &str, n: u32, amount_micros: i64) -> Called {
        self.processor.refund(refund_of(id, n, amount_micros)).await
    }

    /// The transaction's first call of a kind.
    pub async fn call(&self, id: &str, kind: Kind, number: &str, amount_micros: i64) -> Called {
        match kind {
            Kind::Authorize => self.authorize(id, number, amount_micros).await,
            Kind::Capture => self.capture(id, 1, id, amount_micros).await,
            Kind::Void => self.void(id, 1).await,
            Kind::Refund => self.refund(id, 1, amount_micros).await,
        }
    }
}

pub fn authorize_of(id: &str, number: &str, amount_micros: i64) -> Authorize {
    Authorize {
        key: ProcessorKey::first(id, Kind::Authorize).expect("the test set it up"),
        means: Means::Card(CardDetails {
            number: CardNumber::parse(number).expect("the test set it up"),
            expiry_month: 12,
            expiry_year: 2031,
            name: "A. Sender".to_owned(),
        }),
        amount_micros,
        currency: "USD".to_owned(),
        descriptor: "HOLDFAST".to_owned(),
    }
}

/// Debits a bank account of this number.
pub fn debit_of(id: &str, number: &str, amount_micros: i64) -> Authorize {
    let details = BankDetails {
        routing: RoutingNumber::parse("021000021").expect("the test set it up"),
        number: BankNumber::parse(number).expect("the test set it up"),
        name: "A. Sender".to_owned(),
    };
    Authorize {
        means: Means::Bank(details),
        ..authorize_of(id, "4242424242424242", amount_micros)
    }
}

pub fn capture_of(id: &str, n: u32, held_by: &str, amount_micros: i64) -> Capture {
    Capture {
        key: ProcessorKey::nth(id, Kind::Capture, n).expect("the test set it up"),
        authorization_key: ProcessorKey::first(held_by, Kind::Authorize)
            .expect("the test set it up"),
        amount_micros,
        currency: "USD".to_owned(),
    }
}

pub fn void_of(id: &str, n: u32) -> Void {
    Void {
        key: ProcessorKey::nth(id, Kind::Void, n).expect("the test set it up"),
        authorization_key: ProcessorKey::first(id, Kind::Authorize).expect("the test set it up"),
    }
}

pub fn refund_of(id: &str, n: u32, amount_micros: i64) -> Refund {
    Refund {
        key: ProcessorKey::nth(id, Kind::Refund, n).expect("the test set it up"),
        capture_key: ProcessorKey::first(id, Kind::Capture).expect("the test set it up"),
        amount_micros,
        currency: "USD".to_owned(),
    }
}
