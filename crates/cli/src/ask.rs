//! Requests to the running server, or to the closed store.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use server::admin::{self, Ask, AskCertificate, AskSubscription, NewSubscription, NotDone};
use server::boot::Opened;
use server::config::Settings;

use crate::arguments::{
    Account, Certificate, Clock, Key, Notification, Place, Sandbox, SigningKey, Subscription,
    Transaction, Verb, WebhookSecret,
};
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
    let mut asker = Asker::new(settings);
    let answered = asker.put(ask).await;
    asker.close().await;
    answered
}

/// Asks one thing after another; a store that no server has open is opened once.
pub struct Asker<'a> {
    settings: &'a Settings,
    opened: Option<Opened>,
}

impl<'a> Asker<'a> {
    /// Nothing is opened yet.
    pub fn new(settings: &'a Settings) -> Asker<'a> {
        Asker {
            settings,
            opened: None,
        }
    }

    /// Asks.
    pub async fn put(&mut self, ask: Ask) -> Result<Value, Failure> {
        let wrong = |NotDone(reason)| Failure::wrong(reason);
        if self.opened.is_none() {
            if let Some(answered) = socket(&self.settings.admin_path(), &ask).await {
                return answered.map_err(wrong);
            }
            let opened = Opened::open(self.settings.clone()).await;
            self.opened = Some(opened.map_err(Failure::untried)?);
        }
        let Some(opened) = &self.opened else {
            return Err(Failure::untried("the store is not open"));
        };
        admin::execute(&opened.app, ask).await.map_err(wrong)
    }

    /// Closes what was opened.
    pub async fn close(self) {
        if let Some(opened) = self.opened {
            opened.close().await;
        }
    }
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
        Verb::Subscription(asked) => Ask::Subscription(translate_subscription(asked)?),
        Verb::Certificate(certificate) => Ask::Certificate(translate_certificate(certificate)?),
        Verb::SigningKey(SigningKey::List) => Ask::SigningKeyList,
        Verb::SigningKey(SigningKey::Rotate) => Ask::SigningKeyRotate,
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
        | Verb::Export(_)
        | Verb::Migrate
        | Verb::Restore { .. } => unreachable!("these are no requests to a server"),
    })
}

fn translate_subscription(asked: Subscription) -> Result<AskSubscription, Failure> {
    Ok(match asked {
        Subscription::Create {
            caller,
            token,
            amount,
            every,
            lasts,
            begins_in,
            description,
            promotional_amount,
            promotional_charges,
            ipn_url,
        } => {
            let begins_in = begins_in.as_deref().map(duration::parse).transpose();
            AskSubscription::Create(Box::new(NewSubscription {
                caller,
                token,
                description,
                amount,
                every,
                lasts,
                begins_in_ms: begins_in.map_err(Failure::untried)?,
                promotional_amount,
                promotional_charges,
                ipn_url,
            }))
        }
        Subscription::List { account } => AskSubscription::List { account },
        Subscription::Show { id } => AskSubscription::Show { id },
        Subscription::Cancel {
            id,
            refund,
            reference,
            reason,
        } => AskSubscription::Cancel {
            id,
            refund,
            reference,
            reason,
        },
    })
}

fn translate_certificate(certificate: Certificate) -> Result<AskCertificate, Failure> {
    Ok(match certificate {
        Certificate::Add { account, pem } => {
            let shown = pem.display();
            let read = std::fs::read_to_string(&pem);
            let pem = read.map_err(|error| Failure::untried(format!("{shown}: {error}")))?;
            AskCertificate::Add { account, pem }
        }
        Certificate::List { account } => AskCertificate::List { account },
        Certificate::Disable { fingerprint } => AskCertificate::Disable { fingerprint },
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
        Account::WebhookSecret(WebhookSecret::Show { account }) => {
            Ask::WebhookSecretShow { account }
        }
        Account::WebhookSecret(WebhookSecret::Rotate { account }) => {
            Ask::WebhookSecretRotate { account }
        }
        Account::Deposit { account, amount } => Ask::AccountDeposit { account, amount },
    }
}
