//! What a document may hold, and why bytes are not taken for one.

use std::fmt;

/// How much one document may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole document.
    pub xml_bytes_max: usize,
    /// Elements within each other; the root alone is 1.
    pub xml_depth_max: usize,
    /// Elements in the whole document.
    pub xml_elements_max: usize,
    /// Attributes and declarations of namespaces on one element.
    pub xml_attributes_max: usize,
    /// Bytes of one run of text, or of one attribute's value.
    pub xml_text_bytes_max: usize,
}

impl Limits {
    /// Far beyond any real message of the protocol: a signed one has 60 elements, 8 deep.
    pub const DEFAULT: Limits = Limits {
        xml_bytes_max: 65_536,
        xml_depth_max: 32,
        xml_elements_max: 1_024,
        xml_attributes_max: 32,
        xml_text_bytes_max: 32_768,
    };
}

/// Why bytes are not a document that is read, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// The byte at which it was noticed.
    pub at: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// More than a limit allows: its name and value.
    Limit(&'static str, usize),
    /// The bytes are not UTF-8, or the declaration names another encoding.
    NotUtf8,
    /// The declaration is not one of XML 1.0.
    BadDeclaration,
    /// A document type is declared. It is never looked at.
    DocumentType,
    /// A processing instruction.
    ProcessingInstruction,
    /// An entity beside the five of XML and references to characters.
    UnknownEntity,
    /// A reference to a character that XML 1.0 has no place for, or that ends nowhere.
    BadReference,
    /// A character that XML 1.0 has no place for.
    IllegalCharacter,
    /// The document ends in the middle.
    Cut,
    /// Something else is expected here.
    Expected(&'static str),
    /// A name that is none, or has more than one colon.
    BadName,
    /// A start and an end tag that do not belong together.
    MismatchedTags,
    /// Something other than comments and white space after the root.
    TrailingContent,
    /// A comment with two hyphens within.
    BadComment,
    /// `]]>` in text, or `<` in the value of an attribute.
    Unescaped,
    /// A prefix that is bound to nothing.
    UnboundPrefix,
    /// A namespace that may not be declared: a reserved one, a relative one, or none for a prefix.
    BadNamespace,
    /// The same attribute twice, or the same prefix declared twice on one element.
    DuplicateAttribute,
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at byte {}", self.problem, self.at)
    }
}

impl std::error::Error for ReadError {}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Problem::Limit(name, most) => return write!(out, "more than {name}, {most}"),
            Problem::Expected(what) => return write!(out, "{what} is expected"),
            Problem::NotUtf8 => "not UTF-8",
            Problem::BadDeclaration => "no declaration of XML 1.0",
            Problem::DocumentType => "a document type, which is not read",
            Problem::ProcessingInstruction => "a processing instruction, which is not read",
            Problem::UnknownEntity => "an unknown entity",
            Problem::BadReference => "a reference to no character",
            Problem::IllegalCharacter => "a character that XML cannot carry",
            Problem::Cut => "the document ends in the middle",
            Problem::BadName => "not a name",
            Problem::MismatchedTags => "an end tag that does not fit",
            Problem::TrailingContent => "content after the root",
            Problem::BadComment => "two hyphens in a comment",
            Problem::Unescaped => "a sign that has to be escaped",
            Problem::UnboundPrefix => "a prefix without a namespace",
            Problem::BadNamespace => "a namespace that cannot be declared",
            Problem::DuplicateAttribute => "an attribute twice",
        };
        out.write_str(text)
    }
}
