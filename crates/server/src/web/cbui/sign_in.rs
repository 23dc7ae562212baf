//! Signing in and up inside a visit.

use pages::{AccountKind, ErrorPage, FieldError, Frame, SignIn, SignInTrouble, SignUp};
use payments::rows::Account;

use super::steps::At;
use crate::web::door::{self, Entry, Joined};
use crate::web::form::Form;
use crate::web::{Served, reply};

/// The sign-in page.
pub(super) fn page(at: &At<'_>, email: &str, trouble: Option<SignInTrouble>) -> Served {
    let page = SignIn {
        email: email.to_owned(),
        sign_up_href: at.visit.href_of("sign-up"),
        trouble,
    };
    let status = match trouble {
        None => 200,
        Some(SignInTrouble::WrongCredentials | SignInTrouble::SessionEnded) => 422,
        Some(SignInTrouble::Throttled { .. }) => 429,
    };
    at.page(status, |frame| page.render(frame), &frame(at))
}

/// The sign-up page, empty. A recipient is most likely a business.
pub(super) fn sign_up_page(at: &At<'_>) -> Served {
    let page = SignUp {
        name: String::new(),
        email: String::new(),
        kind: asks_kind(at).then_some(AccountKind::Business),
        business_name: String::new(),
        sign_in_href: at.visit.href(),
        errors: Vec::new(),
    };
    at.page(200, |frame| page.render(frame), &frame(at))
}

/// Signs in and goes on.
pub(super) async fn sign_in(at: At<'_>, form: &Form) -> Served {
    let email = form.get("email");
    match door::sign_in(at.host, at.request, form).await? {
        Entry::In(account, cookie) => go_on(at, &account, cookie).await,
        Entry::Wrong => page(&at, email, Some(SignInTrouble::WrongCredentials)),
        Entry::Wait(retry_after_s) => {
            let trouble = SignInTrouble::Throttled { retry_after_s };
            let mut page = page(&at, email, Some(trouble))?;
            let header = ("retry-after", retry_after_s.to_string());
            page.headers.push(header);
            Ok(page)
        }
    }
}

/// Signs up and goes on.
pub(super) async fn sign_up(at: At<'_>, form: &Form) -> Served {
    match door::sign_up(at.host, at.request, form).await? {
        Joined::In(account, cookie) if !account.email_verified => {
            Ok(door::unverified(at.host).with_cookie(cookie))
        }
        Joined::In(account, cookie) => go_on(at, &account, cookie).await,
        Joined::Wrong(errors) => wrong(&at, form, errors),
        Joined::Wait(retry_after_s) => {
            let page = ErrorPage::TooManyRequests { retry_after_s };
            Ok(reply::error(at.host, &page))
        }
    }
}

/// The visit is this person's from now on.
async fn go_on(mut at: At<'_>, account: &Account, cookie: String) -> Served {
    at.visit.start_over();
    at.visit.account = Some(account.key);
    at.visit.keep(at.host).await?;
    Ok(at.next().with_cookie(cookie))
}

fn wrong(at: &At<'_>, form: &Form, errors: Vec<FieldError>) -> Served {
    let page = door::sign_up_again(form, asks_kind(at), at.visit.href(), errors);
    at.page(422, |frame| page.render(frame), &frame(at))
}

/// Senders need not be asked for the kind of account: a personal one will do.
fn asks_kind(at: &At<'_>) -> bool {
    !at.visit.wish.asks_sender()
}

fn frame(at: &At<'_>) -> Frame {
    at.frame(None, "Sign in")
}
