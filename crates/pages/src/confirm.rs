//! The page of consent: who charges what, when, and at most how much.

use maud::{Markup, html};

use crate::action;
use crate::field::{FieldError, error_summary};
use crate::frame::{Frame, local_path};
use crate::layout::Width;
use crate::reason::payment_reason;

/// What the sender is asked to agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// How often, when and how much.
    pub consent: Consent,
    /// Who is paid, where it is not the caller.
    pub recipients: Vec<String>,
    /// The caller's payment reason, as sent.
    pub reason: Option<String>,
    /// What the caller says the amount is made of.
    pub breakdown: Breakdown,
    /// The shipping address, line by line; empty when there is none.
    pub shipping_lines: Vec<String>,
    /// Path of the address page, where the address was asked here.
    pub change_address_href: Option<String>,
    /// What is paid with: "Visa ending in 4242, expires 04/2029".
    pub method: String,
    /// Path of the page that chooses another.
    pub change_method_href: String,
    /// Errors of the whole form.
    pub errors: Vec<FieldError>,
}

/// How often, when, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// One charge.
    Once {
        /// How much.
        amount: String,
        /// How long the consent lives: "3 hours".
        within: String,
    },
    /// One reservation, settled later.
    Reserve {
        /// At most how much.
        amount: String,
        /// How long the consent lives: "3 hours".
        within: String,
        /// How long a reservation lives: "7 days".
        hold: String,
    },
    /// Any number of charges within limits.
    Repeated {
        /// What a single charge may be; `None` leaves it to the total.
        each: Option<EachCharge>,
        /// At most how much in all.
        total: String,
        /// Further limits, as sentences: "At most $20.00 in any month".
        limits: Vec<String>,
        /// From when; `None` is now.
        from: Option<String>,
        /// Until when; `None` is until revoked.
        until: Option<String>,
    },
    /// The same charge, once in each period.
    Regular {
        /// How much, exactly.
        amount: String,
        /// How often: "in any month".
        within: String,
        /// From when; `None` is now.
        from: Option<String>,
        /// Until when.
        until: String,
    },
    /// Money paid ahead, and spent later.
    Prepaid {
        /// At most how much at a time.
        limit: String,
        /// From when; `None` is now.
        from: Option<String>,
        /// Until when; `None` is until revoked.
        until: Option<String>,
    },
    /// Purchases now, collected later.
    Credit {
        /// At most how much is owed at a time.
        limit: String,
        /// At most how much is collected in all.
        total: Option<String>,
        /// Further limits of collecting, as sentences.
        limits: Vec<String>,
        /// From when; `None` is now.
        from: Option<String>,
        /// Until when; `None` is until revoked.
        until: Option<String>,
    },
    /// Another payment method for what was agreed before.
    Change,
}

/// What a single charge may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EachCharge {
    /// How the amount bounds it.
    pub rule: EachRule,
    /// The amount.
    pub amount: String,
}

/// How an amount bounds a single charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EachRule {
    /// Exactly so much.
    Exactly,
    /// So much or less.
    AtMost,
    /// So much or more.
    AtLeast,
}

/// What the caller says an amount is made of. Shown as sent; nothing is added up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// The goods.
    pub item_total: Option<String>,
    /// Shipping.
    pub shipping: Option<String>,
    /// Handling.
    pub handling: Option<String>,
    /// Gift wrapping.
    pub gift_wrapping: Option<String>,
    /// What is taken off.
    pub discount: Option<String>,
    /// Tax.
    pub tax: Option<String>,
}

impl Confirm {
    /// The document. The button that agrees posts `action=confirm`.
    pub fn render(&self, frame: &Frame) -> String {
        let content = html! {
            (error_summary(&self.errors))
            h1 { "Check and confirm" }
            p.lead.consent { (self.sentence(frame.caller())) }
            (self.terms(frame))
            @if let Some(breakdown) = self.breakdown_table() { (breakdown) }
            (frame.form(&html! {
                p.quiet {
                    "By confirming you agree to exactly this. You can see and revoke it at any "
                    "time under “What you agreed to” in your " (frame.provider) " account."
                }
                (frame.buttons(self.consent.button(), action::CONFIRM))
            }))
        };
        frame.document("Check and confirm", Width::Narrow, &self.errors, &content)
    }

    fn terms(&self, frame: &Frame) -> Markup {
        html! {
            table.terms {
                caption { "What you agree to" }
                tbody {
                    tr { th scope="row" { "Who charges" } td { (frame.caller()) } }
                    @if !self.recipients.is_empty() {
                        tr { th scope="row" { "Who is paid" } td { (self.recipients.join(", ")) } }
                    }
                    @if let Some(reason) = &self.reason {
                        tr { th scope="row" { "What for" } td { (payment_reason(reason)) } }
                    }
                    @for (name, text) in self.consent.rows(frame.caller()) {
                        tr { th scope="row" { (name) } td { (text) } }
                    }
                    @if !self.shipping_lines.is_empty() { (self.shipping_row()) }
                    tr {
                        th scope="row" { "Paid with" }
                        td {
                            (self.method) " "
                            (change(&self.change_method_href, "payment method"))
                        }
                    }
                }
            }
        }
    }

    fn shipping_row(&self) -> Markup {
        html! {
            tr {
                th scope="row" { "Sent to" }
                td {
                    address {
                        @for (index, line) in self.shipping_lines.iter().enumerate() {
                            @if 0 < index { br; }
                            (line)
                        }
                    }
                    @if let Some(href) = &self.change_address_href { (change(href, "address")) }
                }
            }
        }
    }

    fn breakdown_table(&self) -> Option<Markup> {
        let lines: Vec<_> = self.breakdown.lines().collect();
        (!lines.is_empty()).then(|| {
            html! {
                table.sums {
                    caption { "How the amount is made up" }
                    tbody {
                        @for (name, amount) in &lines {
                            tr { th scope="row" { (name) } td { (amount) } }
                        }
                    }
                    tfoot {
                        tr {
                            th scope="row" { (self.consent.total_name()) }
                            td { (self.consent.total()) }
                        }
                    }
                }
            }
        })
    }
}

impl Breakdown {
    fn lines(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("Items", &self.item_total),
            ("Shipping", &self.shipping),
            ("Handling", &self.handling),
            ("Gift wrapping", &self.gift_wrapping),
            ("Discount", &self.discount),
            ("Tax", &self.tax),
        ]
        .into_iter()
        .filter_map(|(name, amount)| amount.as_deref().map(|amount| (name, amount)))
    }
}

fn change(href: &str, what: &str) -> Markup {
    html! {
        a.change href=(local_path(href).unwrap_or("/")) {
            "Change" span.unseen { " the " (what) }
        }
    }
}
