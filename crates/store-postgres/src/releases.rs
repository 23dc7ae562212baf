//! Which releases may work with a schema.
//!
//! **Promise:** no node writes a schema that its release does not know. The schema names the oldest
//! release that may; a node compares it in the transaction that takes a lane, and every holder of a
//! lane says its release there. A step of the schema that leaves releases behind waits for the lanes
//! of their nodes, and fences those whose lease has run out: whoever wakes up later commits nothing.

use store::Outage;
use tokio_postgres::{Client, Error};

use crate::error::{Failure, failure};
use crate::table::Whole;

/// This release.
pub(crate) const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// The schema waits for whoever is asked this, and whoever asks this for the schema.
const OLDEST: &str = "SELECT oldest_binary FROM schema WHERE id = 1 FOR SHARE";
const HOLDERS: &str = "SELECT lane, holder, \
    (extract(epoch FROM clock_timestamp()) * 1000)::int8 < leased_until FROM lanes ORDER BY lane";
const FENCE: &str = "UPDATE lanes SET fence = fence + 1, holder = '' WHERE lane = $1::int4 \
    AND holder = $2 AND leased_until <= (extract(epoch FROM clock_timestamp()) * 1000)::int8";

/// What the holder of a lane is called: its release, and a name of its own.
pub(crate) fn holder(name: u64) -> String {
    format!("{RELEASE} {name:016x}")
}

/// Whether one release is older than another.
pub(crate) fn is_older(one: &str, other: &str) -> bool {
    numbers(one) < numbers(other)
}

/// The numbers of a release: `1.20.3`; what says none is older than all.
fn numbers(text: &str) -> Vec<u32> {
    let parts = text.split('.').filter(|part| !part.is_empty());
    parts.map(|part| part.parse().unwrap_or(u32::MAX)).collect()
}

fn of_holder(holder: &str) -> &str {
    holder.split_once(' ').map_or("", |(release, _)| release)
}

/// Fails when this release may not write this schema. The schema stays as it is until the
/// transaction ends.
pub(crate) async fn check(client: &Client) -> Result<(), Failure> {
    let failed = |problem: Error| failure("asking for the schema", &problem);
    let row = client.query_opt(OLDEST, &[]).await.map_err(failed)?;
    let Some(row) = row else { return Ok(()) };
    let oldest: String = row.try_get(0).map_err(failed)?;
    if is_older(RELEASE, &oldest) {
        return Err(Failure::Outage(Outage::Failed {
            doing: "leasing a lane",
            reason: format!("the database needs Holdfast {oldest} or newer"),
        }));
    }
    Ok(())
}

/// Keeps nodes older than a release from writing any more; gives what is in the way of that: a node
/// that works.
pub(crate) async fn keep_out(client: &Client, oldest: &str) -> Result<Option<String>, Error> {
    for row in client.query(HOLDERS, &[]).await? {
        let (Whole(lane), holder, works): (_, String, bool) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let release = of_holder(&holder);
        if !is_older(release, oldest) {
            continue;
        }
        let lane32 = i32::try_from(lane).unwrap_or(i32::MAX);
        let fenced = !works && client.execute(FENCE, &[&lane32, &holder]).await? == 1;
        if !fenced {
            let of = if release.is_empty() {
                "an older"
            } else {
                release
            };
            let reason = format!("a node of {of} release has lane {lane}, and {oldest} is needed");
            return Ok(Some(reason));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_compared_number_by_number() {
        for (older, newer) in [
            ("", "0.0.1"),
            ("0.9.0", "0.10.0"),
            ("1.2.3", "1.2.4"),
            ("1.2", "1.2.0"),
            ("1.99.99", "2.0.0"),
        ] {
            assert!(is_older(older, newer), "{older} {newer}");
            assert!(!is_older(newer, older), "{newer} {older}");
        }
        assert!(!is_older(RELEASE, RELEASE));
    }

    #[test]
    fn a_holder_says_its_release() {
        assert_eq!(of_holder(&holder(7)), RELEASE);
        assert_eq!(of_holder("00000000000000ff"), "");
    }
}
