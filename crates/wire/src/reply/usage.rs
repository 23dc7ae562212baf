//! The `TokenUsageLimits` of GetTokenUsage: one element a limit, though its name is plural.

use money::Amount;
use payments::Timestamp;
use payments::rows::{Token, UsageLimitKind, WindowUse};
use xml::Writer;

use super::write_amount;
use crate::instant;

/// Writes what has been used: the limit of everything together first, then the others in their order.
pub(super) fn write(writer: &mut Writer, token: &Token, windows: &[WindowUse]) {
    let facts = &token.facts;
    let zero = Amount::zero(token.used.currency());
    if facts.total_max.is_some() {
        write_amounts(writer, token.used, zero, facts.valid_from);
    }
    for (limit, window) in facts.limits.iter().zip(windows) {
        let (current, last) = (window.current, window.last);
        match limit.kind {
            UsageLimitKind::Amount(_) => {
                let last = last.map_or(zero, |last| last.amount);
                write_amounts(writer, current.amount, last, current.start);
            }
            UsageLimitKind::Count(_) => {
                let last = last.map_or(0, |last| last.count);
                writer
                    .open("TokenUsageLimits")
                    .element("Count", &current.count.to_string())
                    .element("LastResetCount", &last.to_string())
                    .element("LastResetTimestamp", &instant::write(current.start))
                    .close("TokenUsageLimits");
            }
        }
    }
}

fn write_amounts(writer: &mut Writer, used: Amount, last: Amount, since: Timestamp) {
    writer.open("TokenUsageLimits");
    write_amount(writer, "Amount", used);
    write_amount(writer, "LastResetAmount", last);
    writer
        .element("LastResetTimestamp", &instant::write(since))
        .close("TokenUsageLimits");
}
