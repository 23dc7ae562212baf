//! Parameters of readings: lists, pages, and the other names that old clients have for them.

use payments::rows::{Operation, Status};
use payments::{Party, TokenId};
use wire::{Read, Request};

use crate::common::{RECIPIENT_TOKEN, ask, with};

fn activity(own: &[(&'static str, &'static str)]) -> Result<wire::ActivityAsked, wire::WireError> {
    let mut pairs = vec![("StartDate", "2009-10-01T00:00:00Z")];
    pairs.extend_from_slice(own);
    let asked = ask(&with("GetAccountActivity", &pairs))?;
    let Request::Read(Read::Activity(asked)) = asked else {
        panic!("{asked:?}")
    };
    Ok(asked)
}

#[test]
#[rustfmt::skip] // a table reads by its columns
fn an_activity_by_all_its_names() {
    let plain = activity(&[]).expect("accepted");
    assert_eq!((plain.most, plain.ascending, plain.to), (20, false, None));
    assert_eq!((plain.operation, plain.method, plain.status), (None, None, None));
    assert_eq!(plain.roles, []);
    for own in [
        &[("FPSOperation", "Pay"), ("TransactionStatus", "Success")][..],
        &[("Operation", "Pay"), ("Status", "Success"), ("ResponseGroup", "Detail")],
        &[("Operation", "Pay"), ("FPSOperation", "Pay"), ("Status", "Success")],
    ] {
        let asked = activity(own).expect("accepted");
        assert_eq!(asked.operation, Some(Operation::Pay));
        assert_eq!(asked.status, Some(Status::Success));
    }
    let twice = activity(&[("Operation", "Pay"), ("FPSOperation", "Refund")]);
    assert!(twice.expect_err("two values").message.contains("fpsOperation is specified twice"));
    for (own, roles) in [
        (&[("Role", "Sender")][..], &[Party::Sender][..]),
        (&[("Role.1", "Sender"), ("Role.2", "Caller")], &[Party::Sender, Party::Caller]),
        (&[("Role.2", "Sender"), ("Role.1", "Caller")], &[Party::Caller, Party::Sender]),
        (&[("Role.9", "Recipient")], &[Party::Recipient]),
        (&[("Role", "Sender,Recipient")], &[Party::Sender, Party::Recipient]),
    ] {
        assert_eq!(activity(own).expect("accepted").roles, roles, "{own:?}");
    }
    for (name, value, said) in [
        ("MaxBatchSize", "19", "a whole number from 20 to 200"),
        ("MaxBatchSize", "201", "a whole number from 20 to 200"),
        ("EndDate", "tomorrow", "\"endDate\" has to be a date and time in ISO8601 format"),
        ("Role.1", "Boss", "\"role\" has to be one of Sender, Caller, Recipient"),
        ("Status", "Done", "\"transactionStatus\" has to be one of"),
        ("SortOrderByDate", "ascending", "one of Ascending, Descending"),
    ] {
        let refused = activity(&[(name, value)]).expect_err(name);
        assert_eq!(refused.code, "InvalidParams", "{name}");
        assert!(refused.message.contains(said), "{name}: {}", refused.message);
    }
    let whole = activity(&[("MaxBatchSize", "200"), ("SortOrderByDate", "Ascending")]);
    let whole = whole.expect("accepted");
    assert_eq!((whole.most, whole.ascending), (200, true));
}

#[test]
fn other_names_of_parameters() {
    let pairs = with(
        "GetRecipientVerificationStatus",
        &[("RecipientTokenID", RECIPIENT_TOKEN)],
    );
    let token = TokenId::parse(RECIPIENT_TOKEN).expect("an id");
    let asked = ask(&pairs).expect("accepted");
    assert!(matches!(asked, Request::Read(Read::RecipientVerification(id)) if id == token));
}
