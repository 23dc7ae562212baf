//! Samples of the pages of an account.

use pages::{
    AccessKeyCreated, AccessKeyLine, Agreement, Agreements, Balances, ConsoleHome, HistoryLine,
    LimitUse, RevokeAgreement, Status, Tone, TransactionLine,
};

use super::{Text, account};

fn agreement(text: Text) -> Agreement {
    let limit = |name: &str, used: &str, limit: &str, left: &str, used_thousandths| LimitUse {
        name: text(name),
        used: text(used),
        limit: text(limit),
        remaining: text(left),
        used_thousandths,
    };
    Agreement {
        token: text("I29FZ7HM3Z8I"),
        caller: text("Fern & Co"),
        summary: text("Each charge at most $20.00"),
        reason: Some(text("Your <b>monthly</b> plant box")),
        status: Status {
            words: text("In force"),
            tone: Tone::Good,
        },
        limits: vec![
            limit("In all", "$84.00", "$240.00", "$156.00", 350),
            limit("This month", "3 charges", "3 charges", "Nothing", 1000),
        ],
        agreed: text("2 November 2026"),
        valid_until: Some(text("30 November 2027")),
        last_used: Some(text("20 November 2026")),
        method: text("Visa ending in 4242"),
        revoke_href: Some("/console/agreements/revoke?token=1".to_owned()),
    }
}

fn transaction(text: Text, words: &str, tone: Tone) -> TransactionLine {
    let step = |date: &str, what: &str| HistoryLine {
        date: text(date),
        text: text(what),
    };
    TransactionLine {
        id: text("14GKI1SKSR1V6DPP"),
        date: text("20 Nov 2026"),
        who: text("Fern & Co"),
        what: text("Plant box, November"),
        amount: text("$20.00"),
        status: Status {
            words: text(words),
            tone,
        },
        history: vec![
            step("20 Nov, 10:02", "Reserved"),
            step("21 Nov, 08:15", "Settled"),
        ],
    }
}

pub fn pages(text: Text) -> Vec<(&'static str, String)> {
    let used = Agreement {
        caller: text("Tickets Online"),
        summary: text("One payment of $35.00"),
        reason: None,
        status: Status {
            words: text("Used"),
            tone: Tone::Ended,
        },
        limits: Vec::new(),
        valid_until: None,
        last_used: None,
        revoke_href: None,
        ..agreement(text)
    };
    let list = Agreements {
        notice: Some(text("The agreement with Book Barn is revoked.")),
        agreements: vec![agreement(text), used],
        transactions: vec![
            transaction(text, "Reserved", Tone::Waiting),
            transaction(text, "Settled", Tone::Good),
            transaction(text, "Declined", Tone::Bad),
            transaction(text, "Cancelled", Tone::Ended),
        ],
        older_href: Some("/console/agreements?page=2".to_owned()),
    };
    let revoke = RevokeAgreement {
        agreement: agreement(text),
        back_href: "/console/agreements".to_owned(),
    };
    let created = AccessKeyCreated {
        id: text("AKIDEXAMPLE000000001"),
        secret: text("secretKeyForTests0123456789+/abcdefghijk"),
        home_href: "/console/".to_owned(),
    };
    let agreements = account(text, "What you agreed to");
    vec![
        ("agreements", list.render(&agreements)),
        (
            "agreements-empty",
            Agreements::default().render(&agreements),
        ),
        ("revoke", revoke.render(&agreements)),
        ("console", console(text).render(&account(text, "Account"))),
        ("access-key", created.render(&account(text, "Account"))),
    ]
}

fn console(text: Text) -> ConsoleHome {
    let key = |id: &str, active| AccessKeyLine {
        id: text(id),
        created: text("2 November 2026"),
        active,
    };
    ConsoleHome {
        account_name: text("Fern & Co"),
        balances: Balances {
            available: text("$1,204.10"),
            pending_in: text("$84.00"),
            pending_out: text("$12.00"),
        },
        notification_url: text("https://fernandco.example/ipn"),
        keys: vec![
            key("AKIDEXAMPLE000000001", true),
            key("AKIDEXAMPLE000000002", false),
        ],
        notice: None,
        errors: Vec::new(),
    }
}
