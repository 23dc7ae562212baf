//! Creating an account.

use maud::{Markup, html};

use crate::action;
use crate::field::{Field, FieldError, error_summary};
use crate::frame::{Frame, local_path};
use crate::layout::Width;

/// The page that makes an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUp {
    /// As typed before.
    pub name: String,
    /// As typed before.
    pub email: String,
    /// Which kind is chosen; `None` hides the choice and makes a personal account.
    pub kind: Option<AccountKind>,
    /// As typed before; only asked with the kind.
    pub business_name: String,
    /// Path of the sign-in page, keeping the visit.
    pub sign_in_href: String,
    /// Fields: `name`, `email`, `password`, `account_kind`, `business_name`.
    pub errors: Vec<FieldError>,
}

/// Whom an account belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountKind {
    /// A person, who cannot be paid by card.
    Personal,
    /// A business.
    Business,
}

impl AccountKind {
    /// The value of the field `account_kind`.
    pub fn value(self) -> &'static str {
        match self {
            AccountKind::Personal => "personal",
            AccountKind::Business => "business",
        }
    }
}

impl SignUp {
    /// The shortest password accepted, in characters.
    pub const PASSWORD_LENGTH_MIN: u16 = 10;

    /// The document. Posts `name`, `email`, `password` and, where asked, `account_kind` and
    /// `business_name`.
    pub fn render(&self, frame: &Frame) -> String {
        let hint = format!("At least {} characters.", Self::PASSWORD_LENGTH_MIN);
        let form = html! {
            @if let Some(kind) = self.kind { (kinds(kind, &self.errors)) }
            (Field {
                name: "name", label: "Your name", value: &self.name, autocomplete: "name",
                length_max: Some(128), ..Field::default()
            }.render(&self.errors))
            @if self.kind.is_some() {
                div.business {
                    (Field {
                        name: "business_name", label: "Name of the business",
                        value: &self.business_name, hint: "Only for a business account.",
                        autocomplete: "organization", length_max: Some(128), optional: true,
                        ..Field::default()
                    }.render(&self.errors))
                }
            }
            (Field {
                name: "email", label: "E-mail address", kind: "email", value: &self.email,
                autocomplete: "email", inputmode: "email", length_max: Some(254), ..Field::default()
            }.render(&self.errors))
            (Field {
                name: "password", label: "Password", kind: "password", hint: &hint,
                autocomplete: "new-password", length_min: Some(Self::PASSWORD_LENGTH_MIN),
                ..Field::default()
            }.render(&self.errors))
            (frame.buttons("Create account", action::SIGN_UP))
        };
        let content = html! {
            (error_summary(&self.errors))
            h1 { "Create an account" }
            (frame.form(&form))
            p.aside {
                "Already have an account? "
                a href=(local_path(&self.sign_in_href).unwrap_or("/")) { "Sign in" }
            }
        };
        frame.document("Create an account", Width::Narrow, &self.errors, &content)
    }
}

fn kinds(chosen: AccountKind, errors: &[FieldError]) -> Markup {
    let error = errors.iter().find(|error| error.field == "account_kind");
    let choices = [
        (
            AccountKind::Personal,
            "Personal",
            "Can be paid from account balances, not by card.",
        ),
        (
            AccountKind::Business,
            "Business",
            "Can be paid by card too.",
        ),
    ];
    html! {
        fieldset id="account_kind" aria-describedby=[error.map(|_| "account_kind-error")] {
            legend { "Kind of account" }
            @if let Some(error) = error {
                (crate::field::field_error("account_kind", &error.message))
            }
            @for (kind, words, hint) in choices {
                @let id = format!("account_kind-{}", kind.value());
                div.choice {
                    input type="radio" id=(id) name="account_kind" value=(kind.value())
                        checked[kind == chosen];
                    label for=(id) { strong { (words) } span.quiet.below { (hint) } }
                }
            }
        }
    }
}
