//! The forms for another card and another bank account.

use maud::{Markup, html};

use super::{PaymentMethod, TestNumber};
use crate::action;
use crate::field::Field;
use crate::frame::Frame;

impl PaymentMethod {
    pub(super) fn add_card(&self, frame: &Frame) -> Markup {
        let wrong = self.is_wrong("card_");
        // Where nothing can be chosen, the first form that there is stands open.
        html! {
            details.add open[wrong || !self.usable()] {
                summary { "Add a card" }
                (frame.form(&self.card_fields()))
                (test_table("Sandbox card numbers", "Any later date, any code", &self.test_cards))
            }
        }
    }

    pub(super) fn add_bank(&self, frame: &Frame) -> Markup {
        let wrong = self.is_wrong("bank_");
        html! {
            details.add open[wrong || (!self.usable() && !self.accepts.cards)] {
                summary { "Add a bank account" }
                (frame.form(&self.bank_fields()))
                (test_table(
                    "Sandbox bank account numbers",
                    "Any routing number that exists, such as 021000021",
                    &self.test_banks,
                ))
            }
        }
    }

    fn is_wrong(&self, start: &str) -> bool {
        let mut errors = self.errors.iter();
        errors.any(|error| error.field.starts_with(start))
    }

    fn card_fields(&self) -> Markup {
        let (errors, card) = (&self.errors, &self.new_card);
        html! {
            (number("card_number", "Card number", "cc-number", 23).render(errors))
            fieldset.row {
                legend { "Expiry date" }
                (Field { value: &card.month, room: "short",
                    ..number("card_month", "Month (MM)", "cc-exp-month", 2) }.render(errors))
                (Field { value: &card.year, room: "short",
                    ..number("card_year", "Year (YYYY)", "cc-exp-year", 4) }.render(errors))
            }
            (Field { room: "short", hint: "Three or four digits on the card. We never store it.",
                ..number("card_code", "Security code (CVC)", "cc-csc", 4) }.render(errors))
            (Field {
                name: "card_name", label: "Name on the card", value: &card.name,
                autocomplete: "cc-name", length_max: Some(128), ..Field::default()
            }.render(errors))
            (Field {
                name: "card_zip", label: "US billing ZIP code", value: &card.zip, room: "middling",
                autocomplete: "billing postal-code", inputmode: "numeric", length_max: Some(10),
                optional: true, ..Field::default()
            }.render(errors))
            div.buttons {
                button.primary type="submit" name="action" value=(action::ADD_CARD) {
                    "Save the card and continue"
                }
            }
        }
    }

    fn bank_fields(&self) -> Markup {
        let (errors, bank) = (&self.errors, &self.new_bank);
        html! {
            (Field { value: &bank.routing, room: "middling",
                hint: "The nine digits that name your bank, at the bottom of a check.",
                ..number("bank_routing", "Routing number", "off", 11) }.render(errors))
            (number("bank_number", "Account number", "off", 21).render(errors))
            (Field {
                name: "bank_name", label: "Name of the account holder", value: &bank.name,
                autocomplete: "name", length_max: Some(128), ..Field::default()
            }.render(errors))
            div.buttons {
                button.primary type="submit" name="action" value=(action::ADD_BANK) {
                    "Save the bank account and continue"
                }
            }
        }
    }
}

fn number(
    name: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    length_max: u16,
) -> Field<'static> {
    Field {
        name,
        label,
        autocomplete,
        inputmode: "numeric",
        length_max: Some(length_max),
        ..Field::default()
    }
}

fn test_table(title: &str, caption: &str, numbers: &[TestNumber]) -> Markup {
    html! {
        @if !numbers.is_empty() {
            details.sandbox-cards {
                summary { (title) }
                div.scroll {
                    table.tests {
                        caption { (caption) }
                        thead { tr { th scope="col" { "Number" } th scope="col" { "What happens" } } }
                        tbody {
                            @for line in numbers {
                                tr { th scope="row" { code { (line.number) } } td { (line.behaviour) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
