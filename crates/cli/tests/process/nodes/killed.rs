//! Three servers on one PostgreSQL, under load, killed one after the other.
//!
//! Each client keeps to one server while it lives and goes on at another when it does not; its
//! journal is compared with the books, with the shared statement of the processor and with what the
//! receiver was told, as after any power cut.

use std::io::Result;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::Connection;
use test_kit::postgres::{database, rows};

use crate::crash::journal::{Journal, Life};
use crate::crash::load::{Client, Traffic};
use crate::crash::{CERTIFICATE_BASE, RECOVERY_MAX};
use crate::harness::{Books, Caller, Folder, Options, Receiver, Said, Server, holdfast, wait};

/// Servers.
const NODES: usize = 3;
/// Kills: each of them twice.
const ROUNDS: usize = 2 * NODES;
/// Clients, each with one request under way.
const CLIENTS: usize = 24;
/// Answers between two kills.
const ANSWERS: usize = 60;
/// The nodes of one database have one master key.
const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// The servers of one database, some of which may be dead.
struct Nodes {
    folder: Folder,
    url: String,
    options: Options,
    servers: Vec<Option<Server>>,
}

impl Nodes {
    fn start() -> Nodes {
        let folder = Folder::new("nodes");
        std::fs::create_dir(folder.at("books")).expect("a folder");
        let config = folder.at("holdfast.toml");
        let statement = folder.at("books").join("sandbox-processor.db");
        let text = format!("sandbox_statement = \"{}\"\n", statement.display());
        std::fs::write(&config, text).expect("a settings file");
        let url = database();
        let mut options = Options::default()
            .with("HOLDFAST_CERTIFICATE_BASE_URL", CERTIFICATE_BASE)
            .with("HOLDFAST_MASTER_KEY", MASTER_KEY)
            .with("HOLDFAST_DATABASE", &url);
        options.config = Some(config);
        let mut nodes = Nodes {
            folder,
            url,
            options,
            servers: Vec::new(),
        };
        // All at once: one of them makes the tables and the signing key.
        let servers = std::thread::scope(|scope| {
            let nodes = &nodes;
            let starting: Vec<_> = (0..NODES)
                .map(|number| scope.spawn(move || nodes.server(number)))
                .collect();
            let started = starting
                .into_iter()
                .map(|one| one.join().expect("it starts"));
            started.map(Some).collect()
        });
        nodes.servers = servers;
        nodes
    }

    fn data(&self, number: usize) -> PathBuf {
        self.folder.at(&format!("data-{number}"))
    }

    fn server(&self, number: usize) -> Server {
        Server::start(&self.data(number), &self.options)
    }

    fn alive(&self, number: usize) -> &Server {
        self.servers[number].as_ref().expect("it lives")
    }

    fn count(&self, sql: &str) -> i64 {
        rows(&self.url, sql)[0][0].parse().expect("a number")
    }

    /// Waits until what dead servers left over is done.
    fn recover(&self) {
        wait::until("what was left over to be done", RECOVERY_MAX, || {
            let left = "SELECT count(*) FROM works WHERE kind IN (1, 2, 3, 4, 7)";
            let untold = "SELECT count(*) FROM notifications WHERE delivery <> 2";
            (self.count(left) == 0 && self.count(untold) == 0).then_some(())
        });
    }

    /// The books as a file beside the statement, as far as they are compared with it.
    fn copied(&self) -> Books {
        let data = self.folder.at("books");
        copy(&self.url, &data);
        Books::open(&data)
    }
}

fn copy(url: &str, data: &Path) {
    let file = Connection::open(data.join("holdfast.db")).expect("a file");
    let tables = "CREATE TABLE transactions (key INTEGER PRIMARY KEY, nonce BLOB, operation INTEGER, \
            method INTEGER, amount INTEGER, currency TEXT, reference TEXT); \
        CREATE TABLE transaction_states (key INTEGER PRIMARY KEY, state INTEGER, release INTEGER, \
            settled INTEGER); \
        CREATE TABLE events (transaction_key INTEGER, status INTEGER); \
        CREATE INDEX by_transaction ON events (transaction_key); BEGIN";
    file.execute_batch(tables).expect("tables");
    let sql = "SELECT key, encode(nonce, 'hex'), operation, method, amount, currency, reference \
        FROM transactions";
    let insert = "INSERT INTO transactions VALUES (?, unhex(?), ?, ?, ?, ?, ?)";
    for row in rows(url, sql) {
        let row = rusqlite::params_from_iter(row);
        file.execute(insert, row).expect("a transaction");
    }
    let sql = "SELECT key, state, release, settled FROM transactions";
    for row in rows(url, sql) {
        let row = rusqlite::params_from_iter(row);
        file.execute("INSERT INTO transaction_states VALUES (?, ?, ?, ?)", row)
            .expect("a state");
    }
    for row in rows(url, "SELECT transaction_key, status FROM events") {
        let row = rusqlite::params_from_iter(row);
        file.execute("INSERT INTO events VALUES (?, ?)", row)
            .expect("an event");
    }
    file.execute_batch("COMMIT").expect("kept");
}

#[test]
fn three_nodes_lose_nothing_when_they_die_one_after_the_other() {
    let receiver = Receiver::start();
    let told_at = receiver.url("/ipn");
    let mut nodes = Nodes::start();
    let caller = nodes.alive(0).env(None);

    let mut clients: Vec<Vec<Life>> = vec![Vec::new(); CLIENTS];
    for round in 0..ROUNDS {
        let dying = round % NODES;
        let victim = nodes.servers[dying].take().expect("it lives");
        let mut callers: Vec<Caller> = Vec::new();
        for number in 0..NODES {
            let server = nodes.servers[number].as_ref().unwrap_or(&victim);
            callers.push(server.again(&caller));
        }
        let (traffic, callers) = (Traffic::default(), &callers);
        std::thread::scope(|scope| {
            for (number, lives) in clients.iter_mut().enumerate() {
                let (traffic, told_at) = (&traffic, &told_at);
                let part = move |node: usize, name: &str| Client {
                    caller: &callers[node % NODES],
                    traffic,
                    number,
                    name: format!("{round}-{number}-{name}"),
                    told_at: (number % 4 == 0).then(|| told_at.clone()),
                };
                scope.spawn(move || {
                    let at_victim = number % NODES == dying;
                    // Who speaks to the one that dies goes on at the next; a journal's requests
                    // without an answer go out again there.
                    let enough = if at_victim { usize::MAX } else { 2 * ANSWERS };
                    let _: Result<()> = play(&part(number, "a"), lives, enough);
                    if at_victim {
                        let _: Result<()> = play(&part(number + 1, "b"), lives, ANSWERS / 2);
                    }
                });
            }
            wait::until("the load", Duration::from_mins(1), || {
                (ANSWERS <= traffic.answered.load(Ordering::SeqCst)).then_some(())
            });
            victim.kill9();
        });
        nodes.servers[dying] = Some(nodes.server(dying));
    }
    prove(
        &nodes,
        &caller,
        &receiver,
        clients.into_iter().flatten().collect(),
    );
}

/// Plays until the server dies, or until so many requests of all clients were answered.
fn play(client: &Client, lives: &mut Vec<Life>, enough: usize) -> Result<()> {
    client.play_while(lives, || {
        client.traffic.answered.load(Ordering::SeqCst) < enough
    })
}

fn prove(nodes: &Nodes, caller: &Caller, receiver: &Receiver, lives: Vec<Life>) {
    let mut journal = Journal::default();
    journal.lives = lives;
    // A refund that came too early for what it refunds is taken the second time.
    for number in 0..2 {
        let caller = nodes.alive(number).again(caller);
        let sent = journal.send_unanswered(&caller);
        sent.expect("nobody kills a server now");
        nodes.recover();
    }
    journal.assert_statuses(&nodes.alive(2).again(caller));
    let books = nodes.copied();
    books.assert_reconciled();
    journal.assert_booked_once(&books);
    journal.assert_told(&receiver.all());
    let mut check = holdfast();
    check.args(["check", "--database", &nodes.url]);
    let checked = Said::of(&mut check);
    assert_eq!(checked.code, 0, "{checked:?}");
}
