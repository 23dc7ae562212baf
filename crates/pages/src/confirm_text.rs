//! The words of a consent, apart from their layout.

use maud::{Markup, html};

use crate::confirm::{Confirm, Consent, EachCharge, EachRule};

impl Confirm {
    /// The whole consent in one sentence.
    pub(crate) fn sentence(&self, caller: &str) -> Markup {
        let paid = match self.recipients.as_slice() {
            [] => String::new(),
            recipients => format!(" for {}", recipients.join(", ")),
        };
        match &self.consent {
            Consent::Once { amount, within } => html! {
                strong { (caller) } " charges you " strong { (amount) } (paid) ", once, within "
                (within) "."
            },
            Consent::Reserve {
                amount,
                within,
                hold,
            } => html! {
                strong { (caller) } " reserves " strong { (amount) } (paid) ", once, within "
                (within) ", and charges at most that amount within " (hold) " after that."
            },
            Consent::Repeated {
                each, total, until, ..
            } => html! {
                strong { (caller) } " may charge you " (each_in_words(each.as_ref())) (paid)
                " without asking again, but never more than " strong { (total) } " in all, until "
                @match until {
                    Some(until) => { (until) }
                    None => { "you revoke it" }
                }
                "."
            },
        }
    }
}

impl Consent {
    /// The rows of the table: how much, and when.
    pub(crate) fn rows(&self, caller: &str) -> Vec<(&'static str, String)> {
        match self {
            Consent::Once { amount, within } => vec![
                ("How much", amount.clone()),
                ("At most", amount.clone()),
                ("When", format!("Now, once, within {within}")),
            ],
            Consent::Reserve {
                amount,
                within,
                hold,
            } => vec![
                (
                    "How much",
                    format!("{amount} reserved; the charge may be less"),
                ),
                ("At most", amount.clone()),
                (
                    "When",
                    format!(
                        "Reserved now, once, within {within}. Charged when {caller} completes \
                         your order, within {hold}; otherwise released"
                    ),
                ),
            ],
            Consent::Repeated {
                each,
                total,
                limits,
                from,
                until,
            } => {
                let mut rows = vec![
                    ("Each charge", each_row(each.as_ref())),
                    ("At most", format!("{total} in all")),
                ];
                rows.extend(limits.iter().map(|limit| ("Limit", limit.clone())));
                rows.push(("When", validity(from.as_deref(), until.as_deref())));
                rows
            }
        }
    }

    /// What the last line of the break-down is called.
    pub(crate) fn total_name(&self) -> &'static str {
        match self {
            Consent::Once { .. } => "Total",
            Consent::Reserve { .. } => "Total reserved",
            Consent::Repeated { .. } => "At most in all",
        }
    }

    /// The last line of the break-down.
    pub(crate) fn total(&self) -> &str {
        match self {
            Consent::Once { amount, .. } | Consent::Reserve { amount, .. } => amount,
            Consent::Repeated { total, .. } => total,
        }
    }

    /// The words of the button that agrees.
    pub(crate) fn button(&self) -> &'static str {
        match self {
            Consent::Once { .. } => "Confirm the payment",
            Consent::Reserve { .. } => "Confirm the reservation",
            Consent::Repeated { .. } => "Confirm these charges",
        }
    }
}

fn each_in_words(each: Option<&EachCharge>) -> Markup {
    match each {
        None => html! { "repeatedly" },
        Some(each) => html! { (rule(each.rule)) " " strong { (each.amount) } " each time" },
    }
}

fn each_row(each: Option<&EachCharge>) -> String {
    match each {
        None => "Any amount up to the limits below".to_owned(),
        Some(EachCharge {
            rule: EachRule::Exactly,
            amount,
        }) => format!("Exactly {amount}"),
        Some(EachCharge {
            rule: EachRule::AtMost,
            amount,
        }) => format!("At most {amount}"),
        Some(EachCharge {
            rule: EachRule::AtLeast,
            amount,
        }) => format!("At least {amount}"),
    }
}

fn rule(rule: EachRule) -> &'static str {
    match rule {
        EachRule::Exactly => "exactly",
        EachRule::AtMost => "at most",
        EachRule::AtLeast => "at least",
    }
}

fn validity(from: Option<&str>, until: Option<&str>) -> String {
    let from = from.unwrap_or("now");
    match until {
        Some(until) => format!("Whenever it is due, from {from} until {until}"),
        None => format!("Whenever it is due, from {from} until you revoke it"),
    }
}
