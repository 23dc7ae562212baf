//! Asking once more before an agreement is revoked.

use maud::html;

use crate::action;
use crate::agreements::Agreement;
use crate::frame::{Frame, local_path};
use crate::layout::Width;

/// The page between the wish to revoke and its being done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokeAgreement {
    /// What would be revoked.
    pub agreement: Agreement,
    /// Path of the list.
    pub back_href: String,
}

impl RevokeAgreement {
    /// The document. Posts `token`.
    pub fn render(&self, frame: &Frame) -> String {
        let caller = &self.agreement.caller;
        let content = html! {
            h1 { "Revoke the agreement with " (caller) "?" }
            p.lead {
                (caller) " can then no longer charge you under it. Payments already made or "
                "reserved are not undone."
            }
            div.card { (self.agreement.terms()) }
            (frame.form(&html! {
                input type="hidden" name="token" value=(self.agreement.token);
                div.buttons {
                    button.danger type="submit" name="action" value=(action::REVOKE) { "Revoke" }
                    a.secondary.button href=(local_path(&self.back_href).unwrap_or("/")) {
                        "Keep it"
                    }
                }
            }))
        };
        frame.document("Revoke an agreement", Width::Narrow, &[], &content)
    }
}
