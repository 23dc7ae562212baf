//! Requests to the running server, or to the closed store.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use server::admin::{self, Ask, NotDone};
use server::boot::Opened;
use server::config::Settings;

use crate::arguments::{Account, Clock, Key, Notification, Place, Sandbox, Transaction, Verb};
use crate::{Done, Failure, duration, serve, table};

/// Asks, and prints the answer.
pub async fn run(place: &Place, verb: Verb, json: bool) -> Done {
    let settings = serve::settings(place, None)?;
    let exports = matches!(verb, Verb::Sandbox(Sandbox::Env { .. }));
    let ask = translate(verb)?;
    let value = put(&settings, ask).await?;
    if json {
        println!("{value}");
    } else if exports {
        print_exports(&value);
    } else {
        table::print(&value);
    }
    Ok(())
}

/// Asks the running server; without one, opens the store, does it, and closes it again.
pub async fn put(settings: &Settings, ask: Ask) -> Result<Value, Failure> {
    let answered = match socket(&settings.admin_path(), &ask).await {
        Some(answered) => answered,
        None => closed(settings, ask).await?,
    };
    answered.map_err(|NotDone(reason)| Failure::wrong(reason))
}

/// `None` when no server listens there.
async fn socket(path: &Path, ask: &Ask) -> Option<Result<Value, NotDone>> {
    let absent = [
        std::io::ErrorKind::NotFound,
        std::io::ErrorKind::ConnectionRefused,
    ];
    match admin::ask(path, ask).await {
        Ok(answered) => Some(answered),
        Err(error) if absent.contains(&error.kind()) => None,
        Err(error) => Some(Err(NotDone(format!(
            "the admin socket {}: {error}",
            path.display()
        )))),
    }
}

async fn closed(settings: &Settings, ask: Ask) -> Result<Result<Value, NotDone>, Failure> {
    let opened = Opened::open(settings.clone())
        .await
        .map_err(Failure::untried)?;
    let answered = admin::execute(&opened.app, ask).await;
    opened.close().await;
    Ok(answered)
}

fn print_exports(value: &Value) {
    let empty = serde_json::Map::new();
    let fields: BTreeMap<_, _> = value.as_object().unwrap_or(&empty).iter().collect();
    for (name, field) in fields {
        println!(
            "export {name}='{}'",
            table::plain(field).replace('\'', "'\\''")
        );
    }
}

fn translate(verb: Verb) -> Result<Ask, Failure> {
    Ok(match verb {
        Verb::Sandbox(Sandbox::Env { ipn_url }) => Ask::SandboxEnv { ipn_url },
        Verb::Sandbox(Sandbox::World { callers, tokens }) => Ask::SandboxWorld { callers, tokens },
        Verb::Account(account) => translate_account(account),
        Verb::Key(Key::Create { account }) => Ask::KeyCreate { account },
        Verb::Key(Key::List { account }) => Ask::KeyList { account },
        Verb::Key(Key::Disable { id }) => Ask::KeyDisable { id },
        Verb::Transaction(Transaction::Show { id }) => Ask::TransactionShow { id },
        Verb::Transaction(Transaction::Resolve { id, outcome, note }) => {
            let approved = match outcome.as_str() {
                "approved" => true,
                "declined" => false,
                other => return Err(Failure::untried(format!("`{other}`: approved or declined"))),
            };
            Ask::TransactionResolve { id, approved, note }
        }
        Verb::Notification(Notification::List { of }) => Ask::NotificationList { of },
        Verb::Notification(Notification::Resend { notification }) => {
            Ask::NotificationResend { notification }
        }
        Verb::Clock(Clock::Show) => Ask::ClockShow,
        Verb::Clock(Clock::Advance { duration: span }) => Ask::ClockAdvance {
            ms: duration::parse(&span).map_err(Failure::untried)?,
        },
        Verb::Stuck { older } => Ask::Stuck {
            older_s: duration::parse(&older).map_err(Failure::untried)? / 1_000,
        },
        Verb::Ledger => Ask::Ledger,
        Verb::Backup { to } => {
            let to = std::path::absolute(&to).map_err(Failure::untried)?;
            Ask::Backup {
                to: to.display().to_string(),
            }
        }
        Verb::Serve { .. }
        | Verb::Demo
        | Verb::Check { .. }
        | Verb::Migrate
        | Verb::Restore { .. } => unreachable!("these are no requests to a server"),
    })
}

fn translate_account(account: Account) -> Ask {
    match account {
        Account::Create {
            kind,
            name,
            email,
            password,
            marketplace,
            ipn_url,
        } => Ask::AccountCreate {
            kind,
            name,
            email,
            password,
            marketplace,
            ipn_url,
        },
        Account::List { most } => Ask::AccountList { most },
        Account::Show { account } => Ask::AccountShow { account },
        Account::Set {
            account,
            status,
            verified,
            verification,
            marketplace,
            ipn_url,
            return_origin,
            descriptor,
        } => Ask::AccountSet {
            account,
            status,
            verified,
            verification,
            marketplace,
            ipn_url,
            return_origin,
            descriptor,
        },
        Account::VerifyBank {
            instrument,
            verified,
        } => Ask::AccountVerifyBank {
            instrument,
            verified,
        },
        Account::Deposit { account, amount } => Ask::AccountDeposit { account, amount },
    }
}
