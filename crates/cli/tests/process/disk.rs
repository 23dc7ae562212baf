//! No more room on the disk: requests are refused clearly, nothing is lost, and it goes on after.
//!
//! The room is taken away by a limit on the size of files, which needs no privilege and can be
//! lifted again while the server runs.

use std::path::Path;
use std::process::Command;

use crate::harness::{Answer, Books, Folder, Options, Server, get, run, wait};

/// Starts the server with files of 1.5 MiB at most; writing beyond is an error and no signal.
const LIMITED: &str = "trap '' XFSZ; ulimit -S -f 1536; exec \"$@\"";
/// Requests after which the disk must have been full.
const REQUESTS_MAX: usize = 20_000;
/// Refusals after which the server must know that it cannot write.
const REFUSALS_MAX: usize = 500;

#[test]
fn a_full_disk_is_survived() {
    let folder = Folder::new("disk");
    let data = folder.at("data");
    let options = Options {
        shell: Some(LIMITED),
        ..Options::default()
    };
    let server = Server::start(&data, &options);
    let caller = server.env(None);

    let mut acknowledged = Vec::new();
    let mut refused: Vec<(String, Answer)> = Vec::new();
    for count in 0..REQUESTS_MAX {
        let reference = format!("reference-{count}");
        let answer = caller.call("Reserve", &caller.payment(&reference, "5.00"));
        match answer.text("TransactionId") {
            Some(id) => acknowledged.push((reference, id)),
            None => refused.push((reference, answer)),
        }
        let asked = || get(server.address(), "/readyz", &[]).expect("an answer");
        if 20 <= refused.len() && asked().status == 503 {
            break;
        }
        assert!(
            refused.len() < REFUSALS_MAX,
            "it counts as ready, and refuses all the same"
        );
    }
    assert!(!acknowledged.is_empty());
    assert!(20 <= refused.len(), "the disk was never full");
    for (reference, answer) in &refused {
        let code = answer.text("Code").unwrap_or_default();
        let clear = (500, "InternalError") == (answer.status, code.as_str())
            || (503, "ServiceUnavailable") == (answer.status, code.as_str());
        assert!(clear, "{reference}: {answer:?}");
    }
    assert_eq!(
        get(server.address(), "/healthz", &[])
            .expect("alive")
            .status,
        200
    );

    told_once(&data, &refused);

    // Room again, without a restart.
    run(Command::new("prlimit").args(["--pid", &server.id().to_string(), "--fsize=unlimited"]));
    wait::until(
        "the server to write again",
        std::time::Duration::from_secs(20),
        || {
            let ready = get(server.address(), "/readyz", &[]).ok()?;
            (ready.status == 200).then_some(())
        },
    );
    for (reference, id) in &acknowledged {
        assert_eq!(caller.reserve(reference, "5.00"), *id, "{reference}");
        caller.wait_for(id, "Reserved");
    }
    for (reference, _) in &refused {
        // A refusal of ours used up no reference.
        let id = caller.reserve(reference, "5.00");
        caller.wait_for(&id, "Reserved");
    }
    assert_eq!(server.command(&["check"]).code, 0);
    assert!(server.stop().success());
    Books::open(&data).assert_reconciled();
}

/// What the operator reads of the failures: each request's, once.
fn told_once(data: &Path, refused: &[(String, Answer)]) {
    let failed = refused.iter().filter(|(_, answer)| answer.status == 500);
    let log = std::fs::read_to_string(data.with_extension("log")).expect("a log");
    let errors: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(" ERROR "))
        .collect();
    let told = errors
        .iter()
        .filter(|line| line.contains("the store failed a request"));
    assert_eq!(told.count(), failed.count(), "{errors:#?}");
    let twice = errors.iter().filter(|line| line.contains("store::writer"));
    assert_eq!(twice.count(), 0, "{errors:#?}");
}
