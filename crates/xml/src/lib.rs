//! XML, as little of it as a payments protocol needs.
//!
//! **Promise:** whatever text goes into the [`Writer`], a well-formed document in XML 1.0 comes out,
//! in one buffer, without a byte of white space between the elements. Names are the program's own.
//!
//! Deliberately absent: a document tree, namespaces beyond the one attribute, pretty printing.

mod writer;

pub use writer::{Writer, escape_attribute, escape_text};
