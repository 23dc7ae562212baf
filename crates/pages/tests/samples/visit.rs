//! Samples of the way to a consent.

use pages::{
    Accepts, AccountKind, BalanceChoice, BankChoice, CardChoice, FieldError, Frame, NewBank,
    NewCard, PaymentMethod, ShippingAddress, SignIn, SignInTrouble, SignUp, TestNumber,
};

use super::{Text, visit};

pub fn pages(text: Text) -> Vec<(&'static str, String)> {
    let sign_in = SignIn {
        email: text("ada@example.com"),
        sign_up_href: "/cobranded-ui/sign-up?visit=1".to_owned(),
        trouble: None,
    };
    let wrong = SignIn {
        trouble: Some(SignInTrouble::WrongCredentials),
        ..sign_in.clone()
    };
    let throttled = SignIn {
        trouble: Some(SignInTrouble::Throttled { retry_after_s: 42 }),
        ..sign_in.clone()
    };
    let first = visit(text, 0);
    let logo = Frame {
        caller_logo: Some(pages::LOGO_PATH.to_owned()),
        ..first.clone()
    };
    let second = visit(text, 1);
    let refused = method(
        text,
        Accepts {
            cards: false,
            banks: false,
            balance: false,
        },
    );
    vec![
        ("sign-in", sign_in.render(&logo)),
        ("sign-in-wrong", wrong.render(&first)),
        ("sign-in-throttled", throttled.render(&first)),
        ("sign-up", sign_up(text).render(&first)),
        (
            "payment-method",
            method(
                text,
                Accepts {
                    cards: true,
                    banks: true,
                    balance: true,
                },
            )
            .render(&second),
        ),
        ("payment-method-new", new_card(text).render(&second)),
        ("payment-method-none", refused.render(&second)),
        ("shipping-address", shipping(text).render(&second)),
    ]
}

fn sign_up(text: Text) -> SignUp {
    SignUp {
        name: text("Ada Fern"),
        email: text("ada@"),
        kind: Some(AccountKind::Business),
        business_name: text("Fern's Furniture"),
        sign_in_href: "/cobranded-ui/sign-in?visit=1".to_owned(),
        errors: vec![
            FieldError::new("email", text("Enter an address such as name@example.com.")),
            FieldError::new(
                "password",
                text("Choose a password of at least 10 characters."),
            ),
        ],
    }
}

fn method(text: Text, accepts: Accepts) -> PaymentMethod {
    let card = |id: &str, brand: &str, four: &str, expiry: &str| CardChoice {
        id: text(id),
        brand: text(brand),
        last_four: text(four),
        expiry: text(expiry),
        unusable: None,
    };
    PaymentMethod {
        purpose: Some(text("$42.50 for Fern & Co")),
        accepts,
        cards: vec![
            card("c1", "Visa", "4242", "04/2029"),
            card("c2", "Mastercard", "4444", "11/2027"),
            CardChoice {
                unusable: Some(text("Expired")),
                ..card("c3", "Visa", "1881", "01/2024")
            },
        ],
        banks: vec![
            BankChoice {
                id: text("b1"),
                last_four: text("6789"),
                verified: true,
            },
            BankChoice {
                id: text("b2"),
                last_four: text("0000"),
                verified: false,
            },
        ],
        balance: Some(BalanceChoice {
            available: text("$18.20"),
            unusable: None,
        }),
        selected: Some(text("c1")),
        new_card: NewCard::default(),
        new_bank: NewBank::default(),
        test_cards: vec![
            TestNumber {
                number: text("4242 4242 4242 4242"),
                behaviour: text("Approved"),
            },
            TestNumber {
                number: text("4000 0000 0000 0002"),
                behaviour: text("Declined"),
            },
            TestNumber {
                number: text("4000 0000 0000 9995"),
                behaviour: text("Approved, then declined at settle"),
            },
        ],
        test_banks: vec![TestNumber {
            number: text("000100000003"),
            behaviour: text("Settles after 3 days"),
        }],
        errors: Vec::new(),
    }
}

fn new_card(text: Text) -> PaymentMethod {
    PaymentMethod {
        cards: Vec::new(),
        banks: Vec::new(),
        new_bank: NewBank {
            routing: text("021000022"),
            name: text("Ada Fern"),
        },
        balance: Some(BalanceChoice {
            available: text("$18.20"),
            unusable: Some(text("Less than this payment")),
        }),
        new_card: NewCard {
            name: text("Ada Fern"),
            month: text("13"),
            year: text("2029"),
            zip: text("94103"),
        },
        errors: vec![
            FieldError::new(
                "card_number",
                text("Check the card number: a digit is wrong."),
            ),
            FieldError::new("card_month", text("Enter a month from 01 to 12.")),
            FieldError::new("bank_routing", text("A digit is wrong.")),
        ],
        ..method(
            text,
            Accepts {
                cards: true,
                banks: true,
                balance: true,
            },
        )
    }
}

fn shipping(text: Text) -> ShippingAddress {
    ShippingAddress {
        name: text("Ada Fern"),
        line1: text("12 Garden Row"),
        line2: text("Flat 3"),
        city: text("Portland"),
        state: text("OR"),
        zip: text("97201"),
        country: text("United States"),
        phone: text("+1 503 555 0100"),
        errors: Vec::new(),
    }
}
