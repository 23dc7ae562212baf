//! boto 2.49 from PyPI, unmodified: a client that nobody here wrote.

use std::path::Path;
use std::process::Command;

use crate::harness::{Caller, Folder, Options, Receiver, Server, python, run};

/// Runs a story with the caller's values in the environment.
pub fn story(caller: &Caller, arguments: &[&str]) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/boto_client.py");
    let mut command = Command::new(python());
    // boto would look for its settings and credentials in the home folder.
    command
        .env_clear()
        .env("PYTHONWARNINGS", "ignore")
        .env("BOTO_CONFIG", "none");
    command.envs(caller.values()).arg(script).args(arguments);
    run(&mut command).trim().to_owned()
}

fn told(name: &str, story_name: &str) -> (Folder, Server, Caller, Receiver, String) {
    let folder = Folder::new(name);
    let receiver = Receiver::start();
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller = server.env(Some(&receiver.url("/ipn")));
    let said = story(&caller, &[story_name]);
    (folder, server, caller, receiver, said)
}

#[test]
fn reserves_settles_and_refunds() {
    let (_folder, server, caller, receiver, said) = told("boto-reserve", "reserve");
    let (id, refund) = said.split_once(' ').expect("two ids");
    receiver.wait_for(id, "RESERVE", "RESERVED");
    receiver.wait_for(id, "SETTLE", "SUCCESS");
    receiver.wait_for(refund, "REFUND", "SUCCESS");
    assert_eq!(caller.status(id), "Success");
    assert_eq!(server.command(&["check"]).code, 0);
}

#[test]
fn cancels() {
    let (_folder, _server, _caller, receiver, id) = told("boto-cancel", "cancel");
    receiver.wait_for(&id, "RESERVE", "CANCELLED");
}

#[test]
fn pays_and_reads_the_balance() {
    let (_folder, _server, _caller, receiver, said) = told("boto-pay", "pay");
    let (id, _balance) = said.split_once(' ').expect("an id and a balance");
    receiver.wait_for(id, "PAY", "SUCCESS");
}

#[test]
fn repeats_and_is_told_of_conflicts_by_their_class() {
    let (_folder, _server, caller, _receiver, id) = told("boto-replay", "replay");
    assert_eq!(caller.status(&id), "Reserved");
}

#[test]
fn finds_and_cancels_tokens() {
    let (_folder, _server, _caller, _receiver, code) = told("boto-tokens", "tokens");
    assert!(code.starts_with("TokenNotActive"), "{code}");
}

#[test]
fn verifies_what_it_was_told() {
    let folder = Folder::new("boto-verify");
    let receiver = Receiver::start();
    let server = Server::start(&folder.at("data"), &Options::default());
    let url = receiver.url("/ipn");
    let caller = server.env(Some(&url));
    let id = caller.reserved("verified", "10.00");
    let body = receiver.wait_for(&id, "RESERVE", "RESERVED").body;
    assert_eq!(story(&caller, &["verify", &url, &body]), "Success");
    for tampered in [
        body.replace("USD%2010", "USD%2011"),
        body.replace("RESERVED", "SUCCESS"),
        format!("{body}&paymentReason=more"),
    ] {
        assert_ne!(tampered, body);
        assert_eq!(
            story(&caller, &["verify", &url, &tampered]),
            "Failure",
            "{tampered}"
        );
    }
    let elsewhere = receiver.url("/other");
    assert_eq!(story(&caller, &["verify", &elsewhere, &body]), "Failure");
}
