//! When a visit cannot go on and must not redirect either.

use maud::html;

use crate::frame::Frame;
use crate::layout::Width;

/// A wrong signature, an unknown caller, an ended visit: whatever leaves us without a return
/// address that can be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What happened, as a heading: "This link cannot be trusted".
    pub title: String,
    /// For the caller's developer: "InvalidSignature".
    pub code: String,
    /// What happened, in plain words.
    pub explanation: String,
    /// What the person can do.
    pub advice: String,
    /// For the caller's developer: what exactly was wrong.
    pub detail: Option<String>,
    /// Finds the request in the logs.
    pub request_id: Option<String>,
}

impl Problem {
    /// The document. It has no form and no link that came with the request.
    pub fn render(&self, frame: &Frame) -> String {
        let content = html! {
            h1 { (self.title) }
            p.lead { (self.explanation) }
            div.problem {
                h2 { "What you can do" }
                p { (self.advice) }
                p { "You have not been charged and nothing has been agreed." }
            }
            details {
                summary { "For the developer" }
                dl {
                    dt { "Code" } dd { code { (self.code) } }
                    @if let Some(detail) = &self.detail { dt { "Detail" } dd { code { (detail) } } }
                    @if let Some(id) = &self.request_id { dt { "Request" } dd { code { (id) } } }
                }
            }
        };
        frame.document(&self.title, Width::Narrow, &[], &content)
    }
}
