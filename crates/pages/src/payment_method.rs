//! Choosing what to pay with.

use maud::{Markup, html};

mod add;

use crate::action;
use crate::field::{FieldError, error_summary, field_error};
use crate::frame::Frame;
use crate::layout::Width;

/// The value of the field `method` that stands for the account balance.
pub const BALANCE: &str = "balance";

/// The page that asks what to pay with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMethod {
    /// What it is for, in a line: "$10.50 for Fern & Co".
    pub purpose: Option<String>,
    /// What the caller and the recipient accept.
    pub accepts: Accepts,
    /// The sender's cards; shown only where cards are accepted.
    pub cards: Vec<CardChoice>,
    /// The sender's bank accounts; shown only where they are accepted.
    pub banks: Vec<BankChoice>,
    /// The sender's account balance; shown only where it is accepted.
    pub balance: Option<BalanceChoice>,
    /// A card's or bank account's id, or [`BALANCE`].
    pub selected: Option<String>,
    /// The form for another card, as typed before.
    pub new_card: NewCard,
    /// The form for another bank account, as typed before.
    pub new_bank: NewBank,
    /// What the sandbox's card numbers do; empty in production.
    pub test_cards: Vec<TestNumber>,
    /// What the sandbox's bank account numbers do; empty in production.
    pub test_banks: Vec<TestNumber>,
    /// Fields: `method`, `card_number`, `card_month`, `card_year`, `card_code`, `card_name`,
    /// `card_zip`, `bank_routing`, `bank_number`, `bank_name`.
    pub errors: Vec<FieldError>,
}

/// Which kinds of method can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepts {
    /// Cards.
    pub cards: bool,
    /// Bank accounts.
    pub banks: bool,
    /// The account balance.
    pub balance: bool,
}

/// A stored card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardChoice {
    /// The value posted as `method`.
    pub id: String,
    /// "Visa".
    pub brand: String,
    /// The last four digits.
    pub last_four: String,
    /// "04/2029".
    pub expiry: String,
    /// Why it cannot be chosen: "Expired".
    pub unusable: Option<String>,
}

/// A stored bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankChoice {
    /// The value posted as `method`.
    pub id: String,
    /// The last four digits.
    pub last_four: String,
    /// Whether it is known to be the sender's; otherwise nothing is taken from it yet.
    pub verified: bool,
}

/// The account balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceChoice {
    /// What is available.
    pub available: String,
    /// Why it cannot be chosen.
    pub unusable: Option<String>,
}

/// What is kept of the form for another card. Number and code are never sent back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewCard {
    /// The cardholder's name.
    pub name: String,
    /// Month of the expiry.
    pub month: String,
    /// Year of the expiry.
    pub year: String,
    /// US billing postal code.
    pub zip: String,
}

/// What is kept of the form for another bank account. Its number is never sent back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewBank {
    /// The nine digits that name the bank.
    pub routing: String,
    /// The holder's name.
    pub name: String,
}

/// One line of the sandbox's tables of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestNumber {
    /// The number to type.
    pub number: String,
    /// What happens.
    pub behaviour: String,
}

impl PaymentMethod {
    /// The document. Posts `method`, the `card_…` fields or the `bank_…` fields.
    pub fn render(&self, frame: &Frame) -> String {
        let content = html! {
            (error_summary(&self.errors))
            h1 { "How do you want to pay?" }
            @if let Some(purpose) = &self.purpose { p.lead { (purpose) } }
            @if !self.accepts.cards && !self.accepts.banks && !self.balance_usable() {
                div.problem role="note" {
                    p { strong { "No payment method is possible." } }
                    p {
                        (frame.caller()) " accepts only methods that this account does not have. "
                        "You can return without paying; nothing has been agreed."
                    }
                }
            }
            @if self.has_choices() { (self.choose(frame)) }
            @if self.accepts.cards { (self.add_card(frame)) }
            @if self.accepts.banks { (self.add_bank(frame)) }
            (frame.cancel_form())
        };
        frame.document("How to pay", Width::Narrow, &self.errors, &content)
    }

    fn balance_usable(&self) -> bool {
        self.accepts.balance
            && self
                .balance
                .as_ref()
                .is_some_and(|balance| balance.unusable.is_none())
    }

    fn usable(&self) -> bool {
        let card = self.cards.iter().any(|card| card.unusable.is_none());
        let bank = !self.banks.is_empty();
        (self.accepts.cards && card) || (self.accepts.banks && bank) || self.balance_usable()
    }

    fn has_choices(&self) -> bool {
        (self.accepts.cards && !self.cards.is_empty())
            || (self.accepts.banks && !self.banks.is_empty())
            || (self.accepts.balance && self.balance.is_some())
    }

    fn choose(&self, frame: &Frame) -> Markup {
        let error = self.errors.iter().find(|error| error.field == "method");
        let form = html! {
            fieldset id="method" aria-describedby=[error.map(|_| "method-error")] {
                legend { "Your payment methods" }
                @if let Some(error) = error { (field_error("method", &error.message)) }
                @if self.accepts.cards {
                    @for (index, card) in self.cards.iter().enumerate() {
                        (self.card(index, card))
                    }
                }
                @if self.accepts.banks {
                    @for (index, bank) in self.banks.iter().enumerate() {
                        (self.bank(index, bank))
                    }
                }
                @if let (true, Some(balance)) = (self.accepts.balance, &self.balance) {
                    (self.choice("method-balance", BALANCE, balance.unusable.as_deref(), &html! {
                        strong { "Account balance" }
                        span.quiet { (balance.available) " available" }
                    }))
                }
            }
            @if self.usable() {
                div.buttons {
                    button.primary type="submit" name="action" value=(action::CHOOSE_METHOD) {
                        "Continue"
                    }
                }
            }
        };
        frame.form(&form)
    }

    fn card(&self, index: usize, card: &CardChoice) -> Markup {
        let label = html! {
            strong { (card.brand) " ending in " (card.last_four) }
            span.quiet { "Expires " (card.expiry) }
        };
        self.choice(
            &format!("method-{index}"),
            &card.id,
            card.unusable.as_deref(),
            &label,
        )
    }

    fn bank(&self, index: usize, bank: &BankChoice) -> Markup {
        let label = html! {
            strong { "Bank account ending in " (bank.last_four) }
            span.quiet {
                @if bank.verified { "Takes some days to arrive" }
                @else { "Not verified yet: nothing is taken until it is" }
            }
        };
        self.choice(&format!("method-bank-{index}"), &bank.id, None, &label)
    }

    fn choice(&self, id: &str, value: &str, unusable: Option<&str>, label: &Markup) -> Markup {
        let chosen = unusable.is_none() && self.selected.as_deref() == Some(value);
        html! {
            div.choice .off[unusable.is_some()] {
                input type="radio" id=(id) name="method" value=(value) checked[chosen]
                    disabled[unusable.is_some()];
                label for=(id) {
                    (label)
                    @if let Some(reason) = unusable { span.why { (reason) } }
                }
            }
        }
    }
}
