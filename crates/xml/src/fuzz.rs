//! Any bytes at all as a document.

use crate::{Document, Limits, c14n};

/// Reads any bytes. Never panics; the canonical form of what is read is a document again, and its own
/// canonical form.
pub fn fuzz_entry(bytes: &[u8]) {
    let limits = Limits::DEFAULT;
    let Ok(document) = Document::read(bytes, &limits) else {
        return;
    };
    let form = c14n::exclusive(document.root(), &[]);
    // References take more room than what they stand for.
    let roomy = Limits {
        xml_bytes_max: usize::MAX,
        xml_text_bytes_max: usize::MAX,
        xml_attributes_max: usize::MAX,
        ..limits
    };
    let again = Document::read(&form, &roomy).expect("canonical XML is XML");
    assert_eq!(c14n::exclusive(again.root(), &[]), form);
    assert_eq!(again.elements().count(), document.elements().count());
}
