//! The signed host is not always the `Host` header, and a request line not always a path: what the
//! public clients do, each as it goes over the wire.

use signing::Verb;

use crate::kit::{Pairs, Reply, Scene, Signer, encode, exchange};

const PINNED: &str = "fps.sandbox.amazonaws.com";

fn ask(scene: &Scene, signed_host: &str, host: &str) -> Reply {
    let (signed_host, host) = (signed_host.to_owned(), host.to_owned());
    let signer = Signer {
        signed_host,
        host,
        ..scene.signer()
    };
    signer.ask(&scene.world, "GetAccountBalance", &Pairs::new())
}

#[test]
fn habits_of_clients() {
    let scene = Scene::new();
    let own = scene.world.host();
    for (signed, sent) in [
        ("127.0.0.1", own.as_str()),
        (own.as_str(), own.as_str()),
        ("127.0.0.1", "127.0.0.1"),
        (PINNED, PINNED),
        (PINNED, "fps.sandbox.amazonaws.com:443"),
        (
            "fps.sandbox.amazonaws.com:443",
            "fps.sandbox.amazonaws.com:443",
        ),
        ("localhost", "LocalHost:8080"),
        ("[::1]", "[::1]:8480"),
        ("[::1]:8480", "[::1]:8480"),
    ] {
        let reply = ask(&scene, signed, sent);
        assert_eq!(
            reply.status, 200,
            "signed {signed}, sent {sent}: {}",
            reply.body
        );
    }
}

#[test]
fn another_host_is_not_what_was_signed() {
    let scene = Scene::new();
    let own = scene.world.host();
    for (signed, sent) in [
        (PINNED, own.as_str()),
        ("evil.example", own.as_str()),
        ("", own.as_str()),
        ("127.0.0.1:1", own.as_str()),
        // The address that the server listens on does not count: the header says another.
        (own.as_str(), "pay.example"),
    ] {
        ask(&scene, signed, sent).refused("SignatureDoesNotMatch");
    }
}

#[test]
fn public_names_count_whatever_the_header_says() {
    let scene = Scene::with_settings(|settings| {
        settings.public_names = vec![PINNED.to_owned(), "pay.example:8443".to_owned()];
    });
    let own = scene.world.host();
    for signed in [PINNED, "pay.example:8443", "pay.example", "127.0.0.1"] {
        let reply = ask(&scene, signed, &own);
        assert_eq!(reply.status, 200, "signed {signed}: {}", reply.body);
    }
    ask(&scene, "evil.example", &own).refused("SignatureDoesNotMatch");
}

/// A signed query for the balance.
fn query(scene: &Scene, change: impl FnOnce(&mut Signer)) -> String {
    let mut signer = scene.signer();
    change(&mut signer);
    encode(&signer.sign("GetAccountBalance", &Pairs::new()))
}

fn sent(scene: &Scene, text: &str) -> Reply {
    exchange(scene.world.address, text.as_bytes())
}

#[test]
fn an_endpoint_configured_without_its_slash() {
    let scene = Scene::new();
    for verb in [Verb::Get, Verb::Post] {
        let path = String::new();
        let signer = Signer {
            verb,
            path,
            ..scene.signer()
        };
        signer
            .ask(&scene.world, "GetAccountBalance", &Pairs::new())
            .ok();
    }
}

#[test]
fn post_with_everything_in_the_query() {
    let scene = Scene::new();
    let text = query(&scene, |signer| signer.verb = Verb::Post);
    let host = scene.world.host();
    let bytes = format!(
        "POST /?{text} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    sent(&scene, &bytes).ok();
}

#[test]
fn half_in_the_query_and_half_in_the_body() {
    let scene = Scene::new();
    let text = query(&scene, |signer| signer.verb = Verb::Post);
    let (first, second) = text.split_once("&Version").expect("a version");
    let (body, host) = (format!("Version{second}"), scene.world.host());
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let length = body.len();
    let bytes = format!(
        "POST /?{first} HTTP/1.1\r\nHost: {host}\r\n{kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    sent(&scene, &bytes).ok();
}

#[test]
fn http_1_0() {
    let scene = Scene::new();
    let host = scene.world.host();
    let text = query(&scene, |signer| signer.verb = Verb::Post);
    let kind = "Content-Type: application/x-www-form-urlencoded; charset=utf-8";
    let length = text.len();
    let bytes = format!(
        "POST / HTTP/1.0\r\nHost: {host}\r\n{kind}\r\nContent-Length: {length}\r\n\r\n{text}"
    );
    let reply = sent(&scene, &bytes).ok();
    // The old library splits the status line in three, and understands no chunks.
    let line = reply.head.lines().next().expect("a status line");
    assert_eq!(
        line.splitn(3, ' ').collect::<Vec<_>>(),
        ["HTTP/1.0", "200", "OK"]
    );
    assert!(
        !reply.head.to_lowercase().contains("chunked"),
        "{}",
        reply.head
    );
    assert!(reply.body.starts_with("<?xml"), "{}", reply.body);
    let text = query(&scene, |signer| signer.signed_host = "127.0.0.1".to_owned());
    sent(
        &scene,
        &format!("GET /?{text} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"),
    )
    .ok();
}

#[test]
fn an_absolute_request_line() {
    let scene = Scene::new();
    let text = query(&scene, |signer| signer.signed_host = PINNED.to_owned());
    for (line, host) in [
        (format!("GET https://{PINNED}/?{text} HTTP/1.1"), PINNED),
        (format!("GET http://{PINNED}/?{text} HTTP/1.1"), PINNED),
        (format!("GET http://{PINNED}?{text} HTTP/1.1"), PINNED),
        (format!("GET https://{PINNED}:443/?{text} HTTP/1.1"), PINNED),
        // Where both name a host, the request line counts (RFC 9112, 3.2.2).
        (
            format!("GET https://{PINNED}/?{text} HTTP/1.1"),
            "127.0.0.1",
        ),
    ] {
        let reply = sent(
            &scene,
            &format!("{line}\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        );
        assert_eq!(reply.status, 200, "{line}: {}", reply.body);
    }
    let line = format!("GET http://{PINNED}/?{text} HTTP/1.0\r\n\r\n");
    sent(&scene, &line).ok();
}

#[test]
fn a_browser_that_asks_for_nothing_gets_a_page() {
    let scene = Scene::new();
    let host = scene.world.host();
    let reply = sent(
        &scene,
        &format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    );
    assert!(reply.head.contains("text/html"), "{}", reply.head);
    let reply = sent(
        &scene,
        &format!("GET /nowhere HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    );
    assert_eq!(reply.status, 404);
}
