//! Envelopes that go out: the same document that answers over Query, or a fault.

use xml::escape_text;

use super::WSA;
use crate::{Action, WireError};

/// How every envelope begins.
const OPENING: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
     <SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"";
const CLOSING: &str = "</SOAP-ENV:Body></SOAP-ENV:Envelope>";
/// The address of whoever asked, on the connection it asked by.
const ANONYMOUS: &str = "http://www.w3.org/2005/08/addressing/anonymous";
/// The namespace of faults; the year really reads so.
const FAULT: &str = "http://webservices.amazon.com/AWSFault/2005-15-09";
/// Room for what stands around a document.
const ENVELOPE_BYTES_USUAL: usize = 1_024;

/// The HTTP status of every fault.
pub const FAULT_HTTP: u16 = 500;

/// A success: the document that Query would answer with, in an envelope. `relates_to` is the id of the
/// message that is answered, if it had one.
pub fn reply(
    action: Action,
    request_id: &str,
    relates_to: Option<&str>,
    document: &[u8],
) -> Vec<u8> {
    // The document's own declaration is a line of its own.
    let is_end = |byte: &u8| *byte == b'\n';
    let begins = document.iter().position(is_end).map_or(0, |at| at + 1);
    let root = &document[begins..];
    let mut out = Vec::with_capacity(root.len() + ENVELOPE_BYTES_USUAL);
    push(&mut out, &[OPENING, "><SOAP-ENV:Header>"]);
    if let Some(id) = relates_to {
        header(&mut out, "RelatesTo", &[id]);
    }
    header(&mut out, "To", &[ANONYMOUS]);
    header(&mut out, "Action", &[action.as_str(), ":Response"]);
    header(&mut out, "MessageID", &["urn:uuid:", request_id]);
    push(&mut out, &["</SOAP-ENV:Header><SOAP-ENV:Body>"]);
    out.extend_from_slice(root);
    push(&mut out, &[CLOSING]);
    out
}

/// A fault, which comes with [`FAULT_HTTP`].
pub fn fault(error: &WireError, request_id: &str) -> Vec<u8> {
    let side = if error.http < FAULT_HTTP {
        "Client"
    } else {
        "Server"
    };
    let mut out = Vec::with_capacity(ENVELOPE_BYTES_USUAL);
    push(&mut out, &[OPENING, " xmlns:aws=\"", FAULT, "\">"]);
    push(
        &mut out,
        &["<SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>aws:", side, "."],
    );
    push(&mut out, &[error.code, "</faultcode><faultstring>"]);
    escape_text(&mut out, &error.message);
    push(
        &mut out,
        &[
            "</faultstring><detail><aws:RequestId xmlns:aws=\"",
            FAULT,
            "\">",
        ],
    );
    escape_text(&mut out, request_id);
    push(
        &mut out,
        &["</aws:RequestId></detail></SOAP-ENV:Fault>", CLOSING],
    );
    out
}

fn header(out: &mut Vec<u8>, name: &str, text: &[&str]) {
    push(out, &["<wsa:", name, " xmlns:wsa=\"", WSA, "\">"]);
    for part in text {
        escape_text(out, part);
    }
    push(out, &["</wsa:", name, ">"]);
}

fn push(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}
