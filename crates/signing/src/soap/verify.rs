//! Proving a message: what it covers, every digest, the signature.

use aws_lc_rs::constant_time;
use xml::Element;

use super::algorithms::{self, Canonicalization};
use super::security::{exactly, target};
use super::{BadSecurity, Signed, WSSE};
use crate::x509::{CertificateKey, FINGERPRINT_BYTES};

/// A message whose signer is known. Made by [`Signed::verify`] only.
#[derive(Debug)]
pub struct Proof<'d, 'a> {
    fingerprint: [u8; FINGERPRINT_BYTES],
    payload: Element<'d, 'a>,
    signature: Vec<u8>,
}

impl<'d, 'a> Proof<'d, 'a> {
    /// The SHA-256 of the certificate that signed.
    pub fn fingerprint(&self) -> &[u8; FINGERPRINT_BYTES] {
        &self.fingerprint
    }

    /// The element in the signed Body.
    pub fn payload(&self) -> Element<'d, 'a> {
        self.payload
    }

    /// The signature itself: the same for a message sent again, another for one signed anew.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

impl<'d, 'a> Signed<'d, 'a> {
    /// Proves the message under the certificate, in DER, that was registered.
    pub fn verify(self, registered: &[u8]) -> Result<Proof<'d, 'a>, BadSecurity> {
        constant_time::verify_slices_are_equal(registered, &self.certificate)
            .map_err(|_| BadSecurity::OtherCertificate)?;
        let key = CertificateKey::from_der(registered)?;
        // Cheap before dear: what is covered, then the signature over the digests, then the digests.
        let covered = self.covered()?;
        let info = self.canonicalization.bytes(self.info);
        if !key.verify(self.hash, &info, &self.signature) {
            return Err(BadSecurity::WrongSignature);
        }
        for (reference, element) in self.references.iter().zip(covered) {
            check_digest(*reference, element)?;
        }
        Ok(Proof {
            fingerprint: self.fingerprint,
            payload: self.envelope.payload(),
            signature: self.signature,
        })
    }

    /// The element behind each reference; Body and Timestamp must be among them.
    fn covered(&self) -> Result<Vec<Element<'d, 'a>>, BadSecurity> {
        let mut covered = Vec::with_capacity(self.references.len());
        for reference in &self.references {
            let element = target(self.envelope, *reference)?;
            if !self.may_be_signed(element) {
                let uri = reference.attribute("", "URI").unwrap_or_default();
                let id = uri.trim_start_matches('#').to_owned();
                return Err(BadSecurity::NotSignable(id));
            }
            covered.push(element);
        }
        if !covered.contains(&self.envelope.body) {
            return Err(BadSecurity::Uncovered("Body"));
        }
        if !covered.contains(&self.timestamp) {
            return Err(BadSecurity::Uncovered("Timestamp"));
        }
        Ok(covered)
    }

    /// Only whole parts in their places: the Body, the Timestamp, the token, header blocks.
    fn may_be_signed(&self, element: Element<'d, 'a>) -> bool {
        let is_block = element.parent() == self.envelope.header && !element.is(WSSE, "Security");
        [self.envelope.body, self.timestamp, self.token].contains(&element) || is_block
    }
}

fn check_digest(reference: Element<'_, '_>, element: Element<'_, '_>) -> Result<(), BadSecurity> {
    let [transforms, method, value] =
        exactly(reference, ["Transforms", "DigestMethod", "DigestValue"])?;
    let [transform] = exactly(transforms, ["Transform"])?;
    let bytes = Canonicalization::read(transform)?.bytes(element);
    let given = algorithms::base64(value, "ds:DigestValue")?;
    if algorithms::is_digest(method, &bytes, &given)? {
        Ok(())
    } else {
        Err(BadSecurity::WrongDigest(element.local().to_owned()))
    }
}
