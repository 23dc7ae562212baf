//! A caller's shop: it sends browsers away with a signed request, and sees them come back.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use signing::request::{CBUI_PATH, Method, sign_v2};
use signing::{Secret, Verb, form};

use crate::harness::Caller;

/// What the shop shows to whoever comes back.
pub const HEADING: &str = "Back at the shop";
/// What is shown where scripts run, and where they do not.
pub const SCRIPTS: [&str; 2] = ["Scripts are on", "Scripts are off"];

/// The way back to the shop; it has a parameter of its own.
const BACK: &str = "/back";
const OWN: &str = "cart=7";
/// A page that tells whether scripts run.
const PROBE: &str = "/scripts";
/// How long a browser may take to come back.
const RETURN_MAX: Duration = Duration::from_secs(20);

/// A shop that listens.
pub struct Shop {
    /// Host and port.
    pub address: String,
    back: Receiver<String>,
}

impl Shop {
    /// Opens it on a free port, for as long as the test runs.
    pub fn open() -> Shop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let (tell, back) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let tell = tell.clone();
                // Browsers open connections ahead of need: none may hold up the next.
                std::thread::spawn(move || serve(stream, &tell));
            }
        });
        Shop { address, back }
    }

    /// A signed request to the Co-Branded pages that comes back here.
    pub fn link(&self, caller: &Caller, parameters: &[(&str, &str)]) -> String {
        let return_url = format!("{}?{OWN}", self.return_point());
        let mut pairs = vec![
            ("callerKey", caller.value("AWS_ACCESS_KEY_ID")),
            ("returnURL", &return_url),
            ("signatureMethod", "HmacSHA256"),
            ("signatureVersion", "2"),
            ("version", "2009-01-09"),
            ("websiteDescription", "the fern shop"),
        ];
        pairs.extend(parameters);
        let secret = Secret::new(caller.value("AWS_SECRET_ACCESS_KEY"));
        let host = &caller.address;
        let signature = sign_v2(
            &secret,
            Method::HmacSha256,
            Verb::Get,
            host,
            CBUI_PATH,
            &pairs,
        );
        pairs.push(("signature", &signature));
        format!("http://{host}{CBUI_PATH}?{}", form::encode(&pairs))
    }

    /// The return URL without its query.
    pub fn return_point(&self) -> String {
        format!("http://{}{BACK}", self.address)
    }

    /// The page that tells whether scripts run.
    pub fn probe(&self) -> String {
        format!("http://{}{PROBE}", self.address)
    }

    /// The query that the next browser comes back with.
    pub fn returned(&self) -> String {
        let query = self
            .back
            .recv_timeout(RETURN_MAX)
            .expect("the browser comes back");
        assert!(
            query.starts_with(&format!("{OWN}&")),
            "the shop's own parameter: {query}"
        );
        query
    }

    /// Nobody else has come back.
    pub fn nobody_came(&self) {
        if let Ok(query) = self.back.try_recv() {
            panic!("a browser came back with {query}");
        }
    }
}

/// Answers one request. A connection that says nothing is closed with the browser.
fn serve(mut stream: TcpStream, tell: &Sender<String>) {
    let mut lines = BufReader::new(stream.try_clone().expect("the same stream")).lines();
    let Some(Ok(first)) = lines.next() else {
        return;
    };
    while lines
        .next()
        .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
    {}
    let target = first.split(' ').nth(1).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path == BACK {
        drop(tell.send(query.to_owned()));
    }
    let (heading, script) = if path == PROBE {
        let script = format!(
            "<script>document.querySelector('h1').innerText='{}'</script>",
            SCRIPTS[0]
        );
        (SCRIPTS[1], script)
    } else {
        (HEADING, String::new())
    };
    let page = format!(
        "<!DOCTYPE html><html lang=en><meta name=viewport content='width=device-width'>\
         <link rel=icon href='data:,'><title>{heading}</title><main><h1>{heading}</h1></main>{script}"
    );
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
    let answer = format!("{head}Content-Length: {}\r\n\r\n{page}", page.len());
    drop(stream.write_all(answer.as_bytes()));
}
