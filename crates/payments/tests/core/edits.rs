//! Tokens that change hands: another payment method under the same agreement.

use payments::time::DAY_MS;
use test_kit::check;

use crate::subscriptions::{FUNDED, Plan};

#[test]
fn an_edited_token_takes_over_with_its_use_and_limits() {
    check(
        "
        deposit buyer 100.00
        consent T1 buyer to shop multi total 30.00 count 3 per 1-Day
        pay     A1 by shop from T1 10.00            -> pending
        edit-token T1 as T2 to card                 -> done
        token   T1 Active used 10.00 uses 1         # the same card: nothing to change
        edit-token T1 as T3 to balance              -> done
        token   T1 Replaced used 10.00 uses 1
        token   T3 Active used 10.00 uses 1
        pay     A2 by shop from T1 5.00             -> refused TokenNotActive(Sender)
        pay     A3 by shop from T3 15.00            -> success
        balance buyer 85.00
        edit-token T3 as T4 to card                 -> done
        token   T4 Active used 25.00 uses 2
        pay     A4 by shop from T4 5.01             -> refused TokenUsageError
        answer  A1 authorize declined               -> failure
        token   T4 Active used 15.00 uses 2         # what T1 did not use after all
        pay     A5 by shop from T4 15.00            -> pending
        pay     A6 by shop from T4 1.00             -> refused TokenUsageError
    ",
    );
}

#[test]
fn only_its_owner_edits_an_active_token_that_pays_by_itself() {
    check(
        "
        person  rival business
        person  bob personal
        consent T1 buyer to shop multi total 30.00
        consent T2 buyer to shop multi total 30.00
        consent TS buyer to shop single
        accept  M1 merchant to shop
        prepaid P1 buyer to shop 50.00
        edit-token T1 as N1 to balance installer rival  -> refused InvalidToken
        edit-token T1 as N1 to balance owner bob        -> refused TokenAccessDenied
        edit-token M1 as N1 to balance                  -> refused InvalidSenderRole
        edit-token P1.spend as N1 to balance            -> refused InvalidSenderRole
        edit-token TS as N2 to balance                  -> done
        edit-token TS as N3 to card                     -> refused TokenNotActive(Sender)
        edit-token T1 as N2 to balance                  -> refused DuplicateRequest
        remove-card buyer
        edit-token N2 as N4 to card                     -> refused InactiveInstrument
        cancel-token T2 by shop
        edit-token T2 as N5 to balance                  -> refused TokenNotActive(Sender)
        edit-token N2 as N6 to card at +4h              -> refused TokenNotActive(Sender)
    ",
    );
}

#[test]
fn an_edited_token_of_an_instrument_stays_its_own() {
    check(
        "
        deposit buyer 100.00
        prepaid P1 buyer to shop 50.00
        fund    F1 on P1 10.00                      -> pending
        edit-token P1.move as P2 to balance         -> done
        fund    F2 on P1 10.00                      -> refused TokenNotActive(Sender)
        fund    F3 on P1 10.00 from P2              -> success
        token   P2 Active used 20.00 uses 2
        cancel  F1                                  -> cancelled
        token   P2 Active used 10.00 uses 2
        tally   P1 10.00
        balance buyer 90.00
    ",
    );
}

/// A token that changed hands more often than is looked at gives its rest up, and nothing breaks.
#[test]
fn many_edits_end_somewhere() {
    let mut story = check("deposit buyer 9.00\n consent T0 buyer to shop multi total 30.00");
    story.play("pay A1 by shop from T0 10.00");
    for n in 0..9 {
        let to = if n % 2 == 0 { "balance" } else { "card" };
        story.play(&format!("edit-token T{n} as T{} to {to} -> done", n + 1));
    }
    let books = story.world.rows.clone();
    let cancel = story.transaction_id("A1").expect("it was made");
    let by = story
        .world
        .by(story.transaction("A1").expect("it was made").caller);
    let verdict = story.world.decide(
        &payments::commands::Cancel {
            by,
            transaction: cancel,
            description: None,
            ipn_url: None,
        }
        .into(),
    );
    assert!(verdict.answer.is_ok(), "{:?}", verdict.answer);
    let last = books.tokens.values().next_back().expect("ten tokens");
    let touched = verdict.changes.tokens;
    assert!(
        touched.iter().all(|(key, _)| *key != last.key),
        "{touched:?}"
    );
}

/// A token that changed hands more often than is looked at in one go is followed in several.
#[test]
fn a_plan_follows_its_token_however_often_that_changed() {
    let mut plan = Plan::start(FUNDED, |_| ());
    plan.charge_due();
    for (from, to, means) in [
        ("R1", "R2", "card"),
        ("R2", "R3", "balance"),
        ("R3", "R4", "card"),
        ("R4", "R5", "balance"),
        ("R5", "R6", "card"),
        ("R6", "R7", "balance"),
    ] {
        let step = format!("edit-token {from} as {to} to {means} -> done");
        plan.story.say(&step).expect("a step");
    }
    plan.story.world.wait_ms(DAY_MS);
    assert_eq!(plan.charge_due(), 2, "one step nearer, then the charge");
    assert_eq!(plan.charged(), [Some(500), Some(500)]);
    let newest = plan.story.token_id("R7").expect("made above");
    assert_eq!(Some(plan.row().token), newest.key());
}
