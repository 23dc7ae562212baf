//! From characters to words.

use super::Problem;

/// A word and where it begins; line and column count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// A word of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// A name, a keyword or a type.
    Name(String),
    /// Digits.
    Integer(u64),
    /// What stood between quotes.
    Text(String),
    /// Anything else that means something.
    Sign(&'static str),
    /// There is no more.
    End,
}

/// Longer ones first, so that `<=` is not read as `<`.
const SIGNS: [&str; 12] = [
    ":=", "==", "!=", "<=", ">=", "=", "<", ">", ";", "(", ")", ",",
];

/// Cuts a text into words; the last one is [`Word::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Problem> {
    let mut lexer = Lexer {
        rest: text,
        line: 1,
        column: 1,
    };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks();
        let (line, column) = (lexer.line, lexer.column);
        let word = lexer.word()?;
        let is_end = word == Word::End;
        tokens.push(Token { word, line, column });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'t> {
    rest: &'t str,
    line: usize,
    column: usize,
}

impl<'t> Lexer<'t> {
    fn word(&mut self) -> Result<Word, Problem> {
        let Some(first) = self.rest.chars().next() else {
            return Ok(Word::End);
        };
        if first.is_ascii_alphabetic() {
            let name = self.run(|c| c.is_ascii_alphanumeric() || c == '_');
            return Ok(Word::Name(name.to_owned()));
        }
        if first.is_ascii_digit() {
            let (line, column) = (self.line, self.column);
            let digits = self.run(|c| c.is_ascii_digit());
            let number = digits.parse().ok().map(Word::Integer);
            return number.ok_or_else(|| unexpected(line, column, digits));
        }
        if first == '\'' {
            return self.quoted();
        }
        for sign in SIGNS {
            if self.rest.starts_with(sign) {
                self.take(sign.len());
                return Ok(Word::Sign(sign));
            }
        }
        let shown = first.escape_default().to_string();
        Err(unexpected(self.line, self.column, &shown))
    }

    fn quoted(&mut self) -> Result<Word, Problem> {
        self.take(1);
        let Some(end) = self.rest.find('\'') else {
            return Err(Problem::BadRule("expecting ''', found '<EOF>'".to_owned()));
        };
        let text = self.take(end).to_owned();
        self.take(1);
        Ok(Word::Text(text))
    }

    fn skip_blanks(&mut self) {
        self.run(char::is_whitespace);
    }

    fn run(&mut self, belongs: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        self.take(end)
    }

    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        for character in taken.chars() {
            if character == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        taken
    }
}

/// The sentence that was recorded.
pub(super) fn unexpected(line: usize, column: usize, what: &str) -> Problem {
    Problem::BadRule(format!("line {line}:{column}: unexpected token: {what}"))
}

impl Token {
    /// It should not stand here.
    pub(super) fn unexpected(&self) -> Problem {
        let shown = match &self.word {
            Word::Name(name) => name.clone(),
            Word::Integer(number) => number.to_string(),
            Word::Text(text) => format!("'{text}'"),
            Word::Sign(sign) => (*sign).to_owned(),
            Word::End => "<EOF>".to_owned(),
        };
        unexpected(self.line, self.column, &shown)
    }

    /// It stands here rightly, but what it says cannot be.
    pub(super) fn wrong(&self, why: &str) -> Problem {
        let (line, column) = (self.line, self.column);
        Problem::BadRule(format!("line {line}:{column}: {why}"))
    }
}
