//! One attempt at a batch: read, decide, write, commit.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ledger::AccountKind;
use payments::command::{Lanes, NONCE_BYTES};
use payments::{AccountKey, ChangeSet, Command, ReadSet, WorkingSet};
use store::batch::{Batch, Decided, Stamps, Step as Ask};
use store::chain::BatchRow;
use store::{Moment, Outage};

use super::{Batched, Lane, Stop};
use crate::columns::Columns;
use crate::error::Failure;
use crate::foretell::Foretold;
use crate::known::{Known, Locking};
use crate::lease::{LANE_LEASE_MS, Lease};
use crate::load::{Reading, Target, load};
use crate::node::Node;
use crate::session::{Reply, Session, Step};
use crate::table::Whole;
use crate::write::{check, verify, write};

/// After something remembered was wrong: batches that look for references before they take them for new.
const CAREFUL_BATCHES: u32 = 64;
/// Accounts remembered as those whose money is taken.
const DEBITED_MAX: usize = 4_096;

const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const LANE: &str = "SELECT l.fence, \
    (SELECT s.value FROM settings s WHERE s.name = 'signing-certificate') \
    FROM lanes l WHERE l.lane = ANY($1::int8[]) FOR UPDATE OF l";
const RENEW: &str = "UPDATE lanes SET leased_until = $3::int8 \
    WHERE lane = ANY($1::int8[]) AND fence = $2::int8";
const COMMIT: &str = "COMMIT";

impl Lane {
    /// One attempt: read, decide, write, commit.
    pub(super) async fn attempt(
        &mut self,
        commands: &[Command],
        locking: &mut Locking,
    ) -> Result<Batched, Stop> {
        let (node, lease) = (
            self.node.clone(),
            self.lease.expect("a lane that is reached"),
        );
        let lanes = Lanes {
            own: lease.lane,
            count: node.lanes(),
        };
        let (foretold, mut seen, known) = self.foretell(commands, lanes, locking);

        let session = self.session.as_mut().expect("a lane that is reached");
        let opening = opening(session, lease).await?;
        let Foretold {
            want,
            hints,
            has_gaps,
            ..
        } = foretold;
        let mut loading = Loading {
            known,
            locking: &mut *locking,
            hints: &hints,
            node: &node,
            late: false,
        };
        let (replies, moment) = loading.load(session, opening, &want, &mut seen).await?;
        check_lane(&node, lease, &replies[1])?;

        let keys = &mut self.keys;
        let mut allot = |moment: Moment| -> Vec<i64> {
            let keys = commands.iter().map(|_| keys.allot(moment.product));
            keys.collect()
        };
        let terms = node.terms();
        let nonces = node.random(commands.len() * NONCE_BYTES);
        let stamps = Stamps {
            moment,
            lanes,
            first_keys: allot(moment),
            nonces: &nonces,
            terms: &terms,
        };
        let mut batch = Batch::new(commands, stamps);
        if !has_gaps && want.references.is_empty() {
            // Nothing was found that could name more: nobody need be asked before its turn.
            batch = batch.in_turn();
        }
        *batch.seen() = seen;
        while let Ask::Load = guarded(|| batch.step())? {
            let (want, seen) = batch.wanted();
            let (_, moment) = loading.load(session, Vec::new(), want, seen).await?;
            if batch.is_undecided() {
                batch.restamp(moment, allot(moment));
            }
        }
        let allotted = batch.keys();
        let Decided {
            answers,
            changes,
            items,
        } = guarded(|| batch.finish())?;
        let known = loading.known;
        let batched = Batched {
            answers,
            changes,
            items,
            row: None,
            rows: 0,
        };
        self.keep_batch(batched, &known, locking, allotted).await
    }

    /// Accounts that were debited lately are locked at once where their balances are read.
    fn expect_debits(&self, want: &ReadSet, lanes: Lanes, locking: &mut Locking) {
        let balances = want.balances.iter();
        let foreign = balances.filter(|(_, lane)| *lane != lanes.own);
        let debits = foreign.map(|(account, _)| *account);
        let known = debits.filter(|account| self.debited.contains(account));
        locking.debits.extend(known);
    }

    /// Proves what was decided on memory, and writes what was decided.
    async fn keep_batch(
        &mut self,
        mut batched: Batched,
        known: &Known,
        locking: &mut Locking,
        keys: (i64, i64),
    ) -> Result<Batched, Stop> {
        let session = self.session.as_mut().expect("a lane that is reached");
        if batched.changes.is_empty() {
            let proofs = verify(session, known).await?;
            session.pipeline(&proofs).await?;
            self.roll_back().await;
            return Ok(batched);
        }
        self.check_locks(&batched.changes, known, locking)?;
        let (first, last) = keys;
        let row = self.chain.link(&batched.changes, first, last);
        self.commit(&mut batched, known, row).await?;
        Ok(batched)
    }

    /// What the batch will read, and what it may decide on without reading it: proved when it is
    /// written.
    fn foretell(
        &mut self,
        commands: &[Command],
        lanes: Lanes,
        locking: &mut Locking,
    ) -> (Foretold, WorkingSet, Known) {
        let mut foretold = self.node.memory.foretell(commands, lanes);
        foretold.want.merge(&locking.late);
        self.expect_debits(&foretold.want, lanes, locking);
        let (mut seen, mut known) = (WorkingSet::default(), Known::default());
        if locking.distrust {
            self.careful = CAREFUL_BATCHES;
            return (foretold, seen, known);
        }
        foretold.trust(&mut seen, &mut known, |hints, key| {
            let reading = Reading::Deciding {
                locking,
                hints,
                late: false,
            };
            reading.locks_token(key)
        });
        if self.careful == 0 {
            foretold.presume(&mut seen, &mut known);
        } else {
            self.careful -= 1;
        }
        (foretold, seen, known)
    }

    /// Whether everything that is changed was locked, and everybody whose money is taken.
    fn check_locks(
        &mut self,
        changes: &ChangeSet,
        known: &Known,
        locking: &mut Locking,
    ) -> Result<(), Stop> {
        let taken = changes.added.postings.iter().map(|row| row.posting.debit);
        let taken = taken.filter(|account| account.kind == AccountKind::Available);
        let debits: BTreeSet<AccountKey> = taken.map(|account| AccountKey(account.owner)).collect();
        if DEBITED_MAX < self.debited.len() + debits.len() {
            self.debited.clear();
        }
        self.debited.extend(debits.iter().copied());
        if !debits.is_subset(&locking.debits) {
            locking.debits.extend(debits);
            return Err(Stop::Wider);
        }
        if known.has_unlocked(changes) {
            locking.everything = true;
            return Err(Stop::Wider);
        }
        Ok(())
    }

    /// Writes and commits in one round trip, and looks at every reply.
    async fn commit(
        &mut self,
        batched: &mut Batched,
        known: &Known,
        row: BatchRow,
    ) -> Result<(), Stop> {
        let lease = self.lease.expect("a lane that is reached");
        let session = self.session.as_mut().expect("a lane that is reached");
        let mut steps = write(session, &batched.changes, known, &row).await?;
        let real = self.node.clocks.now().real;
        let until = real.plus_ms(LANE_LEASE_MS);
        let renewed = lease.until < real.plus_ms(LANE_LEASE_MS / 2);
        if renewed {
            steps.push(renewal(session, lease, until.0).await?);
        }
        batched.rows = batched.changes.len();
        batched.row = Some(row);
        steps.push(
            session
                .step("committing", COMMIT, Columns::default())
                .await?,
        );
        match session.pipeline(&steps).await {
            Ok(replies) => check(&steps, &replies).map_err(Stop::Astray)?,
            Err(Failure::Lost(reason)) => {
                tracing::warn!(
                    reason,
                    "the connection was lost while a batch was committed"
                );
                let batched = std::mem::replace(batched, Batched::nothing());
                return Err(Stop::InDoubt(Box::new(batched)));
            }
            Err(other) => return Err(other.into()),
        }
        if renewed {
            self.lease = Some(Lease { until, ..lease });
        }
        Ok(())
    }
}

/// Begins, and locks the lane.
async fn opening(session: &mut Session, lease: Lease) -> Result<Vec<Step>, Failure> {
    let own = Columns::of_ints([i64::from(lease.lane)]);
    Ok(vec![
        session.step("beginning", BEGIN, Columns::default()).await?,
        session.step("locking the lane", LANE, own).await?,
    ])
}

/// The reads of one attempt.
struct Loading<'a> {
    known: Known,
    locking: &'a mut Locking,
    hints: &'a WorkingSet,
    node: &'a Node,
    /// Whether a round has been read.
    late: bool,
}

impl Loading<'_> {
    /// Reads rows behind other steps, whose replies it gives back, and says when it had them all.
    async fn load(
        &mut self,
        session: &mut Session,
        before: Vec<Step>,
        want: &ReadSet,
        seen: &mut WorkingSet,
    ) -> Result<(Vec<Reply>, Moment), Stop> {
        let late = std::mem::replace(&mut self.late, true);
        if late {
            self.locking.late.merge(want);
        }
        let (locking, hints) = (&*self.locking, self.hints);
        let reading = Reading::Deciding {
            locking,
            hints,
            late,
        };
        let into = Target {
            seen: &mut *seen,
            known: &mut self.known,
        };
        let loaded = load(session, before, want, reading, into).await?;
        let time = loaded.time.expect("a batch asks for the time");
        let moment = self.node.moment(time);
        if let Some(lane) = loaded.last_lane
            && self.node.lanes() <= lane
        {
            self.node.learn_lanes(lane + 1);
            return Err(Stop::Wider);
        }
        self.node.memory.learn_loaded(want, seen, &self.known);
        Ok((loaded.before, moment))
    }
}

/// Whether the lane is still ours; and which certificate signs.
fn check_lane(node: &Node, lease: Lease, reply: &Reply) -> Result<(), Stop> {
    let Some(row) = reply.rows.first() else {
        return Err(Stop::Displaced);
    };
    let corrupt = |problem: tokio_postgres::Error| Outage::Corrupt {
        table: "lanes",
        key: lease.lane.to_string(),
        reason: problem.to_string(),
    };
    let Whole(fence) = row.try_get(0).map_err(corrupt)?;
    if fence != lease.fence {
        return Err(Stop::Displaced);
    }
    let certificate: Option<&str> = row.try_get(1).map_err(corrupt)?;
    if let Some(address) = certificate {
        node.learn_certificate(address);
    }
    Ok(())
}

async fn renewal(session: &mut Session, lease: Lease, until: i64) -> Result<Step, Failure> {
    let values = Columns::of_ints([i64::from(lease.lane)])
        .and(lease.fence)
        .and(until);
    let mut step = session.step("keeping the lane", RENEW, values).await?;
    step.changes = Some(1);
    Ok(step)
}

fn guarded<T>(step: impl FnOnce() -> T) -> Result<T, Stop> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|_| Stop::Bug)
}
