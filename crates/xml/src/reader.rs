//! Reading: one pass over the bytes, with a stack of open elements instead of recursion.

use std::borrow::Cow;

use crate::characters::{Place, meaning};
use crate::cursor::Cursor;
use crate::document::{Document, Namespace, Node, Piece};
use crate::names::is_space;
use crate::read::{Limits, Problem, ReadError};

mod namespaces;

/// The byte order mark, which a document in UTF-8 may begin with.
const MARK: &str = "\u{feff}";

impl<'a> Document<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// The first thing that is wrong, and where.
    pub fn read(bytes: &'a [u8], limits: &Limits) -> Result<Document<'a>, ReadError> {
        if limits.xml_bytes_max < bytes.len() {
            let problem = Problem::Limit("xml_bytes_max", limits.xml_bytes_max);
            return Err(ReadError { at: 0, problem });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| ReadError {
            at: error.valid_up_to(),
            problem: Problem::NotUtf8,
        })?;
        let mut reader = Reader {
            cursor: Cursor { text, at: 0 },
            limits,
            open: Vec::new(),
            document: Document {
                pieces: Vec::new(),
                nodes: Vec::new(),
                attributes: Vec::new(),
                bindings: Vec::new(),
            },
        };
        reader.document()?;
        Ok(reader.document)
    }
}

struct Reader<'a, 'l> {
    cursor: Cursor<'a>,
    limits: &'l Limits,
    open: Vec<usize>,
    document: Document<'a>,
}

/// An attribute whose prefix is not resolved yet.
struct Raw<'a> {
    at: usize,
    prefix: &'a str,
    local: &'a str,
    value: Cow<'a, str>,
}

impl<'a> Reader<'a, '_> {
    fn document(&mut self) -> Result<(), ReadError> {
        self.cursor.skip_if(MARK);
        self.declaration()?;
        self.between()?;
        if self.cursor.rest().is_empty() {
            return self.cursor.fail(Problem::Cut);
        }
        if !self.cursor.rest().starts_with('<') {
            return self.cursor.fail(Problem::Expected("an element"));
        }
        self.start_tag()?;
        while !self.open.is_empty() {
            self.content()?;
        }
        self.between()?;
        if self.cursor.rest().is_empty() {
            Ok(())
        } else {
            self.cursor.fail(Problem::TrailingContent)
        }
    }

    /// `<?xml version="1.0" encoding="UTF-8" standalone="no"?>`, or nothing.
    fn declaration(&mut self) -> Result<(), ReadError> {
        let is_there = self.cursor.rest().starts_with("<?xml")
            && self.cursor.rest()[5..].bytes().next().is_some_and(is_space);
        if !is_there {
            return Ok(());
        }
        self.cursor.at += "<?xml".len();
        if self.pseudo_attribute("version")? != Some("1.0") {
            return self.cursor.fail(Problem::BadDeclaration);
        }
        let encoding = self.pseudo_attribute("encoding")?;
        if encoding.is_some_and(|name| !name.eq_ignore_ascii_case("utf-8")) {
            return self.cursor.fail(Problem::NotUtf8);
        }
        let standalone = self.pseudo_attribute("standalone")?;
        if !matches!(standalone, None | Some("yes" | "no")) {
            return self.cursor.fail(Problem::BadDeclaration);
        }
        self.cursor.skip_space();
        if self.cursor.skip_if("?>") {
            Ok(())
        } else {
            self.cursor.fail(Problem::BadDeclaration)
        }
    }

    fn pseudo_attribute(&mut self, name: &str) -> Result<Option<&'a str>, ReadError> {
        let before = self.cursor.at;
        let spaced = self.cursor.skip_space();
        if !spaced || !self.cursor.skip_if(name) {
            self.cursor.at = before;
            return Ok(None);
        }
        self.cursor.equals()?;
        let (value, _) = self.cursor.quoted()?;
        Ok(Some(value))
    }

    /// Comments and white space around the root.
    fn between(&mut self) -> Result<(), ReadError> {
        loop {
            self.cursor.skip_space();
            if self.cursor.rest().starts_with("<!--") {
                self.comment()?;
            } else {
                return self.refuse_instructions();
            }
        }
    }

    /// Names what is never read, so that its sender learns why.
    fn refuse_instructions(&self) -> Result<(), ReadError> {
        if self.cursor.rest().starts_with("<?") {
            return self.cursor.fail(Problem::ProcessingInstruction);
        }
        if self.cursor.rest().starts_with("<!DOCTYPE") {
            return self.cursor.fail(Problem::DocumentType);
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), ReadError> {
        let start = self.cursor.at + "<!--".len();
        let body = &self.cursor.text[start..];
        let Some(length) = body.find("--") else {
            return self.cursor.fail(Problem::Cut);
        };
        meaning(&body[..length], Place::Verbatim, start)?;
        self.cursor.at = start + length + 2;
        if self.cursor.skip_if(">") {
            Ok(())
        } else {
            self.cursor.fail(Problem::BadComment)
        }
    }

    /// One piece of content of the innermost open element.
    fn content(&mut self) -> Result<(), ReadError> {
        let rest = self.cursor.rest();
        if rest.is_empty() {
            return self.cursor.fail(Problem::Cut);
        }
        if !rest.starts_with('<') {
            return self.characters();
        }
        if rest.starts_with("</") {
            return self.end_tag();
        }
        if rest.starts_with("<!--") {
            return self.comment();
        }
        if rest.starts_with("<![CDATA[") {
            return self.verbatim();
        }
        self.refuse_instructions()?;
        self.start_tag()
    }

    fn characters(&mut self) -> Result<(), ReadError> {
        let length = self
            .cursor
            .rest()
            .find('<')
            .unwrap_or(self.cursor.rest().len());
        let raw = &self.cursor.rest()[..length];
        if let Some(offset) = raw.find("]]>") {
            return self
                .cursor
                .fail_at(self.cursor.at + offset, Problem::Unescaped);
        }
        let text = self.meant(raw, Place::Content, self.cursor.at)?;
        self.document.pieces.push(Piece::Text(text));
        self.cursor.at += length;
        Ok(())
    }

    fn verbatim(&mut self) -> Result<(), ReadError> {
        let start = self.cursor.at + "<![CDATA[".len();
        let body = &self.cursor.text[start..];
        let Some(length) = body.find("]]>") else {
            return self.cursor.fail(Problem::Cut);
        };
        let text = self.meant(&body[..length], Place::Verbatim, start)?;
        self.document.pieces.push(Piece::Text(text));
        self.cursor.at = start + length + "]]>".len();
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), ReadError> {
        let tag_at = self.cursor.at;
        self.cursor.at += 1;
        let (prefix, local) = self.cursor.qualified_name()?;
        let (raw, is_empty) = self.attributes()?;
        let index = self.document.nodes.len();
        if self.limits.xml_elements_max <= index {
            let most = self.limits.xml_elements_max;
            return self
                .cursor
                .fail_at(tag_at, Problem::Limit("xml_elements_max", most));
        }
        if self.limits.xml_depth_max <= self.open.len() {
            let most = self.limits.xml_depth_max;
            return self
                .cursor
                .fail_at(tag_at, Problem::Limit("xml_depth_max", most));
        }
        let first_binding = self.document.bindings.len();
        let raw = self.declare(raw, first_binding)?;
        let piece = self.document.pieces.len();
        self.document.nodes.push(Node {
            parent: self.open.last().copied(),
            prefix,
            local,
            namespace: Namespace::None,
            attributes: 0..0,
            bindings: first_binding..self.document.bindings.len(),
            pieces: piece..piece,
        });
        self.document.pieces.push(Piece::Open(index));
        self.open.push(index);
        let namespace = self.resolve(prefix, tag_at)?;
        self.document.nodes[index].namespace = namespace;
        self.keep_attributes(index, raw)?;
        if is_empty {
            self.close();
        }
        Ok(())
    }

    /// The attributes up to the end of a start tag, and whether the element is an empty one.
    fn attributes(&mut self) -> Result<(Vec<Raw<'a>>, bool), ReadError> {
        let mut raw = Vec::new();
        loop {
            let spaced = self.cursor.skip_space();
            if self.cursor.skip_if("/>") {
                return Ok((raw, true));
            }
            if self.cursor.skip_if(">") {
                return Ok((raw, false));
            }
            if !spaced {
                return self
                    .cursor
                    .fail(Problem::Expected("white space or the end of the tag"));
            }
            let at = self.cursor.at;
            let (prefix, local) = self.cursor.qualified_name()?;
            self.cursor.equals()?;
            let (value, value_at) = self.cursor.quoted()?;
            if let Some(offset) = value.find('<') {
                return self.cursor.fail_at(value_at + offset, Problem::Unescaped);
            }
            let value = self.meant(value, Place::Attribute, value_at)?;
            if self.limits.xml_attributes_max <= raw.len() {
                let most = self.limits.xml_attributes_max;
                return self
                    .cursor
                    .fail_at(at, Problem::Limit("xml_attributes_max", most));
            }
            raw.push(Raw {
                at,
                prefix,
                local,
                value,
            });
        }
    }

    fn end_tag(&mut self) -> Result<(), ReadError> {
        let tag_at = self.cursor.at;
        self.cursor.at += "</".len();
        let (prefix, local) = self.cursor.qualified_name()?;
        self.cursor.skip_space();
        if !self.cursor.skip_if(">") {
            return self.cursor.fail(Problem::Expected("the end of the tag"));
        }
        let fits = self.open.last().is_some_and(|index| {
            let node = &self.document.nodes[*index];
            (node.prefix, node.local) == (prefix, local)
        });
        if !fits {
            return self.cursor.fail_at(tag_at, Problem::MismatchedTags);
        }
        self.close();
        Ok(())
    }

    fn close(&mut self) {
        if let Some(index) = self.open.pop() {
            self.document.pieces.push(Piece::Close(index));
            self.document.nodes[index].pieces.end = self.document.pieces.len();
        }
    }

    fn meant(&self, raw: &'a str, place: Place, at: usize) -> Result<Cow<'a, str>, ReadError> {
        if self.limits.xml_text_bytes_max < raw.len() {
            let most = self.limits.xml_text_bytes_max;
            return self
                .cursor
                .fail_at(at, Problem::Limit("xml_text_bytes_max", most));
        }
        meaning(raw, place, at)
    }
}

#[cfg(test)]
mod tests;
