//! Asking where to send it.

use maud::html;

use crate::action;
use crate::field::{Field, FieldError, error_summary};
use crate::frame::Frame;
use crate::layout::Width;

/// The page that asks for the shipping address; its fields are those of the return URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShippingAddress {
    /// Who receives it.
    pub name: String,
    /// Street.
    pub line1: String,
    /// More of the street.
    pub line2: String,
    /// City.
    pub city: String,
    /// State, province or region.
    pub state: String,
    /// Postal code.
    pub zip: String,
    /// Country.
    pub country: String,
    /// Telephone number.
    pub phone: String,
    /// Fields: `addressName`, `addressLine1`, `addressLine2`, `city`, `state`, `zip`, `country`,
    /// `phoneNumber`.
    pub errors: Vec<FieldError>,
}

impl ShippingAddress {
    /// The document. Posts the fields named above.
    pub fn render(&self, frame: &Frame) -> String {
        let field = |name, label, value, autocomplete| Field {
            name,
            label,
            value,
            autocomplete,
            length_max: Some(128),
            ..Field::default()
        };
        let errors = &self.errors;
        let form = html! {
            (field("addressName", "Full name", &self.name, "shipping name").render(errors))
            (field("addressLine1", "Address", &self.line1, "shipping address-line1").render(errors))
            (Field { optional: true, ..field("addressLine2", "Address, second line", &self.line2,
                "shipping address-line2") }.render(errors))
            (field("city", "City", &self.city, "shipping address-level2").render(errors))
            (field("state", "State, province or region", &self.state, "shipping address-level1")
                .render(errors))
            (Field { room: "middling",
                ..field("zip", "ZIP or postal code", &self.zip, "shipping postal-code") }
                .render(errors))
            (field("country", "Country", &self.country, "shipping country-name").render(errors))
            (Field { kind: "tel", inputmode: "tel", optional: true,
                ..field("phoneNumber", "Telephone", &self.phone, "shipping tel") }.render(errors))
            (frame.buttons("Continue", action::SET_ADDRESS))
        };
        let content = html! {
            (error_summary(errors))
            h1 { "Where should it go?" }
            p.lead { (frame.caller()) " receives this address if you confirm." }
            (frame.form(&form))
        };
        frame.document("Shipping address", Width::Narrow, errors, &content)
    }
}
