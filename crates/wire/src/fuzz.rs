//! Any bytes at all as a request.

use payments::AccountKey;
use signing::Verb;
use signing::form::{self, Limits};

use crate::{Call, WireError, codes, reply};

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
