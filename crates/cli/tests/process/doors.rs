//! The doors around the API: health, readiness, metrics, names and proxies.

use signing::form;

use crate::harness::{Browser, Caller, Folder, Options, Server, exchange, get};

fn start(folder: &Folder, config: &str) -> Server {
    let config = Some(folder.write("holdfast.toml", config));
    Server::start(
        &folder.at("data"),
        &Options {
            config,
            ..Options::default()
        },
    )
}

fn status(address: &str, target: &str) -> u16 {
    get(address, target, &[]).expect("an answer").status
}

#[test]
fn one_listener_serves_everything() {
    let folder = Folder::new("doors");
    let server = start(&folder, "");
    let caller = server.env(None);
    caller.reserved("one", "5.00");
    let refused = caller.call("Settle", &[("ReserveTransactionId", "FAKE")]);
    assert_eq!(refused.status, 400, "{refused:?}");
    let address = server.address();
    assert_eq!(status(address, "/healthz"), 200);
    assert_eq!(status(address, "/readyz"), 200);
    assert_eq!(status(address, "/nothing"), 404);
    assert_eq!(status(address, "/"), 200);

    let reply = get(address, "/metrics", &[]).expect("metrics");
    assert!(
        reply
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/plain"))
    );
    let figure = |name: &str| {
        let line = reply
            .body
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} ")));
        let text = line.unwrap_or_else(|| panic!("no {name} in {}", reply.body));
        text.parse::<u64>().expect("a number")
    };
    assert!(2 <= figure("holdfast_api_requests_ok_total"));
    assert!(1 <= figure("holdfast_api_requests_refused_total"));
    assert_eq!(figure("holdfast_api_requests_failed_total"), 0);
    for line in reply.body.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        let plain = name.split('{').next().unwrap_or_default();
        assert!(value.parse::<u64>().is_ok(), "{line}");
        assert!(
            plain.starts_with("holdfast_"),
            "{line}: every figure carries the product's name"
        );
        assert!(reply.body.contains(&format!("# TYPE {plain} ")), "{line}");
    }
}

#[test]
fn operations_can_have_a_listener_of_their_own() {
    let folder = Folder::new("operations");
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|one| one.local_addr());
    let operations = port.expect("a free port").to_string();
    let server = start(&folder, &format!("operations_listen = '{operations}'\n"));
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(status(&operations, path), 200, "{path}");
        assert_eq!(status(server.address(), path), 404, "{path}");
    }
    assert_eq!(status(&operations, "/"), 404);
    assert_eq!(status(&operations, "/?Action=GetAccountBalance"), 404);
    assert!(server.env(None).call("GetAccountBalance", &[]).is_ok());
}

/// Calls with a signature for one host and a `Host` header of another.
fn named(caller: &Caller, signed_for: &str, host: &str) -> u16 {
    let query = caller.query(signed_for, "GetAccountBalance", &[]);
    get(&caller.address, &format!("/?{query}"), &[("Host", host)])
        .expect("an answer")
        .status
}

#[test]
fn signatures_hold_for_the_names_of_the_server() {
    let folder = Folder::new("names");
    let server = start(&folder, "public_names = ['fps.sandbox.amazonaws.com']\n");
    let caller = server.env(None);
    let own = caller.address.clone();
    assert_eq!(
        named(&caller, "127.0.0.1", &own),
        200,
        "the host without its port"
    );
    assert_eq!(
        named(&caller, "fps.sandbox.amazonaws.com", &own),
        200,
        "a public name"
    );
    assert_eq!(
        named(&caller, "elsewhere.example", "elsewhere.example"),
        200,
        "the host it sent"
    );
    assert_eq!(named(&caller, "elsewhere.example", &own), 403, "another's");
}

#[test]
fn old_request_lines_are_understood() {
    let folder = Folder::new("old");
    let server = start(&folder, "");
    let caller = server.env(None);
    let host = "fps.sandbox.amazonaws.com";
    let query = caller.query(host, "GetAccountBalance", &[]);
    for request in [
        format!("GET /?{query} HTTP/1.0\r\nHost: {host}\r\n\r\n"),
        format!(
            "GET https://{host}/?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        ),
    ] {
        let reply = exchange(server.address(), request.as_bytes()).expect("a reply");
        assert_eq!(reply.status, 200, "{request}: {reply:?}");
        assert_eq!(reply.header("transfer-encoding"), None);
    }
}

#[test]
fn forwarding_headers_count_from_listed_proxies_only() {
    let forwarded = [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-For", "203.0.113.7"),
    ];
    for (name, config, trusted) in [
        ("proxy", "trusted_proxies = ['127.0.0.1']\n", true),
        ("no-proxy", "", false),
    ] {
        let folder = Folder::new(name);
        let server = start(&folder, config);
        let page = get(server.address(), "/console/sign-in", &forwarded).expect("a page");
        let cookie = page.header("set-cookie").expect("a cookie");
        assert_eq!(cookie.contains("; Secure"), trusted, "{cookie}");
    }
}

#[test]
fn the_console_lets_a_caller_in() {
    let folder = Folder::new("console");
    let server = start(&folder, "");
    let caller = server.env(None);
    let mut browser = Browser::open(server.address(), "/console/");
    let (email, password) = (
        caller.value("CALLER_EMAIL"),
        caller.value("CALLER_PASSWORD"),
    );
    browser.press(
        "sign-in",
        &[("email", email), ("password", "wrong password")],
    );
    assert!(
        !browser
            .page
            .body
            .contains(caller.value("AWS_ACCESS_KEY_ID"))
    );
    browser.press("sign-in", &[("email", email), ("password", password)]);
    assert!(
        browser
            .page
            .body
            .contains(caller.value("AWS_ACCESS_KEY_ID")),
        "{:?}",
        browser.page
    );
    assert!(!browser.page.body.contains(&form::encode(&[(
        "",
        caller.value("AWS_SECRET_ACCESS_KEY")
    )])));
}

/// Whoever announces a body and does not send it is told so, and holds nothing for long.
#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let folder = Folder::new("slow");
    let server = start(&folder, "");
    let address = server.address();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 100\r\n\r\nAction=Reserve"
    );
    let reply =
        exchange(address, head.as_bytes()).expect("an answer before the test's patience ends");
    assert_eq!(reply.status, 408, "{reply:?}");
    assert_eq!(status(address, "/healthz"), 200);
}
