//! SIGTERM and Ctrl-C: what was begun is finished, nothing new is taken, ten seconds at most.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::harness::{Folder, Options, Reply, Server, wait};

/// Requests under way at the stop.
const UNDER_WAY: usize = 32;
/// What the server promises.
const STOP_MAX: Duration = Duration::from_secs(10);

fn stops_in_order(signal: &str) {
    let folder = Folder::new(&format!("stop-{signal}"));
    let data = folder.at("data");
    let mut server = Server::start(&data, &Options::default());
    let caller = server.env(None);
    // Requests of which the server has the first half; and a connection that nobody uses.
    let mut begun: Vec<(TcpStream, String)> = (0..UNDER_WAY)
        .map(|number| {
            let reference = format!("half-{number}");
            let query = caller.query(
                &caller.address,
                "Reserve",
                &caller.payment(&reference, "5.00"),
            );
            begin(&caller.address, &query)
        })
        .collect();
    let mut idle = TcpStream::connect(server.address()).expect("a connection");
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .expect("sent");
    let mut first = [0; 12];
    idle.read_exact(&mut first).expect("answered");

    let began = Instant::now();
    server.signal(signal);
    wait::until("the server to take no more", Duration::from_secs(5), || {
        TcpStream::connect(server.address()).is_err().then_some(())
    });
    assert!(server.ended().is_none(), "requests are under way");
    for (stream, rest) in &mut begun {
        stream
            .write_all(rest.as_bytes())
            .expect("the server still listens to it");
    }
    for (stream, _) in &mut begun {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        let reply = Reply::read(&bytes).expect("a whole answer");
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    assert!(server.wait().success());
    assert!(began.elapsed() < STOP_MAX, "{:?}", began.elapsed());

    let server = Server::start(&data, &Options::default());
    let caller = server.again(&caller);
    for number in 0..UNDER_WAY {
        let reference = format!("half-{number}");
        let id = caller.reserve(&reference, "5.00");
        caller.wait_for(&id, "Reserved");
    }
    assert_eq!(server.command(&["check"]).code, 0);
}

/// Sends a request up to the middle of its body; gives the rest. Everything is in the query, so the
/// string that was signed begins with GET; the body is read and of no use.
fn begin(address: &str, query: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(15)))
        .expect("a limit");
    let head = format!("GET /?{query} HTTP/1.1\r\nHost: {address}\r\nContent-Length: 4\r\n");
    let kind = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n";
    stream
        .write_all(format!("{head}{kind}&&").as_bytes())
        .expect("sent");
    (stream, "&&".to_owned())
}

#[test]
fn sigterm_finishes_what_was_begun() {
    stops_in_order("TERM");
}

#[test]
fn an_interrupt_finishes_what_was_begun() {
    stops_in_order("INT");
}
