//! Which rows a batch will have to see, foretold from rows that were lately seen.
//!
//! What a command must see may depend on rows it sees first: a token names the account and the
//! card. Here commands are asked with the rows that this node remembers, so that one round trip
//! reads everything. The memory only names keys: it may be old, and nothing is decided on it.

use std::sync::{Mutex, PoisonError};

use payments::{ChangeSet, Command, Decide, Lanes, ReadSet, WorkingSet};
use store::recent::Recent;

/// Rounds of asking: a reference names a transaction, it names a token, and that an account.
const ROUNDS_MAX: usize = 5;

/// Rows that this node has seen lately, shared by its lanes.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Recent>);

impl Memory {
    /// The rows to be seen, and those remembered.
    pub(crate) fn foretell(&self, commands: &[Command], lanes: Lanes) -> (ReadSet, WorkingSet) {
        let mut hints = WorkingSet::default();
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 1..ROUNDS_MAX {
            let want = wanted(commands, &hints, lanes);
            let mut unknown = want.clone();
            unknown.retain_unknown(&hints);
            let before = unknown.clone();
            recent.fill(&mut unknown, &mut hints);
            if unknown == before {
                return (want, hints);
            }
        }
        (wanted(commands, &hints, lanes), hints)
    }

    /// Remembers what was read.
    pub(crate) fn learn_loaded(&self, want: &ReadSet, seen: &WorkingSet) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.learn_loaded(want, seen);
    }

    /// Remembers what was committed.
    pub(crate) fn learn_written(&self, changes: ChangeSet) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.learn_written(changes);
    }
}

fn wanted(commands: &[Command], hints: &WorkingSet, lanes: Lanes) -> ReadSet {
    let mut want = ReadSet::default();
    for command in commands {
        command.reads(hints, lanes, &mut want);
    }
    want
}
