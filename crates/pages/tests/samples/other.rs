//! Samples of what belongs to no visit.

use pages::{ErrorPage, Frame, Landing, Onward, Problem};

use super::{Text, visit};

pub fn pages(text: Text) -> Vec<(&'static str, String)> {
    let frame = Frame {
        provider: text("Holdfast"),
        ..Frame::default()
    };
    let problem = Problem {
        title: text("This link cannot be trusted"),
        code: text("InvalidSignature"),
        explanation: text("The shop's request is not signed as it should be."),
        advice: text("Go back to the shop and start again. If it happens again, tell the shop."),
        detail: Some(text("signatureVersion=2, host pay.example")),
        request_id: Some(text("2f1c9a3e")),
    };
    let onward = Onward {
        href: "/cobranded-ui/visit?visit=1".to_owned(),
        label: text("Continue to Fern & Co"),
    };
    let landing = Landing {
        console_href: "/console/".to_owned(),
        agreements_href: "/console/agreements".to_owned(),
        docs_href: Some("/doc/".to_owned()),
        health_href: "/healthz".to_owned(),
        version: text("0.1.0"),
    };
    let error = |page: ErrorPage| page.render(&frame);
    vec![
        ("problem", problem.render(&frame)),
        ("onward", onward.render(&visit(text, 2))),
        ("landing", landing.render(&frame)),
        ("404", error(ErrorPage::NotFound)),
        ("405", error(ErrorPage::MethodNotAllowed)),
        ("413", error(ErrorPage::TooLarge)),
        (
            "429",
            error(ErrorPage::TooManyRequests { retry_after_s: 1 }),
        ),
        (
            "500",
            error(ErrorPage::Internal {
                request_id: text("2f1c9a3e"),
            }),
        ),
        ("503", error(ErrorPage::Unavailable { retry_after_s: 5 })),
    ]
}
