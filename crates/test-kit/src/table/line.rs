//! One line of a story: a verb and its words.

use money::Amount;

use crate::people::usd;

/// A line, taken apart word by word.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) verb: &'a str,
    /// Milliseconds since the beginning.
    pub(super) at_ms: Option<i64>,
    /// What stands behind the arrow.
    pub(super) expected: Option<&'a str>,
    words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    /// Reads a line; an empty one, or one with a remark only, is none.
    pub(super) fn parse(raw: &'a str) -> Result<Option<Line<'a>>, String> {
        let text = raw.split('#').next().unwrap_or_default();
        let (step, expected) = match text.split_once("->") {
            Some((step, expected)) => (step, Some(expected.trim())),
            None => (text, None),
        };
        let mut words: Vec<_> = step.split_whitespace().collect();
        if words.is_empty() {
            let alone = expected
                .is_some()
                .then(|| "an arrow without a step".to_owned());
            return alone.map_or(Ok(None), Err);
        }
        let verb = words.remove(0);
        let mut line = Line {
            verb,
            at_ms: None,
            expected,
            words,
        };
        line.at_ms = line.option("at")?.map(span_ms).transpose()?;
        Ok(Some(line))
    }

    /// The next word that must be there.
    pub(super) fn take(&mut self, what: &str) -> Result<&'a str, String> {
        if self.words.is_empty() {
            return Err(format!("{what} is missing"));
        }
        Ok(self.words.remove(0))
    }

    /// The value behind a name, if the name is there.
    pub(super) fn option(&mut self, name: &str) -> Result<Option<&'a str>, String> {
        let Some(at) = self.words.iter().position(|word| *word == name) else {
            return Ok(None);
        };
        self.words.remove(at);
        if at < self.words.len() {
            Ok(Some(self.words.remove(at)))
        } else {
            Err(format!("`{name}` needs a value"))
        }
    }

    /// The value behind a name that must be there.
    pub(super) fn needed(&mut self, name: &str) -> Result<&'a str, String> {
        self.option(name)?
            .ok_or_else(|| format!("`{name}` is missing"))
    }

    /// An amount behind a name.
    pub(super) fn amount(&mut self, name: &str) -> Result<Option<Amount>, String> {
        Ok(self.option(name)?.map(usd))
    }

    /// Whether a word is there.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        let at = self.words.iter().position(|word| *word == name);
        at.map(|at| self.words.remove(at)).is_some()
    }

    /// The words that are left, all of them.
    pub(super) fn rest(&mut self) -> Vec<&'a str> {
        std::mem::take(&mut self.words)
    }

    /// An amount that may stand next.
    pub(super) fn next_amount(&mut self) -> Option<Amount> {
        let first = self.words.first()?;
        let is_number = first.starts_with(|c: char| c.is_ascii_digit());
        is_number.then(|| usd(self.words.remove(0)))
    }

    /// Nothing may be left over.
    pub(super) fn finish(self) -> Result<(), String> {
        if self.words.is_empty() {
            return Ok(());
        }
        Err(format!(
            "`{}` does not understand {:?}",
            self.verb, self.words
        ))
    }
}

/// Reads `+7d-1ms`, `1h30m`: signed parts, added up.
pub(super) fn span_ms(text: &str) -> Result<i64, String> {
    let bad = || format!("`{text}` is no span of time");
    let (mut sum, mut sign, mut digits, mut unit) = (0, 1, String::new(), String::new());
    for letter in text.chars().chain(['+']) {
        match letter {
            '0'..='9' if unit.is_empty() => digits.push(letter),
            '+' | '-' | '0'..='9' => {
                if !digits.is_empty() {
                    let count: i64 = digits.parse().map_err(|_| bad())?;
                    sum += sign * count * unit_ms(&unit).ok_or_else(bad)?;
                }
                (digits, unit) = (String::new(), String::new());
                match letter {
                    '+' => sign = 1,
                    '-' => sign = -1,
                    digit => digits.push(digit),
                }
            }
            letter => unit.push(letter),
        }
    }
    Ok(sum)
}

fn unit_ms(unit: &str) -> Option<i64> {
    match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        "d" => Some(86_400_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_add_up() {
        let cases = [
            ("+1h", Ok(3_600_000)),
            ("+7d-1ms", Ok(604_799_999)),
            ("1h30m", Ok(5_400_000)),
            ("+0s", Ok(0)),
        ];
        for (text, ms) in cases {
            assert_eq!(span_ms(text), ms, "{text}");
        }
        for bad in ["soon", "+7", "+7w", "d"] {
            assert!(span_ms(bad).is_err() || span_ms(bad) == Ok(0), "{bad}");
        }
        assert!(span_ms("+7w").is_err());
    }

    #[test]
    fn lines_come_apart() {
        let line = Line::parse("settle R1 4.00 at +1h -> refused X  # a remark");
        let mut line = line.expect("a line").expect("a step");
        assert_eq!((line.verb, line.at_ms), ("settle", Some(3_600_000)));
        assert_eq!(line.expected, Some("refused X"));
        assert_eq!(line.take("a name"), Ok("R1"));
        assert_eq!(line.next_amount(), Some(usd("4.00")));
        assert_eq!(line.finish(), Ok(()));
        assert!(Line::parse("  # nothing").expect("no step").is_none());
        assert!(Line::parse("-> pending").is_err());
        let mut line = Line::parse("settle R1 by")
            .expect("a line")
            .expect("a step");
        assert!(line.option("by").is_err());
    }
}
