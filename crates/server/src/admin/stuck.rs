//! Work that does not get done: parked, late, or in want of a row that cannot be read.

use std::sync::Arc;

use payments::rows::{PARKED, Work, WorkKind};
use payments::{ReadSet, TransactionKey, WorkingSet};
use serde_json::{Value, json};
use store::{Found, Outage, Query, claim};

use super::show::{LIST_MAX, date};
use super::{NotDone, not_done};
use crate::app::App;

pub(super) async fn list(app: &Arc<App>, older_s: i64) -> Result<Value, NotDone> {
    let before = app.real_now().plus_ms(older_s.saturating_mul(-1_000));
    let most = LIST_MAX;
    let found = app.store.find(Query::Stuck { before, most }).await?;
    let Found::Works(works) = found else {
        return not_done("the store gave another answer");
    };
    let mut lines = Vec::new();
    for work in works {
        lines.push(match work {
            Ok(work) => line(app, &work).await,
            // What it was about is not known either.
            Err(outage) => json!({ "work": Value::Null, "problem": outage.to_string() }),
        });
    }
    Ok(Value::Array(lines))
}

/// One piece of work; with a `problem` when something that it needs cannot be read, for then nobody
/// can do it.
async fn line(app: &Arc<App>, work: &Work) -> Value {
    let (seen, problem) = needed(app, work).await;
    let mut line = json!({
        "work": format!("{:?}", work.kind),
        "since": date(work.since),
        "tries": work.tries,
        "parked": work.id.due == PARKED,
    });
    match work.kind {
        WorkKind::Notify => line["notification"] = json!(work.subject),
        WorkKind::Charge => line["subscription"] = json!(work.subject),
        WorkKind::Authorize
        | WorkKind::Capture
        | WorkKind::Void
        | WorkKind::Refund
        | WorkKind::TimeOut
        | WorkKind::Deadline => {
            let transaction = seen.transactions.peek(&TransactionKey(work.subject));
            line["transaction"] = json!(transaction.map(|row| row.id().to_string()));
        }
    }
    if let Some(problem) = problem {
        line["problem"] = json!(problem.to_string());
    }
    line
}

/// What is needed to do the work, as far as it can be read.
async fn needed(app: &Arc<App>, work: &Work) -> (WorkingSet, Option<Outage>) {
    let (mut want, mut seen) = (ReadSet::default(), WorkingSet::default());
    loop {
        let mut more = ReadSet::default();
        claim::wants(work, &seen, &mut more);
        more.retain_unknown(&seen);
        if more.is_empty() {
            return (seen, None);
        }
        want.merge(&more);
        seen = match app.store.see(want.clone()).await {
            Ok(seen) => seen,
            Err(outage) => return (seen, Some(outage)),
        };
    }
}
