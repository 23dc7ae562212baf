//! The types of the protocol, and the documents that describe it: the XML Schema and the WSDL.
//!
//! Requests come from the table of [`Action`](crate::Action)s, results and types from the tables
//! here, so what is described is what is read. Replies are written by [`reply`](crate::reply); tests
//! hold them against these documents.

mod results;
mod types;
mod wsdl;
mod xsd;

pub use types::{ENUMERATIONS, Enumeration, TYPES, Type};
pub use wsdl::wsdl;
pub use xsd::xsd;

/// A child of a complex type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: &'static str,
    /// Its type: `xs:` for one of the standard's, else one of ours.
    pub kind: &'static str,
    /// How often it comes.
    pub occurs: Occurs,
}

/// How often an element comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occurs {
    /// Once.
    Once,
    /// Once or not at all.
    Maybe,
    /// Any number of times.
    Any,
    /// At least once.
    Some,
    /// So many times at most.
    UpTo(u8),
}

const fn once(name: &'static str, kind: &'static str) -> Element {
    let occurs = Occurs::Once;
    Element { name, kind, occurs }
}

const fn maybe(name: &'static str, kind: &'static str) -> Element {
    let occurs = Occurs::Maybe;
    Element { name, kind, occurs }
}

const fn any(name: &'static str, kind: &'static str) -> Element {
    let occurs = Occurs::Any;
    Element { name, kind, occurs }
}

const fn some(name: &'static str, kind: &'static str) -> Element {
    let occurs = Occurs::Some;
    Element { name, kind, occurs }
}
