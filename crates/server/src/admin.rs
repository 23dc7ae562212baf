//! What the command line can ask: of a running server through its socket, or of the closed store.
//!
//! One JSON line goes in, one JSON line comes back. The socket is in the data folder with mode 0600:
//! whoever can read the books can use it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use crate::app::App;
use crate::http::stopped;

mod accounts;
mod books;
mod certificates;
mod export;
mod show;
mod stuck;
mod subscriptions;
mod world;

pub use certificates::AskCertificate;
pub use export::{Page, Place, Table};
pub use subscriptions::{AskSubscription, NewSubscription};

/// Bytes of a request line at most.
pub const LINE_BYTES_MAX: u64 = 65_536;

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Ask {
    /// Make an account.
    AccountCreate {
        /// `personal`, `business` or `developer`.
        kind: String,
        /// Contact or business name.
        name: String,
        /// E-mail.
        email: Option<String>,
        /// Password, to sign in on the pages.
        password: Option<String>,
        /// Whether it may call for other recipients.
        marketplace: bool,
        /// Where its notifications go.
        ipn_url: Option<String>,
    },
    /// List the accounts.
    AccountList {
        /// How many at most.
        most: usize,
    },
    /// Show an account with its balance, keys and tokens.
    AccountShow {
        /// Its number or e-mail.
        account: String,
    },
    /// Change an account.
    AccountSet {
        /// Its number or e-mail.
        account: String,
        /// `active`, `suspended` or `closed`.
        status: Option<String>,
        /// Whether its e-mail address is verified.
        verified: Option<bool>,
        /// What the provider knows of its owner: `pending`, `complete` or `no-limits`.
        verification: Option<String>,
        /// Whether it is a marketplace.
        marketplace: Option<bool>,
        /// Where its notifications go; empty stops them.
        ipn_url: Option<String>,
        /// An origin that unsigned Co-Branded requests may return to.
        return_origin: Option<String>,
        /// The text on card statements.
        descriptor: Option<String>,
    },
    /// Put money on an account's balance.
    AccountDeposit {
        /// Its number or e-mail.
        account: String,
        /// How much, in dollars.
        amount: String,
    },
    /// Say whether a bank account is known to be its owner's.
    AccountVerifyBank {
        /// The instrument's number.
        instrument: i64,
        /// Whether it is.
        verified: bool,
    },
    /// Show the secret of an account's webhook signatures.
    WebhookSecretShow {
        /// The account's number or e-mail.
        account: String,
    },
    /// Make a new secret for an account's webhook signatures.
    WebhookSecretRotate {
        /// The account's number or e-mail.
        account: String,
    },
    /// List the keys that sign notifications and return URLs.
    SigningKeyList,
    /// Make a new one, which signs from now on.
    SigningKeyRotate,
    /// Make an access key.
    KeyCreate {
        /// The account's number or e-mail.
        account: String,
    },
    /// List an account's access keys.
    KeyList {
        /// The account's number or e-mail.
        account: String,
    },
    /// Disable an access key.
    KeyDisable {
        /// Its id.
        id: String,
    },
    /// Something about the certificates that callers sign under.
    Certificate(AskCertificate),
    /// Something about subscriptions.
    Subscription(AskSubscription),
    /// Show a transaction with its history, postings and notifications.
    TransactionShow {
        /// Its id.
        id: String,
    },
    /// Say what the processor did.
    TransactionResolve {
        /// Its id.
        id: String,
        /// Whether the processor did what was asked.
        approved: bool,
        /// Who looked, and what they found.
        note: String,
    },
    /// Both clocks.
    ClockShow,
    /// Move product time forward.
    ClockAdvance {
        /// By how many milliseconds.
        ms: i64,
    },
    /// Work that is parked or late.
    Stuck {
        /// Late means older than this, in seconds.
        older_s: i64,
    },
    /// The newest notifications of an account, or those of a transaction.
    NotificationList {
        /// An account's number or e-mail, or a transaction id.
        of: String,
    },
    /// Send a notification again.
    NotificationResend {
        /// Its number.
        notification: i64,
    },
    /// The sums of every ledger account.
    Ledger,
    /// One page of the books.
    Export {
        /// Which table.
        table: Table,
        /// Where the page before ended; zeros for the first.
        after: Place,
        /// Only what happened from here on, in milliseconds of product time.
        from: Option<i64>,
        /// Only what happened before.
        before: Option<i64>,
    },
    /// Copy the store to a new file.
    Backup {
        /// Where.
        to: String,
    },
    /// A fresh caller, recipient and sender with keys and tokens.
    SandboxEnv {
        /// Where the caller's notifications go.
        ipn_url: Option<String>,
    },
    /// A large world for load tests.
    SandboxWorld {
        /// Callers with a key each.
        callers: usize,
        /// Multi-use tokens over all callers.
        tokens: usize,
    },
}

/// A request that was not done, in words for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotDone(pub String);

impl From<store::Outage> for NotDone {
    fn from(outage: store::Outage) -> NotDone {
        NotDone(outage.to_string())
    }
}

impl From<payments::Refusal> for NotDone {
    fn from(refusal: payments::Refusal) -> NotDone {
        let error = wire::WireError::from(&refusal);
        NotDone(format!("refused: {} ({})", error.message, error.code))
    }
}

/// Shorthand for a reason.
pub(crate) fn not_done<T>(reason: impl std::fmt::Display) -> Result<T, NotDone> {
    Err(NotDone(reason.to_string()))
}

/// Does what was asked.
pub async fn execute(app: &Arc<App>, ask: Ask) -> Result<Value, NotDone> {
    match ask {
        Ask::AccountCreate { .. }
        | Ask::AccountSet { .. }
        | Ask::AccountDeposit { .. }
        | Ask::AccountVerifyBank { .. }
        | Ask::WebhookSecretRotate { .. }
        | Ask::KeyCreate { .. }
        | Ask::KeyDisable { .. } => accounts::execute(app, ask).await,
        Ask::Certificate(ask) => certificates::execute(app, ask).await,
        Ask::Subscription(ask) => subscriptions::execute(app, ask).await,
        Ask::AccountList { .. }
        | Ask::AccountShow { .. }
        | Ask::WebhookSecretShow { .. }
        | Ask::SigningKeyList
        | Ask::KeyList { .. }
        | Ask::TransactionShow { .. }
        | Ask::NotificationList { .. }
        | Ask::Stuck { .. }
        | Ask::ClockShow
        | Ask::Ledger => show::execute(app, ask).await,
        Ask::TransactionResolve { .. }
        | Ask::ClockAdvance { .. }
        | Ask::SigningKeyRotate
        | Ask::NotificationResend { .. }
        | Ask::Backup { .. } => books::execute(app, ask).await,
        Ask::Export {
            table,
            after,
            from,
            before,
        } => export::page(app, table, after, from, before).await,
        Ask::SandboxEnv { ipn_url } => world::environment(app, ipn_url).await,
        Ask::SandboxWorld { callers, tokens } => world::large(app, callers, tokens).await,
    }
}

/// Serves the socket until told to stop.
pub async fn serve(app: Arc<App>, listener: UnixListener, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            () = stopped(&mut stop) => return,
            accepted = listener.accept() => accepted,
        };
        if let Ok((stream, _)) = accepted {
            let app = app.clone();
            tokio::spawn(async move {
                if let Err(error) = answer(&app, stream).await {
                    tracing::warn!(error = %error, "an admin request was broken off");
                }
            });
        }
    }
}

async fn answer(app: &Arc<App>, stream: UnixStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(LINE_BYTES_MAX))
        .read_line(&mut line)
        .await?;
    let result = match serde_json::from_str::<Ask>(&line) {
        Ok(ask) => execute(app, ask).await,
        Err(error) => not_done(format!("not a request: {error}")),
    };
    let reply = match result {
        Ok(value) => serde_json::json!({ "ok": value }),
        Err(NotDone(reason)) => serde_json::json!({ "error": reason }),
    };
    write.write_all(format!("{reply}\n").as_bytes()).await
}

/// Asks a running server through its socket.
pub async fn ask(path: &std::path::Path, ask: &Ask) -> std::io::Result<Result<Value, NotDone>> {
    let mut stream = UnixStream::connect(path).await?;
    let line = serde_json::to_string(ask).map_err(std::io::Error::other)?;
    stream.write_all(format!("{line}\n").as_bytes()).await?;
    let mut reply = String::new();
    BufReader::new(stream).read_line(&mut reply).await?;
    let reply: Value = serde_json::from_str(&reply).map_err(std::io::Error::other)?;
    Ok(
        match (reply.get("ok"), reply.get("error").and_then(Value::as_str)) {
            (Some(value), _) => Ok(value.clone()),
            (None, reason) => not_done(reason.unwrap_or("the server gave no answer")),
        },
    )
}
