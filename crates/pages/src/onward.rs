//! A plain link onward, for whoever's browser did not follow the redirect.

use maud::html;

use crate::frame::Frame;
use crate::layout::Width;

/// The body of the reply that redirects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    /// Where to: the signed return URL, or a path on this server. Never anything unverified.
    pub href: String,
    /// The words of the link: "Continue to Fern & Co".
    pub label: String,
}

impl Onward {
    /// The document. An address that is neither http(s) nor a path is not linked.
    pub fn render(&self, frame: &Frame) -> String {
        let safe = ["https://", "http://"]
            .iter()
            .any(|scheme| self.href.starts_with(scheme))
            || crate::frame::local_path(&self.href).is_some();
        let content = html! {
            h1 { "One moment" }
            p.lead { "You should be taken onward by yourself. If not, use this link." }
            @if safe {
                p.buttons { a.primary.button href=(self.href) { (self.label) } }
            } @else {
                p { "The way onward is not a web address. Please close this window." }
            }
        };
        frame.document("One moment", Width::Narrow, &[], &content)
    }
}
