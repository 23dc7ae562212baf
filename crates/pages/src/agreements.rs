//! What a person agreed to: tokens and what has been done with them.

use maud::{Markup, html};

use crate::frame::{Frame, local_path};
use crate::layout::{Width, notice};
use crate::reason::payment_reason;
use crate::status::Status;
use crate::transactions::{TransactionLine, transactions};

/// The page that lists consents and recent payments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreements {
    /// What was just done: "The agreement with Fern & Co is revoked."
    pub notice: Option<String>,
    /// Consents, those in force first.
    pub agreements: Vec<Agreement>,
    /// Recent transactions, newest first.
    pub transactions: Vec<TransactionLine>,
    /// Path of the page with older transactions.
    pub older_href: Option<String>,
}

/// One token, in the words of the person who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The token id; posted as `token` when revoking.
    pub token: String,
    /// Who may charge.
    pub caller: String,
    /// The consent in a line: "Each charge at most $20.00".
    pub summary: String,
    /// The caller's payment reason, as sent.
    pub reason: Option<String>,
    /// Where it stands: "In force", "Used", "Expired", "Revoked".
    pub status: Status,
    /// How much of each limit is used.
    pub limits: Vec<LimitUse>,
    /// When it was given.
    pub agreed: String,
    /// Until when; `None` is until revoked.
    pub valid_until: Option<String>,
    /// When it was last used.
    pub last_used: Option<String>,
    /// What is paid with.
    pub method: String,
    /// Path of the page that revokes it; `None` when it is no longer in force.
    pub revoke_href: Option<String>,
}

/// How much of a limit is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitUse {
    /// "In all", "This month".
    pub name: String,
    /// "$12.00" or "3 payments".
    pub used: String,
    /// The limit.
    pub limit: String,
    /// What is left.
    pub remaining: String,
    /// How much is used, in thousandths of the limit.
    pub used_thousandths: u16,
}

impl Agreements {
    /// The document.
    pub fn render(&self, frame: &Frame) -> String {
        let content = html! {
            (notice(self.notice.as_deref()))
            h1 { "What you agreed to" }
            section aria-labelledby="agreements-title" {
                h2 id="agreements-title" { "Who may charge you" }
                @if self.agreements.is_empty() {
                    p.quiet { "Nobody may charge you. Agreements you make appear here." }
                }
                div.cards {
                    @for (index, agreement) in self.agreements.iter().enumerate() {
                        (agreement.card(index))
                    }
                }
            }
            section aria-labelledby="payments-title" {
                h2 id="payments-title" { "Recent payments" }
                (transactions(&self.transactions))
                @if let Some(href) = &self.older_href {
                    p { a href=(local_path(href).unwrap_or("/")) { "Older payments" } }
                }
            }
        };
        frame.document("What you agreed to", Width::Wide, &[], &content)
    }
}

impl Agreement {
    fn card(&self, index: usize) -> Markup {
        html! {
            article.card aria-labelledby={ "agreement-" (index) } {
                div.top {
                    h3 id={ "agreement-" (index) } { (self.caller) }
                    (self.status.render())
                }
                (self.terms())
                @for (number, limit) in self.limits.iter().enumerate() {
                    (limit.meter(&format!("limit-{index}-{number}")))
                }
                @if let Some(href) = &self.revoke_href {
                    p { a.secondary.button href=(local_path(href).unwrap_or("/")) {
                        "Revoke" span.unseen { " the agreement with " (self.caller) }
                    } }
                }
            }
        }
    }

    /// What was agreed, without the heading.
    pub(crate) fn terms(&self) -> Markup {
        html! {
            p { strong { (self.summary) } }
            @if let Some(reason) = &self.reason { div.reason { (payment_reason(reason)) } }
            dl {
                dt { "Paid with" } dd { (self.method) }
                dt { "Agreed" } dd { (self.agreed) }
                @if let Some(until) = self.valid_until_words() { dt { "Valid until" } dd { (until) } }
                dt { "Last used" } dd { (self.last_used.as_deref().unwrap_or("Not yet")) }
            }
        }
    }
}

impl Agreement {
    /// An agreement without an end lasts until it is revoked; one no longer in force has no such
    /// line.
    fn valid_until_words(&self) -> Option<&str> {
        let open_ended = self.revoke_href.as_ref().map(|_| "you revoke it");
        self.valid_until.as_deref().or(open_ended)
    }
}

impl LimitUse {
    fn meter(&self, id: &str) -> Markup {
        html! {
            div.limit {
                label for=(id) { (self.name) ": " (self.used) " of " (self.limit) " used" }
                progress id=(id) max="1000" value=(self.used_thousandths.min(1000)) {}
                span.quiet { (self.remaining) " left" }
            }
        }
    }
}
