//! Child processes that do not outlive us, and folders that go with them.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::machine::{self, Resident};
use crate::run::Failure;

/// How long a server may take until it says where it listens.
const START_MAX: Duration = Duration::from_secs(30);
/// How long a server may take to stop when asked; Holdfast promises ten seconds.
const STOP_MAX: Duration = Duration::from_secs(15);
/// How often a condition is looked at while waiting for it.
pub const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A server of ours: killed when dropped, whatever happened.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts it, and waits for the one line that ends in its address.
    pub fn start(command: &mut Command) -> Result<Server, Failure> {
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| {
            let program = command.get_program().to_string_lossy().into_owned();
            Failure::because(format!("{program} does not start: {error}"))
        })?;
        let said = child.stdout.take();
        // From here on the guard ends the child, also when the line never comes.
        let mut server = Server {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let (line, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(said?);
            let mut first = String::new();
            reader.read_line(&mut first).ok()?;
            line.send(first).ok()?;
            // Whatever else it says is read, so that it never waits for us.
            std::io::copy(&mut reader, &mut std::io::sink()).ok()
        });
        let first = lines.recv_timeout(START_MAX).unwrap_or_default();
        server.address = address_in(&first)
            .ok_or_else(|| Failure::because(format!("a server said `{}`", first.trim())))?;
        Ok(server)
    }

    /// The memory it has resident and the most it has had, in KiB.
    pub fn resident(&self) -> Resident {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        machine::resident(&status.unwrap_or_default())
    }

    /// The processor time it has had.
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        stat.ok()
            .and_then(|stat| machine::processor_time(&stat))
            .unwrap_or_default()
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(mut self) -> Result<ExitStatus, Failure> {
        let asked = Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", self.child.id())])
            .status();
        if !asked.is_ok_and(|status| status.success()) {
            return Err(Failure::because("a server could not be asked to stop"));
        }
        let begun = Instant::now();
        while begun.elapsed() < STOP_MAX {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Ok(status);
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Err(Failure::because(format!(
            "a server did not stop within {} s",
            STOP_MAX.as_secs()
        )))
    }
}

impl Server {
    /// Kills it at once, as a power cut would.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails only for a child that has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address at the end of a line, with or without a scheme before it.
fn address_in(line: &str) -> Option<SocketAddr> {
    let last = line.split_whitespace().next_back()?;
    let bare = last.rsplit("//").next()?.trim_end_matches('/');
    bare.parse().ok()
}

/// A folder of one load: removed when dropped, unless it is to be kept.
pub struct Folder {
    path: PathBuf,
    keep: bool,
}

impl Folder {
    /// Makes it, empty.
    pub fn make(path: PathBuf, keep: bool) -> Result<Folder, Failure> {
        if path.exists() {
            let removed = std::fs::remove_dir_all(&path);
            removed.map_err(|error| Failure::because(format!("{}: {error}", path.display())))?;
        }
        std::fs::create_dir_all(&path)
            .map_err(|error| Failure::because(format!("{}: {error}", path.display())))?;
        Ok(Folder { path, keep })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep {
            // What is left of a benchmark harms nobody; the next run removes it.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_ends_the_line() {
        let expected = Some(SocketAddr::from(([127, 0, 0, 1], 8480)));
        for line in [
            "holdfast listens on 127.0.0.1:8480\n",
            "holdfast listens on http://127.0.0.1:8480/",
            "127.0.0.1:8480",
        ] {
            assert_eq!(address_in(line), expected, "{line}");
        }
        for line in ["", "holdfast listens on", "listens on localhost:x"] {
            assert_eq!(address_in(line), None, "{line}");
        }
    }

    #[test]
    fn a_child_that_says_nothing_is_an_error_and_is_gone() {
        let started = Server::start(Command::new("sh").args(["-c", "exit 0"]));
        assert!(started.is_err());
        assert!(Server::start(&mut Command::new("no-such-program-anywhere")).is_err());
    }
}
