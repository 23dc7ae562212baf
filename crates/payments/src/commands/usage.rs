//! The limits of a token and their use.

use money::Amount;

use crate::rows::{
    AmountRule, Token, TokenStatus, TokenType, UsageLimit, UsageLimitKind, UsageWindow, WindowUse,
};
use crate::{ReadSet, Refusal, Timestamp, TokenKey, WorkingSet};

/// Whether one more use of this amount stays within every limit.
pub(super) fn check(token: &Token, amount: Amount, now: Timestamp) -> Result<(), Refusal> {
    let refuse = |limit: String| Err(Refusal::TokenUsageError { limit });
    if let Some(rule) = token.facts.each
        && !rule.allows(amount)
    {
        return refuse(match rule {
            AmountRule::Exact(exact) => format!("Each charge must be exactly {}.", shown(exact)),
            AmountRule::Maximum(most) => format!("Each charge must be at most {}.", shown(most)),
            AmountRule::Minimum(least) => format!("Each charge must be at least {}.", shown(least)),
        });
    }
    let Some(after) = token.used.plus(amount) else {
        return refuse("All charges together are more than can be counted.".to_owned());
    };
    if let Some(most) = token.facts.total_max
        && most < after
    {
        let (most, used) = (shown(most), token.used.to_cents());
        return refuse(format!(
            "All charges together must be at most {most}, of which {used} is used."
        ));
    }
    for (limit, window) in token
        .facts
        .limits
        .iter()
        .zip(windows_at(token, amount, now))
    {
        let current = window.current;
        let sum = current.amount.plus(amount);
        let fits = sum.is_some_and(|sum| match limit.kind {
            UsageLimitKind::Amount(most) => sum <= most,
            UsageLimitKind::Count(most) => current.count < most,
        });
        if !fits {
            return refuse(describe(limit));
        }
    }
    Ok(())
}

/// The token after one more use.
pub(super) fn used(token: &Token, amount: Amount, now: Timestamp) -> Token {
    let mut after = token.clone();
    after.windows = windows_at(token, amount, now);
    for window in &mut after.windows {
        let sum = window.current.amount.plus(amount);
        window.current.amount = sum.expect("within a limit that was checked");
        window.current.count = window.current.count.saturating_add(1);
    }
    after.used = after
        .used
        .plus(amount)
        .expect("within a limit that was checked");
    after.uses = after.uses.saturating_add(1);
    after.used_at = Some(now);
    if after.facts.kind == TokenType::SingleUse {
        after.status = TokenStatus::Used;
    }
    after
}

/// The token after an amount it used has come back unused: failure, cancel, expiry, partial settle.
/// A window that has ended since keeps what it had. A single-use token stays used.
pub(super) fn regained(token: &Token, amount: Amount, used_at: Timestamp) -> Token {
    let mut after = token.clone();
    after.used = after.used.minus_or_zero(amount);
    for window in &mut after.windows {
        if window.current.start <= used_at {
            window.current.amount = window.current.amount.minus_or_zero(amount);
        } else if let Some(last) = &mut window.last
            && last.start <= used_at
        {
            last.amount = last.amount.minus_or_zero(amount);
        }
    }
    after
}

/// Successors that are followed at most: a token whose way to pay changed more often while one of its
/// transactions was open gets nothing back from it.
const SUCCESSORS_MAX: usize = 4;

/// Adds a token and those that took over from it, one a round.
pub(super) fn want_newest(token: Option<TokenKey>, seen: &WorkingSet, want: &mut ReadSet) {
    let known = |key: &TokenKey| seen.tokens.peek(key);
    let chain = std::iter::successors(token, |key| known(key)?.successor);
    want.tokens.extend(chain.take(SUCCESSORS_MAX + 1));
}

/// The token that counts for one of its transactions now: itself, or the last that took over.
pub(super) fn newest(token: TokenKey, seen: &WorkingSet) -> Option<&Token> {
    let next = |token: &&Token| seen.tokens.peek(&token.successor?);
    let chain = std::iter::successors(seen.tokens.get(&token), next);
    chain.take(SUCCESSORS_MAX + 1).last()
}

/// The windows as they stand now: those whose time is over have made room for new ones.
pub fn windows_at(token: &Token, like: Amount, now: Timestamp) -> Vec<WindowUse> {
    let fresh = |start| UsageWindow {
        start,
        amount: Amount::zero(like.currency()),
        count: 0,
    };
    let anchor = token.facts.valid_from;
    let limits = token.facts.limits.iter().enumerate();
    limits
        .map(|(index, limit)| {
            let start = limit
                .period
                .map_or(anchor, |period| period.window_start(anchor, now));
            match token.windows.get(index) {
                Some(window) if window.current.start == start => *window,
                Some(window) => WindowUse {
                    current: fresh(start),
                    last: Some(window.current),
                },
                None => WindowUse {
                    current: fresh(start),
                    last: None,
                },
            }
        })
        .collect()
}

/// A limit as a sentence: `At most 3 charges per 2 weeks are allowed.`
fn describe(limit: &UsageLimit) -> String {
    let (most, verb) = match limit.kind {
        UsageLimitKind::Amount(most) => (shown(most), "is"),
        UsageLimitKind::Count(1) => ("1 charge".to_owned(), "is"),
        UsageLimitKind::Count(most) => (format!("{most} charges"), "are"),
    };
    let within = limit.period.map_or("in all".to_owned(), |period| {
        let length = period.describe();
        format!("per {}", length.strip_prefix("1 ").unwrap_or(&length))
    });
    format!("At most {most} {within} {verb} allowed.")
}

/// `USD 9.99`
fn shown(amount: Amount) -> String {
    format!("{} {}", amount.currency(), amount.to_cents())
}

#[cfg(test)]
mod tests {
    use money::Currency;

    use super::*;
    use crate::period::Period;

    #[test]
    fn limits_are_said_in_sentences() {
        let amount = UsageLimitKind::Amount(Amount::from_cents(4_000, Currency::USD).unwrap());
        let cases = [
            (amount, None, "At most USD 40.00 in all is allowed."),
            (
                amount,
                Some("1 Month"),
                "At most USD 40.00 per month is allowed.",
            ),
            (
                UsageLimitKind::Count(1),
                None,
                "At most 1 charge in all is allowed.",
            ),
            (
                UsageLimitKind::Count(3),
                Some("2 Weeks"),
                "At most 3 charges per 2 weeks are allowed.",
            ),
        ];
        for (kind, period, sentence) in cases {
            let period = period.map(|text| Period::parse(text).unwrap());
            assert_eq!(describe(&UsageLimit { kind, period }), sentence);
        }
    }
}
