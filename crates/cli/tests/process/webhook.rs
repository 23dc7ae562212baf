//! The Standard Webhooks signature, checked by `openssl` with the secret that the command line shows.

use std::process::Command;
use std::time::Duration;

use crate::harness::{Caller, Folder, Options, Received, Receiver, Server, run};

/// The HMAC of a file under a secret in Base64, as the convention has it.
const HMAC: &str = "key=$(printf %s \"$1\" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n'); \
    openssl dgst -sha256 -mac HMAC -macopt \"hexkey:$key\" -binary \"$2\" | openssl base64 -A";

/// The signature that a receiver expects.
fn expected(folder: &Folder, secret: &str, told: &Received) -> String {
    let secret = secret
        .strip_prefix("whsec_")
        .expect("the convention's prefix");
    let (id, time) = (told.header("webhook-id"), told.header("webhook-timestamp"));
    let signed = folder.write("signed", format!("{id}.{time}.{}", told.body));
    let mut shell = Command::new("bash");
    shell.args(["-c", HMAC, "hmac", secret]).arg(signed);
    format!("v1,{}", run(&mut shell))
}

fn secret(server: &Server, verb: &str, caller: &Caller) -> String {
    let account = caller.value("CALLER_EMAIL");
    let said = server.json(&["account", "webhook-secret", verb, account]);
    said["webhook_secret"]
        .as_str()
        .expect("a secret")
        .to_owned()
}

#[test]
fn a_receiver_checks_notifications_with_the_shown_secret() {
    let folder = Folder::new("webhook");
    let receiver = Receiver::start();
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller = server.env(Some(&receiver.url("/ipn")));
    let first = secret(&server, "show", &caller);
    assert_eq!(secret(&server, "show", &caller), first);
    let id = caller.reserved("one", "10.00");
    let told = receiver.wait_for(&id, "RESERVE", "RESERVED");
    assert_eq!(
        told.header("webhook-signature"),
        expected(&folder, &first, &told)
    );
    let time: i64 = told.header("webhook-timestamp").parse().expect("seconds");
    assert!((jiff::Timestamp::now().as_second() - time).abs() < 300);

    let second = secret(&server, "rotate", &caller);
    assert_ne!(second, first);
    assert_eq!(secret(&server, "show", &caller), second);
    // A secret is remembered for a second.
    let later =
        crate::harness::wait::until("the new secret to sign", Duration::from_secs(10), || {
            let id = caller.reserved(&jiff::Timestamp::now().to_string(), "10.00");
            let told = receiver.wait_for(&id, "RESERVE", "RESERVED");
            let signatures = told.header("webhook-signature");
            let signed = signatures.starts_with(&expected(&folder, &second, &told));
            signed.then_some(told)
        });
    // A receiver that has not heard of the new secret yet finds the signature it knows.
    let both = [&second, &first].map(|secret| expected(&folder, secret, &later));
    assert_eq!(later.header("webhook-signature"), both.join(" "));
    let shown = server.json(&["account", "show", caller.value("CALLER_EMAIL")]);
    assert!(
        !shown.to_string().contains("whsec_"),
        "shown where it is asked for, and nowhere else"
    );
}
