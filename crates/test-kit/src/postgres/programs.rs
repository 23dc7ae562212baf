//! The programs that a server is made of, and the user that they run under.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Where the server's programs are: on the path, or where Debian puts them.
pub(super) fn binaries() -> &'static Path {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND.get_or_init(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let debian = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten();
        let mut debian: Vec<_> = debian
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .collect();
        debian.sort();
        let places = debian.into_iter().rev().chain(std::env::split_paths(&path));
        let complete = |place: &PathBuf| {
            ["initdb", "postgres", "pg_basebackup", "pg_ctl", "psql"]
                .iter()
                .all(|program| place.join(program).exists())
        };
        places
            .into_iter()
            .find(complete)
            .expect("PostgreSQL is installed: initdb, postgres, psql, pg_ctl, pg_basebackup")
    })
}

/// The user that the server runs under, when this process is root's.
pub(super) fn server_user() -> Option<(u32, u32)> {
    static USER: OnceLock<Option<(u32, u32)>> = OnceLock::new();
    *USER.get_or_init(|| {
        let own = std::fs::metadata("/proc/self").expect("a process has a folder");
        if std::os::unix::fs::MetadataExt::uid(&own) != 0 {
            return None;
        }
        let mut users = String::new();
        let read =
            std::fs::File::open("/etc/passwd").and_then(|mut it| it.read_to_string(&mut users));
        read.expect("users can be listed");
        let find = |name: &str| {
            let line = users
                .lines()
                .find(|line| line.split(':').next() == Some(name))?;
            let mut fields = line.split(':').skip(2);
            Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
        };
        let found = find("postgres").or_else(|| find("nobody"));
        Some(found.expect("a user that is not root"))
    })
}

pub(super) fn as_server_user(command: &mut Command) {
    if let Some((user, group)) = server_user() {
        command.uid(user).gid(group);
    }
}

pub(super) fn run(name: &str, arguments: &[&str]) -> bool {
    let status = program(name, arguments).status();
    status.is_ok_and(|status| status.success())
}

pub(super) fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(binaries().join(name));
    command
        .args(arguments)
        .current_dir("/")
        .env("PGCONNECT_TIMEOUT", "5")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    as_server_user(&mut command);
    command
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().expect("a path of plain characters")
}

pub(super) fn signal(signal: &str, pid: &str) -> bool {
    let sent = Command::new("kill").args([signal, pid]).status();
    sent.is_ok_and(|status| status.success())
}

/// The processes that this one has started.
pub(super) fn children_of(parent: &str) -> Vec<String> {
    let listed = Command::new("ps")
        .args(["-o", "pid=", "--ppid", parent])
        .output();
    let listed = String::from_utf8(listed.expect("ps runs").stdout).expect("numbers");
    listed.split_whitespace().map(str::to_owned).collect()
}
