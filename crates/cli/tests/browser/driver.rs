//! A real browser, driven over WebDriver by a `chromedriver` of its own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use super::look::Look;
use super::wire;
use crate::harness::{Folder, wait};

/// How long the driver may take to start.
const START_MAX: Duration = Duration::from_secs(30);
/// How often a driver is started that ends at once.
const STARTS_MAX: usize = 8;
/// How long a page may take to come.
pub const PAGE_MAX: Duration = Duration::from_secs(20);

/// A browser with one window. Dropping it ends it.
pub struct Browser {
    /// What kind of browser it is.
    pub look: Look,
    driver: Child,
    address: String,
    session: String,
    folder: Folder,
}

impl Browser {
    /// Starts a driver and a browser; what they write goes to a folder of their own.
    pub fn start(name: &str, look: Look) -> Browser {
        let folder = Folder::new(&format!("{name}-browser"));
        let program = std::env::var_os("HOLDFAST_TEST_CHROMEDRIVER");
        let program = program.map_or_else(|| PathBuf::from("chromedriver"), PathBuf::from);
        let (driver, address) = start_driver(&program, &folder);
        let mut browser = Browser {
            look,
            driver,
            address,
            session: String::new(),
            folder,
        };
        let made = browser.put("POST", "/session", &look.capabilities());
        let made = made.unwrap_or_else(|error| {
            panic!("Chromium does not start ({error}): `.ci/run` installs it and its driver")
        });
        made["sessionId"]
            .as_str()
            .expect("a session")
            .clone_into(&mut browser.session);
        browser
    }

    /// Opens an address, and waits until it is there.
    pub fn go(&self, url: &str) {
        self.tell("/url", &json!({ "url": url }));
    }

    /// Goes back to the page before, as its button does.
    pub fn back(&self) {
        self.tell("/back", &json!({}));
    }

    /// Waits for the page with this heading, and looks it over.
    pub fn shows(&self, heading: &str) {
        wait::until(&format!("the page “{heading}”"), PAGE_MAX, || {
            (self.heading().as_deref() == Some(heading)).then_some(())
        });
        self.inspect();
    }

    /// Waits for any of these pages, and looks it over; gives its heading.
    pub fn shows_one(&self, headings: &[&str]) -> String {
        let shown = wait::until(&format!("one of {headings:?}"), PAGE_MAX, || {
            self.heading()
                .filter(|heading| headings.contains(&heading.as_str()))
        });
        self.inspect();
        shown
    }

    /// The heading of the page, when there is one.
    pub fn heading(&self) -> Option<String> {
        let query = json!({ "using": "css selector", "value": "h1" });
        let found = self.try_tell("/element", &query).ok()?;
        let id = found.as_object()?.values().next()?.as_str()?.to_owned();
        let text = self.try_ask(&format!("/element/{id}/text")).ok()?;
        text.as_str().map(str::to_owned)
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        self.ask("/title").as_str().expect("a title").to_owned()
    }

    /// Speaks the browser's own protocol for developers.
    pub fn developer(&self, command: &str, parameters: &Value) -> Value {
        self.tell(
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
    }

    /// Sends a command that must succeed.
    pub fn tell(&self, path: &str, body: &Value) -> Value {
        self.try_tell(path, body)
            .unwrap_or_else(|error| panic!("{path} {body}: {error}"))
    }

    /// Asks what must have an answer.
    pub fn ask(&self, path: &str) -> Value {
        self.try_ask(path)
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Sends a command that may fail.
    pub fn try_tell(&self, path: &str, body: &Value) -> std::io::Result<Value> {
        self.put("POST", &format!("/session/{}{path}", self.session), body)
    }

    fn try_ask(&self, path: &str) -> std::io::Result<Value> {
        self.put(
            "GET",
            &format!("/session/{}{path}", self.session),
            &Value::Null,
        )
    }

    /// Address and text of the page, for a failure.
    fn last_sight(&self) -> String {
        let url = self.try_ask("/url").unwrap_or_default();
        let script = json!({ "script": "return document.body.innerText", "args": [] });
        let text = self.try_tell("/execute/sync", &script).unwrap_or_default();
        format!("{url}\n{}", text.as_str().unwrap_or_default())
    }

    fn put(&self, verb: &str, path: &str, body: &Value) -> std::io::Result<Value> {
        wire::command(&self.address, verb, path, body)
    }
}

/// Starts a driver; gives it and where it listens.
///
/// A driver asked for any port takes one that is free in IPv6 or IPv4 and then the same in the
/// other, and ends when another process has that. So it is started again.
fn start_driver(program: &Path, folder: &Folder) -> (Child, String) {
    let mut ended = Vec::new();
    while ended.len() < STARTS_MAX {
        let mut command = Command::new(program);
        command.arg("--port=0").env("TMPDIR", folder.as_ref());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut driver = command.spawn().unwrap_or_else(|error| {
            let name = program.display();
            panic!("{name} does not start ({error}): `.ci/run` installs Chromium and its driver")
        });
        match listens_at(&mut driver) {
            Ok(address) => return (driver, address),
            Err(said) => {
                let status = driver.wait().expect("the driver ends");
                ended.push(format!("{status}: {said}"));
            }
        }
    }
    panic!("chromedriver ends before it listens: {ended:#?}");
}

/// Where a driver listens: it says so on its output, which is read to its end. A driver that ends
/// instead gives what it said.
fn listens_at(driver: &mut Child) -> Result<String, String> {
    let stdout = driver.stdout.take().expect("piped");
    let (told, tell) = mpsc::channel();
    std::thread::spawn(move || {
        let mut said = String::new();
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let port = line
                .split_once("started successfully on port ")
                .map(|(_, port)| port.trim_end_matches('.').to_owned());
            if let Some(port) = port {
                drop(told.send(Ok(format!("127.0.0.1:{port}"))));
            }
            said.push_str(&line);
            said.push('\n');
        }
        drop(told.send(Err(said)));
    });
    tell.recv_timeout(START_MAX)
        .expect("chromedriver says its port, or ends")
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            if std::thread::panicking() {
                eprintln!("what the browser shows: {}", self.last_sight());
            }
            drop(self.put(
                "DELETE",
                &format!("/session/{}", self.session),
                &Value::Null,
            ));
        }
        drop(self.driver.kill());
        drop(self.driver.wait());
        if !std::thread::panicking() {
            // The browser's last processes write for a moment after its session has ended.
            wait::until("the browser to leave its folder", PAGE_MAX, || {
                std::fs::remove_dir_all(self.folder.as_ref()).ok()
            });
        }
    }
}
