//! The site of an account: balances, notifications, access keys, and what one agreed to.

mod agreements;
mod home;
mod revoke;
mod sign_in;
mod transactions;

#[cfg(test)]
mod tests;

use pages::{ErrorPage, Landing};

use super::door::{self, Person};
use super::form::Form;
use super::{Host, Served, WebRequest, WebResponse, frame, reply};

/// The first page of the console.
pub(super) const HOME: &str = "/console/";
/// What one agreed to.
pub(super) const AGREEMENTS: &str = "/console/agreements";
/// Asking once more before an agreement is revoked.
pub(super) const REVOKE: &str = "/console/agreements/revoke";
/// Signing in.
pub(super) const SIGN_IN: &str = "/console/sign-in";
/// Signing up.
pub(super) const SIGN_UP: &str = "/console/sign-up";
/// Where the sign-out button posts to.
pub(super) const SIGN_OUT: &str = "/console/sign-out";

/// The first page of the server.
pub(super) fn landing(host: &dyn Host) -> WebResponse {
    let page = Landing {
        console_href: HOME.to_owned(),
        agreements_href: AGREEMENTS.to_owned(),
        docs_href: None,
        health_href: "/healthz".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    reply::page(200, page.render(&frame::plain(host)), None)
}

/// Answers a request below [`HOME`].
pub(super) async fn answer(host: &dyn Host, request: &WebRequest) -> Served {
    match request.path.as_str() {
        "/console" => return Ok(reply::see_other(host, HOME)),
        SIGN_IN => return sign_in::sign_in(host, request).await,
        SIGN_UP => return sign_in::sign_up(host, request).await,
        HOME | AGREEMENTS | REVOKE | SIGN_OUT => {}
        _ => return Ok(reply::error(host, &ErrorPage::NotFound)),
    }
    let Some(person) = door::who(host, request).await? else {
        return Ok(reply::see_other(host, &sign_in::href(&request.path)));
    };
    if !request.is_post() {
        let query = Form::of_query(request);
        return match request.path.as_str() {
            AGREEMENTS => agreements::page(host, &person, &query).await,
            REVOKE => revoke::page(host, &person, &query).await,
            HOME => home::page(host, &person, &query).await,
            _ => Ok(reply::see_other(host, HOME)),
        };
    }
    let form = match Form::of_body(request) {
        Ok(form) if !door::is_foreign(request) && door::carries(&form, &person.session.csrf) => {
            form
        }
        Ok(_) | Err(_) => return Ok(reply::forged(host)),
    };
    posted(host, request, &person, &form).await
}

async fn posted(host: &dyn Host, request: &WebRequest, person: &Person, form: &Form) -> Served {
    match request.path.as_str() {
        SIGN_OUT => {
            let cookie = door::sign_out(host, request).await?;
            Ok(reply::see_other(host, SIGN_IN).with_cookie(cookie))
        }
        REVOKE => revoke::revoke(host, person, form).await,
        HOME => home::posted(host, person, form).await,
        _ => Ok(reply::error(host, &ErrorPage::MethodNotAllowed)),
    }
}
