//! Replies: every page with the headers that keep it safe.

use pages::{ErrorPage, Frame, Onward, Problem};
use store::Outage;

use super::{Host, WebResponse, frame};

/// How long assets are kept: their names change with their content.
const ASSET_CACHE: &str = "public, max-age=31536000, immutable";
/// When to come again after an outage.
const RETRY_AFTER_S: u64 = 2;

/// A page. `return_origin` is where its forms may lead besides this server.
pub(super) fn page(status: u16, document: String, return_origin: Option<&str>) -> WebResponse {
    let policy = pages::content_security_policy(return_origin);
    WebResponse {
        status,
        headers: vec![
            ("content-type", "text/html; charset=utf-8".to_owned()),
            ("content-security-policy", policy),
            ("cache-control", "no-store".to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            ("x-frame-options", "DENY".to_owned()),
            ("referrer-policy", "no-referrer".to_owned()),
        ],
        body: document.into_bytes(),
    }
}

/// A redirect to a path of this server.
pub(super) fn see_other(host: &dyn Host, path: &str) -> WebResponse {
    onward(path, "Continue", &frame::plain(host))
}

/// A redirect with a page for whoever's browser does not follow it.
pub(super) fn onward(href: &str, label: &str, frame: &Frame) -> WebResponse {
    let onward = Onward {
        href: href.to_owned(),
        label: label.to_owned(),
    };
    let mut response = page(303, onward.render(frame), None);
    response.headers.push(("location", href.to_owned()));
    response
}

/// An error page.
pub(super) fn error(host: &dyn Host, error: &ErrorPage) -> WebResponse {
    let mut response = page(error.status(), error.render(&frame::plain(host)), None);
    let retry_after_s = match error {
        ErrorPage::TooManyRequests { retry_after_s } | ErrorPage::Unavailable { retry_after_s } => {
            *retry_after_s
        }
        ErrorPage::NotFound
        | ErrorPage::MethodNotAllowed
        | ErrorPage::TooLarge
        | ErrorPage::Internal { .. } => return response,
    };
    let header = ("retry-after", retry_after_s.to_string());
    response.headers.push(header);
    response
}

/// A page that ends a visit without a redirect.
pub(super) fn problem(host: &dyn Host, status: u16, problem: &Problem) -> WebResponse {
    page(status, problem.render(&frame::plain(host)), None)
}

/// A form that was not posted from a page of ours, or from one that is too old.
pub(super) fn forged(host: &dyn Host) -> WebResponse {
    let words = Problem {
        title: "This form cannot be used any more".to_owned(),
        code: "InvalidForm".to_owned(),
        explanation: "It was made for another sign-in, or it did not come from our page."
            .to_owned(),
        advice: "Go back, load the page again and repeat the step.".to_owned(),
        detail: None,
        request_id: None,
    };
    problem(host, 403, &words)
}

/// The page for an outage.
pub(super) fn outage(host: &dyn Host, outage: &Outage) -> WebResponse {
    let words = match outage {
        Outage::Busy { .. } | Outage::Closing | Outage::Contended { .. } => {
            let retry_after_s = RETRY_AFTER_S;
            ErrorPage::Unavailable { retry_after_s }
        }
        Outage::Failed { .. } | Outage::Corrupt { .. } => {
            let request_id = crate::random::request_id();
            tracing::error!(request_id, error = %outage, "a page failed");
            ErrorPage::Internal { request_id }
        }
    };
    error(host, &words)
}

/// The stylesheet or the logo.
pub(super) fn asset(path: &str) -> Option<WebResponse> {
    let (content_type, content) = match path {
        pages::STYLESHEET_PATH => ("text/css; charset=utf-8", pages::STYLESHEET),
        pages::LOGO_PATH => ("image/svg+xml", pages::LOGO),
        _ => return None,
    };
    Some(WebResponse {
        status: 200,
        headers: vec![
            ("content-type", content_type.to_owned()),
            ("cache-control", ASSET_CACHE.to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            ("content-security-policy", "default-src 'none'".to_owned()),
        ],
        body: content.as_bytes().to_vec(),
    })
}

impl WebResponse {
    /// The same with a cookie set or removed.
    #[must_use]
    pub(super) fn with_cookie(mut self, cookie: String) -> WebResponse {
        self.headers.push(("set-cookie", cookie));
        self
    }
}
