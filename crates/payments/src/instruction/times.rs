//! From when until when a text lets its token be used.

use super::{Assertion, Condition, Instruction, Problem, Relation, Value, Variable, value};
use crate::Timestamp;

impl Instruction {
    /// The first moment that the assertions allow, if they name one.
    fn start(&self) -> Option<Timestamp> {
        let moments = self.moments().filter_map(|(relation, at)| match relation {
            Relation::AtLeast | Relation::Equal => Some(at),
            Relation::Greater => Some(at.plus_ms(1)),
            Relation::NotEqual | Relation::Less | Relation::AtMost => None,
        });
        moments.max()
    }

    /// The first moment that they allow no more, if they name one.
    fn end(&self) -> Option<Timestamp> {
        let moments = self.moments().filter_map(|(relation, at)| match relation {
            Relation::AtMost | Relation::Equal => Some(at.plus_ms(1)),
            Relation::Less => Some(at),
            Relation::NotEqual | Relation::AtLeast | Relation::Greater => None,
        });
        moments.min()
    }

    fn moments(&self) -> impl Iterator<Item = (Relation, Timestamp)> {
        let moment = |assertion: &Assertion| match assertion.condition {
            Condition::Is(relation, Value::Moment(at)) => Some((relation, at)),
            Condition::Is(..) | Condition::Like(..) | Condition::Among(_) => None,
        };
        self.assertions()
            .filter(|assertion| assertion.variable == Variable::TransactionTimestamp)
            .filter_map(moment)
    }

    /// Whether a token that ends at this moment would ever be used by this text.
    ///
    /// # Errors
    /// [`Problem::StartTime`] when its start is not before its end.
    pub fn check_start(&self, expires_at: Timestamp) -> Result<(), Problem> {
        let end = self.end().map_or(expires_at, |end| end.min(expires_at));
        match self.start() {
            Some(start) if end <= start => Err(Problem::StartTime {
                start: value::write_moment(start),
            }),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_lies_before_the_end() {
        let expires_at = value::read_moment("2026-12-31T00:00Z").expect("a moment");
        let cases = [
            ("", true),
            ("TransactionTimestamp >= '2020-01-01T00:00Z';", true),
            ("TransactionTimestamp >= '2026-12-30T23:59Z';", true),
            ("TransactionTimestamp >= '2026-12-31T00:00Z';", false),
            ("TransactionTimestamp > '2026-12-30T23:59:59.999Z';", false),
            ("TransactionTimestamp == '2026-06-01T00:00Z';", true),
            (
                "TransactionTimestamp >= '2026-06-01T00:00Z'; TransactionTimestamp <= '2026-06-01T00:00Z';",
                true,
            ),
            (
                "TransactionTimestamp >= '2026-06-01T00:00Z'; TransactionTimestamp < '2026-06-01T00:00Z';",
                false,
            ),
            (
                "TransactionTimestamp <= '2026-05-31T00:00Z'; TransactionTimestamp >= '2026-06-01T00:00Z';",
                false,
            ),
            // A time that is over is no matter of the start.
            ("TransactionTimestamp <= '2008-10-289T10:41-0700';", true),
        ];
        for (text, allowed) in cases {
            let instruction = Instruction::parse(text).expect("a text");
            assert_eq!(
                instruction.check_start(expires_at).is_ok(),
                allowed,
                "{text}"
            );
        }
    }
}
