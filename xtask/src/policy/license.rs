//! Licence expressions (SPDX), as far as packages use them: names, `AND`, `OR`, `WITH`, brackets,
//! and the slash that older packages write for `OR`.

/// Whether the accepted licences satisfy an expression.
pub fn accepted(expression: &str, accepted: &[String]) -> Result<(), String> {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader {
        words: &words,
        accepted,
    };
    match reader.any_of() {
        Some(_) if !reader.words.is_empty() => Err(format!("`{expression}` cannot be read")),
        Some(true) => Ok(()),
        Some(false) => Err(format!("`{expression}` is not among the accepted ones")),
        None => Err(format!("`{expression}` cannot be read")),
    }
}

/// Reads an expression from left to right. Each reading is `None` when the words make no sense.
struct Reader<'a> {
    words: &'a [&'a str],
    accepted: &'a [String],
}

impl Reader<'_> {
    fn any_of(&mut self) -> Option<bool> {
        let mut holds = self.all_of()?;
        while self.next_is("OR") {
            holds |= self.all_of()?;
        }
        Some(holds)
    }

    fn all_of(&mut self) -> Option<bool> {
        let mut holds = self.one()?;
        while self.next_is("AND") {
            holds &= self.one()?;
        }
        Some(holds)
    }

    fn one(&mut self) -> Option<bool> {
        if self.next_is("(") {
            let holds = self.any_of()?;
            return self.next_is(")").then_some(holds);
        }
        let mut name = self.name()?;
        if self.next_is("WITH") {
            name = format!("{name} WITH {}", self.name()?);
        }
        Some(self.accepted.contains(&name))
    }

    fn name(&mut self) -> Option<String> {
        let (first, rest) = self.words.split_first()?;
        if ["AND", "OR", "WITH", "(", ")"].contains(first) {
            return None;
        }
        self.words = rest;
        Some((*first).to_owned())
    }

    fn next_is(&mut self, word: &str) -> bool {
        if self.words.first() != Some(&word) {
            return false;
        }
        self.words = &self.words[1..];
        true
    }
}

#[cfg(test)]
mod tests {
    use super::accepted;

    #[test]
    fn expressions_are_satisfied_as_they_read() {
        let list = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        let cases = [
            ("MIT", true),
            ("MIT/GPL-3.0-only", true),
            ("GPL-3.0-only OR MIT", true),
            ("GPL-3.0-only AND MIT", false),
            ("MIT AND (GPL-3.0-only OR ISC)", true),
            ("(GPL-3.0-only OR ISC) AND GPL-2.0-only", false),
            ("GPL-3.0-only AND MIT OR ISC", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
            ("", false),
            ("MIT OR", false),
            ("MIT ISC", false),
            ("(MIT", false),
        ];
        for (expression, expected) in cases {
            assert_eq!(
                accepted(expression, &list).is_ok(),
                expected,
                "{expression}"
            );
        }
    }
}
