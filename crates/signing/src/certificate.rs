//! The key that signs what the server sends out, and the self-signed certificate under which
//! receivers know it. Receivers parse the certificate and build no chain, so it needs no authority.
//!
//! A new pair is plain bytes, for the caller to keep; [`SigningKey::load`] turns them back into
//! something that signs, and refuses a key and a certificate that do not belong together.

use std::fmt;
use std::time::Duration;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256};
use rsa_sha1::{BadKey, PrivateKey, PublicKey};
use thiserror::Error;

use crate::pem;

/// The last second a certificate can name: the end of the year 9999.
pub const NOT_AFTER_S_MAX: u64 = 253_402_300_799;

const CERTIFICATE: &str = "CERTIFICATE";
const PRIVATE_KEY: &str = "PRIVATE KEY";
const RSA_PRIVATE_KEY: &str = "RSA PRIVATE KEY";

/// Why a pair could not be made or loaded.
#[derive(Debug, Error)]
pub enum CertificateError {
    /// The validity ends before it begins, or after [`NOT_AFTER_S_MAX`].
    #[error("the certificate's validity must end after it begins and within the year 9999")]
    Validity,
    /// The crypto library would not make the key or the certificate.
    #[error("making the certificate")]
    Making(#[source] rcgen::Error),
    /// No PEM block of the expected kind.
    #[error("no PEM block \"{0}\" that can be read")]
    Pem(&'static str),
    /// The private key is not one we sign with.
    #[error("reading the private key")]
    PrivateKey(#[source] BadKey),
    /// The certificate holds no key we verify with.
    #[error("reading the certificate")]
    Certificate(#[source] BadKey),
    /// The certificate is another key's.
    #[error("the certificate does not belong to the private key")]
    Mismatch,
}

/// A new pair, in the forms in which it is kept. Its debug form does not show the private key.
pub struct NewPair {
    /// The private key in PKCS #8 DER. Secret.
    pub private_key_der: Vec<u8>,
    /// The certificate in PEM, as it is served at `certificateUrl`.
    pub certificate_pem: String,
}

impl NewPair {
    /// The private key in PKCS #8 PEM. Secret.
    pub fn private_key_pem(&self) -> String {
        pem::encode(PRIVATE_KEY, &self.private_key_der)
    }
}

impl fmt::Debug for NewPair {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pem = &self.certificate_pem;
        out.debug_struct("NewPair")
            .field("certificate_pem", pem)
            .finish_non_exhaustive()
    }
}

/// Makes an RSA key of 2048 bits and a self-signed certificate for it, valid between two moments in
/// seconds since 1970. This takes a tenth of a second or so.
pub fn generate(
    common_name: &str,
    not_before_s: u64,
    not_after_s: u64,
) -> Result<NewPair, CertificateError> {
    if not_before_s >= not_after_s || not_after_s > NOT_AFTER_S_MAX {
        return Err(CertificateError::Validity);
    }
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).map_err(CertificateError::Making)?;
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let mut wanted = CertificateParams::default();
    wanted.not_before = epoch + Duration::from_secs(not_before_s);
    wanted.not_after = epoch + Duration::from_secs(not_after_s);
    wanted.distinguished_name = DistinguishedName::new();
    wanted
        .distinguished_name
        .push(DnType::CommonName, common_name);
    let certificate = wanted.self_signed(&key).map_err(CertificateError::Making)?;
    Ok(NewPair {
        private_key_der: key.serialize_der(),
        certificate_pem: pem::encode(CERTIFICATE, certificate.der()),
    })
}

/// The public key of a certificate in PEM; trusted as it is, no chain, no dates.
pub fn public_key(certificate_pem: &str) -> Result<PublicKey, CertificateError> {
    let der =
        pem::decode(CERTIFICATE, certificate_pem).ok_or(CertificateError::Pem(CERTIFICATE))?;
    PublicKey::from_certificate(&der).map_err(CertificateError::Certificate)
}

/// The DER inside a private key's PEM, of either customary kind.
pub fn private_key_der(private_key_pem: &str) -> Result<Vec<u8>, CertificateError> {
    pem::decode(PRIVATE_KEY, private_key_pem)
        .or_else(|| pem::decode(RSA_PRIVATE_KEY, private_key_pem))
        .ok_or(CertificateError::Pem(PRIVATE_KEY))
}

/// A private key with its certificate, ready to sign. Its debug form does not show the key.
#[derive(Debug)]
pub struct SigningKey {
    certificate_pem: String,
    private_key: PrivateKey,
}

impl SigningKey {
    /// Loads a pair from PEM and from PKCS #8 (or PKCS #1) DER.
    pub fn load(
        certificate_pem: String,
        private_key_der: &[u8],
    ) -> Result<SigningKey, CertificateError> {
        let private_key =
            PrivateKey::from_der(private_key_der).map_err(CertificateError::PrivateKey)?;
        let certified = public_key(&certificate_pem)?;
        let probe = b"does the certificate belong to the key?";
        if !certified.verify(probe, &private_key.sign(probe)) {
            return Err(CertificateError::Mismatch);
        }
        Ok(SigningKey {
            certificate_pem,
            private_key,
        })
    }

    /// The certificate, as it is served.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        self.private_key.public_key()
    }

    /// The raw signature of some bytes; [`crate::outbound`] says of which.
    pub(crate) fn sign_bytes(&self, text: &[u8]) -> Vec<u8> {
        self.private_key.sign(text)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::signature::KeyPair as _;

    use super::*;

    #[test]
    fn a_new_pair_loads_and_signs_under_its_certificate() {
        let pair = generate("Holdfast sandbox", 1_254_000_000, 4_102_444_800).unwrap();
        assert!(!format!("{pair:?}").contains("private_key_der"));
        let der = private_key_der(&pair.private_key_pem()).unwrap();
        assert_eq!(der, pair.private_key_der);
        let key = SigningKey::load(pair.certificate_pem.clone(), &der).unwrap();
        let signature = key.sign_bytes(b"x");
        assert!(
            public_key(key.certificate_pem())
                .unwrap()
                .verify(b"x", &signature)
        );
        assert!(key.public_key().verify(b"x", &signature));
        assert!(format!("{key:?}").contains("PrivateKey(..)"));
    }

    #[test]
    fn the_certificate_holds_name_dates_and_key() {
        let pair = generate("Holdfast sandbox", 1_254_000_000, 4_102_444_800).unwrap();
        let der = pem::decode(CERTIFICATE, &pair.certificate_pem).unwrap();
        let key = aws_lc_rs::rsa::KeyPair::from_pkcs8(&pair.private_key_der).unwrap();
        let public = AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(key.public_key());
        let holds = |part: &[u8]| der.windows(part.len()).any(|window| window == part);
        assert!(holds(b"Holdfast sandbox"));
        assert!(holds(b"090926212000Z"), "not before, as UTCTime");
        assert!(holds(b"21000101000000Z"), "not after, as GeneralizedTime");
        assert!(holds(public.unwrap().as_ref()));
    }

    #[test]
    fn pairs_that_do_not_fit_are_refused() {
        let one = generate("one", 0, 1).unwrap();
        let two = generate("two", 0, 1).unwrap();
        let load = |pem: &str, der: &[u8]| SigningKey::load(pem.to_owned(), der).unwrap_err();
        let mixed = load(&one.certificate_pem, &two.private_key_der);
        assert!(matches!(mixed, CertificateError::Mismatch));
        let empty = load("", &one.private_key_der);
        assert!(matches!(empty, CertificateError::Pem("CERTIFICATE")));
        let cut = load(&one.certificate_pem, &one.private_key_der[1..]);
        assert!(matches!(
            cut,
            CertificateError::PrivateKey(BadKey::Malformed)
        ));
        let hollow = load(&pem::encode(CERTIFICATE, b"x"), &one.private_key_der);
        assert!(matches!(
            hollow,
            CertificateError::Certificate(BadKey::Malformed)
        ));
        assert!(matches!(
            private_key_der("x"),
            Err(CertificateError::Pem("PRIVATE KEY"))
        ));
        for (from, until) in [(1, 1), (2, 1), (0, NOT_AFTER_S_MAX + 1)] {
            assert!(matches!(
                generate("x", from, until),
                Err(CertificateError::Validity)
            ));
        }
    }
}
