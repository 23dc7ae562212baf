//! Any bytes at all as a signed message.

use xml::{Document, Limits};

use super::{Envelope, SOAP, Signed};

/// Reads any bytes as a message and proves it under the certificate that it brings itself. Never
/// panics; what is proven is the one element in the Body of the envelope.
pub fn fuzz_entry(bytes: &[u8]) {
    let Ok(document) = Document::read(bytes, &Limits::DEFAULT) else {
        return;
    };
    let Ok(envelope) = Envelope::read(&document) else {
        return;
    };
    let Ok(Some(signed)) = Signed::read(envelope) else {
        return;
    };
    let certificate = signed.certificate.clone();
    if let Ok(proof) = signed.verify(&certificate) {
        let body = proof.payload().parent().expect("a payload is in a Body");
        assert!(body.is(SOAP, "Body") && body.parent() == Some(document.root()));
        assert_eq!(body.children().count(), 1);
    }
}
