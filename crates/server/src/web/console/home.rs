//! Balances, where notifications go, access keys.

use accounts::keys;
use pages::{AccessKeyCreated, AccessKeyLine, Balances, ConsoleHome, FieldError, action};
use payments::commands::{ChangeAccount, DisableKey};
use payments::rows::{AccessKey, AccountStatus};
use payments::{AccessKeyId, Refusal};
use signing::UrlParts;
use store::{Found, Outage, Query};

use super::HOME;
use crate::web::door::Person;
use crate::web::form::Form;
use crate::web::host::{self, another_answer, random};
use crate::web::{Host, Served, frame, reply, words};

/// Active access keys of one account at most.
pub(super) const ACTIVE_KEYS_MAX: usize = 10;
/// Characters of a notification URL at most.
const URL_CHARACTERS_MAX: usize = 2_048;

/// The first page of the console.
pub(super) async fn page(host: &dyn Host, person: &Person, query: &Form) -> Served {
    let notice = match query.get("done") {
        "saved" => Some("The notification URL is saved."),
        "disabled" => Some("The access key is disabled."),
        _ => None,
    };
    show(host, person, None, notice, Vec::new()).await
}

/// A form of the first page.
pub(super) async fn posted(host: &dyn Host, person: &Person, form: &Form) -> Served {
    match form.get("action") {
        action::SET_NOTIFICATION_URL => set_url(host, person, form.get("notification_url")).await,
        action::CREATE_KEY => create_key(host, person).await,
        action::DISABLE_KEY => disable_key(host, person, form.get("key")).await,
        _ => Ok(reply::forged(host)),
    }
}

async fn set_url(host: &dyn Host, person: &Person, url: &str) -> Served {
    let fits = url.chars().count() <= URL_CHARACTERS_MAX && UrlParts::parse(url).is_ok();
    if !url.is_empty() && !fits {
        let words = "Enter a whole address such as https://shop.example/ipn, or nothing.";
        let error = FieldError::new("notification_url", words);
        return show(host, person, Some(url), None, vec![error]).await;
    }
    let mut change = ChangeAccount::of(person.account.key);
    change.ipn_url = Some((!url.is_empty()).then(|| url.to_owned()));
    done(host.store().submit(change.into()).await?)?;
    Ok(reply::see_other(host, &format!("{HOME}?done=saved")))
}

/// Makes a key and shows its secret, this once: there is no page to come back to it.
async fn create_key(host: &dyn Host, person: &Person) -> Served {
    let active = keys_of(host, person)
        .await?
        .iter()
        .filter(|key| key.active)
        .count();
    let refusal = if ACTIVE_KEYS_MAX <= active {
        Some("An account has at most 10 active access keys. Disable one first.")
    } else if person.account.status != AccountStatus::Active || !person.account.email_verified {
        Some("This account cannot make access keys before it is verified and active.")
    } else {
        None
    };
    if let Some(words) = refusal {
        return show(host, person, None, None, vec![FieldError::form(words)]).await;
    }
    let key = keys::new_access_key(host.vault(), person.account.key, random(host));
    done(host.store().submit(key.command.into()).await?)?;
    let page = AccessKeyCreated {
        id: key.id.to_string(),
        secret: key.secret,
        home_href: HOME.to_owned(),
    };
    let frame = frame::of_console(host, Some(&person.account), HOME, &person.session.csrf);
    Ok(reply::page(200, page.render(&frame), None))
}

async fn disable_key(host: &dyn Host, person: &Person, id: &str) -> Served {
    let Some(id) = AccessKeyId::parse(id) else {
        return Ok(reply::forged(host));
    };
    let owner = Some(person.account.key);
    match host.store().submit(DisableKey { id, owner }.into()).await? {
        Ok(_) => Ok(reply::see_other(host, &format!("{HOME}?done=disabled"))),
        Err(_) => Ok(reply::forged(host)),
    }
}

async fn show(
    host: &dyn Host,
    person: &Person,
    typed_url: Option<&str>,
    notice: Option<&str>,
    errors: Vec<FieldError>,
) -> Served {
    let account = &person.account;
    let balance = host::balance(host, account.key).await?;
    let currency = host.terms().currency;
    let line = |key: &AccessKey| AccessKeyLine {
        id: key.id.to_string(),
        created: words::day(key.created_at),
        active: key.active,
    };
    let url = typed_url.or(account.ipn_url.as_deref());
    let status = if errors.is_empty() { 200 } else { 422 };
    let page = ConsoleHome {
        account_name: account.name.clone(),
        balances: Balances {
            available: words::micros(balance.available, currency),
            pending_in: words::micros(balance.pending_in, currency),
            pending_out: words::micros(balance.pending_out, currency),
        },
        notification_url: url.unwrap_or_default().to_owned(),
        keys: keys_of(host, person).await?.iter().map(line).collect(),
        notice: notice.map(str::to_owned),
        errors,
    };
    let frame = frame::of_console(host, Some(account), HOME, &person.session.csrf);
    Ok(reply::page(status, page.render(&frame), None))
}

async fn keys_of(host: &dyn Host, person: &Person) -> Result<Vec<AccessKey>, Outage> {
    let query = Query::AccessKeysOf(person.account.key);
    let Found::AccessKeys(keys) = host.store().find(query).await? else {
        return Err(another_answer());
    };
    Ok(keys)
}

/// A change that can only be refused by a bug.
fn done<T>(answer: Result<T, Refusal>) -> Result<(), Outage> {
    answer.map(drop).map_err(|refusal| Outage::Failed {
        doing: "changing an account",
        reason: format!("{refusal:?}"),
    })
}
