//! What all pages share: whose server it is, on whose behalf the person is here, and how to post.

use maud::{Markup, html};

use crate::action;

/// Shared by all pages of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The provider's name.
    pub provider: String,
    /// Whether this is a sandbox; the pages say so unmistakably.
    pub sandbox: bool,
    /// The caller of the visit; `None` outside visits.
    pub caller_name: Option<String>,
    /// The name that the pages bear instead of the caller's: a recipient's.
    pub brand_name: Option<String>,
    /// Path, on this server, of the caller's logo. Anything but a path is not shown.
    pub caller_logo: Option<String>,
    /// Where cancelling leads, as words: the caller's website description. The caller's name
    /// when absent.
    pub return_label: Option<String>,
    /// Posted back by every form.
    pub csrf: String,
    /// Names the visit; posted back by every form inside it.
    pub visit: Option<String>,
    /// Where the page's forms post to; a path on this server.
    pub form_action: String,
    /// Who is signed in.
    pub signed_in: Option<SignedIn>,
    /// Progress through the visit.
    pub steps: Option<Steps>,
    /// Links between the pages of the console; empty inside visits.
    pub navigation: Vec<NavigationLink>,
}

/// The signed-in person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Name or e-mail address, as the person knows it.
    pub name: String,
    /// Path that the sign-out button posts to.
    pub sign_out_action: String,
}

/// The steps of a visit, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// Short names such as "Sign in", "Payment", "Confirm".
    pub names: Vec<String>,
    /// Index of the step the page belongs to.
    pub current: usize,
}

/// One link of the console's navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavigationLink {
    /// The words of the link.
    pub label: String,
    /// A path on this server.
    pub href: String,
    /// Whether the page is the one linked to.
    pub current: bool,
}

impl Default for Frame {
    /// A page of a sandbox called Holdfast, outside any visit.
    fn default() -> Self {
        Self {
            provider: "Holdfast".to_owned(),
            sandbox: true,
            caller_name: None,
            brand_name: None,
            caller_logo: None,
            return_label: None,
            csrf: String::new(),
            visit: None,
            form_action: "/".to_owned(),
            signed_in: None,
            steps: None,
            navigation: Vec::new(),
        }
    }
}

impl Frame {
    /// The caller's name; the provider's outside visits.
    pub(crate) fn caller(&self) -> &str {
        self.caller_name.as_deref().unwrap_or(&self.provider)
    }

    /// Whose pages they are, as far as a person sees; `None` outside visits.
    pub(crate) fn brand(&self) -> Option<&str> {
        self.brand_name.as_deref().or(self.caller_name.as_deref())
    }

    /// A form of this page with everything that each must post back.
    pub(crate) fn form(&self, content: &Markup) -> Markup {
        html! {
            form method="post" action=(local_path(&self.form_action).unwrap_or("/")) novalidate {
                (self.hidden())
                (content)
            }
        }
    }

    /// The fields that every form posts back.
    pub(crate) fn hidden(&self) -> Markup {
        html! {
            input type="hidden" name="csrf" value=(self.csrf);
            @if let Some(visit) = &self.visit {
                input type="hidden" name="visit" value=(visit);
            }
        }
    }

    /// The buttons that end a form: the one that goes on, first, so that Enter presses it; and,
    /// inside a visit, the one that leaves.
    pub(crate) fn buttons(&self, words: &str, value: &str) -> Markup {
        html! {
            div.buttons {
                button.primary type="submit" name="action" value=(value) { (words) }
                @if self.visit.is_some() { (self.cancel_button()) }
            }
        }
    }

    /// Leaving the visit, where no other form of the page ends with [`Frame::buttons`].
    pub(crate) fn cancel_form(&self) -> Markup {
        html! {
            @if self.visit.is_some() {
                (self.form(&html! { div.buttons { (self.cancel_button()) } }))
            }
        }
    }

    fn cancel_button(&self) -> Markup {
        let destination = self.return_label.as_deref().unwrap_or(self.caller());
        html! {
            button.secondary type="submit" name="action" value=(action::CANCEL) formnovalidate {
                "Cancel and return to " (destination)
            }
        }
    }
}

/// The path if it stays on this server: one leading slash, nothing a browser would read as a host.
pub(crate) fn local_path(path: &str) -> Option<&str> {
    let rest = path.strip_prefix('/')?;
    let stays = !rest.starts_with(['/', '\\']) && !rest.contains(char::is_control);
    stays.then_some(path)
}
