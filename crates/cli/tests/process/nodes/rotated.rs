//! Signing keys are exchanged on one server, and the other signs with the new one at once; each serves
//! and knows what any of them has made.

use serde_json::Value;

use super::cluster::Nodes;
use crate::certificate::verify;
use crate::harness::{Caller, Folder, Received, Receiver, get, string_to_sign};

/// The path under which a notification's certificate is served.
fn certificate_path(told: &Received) -> String {
    let url = told.field("certificateUrl").expect("a certificate");
    let (_, path) = url.split_once("/certs/").expect("a path");
    format!("/certs/{path}")
}

/// `openssl` verifies a notification against the certificate as one server serves it.
fn verified(folder: &Folder, receiver: &Receiver, told: &Received, address: &str) {
    let mut pairs = told.pairs();
    let text = string_to_sign("POST", &receiver.address, &told.target, &pairs);
    let served = format!("http://{address}{}", certificate_path(told));
    for (name, value) in &mut pairs {
        if name == "certificateUrl" {
            value.clone_from(&served);
        }
    }
    verify(folder, &text, &pairs);
}

/// What VerifySignature says of a notification.
fn judged(caller: &Caller, receiver: &Receiver, told: &Received) -> String {
    let end_point = receiver.url("/ipn");
    let asked = [
        ("UrlEndPoint", end_point.as_str()),
        ("HttpParameters", &told.body),
    ];
    caller
        .must("VerifySignature", &asked)
        .must("VerificationStatus")
}

/// Exchanges the key at one server; gives the address of the new certificate.
fn rotate(nodes: &Nodes, number: usize) -> String {
    let made = nodes.with(number, |server| server.json(&["signing-key", "rotate"]));
    let address = made["certificate"].as_str();
    address.unwrap_or_else(|| panic!("{made}")).to_owned()
}

#[test]
fn a_key_that_one_node_makes_signs_on_all() {
    let folder = Folder::new("rotated-keys");
    let receiver = Receiver::start();
    let nodes = Nodes::start("rotated", 2);
    let first = nodes.with(0, |server| server.env(Some(&receiver.url("/ipn"))));
    let callers = [0, 1].map(|number| nodes.caller_at(number, &first));

    let old = callers[1].reserve("old", "10.00");
    let mut told = vec![receiver.wait_for(&old, "RESERVE", "PENDING")];
    // In both directions, so that each has made one that the other takes over.
    for (making, other) in [(0, 1), (1, 0)] {
        let new = rotate(&nodes, making);
        let id = callers[other].reserve(&format!("new-{making}"), "10.00");
        let next = receiver.wait_for(&id, "RESERVE", "PENDING");
        assert_eq!(
            next.field("certificateUrl"),
            Some(new),
            "the next one has it"
        );
        told.push(next);
    }
    for (number, caller) in callers.iter().enumerate() {
        for one in &told {
            verified(&folder, &receiver, one, &nodes.address(number));
            assert_eq!(judged(caller, &receiver, one), "Success", "node {number}");
        }
    }
}

#[test]
fn keys_that_nodes_make_at_once_are_different_and_none_is_lost() {
    const EACH: usize = 3;
    let nodes = Nodes::start("rotating", 2);
    let made: Vec<String> = std::thread::scope(|scope| {
        let nodes = &nodes;
        let making: Vec<_> = (0..nodes.count())
            .map(|number| scope.spawn(move || [(); EACH].map(|()| rotate(nodes, number))))
            .collect();
        let made = making.into_iter().map(|one| one.join().expect("made"));
        made.flatten().collect()
    });
    for number in 0..nodes.count() {
        // Asked for at once: nobody waits for the other node's next look.
        for address in &made {
            let (_, path) = address.split_once("/certs/").expect("a path");
            let served = get(&nodes.address(number), &format!("/certs/{path}"), &[]);
            assert_eq!(
                served.expect("a reply").status,
                200,
                "{address} at {number}"
            );
        }
        let listed = nodes.with(number, |server| server.json(&["signing-key", "list"]));
        let listed: Vec<&Value> = listed.as_array().expect("a list").iter().collect();
        assert_eq!(listed.len(), 1 + made.len(), "{listed:?}");
        for address in &made {
            let times = listed.iter().filter(|key| key["certificate"] == **address);
            assert_eq!(times.count(), 1, "{address}: {listed:?}");
        }
    }
}
