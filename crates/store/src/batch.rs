//! The batch engine: many commands, one working set, one commit. Pure; a state machine.
//!
//! A backend calls [`Batch::step`] again and again: at each [`Step::Load`] it puts the rows that
//! [`Batch::wanted`] names into what was seen, until [`Step::Decided`]; then [`Batch::finish`] gives the answers, the net
//! changes (each touched row once) and the work to hand over. Commands are decided in the order they
//! came. Each change is laid over the working set at once, so a later command sees it; because what
//! a command must see may depend on that, it is asked again just before it decides.
//!
//! Deliberately absent: IO, commits, and what to do when one of them fails. That is the
//! [`Writer`](crate::Writer)'s.

use payments::command::{Answer, Decide, KEYS_PER_COMMAND, Lanes, NONCE_BYTES, Stamp};
use payments::rows::{Work, WorkKind};
use payments::tables::Added;
use payments::{ChangeSet, Command, ReadSet, Terms, WorkId, WorkingSet};

use crate::{Moment, WorkItem, claim};

/// Commands in one batch at most.
pub const BATCH_COMMANDS_MAX: usize = 1_024;

/// Rounds of reading for one command at most: a command that asks for more is wrong.
const ROUNDS_MAX: u32 = 16;

/// What the commands of a batch are stamped with.
#[derive(Debug)]
pub struct Stamps<'a> {
    /// One moment for all.
    pub moment: Moment,
    /// The lane that writes, and how many there are.
    pub lanes: Lanes,
    /// The first key of each command.
    pub first_keys: Vec<i64>,
    /// [`NONCE_BYTES`] random bytes for each command.
    pub nonces: &'a [u8],
    /// The operator's settings.
    pub terms: &'a Terms,
}

/// What the batch needs next.
#[derive(Debug)]
pub enum Step {
    /// The rows of [`Batch::wanted`].
    Load,
    /// Nothing: every command is decided.
    Decided,
}

/// A batch that has been decided.
#[derive(Debug)]
pub struct Decided {
    /// One answer a command, in their order. They may be given when the changes are durable.
    pub answers: Vec<Answer>,
    /// The net changes.
    pub changes: ChangeSet,
    /// Work that is due at once and claimed for this node; to be handed over after the commit.
    pub items: Vec<WorkItem>,
}

/// A batch at work.
#[derive(Debug)]
pub struct Batch<'a> {
    commands: &'a [Command],
    stamps: Stamps<'a>,
    seen: WorkingSet,
    added: Added,
    answers: Vec<Answer>,
    /// Commands whose first reads are not complete.
    reading: Vec<usize>,
    /// Rounds since the last progress.
    rounds: u32,
    /// Work that was written, in the order it was.
    works: Vec<WorkId>,
    /// What must be seen next. Its room is used again for each command.
    want: ReadSet,
}

impl<'a> Batch<'a> {
    /// A batch of which nothing is decided yet.
    pub fn new(commands: &'a [Command], stamps: Stamps<'a>) -> Batch<'a> {
        assert!(commands.len() <= BATCH_COMMANDS_MAX, "a batch is bounded");
        assert_eq!(
            commands.len(),
            stamps.first_keys.len(),
            "each command has keys"
        );
        assert_eq!(
            commands.len() * NONCE_BYTES,
            stamps.nonces.len(),
            "each command has a nonce"
        );
        Batch {
            commands,
            stamps,
            seen: WorkingSet::default(),
            added: Added::default(),
            answers: Vec::with_capacity(commands.len()),
            reading: (0..commands.len()).collect(),
            rounds: 0,
            works: Vec::new(),
            want: ReadSet::default(),
        }
    }

    /// Loads what each command reads when its turn comes, instead of everything first: for a
    /// backend that reads in the same process, where a round trip costs nothing and asking twice
    /// what is to be read costs more.
    #[must_use]
    pub fn in_turn(mut self) -> Batch<'a> {
        self.reading = Vec::new();
        self
    }

    /// What has been seen before the first step.
    pub fn seen(&mut self) -> &mut WorkingSet {
        &mut self.seen
    }

    /// What a [`Step::Load`] asks for, and where it goes. Whoever loads may strike out what he has found.
    pub fn wanted(&mut self) -> (&mut ReadSet, &mut WorkingSet) {
        (&mut self.want, &mut self.seen)
    }

    /// Whether nothing is decided yet.
    pub fn is_undecided(&self) -> bool {
        self.answers.is_empty()
    }

    /// Stamps anew what is undecided. Rows that were waited for may be of a later moment than the
    /// batch was begun at: what it does comes after what it has seen, and so do its keys.
    pub fn restamp(&mut self, moment: Moment, first_keys: Vec<i64>) {
        assert!(self.is_undecided(), "one moment for all commands");
        assert_eq!(
            first_keys.len(),
            self.commands.len(),
            "each command has keys"
        );
        self.stamps.moment = moment;
        self.stamps.first_keys = first_keys;
    }

    /// The first and the last key that the commands may use.
    pub fn keys(&self) -> (i64, i64) {
        let keys = &self.stamps.first_keys;
        (keys[0], last_key(keys[keys.len() - 1]))
    }

    /// Goes as far as it can on what has been seen.
    pub fn step(&mut self) -> Step {
        self.rounds += 1;
        assert!(
            self.rounds <= ROUNDS_MAX,
            "reads end after {ROUNDS_MAX} rounds"
        );
        if !self.reading.is_empty() && self.gather() {
            return Step::Load;
        }
        while self.answers.len() < self.commands.len() {
            if self.is_unseen_by(self.answers.len()) {
                return Step::Load;
            }
            self.decide(self.answers.len());
            self.rounds = 0;
        }
        if self.is_unseen_by_works() {
            Step::Load
        } else {
            Step::Decided
        }
    }

    /// Gives everything away.
    pub fn finish(self) -> Decided {
        assert_eq!(
            self.answers.len(),
            self.commands.len(),
            "every command is decided"
        );
        let due = self.due_works();
        let items = due
            .map(|work| claim::item(work, &self.seen, true))
            .collect();
        Decided {
            answers: self.answers,
            changes: self.seen.into_changes(self.added),
            items,
        }
    }

    /// One round for all commands that named something new in the round before; whether anything has
    /// to be read.
    fn gather(&mut self) -> bool {
        let mut union = ReadSet::default();
        let mut reading = std::mem::take(&mut self.reading);
        reading.retain(|at| {
            let incomplete = self.is_unseen_by(*at);
            union.merge(&self.want);
            incomplete
        });
        self.reading = reading;
        self.want = union;
        !self.want.is_empty()
    }

    /// Names what a command must see and nobody has read; whether that is anything.
    fn is_unseen_by(&mut self, at: usize) -> bool {
        self.want.clear();
        self.commands[at].reads(&self.seen, self.stamps.lanes, &mut self.want);
        self.want.retain_unknown(&self.seen);
        !self.want.is_empty()
    }

    fn decide(&mut self, at: usize) {
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&self.stamps.nonces[at * NONCE_BYTES..(at + 1) * NONCE_BYTES]);
        let stamp = Stamp {
            now: self.stamps.moment.product,
            real: self.stamps.moment.real,
            lanes: self.stamps.lanes,
            first_key: self.stamps.first_keys[at],
            nonce,
            terms: self.stamps.terms,
        };
        let verdict = self.commands[at].decide(&self.seen, &stamp);
        let written = verdict
            .changes
            .works
            .iter()
            .filter(|(_, work)| work.is_some());
        self.works.extend(written.map(|(id, _)| *id));
        self.seen.lay(verdict.changes, &mut self.added);
        self.answers.push(verdict.answer);
    }

    /// Names what is needed to hand the new work over, and nobody has read; whether that is anything.
    fn is_unseen_by_works(&mut self) -> bool {
        let mut want = std::mem::take(&mut self.want);
        want.clear();
        for work in self.due_works() {
            claim::wants(work, &self.seen, &mut want);
        }
        want.retain_unknown(&self.seen);
        self.want = want;
        !self.want.is_empty()
    }

    /// Work that this batch leaves behind, that is due, and that this node has to itself.
    fn due_works(&self) -> impl Iterator<Item = &Work> {
        let Moment { product, real } = self.stamps.moment;
        let left = self.works.iter().filter_map(|id| self.seen.works.peek(id));
        left.filter(move |work| work.id.due <= product && real < work.leased_until)
            .filter(|work| is_handed_over(work.kind))
    }
}

/// Time limits are found by the clock, not handed over.
fn is_handed_over(kind: WorkKind) -> bool {
    match kind {
        WorkKind::TimeOut | WorkKind::Deadline | WorkKind::Charge => false,
        WorkKind::Authorize
        | WorkKind::Capture
        | WorkKind::Void
        | WorkKind::Refund
        | WorkKind::Notify => true,
    }
}

/// The last key of a batch whose last command got this first key.
fn last_key(first_key: i64) -> i64 {
    first_key + KEYS_PER_COMMAND - 1
}
