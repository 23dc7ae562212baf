//! Asking where to send it.

use pages::{FieldError, ShippingAddress};

use super::params::LINE_CHARACTERS_MAX;
use super::steps::At;
use super::wish::Address;
use crate::web::Served;
use crate::web::door::Person;
use crate::web::form::Form;

/// Parts that may be left out.
const OPTIONAL: [&str; 2] = ["addressLine2", "phoneNumber"];

/// The page that asks for the address; what was entered before is there again.
pub(super) fn page(at: &At<'_>, person: &Person) -> Served {
    let before = at.visit.address.clone().unwrap_or_default();
    show(at, person, &before, Vec::new())
}

/// Takes the address.
pub(super) async fn set(mut at: At<'_>, person: &Person, form: &Form) -> Served {
    let entered = Address::read(|name| Some(form.get(name).to_owned()));
    let mut errors = Vec::new();
    for name in Address::NAMES {
        let part = entered.part(name);
        if part.is_empty() && !OPTIONAL.contains(&name) {
            errors.push(FieldError::new(name, "This is needed to send it."));
        } else if LINE_CHARACTERS_MAX < part.chars().count() || part.chars().any(char::is_control) {
            errors.push(FieldError::new(
                name,
                "At most 128 characters, on one line.",
            ));
        }
    }
    if !errors.is_empty() {
        return show(&at, person, &entered, errors);
    }
    at.visit.address = Some(entered);
    at.visit.keep(at.host).await?;
    Ok(at.next())
}

fn show(at: &At<'_>, person: &Person, address: &Address, errors: Vec<FieldError>) -> Served {
    let part = |name| address.part(name).to_owned();
    let status = if errors.is_empty() { 200 } else { 422 };
    let page = ShippingAddress {
        name: part("addressName"),
        line1: part("addressLine1"),
        line2: part("addressLine2"),
        city: part("city"),
        state: part("state"),
        zip: part("zip"),
        country: part("country"),
        phone: part("phoneNumber"),
        errors,
    };
    let frame = at.frame(Some(person), "Address");
    at.page(status, |frame| page.render(frame), &frame)
}
