//! A place in the text of a document, and the smallest things that stand there.

use crate::names::{begins_name, continues_name, is_character, is_space};
use crate::read::{Problem, ReadError};

/// A text and how far it has been read.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
}

impl<'a> Cursor<'a> {
    /// A prefix, which may be empty, and a local name.
    pub(crate) fn qualified_name(&mut self) -> Result<(&'a str, &'a str), ReadError> {
        let first = self.name()?;
        if self.skip_if(":") {
            return Ok((first, self.name()?));
        }
        Ok(("", first))
    }

    pub(crate) fn name(&mut self) -> Result<&'a str, ReadError> {
        let rest = self.rest();
        if !rest.starts_with(begins_name) {
            let problem = match rest.chars().next() {
                None => Problem::Cut,
                Some(sign) if !is_character(sign) => Problem::IllegalCharacter,
                Some(_) => Problem::BadName,
            };
            return self.fail(problem);
        }
        let length = rest
            .find(|sign| !continues_name(sign))
            .unwrap_or(rest.len());
        self.at += length;
        Ok(&rest[..length])
    }

    pub(crate) fn equals(&mut self) -> Result<(), ReadError> {
        self.skip_space();
        if !self.skip_if("=") {
            return self.fail(Problem::Expected("an equals sign"));
        }
        self.skip_space();
        Ok(())
    }

    /// What stands in quotes, as it is, and where it begins.
    pub(crate) fn quoted(&mut self) -> Result<(&'a str, usize), ReadError> {
        let quote = match self.rest().bytes().next() {
            Some(b'"') => '"',
            Some(b'\'') => '\'',
            _ => return self.fail(Problem::Expected("a value in quotes")),
        };
        let start = self.at + 1;
        let Some(length) = self.text[start..].find(quote) else {
            return self.fail(Problem::Cut);
        };
        self.at = start + length + 1;
        Ok((&self.text[start..start + length], start))
    }

    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(crate) fn skip_if(&mut self, expected: &str) -> bool {
        let is_there = self.rest().starts_with(expected);
        if is_there {
            self.at += expected.len();
        }
        is_there
    }

    /// Whether there was any.
    pub(crate) fn skip_space(&mut self) -> bool {
        let length = self.rest().bytes().take_while(|byte| is_space(*byte));
        let length = length.count();
        self.at += length;
        0 < length
    }

    pub(crate) fn fail<T>(&self, problem: Problem) -> Result<T, ReadError> {
        self.fail_at(self.at, problem)
    }

    #[expect(clippy::unused_self, reason = "reads as `fail` does where it is used")]
    pub(crate) const fn fail_at<T>(&self, at: usize, problem: Problem) -> Result<T, ReadError> {
        Err(ReadError { at, problem })
    }
}
