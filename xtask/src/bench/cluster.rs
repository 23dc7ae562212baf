//! A PostgreSQL server of our own: a private folder, a socket in it, no network; gone afterwards.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::child::{Folder, LOOK_EVERY};
use super::place::at;
use crate::run::Failure;

/// The database user.
pub const USER: &str = "bench";
/// The name of the socket of the port that is the default everywhere.
const SOCKET: &str = ".s.PGSQL.5432";
/// How long it may take to start, and to stop.
const WAIT_MAX: Duration = Duration::from_secs(30);
/// Whom the server runs as when we are root, which it refuses to be: the first that exists.
const SERVANTS: [&str; 2] = ["postgres", "nobody"];
/// Durable, and with as much memory as an operator of such a machine would give.
const SETTINGS: [&str; 7] = [
    "listen_addresses=",
    "fsync=on",
    "synchronous_commit=on",
    "shared_buffers=512MB",
    "max_wal_size=8GB",
    "wal_buffers=16MB",
    "max_connections=100",
];

/// A running server: killed when dropped, whatever happened.
pub struct Cluster {
    child: Child,
    folder: Folder,
}

impl Cluster {
    /// Makes a database in an empty folder and starts a server on it.
    pub fn start(folder: Folder) -> Result<Cluster, Failure> {
        let servant = servant()?;
        if let Some((user, group)) = servant {
            let given = chown(folder.path(), Some(user), Some(group));
            given.map_err(|error| at(folder.path(), &error))?;
        }
        let own = |program: &str| {
            let mut command = Command::new(program);
            command
                .arg("-D")
                .arg(folder.path().join("data"))
                .current_dir(folder.path())
                .stdin(Stdio::null());
            if let Some((user, group)) = servant {
                command.uid(user).gid(group);
            }
            command
        };
        let made = own("initdb")
            .args(["--auth=trust", "--no-sync", "-U", USER])
            .output()
            .map_err(|error| Failure::because(format!("initdb does not start: {error}")))?;
        if !made.status.success() {
            let complaint = String::from_utf8_lossy(&made.stderr);
            return Err(Failure::because(format!("initdb failed: {complaint}")));
        }
        let log = folder.path().join("log");
        let log = std::fs::File::create(&log).map_err(|error| at(&log, &error))?;
        let mut command = own("postgres");
        command.arg("-k").arg(folder.path()).stderr(log);
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        let child = command
            .spawn()
            .map_err(|error| Failure::because(format!("postgres does not start: {error}")))?;
        let cluster = Cluster { child, folder };
        cluster.wait_until_it_listens()?;
        Ok(cluster)
    }

    /// Where a client finds its database.
    pub fn address(&self) -> String {
        let folder = self.folder.path().display();
        format!("postgres://{USER}@/postgres?host={folder}&sslmode=disable")
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// Stops it, and fails when it did not end well.
    pub fn stop(mut self) -> Result<(), Failure> {
        signal(&self.child, "INT");
        let begun = Instant::now();
        while begun.elapsed() < WAIT_MAX {
            match self.child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => {
                    return Err(Failure::because(format!("postgres ended with {status}")));
                }
                Ok(None) | Err(_) => std::thread::sleep(LOOK_EVERY),
            }
        }
        Err(Failure::because("postgres did not stop"))
    }

    fn wait_until_it_listens(&self) -> Result<(), Failure> {
        let socket: PathBuf = self.folder.path().join(SOCKET);
        let begun = Instant::now();
        while begun.elapsed() < WAIT_MAX {
            if std::os::unix::net::UnixStream::connect(&socket).is_ok() && self.is_ready() {
                return Ok(());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Err(Failure::because("postgres does not listen"))
    }

    /// The socket is there a little before connections are accepted; the log has the word.
    fn is_ready(&self) -> bool {
        let log = std::fs::read_to_string(self.folder.path().join("log"));
        log.is_ok_and(|log| log.contains("ready to accept connections"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            // Its children end with it on this signal; they would not if it were killed.
            signal(&self.child, "QUIT");
            let _ = self.child.wait();
        }
    }
}

fn signal(child: &Child, name: &str) {
    // Fails only for a child that has ended already.
    let _ = Command::new("sh")
        .args(["-c", &format!("kill -{name} {}", child.id())])
        .status();
}

/// Whom the server runs as; nobody else when we are not root.
fn servant() -> Result<Option<(u32, u32)>, Failure> {
    let own = Path::new("/proc/self");
    let own = std::fs::metadata(own).map_err(|error| at(own, &error))?;
    if own.uid() != 0 {
        return Ok(None);
    }
    let users = Path::new("/etc/passwd");
    let users = std::fs::read_to_string(users).map_err(|error| at(users, &error))?;
    let found = SERVANTS.iter().find_map(|name| ids_of(&users, name));
    found
        .map(Some)
        .ok_or_else(|| Failure::because("PostgreSQL does not run as root, and nobody else is here"))
}

/// The numbers of a user and its group.
fn ids_of(users: &str, name: &str) -> Option<(u32, u32)> {
    let mut fields = users
        .lines()
        .map(|line| line.split(':'))
        .find_map(|mut fields| (fields.next() == Some(name)).then_some(fields))?
        .skip(1);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_name() {
        let users = "root:x:0:0:root:/root:/bin/sh\npostgres:x:101:104:A, B:/var:/bin/sh\n";
        assert_eq!(ids_of(users, "postgres"), Some((101, 104)));
        assert_eq!(ids_of(users, "nobody"), None);
    }
}
