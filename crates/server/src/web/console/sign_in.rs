//! Signing in and up outside of visits.
//!
//! Before anybody is signed in, the forms are tied to the browser by a cookie: what they post back is
//! its digest.

use accounts::secrets;
use pages::{AccountKind, ErrorPage, FieldError, Frame, SignIn, SignInTrouble, SignUp};

use super::{AGREEMENTS, HOME, SIGN_IN, SIGN_UP};
use crate::web::door::{self, Entry, Joined};
use crate::web::form::Form;
use crate::web::host::random;
use crate::web::{Host, Served, WebRequest, cookie, frame, reply};

/// Random bytes of the cookie.
const DOOR_BYTES: usize = 24;

/// Where to sign in, coming back to a page afterwards.
pub(super) fn href(path: &str) -> String {
    if path == AGREEMENTS {
        format!("{SIGN_IN}?next=agreements")
    } else {
        SIGN_IN.to_owned()
    }
}

/// Where to go after signing in: only pages that have a name here.
fn next(query: &Form) -> &'static str {
    match query.get("next") {
        "agreements" => AGREEMENTS,
        _ => HOME,
    }
}

/// The sign-in page, and its form.
pub(super) async fn sign_in(host: &dyn Host, request: &WebRequest) -> Served {
    let query = Form::of_query(request);
    let door = Door::of(host, request, SIGN_IN, &query);
    if !request.is_post() {
        return Ok(door.sign_in("", None, 200));
    }
    let Some(form) = door.form() else {
        return Ok(reply::forged(host));
    };
    let email = form.get("email");
    match door::sign_in(host, request, &form).await? {
        Entry::In(_, cookie) => Ok(reply::see_other(host, next(&query)).with_cookie(cookie)),
        Entry::Wrong => {
            let trouble = Some(SignInTrouble::WrongCredentials);
            Ok(door.sign_in(email, trouble, 422))
        }
        Entry::Wait(retry_after_s) => {
            let trouble = Some(SignInTrouble::Throttled { retry_after_s });
            let mut page = door.sign_in(email, trouble, 429);
            let header = ("retry-after", retry_after_s.to_string());
            page.headers.push(header);
            Ok(page)
        }
    }
}

/// The sign-up page, and its form.
pub(super) async fn sign_up(host: &dyn Host, request: &WebRequest) -> Served {
    let query = Form::of_query(request);
    let door = Door::of(host, request, SIGN_UP, &query);
    if !request.is_post() {
        let page = SignUp {
            name: String::new(),
            email: String::new(),
            kind: Some(AccountKind::Business),
            business_name: String::new(),
            sign_in_href: SIGN_IN.to_owned(),
            errors: Vec::new(),
        };
        return Ok(door.show(200, page.render(&door.frame)));
    }
    let Some(form) = door.form() else {
        return Ok(reply::forged(host));
    };
    match door::sign_up(host, request, &form).await? {
        Joined::In(account, cookie) if !account.email_verified => {
            Ok(door::unverified(host).with_cookie(cookie))
        }
        Joined::In(_, cookie) => Ok(reply::see_other(host, HOME).with_cookie(cookie)),
        Joined::Wrong(errors) => Ok(door.sign_up_again(&form, errors)),
        Joined::Wait(retry_after_s) => {
            let page = ErrorPage::TooManyRequests { retry_after_s };
            Ok(reply::error(host, &page))
        }
    }
}

/// What ties a form to its browser.
struct Door<'a> {
    request: &'a WebRequest,
    frame: Frame,
    csrf: String,
    fresh_cookie: Option<String>,
}

impl<'a> Door<'a> {
    fn of(host: &dyn Host, request: &'a WebRequest, at: &str, query: &Form) -> Door<'a> {
        let sent = cookie::read(request, cookie::DOOR).filter(|value| !value.is_empty());
        let fresh = secrets::token(&random::<DOOR_BYTES>(host));
        let csrf = secrets::digest(sent.unwrap_or(&fresh));
        let fresh_cookie = sent
            .is_none()
            .then(|| cookie::set(request, cookie::DOOR, &fresh, None));
        let mut frame = frame::of_console(host, None, at, &csrf);
        if at == SIGN_IN && next(query) != HOME {
            frame.form_action = href(next(query));
        }
        Door {
            request,
            frame,
            csrf,
            fresh_cookie,
        }
    }

    /// The posted form, if it was made for this browser.
    fn form(&self) -> Option<Form> {
        let form = Form::of_body(self.request).ok()?;
        let known = self.fresh_cookie.is_none() && !door::is_foreign(self.request);
        (known && door::carries(&form, &self.csrf)).then_some(form)
    }

    fn show(&self, status: u16, document: String) -> crate::web::WebResponse {
        let page = reply::page(status, document, None);
        match &self.fresh_cookie {
            Some(cookie) => page.with_cookie(cookie.clone()),
            None => page,
        }
    }

    fn sign_in(
        &self,
        email: &str,
        trouble: Option<SignInTrouble>,
        status: u16,
    ) -> crate::web::WebResponse {
        let page = SignIn {
            email: email.to_owned(),
            sign_up_href: SIGN_UP.to_owned(),
            trouble,
        };
        self.show(status, page.render(&self.frame))
    }

    fn sign_up_again(&self, form: &Form, errors: Vec<FieldError>) -> crate::web::WebResponse {
        let page = door::sign_up_again(form, true, SIGN_IN.to_owned(), errors);
        self.show(422, page.render(&self.frame))
    }
}
