//! Random stories: whatever is asked in whatever order, the auditor stays content, and in the end
//! everything comes to rest.

use payments::rows::{PARKED, WorkKind};
use proptest::prelude::*;
use test_kit::check;
use test_kit::table::Story;

/// Tokens of every kind, and a little money.
const SCENE: &str = "
    accept  MA merchant to market
    accept  MC merchant to market caller-pays
    consent BM buyer to market multi total 200.00 count 12 sum 90.00 per 1-Day pays MA,MC
    consent BB buyer to market unrestricted from balance pays MA,MC
    consent BO market to market unrestricted from balance pays MA,MC
    consent S1 buyer to shop single
    consent S2 buyer to shop single
    consent BS buyer to shop multi sum 60.00 per 1-Hour
    consent SB buyer to shop unrestricted from balance
    prepaid PP buyer to shop 40.00
    prepaid BP buyer to shop 40.00 from balance
    credit  PC buyer to shop 40.00 sum 50.00 per 1-Day
    credit  BC buyer to shop 15.00 from balance
    deposit buyer 60.00
    deposit market 2.00
";

fn amount() -> impl Strategy<Value = &'static str> + Clone {
    word(&[
        "0.01", "0.06", "0.20", "1.00", "4.37", "9.99", "10.00", "33.33", "0.0031", "60.00",
    ])
}

/// One of some words.
fn word(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> + Clone {
    proptest::sample::select(words)
}

fn payment() -> impl Strategy<Value = String> {
    let verb = || word(&["reserve", "reserve", "pay"]);
    let at_shop = (
        verb(),
        0..6_u8,
        word(&["S1", "S2", "BS", "SB", "buyer"]),
        amount(),
    )
        .prop_map(|(verb, name, from, amount)| {
            format!("{verb} S{name} by shop from {from} {amount}")
        });
    let fees = word(&[
        "",
        "fixed 0.13",
        "rate 2.5",
        "fixed 1.00 rate 10",
        "fixed 2.00",
    ]);
    let at_market = (
        verb(),
        0..6_u8,
        word(&["BM", "BB", "BO"]),
        word(&["MA", "MC"]),
        amount(),
        fees,
    )
        .prop_map(|(verb, name, from, to, amount, fees)| {
            format!("{verb} M{name} by market from {from} to {to} {amount} {fees}")
        });
    prop_oneof![at_shop, at_market, tally()]
}

/// Prepaid and credit instruments: by card, and from the balance.
fn tally() -> impl Strategy<Value = String> {
    let spend = (
        0..6_u8,
        word(&["PP.spend", "BP.spend", "PC.spend", "BC.spend", "PC.spend"]),
        amount(),
    )
        .prop_map(|(name, from, amount)| format!("pay S{name} by shop from {from} {amount}"));
    let moving = (
        word(&["fund", "fund", "settle-debt", "write-off"]),
        0..6_u8,
        word(&["PP", "BP", "PC", "BC"]),
        amount(),
    )
        .prop_map(|(verb, name, on, amount)| match (verb, on) {
            ("fund", "PC" | "BC") => format!("settle-debt S{name} on {on} {amount}"),
            ("settle-debt" | "write-off", "PP" | "BP") => {
                format!("fund S{name} on {on} {amount}")
            }
            _ => format!("{verb} S{name} on {on} {amount}"),
        });
    prop_oneof![spend, moving]
}

fn name() -> impl Strategy<Value = String> {
    (word(&["S", "M"]), 0..6_u8).prop_map(|(caller, number)| format!("{caller}{number}"))
}

fn refund() -> impl Strategy<Value = String> {
    let policy = word(&["", "policy master", "policy market", "policy both"]);
    let part = prop_oneof![Just(""), amount()];
    (name(), 0..4_u8, part, policy).prop_map(|(of, number, part, policy)| {
        format!("refund {of}F{number} of {of} {part} {policy}")
    })
}

fn processor() -> impl Strategy<Value = String> {
    let call = word(&["authorize", "authorize", "capture", "capture", "void"]);
    let said = word(&["approved", "approved", "approved", "declined", "unknown"]);
    let payment = (name(), call, said.clone())
        .prop_map(|(name, call, said)| format!("answer {name} {call} {said}"));
    let refund = (name(), 0..4_u8, said)
        .prop_map(|(of, number, said)| format!("answer {of}F{number} refund {said}"));
    prop_oneof![3 => payment, 1 => refund]
}

fn step() -> impl Strategy<Value = String> {
    let settle = (
        name(),
        prop_oneof![Just(""), amount()],
        word(&["", "again"]),
    )
        .prop_map(|(name, amount, again)| format!("settle {name} {amount} {again}"));
    let cancel =
        (name(), word(&["", "again"])).prop_map(|(name, again)| format!("cancel {name} {again}"));
    let other = word(&[
        "wait 1ms",
        "wait 40m",
        "wait 30h",
        "wait 7d",
        "deposit buyer 5.00",
        "deposit market 0.10",
        "listen shop https://shop.example",
        "listen shop -",
        "listen market https://market.example",
        "suspend merchant",
        "revive merchant",
        "cancel-token S2 by shop",
    ]);
    let person =
        (name(), word(&["yes", "no"])).prop_map(|(name, yes)| format!("resolve {name} {yes}"));
    prop_oneof![
        6 => payment(),
        8 => processor(),
        3 => settle,
        2 => cancel,
        3 => refund(),
        1 => name().prop_map(|name| format!("expire {name}")),
        1 => person,
        2 => other.prop_map(str::to_owned),
    ]
}

/// Plays a step. One about what is not there yet does nothing; and no processor answers a void that
/// nobody asked for.
fn play(story: &mut Story, step: &str) -> Option<String> {
    let words: Vec<_> = step.split_whitespace().collect();
    if let ["answer", name, "void", ..] = words[..] {
        let key = story.transaction(name).ok()?.key;
        let works = story.world.rows.works_of(key.0);
        works.iter().find(|work| work.kind == WorkKind::Void)?;
    }
    story.say(step).ok().flatten()
}

/// Answers everything that waits for the processor, again and again, until nothing does.
fn come_to_rest(story: &mut Story, said: &str) {
    for _ in 0..4 {
        let names: Vec<_> = names(story);
        for (name, kind) in names {
            let call = format!("{kind:?}").to_lowercase();
            story
                .say(&format!("answer {name} {call} {said}"))
                .expect("it waits");
        }
    }
}

/// Who waits for the processor, by their names in the story.
fn names(story: &Story) -> Vec<(String, WorkKind)> {
    let mut waiting = Vec::new();
    for caller in ["S", "M"] {
        for number in 0..6 {
            let own = format!("{caller}{number}");
            let refunds = (0..4).map(|refund| format!("{own}F{refund}"));
            for name in refunds.chain([own.clone()]) {
                let Ok(found) = story.transaction(&name) else {
                    continue;
                };
                let works = story.world.rows.works_of(found.key.0);
                let asks = works.iter().filter(|work| work.kind.is_processor());
                waiting.extend(asks.map(|work| (name.clone(), work.kind)));
            }
        }
    }
    waiting
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// After every step the auditor re-derives the books: see `test_kit::World::run`.
    #[test]
    fn whatever_is_asked_the_books_add_up(steps in proptest::collection::vec(step(), 1..70)) {
        let mut story = check(SCENE);
        for step in &steps {
            play(&mut story, step);
        }
        come_to_rest(&mut story, "approved");
        let accounts: Vec<_> = story.world.rows.accounts.keys().copied().collect();
        for account in accounts {
            let balance = story.world.rows.balance(account);
            prop_assert_eq!((balance.pending_in, balance.pending_out), (0, 0));
        }
        for tally in story.world.rows.tallies.values() {
            prop_assert!(tally.pending.is_zero());
        }
        let left = story.world.rows.works.values().filter(|work| work.kind.is_processor());
        prop_assert_eq!(left.filter(|work| work.id.due != PARKED).count(), 0);
    }

    /// A request that was accepted is answered again with the same transaction, and nothing moves.
    #[test]
    fn a_replay_changes_nothing(steps in proptest::collection::vec(step(), 1..50)) {
        let mut story = check(SCENE);
        let mut accepted = Vec::new();
        for step in &steps {
            let verbs = ["reserve", "pay", "refund", "fund", "settle-debt", "write-off"];
            let asks = verbs.iter().any(|verb| step.starts_with(verb));
            if let Some(said) = play(&mut story, step) && asks && !said.starts_with("refused") {
                accepted.push(step);
            }
        }
        let before = format!("{:?}", story.world.rows);
        for step in accepted {
            let said = story.say(step).expect("it was understood before");
            let said = said.expect("it answers");
            prop_assert!(!said.starts_with("refused"), "{}: {}", step, said);
        }
        prop_assert_eq!(before, format!("{:?}", story.world.rows));
    }

    /// Refused by the processor at every turn, everybody has what they had.
    #[test]
    fn what_fails_leaves_no_money_moved(steps in proptest::collection::vec(payment(), 1..20)) {
        let mut story = check(SCENE);
        let card_only = steps.iter().filter(|step| !step.contains(" B") && !step.contains("SB"));
        for step in card_only {
            play(&mut story, step);
        }
        let funds = |story: &Story| -> Vec<i64> {
            let accounts = story.world.rows.accounts.keys();
            accounts.map(|account| story.world.rows.balance(*account).available).collect()
        };
        let before = check(SCENE);
        come_to_rest(&mut story, "declined");
        prop_assert_eq!(funds(&story), funds(&before));
    }
}
