//! Power cuts: at every step that has a name, and at random under load.
//!
//! The clients keep a journal of what they sent and of what was acknowledged. After the last
//! restart every sent reference is sent again, and journal, books, processor and notifications are
//! compared: everything acknowledged is there, nothing twice, and each side agrees with the others.

pub mod journal;
pub mod load;
mod steps;

use std::path::Path;
use std::time::Duration;

use journal::Journal;

use crate::harness::{Books, Caller, Options, Receiver, Server, wait};

/// Where certificates are said to be: the same over all restarts, although the port is not.
pub const CERTIFICATE_BASE: &str = "https://fps.sandbox.amazonaws.com";
/// How long what a dead server left over may take to be done.
pub const RECOVERY_MAX: Duration = Duration::from_secs(75);

fn options() -> Options {
    Options::default().with("HOLDFAST_CERTIFICATE_BASE_URL", CERTIFICATE_BASE)
}

/// Waits until a server has done what was left over.
fn recover(_running: &Server, data: &Path) {
    wait::until("what was left over to be done", RECOVERY_MAX, || {
        let books = Books::open(data);
        (books.work_left() == 0 && books.untold() == 0).then_some(())
    });
}

/// Starts the server once more and compares everything with everything.
fn prove(data: &Path, caller: &Caller, receiver: &Receiver, journal: &mut Journal) {
    let server = Server::start(data, &options());
    let caller = server.again(caller);
    // A refund that came too early for what it refunds is taken the second time.
    for _ in 0..2 {
        journal
            .send_unanswered(&caller)
            .expect("nobody kills the server now");
        recover(&server, data);
    }
    journal.assert_statuses(&caller);
    let live = server.command(&["check"]);
    assert_eq!(live.code, 0, "{live:?}");
    let stuck = server.json(&["stuck"]);
    assert_eq!(stuck.as_array().map(Vec::len), Some(0), "{stuck}");
    assert!(server.stop().success());

    let books = Books::open(data);
    books.assert_reconciled();
    journal.assert_booked_once(&books);
    journal.assert_told(&receiver.all());
    let checked = crate::harness::Said::of(
        crate::harness::holdfast()
            .args(["check", "--data"])
            .arg(data),
    );
    assert_eq!(checked.code, 0, "{checked:?}");
}
