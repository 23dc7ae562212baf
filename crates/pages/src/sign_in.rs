//! Signing in.

use maud::html;

use crate::action;
use crate::field::{Field, FieldError, error_summary};
use crate::frame::{Frame, local_path};
use crate::layout::Width;

/// The page that asks who is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// As typed before.
    pub email: String,
    /// Path of the sign-up page, keeping the visit.
    pub sign_up_href: String,
    /// Why the person is asked again.
    pub trouble: Option<SignInTrouble>,
}

/// Why signing in did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInTrouble {
    /// No account has this address and password. Which of the two is wrong is not said.
    WrongCredentials,
    /// Too many tries.
    Throttled {
        /// How long to wait.
        retry_after_s: u64,
    },
    /// The session ended, or the form was too old.
    SessionEnded,
}

impl SignIn {
    /// The document. Posts `email`, `password`.
    pub fn render(&self, frame: &Frame) -> String {
        let errors: Vec<FieldError> = self.trouble.map(error).into_iter().collect();
        let form = html! {
            (Field {
                name: "email", label: "E-mail address", kind: "email", value: &self.email,
                autocomplete: "email", inputmode: "email", length_max: Some(254), ..Field::default()
            }.render(&errors))
            (Field {
                name: "password", label: "Password", kind: "password",
                autocomplete: "current-password", ..Field::default()
            }.render(&errors))
            (frame.buttons("Sign in", action::SIGN_IN))
        };
        let content = html! {
            (error_summary(&errors))
            h1 { "Sign in" }
            @if let Some(caller) = &frame.caller_name {
                p.lead {
                    strong { (caller) } " asks for your agreement. Nothing is agreed until you "
                    "have seen all of it and confirmed."
                }
            }
            (frame.form(&form))
            p.aside {
                "New here? "
                a href=(local_path(&self.sign_up_href).unwrap_or("/")) { "Create an account" }
            }
        };
        frame.document("Sign in", Width::Narrow, &errors, &content)
    }
}

fn error(trouble: SignInTrouble) -> FieldError {
    match trouble {
        SignInTrouble::WrongCredentials => FieldError::new(
            "email",
            "This e-mail address and password do not belong together.",
        ),
        SignInTrouble::Throttled { retry_after_s } => FieldError::form(format!(
            "Too many tries. Please try again in {retry_after_s} {}.",
            if retry_after_s == 1 {
                "second"
            } else {
                "seconds"
            }
        )),
        SignInTrouble::SessionEnded => {
            FieldError::form("You were away for a while. Please sign in again.")
        }
    }
}
