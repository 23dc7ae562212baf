//! Promises that every page keeps, checked on one sample of each, and what single pages must say.

mod html;
mod samples;

use std::collections::BTreeSet;

use html::{Element, elements};

const HOSTILE: &str = "\"><script>alert('1')</script><b onclick=x>&amp; ' <!-- ]]>";

fn plain() -> Vec<(&'static str, String)> {
    samples::all(&str::to_owned)
}

fn page(name: &str) -> String {
    let found = plain().into_iter().find(|(other, _)| *other == name);
    found
        .map(|(_, document)| document)
        .expect("a sample of that name")
}

#[test]
fn every_page_has_its_landmarks_title_and_one_heading() {
    for (name, document) in plain() {
        let all = elements(&document);
        let count = |wanted: &str| all.iter().filter(|e| e.name == wanted).count();
        for once in ["html", "head", "title", "body", "main", "h1"] {
            assert_eq!(count(once), 1, "{once} on {name}");
        }
        let lang = all
            .iter()
            .find(|e| e.name == "html")
            .and_then(|e| e.get("lang"));
        assert_eq!(lang, Some("en"), "{name}");
        assert!(
            all.iter().any(|e| e.get("href") == Some("#main")),
            "skip link on {name}"
        );
        assert!(
            document.contains("<strong>Sandbox.</strong> No real money moves."),
            "{name}"
        );
        assert!(document.contains("Holdfast sandbox</title>"), "{name}");
    }
}

#[test]
fn production_pages_do_not_call_themselves_a_sandbox() {
    let frame = pages::Frame {
        sandbox: false,
        ..pages::Frame::default()
    };
    let document = pages::ErrorPage::NotFound.render(&frame);
    assert!(!document.to_lowercase().contains("sandbox"));
}

#[test]
fn every_input_has_a_label_and_every_reference_a_target() {
    for (name, document) in plain() {
        let all = elements(&document);
        let mut ids = BTreeSet::new();
        for id in all.iter().filter_map(|e| e.get("id")) {
            assert!(ids.insert(id), "id {id} twice on {name}");
        }
        let labelled: BTreeSet<_> = all
            .iter()
            .filter(|e| e.name == "label")
            .filter_map(|e| e.get("for"))
            .collect();
        for element in &all {
            let visible = element.name == "input" && element.get("type") != Some("hidden");
            if visible || element.name == "progress" {
                let id = element.get("id").unwrap_or_default();
                assert!(labelled.contains(id), "no label for {element:?} on {name}");
            }
            for attribute in ["for", "aria-describedby", "aria-labelledby"] {
                for id in element
                    .get(attribute)
                    .unwrap_or_default()
                    .split_whitespace()
                {
                    assert!(ids.contains(id), "{attribute}={id} on {name}");
                }
            }
            if let Some(id) = element.get("href").and_then(|href| href.strip_prefix('#')) {
                assert!(ids.contains(id), "#{id} on {name}");
            }
        }
    }
}

#[test]
fn nothing_that_the_policy_forbids() {
    for (name, document) in plain()
        .into_iter()
        .chain(samples::all(&|_| HOSTILE.to_owned()))
    {
        for element in elements(&document) {
            let forbidden = ["script", "style", "iframe", "object", "embed", "base"];
            assert!(
                !forbidden.contains(&element.name.as_str()),
                "{} on {name}",
                element.name
            );
            for (attribute, value) in &element.attributes {
                assert!(
                    !attribute.starts_with("on") && attribute != "style",
                    "{attribute} {name}"
                );
                if matches!(attribute.as_str(), "href" | "src" | "action") {
                    let local = value.starts_with('#')
                        || (value.starts_with('/') && !value.starts_with("//"));
                    assert!(local, "{attribute}={value} on {name}");
                }
            }
        }
    }
    for forbidden in ["@import", "url(", "expression("] {
        assert!(!pages::STYLESHEET.contains(forbidden));
    }
}

/// Whatever stands in the fields, a page keeps the structure it has with harmless text.
#[test]
fn hostile_text_changes_no_structure() {
    let shape = |document: &str| -> Vec<(String, Vec<String>)> {
        let names = |e: Element| (e.name, e.attributes.into_keys().collect());
        elements(document).into_iter().map(names).collect()
    };
    for ((name, harmless), (_, hostile)) in samples::all(&|_| "harmless".to_owned())
        .into_iter()
        .zip(samples::all(&|_| {
            // The one tag that a payment reason may honour is taken out for this comparison.
            HOSTILE.replace("<b onclick=x>", "")
        }))
    {
        assert!(!hostile.contains("<script"), "{name}");
        assert!(!hostile.contains("<!--"), "{name}");
        assert_eq!(shape(&harmless), shape(&hostile), "{name}");
        if !["404", "405", "413", "429", "503"].contains(&name) {
            assert!(
                hostile.contains("&lt;script&gt;"),
                "{name} shows no text at all"
            );
        }
    }
}

#[test]
fn every_form_posts_with_what_protects_it() {
    for (name, document) in plain() {
        let all = elements(&document);
        let forms = all.iter().filter(|e| e.name == "form");
        assert!(
            forms.clone().all(|e| e.get("method") == Some("post")),
            "{name}"
        );
        let hidden = |wanted: &str| all.iter().filter(|e| e.get("name") == Some(wanted)).count();
        let forms = forms.count();
        assert_eq!(hidden("csrf"), forms, "csrf on {name}");
        assert!(
            hidden("visit") == forms || hidden("visit") == 0,
            "visit on {name}"
        );
        let actions = all.iter().filter(|e| e.get("name") == Some("action"));
        for button in actions {
            assert_eq!(button.get("type"), Some("submit"), "{name}");
            assert!(button.inside.iter().any(|e| e == "form"), "{name}");
        }
    }
}

#[test]
fn every_field_says_what_it_holds() {
    for (name, field, autocomplete) in [
        ("sign-in", "email", "email"),
        ("sign-in", "password", "current-password"),
        ("sign-up", "password", "new-password"),
        ("payment-method", "card_number", "cc-number"),
        ("payment-method", "card_month", "cc-exp-month"),
        ("payment-method", "card_year", "cc-exp-year"),
        ("payment-method", "card_code", "cc-csc"),
        ("payment-method", "card_name", "cc-name"),
        ("shipping-address", "zip", "shipping postal-code"),
    ] {
        let document = page(name);
        let all = elements(&document);
        let input = all
            .iter()
            .find(|e| e.get("name") == Some(field))
            .expect("the field");
        assert_eq!(
            input.get("autocomplete"),
            Some(autocomplete),
            "{name} {field}"
        );
    }
}

#[test]
fn an_error_is_said_at_the_top_and_beside_its_field() {
    let document = page("sign-up");
    assert!(document.contains("<title>Error: Create an account"));
    let all = elements(&document);
    let email = all
        .iter()
        .find(|e| e.get("id") == Some("email"))
        .expect("the field");
    assert_eq!(email.get("aria-invalid"), Some("true"));
    assert_eq!(email.get("aria-describedby"), Some("email-error"));
    let password = all
        .iter()
        .find(|e| e.get("id") == Some("password"))
        .expect("the field");
    assert_eq!(
        password.get("aria-describedby"),
        Some("password-hint password-error")
    );
    assert!(document.contains("<a href=\"#email\">Enter an address such as"));
    assert!(document.contains("role=\"alert\""));
}

#[test]
fn secrets_are_never_sent_back() {
    for (name, document) in plain() {
        for element in elements(&document) {
            let secret = ["password", "card_number", "card_code"];
            if element
                .get("name")
                .is_some_and(|field| secret.contains(&field))
            {
                assert_eq!(element.get("value"), None, "{name}");
            }
        }
    }
}

#[test]
fn an_expired_card_cannot_be_chosen() {
    let document = page("payment-method");
    let all = elements(&document);
    let card = |id: &str| {
        all.iter()
            .find(|e| e.get("value") == Some(id))
            .expect("the card")
    };
    assert!(card("c3").get("disabled").is_some());
    assert!(card("c1").get("checked").is_some());
    assert!(card("c2").get("checked").is_none());
}

#[test]
fn a_payment_reason_keeps_its_list_and_nothing_else() {
    let document = page("confirm-reserve");
    assert!(document.contains("Order 1001 <ul><li><b>Fern</b> in a pot</li><li>Poster</li></ul>"));
}

#[test]
fn an_address_that_leaves_the_server_is_not_used() {
    for wrong in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/\\evil.example",
    ] {
        let onward = pages::Onward {
            href: wrong.to_owned(),
            label: "Go".to_owned(),
        };
        assert!(
            !onward.render(&pages::Frame::default()).contains(wrong),
            "{wrong}"
        );
    }
    let frame = pages::Frame {
        caller_name: Some("Fern".to_owned()),
        caller_logo: Some("https://evil.example/x.png".to_owned()),
        form_action: "https://evil.example/".to_owned(),
        ..pages::Frame::default()
    };
    assert!(!samples_sign_in(&frame).contains("evil.example"));
    let back = pages::Onward {
        href: "https://shop.example/return?a=1&b=2".to_owned(),
        label: "Go".to_owned(),
    };
    let document = back.render(&pages::Frame::default());
    assert!(document.contains("href=\"https://shop.example/return?a=1&amp;b=2\""));
}

fn samples_sign_in(frame: &pages::Frame) -> String {
    let sign_in = pages::SignIn {
        email: String::new(),
        sign_up_href: "https://evil.example/".to_owned(),
        trouble: None,
    };
    sign_in.render(frame)
}

#[test]
fn asset_paths_are_used_and_carry_a_digest() {
    for path in [pages::STYLESHEET_PATH, pages::LOGO_PATH] {
        assert!(page("landing").contains(path));
        assert!(!path.contains("0000000000000000"), "{path}");
    }
}
