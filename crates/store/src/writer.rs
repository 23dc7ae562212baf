//! Drives batches through a backend that blocks: the one who writes a lane.
//!
//! A batch that fails is rolled back, what was seen is dropped, and its commands run one by one, so
//! that one command can fail no neighbour. A bug in one decision (a panic) is caught the same way:
//! that command gets [`Outage::Failed`], the others their answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use payments::command::{Answer, LEASE_MS, Lanes, NONCE_BYTES};
use payments::commands::{CERTIFICATE, CLOCK_OFFSET};
use payments::ids::key_time;
use payments::rows::{Work, WorkKind};
use payments::tables::written;
use payments::{ChangeSet, Command, ReadSet, Terms, Timestamp, WorkId, WorkingSet};

use crate::batch::{Batch, Decided, Stamps, Step};
use crate::chain::{BatchRow, Chain};
use crate::figures::{Figures, count};
use crate::keys::KeyAllotter;
use crate::recent::Recent;
use crate::{Backend, Clock, Clocks, Entropy, Handover, Moment, Outage, WorkItem, claim};

/// The only lane of a store with one writer.
const LANE: u16 = 0;
/// All lanes of such a store.
const LANES: Lanes = Lanes {
    own: LANE,
    count: 1,
};

/// Is shown the commands of each batch after it is durable, before they are answered.
pub type Watch = Arc<dyn Fn(&[Command]) + Send + Sync>;

/// What a writer is given besides its backend.
pub struct Setup {
    /// The operator's settings.
    pub terms: Terms,
    /// Real time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Box<dyn Entropy>,
    /// Who takes work that is due at once.
    pub handover: Arc<dyn Handover>,
    /// Who watches the batches: tests and tools.
    pub watch: Option<Watch>,
}

/// The writer of a store that has one lane.
pub struct Writer<B> {
    backend: B,
    setup: Setup,
    clocks: Arc<Clocks>,
    figures: Arc<Figures>,
    keys: KeyAllotter,
    chain: Chain,
    recent: Recent,
}

/// A batch that is durable and not yet told.
struct Committed {
    answers: Vec<Answer>,
    changes: ChangeSet,
    items: Vec<WorkItem>,
    row: Option<BatchRow>,
}

impl<B: Backend> Writer<B> {
    /// Goes on where the store was left.
    pub fn open(mut backend: B, setup: Setup) -> Result<Writer<B>, Outage> {
        let last = backend.last_batch(LANE)?;
        let mut want = ReadSet::default();
        want.settings.insert(CLOCK_OFFSET.to_owned());
        let mut seen = WorkingSet::default();
        backend.begin()?;
        let loaded = backend.load(&want, &mut seen);
        backend.roll_back();
        loaded?;
        let offset = seen.settings.peek(&CLOCK_OFFSET.to_owned());
        let offset = offset.map_or(Ok(0), |text| parse_offset(text))?;
        let last_key = last.as_ref().map(|row| row.last_key);
        let reached = last_key.map_or(Timestamp(0), key_time);
        let clocks = Arc::new(Clocks::new(setup.clock.clone(), offset, reached));
        Ok(Writer {
            backend,
            setup,
            clocks,
            figures: Arc::default(),
            keys: KeyAllotter::after(LANE, last_key),
            chain: Chain::after(LANE, last.as_ref()),
            recent: Recent::default(),
        })
    }

    /// The clocks, for those who read beside the writer.
    pub fn clocks(&self) -> Arc<Clocks> {
        self.clocks.clone()
    }

    /// The counters.
    pub fn figures(&self) -> Arc<Figures> {
        self.figures.clone()
    }

    /// The backend, for what needs no command.
    pub fn backend(&mut self) -> &mut B {
        &mut self.backend
    }

    /// Decides commands and makes what they changed durable: one result a command, in their order.
    pub fn run(&mut self, commands: &[Command]) -> Vec<Result<Answer, Outage>> {
        if commands.is_empty() {
            return Vec::new();
        }
        match self.guarded(commands) {
            Ok(answers) => {
                if let Some(watch) = &self.setup.watch {
                    watch(commands);
                }
                answers.into_iter().map(Ok).collect()
            }
            // Whoever asked is told, and logs it.
            Err(outage) if commands.len() == 1 => vec![Err(outage)],
            Err(outage) => {
                let count = commands.len();
                tracing::warn!(count, %outage, "a batch failed; its commands run one by one");
                commands
                    .iter()
                    .flat_map(|command| self.run(std::slice::from_ref(command)))
                    .collect()
            }
        }
    }

    /// Leases work to this node, as far as it is still due and free.
    pub fn claim(&mut self, ids: &[WorkId], kinds: &[WorkKind]) -> Result<Vec<WorkItem>, Outage> {
        let claimed = self.try_claim(ids, kinds);
        if claimed.is_err() {
            self.backend.roll_back();
        }
        claimed
    }

    fn guarded(&mut self, commands: &[Command]) -> Result<Vec<Answer>, Outage> {
        let attempt = catch_unwind(AssertUnwindSafe(|| self.attempt(commands)));
        let attempt = attempt.unwrap_or_else(|_| {
            count(&self.figures.store_bugs_total, 1);
            let reason = "a bug stopped this command".to_owned();
            Err(Outage::Failed {
                doing: "deciding",
                reason,
            })
        });
        match attempt {
            Ok(committed) => Ok(self.settle(committed)),
            Err(outage) => {
                count(&self.figures.store_failures_total, 1);
                self.backend.roll_back();
                self.recent.clear();
                Err(outage)
            }
        }
    }

    /// Everything up to the commit. A panic in here leaves nothing behind.
    fn attempt(&mut self, commands: &[Command]) -> Result<Committed, Outage> {
        let moment = self.clocks.now();
        let first_keys: Vec<i64> = commands
            .iter()
            .map(|_| self.keys.allot(moment.product))
            .collect();
        let mut nonces = vec![0; commands.len() * NONCE_BYTES];
        self.setup.entropy.fill(&mut nonces);
        self.backend.begin()?;
        let stamps = Stamps {
            moment,
            lanes: LANES,
            first_keys,
            nonces: &nonces,
            terms: &self.setup.terms,
        };
        let mut batch = Batch::new(commands, stamps).in_turn();
        while let Step::Load = batch.step() {
            let (want, seen) = batch.wanted();
            let (recent, figures) = (&mut self.recent, &self.figures);
            fetch(&mut self.backend, recent, figures, want, seen)?;
        }
        let (first, last) = batch.keys();
        let Decided {
            answers,
            changes,
            items,
        } = batch.finish();
        if changes.is_empty() {
            self.backend.roll_back();
            return Ok(Committed {
                answers,
                changes,
                items,
                row: None,
            });
        }
        let row = self.chain.link(&changes, first, last);
        self.backend.write(&changes, Some(&row))?;
        self.backend.commit()?;
        Ok(Committed {
            answers,
            changes,
            items,
            row: Some(row),
        })
    }

    /// Takes over what has been committed, and hands the new work over.
    fn settle(&mut self, committed: Committed) -> Vec<Answer> {
        count(&self.figures.store_commands_total, committed.answers.len());
        if let Some(row) = committed.row {
            self.chain.linked(&row);
            count(&self.figures.store_batches_total, 1);
            count(&self.figures.store_rows_total, committed.changes.len());
        }
        for (name, value) in &committed.changes.settings {
            let Some(value) = value else { continue };
            if name == CERTIFICATE {
                self.setup.terms.certificate.clone_from(value);
            } else if name == CLOCK_OFFSET
                && let Ok(offset) = parse_offset(value)
            {
                self.clocks.set_offset(offset);
            }
        }
        self.recent.learn_written(committed.changes);
        if !committed.items.is_empty() {
            self.setup.handover.take(committed.items);
        }
        committed.answers
    }

    fn try_claim(&mut self, ids: &[WorkId], kinds: &[WorkKind]) -> Result<Vec<WorkItem>, Outage> {
        let moment = self.clocks.now();
        self.backend.begin()?;
        let (items, unread) = self.leasable(ids, kinds, moment);
        if items.is_empty() && unread.is_empty() {
            self.backend.roll_back();
            return Ok(items);
        }
        let mut changes = ChangeSet::default();
        let leased = items.iter().map(|item| item.work.clone());
        changes
            .works
            .extend(leased.map(|work| (work.id, written(work))));
        self.backend.write(&changes, None)?;
        self.backend
            .put_aside(&unread, moment.real.plus_ms(LEASE_MS))?;
        self.backend.commit()?;
        count(&self.figures.store_claims_total, items.len());
        Ok(items)
    }

    /// What can be leased and handed over; and what cannot be read, each looked at by itself.
    fn leasable(
        &mut self,
        ids: &[WorkId],
        kinds: &[WorkKind],
        moment: Moment,
    ) -> (Vec<WorkItem>, Vec<WorkId>) {
        if let Ok(items) = self.items(ids, kinds, moment) {
            return (items, Vec::new());
        }
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for id in ids {
            match self.items(std::slice::from_ref(id), kinds, moment) {
                Ok(items) => read.extend(items),
                Err(outage) => {
                    claim::unreadable(&self.figures, id.key, &outage);
                    unread.push(*id);
                }
            }
        }
        (read, unread)
    }

    /// Those of these that are still due and free, leased, each with what is needed to do it.
    fn items(
        &mut self,
        ids: &[WorkId],
        kinds: &[WorkKind],
        moment: Moment,
    ) -> Result<Vec<WorkItem>, Outage> {
        let mut want = ReadSet::default();
        want.works.extend(ids.iter().copied());
        let mut seen = WorkingSet::default();
        self.backend.load(&want, &mut seen)?;
        let is_free = |work: &&Work| {
            let free = work.leased_until <= moment.real && kinds.contains(&work.kind);
            free && work.id.due <= moment.product
        };
        let found = ids.iter().filter_map(|id| seen.works.peek(id));
        let leased = found.filter(is_free).map(|work| Work {
            leased_until: moment.real.plus_ms(LEASE_MS),
            ..work.clone()
        });
        let works: Vec<Work> = leased.collect();
        self.see_for(&works, &mut seen)?;
        let items = works.iter().map(|work| claim::item(work, &seen, false));
        Ok(items.collect())
    }

    /// Loads what is needed to do the work, in rounds.
    fn see_for(&mut self, works: &[Work], seen: &mut WorkingSet) -> Result<(), Outage> {
        loop {
            let mut want = ReadSet::default();
            for work in works {
                claim::wants(work, seen, &mut want);
            }
            want.retain_unknown(seen);
            if want.is_empty() {
                return Ok(());
            }
            let (recent, figures) = (&mut self.recent, &self.figures);
            fetch(&mut self.backend, recent, figures, &mut want, seen)?;
        }
    }
}

fn fetch(
    backend: &mut dyn Backend,
    recent: &mut Recent,
    figures: &Figures,
    want: &mut ReadSet,
    seen: &mut WorkingSet,
) -> Result<(), Outage> {
    let asked = want.len();
    recent.fill(want, seen);
    let missing = want.len();
    count(&figures.store_recent_hits_total, asked - missing);
    count(&figures.store_recent_misses_total, missing);
    if 0 < missing {
        backend.load(want, seen)?;
        recent.learn_loaded(want, seen);
    }
    Ok(())
}

fn parse_offset(text: &str) -> Result<i64, Outage> {
    text.parse().map_err(|_| Outage::Corrupt {
        table: "settings",
        key: CLOCK_OFFSET.to_owned(),
        reason: "not a whole number of milliseconds".to_owned(),
    })
}
