//! Who is there: sessions, signing in and up, and forms that nobody forged.

use accounts::password::{BadPassword, Password};
use accounts::people::{self, Email, NewPerson};
use accounts::sessions::{self, SESSION_MS, Session};
use accounts::{keys, secrets};
use pages::{AccountKind, FieldError, Problem, SignUp};
use payments::Mode;
use payments::rows::{Account, AccountStatus, AccountType};
use payments::time::SECOND_MS;
use store::Outage;

use super::form::Form;
use super::host::random;
use super::{Host, WebRequest, WebResponse, cookie, reply};

/// Somebody who is signed in.
pub(super) struct Person {
    pub(super) account: Account,
    pub(super) session: Session,
}

/// How signing in went.
pub(super) enum Entry {
    /// In: the account, and the cookie of the new session.
    In(Box<Account>, String),
    /// Address and password do not belong together.
    Wrong,
    /// Too many tries; come again after so many seconds.
    Wait(u64),
}

/// How signing up went.
pub(super) enum Joined {
    /// In: the account, and the cookie of the new session.
    In(Box<Account>, String),
    /// Something in the form is wrong.
    Wrong(Vec<FieldError>),
    /// Too many tries; come again after so many seconds.
    Wait(u64),
}

/// Who is signed in in this browser. A closed account is nobody.
pub(super) async fn who(host: &dyn Host, request: &WebRequest) -> Result<Option<Person>, Outage> {
    let Some(token) = cookie::read(request, cookie::SESSION) else {
        return Ok(None);
    };
    let session = sessions::find(host.store(), token, host.real_now()).await?;
    let Some(session) = session else {
        return Ok(None);
    };
    let account = people::by_key(host.store(), session.account).await?;
    let account = account.filter(|account| account.status != AccountStatus::Closed);
    Ok(account.map(|account| Person { account, session }))
}

/// Whether a form was posted by another site: browsers say so.
pub(super) fn is_foreign(request: &WebRequest) -> bool {
    matches!(request.fetch_site.as_str(), "cross-site" | "same-site")
}

/// Signs in with the form's `email` and `password`.
pub(super) async fn sign_in(
    host: &dyn Host,
    request: &WebRequest,
    form: &Form,
) -> Result<Entry, Outage> {
    // What is no address is counted as one: whoever types it has no account to guess at.
    let email = Email::parse(form.get("email"));
    let email = email.as_ref().map_or("", Email::as_str);
    let tried = host
        .throttle()
        .try_sign_in(email, request.remote, host.real_now());
    if let Err(wait) = tried {
        return Ok(Entry::Wait(wait.seconds));
    }
    let found = people::sign_in(host.store(), email, form.raw("password")).await?;
    let Some(account) = found else {
        return Ok(Entry::Wrong);
    };
    host.throttle().succeeded(email);
    let cookie = open(host, request, &account).await?;
    Ok(Entry::In(Box::new(account), cookie))
}

/// Makes an account from the form and signs it in. In a sandbox its address counts as verified.
pub(super) async fn sign_up(
    host: &dyn Host,
    request: &WebRequest,
    form: &Form,
) -> Result<Joined, Outage> {
    let tried = host
        .throttle()
        .try_from_address(request.remote, host.real_now());
    if let Err(wait) = tried {
        return Ok(Joined::Wait(wait.seconds));
    }
    let person = match new_person(host, form) {
        Ok(person) => person,
        Err(errors) => return Ok(Joined::Wrong(errors)),
    };
    match people::sign_up(host.store(), person, random(host)).await? {
        Err(_taken) => {
            let words = "There is an account with this address already. Sign in instead.";
            Ok(Joined::Wrong(vec![FieldError::new("email", words)]))
        }
        Ok(key) => {
            let account = people::by_key(host.store(), key).await?;
            let account = account.ok_or(Outage::Failed {
                doing: "signing up",
                reason: "the new account is not there".to_owned(),
            })?;
            let cookie = open(host, request, &account).await?;
            Ok(Joined::In(Box::new(account), cookie))
        }
    }
}

fn new_person(host: &dyn Host, form: &Form) -> Result<NewPerson, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |field, words: &str| errors.push(FieldError::new(field, words));
    let kind = match form.get("account_kind") {
        "business" => AccountType::Business,
        "personal" | "" => AccountType::Personal,
        _ => {
            wrong("account_kind", "Choose the kind of account.");
            AccountType::Personal
        }
    };
    let own_name = people::name(form.get("name"));
    if own_name.is_none() {
        wrong("name", "Enter your name, at most 128 characters.");
    }
    let name = if kind == AccountType::Business {
        let name = people::name(form.get("business_name"));
        if name.is_none() {
            wrong(
                "business_name",
                "Enter the name of the business, at most 128 characters.",
            );
        }
        name
    } else {
        own_name
    };
    let email = Email::parse(form.get("email"));
    if email.is_none() {
        wrong("email", "Enter an e-mail address such as ada@example.com.");
    }
    let password = Password::parse(form.raw("password"));
    match &password {
        Ok(_) => {}
        Err(BadPassword::TooShort) => {
            wrong("password", "Choose a password of at least 10 characters.");
        }
        Err(BadPassword::TooLong) => wrong("password", "This password is too long."),
    }
    let (Some(name), Some(email), Ok(password), true) = (name, email, password, errors.is_empty())
    else {
        return Err(errors);
    };
    let (_, webhook_secret) = keys::new_webhook_secret(host.vault(), random(host));
    Ok(NewPerson {
        kind,
        name,
        email,
        email_verified: host.terms().mode == Mode::Sandbox,
        marketplace: false,
        ipn_url: None,
        password,
        webhook_secret: Some(webhook_secret),
    })
}

/// The sign-up page as it was sent, with its errors.
pub(super) fn sign_up_again(
    form: &Form,
    ask_kind: bool,
    sign_in_href: String,
    errors: Vec<FieldError>,
) -> SignUp {
    let kind = match form.get("account_kind") {
        "business" => AccountKind::Business,
        _ => AccountKind::Personal,
    };
    SignUp {
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        kind: ask_kind.then_some(kind),
        business_name: form.get("business_name").to_owned(),
        sign_in_href,
        errors,
    }
}

async fn open(host: &dyn Host, request: &WebRequest, account: &Account) -> Result<String, Outage> {
    if let Some(before) = cookie::read(request, cookie::SESSION) {
        sessions::close(host.store(), before).await?;
    }
    let real = host.real_now();
    let (token, _) = sessions::open(host.store(), account.key, random(host), real).await?;
    let life_s = SESSION_MS / SECOND_MS;
    Ok(cookie::set(request, cookie::SESSION, &token, Some(life_s)))
}

/// Ends the session of this browser: the cookie that says so.
pub(super) async fn sign_out(host: &dyn Host, request: &WebRequest) -> Result<String, Outage> {
    if let Some(token) = cookie::read(request, cookie::SESSION) {
        sessions::close(host.store(), token).await?;
    }
    Ok(cookie::remove(request, cookie::SESSION))
}

/// Whether a form carries this token.
pub(super) fn carries(form: &Form, csrf: &str) -> bool {
    !csrf.is_empty() && secrets::same(form.raw("csrf"), csrf)
}

/// What somebody sees who has signed up where addresses are not taken on trust.
pub(super) fn unverified(host: &dyn Host) -> WebResponse {
    let provider = host.provider();
    let problem = Problem {
        title: "Your account is made, and one step is left".to_owned(),
        code: "UnverifiedEmailAddress".to_owned(),
        explanation: format!(
            "{provider} has to verify your e-mail address before you can agree to anything."
        ),
        advice: format!("{provider} verifies addresses by hand. Sign in again after that."),
        detail: None,
        request_id: None,
    };
    reply::problem(host, 200, &problem)
}
