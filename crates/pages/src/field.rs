//! Form fields: label, hint, error and input, bound to each other.

use maud::{Markup, html};

/// What is wrong with one field of a form, or with all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name; empty when the error belongs to no single field.
    pub field: &'static str,
    /// What is wrong and how to put it right.
    pub message: String,
}

impl FieldError {
    /// An error of one field.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }

    /// An error of the whole form.
    pub fn form(message: impl Into<String>) -> Self {
        Self::new("", message)
    }
}

/// The list of everything wrong, at the top of the page, each linked to its field.
pub(crate) fn error_summary(errors: &[FieldError]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.errors role="alert" aria-labelledby="errors-title" {
                h2 id="errors-title" { "Please check" }
                ul {
                    @for error in errors {
                        li {
                            @if error.field.is_empty() { (error.message) }
                            @else { a href={ "#" (error.field) } { (error.message) } }
                        }
                    }
                }
            }
        }
    }
}

/// One input and what belongs to it. Its name is also its id.
#[derive(Default)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'static str,
    pub(crate) label: &'a str,
    /// The input's type; text when empty.
    pub(crate) kind: &'static str,
    pub(crate) value: &'a str,
    pub(crate) hint: &'a str,
    pub(crate) autocomplete: &'static str,
    pub(crate) inputmode: &'static str,
    pub(crate) optional: bool,
    pub(crate) length_min: Option<u16>,
    pub(crate) length_max: Option<u16>,
    /// How much room the answer needs: empty, `short` or `middling`.
    pub(crate) room: &'static str,
}

impl Field<'_> {
    pub(crate) fn render(&self, errors: &[FieldError]) -> Markup {
        let error = errors.iter().find(|error| error.field == self.name);
        let described = described_by(self.name, !self.hint.is_empty(), error.is_some());
        let password = self.kind == "password";
        html! {
            div.field .wrong[error.is_some()] {
                label for=(self.name) {
                    (self.label)
                    @if self.optional { span.quiet { " (optional)" } }
                }
                @if !self.hint.is_empty() {
                    p.hint id={ (self.name) "-hint" } { (self.hint) }
                }
                @if let Some(error) = error { (field_error(self.name, &error.message)) }
                input
                    id=(self.name) name=(self.name)
                    type=(given(self.kind).unwrap_or("text"))
                    class=[given(self.room)]
                    value=[(!password && !self.value.is_empty()).then_some(self.value)]
                    autocomplete=(given(self.autocomplete).unwrap_or("off"))
                    inputmode=[given(self.inputmode)]
                    autocapitalize=[matches!(self.kind, "email" | "password").then_some("none")]
                    spellcheck=[matches!(self.kind, "email" | "password").then_some("false")]
                    minlength=[self.length_min] maxlength=[self.length_max]
                    aria-describedby=[described]
                    aria-invalid=[error.map(|_| "true")]
                    required[!self.optional];
            }
        }
    }
}

/// The error beside a field.
pub(crate) fn field_error(name: &str, message: &str) -> Markup {
    html! {
        p.error id={ (name) "-error" } { strong { "Error: " } (message) }
    }
}

/// The ids that describe a field, in reading order.
pub(crate) fn described_by(name: &str, hint: bool, error: bool) -> Option<String> {
    match (hint, error) {
        (false, false) => None,
        (true, false) => Some(format!("{name}-hint")),
        (false, true) => Some(format!("{name}-error")),
        (true, true) => Some(format!("{name}-hint {name}-error")),
    }
}

fn given(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}
