//! A processor that never says what it did: a person looks, says so, and the books go on from there.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use crate::certificate::sent_by;
use crate::harness::{
    Browser, Caller, Folder, Options, Receiver, Said, Server, get, holdfast, pairs_of, value_of,
    wait,
};
use crate::signing_keys::judged;

/// Of this card the sandbox processor keeps no trace.
const NEVER_RECORDED: &str = "4000 0000 0000 3089";
/// How long it may take to give up: the key's life, a few look-ups, and this machine's own time.
const GIVEN_UP_MAX: Duration = Duration::from_secs(30);

/// A multi-use token of the sender's for a card that is entered on the pages.
fn token(caller: &Caller) -> String {
    let asked = [
        ("pipelineName", "MultiUse"),
        ("returnURL", "https://shop.example/back"),
        ("callerReference", "box"),
        ("globalAmountLimit", "500.00"),
        ("paymentMethod", "CC"),
    ];
    let mut browser = Browser::open(&caller.address, &sent_by(caller, &asked));
    let email = caller.value("SENDER_EMAIL");
    let password = caller.value("SENDER_PASSWORD");
    browser.press("sign-in", &[("email", email), ("password", password)]);
    let year = (jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .year()
        + 2)
    .to_string();
    let card = [
        ("card_number", NEVER_RECORDED),
        ("card_month", "4"),
        ("card_year", year.as_str()),
        ("card_code", "123"),
        ("card_name", "Ada Fern"),
    ];
    browser.press("add-card", &card);
    browser.press("confirm", &[]);
    let back = browser.sent_to();
    let (_, query) = back.split_once('?').expect("a result");
    value_of(&pairs_of(query), "tokenID")
        .expect("a token")
        .to_owned()
}

fn reserve(caller: &Caller, token: &str, reference: &str) -> String {
    let asked = [
        ("SenderTokenId", token),
        ("CallerReference", reference),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", "20.00"),
    ];
    caller.must("Reserve", &asked).must("TransactionId")
}

/// Waits until somebody has to look.
fn given_up(caller: &Caller, server: &Server, id: &str) {
    wait::until("the outcome to be given up", GIVEN_UP_MAX, || {
        // What is put off is put off in product time.
        server.json(&["clock", "advance", "10m"]);
        let status = caller.must("GetTransactionStatus", &[("TransactionId", id)]);
        (status.text("StatusCode").as_deref() == Some("PendingVerification")).then_some(())
    });
    assert_eq!(caller.status(id), "Pending");
    let stuck = server.json(&["stuck", "--older", "7d"]);
    let rows = stuck.as_array().expect("a list");
    let parked = |row: &&Value| row["transaction"] == id && row["parked"] == true;
    assert_eq!(rows.iter().filter(parked).count(), 1, "{stuck}");
}

fn resolve(server: &Server, id: &str, outcome: &str, note: &str) -> i32 {
    let said = server.command(&["transaction", "resolve", id, outcome, "--note", note]);
    said.code
}

fn server(folder: &Folder, data: &Path) -> Server {
    let config = folder.write("short.toml", "sandbox_key_life_s = 4\n");
    let options = Options {
        config: Some(config),
        ..Options::default()
    };
    Server::start(data, &options)
}

#[test]
fn a_person_ends_what_cannot_be_found_out() {
    let folder = Folder::new("resolve");
    let receiver = Receiver::start();
    let data = folder.at("data");
    let server = server(&folder, &data);
    let caller = server.env(Some(&receiver.url("/ipn")));
    let token = token(&caller);
    let (yes, no) = (
        reserve(&caller, &token, "yes"),
        reserve(&caller, &token, "no"),
    );
    given_up(&caller, &server, &yes);
    given_up(&caller, &server, &no);

    assert_eq!(
        resolve(
            &server,
            &no,
            "declined",
            "Ada looked: never reached the bank"
        ),
        0
    );
    caller.wait_for(&no, "Failure");
    let told = receiver.wait_for(&no, "RESERVE", "FAILURE");
    assert_eq!(
        told.field("statusCode").as_deref(),
        Some("TransactionDenied")
    );
    let shown = server.json(&["transaction", "show", &no]);
    assert_eq!(
        shown["message"], "Ada looked: never reached the bank",
        "{shown}"
    );

    assert_eq!(resolve(&server, &yes, "approved", "Ada looked: held"), 0);
    caller.wait_for(&yes, "Reserved");
    receiver.wait_for(&yes, "RESERVE", "RESERVED");
    let held = server.json(&["transaction", "show", &yes]);
    assert_eq!(held["postings"][0]["layer"], "Hold", "{held}");
    assert_eq!(
        server.json(&["stuck", "--older", "7d"]),
        Value::Array(Vec::new())
    );
    for id in [&yes, &no] {
        assert_eq!(
            resolve(&server, id, "approved", "again"),
            1,
            "it is known by now"
        );
    }
    assert_eq!(server.command(&["check"]).code, 0);
    assert!(server.stop().success());
    let closed = Said::of(holdfast().args(["check", "--data"]).arg(&data));
    assert_eq!(closed.code, 0, "{closed:?}");
}

/// A command without a server does not know where the next one will listen, nor does a setting that
/// leaves the port open: what it records is told with the address of the server that tells it.
#[test]
fn what_is_resolved_on_a_closed_store_names_the_server_that_tells_it() {
    let folder = Folder::new("resolve-closed");
    let receiver = Receiver::start();
    let data = folder.at("data");
    let running = server(&folder, &data);
    let caller = running.env(Some(&receiver.url("/ipn")));
    let token = token(&caller);
    let paid = caller.reserve("paid", "3.00");
    caller.wait_for(&paid, "Reserved");
    let id = reserve(&caller, &token, "yes");
    given_up(&caller, &running, &id);
    assert!(running.stop().success());

    let closed = |arguments: &[&str]| {
        let mut command = holdfast();
        command.env("HOLDFAST_LISTEN", "127.0.0.1:0").arg("--data");
        Said::of(command.arg(&data).args(arguments))
    };
    // Work that nobody can read, of a kind that is not known, keeps nobody from theirs.
    let books = Connection::open(data.join("holdfast.db")).expect("the books");
    let unreadable = "INSERT INTO works SELECT due, key + 1, 98, subject, tries, since - 3600000, \
        leased_until FROM works LIMIT 1";
    assert_eq!(books.execute(unreadable, []).expect("written"), 1);
    let stuck = closed(&["stuck", "--json"]).json();
    let problems = stuck.as_array().expect("a list").iter();
    let problems: Vec<&Value> = problems.filter(|row| !row["problem"].is_null()).collect();
    let [problem] = problems[..] else {
        panic!("one row is named: {stuck}")
    };
    let named = problem["problem"].as_str().expect("words");
    assert!(named.contains("corrupt row in works"), "{stuck}");
    assert!(problem["work"].is_null(), "{stuck}");
    let no_work = closed(&[
        "transaction",
        "resolve",
        &paid,
        "approved",
        "--note",
        "held",
    ]);
    assert_eq!(
        no_work.code, 1,
        "the row may be about this one: {no_work:?}"
    );
    assert!(no_work.err.contains("corrupt row in works"), "{no_work:?}");
    let said = closed(&["transaction", "resolve", &id, "approved", "--note", "held"]);
    assert_eq!(said.code, 0, "{said:?}");
    let gone = books.execute("DELETE FROM works WHERE kind = 98", []);
    assert_eq!(gone.expect("deleted"), 1);
    drop(books);
    let said = closed(&["sandbox", "env"]);
    assert_eq!(said.code, 1, "an endpoint that nobody can reach: {said:?}");
    assert!(said.err.contains("`listen`"), "{said:?}");
    let accounts = closed(&["account", "list", "--json"]).json();
    assert_eq!(accounts.as_array().map(Vec::len), Some(3), "{accounts}");
    // The command's lease of the notification, as if its time had passed.
    let books = Connection::open(data.join("holdfast.db")).expect("the books");
    let lapsed = books.execute("UPDATE works SET leased_until = 0", []);
    assert_ne!(lapsed.expect("written"), 0, "it is still to be told");
    drop(books);

    let running = server(&folder, &data);
    let told = receiver.wait_for(&id, "RESERVE", "RESERVED");
    let certificate = told.field("certificateUrl").expect("an address");
    let path = certificate.strip_prefix(&running.url);
    let path = path.unwrap_or_else(|| panic!("{certificate} is not at {}", running.url));
    let served = get(running.address(), path, &[]).expect("a certificate");
    assert_eq!(served.status, 200, "{path}");
    let judged = judged(&running.again(&caller), &receiver, &told.body);
    assert_eq!(judged, "Success");
}
