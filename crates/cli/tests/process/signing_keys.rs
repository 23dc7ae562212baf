//! Signing keys are exchanged while the server runs: what is recorded keeps its certificate, what comes
//! next has the new one, and both are served and recognised, after a restart too.

use std::time::Duration;

use serde_json::Value;

use crate::certificate::{returned, sent_by, verify};
use crate::harness::{
    Browser, Caller, Folder, Options, Received, Receiver, Server, get, string_to_sign, value_of,
    wait,
};

/// How long a try may take once its time has come.
const TRY_MAX: Duration = Duration::from_secs(15);

fn certificate(told: &Received) -> String {
    told.field("certificateUrl").expect("a certificate")
}

/// `openssl` verifies a notification against the certificate that it names.
fn verified(folder: &Folder, receiver: &Receiver, told: &Received) {
    let pairs = told.pairs();
    let text = string_to_sign("POST", &receiver.address, &told.target, &pairs);
    verify(folder, &text, &pairs);
}

/// What VerifySignature says of a notification.
pub fn judged(caller: &Caller, receiver: &Receiver, body: &str) -> String {
    let end_point = receiver.url("/ipn");
    let asked = [
        ("UrlEndPoint", end_point.as_str()),
        ("HttpParameters", body),
    ];
    caller
        .must("VerifySignature", &asked)
        .must("VerificationStatus")
}

/// Lets product time pass until the receiver has heard so much.
fn heard(server: &Server, receiver: &Receiver, count: usize) -> Vec<Received> {
    server.json(&["clock", "advance", "5m"]);
    wait::until("another try", TRY_MAX, || {
        let all = receiver.all();
        (count <= all.len()).then_some(all)
    })
}

#[test]
fn a_new_key_signs_and_the_old_one_is_still_known() {
    let folder = Folder::new("rotate");
    let data = folder.at("data");
    let receiver = Receiver::start();
    let server = Server::start(&data, &Options::default());
    let caller = server.env(Some(&receiver.url("/ipn")));

    // What is recorded keeps its certificate over the exchange.
    receiver.answer_next(&[500]);
    let id = caller.reserve("one", "10.00");
    wait::until("the first try", TRY_MAX, || {
        (!receiver.all().is_empty()).then_some(())
    });
    let second = server.json(&["signing-key", "rotate"]);
    assert_eq!(second["current"], Value::from(true));
    let all = heard(&server, &receiver, 3);
    assert_eq!(all[1].body, all[0].body, "every try sends the same bytes");
    let first = certificate(&all[0]);
    assert_ne!(second["certificate"], Value::from(first.as_str()));
    caller.settled(&id);
    let settled = receiver.wait_for(&id, "SETTLE", "SUCCESS");
    assert_eq!(Value::from(certificate(&settled)), second["certificate"]);
    for told in [&all[0], &settled] {
        verified(&folder, &receiver, told);
        assert_eq!(judged(&caller, &receiver, &told.body), "Success");
    }
    let forged = settled.body.replace("SUCCESS", "FAILURE");
    assert_eq!(judged(&caller, &receiver, &forged), "Failure");
    comes_back_with(&folder, &caller, &second["certificate"]);

    // Keys of one day have addresses of their own.
    let third = server.json(&["signing-key", "rotate"]);
    let listed = server.json(&["signing-key", "list"]);
    let ids: Vec<&str> = listed
        .as_array()
        .expect("a list")
        .iter()
        .map(|key| key["id"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids.len(), 3, "{listed}");
    assert!(
        ids.iter()
            .all(|id| id.len() == 6 && id.parse::<u32>().is_ok()),
        "{ids:?}"
    );
    assert!(
        ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2],
        "{ids:?}"
    );
    assert_eq!(listed[2], third);
    assert!(server.stop().success());

    // All of it holds after a restart, and for a key that was made while no server ran.
    let closed = crate::harness::Said::of(
        crate::harness::holdfast()
            .args(["signing-key", "rotate", "--json", "--data"])
            .arg(&data),
    );
    assert_eq!(closed.code, 0, "{closed:?}");
    let server = Server::start(&data, &Options::default());
    let caller = server.again(&caller);
    for key in ids {
        let served = get(server.address(), &format!("/certs/{key}/PKICert.pem"), &[]);
        assert_eq!(served.expect("a certificate").status, 200, "{key}");
    }
    for told in [&all[0], &settled] {
        assert_eq!(judged(&caller, &receiver, &told.body), "Success");
    }
    let id = caller.reserved("two", "10.00");
    let told = receiver.wait_for(&id, "RESERVE", "RESERVED");
    verified(&folder, &receiver, &told);
    let listed = server.json(&["signing-key", "list"]);
    assert_eq!(listed[3]["certificate"], Value::from(certificate(&told)));
}

/// A person who leaves comes back with a result that the current key signed.
fn comes_back_with(folder: &Folder, caller: &Caller, certificate: &Value) {
    let asked = [
        ("pipelineName", "SingleUse"),
        ("returnURL", "https://shop.example/back"),
        ("callerReference", "left"),
        ("transactionAmount", "25.00"),
    ];
    let mut browser = Browser::open(&caller.address, &sent_by(caller, &asked));
    browser.press("cancel", &[]);
    let left = returned(folder, &browser.sent_to());
    assert_eq!(value_of(&left, "certificateUrl"), certificate.as_str());
}

#[test]
fn a_retry_after_a_restart_sends_the_same_bytes() {
    let folder = Folder::new("frozen");
    let data = folder.at("data");
    let receiver = Receiver::start();
    let server = Server::start(&data, &Options::default());
    let caller = server.env(Some(&receiver.url("/ipn")));
    receiver.answer_next(&[500]);
    let id = caller.reserve("one", "10.00");
    wait::until("the try to be written down", TRY_MAX, || {
        let listed = server.json(&["notification", "list", &id]);
        (listed[0]["tries"] == 1).then_some(())
    });
    let before = server.address().to_owned();
    assert!(server.stop().success());

    // On a free port, the server's own address is another one now.
    let server = Server::start(&data, &Options::default());
    assert_ne!(server.address(), before);
    let all = heard(&server, &receiver, 2);
    assert_eq!(all[1].body, all[0].body);
    assert_eq!(all[1].header("webhook-id"), all[0].header("webhook-id"));
    assert!(certificate(&all[1]).contains(&before));
    let caller = server.again(&caller);
    assert_eq!(judged(&caller, &receiver, &all[1].body), "Success");
}
