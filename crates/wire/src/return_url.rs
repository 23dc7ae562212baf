//! What the Co-Branded pages tell the caller when they send a person back: the parameters appended to
//! its return URL, without the members of the signature.
//!
//! A success carries the caller reference and the token; any other end carries neither.

use payments::TokenId;
use payments::rows::PaymentMethod;

/// How a visit ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Success {
    /// `SA`: the sender pays from the account balance.
    Balance,
    /// `SB`: the sender pays from a bank account.
    Bank,
    /// `SC`: the sender pays by card.
    Card,
    /// `SU`: the token was left as it is.
    Unchanged,
    /// `SR`: the recipient has accepted.
    Recipient,
}

/// How a visit ended otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// `A`: the person left.
    Abandoned,
    /// `CE`: the caller's request was wrong.
    CallerError,
    /// `SE`: the server failed; it may be tried again.
    SystemError,
    /// `PE`: the sender has none of the payment methods asked for.
    PaymentMethodMismatch,
    /// `NP`: refused.
    NotPermitted,
    /// `NM`: the caller is not registered as a marketplace.
    NotMarketplace,
}

/// How a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned<'a> {
    /// A token was made.
    Installed(&'a Installed<'a>),
    /// None was.
    Failed {
        /// Why.
        status: Failure,
        /// In words, where there is something to say.
        message: Option<&'a str>,
    },
}

/// What the caller is told of a new token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installed<'a> {
    /// What pays.
    pub status: Success,
    /// The reference of the caller's request.
    pub caller_reference: &'a str,
    /// The token.
    pub token: &'a TokenId,
    /// The token for refunds, of a recipient.
    pub refund_token: Option<&'a TokenId>,
    /// When the card expires, `MM/YYYY`.
    pub expiry: Option<&'a str>,
    /// The address that the sender confirmed, where it was asked for.
    pub address: Option<Address<'a>>,
    /// Something odd about it: a code and a sentence.
    pub warning: Option<(&'a str, &'a str)>,
}

/// An address; what is empty is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Address<'a> {
    /// `addressName`.
    pub name: &'a str,
    /// `addressLine1`.
    pub line_1: &'a str,
    /// `addressLine2`.
    pub line_2: &'a str,
    /// `city`.
    pub city: &'a str,
    /// `state`.
    pub state: &'a str,
    /// `zip`.
    pub zip: &'a str,
    /// `country`.
    pub country: &'a str,
    /// `phoneNumber`.
    pub phone: &'a str,
}

/// `warningCode` when the address cannot be right.
pub const INVALID_SHIPPING_ADDRESS: &str = "invalidShippingAddress";

/// The documented words for parameters that cannot be read.
pub fn not_well_formed(names: &[&str]) -> String {
    format!(
        "The following input(s) are not well formed:[{}]",
        names.join(",")
    )
}

impl Success {
    /// `status`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Success::Balance => "SA",
            Success::Bank => "SB",
            Success::Card => "SC",
            Success::Unchanged => "SU",
            Success::Recipient => "SR",
        }
    }

    /// The success of a sender who pays by this.
    pub const fn paying_by(method: PaymentMethod) -> Success {
        match method {
            PaymentMethod::Card => Success::Card,
            PaymentMethod::Bank => Success::Bank,
            PaymentMethod::Balance | PaymentMethod::Debt | PaymentMethod::Prepaid => {
                Success::Balance
            }
        }
    }
}

impl Failure {
    /// `status`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Failure::Abandoned => "A",
            Failure::CallerError => "CE",
            Failure::SystemError => "SE",
            Failure::PaymentMethodMismatch => "PE",
            Failure::NotPermitted => "NP",
            Failure::NotMarketplace => "NM",
        }
    }

    /// `errorMessage` when there is nothing better to say: of `NP` it was always the code itself.
    const fn usual_message(self) -> Option<&'static str> {
        match self {
            Failure::NotPermitted => Some("NP"),
            Failure::Abandoned
            | Failure::CallerError
            | Failure::SystemError
            | Failure::PaymentMethodMismatch
            | Failure::NotMarketplace => None,
        }
    }
}

impl Returned<'_> {
    /// `status`.
    pub const fn status(&self) -> &'static str {
        match self {
            Returned::Installed(installed) => installed.status.as_str(),
            Returned::Failed { status, .. } => status.as_str(),
        }
    }

    /// The parameters, ready to be signed.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut list = Vec::with_capacity(12);
        match self {
            Returned::Installed(installed) => installed.list(&mut list),
            Returned::Failed { status, message } => {
                let message = message.or(status.usual_message());
                add(&mut list, "errorMessage", message);
            }
        }
        add(&mut list, "status", Some(self.status()));
        list
    }
}

impl Installed<'_> {
    fn list(&self, list: &mut Vec<(String, String)>) {
        add(list, "expiry", self.expiry);
        add(list, "tokenID", Some(self.token.as_str()));
        add(
            list,
            "refundTokenID",
            self.refund_token.map(TokenId::as_str),
        );
        add(list, "callerReference", Some(self.caller_reference));
        let address = self.address.unwrap_or_default();
        for (name, value) in [
            ("addressName", address.name),
            ("addressLine1", address.line_1),
            ("addressLine2", address.line_2),
            ("city", address.city),
            ("state", address.state),
            ("zip", address.zip),
            ("country", address.country),
            ("phoneNumber", address.phone),
        ] {
            add(list, name, Some(value));
        }
        add(list, "warningCode", self.warning.map(|(code, _)| code));
        add(list, "warningMessage", self.warning.map(|(_, text)| text));
    }
}

fn add(list: &mut Vec<(String, String)>, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        list.push((name.to_owned(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(returned: &Returned, expected: &[(&str, &str)]) {
        let pairs = returned.pairs();
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(pairs, expected);
    }

    #[test]
    fn a_token_was_made() {
        let text = "5495IQGR5A553ILMLCG6Z8J431H7BX3UMN3FFQU8VSNTSRNCTAASDJNX66LNZLKS";
        let token = TokenId::parse(text).unwrap();
        let installed = Installed {
            status: Success::paying_by(PaymentMethod::Card),
            caller_reference: "AUKJCQ7MdteM",
            token: &token,
            refund_token: None,
            expiry: Some("02/2017"),
            address: None,
            warning: None,
        };
        let plain = [
            ("expiry", "02/2017"),
            ("tokenID", text),
            ("callerReference", "AUKJCQ7MdteM"),
            ("status", "SC"),
        ];
        check(&Returned::Installed(&installed), &plain);
        let everything = Installed {
            status: Success::Recipient,
            refund_token: Some(&token),
            expiry: None,
            address: Some(Address {
                name: "A B",
                country: "US",
                ..Address::default()
            }),
            warning: Some((INVALID_SHIPPING_ADDRESS, "No such town.")),
            ..installed
        };
        check(
            &Returned::Installed(&everything),
            &[
                ("tokenID", text),
                ("refundTokenID", text),
                ("callerReference", "AUKJCQ7MdteM"),
                ("addressName", "A B"),
                ("country", "US"),
                ("warningCode", "invalidShippingAddress"),
                ("warningMessage", "No such town."),
                ("status", "SR"),
            ],
        );
    }

    #[test]
    fn no_token_was_made() {
        let failed = |status, message| Returned::Failed { status, message };
        check(&failed(Failure::Abandoned, None), &[("status", "A")]);
        check(
            &failed(Failure::NotPermitted, None),
            &[("errorMessage", "NP"), ("status", "NP")],
        );
        let message = not_well_formed(&["callerReferenceSettlement"]);
        check(
            &failed(Failure::CallerError, Some(&message)),
            &[
                (
                    "errorMessage",
                    "The following input(s) are not well formed:[callerReferenceSettlement]",
                ),
                ("status", "CE"),
            ],
        );
        for (status, name) in [
            (Failure::SystemError, "SE"),
            (Failure::PaymentMethodMismatch, "PE"),
            (Failure::NotMarketplace, "NM"),
        ] {
            check(&failed(status, None), &[("status", name)]);
        }
    }
}
