//! Samples of the consents themselves.

use pages::{
    Breakdown, Confirm, Consent, EachCharge, EachRule, FeeExample, FeePayer, FieldError,
    RecipientTerms,
};

use super::{Text, visit};

fn confirm(text: Text) -> Confirm {
    Confirm {
        consent: Consent::Reserve {
            amount: text("$42.50"),
            within: text("3 hours"),
            hold: text("7 days"),
        },
        recipients: vec![text("Oak Furniture")],
        reason: Some(text(
            "Order 1001 <ul><li><b>Fern</b> in a pot</li><li>Poster</li></ul>",
        )),
        breakdown: Breakdown {
            item_total: Some(text("$36.00")),
            shipping: Some(text("$4.00")),
            handling: Some(text("$1.00")),
            gift_wrapping: Some(text("$2.00")),
            discount: Some(text("−$3.00")),
            tax: Some(text("$2.50")),
        },
        shipping_lines: ["Ada Fern", "12 Garden Row", "Portland, OR 97201"]
            .map(text)
            .to_vec(),
        change_address_href: Some("/cobranded-ui/address".to_owned()),
        method: text("Visa ending in 4242, expires 04/2029"),
        change_method_href: "/cobranded-ui/method".to_owned(),
        errors: Vec::new(),
    }
}

pub fn pages(text: Text) -> Vec<(&'static str, String)> {
    let third = visit(text, 2);
    let once = Confirm {
        consent: Consent::Once {
            amount: text("$42.50"),
            within: text("3 hours"),
        },
        recipients: Vec::new(),
        breakdown: Breakdown::default(),
        shipping_lines: Vec::new(),
        errors: vec![FieldError::form(text(
            "This card was declined. Choose another.",
        ))],
        ..confirm(text)
    };
    let repeated = |rule| Consent::Repeated {
        each: Some(EachCharge {
            rule,
            amount: text("$20.00"),
        }),
        total: text("$240.00"),
        limits: vec![
            text("At most $40.00 in any month"),
            text("At most 3 charges in any week"),
        ],
        from: Some(text("1 December 2026")),
        until: Some(text("30 November 2027")),
    };
    let repeated = |rule| Confirm {
        consent: repeated(rule),
        breakdown: Breakdown::default(),
        shipping_lines: Vec::new(),
        ..confirm(text)
    };
    let open = Confirm {
        consent: Consent::Repeated {
            each: None,
            total: text("$240.00"),
            limits: Vec::new(),
            from: None,
            until: None,
        },
        ..repeated(EachRule::AtMost)
    };
    let mut pages = vec![
        ("confirm-reserve", confirm(text).render(&third)),
        ("confirm-once", once.render(&third)),
        ("confirm-at-most", repeated(EachRule::AtMost).render(&third)),
        (
            "confirm-exactly",
            repeated(EachRule::Exactly).render(&third),
        ),
        (
            "confirm-at-least",
            repeated(EachRule::AtLeast).render(&third),
        ),
        ("confirm-open", open.render(&third)),
        ("recipient-terms", terms(text).render(&third)),
    ];
    let set_up = setups(text).into_iter().map(|(name, consent)| {
        let page = Confirm {
            consent,
            ..repeated(EachRule::AtMost)
        };
        (name, page.render(&third))
    });
    pages.extend(set_up);
    pages
}

/// What recurs, what is paid ahead or later, and a changed payment method.
fn setups(text: Text) -> [(&'static str, Consent); 4] {
    let regular = Consent::Regular {
        amount: text("$9.99"),
        within: text("in any month"),
        from: None,
        until: text("30 November 2027"),
    };
    let prepaid = Consent::Prepaid {
        limit: text("$50.00"),
        from: Some(text("1 December 2026")),
        until: None,
    };
    let credit = Consent::Credit {
        limit: text("$75.00"),
        total: Some(text("$300.00")),
        limits: vec![text("At most 2 charges in any week")],
        from: None,
        until: Some(text("30 November 2027")),
    };
    [
        ("confirm-regular", regular),
        ("confirm-prepaid", prepaid),
        ("confirm-credit", credit),
        ("confirm-change", Consent::Change),
    ]
}

fn terms(text: Text) -> RecipientTerms {
    RecipientTerms {
        max_fixed_fee: text("$0.50"),
        max_variable_fee: text("5%"),
        fee_payer: FeePayer::Recipient,
        example: FeeExample {
            sale: text("$100.00"),
            fixed_fee: text("$0.50"),
            variable_fee: text("$5.00"),
            provider_fee: Some(text("$3.20")),
            received: text("$91.30"),
        },
        methods: vec![text("Cards"), text("Account balance")],
        valid_from: None,
        valid_until: None,
        errors: Vec::new(),
    }
}
