//! The page on which a recipient accepts the caller's marketplace terms.

use maud::{Markup, html};

use crate::action;
use crate::field::{FieldError, error_summary};
use crate::frame::Frame;
use crate::layout::Width;

/// What the recipient is asked to accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientTerms {
    /// The most that the caller keeps of each payment as a fixed amount: "$0.50".
    pub max_fixed_fee: String,
    /// The most that the caller keeps of each payment as a share: "5%".
    pub max_variable_fee: String,
    /// Who pays the provider's fee.
    pub fee_payer: FeePayer,
    /// The terms applied to one sale.
    pub example: FeeExample,
    /// Payment methods accepted: "Cards", "Account balance".
    pub methods: Vec<String>,
    /// From when; `None` is now.
    pub valid_from: Option<String>,
    /// Until when; `None` is until revoked.
    pub valid_until: Option<String>,
    /// Errors of the whole form.
    pub errors: Vec<FieldError>,
}

/// Who pays the provider's fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeePayer {
    /// Taken from what the recipient receives.
    Recipient,
    /// Taken from the caller.
    Caller,
}

/// One sale under the highest fees that the terms allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeExample {
    /// What the sender pays: "$100.00".
    pub sale: String,
    /// The caller's fixed fee.
    pub fixed_fee: String,
    /// The caller's share.
    pub variable_fee: String,
    /// The provider's fee, where the recipient pays it.
    pub provider_fee: Option<String>,
    /// What is left for the recipient.
    pub received: String,
}

impl RecipientTerms {
    /// The document. The button that agrees posts `action=confirm`.
    pub fn render(&self, frame: &Frame) -> String {
        let caller = frame.caller();
        let content = html! {
            (error_summary(&self.errors))
            h1 { "Terms of " (caller) }
            p.lead.consent {
                strong { (caller) } " takes payments for you and may keep at most "
                strong { (self.max_fixed_fee) " plus " (self.max_variable_fee) }
                " of each of them."
            }
            (self.terms(frame))
            (self.example(frame))
            (frame.form(&html! {
                p.quiet {
                    "A payment with a higher fee is refused. You can see and revoke this at any "
                    "time in your " (frame.provider) " account."
                }
                (frame.buttons("Accept the terms", action::CONFIRM))
            }))
        };
        frame.document("Marketplace terms", Width::Narrow, &self.errors, &content)
    }

    fn terms(&self, frame: &Frame) -> Markup {
        let payer = match self.fee_payer {
            FeePayer::Recipient => "You, out of each payment",
            FeePayer::Caller => frame.caller(),
        };
        html! {
            table.terms {
                caption { "What you agree to" }
                tbody {
                    tr { th scope="row" { "Fixed fee" } td { "At most " (self.max_fixed_fee) " per payment" } }
                    tr { th scope="row" { "Share" } td { "At most " (self.max_variable_fee) " of each payment" } }
                    tr { th scope="row" { "Who pays the fee of " (frame.provider) } td { (payer) } }
                    tr { th scope="row" { "Accepted" } td { (self.methods.join(", ")) } }
                    tr {
                        th scope="row" { "Valid" }
                        td {
                            "From " (self.valid_from.as_deref().unwrap_or("now"))
                            " until " (self.valid_until.as_deref().unwrap_or("you revoke it"))
                        }
                    }
                }
            }
        }
    }

    fn example(&self, frame: &Frame) -> Markup {
        let example = &self.example;
        html! {
            table.sums {
                caption { "Example: a sale of " (example.sale) " at the highest fees" }
                tbody {
                    tr { th scope="row" { "The sender pays" } td { (example.sale) } }
                    tr { th scope="row" { "Fixed fee to " (frame.caller()) } td { "− " (example.fixed_fee) } }
                    tr { th scope="row" { "Share to " (frame.caller()) } td { "− " (example.variable_fee) } }
                    @if let Some(fee) = &example.provider_fee {
                        tr { th scope="row" { "Fee to " (frame.provider) } td { "− " (fee) } }
                    }
                }
                tfoot {
                    tr { th scope="row" { "You receive" } td { (example.received) } }
                }
            }
        }
    }
}
