//! The protocol over SOAP 1.1: a signed envelope in, an envelope or a fault out.
//!
//! ```text
//! bytes ─▶ xml::Document ─▶ Message ─▶ verify ─▶ VerifiedCall ─▶ (as over Query)
//!                           untrusted  proof     parameters
//! ```
//!
//! The element in the Body names the action, its namespace the version. Its children become the same
//! parameters that a Query request has (`TransactionAmount.Value`), so that one decoder and one
//! encoder per action serve both. `SOAPAction` and the order of the elements are not looked at.

mod flatten;
mod reply;

use payments::{Credential, Fingerprint, Timestamp};
use signing::form::Pair;
use signing::soap::{BadEnvelope, BadSecurity, Envelope, Signed};
use xml::{Document, Element, ReadError};

use crate::call::{REPLAY_WINDOW_MS, digest_of};
use crate::error::shown;
use crate::{Action, VerifiedCall, Version, WireError, instant};

pub use reply::{FAULT_HTTP, fault, reply};

/// The namespace of WS-Addressing, whose headers a reply carries.
pub const WSA: &str = "http://www.w3.org/2005/08/addressing";
/// Characters of a message id that are given back at most.
pub const MESSAGE_ID_CHARS_MAX: usize = 256;

/// A message that nobody has vouched for.
#[derive(Debug)]
pub struct Message<'d, 'a> {
    envelope: Envelope<'d, 'a>,
    version: Version,
    action: Action,
    signed: Option<Signed<'d, 'a>>,
}

impl<'d, 'a> Message<'d, 'a> {
    /// Finds the version, the action and the signature of a message.
    ///
    /// # Errors
    /// `InvalidRequest` for what is no message; `InvalidParams` for a version or an action that there
    /// is not, and for a missing signature.
    pub fn read(document: &'d Document<'a>) -> Result<Message<'d, 'a>, WireError> {
        let envelope = Envelope::read(document)?;
        let payload = envelope.payload();
        let namespace = payload.namespace();
        let mut versions = Version::ALL.into_iter();
        let version = versions.find(|version| version.namespace() == namespace);
        let version = version.ok_or_else(|| WireError::unknown_version(namespace))?;
        let name = payload.local();
        let action = Action::parse(name).ok_or_else(|| WireError::unknown_action(name))?;
        let mut blocks = envelope.blocks();
        if let Some(block) = blocks.find(|block| must_be_understood(*block)) {
            let name = shown(block.local());
            let message = format!("The header {name} must be understood, and is not.");
            return Err(WireError::new("InvalidRequest", message));
        }
        let signed = Signed::read(envelope)?;
        if signed.is_none() && !action.may_be_unsigned() {
            return Err(WireError::missing("Security"));
        }
        Ok(Message {
            envelope,
            version,
            action,
            signed,
        })
    }

    /// The version it speaks.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// What it asks for.
    pub const fn action(&self) -> Action {
        self.action
    }

    /// The certificate that is said to have signed it; none when it comes without a signature, which
    /// only VerifySignature may.
    pub fn certificate(&self) -> Option<Fingerprint> {
        let signed = self.signed.as_ref();
        signed.map(|signed| Fingerprint(*signed.fingerprint()))
    }

    /// The id that its sender gave it, which the reply relates to.
    pub fn message_id(&self) -> Option<String> {
        let mut blocks = self.envelope.blocks();
        let id = blocks.find(|block| block.is(WSA, "MessageID"))?.text();
        let id: String = id.trim().chars().take(MESSAGE_ID_CHARS_MAX).collect();
        (!id.is_empty()).then_some(id)
    }

    /// Lets a message pass that has no signature and needs none.
    ///
    /// # Errors
    /// `SignatureDoesNotMatch` when it has one.
    pub fn unsigned(self) -> Result<VerifiedCall<'d>, WireError> {
        match self.signed {
            Some(_) => Err(WireError::wrong_signature()),
            None => self.trusted(Credential::None, None, &[]),
        }
    }

    /// Checks time and signature. `registered` is the certificate, in DER, that was found under
    /// [`Message::certificate`].
    ///
    /// # Errors
    /// `InvalidParameterValue` for a time that is none; `RequestExpired`; then `InvalidRequest`,
    /// `InvalidClientTokenId` or `SignatureDoesNotMatch`.
    pub fn verify(
        mut self,
        registered: &[u8],
        now: Timestamp,
    ) -> Result<VerifiedCall<'d>, WireError> {
        let Some(signed) = self.signed.take() else {
            return Err(WireError::missing("Security"));
        };
        let date = check_time(&signed, now)?;
        let proof = signed.verify(registered)?;
        let credential = Credential::Certificate(Fingerprint(*proof.fingerprint()));
        debug_assert!(proof.payload() == self.envelope.payload());
        self.trusted(credential, Some(date), proof.signature())
    }

    /// Believes it. Everything that makes a [`VerifiedCall`] of a message ends here.
    pub(crate) fn trusted(
        self,
        credential: Credential,
        date: Option<Timestamp>,
        signature: &[u8],
    ) -> Result<VerifiedCall<'d>, WireError> {
        let pairs: Vec<Pair<'d>> = flatten::parameters(self.envelope.payload(), self.version)?;
        let signer = match &credential {
            Credential::Certificate(name) => name.to_string(),
            Credential::AccessKey(_) | Credential::None => String::new(),
        };
        let parts = [
            self.action.as_str().as_bytes(),
            signer.as_bytes(),
            b"SOAP",
            signature,
        ];
        Ok(VerifiedCall {
            mark: digest_of(&parts),
            pairs,
            version: self.version,
            action: self.action,
            date: date.unwrap_or_default(),
            credential,
        })
    }
}

/// When the message was made. It counts for as long as a Query request does; what it says about its
/// end can only make that shorter.
fn check_time(signed: &Signed<'_, '_>, now: Timestamp) -> Result<Timestamp, WireError> {
    let moment = |text: &str| {
        let text = text.trim();
        instant::parse(text).ok_or_else(|| WireError::bad_timestamp(text))
    };
    let created = moment(&signed.created())?;
    if REPLAY_WINDOW_MS < now.ms_since(created).unsigned_abs() {
        return Err(WireError::expired(created));
    }
    if let Some(text) = signed.expires() {
        let expires = moment(&text)?;
        if expires <= now || expires <= created {
            return Err(WireError::expired(expires));
        }
    }
    Ok(created)
}

/// Whether a header block says that a receiver who does not know it must refuse.
fn must_be_understood(block: Element<'_, '_>) -> bool {
    let known = [WSA, signing::soap::WSSE].contains(&block.namespace());
    let must = block.attribute(signing::soap::SOAP, "mustUnderstand");
    !known && matches!(must, Some("1" | "true"))
}

impl From<ReadError> for WireError {
    fn from(error: ReadError) -> WireError {
        WireError::new(
            "InvalidRequest",
            format!("The document is not read: {error}."),
        )
    }
}

impl From<BadEnvelope> for WireError {
    fn from(error: BadEnvelope) -> WireError {
        WireError::new(
            "InvalidRequest",
            format!("The message is not read: {error}."),
        )
    }
}

impl From<BadSecurity> for WireError {
    fn from(error: BadSecurity) -> WireError {
        match error {
            BadSecurity::OtherCertificate | BadSecurity::Certificate(_) => {
                WireError::unknown_certificate()
            }
            BadSecurity::WrongDigest(_) | BadSecurity::WrongSignature => {
                WireError::wrong_signature()
            }
            BadSecurity::NotOne(_)
            | BadSecurity::Unexpected(_)
            | BadSecurity::Algorithm(_)
            | BadSecurity::NotBase64(_)
            | BadSecurity::BadReference
            | BadSecurity::AmbiguousId(_)
            | BadSecurity::NotSignable(_)
            | BadSecurity::TooManyReferences
            | BadSecurity::Uncovered(_) => {
                let problem = shown(&error.to_string());
                let message = format!("The signature is not one that is accepted: {problem}.");
                WireError::new("InvalidRequest", message)
            }
        }
    }
}
