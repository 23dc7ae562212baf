//! The caller's logo, fetched over a socket: what cannot be had is left out, and nobody waits long.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use crate::certificate::sent_by;
use crate::harness::{Browser, Folder, Options, Server, get};

/// How long a link may take to answer: the patience with a logo, and this machine's own time.
const ANSWER_MAX: Duration = Duration::from_secs(8);

/// A PNG of so many bytes, 215 pixels wide and 40 high as far as its first chunk says.
fn png(bytes: usize) -> Vec<u8> {
    let mut image = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec();
    image.extend(215_u32.to_be_bytes());
    image.extend(40_u32.to_be_bytes());
    image.resize(bytes, 0);
    image
}

/// A shop's web server: what it answers is in the path.
fn shop() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    let own = address.clone();
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming().flatten() {
            silent.extend(answer(stream, &own).ok().flatten());
        }
    });
    address
}

/// Gives the connection back when it is to stay open without an answer.
fn answer(mut stream: TcpStream, own: &str) -> std::io::Result<Option<TcpStream>> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (status, headers, body) = match line.split(' ').nth(1).unwrap_or_default() {
        "/logo.png" => (200, String::new(), png(1_000)),
        "/large" => (200, String::new(), png(70_000)),
        "/page" => (200, String::new(), b"<html>no image</html>".to_vec()),
        "/moved" => (
            302,
            format!("Location: http://{own}/logo.png\r\n"),
            Vec::new(),
        ),
        "/silent" => return Ok(Some(stream)),
        _ => (404, String::new(), Vec::new()),
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Answer\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body)?;
    Ok(None)
}

#[test]
fn a_logo_is_shown_where_it_can_be_had() {
    let folder = Folder::new("logo");
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller = server.env(None);
    let shop = shop();
    for (path, shown) in [
        ("/logo.png", true),
        ("/moved", false),
        ("/large", false),
        ("/page", false),
        ("/gone", false),
        ("/silent", false),
    ] {
        let logo = format!("http://{shop}{path}");
        let asked = [
            ("pipelineName", "SingleUse"),
            ("returnURL", "https://shop.example/back"),
            ("callerReference", path),
            ("transactionAmount", "25.00"),
            ("cobrandingUrl", &logo),
        ];
        let begun = Instant::now();
        let browser = Browser::open(&caller.address, &sent_by(&caller, &asked));
        assert!(
            begun.elapsed() < ANSWER_MAX,
            "{path}: {:?}",
            begun.elapsed()
        );
        let page = &browser.page.body;
        assert!(page.contains("Sign in"), "{path}: {page}");
        let image = page.split_once("<img class=\"caller\" src=\"");
        assert_eq!(image.is_some(), shown, "{path}: {page}");
        if let Some((_, rest)) = image {
            let own = rest.split('"').next().expect("a path");
            let served = get(server.address(), own, &[]).expect("an image");
            assert_eq!(served.status, 200);
            assert_eq!(served.header("content-type"), Some("image/png"));
            assert_eq!(served.header("content-length"), Some("1000"));
        }
    }
}

#[test]
fn a_logo_is_no_way_into_a_private_network() {
    let folder = Folder::new("logo-guard");
    let config = folder.write("closed.toml", "notify_loopback = false\n");
    let options = Options {
        config: Some(config),
        ..Options::default()
    };
    let server = Server::start(&folder.at("data"), &options);
    let caller = server.env(None);
    let logo = format!("http://{}/logo.png", shop());
    let asked = [
        ("pipelineName", "SingleUse"),
        ("returnURL", "https://shop.example/back"),
        ("callerReference", "guarded"),
        ("transactionAmount", "25.00"),
        ("cobrandingUrl", &logo),
    ];
    let browser = Browser::open(&caller.address, &sent_by(&caller, &asked));
    assert!(browser.page.body.contains("Sign in"), "{:?}", browser.page);
    assert!(
        !browser.page.body.contains("<img class=\"caller\""),
        "{:?}",
        browser.page
    );
}
