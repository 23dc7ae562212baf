//! What a caller asks a person to agree to, after every check. Kept in the visit.

use money::Amount;
use payments::rows::{AmountRule, PaymentMethod, RecipientTerms, TokenRole, UsageLimit};
use payments::{CallerReference, Timestamp};
use serde::{Deserialize, Serialize};

/// A request that is well formed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Wish {
    /// The caller's reference.
    pub(super) reference: CallerReference,
    /// The payment methods asked for.
    pub(super) methods: Methods,
    /// What it is for.
    pub(super) reason: Option<String>,
    /// Where cancelling leads, in the caller's words.
    pub(super) site: Option<String>,
    /// Whether the shipping address is asked here and returned.
    pub(super) collect_address: bool,
    /// The shipping address that the caller sent along.
    pub(super) address: Address,
    /// What the pipeline is about.
    pub(super) kind: Kind,
}

impl Wish {
    /// The role of the token that it makes.
    pub(super) fn role(&self) -> TokenRole {
        match self.kind {
            Kind::Single(_) | Kind::Multi(_) => TokenRole::Sender,
            Kind::Recipient(_) => TokenRole::Recipient,
        }
    }

    /// Whether a sender is asked, who needs something to pay with.
    pub(super) fn asks_sender(&self) -> bool {
        self.role() == TokenRole::Sender
    }
}

/// The pipelines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Kind {
    /// One payment.
    Single(Single),
    /// Payments within limits.
    Multi(Multi),
    /// A recipient accepts the caller's terms.
    Recipient(Accept),
}

/// One payment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Single {
    pub(super) amount: Amount,
    pub(super) reserve: bool,
    pub(super) parts: Parts,
}

/// What the caller says the amount is made of, in ready words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Parts {
    pub(super) item_total: Option<String>,
    pub(super) shipping: Option<String>,
    pub(super) handling: Option<String>,
    pub(super) gift_wrapping: Option<String>,
    pub(super) discount: Option<String>,
    pub(super) tax: Option<String>,
}

/// Payments within limits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Multi {
    pub(super) total: Amount,
    pub(super) each: Option<AmountRule>,
    pub(super) limits: Vec<UsageLimit>,
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
}

/// The terms that a recipient accepts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Accept {
    pub(super) terms: RecipientTerms,
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
}

/// Payment methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Methods {
    pub(super) card: bool,
    pub(super) bank: bool,
    pub(super) balance: bool,
}

impl Methods {
    /// What counts when nothing is said.
    pub(super) const ALL: Methods = Methods {
        card: true,
        bank: true,
        balance: true,
    };

    /// Reads `CC,ABT`.
    pub(super) fn parse(text: &str) -> Option<Methods> {
        let mut methods = Methods {
            card: false,
            bank: false,
            balance: false,
        };
        for name in text.split(',').map(str::trim) {
            match name {
                "CC" => methods.card = true,
                "ACH" => methods.bank = true,
                "ABT" => methods.balance = true,
                _ => return None,
            }
        }
        Some(methods)
    }

    /// As a list.
    pub(super) fn listed(self) -> Vec<PaymentMethod> {
        let all = [
            (self.card, PaymentMethod::Card),
            (self.bank, PaymentMethod::Bank),
            (self.balance, PaymentMethod::Balance),
        ];
        let listed = all.into_iter().filter(|(is, _)| *is);
        listed.map(|(_, method)| method).collect()
    }
}

/// A shipping address, line by line, by the names of the protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Address(pub(super) Vec<(String, String)>);

impl Address {
    /// The parameters of the protocol, and of the form.
    pub(super) const NAMES: [&'static str; 8] = [
        "addressName",
        "addressLine1",
        "addressLine2",
        "city",
        "state",
        "zip",
        "country",
        "phoneNumber",
    ];

    /// Reads every part that is there.
    pub(super) fn read(mut part: impl FnMut(&'static str) -> Option<String>) -> Address {
        let parts = Address::NAMES.into_iter();
        let parts = parts.filter_map(|name| Some((name.to_owned(), part(name)?)));
        Address(parts.collect())
    }

    /// One part; empty when it is not there.
    pub(super) fn part(&self, name: &str) -> &str {
        signing::form::value(&self.0, name).unwrap_or_default()
    }

    /// For people, line by line.
    pub(super) fn lines(&self) -> Vec<String> {
        let part = |name| self.part(name);
        let city = [part("city"), part("state"), part("zip")];
        let city: Vec<&str> = city.into_iter().filter(|part| !part.is_empty()).collect();
        let lines = [
            part("addressName").to_owned(),
            part("addressLine1").to_owned(),
            part("addressLine2").to_owned(),
            city.join(", "),
            part("country").to_owned(),
            part("phoneNumber").to_owned(),
        ];
        lines.into_iter().filter(|line| !line.is_empty()).collect()
    }
}
