//! Any bytes at all as a request.

use payments::{AccountKey, Credential};
use signing::Verb;
use signing::form::{self, Limits};
use xml::Document;

use crate::soap::{self, Message};
use crate::{Call, Request, WireError, codes, reply};

/// Reads any bytes as the parameters of a request, and decodes it as if they were signed. Never
/// panics; whatever is refused has a documented code, and its reply is one line of XML.
pub fn fuzz_entry(bytes: &[u8]) {
    let Ok(pairs) = form::parse(bytes, &Limits::DEFAULT) else {
        return;
    };
    let read = Call::read(Verb::Get, "fps.example:8480", "/", pairs);
    let decoded = read.and_then(|call| call.trusted().request(AccountKey(1)));
    if let Err(error) = decoded {
        check(&error);
    }
}

/// Reads any bytes as a message, and decodes it as if it were signed. Never panics; whatever is refused
/// has a documented code, and its fault is a document again.
pub fn fuzz_soap_entry(bytes: &[u8]) {
    let limits = xml::Limits::DEFAULT;
    if let Err(error) = decode(bytes, &limits) {
        check(&error);
        let fault = soap::fault(&error, "67679d8a-fd87-4e44-b063-32a69bfc3c8b");
        Document::read(&fault, &limits).expect("a fault is XML");
    }
}

fn decode(bytes: &[u8], limits: &xml::Limits) -> Result<Request, WireError> {
    let document = Document::read(bytes, limits)?;
    let message = Message::read(&document)?;
    let _ = message.message_id();
    let believed = message.trusted(Credential::None, None, &[])?;
    believed.request(AccountKey(1))
}

fn check(error: &WireError) {
    assert!(
        codes::find(error.code).is_some(),
        "{} is no documented code",
        error.code
    );
    let body = reply::error(error, "67679d8a-fd87-4e44-b063-32a69bfc3c8b");
    let text = String::from_utf8(body).expect("a reply is UTF-8");
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.ends_with("</RequestID></Response>"), "{text}");
}
