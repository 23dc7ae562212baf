//! A PostgreSQL server of a test's own: a fresh data folder, a free port, `fsync` on.
//!
//! It is stopped, and its folder removed, when the test lets go of it or dies, however it dies: a
//! shell watches a pipe that closes with the test. As root it runs under another user, because
//! PostgreSQL refuses root. With `HOLDFAST_TEST_POSTGRES` (an address without a database's name) the
//! server named there is used where any server will do.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

mod programs;
mod wait;

use programs::{as_server_user, binaries, children_of, program, run, server_user, text};
use wait::wait_for;

/// The role that everything belongs to.
const ROLE: &str = "holdfast";

/// Runs the server, waits for the pipe to close, and stops it.
const KEEPER: &str = r#"
"$1/postgres" -D "$2" -p "$3" >>"$2/server.log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT $server 2>/dev/null
wait $server
[ -e "$2/keep" ] || rm -rf "$2"
"#;

/// A server.
pub struct Postgres {
    folder: PathBuf,
    port: u16,
    keeper: Option<Child>,
    /// Processes that were stopped where they stood.
    frozen: Vec<String>,
}

/// The address of a fresh, empty database on a server that this process shares with its tests.
pub fn database() -> String {
    static SHARED: OnceLock<Shared> = OnceLock::new();
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let shared = SHARED.get_or_init(Shared::find);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    // A number of a process comes again, and the server may outlive it.
    let unlike = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), number);
    let name = format!("test_{}_{unlike:016x}", std::process::id());
    match shared {
        Shared::Given(base) => {
            let made = run(
                "psql",
                &[&format!("{base}/postgres"), "-qc", &create(&name)],
            );
            assert!(made, "the server in HOLDFAST_TEST_POSTGRES can be used");
            format!("{base}/{name}?sslmode=disable")
        }
        Shared::Own(server) => server.database(&name),
    }
}

/// The same, when the whole suite is asked to run on PostgreSQL: `HOLDFAST_TEST_STORE=postgres`.
pub fn database_if_asked() -> Option<String> {
    let asked = std::env::var_os("HOLDFAST_TEST_STORE");
    asked
        .filter(|store| store == "postgres")
        .map(|_| database())
}

/// The rows that a statement gives, in text.
pub fn rows(url: &str, sql: &str) -> Vec<Vec<String>> {
    const BETWEEN: &str = "\u{1f}";
    let output = program("psql", &[url, "-qXAt", "-F", BETWEEN, "-c", sql])
        .stdout(Stdio::piped())
        .output();
    let output = output.expect("psql runs");
    assert!(output.status.success(), "{sql}");
    let text = String::from_utf8(output.stdout).expect("text");
    let row = |line: &str| line.split(BETWEEN).map(str::to_owned).collect();
    text.lines().map(row).collect()
}

enum Shared {
    Given(String),
    Own(Postgres),
}

impl Shared {
    fn find() -> Shared {
        let given = std::env::var_os("HOLDFAST_TEST_POSTGRES");
        match given.and_then(|given| given.into_string().ok()) {
            Some(base) => Shared::Given(base.trim_end_matches('/').to_owned()),
            None => Shared::Own(Postgres::start()),
        }
    }
}

impl Postgres {
    /// Makes a data folder and starts a server on it.
    pub fn start() -> Postgres {
        let folder = fresh_folder();
        let folder_text = text(&folder);
        let made = run(
            "initdb",
            &[
                "-D",
                folder_text,
                "-U",
                ROLE,
                "--auth=trust",
                "--locale=C",
                "--encoding=UTF8",
                "--no-sync",
            ],
        );
        assert!(made, "initdb works");
        configure(
            &folder,
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\n\
            shared_buffers = '64MB'\nmax_connections = 90\nfsync = on\n\
            synchronous_commit = on\nmax_wal_size = '256MB'\n",
        );
        let mut server = Postgres {
            folder,
            port: free_port(),
            keeper: None,
            frozen: Vec::new(),
        };
        server.start_again();
        server
    }

    /// A standby that follows this server; `synchronous`: whose commits wait for it.
    #[must_use]
    pub fn standby(&self, synchronous: bool) -> Postgres {
        let folder = fresh_folder();
        std::fs::remove_dir(&folder).expect("an empty folder");
        let port = self.port.to_string();
        let copied = run(
            "pg_basebackup",
            &[
                "-h",
                "127.0.0.1",
                "-p",
                &port,
                "-U",
                ROLE,
                "-D",
                text(&folder),
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
                "--no-sync",
            ],
        );
        assert!(copied, "pg_basebackup works");
        let mut standby = Postgres {
            folder,
            port: free_port(),
            keeper: None,
            frozen: Vec::new(),
        };
        standby.start_again();
        if synchronous {
            self.sql(
                "postgres",
                "ALTER SYSTEM SET synchronous_standby_names = '*'",
            );
            self.sql("postgres", "SELECT pg_reload_conf()");
            let following =
                "SELECT 1 / count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
            wait_for("the standby follows", || {
                self.try_sql("postgres", following)
            });
        }
        standby
    }

    /// Makes an empty database; gives its address.
    pub fn database(&self, name: &str) -> String {
        self.sql("postgres", &create(name));
        self.url(name)
    }

    /// The address of a database.
    pub fn url(&self, name: &str) -> String {
        let port = self.port;
        format!("postgres://{ROLE}@127.0.0.1:{port}/{name}?sslmode=disable")
    }

    /// From now on it speaks TLS to whoever asks for it, with this certificate and key in PEM.
    pub fn encrypt(&self, certificate: &str, key: &str) {
        for (name, content) in [("server.crt", certificate), ("server.key", key)] {
            // Written by the server's user, with nobody else's permission: it insists on that.
            let mut command = Command::new("sh");
            command
                .args(["-c", "umask 077; printf %s \"$2\" >\"$1\"", "write"])
                .arg(self.folder.join(name))
                .arg(content)
                .current_dir("/");
            as_server_user(&mut command);
            let written = command.status();
            assert!(written.is_ok_and(|status| status.success()), "{name}");
        }
        self.sql("postgres", "ALTER SYSTEM SET ssl = on");
        self.sql("postgres", "SELECT pg_reload_conf()");
        let encrypted = "SELECT 1 / (current_setting('ssl') = 'on')::int";
        wait_for("the server speaks TLS", || {
            self.try_sql("postgres", encrypted)
        });
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs a statement that must succeed.
    pub fn sql(&self, database: &str, sql: &str) {
        assert!(self.try_sql(database, sql), "{sql}");
    }

    /// Kills the server without a warning: no flush, no farewell.
    pub fn kill(&mut self) {
        if self.frozen.is_empty() {
            self.signal_server("-KILL");
        }
        self.let_go(true);
    }

    /// Stops all of it where it stands: its port still takes connections, and nobody says anything.
    pub fn freeze(&mut self) {
        let postmaster = self.postmaster().expect("it runs");
        assert!(programs::signal("-STOP", &postmaster), "kill works");
        self.frozen = children_of(&postmaster);
        for child in &self.frozen {
            programs::signal("-STOP", child);
        }
    }

    /// Starts it on the folder it was killed on, and waits until it takes writes or is a standby.
    pub fn start_again(&mut self) {
        assert!(self.keeper.is_none(), "it runs already");
        let _ = std::fs::remove_file(self.folder.join("keep"));
        let binaries = binaries();
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER, "keeper", text(binaries), text(&self.folder)])
            .arg(self.port.to_string())
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        as_server_user(&mut command);
        self.keeper = Some(command.spawn().expect("a shell"));
        wait_for("the server starts", || self.try_sql("postgres", "SELECT 1"));
    }

    /// Makes a standby the primary.
    pub fn promote(&self) {
        let promoted = run("pg_ctl", &["-D", text(&self.folder), "-w", "promote"]);
        assert!(promoted, "pg_ctl promote works");
    }

    fn try_sql(&self, database: &str, sql: &str) -> bool {
        run("psql", &[&self.url(database), "-qXAtc", sql])
    }

    fn signal_server(&self, signal: &str) {
        if let Some(postmaster) = self.postmaster() {
            assert!(programs::signal(signal, &postmaster), "kill works");
        }
        // What was frozen notices that it is alone, and ends.
        for child in &self.frozen {
            programs::signal("-CONT", child);
        }
    }

    fn postmaster(&self) -> Option<String> {
        let pids = std::fs::read_to_string(self.folder.join("postmaster.pid")).ok()?;
        pids.lines().next().map(str::to_owned)
    }

    /// Ends the keeper, with or without the folder.
    fn let_go(&mut self, keep_folder: bool) {
        let Some(mut keeper) = self.keeper.take() else {
            return;
        };
        if !self.frozen.is_empty() {
            // A farewell would wait until it is thawed.
            self.signal_server("-KILL");
            self.frozen.clear();
        }
        if keep_folder {
            let _ = std::fs::write(self.folder.join("keep"), "");
        }
        drop(keeper.stdin.take());
        let _ = keeper.wait();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.folder.join("keep"));
        self.let_go(false);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn create(name: &str) -> String {
    format!("CREATE DATABASE {name} TEMPLATE template0")
}

fn configure(folder: &Path, lines: &str) {
    use std::io::Write;
    let path = folder.join("postgresql.conf");
    let file = std::fs::OpenOptions::new().append(true).open(path);
    let written = file.and_then(|mut file| file.write_all(lines.as_bytes()));
    written.expect("the server's settings can be written");
}

fn fresh_folder() -> PathBuf {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("holdfast-postgres-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).expect("a fresh folder");
    if let Some((user, group)) = server_user() {
        std::os::unix::fs::chown(&folder, Some(user), Some(group)).expect("root may give it away");
    }
    folder
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    address.port()
}
