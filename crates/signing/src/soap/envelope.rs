//! The envelope: one Header at most, one Body, one payload.

use thiserror::Error;
use xml::{Document, Element};

use super::{SOAP, SOAP_12};

/// Why a document is no message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadEnvelope {
    /// The root is an envelope of SOAP 1.2.
    #[error("the envelope is one of SOAP 1.2; this service speaks SOAP 1.1")]
    Soap12,
    /// The root is something else.
    #[error("the document is no envelope of SOAP 1.1")]
    NotEnvelope,
    /// Not a Header, which may be absent, and then a Body.
    #[error("an envelope holds one Header at most and then one Body")]
    Shape,
    /// Not exactly one element in the Body, or text beside it.
    #[error("the Body must hold one element and nothing else")]
    Payload,
}

/// A message's outer form. What it says is nobody's word until a [`super::Proof`] stands for it.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'d, 'a> {
    pub(super) document: &'d Document<'a>,
    pub(super) header: Option<Element<'d, 'a>>,
    pub(super) body: Element<'d, 'a>,
    payload: Element<'d, 'a>,
}

impl<'d, 'a> Envelope<'d, 'a> {
    /// Finds the parts of a message.
    pub fn read(document: &'d Document<'a>) -> Result<Envelope<'d, 'a>, BadEnvelope> {
        let root = document.root();
        if root.is(SOAP_12, "Envelope") {
            return Err(BadEnvelope::Soap12);
        }
        if !root.is(SOAP, "Envelope") {
            return Err(BadEnvelope::NotEnvelope);
        }
        let children: Vec<_> = root.children().take(3).collect();
        let (header, body) = match children[..] {
            [body] => (None, body),
            [header, body] if header.is(SOAP, "Header") => (Some(header), body),
            _ => return Err(BadEnvelope::Shape),
        };
        if !body.is(SOAP, "Body") || has_text(root) {
            return Err(BadEnvelope::Shape);
        }
        let mut payloads = body.children();
        let payload = payloads.next().ok_or(BadEnvelope::Payload)?;
        if payloads.next().is_some() || has_text(body) {
            return Err(BadEnvelope::Payload);
        }
        Ok(Envelope {
            document,
            header,
            body,
            payload,
        })
    }

    /// The element in the Body, as somebody sent it.
    pub fn payload(&self) -> Element<'d, 'a> {
        self.payload
    }

    /// The blocks of the header.
    pub fn blocks(&self) -> impl Iterator<Item = Element<'d, 'a>> {
        self.header.into_iter().flat_map(Element::children)
    }
}

/// Whether there is more than white space between the elements.
pub(super) fn has_text(element: Element<'_, '_>) -> bool {
    !element.text().trim_ascii().is_empty()
}
