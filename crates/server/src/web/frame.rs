//! What is around a page.

use pages::{Frame, NavigationLink, SignedIn};
use payments::Mode;
use payments::rows::Account;

use super::{Host, console};

/// A page of nobody's.
pub(super) fn plain(host: &dyn Host) -> Frame {
    Frame {
        provider: host.provider().to_owned(),
        sandbox: host.terms().mode == Mode::Sandbox,
        ..Frame::default()
    }
}

/// A page of the console. `at` is its own path, `csrf` what its forms post back.
pub(super) fn of_console(host: &dyn Host, person: Option<&Account>, at: &str, csrf: &str) -> Frame {
    let link = |label: &str, href: &str| NavigationLink {
        label: label.to_owned(),
        href: href.to_owned(),
        current: at == href,
    };
    let navigation = person.map(|_| {
        vec![
            link("Account", console::HOME),
            link("What you agreed to", console::AGREEMENTS),
        ]
    });
    Frame {
        csrf: csrf.to_owned(),
        form_action: at.to_owned(),
        signed_in: person.map(|person| signed_in(person, console::SIGN_OUT)),
        navigation: navigation.unwrap_or_default(),
        ..plain(host)
    }
}

/// Who is signed in, as the page's head shows it.
pub(super) fn signed_in(person: &Account, sign_out: &str) -> SignedIn {
    let name = if person.email.is_empty() {
        &person.name
    } else {
        &person.email
    };
    SignedIn {
        name: name.clone(),
        sign_out_action: sign_out.to_owned(),
    }
}
