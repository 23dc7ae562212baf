//! One sample of every page, in the states worth seeing. Each text that comes from outside passes
//! through `text`, so that a test can put something hostile in its place.

mod account;
mod consent;
mod other;
mod visit;

use pages::{Frame, NavigationLink, SignedIn, Steps};

/// What replaces, or leaves alone, a text from outside.
pub type Text<'a> = &'a dyn Fn(&str) -> String;

/// File name and document of every sample.
pub fn all(text: Text) -> Vec<(&'static str, String)> {
    let mut pages = visit::pages(text);
    pages.extend(consent::pages(text));
    pages.extend(account::pages(text));
    pages.extend(other::pages(text));
    pages
}

/// The frame of a page inside a visit.
pub fn visit(text: Text, current: usize) -> Frame {
    Frame {
        provider: text("Holdfast"),
        caller_name: Some(text("Fern & Co")),
        return_label: Some(text("fernandco.example")),
        csrf: text("csrf-1"),
        visit: Some(text("visit-1")),
        form_action: "/cobranded-ui/visit".to_owned(),
        signed_in: (0 < current).then(|| person(text)),
        steps: Some(Steps {
            names: ["Sign in", "Payment", "Confirm"].map(text).to_vec(),
            current,
        }),
        ..Frame::default()
    }
}

/// The frame of a page of the console.
pub fn account(text: Text, current: &str) -> Frame {
    let link = |label: &str, href: &str| NavigationLink {
        label: text(label),
        href: href.to_owned(),
        current: label == current,
    };
    Frame {
        provider: text("Holdfast"),
        csrf: text("csrf-1"),
        form_action: "/console/".to_owned(),
        signed_in: Some(person(text)),
        navigation: vec![
            link("Account", "/console/"),
            link("What you agreed to", "/console/agreements"),
        ],
        ..Frame::default()
    }
}

fn person(text: Text) -> SignedIn {
    SignedIn {
        name: text("ada@example.com"),
        sign_out_action: "/console/sign-out".to_owned(),
    }
}
