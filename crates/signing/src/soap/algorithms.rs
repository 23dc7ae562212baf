//! The algorithms that are taken, by the names they have on the wire. Whatever is not here is refused.

use aws_lc_rs::{constant_time, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use xml::{Element, c14n};

use super::{BadSecurity, DSIG, WSSE};
use crate::x509::RsaHash;

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const RSA_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const BASE64: &str = "http://docs.oasis-open.org/wss/2004/01/\
                      oasis-200401-wss-soap-message-security-1.0#Base64Binary";
const X509_V3: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
const X509_PATH: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1";

/// Exclusive canonicalization with the prefixes that count as used.
#[derive(Clone, Debug)]
pub(super) struct Canonicalization<'d> {
    inclusive: Vec<&'d str>,
}

impl<'d> Canonicalization<'d> {
    /// Reads a `CanonicalizationMethod` or a `Transform`.
    pub(super) fn read(method: Element<'d, '_>) -> Result<Canonicalization<'d>, BadSecurity> {
        let name = algorithm(method)?;
        if name != EXCLUSIVE {
            return Err(BadSecurity::Algorithm(name.to_owned()));
        }
        let mut inclusive = Vec::new();
        for (at, child) in method.children().enumerate() {
            if 0 < at || !child.is(EXCLUSIVE, "InclusiveNamespaces") {
                return Err(unexpected(child));
            }
            let list = child.attribute("", "PrefixList").unwrap_or_default();
            inclusive.extend(list.split_ascii_whitespace());
        }
        Ok(Canonicalization { inclusive })
    }

    /// The canonical bytes of an element.
    pub(super) fn bytes(&self, element: Element<'_, '_>) -> Vec<u8> {
        c14n::exclusive(element, &self.inclusive)
    }
}

/// Reads a `SignatureMethod`.
pub(super) fn signature_method(method: Element<'_, '_>) -> Result<RsaHash, BadSecurity> {
    childless(method)?;
    match algorithm(method)? {
        RSA_SHA1 => Ok(RsaHash::Sha1),
        RSA_SHA256 => Ok(RsaHash::Sha256),
        other => Err(BadSecurity::Algorithm(other.to_owned())),
    }
}

/// Whether `given` is the digest of some bytes by a `DigestMethod`.
pub(super) fn is_digest(
    method: Element<'_, '_>,
    bytes: &[u8],
    given: &[u8],
) -> Result<bool, BadSecurity> {
    childless(method)?;
    let hash = match algorithm(method)? {
        SHA1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        SHA256 => &digest::SHA256,
        other => return Err(BadSecurity::Algorithm(other.to_owned())),
    };
    let own = digest::digest(hash, bytes);
    Ok(constant_time::verify_slices_are_equal(own.as_ref(), given).is_ok())
}

/// What a security token holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenType {
    /// One certificate.
    Certificate,
    /// A path of certificates, the last of which signs.
    Path,
}

/// Reads the `ValueType` of a token or of a reference to one.
pub(super) fn token_type(name: &str) -> Result<TokenType, BadSecurity> {
    match name {
        X509_V3 => Ok(TokenType::Certificate),
        X509_PATH => Ok(TokenType::Path),
        other => Err(BadSecurity::Algorithm(other.to_owned())),
    }
}

/// The bytes of a token.
pub(super) fn token_bytes(token: Element<'_, '_>) -> Result<Vec<u8>, BadSecurity> {
    childless(token)?;
    match token.attribute("", "EncodingType") {
        None | Some(BASE64) => base64(token, "wsse:BinarySecurityToken"),
        Some(other) => Err(BadSecurity::Algorithm(other.to_owned())),
    }
}

/// Decodes the Base64 in an element, however its lines are broken.
pub(super) fn base64(element: Element<'_, '_>, name: &'static str) -> Result<Vec<u8>, BadSecurity> {
    childless(element)?;
    let text = element.text();
    let signs: String = text.split_ascii_whitespace().collect();
    STANDARD
        .decode(signs)
        .map_err(|_| BadSecurity::NotBase64(name))
}

fn algorithm<'d>(element: Element<'d, '_>) -> Result<&'d str, BadSecurity> {
    let name = element.attribute("", "Algorithm");
    name.ok_or(BadSecurity::NotOne("Algorithm"))
}

fn childless(element: Element<'_, '_>) -> Result<(), BadSecurity> {
    match element.children().next() {
        Some(child) => Err(unexpected(child)),
        None => Ok(()),
    }
}

/// The refusal of an element where it stands.
pub(super) fn unexpected(element: Element<'_, '_>) -> BadSecurity {
    let prefix = match element.namespace() {
        DSIG => "ds:",
        WSSE => "wsse:",
        _ => "",
    };
    BadSecurity::Unexpected(format!("{prefix}{}", element.local()))
}
