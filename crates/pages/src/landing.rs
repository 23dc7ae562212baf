//! What a browser sees that comes to the server without a request.

use maud::html;

use crate::frame::{Frame, local_path};
use crate::layout::Width;

/// The first page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Landing {
    /// Path of the console.
    pub console_href: String,
    /// Path of the page with what one agreed to.
    pub agreements_href: String,
    /// Path of the documentation, where it is served.
    pub docs_href: Option<String>,
    /// Path that says whether the server lives.
    pub health_href: String,
    /// The server's version.
    pub version: String,
}

impl Landing {
    /// The document.
    pub fn render(&self, frame: &Frame) -> String {
        let links = [
            (
                Some(&self.console_href),
                "Console",
                "Balances, notifications and access keys.",
            ),
            (
                Some(&self.agreements_href),
                "What you agreed to",
                "See who may charge you, and revoke it.",
            ),
            (
                self.docs_href.as_ref(),
                "Documentation",
                "Every action, parameter and error.",
            ),
            (
                Some(&self.health_href),
                "Health",
                "Whether this server is up.",
            ),
        ];
        let content = html! {
            h1 { (frame.provider) " reserves now and settles later" }
            p.lead {
                "This is a payments server. Programs speak the Flexible Payments Service protocol "
                "with it, at this same address; people see and control here what they agreed to."
            }
            ul.links {
                @for (href, name, text) in links {
                    @if let Some(href) = href.and_then(|href| local_path(href)) {
                        li { a href=(href) { strong { (name) } span.quiet { (text) } } }
                    }
                }
            }
            p.quiet { "Version " (self.version) }
        };
        frame.document("Welcome", Width::Narrow, &[], &content)
    }
}
