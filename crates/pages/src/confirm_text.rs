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
            Consent::Regular {
                amount,
                within,
                until,
                ..
            } => html! {
                strong { (caller) } " may charge you exactly " strong { (amount) } (paid)
                " at most once " (within) ", without asking again, until " (until) "."
            },
            Consent::Prepaid { limit, .. } => html! {
                strong { (caller) } " may charge you ahead of what you buy, so that never more \
                than " strong { (limit) } " is paid ahead at a time. What you buy there is taken \
                off it."
            },
            Consent::Credit { limit, total, .. } => html! {
                "What you buy at " strong { (caller) } " is written down, so that you never owe \
                more than " strong { (limit) } " at a time. " strong { (caller) }
                " may charge you what you owe without asking again"
                @if let Some(total) = total { ", but never more than " strong { (total) } " in all" }
                "."
            },
            Consent::Change => html! {
                strong { (caller) } " goes on charging you as you agreed, within the same limits; \
                only what you pay with changes."
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
            Consent::Regular {
                amount,
                within,
                from,
                until,
            } => vec![
                ("Each charge", format!("Exactly {amount}")),
                ("At most", format!("Once {within}")),
                ("When", validity(from.as_deref(), Some(until))),
            ],
            Consent::Prepaid { .. } | Consent::Credit { .. } => self.tally_rows(caller),
            Consent::Change => vec![("At most", "As agreed before".to_owned())],
        }
    }

    /// The rows of what is paid ahead, or later.
    fn tally_rows(&self, caller: &str) -> Vec<(&'static str, String)> {
        let (limits, from, until, does, most) = match self {
            Consent::Prepaid { limit, from, until } => {
                let most = format!("{limit} paid ahead at a time");
                (Vec::new(), from, until, "tops it up", most)
            }
            Consent::Credit {
                limit,
                total,
                limits,
                from,
                until,
            } => {
                let total = total.iter();
                let total = total.map(|total| format!("{total} collected in all"));
                let limits: Vec<String> = total.chain(limits.iter().cloned()).collect();
                let most = format!("{limit} owed at a time");
                (limits, from, until, "collects what you owe", most)
            }
            Consent::Once { .. }
            | Consent::Reserve { .. }
            | Consent::Repeated { .. }
            | Consent::Regular { .. }
            | Consent::Change => return Vec::new(),
        };
        let mut rows = vec![
            (
                "How much",
                format!("Nothing now; charged each time {caller} {does}"),
            ),
            ("At most", most),
        ];
        rows.extend(limits.into_iter().map(|limit| ("Limit", limit)));
        rows.push((
            "When",
            lasting("Any time", from.as_deref(), until.as_deref()),
        ));
        rows
    }

    /// What the last line of the break-down is called.
    pub(crate) fn total_name(&self) -> &'static str {
        match self {
            Consent::Once { .. } => "Total",
            Consent::Reserve { .. } => "Total reserved",
            Consent::Repeated { .. } => "At most in all",
            Consent::Regular { .. } => "Each time",
            Consent::Prepaid { .. } | Consent::Credit { .. } => "At most at a time",
            Consent::Change => "",
        }
    }

    /// The last line of the break-down.
    pub(crate) fn total(&self) -> &str {
        match self {
            Consent::Once { amount, .. }
            | Consent::Reserve { amount, .. }
            | Consent::Regular { amount, .. } => amount,
            Consent::Repeated { total, .. } => total,
            Consent::Prepaid { limit, .. } | Consent::Credit { limit, .. } => limit,
            Consent::Change => "",
        }
    }

    /// The words of the button that agrees.
    pub(crate) fn button(&self) -> &'static str {
        match self {
            Consent::Once { .. } => "Confirm the payment",
            Consent::Reserve { .. } => "Confirm the reservation",
            Consent::Repeated { .. } | Consent::Regular { .. } => "Confirm these charges",
            Consent::Prepaid { .. } => "Confirm paying ahead",
            Consent::Credit { .. } => "Confirm paying later",
            Consent::Change => "Confirm the change",
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
    lasting("Whenever it is due", from, until)
}

fn lasting(when: &str, from: Option<&str>, until: Option<&str>) -> String {
    let (from, until) = (from.unwrap_or("now"), until.unwrap_or("you revoke it"));
    format!("{when}, from {from} until {until}")
}
