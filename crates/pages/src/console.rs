//! The console's first page: balances, notifications and access keys.

use maud::{Markup, html};

use crate::action;
use crate::field::{Field, FieldError, error_summary};
use crate::frame::{Frame, local_path};
use crate::layout::{Width, notice};
use crate::status::{Status, Tone};

/// The first page after signing in to the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleHome {
    /// The account's name.
    pub account_name: String,
    /// The account's money.
    pub balances: Balances,
    /// Where notifications go; empty when nowhere.
    pub notification_url: String,
    /// The account's access keys.
    pub keys: Vec<AccessKeyLine>,
    /// What was just done.
    pub notice: Option<String>,
    /// Field: `notification_url`.
    pub errors: Vec<FieldError>,
}

/// The three balances of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balances {
    /// Can be spent.
    pub available: String,
    /// On its way in.
    pub pending_in: String,
    /// On its way out.
    pub pending_out: String,
}

/// An access key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyLine {
    /// The access key id.
    pub id: String,
    /// When it was made.
    pub created: String,
    /// Whether requests signed with it are accepted.
    pub active: bool,
}

impl ConsoleHome {
    /// The document. Posts `notification_url`, or nothing to make a key, or `key` to disable one.
    pub fn render(&self, frame: &Frame) -> String {
        let content = html! {
            (error_summary(&self.errors))
            (notice(self.notice.as_deref()))
            h1 { (self.account_name) }
            (self.balances.table())
            section aria-labelledby="notifications-title" {
                h2 id="notifications-title" { "Notifications" }
                (frame.form(&self.notification_fields()))
            }
            section aria-labelledby="keys-title" {
                h2 id="keys-title" { "Access keys" }
                (self.key_table(frame))
                (frame.form(&html! {
                    button.secondary type="submit" name="action" value=(action::CREATE_KEY) {
                        "Create an access key"
                    }
                }))
            }
        };
        frame.document("Your account", Width::Wide, &self.errors, &content)
    }

    fn notification_fields(&self) -> Markup {
        html! {
            (Field {
                name: "notification_url", label: "Notification URL", kind: "url",
                value: &self.notification_url, inputmode: "url", optional: true,
                hint: "Every change of a transaction is posted here, signed. Empty: none are sent.",
                length_max: Some(2048), ..Field::default()
            }.render(&self.errors))
            button.secondary type="submit" name="action" value=(action::SET_NOTIFICATION_URL) {
                "Save"
            }
        }
    }

    fn key_table(&self, frame: &Frame) -> Markup {
        html! {
            @if self.keys.is_empty() {
                p.quiet { "No access keys yet. A program needs one to sign its requests." }
            } @else {
                div.scroll {
                    table.list {
                        caption.unseen { "Access keys" }
                        thead {
                            tr {
                                th scope="col" { "Access key id" } th scope="col" { "Created" }
                                th scope="col" { "Status" } th scope="col" { "Change" }
                            }
                        }
                        tbody { @for key in &self.keys { (key.row(frame)) } }
                    }
                }
            }
        }
    }
}

impl Balances {
    fn table(&self) -> Markup {
        html! {
            table.balances {
                caption { "Balances" }
                thead {
                    tr {
                        th scope="col" { "Available" } th scope="col" { "Pending in" }
                        th scope="col" { "Pending out" }
                    }
                }
                tbody {
                    tr {
                        td data-label="Available" { (self.available) }
                        td data-label="Pending in" { (self.pending_in) }
                        td data-label="Pending out" { (self.pending_out) }
                    }
                }
            }
        }
    }
}

impl AccessKeyLine {
    fn row(&self, frame: &Frame) -> Markup {
        let status = if self.active {
            Status {
                words: "Active".to_owned(),
                tone: Tone::Good,
            }
        } else {
            Status {
                words: "Disabled".to_owned(),
                tone: Tone::Ended,
            }
        };
        html! {
            tr {
                th scope="row" data-label="Access key id" { code { (self.id) } }
                td data-label="Created" { (self.created) }
                td data-label="Status" { (status.render()) }
                td data-label="Change" {
                    @if self.active {
                        (frame.form(&html! {
                            input type="hidden" name="key" value=(self.id);
                            button.plain type="submit" name="action" value=(action::DISABLE_KEY) {
                                "Disable" span.unseen { " " (self.id) }
                            }
                        }))
                    } @else { span.quiet { "None" } }
                }
            }
        }
    }
}

/// Shows a new access key's secret, this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeyCreated {
    /// The access key id.
    pub id: String,
    /// The secret.
    pub secret: String,
    /// Path back to the console.
    pub home_href: String,
}

impl AccessKeyCreated {
    /// The document.
    pub fn render(&self, frame: &Frame) -> String {
        let content = html! {
            h1 { "Your new access key" }
            p.lead { "Copy the secret now. It is shown only this once." }
            dl.secret {
                dt { "Access key id" } dd { code { (self.id) } }
                dt { "Secret access key" } dd { code { (self.secret) } }
            }
            p {
                "Whoever has the secret can sign requests as you. Keep it out of source code; "
                "if it gets out, disable the key."
            }
            p.buttons {
                a.primary.button href=(local_path(&self.home_href).unwrap_or("/")) {
                    "I have copied it"
                }
            }
        };
        frame.document("Your new access key", Width::Narrow, &[], &content)
    }
}
