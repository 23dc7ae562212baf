//! The document around each page: head, banner, brand, steps, main, footer.

use maud::{DOCTYPE, Markup, html};

use crate::action;
use crate::assets::{LOGO_PATH, STYLESHEET_PATH};
use crate::field::FieldError;
use crate::frame::{Frame, local_path};

/// How wide a page needs to be.
#[derive(Clone, Copy)]
pub(crate) enum Width {
    /// One column to read and fill in.
    Narrow,
    /// Tables.
    Wide,
}

impl Frame {
    /// One whole document. The title says where one is, and first of all that something is wrong.
    pub(crate) fn document(
        &self,
        title: &str,
        width: Width,
        errors: &[FieldError],
        content: &Markup,
    ) -> String {
        let document = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    meta name="robots" content="noindex";
                    title {
                        @if !errors.is_empty() { "Error: " }
                        (title) " · "
                        @if let Some(brand) = self.brand() { (brand) " · " }
                        (self.provider)
                        @if self.sandbox { " sandbox" }
                    }
                    link rel="icon" type="image/svg+xml" href=(LOGO_PATH);
                    link rel="stylesheet" href=(STYLESHEET_PATH);
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    (self.banner())
                    (self.header())
                    @let class = match width { Width::Narrow => "narrow", Width::Wide => "wide" };
                    main id="main" class=(class) tabindex="-1" {
                        (self.progress())
                        (content)
                    }
                    (self.footer())
                }
            }
        };
        document.into_string()
    }

    fn banner(&self) -> Markup {
        html! {
            @if self.sandbox {
                div.sandbox role="note" {
                    strong { "Sandbox." } " No real money moves."
                }
            }
        }
    }

    fn header(&self) -> Markup {
        html! {
            header.site {
                div.brand {
                    img.mark src=(LOGO_PATH) alt="" width="32" height="32";
                    span.provider { (self.provider) }
                    @if let Some(brand) = self.brand() { (self.caller_brand(brand)) }
                }
                @if let Some(person) = &self.signed_in {
                    @let target = local_path(&person.sign_out_action).unwrap_or("/");
                    form.person method="post" action=(target) {
                        (self.hidden())
                        span { span.quiet { "Signed in as " } (person.name) }
                        button.plain type="submit" name="action" value=(action::SIGN_OUT) {
                            "Sign out"
                        }
                    }
                }
                @if !self.navigation.is_empty() { (self.navigation()) }
            }
        }
    }

    /// The logo where there is one, else the name.
    fn caller_brand(&self, name: &str) -> Markup {
        html! {
            span.for aria-hidden="true" { "for" }
            @match self.caller_logo.as_deref().and_then(local_path) {
                Some(logo) => { img.caller src=(logo) alt=(name); }
                None => { span.caller { (name) } }
            }
        }
    }

    fn navigation(&self) -> Markup {
        html! {
            nav aria-label="Your account" {
                ul {
                    @for link in &self.navigation {
                        @let current = link.current.then_some("page");
                        @let target = local_path(&link.href).unwrap_or("/");
                        li { a href=(target) aria-current=[current] { (link.label) } }
                    }
                }
            }
        }
    }

    fn progress(&self) -> Markup {
        html! {
            @if let Some(steps) = &self.steps {
                ol.steps aria-label="Steps" {
                    @for (index, name) in steps.names.iter().enumerate() {
                        @let current = (index == steps.current).then_some("step");
                        li .done[index < steps.current] aria-current=[current] {
                            @if index < steps.current { span.unseen { "Done: " } }
                            (name)
                        }
                    }
                }
            }
        }
    }

    fn footer(&self) -> Markup {
        html! {
            footer.site {
                p {
                    @match &self.caller_name {
                        Some(caller) => {
                            (self.provider) " handles payments for " (caller)
                            ". Card details go to " (self.provider) ", never to " (caller) "."
                        }
                        None => { "Payments by " (self.provider) "." }
                    }
                }
            }
        }
    }
}

/// A message that something has been done.
pub(crate) fn notice(message: Option<&str>) -> Markup {
    html! {
        @if let Some(message) = message {
            div.notice role="status" { strong { "Done. " } (message) }
        }
    }
}
