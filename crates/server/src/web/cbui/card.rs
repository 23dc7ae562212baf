//! Adding a card. Its number is sealed at once; its security code is looked at and forgotten.

use accounts::people;
use pages::{FieldError, NewCard};
use payments::Timestamp;
use payments::rows::{Card, Means};
use processor::{BadCardNumber, CardNumber};

use super::instrument;
use super::method::{self, Again};
use super::steps::At;
use crate::web::Served;
use crate::web::door::Person;
use crate::web::form::Form;

/// The last year that a card may expire in is so many years ahead.
const YEARS_AHEAD_MAX: u16 = 50;
/// Characters of a billing postal code at most.
const ZIP_CHARACTERS_MAX: usize = 10;

/// Adds the card in the form, and chooses it.
pub(super) async fn add(at: At<'_>, person: &Person, form: &Form) -> Served {
    if !at.visit.offered.card {
        let again = Again::error("", "No card can be used here.");
        return method::page(&at, person, again).await;
    }
    let (number, card) = match read(form, at.now) {
        Ok(read) => read,
        Err(errors) => {
            let again = Again {
                card: typed(form),
                errors,
                ..Again::default()
            };
            return method::page(&at, person, again).await;
        }
    };
    instrument::add(at, person, Means::Card(card), number.digits()).await
}

/// What may be shown again.
fn typed(form: &Form) -> NewCard {
    NewCard {
        name: form.get("card_name").to_owned(),
        month: form.get("card_month").to_owned(),
        year: form.get("card_year").to_owned(),
        zip: form.get("card_zip").to_owned(),
    }
}

fn read(form: &Form, now: Timestamp) -> Result<(CardNumber, Card), Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |field, words: &str| errors.push(FieldError::new(field, words));
    let number = CardNumber::parse(form.get("card_number"));
    match &number {
        Ok(_) => {}
        Err(BadCardNumber::NotDigits) => wrong("card_number", "A card number has digits only."),
        Err(BadCardNumber::Length) => wrong("card_number", "A card number has 12 to 19 digits."),
        Err(BadCardNumber::CheckDigit) => {
            wrong(
                "card_number",
                "There is a typing mistake in the card number.",
            );
        }
    }
    let digits = |field, length: std::ops::RangeInclusive<usize>| {
        let text = form.get(field);
        let fits = length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        fits.then_some(text)
    };
    let month = digits("card_month", 1..=2).and_then(|text| text.parse::<u8>().ok());
    let month = month.filter(|month| (1..=12).contains(month));
    if month.is_none() {
        wrong("card_month", "The month is a number from 1 to 12.");
    }
    let year = digits("card_year", 2..=4).filter(|text| text.len() != 3);
    let year = year.and_then(|text| text.parse::<u16>().ok());
    let year = year.map(|year| if year < 100 { 2_000 + year } else { year });
    let year = year.filter(|year| *year <= this_year(now).saturating_add(YEARS_AHEAD_MAX));
    if year.is_none() {
        wrong("card_year", "The year has four digits, such as 2031.");
    }
    if digits("card_code", 3..=4).is_none() {
        wrong("card_code", "The security code has three or four digits.");
    }
    let name = people::name(form.get("card_name"));
    if name.is_none() {
        wrong(
            "card_name",
            "Enter the name on the card, at most 128 characters.",
        );
    }
    if ZIP_CHARACTERS_MAX < form.get("card_zip").chars().count() {
        wrong("card_zip", "A postal code has at most 10 characters.");
    }
    let (Ok(number), Some(expiry_month), Some(expiry_year), Some(name)) =
        (number, month, year, name)
    else {
        return Err(errors);
    };
    let card = Card {
        brand: number.brand().to_string(),
        last_four: number.last_four().to_owned(),
        expiry_month,
        expiry_year,
        name,
    };
    if card.is_expired(now) {
        errors.push(FieldError::new("card_year", "This card has expired."));
    }
    if errors.is_empty() {
        Ok((number, card))
    } else {
        Err(errors)
    }
}

fn this_year(now: Timestamp) -> u16 {
    let moment = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    let year = moment.to_zoned(jiff::tz::TimeZone::UTC).year();
    u16::try_from(year).unwrap_or_default()
}
