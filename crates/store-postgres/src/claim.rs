//! Leasing work that is due and that nobody has, from any node.
//!
//! One statement picks and leases. Rows that another node is just leasing are skipped, not waited
//! for (`SKIP LOCKED`); an engine without it would only wait, and then find the lease.

use payments::command::LEASE_MS;
use payments::rows::{Work, WorkKind};
use payments::{ReadSet, WorkingSet};
use store::figures::Figures;
use store::{Moment, WorkItem, claim, rows};

use crate::columns::Columns;
use crate::error::Failure;
use crate::known::Known;
use crate::load::{Reading, Target, load};
use crate::session::Session;
use crate::table::Read;

const CLAIM: &str = "UPDATE works w SET leased_until = $5::int8 FROM ( \
    SELECT due, key FROM works WHERE due <= $2::int8 AND leased_until <= $3::int8 \
    AND kind = ANY($1::int8[]) ORDER BY due, key LIMIT $4::int8 FOR UPDATE SKIP LOCKED) AS p \
    WHERE w.due = p.due AND w.key = p.key \
    RETURNING w.due, w.key, w.kind, w.subject, w.tries, w.since, w.leased_until";

/// Leases up to so many rows of work, each with what is needed to do it. What cannot be read is leased
/// and named, and not given.
pub(crate) async fn claim_work(
    session: &mut Session,
    figures: &Figures,
    kinds: &[WorkKind],
    most: usize,
    now: Moment,
) -> Result<Vec<WorkItem>, Failure> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = Columns::of_ints(kinds.iter().map(|kind| i64::from(*kind as u8)))
        .and(now.product.0)
        .and(now.real.0)
        .and(most)
        .and(now.real.plus_ms(LEASE_MS).0);
    let step = session.step("claiming work", CLAIM, values).await?;
    let replies = session.pipeline(&[step]).await?;
    let mut works = Vec::new();
    for row in replies.iter().flat_map(|reply| &reply.rows) {
        match rows::work(&mut Read::new("works", row)) {
            Ok(work) => works.push(work),
            Err(outage) => claim::unreadable(figures, "with a row that cannot be read", &outage),
        }
    }
    works.sort_unstable_by_key(|work| work.id);
    match items(session, &works).await {
        // Looked at one by one, each shows whether it is the one that cannot be read.
        Err(Failure::Outage(_)) => items_singly(session, figures, &works).await,
        items => items,
    }
}

async fn items_singly(
    session: &mut Session,
    figures: &Figures,
    works: &[Work],
) -> Result<Vec<WorkItem>, Failure> {
    let mut read = Vec::with_capacity(works.len());
    for work in works {
        match items(session, std::slice::from_ref(work)).await {
            Ok(items) => read.extend(items),
            Err(Failure::Outage(outage)) => claim::unreadable(figures, work.id.key, &outage),
            Err(failure) => return Err(failure),
        }
    }
    Ok(read)
}

async fn items(session: &mut Session, works: &[Work]) -> Result<Vec<WorkItem>, Failure> {
    let seen = see_for(session, works).await?;
    let item = |work| claim::item(work, &seen, false);
    Ok(works.iter().map(item).collect())
}

/// Reads what is needed to do the work, in rounds.
async fn see_for(session: &mut Session, works: &[Work]) -> Result<WorkingSet, Failure> {
    let (mut seen, mut known) = (WorkingSet::default(), Known::default());
    loop {
        let mut want = ReadSet::default();
        for work in works {
            claim::wants(work, &seen, &mut want);
        }
        want.retain_unknown(&seen);
        if want.is_empty() {
            return Ok(seen);
        }
        let target = Target {
            seen: &mut seen,
            known: &mut known,
        };
        load(session, Vec::new(), &want, Reading::Looking, target).await?;
    }
}
