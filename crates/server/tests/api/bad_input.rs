//! Broken and oversized requests: a documented error each, nothing written, and the server goes on.

use signing::Verb;

use crate::kit::{Pairs, Reply, Scene, encode, exchange, pairs, with};

/// Sends bytes, checks that nothing was written and that the server still answers.
#[track_caller]
fn harmless(scene: &Scene, bytes: &[u8]) -> Reply {
    let rows = scene.world.rows_written();
    let reply = exchange(scene.world.address, bytes);
    assert_eq!(scene.world.rows_written(), rows);
    scene
        .ask(wire::Action::GetAccountBalance, &Pairs::new())
        .ok();
    reply
}

fn head(scene: &Scene, line: &str, more: &str) -> String {
    let host = scene.world.host();
    format!("{line}\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n")
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

#[test]
fn sizes() {
    let scene = Scene::new();
    let post = |more: &str| head(&scene, "POST / HTTP/1.1", &format!("{FORM}{more}"));
    let announced = post("Content-Length: 65537\r\n") + "Action=Pay";
    assert_eq!(harmless(&scene, announced.as_bytes()).status, 413);
    let absurd = post("Content-Length: 99999999999\r\n") + "Action=Pay";
    assert_eq!(harmless(&scene, absurd.as_bytes()).status, 413);
    let chunk = "x".repeat(0x11_000);
    let chunked =
        post("Transfer-Encoding: chunked\r\n") + &format!("11000\r\n{chunk}\r\n0\r\n\r\n");
    assert_eq!(harmless(&scene, chunked.as_bytes()).status, 413);
    for size in [40_000, 200_000] {
        let line = format!("GET /?Action={} HTTP/1.1", "x".repeat(size));
        let reply = harmless(&scene, head(&scene, &line, "").as_bytes());
        assert!([414, 431].contains(&reply.status), "{size}: {}", reply.head);
        let header = format!("X-Long: {}\r\n", "x".repeat(size));
        let bytes = head(&scene, "GET /?Action=Pay HTTP/1.1", &header);
        assert_eq!(harmless(&scene, bytes.as_bytes()).status, 431, "{size}");
    }
    let many = "X-Many: 1\r\n".repeat(1_000);
    let bytes = head(&scene, "GET /?Action=Pay HTTP/1.1", &many);
    assert_eq!(harmless(&scene, bytes.as_bytes()).status, 431);
}

#[test]
fn what_fits_is_read() {
    let scene = Scene::new();
    // A request line of 16 kB, as VerifySignature may have, and a body near its limit.
    let asked = pairs(&[
        ("UrlEndPoint", "http://a.test/"),
        ("HttpParameters", &"x".repeat(16_000)),
    ]);
    let reply = scene.ask(wire::Action::VerifySignature, &asked);
    reply.refused("InvalidParams");
    let mut signer = scene.signer();
    signer.verb = Verb::Post;
    let asked = with(asked, "HttpParameters", &"x".repeat(60_000));
    signer
        .ask(&scene.world, "VerifySignature", &asked)
        .refused("InvalidParams");
    let many: Vec<_> = (0..300).map(|number| format!("p{number}=1")).collect();
    harmless(&scene, &signer.bytes(&many.join("&"))).refused("InvalidRequest");
}

#[test]
fn broken_http() {
    let scene = Scene::new();
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /?Action=\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nbroken header\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let stopped = [bytes, b"\r\n\r\n"].concat();
        let reply = harmless(&scene, &stopped);
        assert!([0, 400, 405, 505].contains(&reply.status), "{}", reply.head);
    }
}

#[test]
fn methods() {
    let scene = Scene::new();
    let signer = scene.signer();
    let text = encode(&signer.sign("GetAccountBalance", &Pairs::new()));
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"] {
        let line = format!("{method} /?{text} HTTP/1.1");
        let reply = harmless(&scene, head(&scene, &line, "").as_bytes());
        reply.refused("InvalidRequest");
        assert!(reply.message().contains("GET or POST"), "{}", reply.body);
    }
    let line = format!("HEAD /?{text} HTTP/1.1");
    assert_eq!(
        harmless(&scene, head(&scene, &line, "").as_bytes()).status,
        400
    );
}

#[test]
fn bodies_that_are_no_form() {
    let scene = Scene::new();
    for (kind, body) in [
        ("text/xml; charset=utf-8", "<SOAP-ENV:Envelope/>"),
        ("application/soap+xml", "<Envelope/>"),
        ("application/json", "{\"Action\":\"Pay\"}"),
        ("multipart/form-data; boundary=x", "--x\r\n\r\nPay\r\n--x--"),
        ("text/plain", "Action=Pay"),
    ] {
        let more = format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        let bytes = head(&scene, "POST / HTTP/1.1", &more) + body;
        let reply = harmless(&scene, bytes.as_bytes());
        assert!(
            ["InvalidRequest", "InvalidParams"].contains(&reply.code()),
            "{}",
            reply.body
        );
    }
    let nothing = head(&scene, "POST / HTTP/1.1", "Content-Length: 0\r\n");
    harmless(&scene, nothing.as_bytes()).refused("InvalidParams");
}

#[test]
fn encodings() {
    let scene = Scene::new();
    for broken in [
        "Action=%",
        "Action=%2",
        "Action=%zz",
        "%=1",
        "Action=%C3%28",
        "Action=%FF",
        "a=%ED%A0%80",
    ] {
        for verb in [Verb::Get, Verb::Post] {
            let mut signer = scene.signer();
            signer.verb = verb;
            let good = encode(&signer.sign("GetAccountBalance", &Pairs::new()));
            let reply = harmless(&scene, &signer.bytes(&format!("{good}&{broken}")));
            reply.refused("InvalidRequest");
        }
    }
    let raw = [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nConnection: close\r\n\r\n".as_slice(),
        b"Action=\xff\xfe",
    ];
    harmless(&scene, &raw.concat()).refused("InvalidRequest");
}

#[test]
fn actions_and_versions_that_are_none() {
    let scene = Scene::new();
    for action in [
        "reserve",
        "Reserve ",
        "GetResults",
        "RetryTransaction",
        "Robert'); DROP",
        "\u{0}",
        "x\u{1f4a3}",
    ] {
        let rows = scene.world.rows_written();
        let reply = scene.signer().ask(&scene.world, action, &Pairs::new());
        reply.refused("InvalidParams");
        assert!(
            reply.message().starts_with("\"action\" has to be one of"),
            "{}",
            reply.body
        );
        assert_eq!(scene.world.rows_written(), rows);
    }
    for version in ["2007-01-08", "2008-09-18", "latest", "2008-09-17 "] {
        let mut signer = scene.signer();
        version.clone_into(&mut signer.version);
        let reply = signer.ask(&scene.world, "GetAccountBalance", &Pairs::new());
        reply.refused("InvalidParams");
        assert!(
            reply.message().starts_with("\"version\" has to be"),
            "{}",
            reply.body
        );
    }
}

#[test]
fn dates_in_every_wrong_form() {
    let scene = Scene::new();
    for date in [
        "2010-02-26 T19:48:05.000Z",
        "now",
        "1254815591",
        "2009-10-06",
        "2009-10-06T07:53Z",
        "2009-10-06T07:53:11",
        "2009-10-06 07:53:11Z",
        "2009-10-06t07:53:11z",
        "2009-13-06T07:53:11Z",
        "2009-02-29T07:53:11Z",
        "2009-10-06T24:00:00Z",
        "2009-10-06T07:53:61Z",
        "06/10/2009",
        "Tue, 06 Oct 2009 07:53:11 GMT",
        "20091006T075311Z",
        "99999-10-06T07:53:11Z",
        "-009-10-06T07:53:11Z",
        "2009-10-06T07:53:11+25:00",
        "\u{0}",
    ] {
        let rows = scene.world.rows_written();
        let signer = scene.signer();
        let all = signer.sign("GetAccountBalance", &Pairs::new());
        let all = all
            .into_iter()
            .filter(|(name, _)| name != "Signature")
            .collect();
        let reply = signer.send(&scene.world, &signer.seal(with(all, "Timestamp", date)));
        reply.refused("InvalidParameterValue");
        let shown: String = date
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let said = format!(
            "Value ({shown}) for parameter Timestamp is invalid. Must be in ISO8601 format."
        );
        assert_eq!(reply.message(), said);
        assert_eq!(scene.world.rows_written(), rows);
    }
}

#[test]
fn a_parameter_sent_twice() {
    let scene = Scene::new();
    let signer = scene.signer();
    let mut all = signer.sign("Pay", &scene.payment());
    all.insert(3, ("TransactionAmount.Value".to_owned(), "1.00".to_owned()));
    let reply = harmless(&scene, &signer.bytes(&encode(&all)));
    reply.refused("InvalidParams");
    assert!(
        reply.message().contains("transactionAmount.Value")
            || reply.message().contains("transactionAmount.value"),
        "{}",
        reply.body
    );
    // Half in the query, half in the body, and the halves differ.
    let mut signer = scene.signer();
    signer.verb = Verb::Post;
    let body = encode(&signer.sign("Pay", &scene.payment()));
    let more = format!("{FORM}Content-Length: {}\r\n", body.len());
    let split = head(&scene, "POST /?TransactionAmount.Value=1 HTTP/1.1", &more) + &body;
    harmless(&scene, split.as_bytes()).refused("InvalidParams");
    // The same value twice, signed once or twice, says nothing else than once.
    let signer = scene.signer();
    let mut all = signer.sign("GetAccountBalance", &Pairs::new());
    all.push(("Version".to_owned(), "2008-09-17".to_owned()));
    signer.send(&scene.world, &all).ok();
}

#[test]
fn what_is_shown_again_is_cut_and_escaped() {
    let scene = Scene::new();
    let evil = format!("<script>alert('&')</script>\r\n{}", "x".repeat(4_000));
    let reply = scene.ask(
        wire::Action::Pay,
        &with(scene.payment(), "ChargeFeeTo", &evil),
    );
    reply.refused("InvalidParams");
    assert!(!reply.body.contains("<script>"), "{}", reply.body);
    assert!(reply.body.len() < 1_000, "{}", reply.body.len());
}

#[test]
fn a_client_that_leaves_in_the_middle() {
    let scene = Scene::new();
    for bytes in [
        "",
        "\r\n\r\n",
        "GET",
        "GET /?Action=Pay HTTP/1.1\r\nHost:",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nAct",
    ] {
        use std::io::Write as _;
        let mut stream =
            std::net::TcpStream::connect(scene.world.address).expect("the server listens");
        stream.write_all(bytes.as_bytes()).expect("some bytes");
        drop(stream);
        scene
            .ask(wire::Action::GetAccountBalance, &Pairs::new())
            .ok();
    }
}

#[test]
fn several_requests_on_one_connection() {
    use std::io::{Read as _, Write as _};
    let scene = Scene::new();
    let request = |last: bool| {
        let signer = scene.signer();
        let bytes = signer.bytes(&encode(&signer.sign("GetAccountBalance", &Pairs::new())));
        let text = String::from_utf8(bytes).expect("text");
        if last {
            text
        } else {
            text.replace("Connection: close\r\n", "")
        }
    };
    let all = request(false) + &request(false) + &request(true);
    let mut stream = std::net::TcpStream::connect(scene.world.address).expect("the server listens");
    stream.write_all(all.as_bytes()).expect("three requests");
    let mut read = String::new();
    stream.read_to_string(&mut read).expect("three replies");
    assert_eq!(
        read.matches("</GetAccountBalanceResponse>").count(),
        3,
        "{read}"
    );
}
