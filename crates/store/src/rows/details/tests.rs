use payments::TokenKey;
use payments::ids::TOKEN_NONCE_BYTES;

use super::*;
use crate::conformance::samples;

const NONCE: [u8; TOKEN_NONCE_BYTES] = [200; TOKEN_NONCE_BYTES];

fn beside(row: &Transaction) -> Beside {
    let token = row.sender_token.map(|key| TokenId::of(key, &NONCE));
    Beside {
        amount: row.amount,
        sender_token: token,
    }
}

fn whole(row: &Transaction) -> String {
    serde_json::to_string(&Details::of(row, None)).expect("plain values")
}

/// Beside the token of the samples.
fn short(row: &Transaction) -> String {
    let tokens = samples::all().tokens;
    serde_json::to_string(&Details::of(row, Some(&tokens))).expect("plain values")
}

fn read(text: &str) -> Details<'static> {
    serde_json::from_str(text).expect("details")
}

/// A reservation of 7.00 under the token 1004.
fn sample() -> Transaction {
    let (_, row) = samples::all().transactions.remove(0);
    Transaction::clone(&row.expect("it is written"))
}

/// The same, asked for with these changes.
fn asked(change: impl FnOnce(&mut PaymentAsked)) -> Transaction {
    let mut row = sample();
    let Asked::Reserve(asked) = &*row.asked else {
        panic!("a reservation: {:?}", row.asked);
    };
    let mut asked = asked.clone();
    change(&mut asked);
    row.asked = Arc::new(Asked::Reserve(asked));
    row
}

#[test]
fn what_stands_beside_is_left_out_and_comes_back() {
    let row = sample();
    let (whole, short) = (whole(&row), short(&row));
    assert_eq!(
        short,
        r#"{"asked":{"Reserve":{"charge_fee_to":"Recipient","caller_description":"a book","#
            .to_owned()
            + r#""descriptor":{"kind":"Dynamic","owner":"Caller"},"timeout_mins":7,"#
            + r#""marketplace_fixed":[20000,"USD"],"marketplace_rate":10000}},"#
            + r#""fee_lines":[[0,29000,300000]]}"#
    );
    assert!(whole.contains("\"sender_token\":\"T") && whole.contains("\"amount\":[7000000,"));
    for text in [whole, short] {
        let details = read(&text);
        let lines = details.fee_lines(row.amount.currency());
        assert_eq!(lines.as_deref(), Some(&*row.fee_lines), "{text}");
        assert_eq!(
            details.asked(beside(&row)).as_ref(),
            Some(&*row.asked),
            "{text}"
        );
    }
}

#[test]
fn what_is_not_beside_it_is_kept() {
    let other_token = asked(|asked| asked.sender_token = TokenId::of(TokenKey(9), &NONCE));
    let other_id = asked(|asked| asked.sender_token = TokenId::of(TokenKey(1_004), &[7; 31]));
    let foreign = TokenId::parse(&"Z".repeat(TokenId::LENGTH)).expect("well formed");
    let foreign_id = asked(|asked| asked.sender_token = foreign.clone());
    let no_token = Transaction {
        sender_token: None,
        ..foreign_id.clone()
    };
    let other_amount = asked(|asked| asked.amount = Amount::zero(asked.amount.currency()));
    let elsewhere = Transaction {
        sender_token: Some(TokenKey(1_003)),
        ..sample()
    };
    for row in [
        other_token,
        other_id,
        foreign_id,
        no_token,
        elsewhere,
        other_amount,
    ] {
        let details = read(&short(&row));
        assert_eq!(details.asked(beside(&row)).as_ref(), Some(&*row.asked));
    }
}

#[test]
fn a_sender_that_nothing_names_is_no_details() {
    let row = sample();
    let nothing = || Beside {
        sender_token: None,
        ..beside(&row)
    };
    assert_eq!(read(&short(&row)).asked(nothing()), None);
    assert!(read(&whole(&row)).asked(nothing()).is_some());
}

#[test]
fn a_line_keeps_its_minimum_and_its_rounding() {
    let mut row = sample();
    let line = row.fee_lines[0];
    let (mut dear, mut fine) = (line, line);
    dear.rule.minimum = line.rule.fixed;
    fine.rule.rounding = Rounding::HalfUpToMicros;
    row.fee_lines = Arc::from([line, dear, fine]);
    let text = short(&row);
    let lines = "[[0,29000,300000],[0,29000,300000,300000,false],[0,29000,300000,0,true]]";
    assert!(text.contains(lines), "{text}");
    let back = read(&text).fee_lines(row.amount.currency());
    assert_eq!(back.as_deref(), Some(&*row.fee_lines));
}
