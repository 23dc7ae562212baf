//! What single pages must say, in the words a person reads.

mod samples;

fn check(pages: &[(&str, &[&str])]) {
    let all = samples::all(&str::to_owned);
    for (name, phrases) in pages {
        let (_, document) = all
            .iter()
            .find(|(other, _)| other == name)
            .expect("a sample of that name");
        let text = words(document);
        for phrase in *phrases {
            assert!(text.contains(phrase), "{name} lacks {phrase:?} in {text}");
        }
    }
}

/// The text a person reads, roughly: tags out, spaces made single.
fn words(document: &str) -> String {
    let text: String = document
        .split('<')
        .map(|part| part.split_once('>').map_or("", |(_, text)| text))
        .collect::<Vec<_>>()
        .join("");
    let text = text
        .replace("&amp;", "&")
        .replace("&quot;", "\"")
        .replace("&lt;", "<");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_way_to_a_consent() {
    check(&[
        (
            "sign-in",
            &["Fern & Co asks for your agreement", "Create an account"],
        ),
        (
            "sign-in-wrong",
            &["This e-mail address and password do not belong together."],
        ),
        ("sign-in-throttled", &["Please try again in 42 seconds."]),
        (
            "payment-method",
            &[
                "Visa ending in 4242Expires 04/2029",
                "Expired",
                "Bank account ending in 6789Takes some days",
                "Not verified yet",
                "Add a bank account",
                "$18.20 available",
                "Add a card",
                "4000 0000 0000 0002",
                "Cancel and return to fernandco.example",
            ],
        ),
        ("payment-method-none", &["No payment method is possible."]),
        ("problem", &["InvalidSignature", "nothing has been agreed"]),
        ("429", &["Please try again in 1 second."]),
    ]);
}

#[test]
fn a_consent_says_who_charges_what_and_when() {
    check(&[
        (
            "confirm-once",
            &[
                "Fern & Co charges you $42.50, once, within 3 hours.",
                "WhenNow, once, within 3 hours",
                "This card was declined. Choose another.",
            ],
        ),
        (
            "confirm-reserve",
            &[
                "Fern & Co reserves $42.50 for Oak Furniture, once, within 3 hours, and charges at \
             most that amount within 7 days after that.",
                "Gift wrapping$2.00",
                "Total reserved$42.50",
                "Charged when Fern & Co completes your order, within 7 days; otherwise released",
                "12 Garden Row",
                "Change the payment method",
            ],
        ),
        (
            "confirm-at-most",
            &[
                "may charge you at most $20.00 each time",
                "never more than $240.00 in all, until 30 November 2027.",
                "At most $40.00 in any month",
                "At most 3 charges in any week",
                "from 1 December 2026 until 30 November 2027",
            ],
        ),
        (
            "confirm-exactly",
            &["may charge you exactly $20.00 each time", "Exactly $20.00"],
        ),
        (
            "confirm-at-least",
            &["may charge you at least $20.00 each time"],
        ),
        (
            "confirm-open",
            &["may charge you repeatedly", "until you revoke it"],
        ),
        (
            "recipient-terms",
            &[
                "may keep at most $0.50 plus 5% of each of them",
                "You, out of each payment",
                "Share to Fern & Co− $5.00",
                "You receive$91.30",
            ],
        ),
    ]);
}

#[test]
fn an_account_shows_what_was_agreed() {
    check(&[
        (
            "agreements",
            &[
                "In all: $84.00 of $240.00 used",
                "$156.00 left",
                "Revoke the agreement with Fern & Co",
                "The agreement with Book Barn is revoked.",
            ],
        ),
        (
            "agreements-empty",
            &["Nobody may charge you.", "No payments yet."],
        ),
        (
            "revoke",
            &["Payments already made or reserved are not undone."],
        ),
        (
            "console",
            &[
                "Available",
                "$1,204.10",
                "Notification URL",
                "AKIDEXAMPLE000000001",
            ],
        ),
        ("access-key", &["It is shown only this once."]),
    ]);
}
