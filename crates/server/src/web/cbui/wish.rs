//! What a caller asks a person to agree to, after every check. Kept in the visit.

use money::Amount;
use payments::period::Period;
use payments::rows::{AmountRule, PaymentMethod, RecipientTerms, TallyKind, TokenRole, UsageLimit};
use payments::{AccountKey, CallerReference, InstrumentKey, Timestamp, TokenId};
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
            Kind::Single(_) | Kind::Multi(_) | Kind::Recurring(_) | Kind::Tally(_) => {
                TokenRole::Sender
            }
            Kind::Edit(ref edit) => edit.role,
            Kind::Recipient(_) => TokenRole::Recipient,
        }
    }

    /// The references that it uses up, with the roles of their tokens.
    pub(super) fn references(&self) -> Vec<(TokenRole, &CallerReference)> {
        let mut names = vec![(self.role(), &self.reference)];
        if let Kind::Tally(tally) = &self.kind {
            names.push((tally.moving_role(), &tally.moving_reference));
        }
        names
    }

    /// Whether a sender is asked, who needs something to pay with.
    pub(super) fn asks_sender(&self) -> bool {
        match self.kind {
            Kind::Single(_)
            | Kind::Multi(_)
            | Kind::Recurring(_)
            | Kind::Tally(_)
            | Kind::Edit(_) => true,
            Kind::Recipient(_) => false,
        }
    }
}

/// The pipelines.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Kind {
    /// One payment.
    Single(Single),
    /// Payments within limits.
    Multi(Multi),
    /// The same payment again and again.
    Recurring(Recurring),
    /// Paying ahead, or on credit.
    Tally(Setup),
    /// Another payment method for what was agreed before.
    Edit(Edit),
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

/// The same payment, at most once in each period.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Recurring {
    pub(super) amount: Amount,
    pub(super) period: Period,
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
}

/// A prepaid or credit instrument.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Setup {
    pub(super) kind: TallyKind,
    /// The most that may be paid ahead, or owed, at any time.
    pub(super) limit: Amount,
    /// The reference of the token that funds or settles.
    pub(super) moving_reference: CallerReference,
    /// The most that may be settled in all.
    pub(super) total: Option<Amount>,
    /// Further limits of settling.
    pub(super) limits: Vec<UsageLimit>,
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
}

impl Setup {
    /// The role of the token that funds or settles.
    pub(super) fn moving_role(&self) -> TokenRole {
        match self.kind {
            TallyKind::Prepaid => TokenRole::Funding,
            TallyKind::Credit => TokenRole::Settlement,
        }
    }
}

/// Another payment method for a token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Edit {
    /// The token, as the caller names it.
    pub(super) token: TokenId,
    /// Its owner, its role and what it pays with now; known once the token was looked up.
    pub(super) owner: AccountKey,
    pub(super) role: TokenRole,
    pub(super) method: Option<PaymentMethod>,
    pub(super) instrument: Option<InstrumentKey>,
    /// Whether it is for reserving, which only a card can do.
    pub(super) reserve: bool,
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
