//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod subscription;

pub use subscription::Subscription;

/// Holdfast reserves money on a card now and settles it later, over the FPS protocol.
#[derive(Debug, Parser)]
#[command(name = "holdfast", version, about, propagate_version = true)]
pub struct Arguments {
    /// Which server or store is meant.
    #[command(flatten)]
    pub place: Place,
    /// Print JSON for scripts.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// Where the data is.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// The data folder [default: ./holdfast-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A database address instead of the embedded store.
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// The settings file.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Run the server until Ctrl-C or SIGTERM.
    Serve {
        /// Where to listen [default: 127.0.0.1:8480]
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
    },
    /// Tell the whole story in one process: consent, reserve, settle, notifications, ledger.
    Demo,
    /// Make a sandbox world to try things in.
    #[command(subcommand)]
    Sandbox(Sandbox),
    /// Accounts: callers, recipients, senders.
    #[command(subcommand)]
    Account(Account),
    /// Access keys, which sign a caller's requests.
    #[command(subcommand)]
    Key(Key),
    /// Subscriptions: plans that are charged by themselves.
    #[command(subcommand)]
    Subscription(Subscription),
    /// Certificates, which callers sign SOAP messages under.
    #[command(subcommand)]
    Certificate(Certificate),
    /// The keys that sign notifications and return URLs.
    #[command(subcommand)]
    SigningKey(SigningKey),
    /// Transactions.
    #[command(subcommand)]
    Transaction(Transaction),
    /// Notifications and their delivery.
    #[command(subcommand)]
    Notification(Notification),
    /// The two clocks.
    #[command(subcommand)]
    Clock(Clock),
    /// Work that is parked or late.
    Stuck {
        /// Late means older than this.
        #[arg(long, value_name = "DURATION", default_value = "1m")]
        older: String,
    },
    /// The sums of every ledger account.
    Ledger,
    /// Prove the books; exit 1 and a list when they are wrong.
    Check {
        /// Keep the progress in this file, and go on from it.
        #[arg(long, value_name = "FILE")]
        resume: Option<PathBuf>,
    },
    /// Write the books for finance, to standard output; the columns are in docs/export.md.
    Export(Export),
    /// Bring the store to this version's schema.
    Migrate,
    /// Copy the store to a new file, while the server runs or not.
    Backup {
        /// The new file.
        to: PathBuf,
    },
    /// Put a backup in the place of the store of a stopped server.
    Restore {
        /// The backup.
        from: PathBuf,
    },
}

/// `export …`
#[derive(Debug, Args)]
pub struct Export {
    /// What to write.
    #[arg(value_enum)]
    pub table: Exported,
    /// Only what happened from this moment on: 2026-11-01 or 2026-11-01T12:00:00Z
    #[arg(long, value_name = "MOMENT")]
    pub from: Option<String>,
    /// Only what happened before this moment.
    #[arg(long, value_name = "MOMENT")]
    pub to: Option<String>,
    /// How rows are written [default: csv; with --json, jsonl]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Exported {
    /// Every payment, reservation and refund, with its fees.
    Transactions,
    /// Every movement of money and of holds.
    Postings,
    /// What each account has now.
    Balances,
    /// What is reserved now, oldest first.
    Holds,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated, with a line of names first.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// `sandbox …`
#[derive(Debug, Subcommand)]
pub enum Sandbox {
    /// Make a fresh caller, recipient and sender; print `export NAME=value` lines.
    Env {
        /// Where the caller's notifications go.
        #[arg(long, value_name = "URL")]
        ipn_url: Option<String>,
    },
    /// Make a large world for load tests.
    World {
        /// Callers with a key each.
        #[arg(long, value_name = "N")]
        callers: usize,
        /// Multi-use tokens over all callers.
        #[arg(long, value_name = "M")]
        tokens: usize,
    },
}

/// `account …`
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Make an account.
    Create {
        /// personal, business or developer
        #[arg(long, default_value = "developer")]
        kind: String,
        /// Contact or business name.
        #[arg(long)]
        name: String,
        /// E-mail address; an account without one cannot sign in.
        #[arg(long)]
        email: Option<String>,
        /// Password, to sign in on the pages.
        #[arg(long)]
        password: Option<String>,
        /// May call for other recipients.
        #[arg(long)]
        marketplace: bool,
        /// Where its notifications go.
        #[arg(long, value_name = "URL")]
        ipn_url: Option<String>,
    },
    /// List the accounts.
    List {
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        most: usize,
    },
    /// Show an account with its balance, keys and tokens.
    Show {
        /// Its number or e-mail address.
        account: String,
    },
    /// Change an account.
    Set {
        /// Its number or e-mail address.
        account: String,
        /// active, suspended or closed
        #[arg(long)]
        status: Option<String>,
        /// Whether its e-mail address is verified.
        #[arg(long, value_name = "true|false")]
        verified: Option<bool>,
        /// What the provider knows of its owner: pending, complete or no-limits
        #[arg(long)]
        verification: Option<String>,
        /// Whether it is a marketplace.
        #[arg(long, value_name = "true|false")]
        marketplace: Option<bool>,
        /// Where its notifications go; empty stops them.
        #[arg(long, value_name = "URL")]
        ipn_url: Option<String>,
        /// An origin that unsigned Co-Branded requests may return to.
        #[arg(long, value_name = "ORIGIN")]
        return_origin: Option<String>,
        /// The text on card statements.
        #[arg(long)]
        descriptor: Option<String>,
    },
    /// Say whether a bank account is known to be its owner's.
    VerifyBank {
        /// The instrument's number, as `account show` lists it.
        instrument: i64,
        /// Whether it is.
        #[arg(long, value_name = "true|false", default_value_t = true, action = clap::ArgAction::Set)]
        verified: bool,
    },
    /// The secret that its webhook signatures are made with, for its receiver.
    #[command(subcommand)]
    WebhookSecret(WebhookSecret),
    /// Put money on its balance.
    Deposit {
        /// Its number or e-mail address.
        account: String,
        /// How much, in dollars.
        amount: String,
    },
}

/// `account webhook-secret …`
#[derive(Debug, Subcommand)]
pub enum WebhookSecret {
    /// Show it.
    Show {
        /// The account's number or e-mail address.
        account: String,
    },
    /// Make a new one; for a day the old one signs beside it.
    Rotate {
        /// The account's number or e-mail address.
        account: String,
    },
}

/// `signing-key …`
#[derive(Debug, Subcommand)]
pub enum SigningKey {
    /// List all keys, current and retired, with the addresses of their certificates.
    List,
    /// Make a new key, which signs from now on; retired certificates stay served.
    Rotate,
}

/// `key …`
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make an access key; its secret is shown once.
    Create {
        /// The account's number or e-mail address.
        account: String,
    },
    /// List an account's access keys.
    List {
        /// The account's number or e-mail address.
        account: String,
    },
    /// Disable an access key.
    Disable {
        /// Its id.
        id: String,
    },
}

/// `certificate …`
#[derive(Debug, Subcommand)]
pub enum Certificate {
    /// Register a certificate: its key's messages then count as the account's.
    Add {
        /// The account's number or e-mail address.
        account: String,
        /// The certificate in PEM; its key must be RSA of 2048 to 8192 bits.
        #[arg(value_name = "FILE")]
        pem: PathBuf,
    },
    /// List an account's certificates.
    List {
        /// The account's number or e-mail address.
        account: String,
    },
    /// Disable a certificate.
    Disable {
        /// Its fingerprint: SHA-256, in hexadecimal digits, with or without colons.
        fingerprint: String,
    },
}

/// `transaction …`
#[derive(Debug, Subcommand)]
pub enum Transaction {
    /// Show a transaction with its history, postings and notifications.
    Show {
        /// Its id.
        id: String,
    },
    /// Say what the processor did, where its answer cannot be had.
    Resolve {
        /// Its id.
        id: String,
        /// approved or declined
        outcome: String,
        /// Who looked, and what they found.
        #[arg(long)]
        note: String,
    },
}

/// `notification …`
#[derive(Debug, Subcommand)]
pub enum Notification {
    /// List the notifications of an account or a transaction, with every try.
    List {
        /// An account's number or e-mail address, or a transaction id.
        of: String,
    },
    /// Send one again.
    Resend {
        /// Its number.
        notification: i64,
    },
}

/// `clock …`
#[derive(Debug, Subcommand)]
pub enum Clock {
    /// Show product time and real time.
    Show,
    /// Move product time forward (sandbox only).
    Advance {
        /// By how much: 8d, 3h, 30m, 10s
        duration: String,
    },
}
