//! XML, as little of it as a payments protocol needs.
//!
//! **Promise:** whatever text goes into the [`Writer`], a well-formed document in XML 1.0 comes out,
//! in one buffer, without a byte of white space between the elements. Names are the program's own.
//!
//! [`Document::read`] takes bytes from strangers: namespaces are resolved, every limit has a name, and
//! nothing is fetched, declared or expanded. [`c14n`] gives an element's bytes in exclusive canonical
//! form, which is what signatures cover.
//!
//! Deliberately absent: document types, entities of one's own, processing instructions, pretty
//! printing, changing a document that was read.

mod writer;

mod document;
mod read;
mod reader;

mod characters;
mod cursor;
mod names;

pub mod c14n;

mod fuzz;

pub use document::{Attribute, Document, Element};
pub use fuzz::fuzz_entry;
pub use read::{Limits, Problem, ReadError};
pub use writer::{Writer, escape_attribute, escape_text};
