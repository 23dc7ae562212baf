//! The server as a process of its own, and the command line beside it.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use super::{Caller, wait};

/// How long a start may take.
const START_MAX: Duration = Duration::from_secs(30);
/// How long a stop may take: what the server promises, and a little for this machine.
const STOP_MAX: Duration = Duration::from_secs(12);

/// How a server is started.
#[derive(Default, Clone)]
pub struct Options {
    /// The settings file.
    pub config: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(&'static str, String)>,
    /// A shell command that becomes the server: `"$@"` is the server's own command line.
    pub shell: Option<&'static str>,
}

impl Options {
    /// With another environment variable.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Options {
        self.environment.push((name, value.to_owned()));
        self
    }
}

/// A running server. Dropping it kills it.
pub struct Server {
    child: Child,
    data: PathBuf,
    /// `http://127.0.0.1:…` or `https://…`.
    pub url: String,
}

impl Server {
    /// Starts a server and waits until it says where it listens.
    pub fn start(data: &Path, options: &Options) -> Server {
        let log = data.with_extension("log");
        Server::try_start(data, options).unwrap_or_else(|status| {
            let told = std::fs::read_to_string(log).unwrap_or_default();
            panic!("the server did not start: {status}\n{told}")
        })
    }

    /// Starts a server that may refuse to.
    pub fn try_start(data: &Path, options: &Options) -> Result<Server, ExitStatus> {
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(data.with_extension("log"));
        let mut command = match options.shell {
            None => holdfast(),
            Some(script) => {
                let mut shell = Command::new("bash");
                shell.args(["-c", script, "holdfast", env!("CARGO_BIN_EXE_holdfast")]);
                without_settings(&mut shell);
                shell
            }
        };
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data);
        if let Some(config) = &options.config {
            command.arg("--config").arg(config);
        }
        for (name, value) in &options.environment {
            command.env(name, value);
        }
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.expect("a log"));
        let mut child = command.spawn().expect("the binary runs");
        let stdout = child.stdout.take().expect("piped");
        let (told, tell) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                drop(told.send(line));
            }
        });
        let Ok(line) = tell.recv_timeout(START_MAX) else {
            drop(child.kill());
            return Err(child.wait().expect("it was started"));
        };
        let url = line.strip_prefix("holdfast listens on ");
        let url = url
            .unwrap_or_else(|| panic!("the first line is {line:?}"))
            .trim_end_matches('/');
        Ok(Server {
            child,
            data: data.to_owned(),
            url: url.to_owned(),
        })
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.url.split_once("://").expect("an address").1
    }

    /// Runs a command of the command line on the same data.
    pub fn command(&self, arguments: &[&str]) -> Said {
        Said::of(holdfast().arg("--data").arg(&self.data).args(arguments))
    }

    /// Runs a command that must succeed, and reads its JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.command(&[arguments, &["--json"]].concat()).json()
    }

    /// A fresh caller, recipient and sender; the caller is told at `ipn_url`.
    pub fn env(&self, ipn_url: Option<&str>) -> Caller {
        let mut arguments = vec!["sandbox", "env"];
        if let Some(url) = ipn_url {
            arguments.extend(["--ipn-url", url]);
        }
        Caller::of(&self.json(&arguments))
    }

    /// The same caller, at this server's address.
    pub fn again(&self, caller: &Caller) -> Caller {
        caller.at(self.address())
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub fn kill9(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it was started");
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        super::run(Command::new("kill").args(["-s", name, &id]));
    }

    /// Stops it as a service manager does.
    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait()
    }

    /// Waits until it has ended by itself.
    pub fn wait(&mut self) -> ExitStatus {
        wait::until("the server to end", STOP_MAX, || self.ended())
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("it was started")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The binary with nothing set.
pub fn holdfast() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    without_settings(&mut command);
    command
}

fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("HOLDFAST_") {
            command.env_remove(name);
        }
    }
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Said {
        let output = command
            .stdin(Stdio::null())
            .output()
            .expect("the binary runs");
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// It must have succeeded.
    pub fn ok(self) -> Said {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// It must have succeeded and printed one JSON value.
    pub fn json(self) -> Value {
        let said = self.ok();
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"))
    }
}
