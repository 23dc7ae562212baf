//! The servers of one database, which may die and come back while others speak to them.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use rusqlite::Connection;
use test_kit::postgres::{database, rows};

use crate::crash::{CERTIFICATE_BASE, RECOVERY_MAX};
use crate::harness::{Books, Caller, Folder, Options, Said, Server, holdfast, wait};

/// The nodes of one database have one master key.
const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// The name that clients know all of them by: what was signed for one is signed for each.
pub const HOST: &str = "fps.sandbox.example";

/// The servers of one database, some of which may be dead.
pub struct Nodes {
    folder: Folder,
    /// The database.
    pub url: String,
    options: Options,
    places: Vec<Mutex<Place>>,
}

/// Where one of them is, or was.
struct Place {
    server: Option<Server>,
    address: String,
}

impl Nodes {
    /// Starts so many at once on an empty database: one of them makes the tables and the signing key.
    pub fn start(name: &str, count: usize) -> Nodes {
        Nodes::start_on(name, count, database())
    }

    /// The same on a database of one's own.
    pub fn start_on(name: &str, count: usize, url: String) -> Nodes {
        let folder = Folder::new(name);
        std::fs::create_dir(folder.at("books")).expect("a folder");
        let statement = folder.at("books").join("sandbox-processor.db");
        let settings = format!(
            "sandbox_statement = \"{}\"\npublic_names = [\"{HOST}\"]\n",
            statement.display()
        );
        let config = folder.write("holdfast.toml", settings);
        let mut options = Options::default()
            .with("HOLDFAST_CERTIFICATE_BASE_URL", CERTIFICATE_BASE)
            .with("HOLDFAST_MASTER_KEY", MASTER_KEY)
            .with("HOLDFAST_DATABASE", &url);
        options.config = Some(config);
        let mut nodes = Nodes {
            folder,
            url,
            options,
            places: Vec::new(),
        };
        let servers: Vec<Server> = std::thread::scope(|scope| {
            let nodes = &nodes;
            let starting: Vec<_> = (0..count)
                .map(|number| scope.spawn(move || nodes.server(number)))
                .collect();
            let started = starting
                .into_iter()
                .map(std::thread::ScopedJoinHandle::join);
            started.map(|one| one.expect("it starts")).collect()
        });
        nodes.places = servers.into_iter().map(Place::of).map(Mutex::new).collect();
        nodes
    }

    /// How many there are, dead or alive.
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// Does something with a living one.
    pub fn with<T>(&self, number: usize, ask: impl FnOnce(&Server) -> T) -> T {
        ask(self.place(number).server.as_ref().expect("it lives"))
    }

    /// The same caller at one of them.
    pub fn caller_at(&self, number: usize, caller: &Caller) -> Caller {
        caller.at(&self.address(number))
    }

    /// Host and port of one of them; where it last was, if it is dead.
    pub fn address(&self, number: usize) -> String {
        self.place(number).address.clone()
    }

    /// Ends one of them as a power cut would.
    pub fn kill(&self, number: usize) {
        let server = self.place(number).server.take();
        server.expect("it lives").kill9();
    }

    /// Starts a dead one again.
    pub fn start_again(&self, number: usize) {
        let server = self.server(number);
        *self.place(number) = Place::of(server);
    }

    /// A dead one does not start again; gives what it says.
    pub fn refused(&self, number: usize) -> String {
        let data = self.data(number);
        let log = || std::fs::read_to_string(data.with_extension("log")).expect("a log");
        let before = log().len();
        let started = Server::try_start(&data, &self.options);
        assert!(started.is_err(), "it starts");
        log().split_off(before)
    }

    /// A number that a statement gives.
    pub fn number(&self, sql: &str) -> i64 {
        rows(&self.url, sql)[0][0].parse().expect("a number")
    }

    /// Waits until what dead servers left over is done.
    pub fn recover(&self) {
        wait::until("what was left over to be done", RECOVERY_MAX, || {
            let left = "SELECT (SELECT count(*) FROM works WHERE kind IN (1, 2, 3, 4, 7)) \
                + (SELECT count(*) FROM notifications WHERE delivery <> 2)";
            (self.number(left) == 0).then_some(())
        });
    }

    /// The books as a file beside the statement, as far as they are compared with it.
    pub fn copied(&self) -> Books {
        let folder = self.folder.at("books");
        copy(&self.url, &folder);
        Books::open(&folder)
    }

    /// `holdfast check` finds the books sound.
    pub fn assert_sound(&self) {
        let mut check = holdfast();
        check.args(["check", "--database", &self.url]);
        let checked = Said::of(&mut check);
        assert_eq!(checked.code, 0, "{checked:?}");
    }

    fn place(&self, number: usize) -> MutexGuard<'_, Place> {
        self.places[number].lock().expect("nobody panics with it")
    }

    fn data(&self, number: usize) -> PathBuf {
        self.folder.at(&format!("data-{number}"))
    }

    fn server(&self, number: usize) -> Server {
        Server::start(&self.data(number), &self.options)
    }
}

impl Place {
    fn of(server: Server) -> Place {
        let address = server.address().to_owned();
        let server = Some(server);
        Place { server, address }
    }
}

fn copy(url: &str, folder: &Path) {
    let file = Connection::open(folder.join("holdfast.db")).expect("a file");
    let tables = "CREATE TABLE transactions (key INTEGER PRIMARY KEY, nonce BLOB, operation INTEGER, \
            method INTEGER, amount INTEGER, currency TEXT, reference TEXT); \
        CREATE TABLE transaction_states (key INTEGER PRIMARY KEY, state INTEGER, release INTEGER, \
            settled INTEGER); \
        CREATE TABLE events (transaction_key INTEGER, number INTEGER, status INTEGER); \
        CREATE INDEX by_transaction ON events (transaction_key); BEGIN";
    file.execute_batch(tables).expect("tables");
    for (read, write) in [
        (
            "SELECT key, encode(nonce, 'hex'), operation, method, amount, currency, reference \
                FROM transactions",
            "INSERT INTO transactions VALUES (?, unhex(?), ?, ?, ?, ?, ?)",
        ),
        (
            "SELECT key, state, release, settled FROM transactions",
            "INSERT INTO transaction_states VALUES (?, ?, ?, ?)",
        ),
        (
            "SELECT transaction_key, number, status FROM events",
            "INSERT INTO events VALUES (?, ?, ?)",
        ),
    ] {
        let mut insert = file.prepare(write).expect("a statement");
        for row in rows(url, read) {
            let row = rusqlite::params_from_iter(row);
            insert.execute(row).expect("a row");
        }
    }
    file.execute_batch("COMMIT").expect("kept");
}
