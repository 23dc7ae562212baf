//! A world in which commands are decided one after another, without a store.

use payments::command::{Answer, Decide, KEYS_PER_COMMAND, Lanes, NONCE_BYTES, Stamp, Verdict};
use payments::ids::first_key;
use payments::{
    AccountKey, By, ChangeSet, Command, Credential, ReadSet, Terms, Timestamp, WorkingSet,
};

use crate::{Rows, auditor};

/// When every world begins: 2026-02-01T12:00:00Z, in product and in real time.
pub const BEGINNING: Timestamp = Timestamp(1_769_947_200_000);

/// Lanes of a world. Commands take turns in them, so that credits and debits of one account meet in
/// different lanes.
pub const LANES: u16 = 2;

/// Rounds of reading that a command may need.
const ROUNDS_MAX: u32 = 8;

/// A world.
#[derive(Clone, Debug)]
pub struct World {
    /// Everything written so far.
    pub rows: Rows,
    /// Product time; moved by hand.
    pub now: Timestamp,
    /// Real time; moved with product time.
    pub real: Timestamp,
    /// The operator's settings.
    pub terms: Terms,
    last_key: i64,
    turn: u64,
    pub(crate) names: u32,
}

impl Default for World {
    fn default() -> World {
        World::new(Terms::sandbox())
    }
}

impl World {
    /// An empty world with these settings.
    pub fn new(terms: Terms) -> World {
        World {
            rows: Rows::default(),
            now: BEGINNING,
            real: BEGINNING,
            terms,
            last_key: 0,
            turn: 0,
            names: 0,
        }
    }

    /// Decides a command, writes what it wants written, and audits the books.
    pub fn run(&mut self, command: impl Into<Command>) -> Answer {
        let command = command.into();
        let verdict = self.decide(&command);
        let again = through_json(&verdict.changes);
        assert_eq!(
            again,
            verdict.changes,
            "{}: changes survive JSON",
            command.name()
        );
        self.rows.write(verdict.changes);
        if let Err(problems) = auditor::audit(&self.rows) {
            panic!("after {command:?}:\n{}", problems.join("\n"));
        }
        verdict.answer
    }

    /// Decides a command twice, and writes nothing.
    pub fn decide(&mut self, command: &Command) -> Verdict {
        let lanes = self.take_turn();
        let seen = self.seen_by(command, lanes);
        let stamp = self.stamp(lanes);
        let verdict = command.decide(&seen, &stamp);
        let twin = command.decide(&seen.clone(), &stamp.clone());
        assert_eq!(verdict.answer, twin.answer, "a decision is pure");
        assert_eq!(verdict.changes, twin.changes, "a decision is pure");
        verdict
    }

    /// Moves both clocks forward.
    pub fn wait_ms(&mut self, ms: i64) {
        assert!(0 <= ms, "time does not run backwards");
        self.now = self.now.plus_ms(ms);
        self.real = self.real.plus_ms(ms);
    }

    /// A signed request of a caller, unlike any before.
    pub fn by(&mut self, caller: AccountKey) -> By {
        let mut keys = self.rows.access_keys.values().rev();
        let key = keys.find(|key| key.account == caller);
        let credential = key.map_or(Credential::None, |key| {
            Credential::AccessKey(key.id.clone())
        });
        By {
            caller,
            credential,
            date: self.now,
            mark: self.fresh_mark(),
        }
    }

    /// A name that nothing has yet.
    pub fn fresh_name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}-{}", self.names)
    }

    fn fresh_mark(&mut self) -> [u8; 16] {
        self.names += 1;
        u128::from(self.names).to_be_bytes()
    }

    fn take_turn(&mut self) -> Lanes {
        self.turn += 1;
        let own = u16::from(!self.turn.is_multiple_of(2));
        Lanes { own, count: LANES }
    }

    fn seen_by(&self, command: &Command, lanes: Lanes) -> WorkingSet {
        let mut seen = WorkingSet::default();
        for _ in 0..ROUNDS_MAX {
            let mut want = ReadSet::default();
            command.reads(&seen, lanes, &mut want);
            want.retain_unknown(&seen);
            if want.is_empty() {
                return seen;
            }
            self.rows.load(want, &mut seen);
        }
        panic!("{} reads in more than {ROUNDS_MAX} rounds", command.name());
    }

    fn stamp(&mut self, lanes: Lanes) -> Stamp<'_> {
        // Keys grow in the order of commands, whichever lane they come by.
        let first_key = first_key(self.now, lanes.own).max(self.last_key + 1);
        self.last_key = first_key + KEYS_PER_COMMAND - 1;
        Stamp {
            now: self.now,
            real: self.real,
            lanes,
            first_key,
            nonce: nonce(first_key),
            terms: &self.terms,
        }
    }
}

/// Bytes that look random and are the same in every run (splitmix64).
fn nonce(seed: i64) -> [u8; NONCE_BYTES] {
    let mut bytes = [0; NONCE_BYTES];
    let mut state = u64::from_be_bytes(seed.to_be_bytes());
    for part in bytes.chunks_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        part.copy_from_slice(&(mixed ^ (mixed >> 31)).to_be_bytes());
    }
    bytes
}

fn through_json(changes: &ChangeSet) -> ChangeSet {
    let text = serde_json::to_string(changes).expect("a change set can be written");
    serde_json::from_str(&text).expect("what was written can be read")
}
