//! The pages for browsers: the Co-Branded UI, the console, the first page, and their assets.
//!
//! **Promise:** whatever a browser sends, it gets a page or a redirect. Nothing is agreed without a
//! form that was posted from a page of ours, by the person who is signed in, in the browser that began.
//! A browser is sent away to one address only: the return URL of a request whose signature holds, or
//! whose origin its caller registered.
//!
//! Shape: [`handle`] finds the page; `cbui` is the flow that ends on the return URL, `console` the
//! site of an account, `return_url` the signed way back. [`Host`] is what all of them need of the
//! server, so that they are tested without it.
//!
//! | path                         | methods   | what                                     |
//! |------------------------------|-----------|------------------------------------------|
//! | `/cobranded-ui/actions/start`| GET, POST | a caller sends somebody                  |
//! | `/cobranded-ui/visit`        | GET, POST | the steps of the visit                   |
//! | `/console/`                  | GET, POST | balances, notifications, access keys     |
//! | `/console/agreements`        | GET       | what one agreed to                       |
//! | `/console/agreements/revoke` | GET, POST | asking once more, and doing it           |
//! | `/console/sign-in`, `sign-up`| GET, POST | who is there                             |
//! | `/console/sign-out`          | POST      | the end of a session                     |
//! | `/cobranded-ui/logo/…`       | GET       | the logo of a caller                     |
//! | `/assets/…`                  | GET       | stylesheet and logo                      |

use std::net::IpAddr;
use std::sync::Arc;

use pages::ErrorPage;

use crate::app::App;

mod cbui;
mod console;
mod cookie;
mod door;
mod form;
mod frame;
mod host;
mod image;
mod reply;
mod return_url;
mod words;

#[cfg(test)]
mod tests;

pub use host::{Caller, Host};
pub use signing::Verb;

/// Bytes of a posted form at most.
pub const FORM_BYTES_MAX: usize = 65_536;
/// Bytes of a query at most.
pub const QUERY_BYTES_MAX: usize = 32_768;

/// A browser's request, without the parts that no page looks at.
#[derive(Clone, Debug)]
pub struct WebRequest {
    /// How it came; `HEAD` counts as `GET`.
    pub verb: Verb,
    /// The path, as sent.
    pub path: String,
    /// The query, as sent, without its `?`.
    pub query: String,
    /// The `Host` header.
    pub host: String,
    /// The `Cookie` header; empty where there is none.
    pub cookie: String,
    /// The `Content-Type` header; empty where there is none.
    pub content_type: String,
    /// The `Sec-Fetch-Site` header; empty where there is none.
    pub fetch_site: String,
    /// The browser's address, behind trusted proxies.
    pub remote: IpAddr,
    /// Whether the browser's connection is encrypted.
    pub secure: bool,
    /// The body.
    pub body: Vec<u8>,
}

impl WebRequest {
    /// Whether it posts a form.
    fn is_post(&self) -> bool {
        self.verb == Verb::Post
    }
}

/// What goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebResponse {
    /// The HTTP status.
    pub status: u16,
    /// The headers, all of them but length and date.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Answers a browser; `None` when there is no such page.
pub async fn handle(app: &Arc<App>, request: WebRequest) -> Option<WebResponse> {
    route(app.as_ref(), &request).await
}

/// The first page.
pub fn landing(app: &Arc<App>) -> WebResponse {
    console::landing(app.as_ref())
}

async fn route(host: &dyn Host, request: &WebRequest) -> Option<WebResponse> {
    let path = request.path.as_str();
    if let Some(asset) = reply::asset(path) {
        return Some(asset);
    }
    if path.starts_with(cbui::LOGO) {
        let logo = cbui::logo(host, path).await;
        return logo.unwrap_or_else(|outage| Some(reply::outage(host, &outage)));
    }
    let known = matches!(path, "/" | cbui::START | cbui::VISIT | "/console")
        || path.starts_with(console::HOME);
    if !known {
        return None;
    }
    if FORM_BYTES_MAX < request.body.len() || QUERY_BYTES_MAX < request.query.len() {
        return Some(reply::error(host, &ErrorPage::TooLarge));
    }
    let answered = match path {
        "/" => Ok(console::landing(host)),
        cbui::START => cbui::start(host, request).await,
        cbui::VISIT => cbui::visit(host, request).await,
        _ => console::answer(host, request).await,
    };
    Some(answered.unwrap_or_else(|outage| reply::outage(host, &outage)))
}

/// What every page returns: a page, or an outage that becomes one.
type Served = Result<WebResponse, store::Outage>;
