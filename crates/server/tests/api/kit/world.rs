//! A server of one's own, and the store behind it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use payments::{Answer, Command, Outcome, ReadSet, Timestamp, WorkingSet};
use server::admin::{self, Ask};
use server::app::App;
use server::boot::Running;
use server::config::{Flags, Settings};
use store::{Found, Query};
use tokio::runtime::Runtime;

use super::until;

static NEXT_FOLDER: AtomicU64 = AtomicU64::new(0);

/// A running server. Dropping it stops the server and removes its folder.
pub struct World {
    runtime: Runtime,
    running: Option<Running>,
    folder: PathBuf,
    /// Where it listens.
    pub address: SocketAddr,
}

impl World {
    /// Starts one with the usual settings, changed.
    pub fn start_with(change: impl FnOnce(&mut Settings)) -> World {
        let number = NEXT_FOLDER.fetch_add(1, Ordering::Relaxed);
        let name = format!("holdfast-api-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let flags = Flags {
            data: Some(folder.clone()),
            listen: Some("127.0.0.1:0".to_owned()),
            database: test_kit::postgres::database_if_asked(),
            ..Flags::default()
        };
        let mut settings = Settings::load_with(&flags, &|_| None).expect("usual settings");
        change(&mut settings);
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let running = runtime
            .block_on(Running::start(settings))
            .expect("a server");
        let address = running.address().trim_start_matches("http://").parse();
        World {
            runtime,
            address: address.expect("a socket address"),
            running: Some(running),
            folder,
        }
    }

    /// The server's parts.
    pub fn running(&self) -> &Running {
        self.running.as_ref().expect("it runs until it is dropped")
    }

    /// The parts that requests share.
    pub fn app(&self) -> &Arc<App> {
        self.running().app()
    }

    /// The host as clients write it: `127.0.0.1:49152`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Real time.
    pub fn now(&self) -> Timestamp {
        self.app().real_now()
    }

    /// Product time.
    pub fn product_now(&self) -> Timestamp {
        let now = self.runtime.block_on(self.app().store.now());
        now.expect("both clocks").product
    }

    /// Decides a command behind the API's back.
    pub fn decide(&self, command: impl Into<Command>) -> Answer {
        let answer = self.app().store.submit(command.into());
        self.runtime.block_on(answer).expect("the store answers")
    }

    /// The same for a command that must succeed.
    pub fn submit(&self, command: impl Into<Command>) -> Outcome {
        self.decide(command).expect("the command is accepted")
    }

    /// Asks the store.
    pub fn find(&self, query: Query) -> Found {
        let found = self.runtime.block_on(self.app().store.find(query));
        found.expect("the store finds")
    }

    /// Reads rows.
    pub fn see(&self, want: ReadSet) -> WorkingSet {
        let seen = self.runtime.block_on(self.app().store.see(want));
        seen.expect("the store sees")
    }

    /// Asks as the operator does.
    pub fn admin(&self, ask: Ask) -> serde_json::Value {
        let done = self.runtime.block_on(admin::execute(self.app(), ask));
        done.expect("the operator's request is done")
    }

    /// Moves product time forward.
    pub fn advance(&self, ms: i64) {
        self.admin(Ask::ClockAdvance { ms });
        self.running().nudge();
    }

    /// Holds the processor back, or lets it go on.
    pub fn pause_processor(&self, paused: bool) {
        self.running().processor().set_paused(paused);
    }

    /// Closes the store under the running server.
    pub fn close_store(&self) {
        self.runtime.block_on(self.app().store.close());
    }

    /// Rows written so far. The one row that a fresh server writes by itself is waited for: where the
    /// walk of expiries has come to.
    pub fn rows_written(&self) -> u64 {
        let cursor = "expiry-cursor".to_owned();
        until("the first walk of expiries", || {
            let mut want = ReadSet::default();
            want.settings.insert(cursor.clone());
            self.see(want).settings.get(&cursor).map(|_| ())
        });
        let figures = self.app().store.figures();
        let rows = figures.iter().find(|(name, _)| *name == "store_rows_total");
        rows.expect("the store counts its rows").1
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.processor().set_paused(false);
            self.runtime.block_on(running.stop());
        }
        // What is left of a folder in the system's own place for them harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
