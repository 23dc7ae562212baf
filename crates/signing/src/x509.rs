//! Certificates of callers: which key is in them, and nothing else.
//!
//! A caller's certificate is known because the caller registered it, byte by byte. So no chain is
//! built, no date is read, and the certificate may be self-signed. What is needed is found by
//! walking its outer structure.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use thiserror::Error;

use crate::pem;

/// Bits of an RSA key at least: shorter ones have been broken.
pub const RSA_BITS_MIN: usize = 2_048;
/// Bits of an RSA key at most: longer ones cost too much time.
pub const RSA_BITS_MAX: usize = 8_192;
/// Bytes of a certificate at most; usual ones have one or two thousand.
pub const CERTIFICATE_BYTES_MAX: usize = 16_384;
/// Bytes of a fingerprint.
pub const FINGERPRINT_BYTES: usize = 32;

/// The hash under an RSA signature, PKCS #1 v1.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaHash {
    /// RSA-SHA1.
    Sha1,
    /// RSA-SHA256.
    Sha256,
}

/// Why bytes are not a certificate that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BadCertificate {
    /// Not an X.509 certificate in DER, or trailing bytes after it.
    #[error("not an X.509 certificate")]
    Malformed,
    /// Its key is of another kind.
    #[error("the certificate's key is no RSA key")]
    NotRsa,
    /// Its key is too short or too long.
    #[error(
        "the certificate's RSA key has {bits} bits; {RSA_BITS_MIN} to {RSA_BITS_MAX} are taken"
    )]
    KeySize {
        /// The bits of its modulus.
        bits: usize,
    },
}

/// The RSA key of a certificate.
#[derive(Clone, Debug)]
pub struct CertificateKey {
    /// An `RSAPublicKey` in DER.
    public_key: Vec<u8>,
}

impl CertificateKey {
    /// Takes the key out of a certificate in DER.
    pub fn from_der(certificate: &[u8]) -> Result<CertificateKey, BadCertificate> {
        if CERTIFICATE_BYTES_MAX < certificate.len() {
            return Err(BadCertificate::Malformed);
        }
        let public_key = key_info(certificate).ok_or(BadCertificate::Malformed)?;
        let public_key = rsa_key(public_key).ok_or(BadCertificate::NotRsa)?;
        let bits = modulus_bits(public_key).ok_or(BadCertificate::Malformed)?;
        if !(RSA_BITS_MIN..=RSA_BITS_MAX).contains(&bits) {
            return Err(BadCertificate::KeySize { bits });
        }
        Ok(CertificateKey {
            public_key: public_key.to_vec(),
        })
    }

    /// Whether `signature` is this key's over `message`.
    pub fn verify(&self, hash: RsaHash, message: &[u8], signature: &[u8]) -> bool {
        let algorithm = match hash {
            RsaHash::Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            RsaHash::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
        };
        let key = UnparsedPublicKey::new(algorithm, &self.public_key);
        key.verify(message, signature).is_ok()
    }
}

/// The SHA-256 of a certificate's DER: its name.
pub fn fingerprint(certificate: &[u8]) -> [u8; FINGERPRINT_BYTES] {
    let digest = digest::digest(&digest::SHA256, certificate);
    let mut bytes = [0; FINGERPRINT_BYTES];
    bytes.copy_from_slice(digest.as_ref());
    bytes
}

/// The DER of the first certificate in a PEM text.
pub fn from_pem(text: &str) -> Option<Vec<u8>> {
    pem::decode("CERTIFICATE", text)
}

/// A certificate as PEM.
pub fn to_pem(certificate: &[u8]) -> String {
    pem::encode("CERTIFICATE", certificate)
}

/// The last certificate of a `PKIPath`, which is the one that signs.
pub fn leaf_of_path(path: &[u8]) -> Option<&[u8]> {
    let mut rest = only(SEQUENCE, path)?;
    let mut leaf = None;
    while !rest.is_empty() {
        let length = rest.len() - next(rest)?.rest.len();
        let (certificate, after) = rest.split_at(length);
        (leaf, rest) = (Some(certificate), after);
    }
    leaf
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// The version of a certificate, which the first version lacks.
const VERSION: u8 = 0xa0;
/// 1.2.840.113549.1.1.1
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// The content of the `SubjectPublicKeyInfo` of a certificate.
fn key_info(certificate: &[u8]) -> Option<&[u8]> {
    let whole = only(SEQUENCE, certificate)?;
    let signed = next(whole)?;
    // The signature's algorithm and the signature follow; nobody looks at them.
    let algorithm = next(signed.rest)?;
    let signature = next(algorithm.rest)?;
    let complete = signature.rest.is_empty()
        && [signed.tag, algorithm.tag, signature.tag] == [SEQUENCE, SEQUENCE, BIT_STRING];
    let mut rest = signed.content;
    if next(rest)?.tag == VERSION {
        rest = next(rest)?.rest;
    }
    for tag in [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE] {
        let field = next(rest)?;
        rest = if field.tag == tag {
            field.rest
        } else {
            return None;
        };
    }
    let info = next(rest)?;
    (complete && info.tag == SEQUENCE).then_some(info.content)
}

/// The `RSAPublicKey` in the content of a `SubjectPublicKeyInfo`.
fn rsa_key(info: &[u8]) -> Option<&[u8]> {
    let algorithm = next(info)?;
    let id = next(algorithm.content)?;
    let key = next(algorithm.rest)?;
    let is_rsa = algorithm.tag == SEQUENCE && id.tag == OBJECT_ID && id.content == RSA_ENCRYPTION;
    if !is_rsa || key.tag != BIT_STRING || !key.rest.is_empty() {
        return None;
    }
    // The first byte counts unused bits at the end, of which a key has none.
    key.content.strip_prefix(&[0])
}

fn modulus_bits(public_key: &[u8]) -> Option<usize> {
    let modulus = next(only(SEQUENCE, public_key)?)?;
    if modulus.tag != INTEGER {
        return None;
    }
    let zeros = modulus.content.iter().take_while(|byte| **byte == 0);
    let digits = &modulus.content[zeros.count()..];
    let first = usize::try_from(digits.first()?.ilog2() + 1).ok()?;
    Some((digits.len() - 1) * 8 + first)
}

/// One value of DER and what comes after it.
struct Value<'a> {
    tag: u8,
    content: &'a [u8],
    rest: &'a [u8],
}

fn next(der: &[u8]) -> Option<Value<'_>> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81 => {
            let (&[low], rest) = rest.split_first_chunk()?;
            (usize::from(low), rest)
        }
        0x82 => {
            let (&bytes, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(bytes)), rest)
        }
        // Nothing in a certificate that is taken is longer.
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some(Value { tag, content, rest })
}

/// The content of the one value that `der` is.
fn only(tag: u8, der: &[u8]) -> Option<&[u8]> {
    let value = next(der)?;
    (value.tag == tag && value.rest.is_empty()).then_some(value.content)
}

#[cfg(test)]
mod tests;
