//! The Security header: its structure, before anything is proven.

use std::borrow::Cow;

use xml::Element;

use super::algorithms::{self, Canonicalization, TokenType, unexpected};
use super::{BadSecurity, DSIG, Envelope, REFERENCES_MAX, WSSE, WSU};
use crate::x509::{self, FINGERPRINT_BYTES, RsaHash};

const TOKEN: &str = "wsse:BinarySecurityToken";

/// A message that says to be signed.
#[derive(Debug)]
pub struct Signed<'d, 'a> {
    pub(super) envelope: Envelope<'d, 'a>,
    pub(super) token: Element<'d, 'a>,
    pub(super) timestamp: Element<'d, 'a>,
    pub(super) info: Element<'d, 'a>,
    pub(super) canonicalization: Canonicalization<'d>,
    pub(super) hash: RsaHash,
    pub(super) references: Vec<Element<'d, 'a>>,
    pub(super) signature: Vec<u8>,
    pub(super) certificate: Vec<u8>,
    pub(super) fingerprint: [u8; FINGERPRINT_BYTES],
    created: Element<'d, 'a>,
    expires: Option<Element<'d, 'a>>,
}

impl<'d, 'a> Signed<'d, 'a> {
    /// Reads the Security header of a message; none when it has no such header.
    pub fn read(envelope: Envelope<'d, 'a>) -> Result<Option<Signed<'d, 'a>>, BadSecurity> {
        let mut headers = envelope.blocks().filter(|block| block.is(WSSE, "Security"));
        let Some(security) = headers.next() else {
            return Ok(None);
        };
        if headers.next().is_some() {
            return Err(BadSecurity::NotOne("wsse:Security"));
        }
        let known = [
            (WSU, "Timestamp"),
            (WSSE, "BinarySecurityToken"),
            (DSIG, "Signature"),
        ];
        let is_known =
            |child: &Element<'_, '_>| known.iter().any(|(space, name)| child.is(space, name));
        if let Some(other) = security.children().find(|child| !is_known(child)) {
            return Err(unexpected(other));
        }
        let token = one(security, WSSE, "BinarySecurityToken", TOKEN)?;
        let timestamp = one(security, WSU, "Timestamp", "wsu:Timestamp")?;
        let signature = one(security, DSIG, "Signature", "ds:Signature")?;
        let created = one(timestamp, WSU, "Created", "wsu:Created")?;
        let mut ends = timestamp
            .children()
            .filter(|child| child.is(WSU, "Expires"));
        let expires = ends.next();
        if ends.next().is_some() {
            return Err(BadSecurity::NotOne("wsu:Expires"));
        }
        let certificate = certificate(token)?;
        let [info, value, key] = exactly(signature, ["SignedInfo", "SignatureValue", "KeyInfo"])?;
        check_key_info(envelope, key, token)?;
        let (canonicalization, hash, references) = signed_info(info)?;
        Ok(Some(Signed {
            envelope,
            token,
            timestamp,
            info,
            canonicalization,
            hash,
            references,
            signature: algorithms::base64(value, "ds:SignatureValue")?,
            fingerprint: x509::fingerprint(&certificate),
            certificate,
            created,
            expires,
        }))
    }

    /// The SHA-256 of the certificate that is said to have signed.
    pub fn fingerprint(&self) -> &[u8; FINGERPRINT_BYTES] {
        &self.fingerprint
    }

    /// When it was made, as it says.
    pub fn created(&self) -> Cow<'d, str> {
        self.created.text()
    }

    /// When it ends, if it says so.
    pub fn expires(&self) -> Option<Cow<'d, str>> {
        self.expires.map(Element::text)
    }
}

fn certificate(token: Element<'_, '_>) -> Result<Vec<u8>, BadSecurity> {
    let kind = token.attribute("", "ValueType");
    let kind = kind.ok_or(BadSecurity::NotOne("ValueType"))?;
    let kind = algorithms::token_type(kind)?;
    let bytes = algorithms::token_bytes(token)?;
    match kind {
        TokenType::Certificate => Ok(bytes),
        TokenType::Path => {
            let leaf = x509::leaf_of_path(&bytes).map(<[u8]>::to_vec);
            leaf.ok_or(BadSecurity::Certificate(x509::BadCertificate::Malformed))
        }
    }
}

/// The key is the token's, and named in no other way.
fn check_key_info<'d, 'a>(
    envelope: Envelope<'d, 'a>,
    key: Element<'d, 'a>,
    token: Element<'d, 'a>,
) -> Result<(), BadSecurity> {
    let str_name = "wsse:SecurityTokenReference";
    let named = sole(key, WSSE, "SecurityTokenReference", str_name)?;
    let reference = sole(named, WSSE, "Reference", "wsse:Reference")?;
    if let Some(kind) = reference.attribute("", "ValueType") {
        algorithms::token_type(kind)?;
    }
    if target(envelope, reference)? == token {
        Ok(())
    } else {
        Err(BadSecurity::OtherCertificate)
    }
}

type Info<'d, 'a> = (Canonicalization<'d>, RsaHash, Vec<Element<'d, 'a>>);

fn signed_info<'d, 'a>(info: Element<'d, 'a>) -> Result<Info<'d, 'a>, BadSecurity> {
    let mut children = info.children();
    let mut named = |name: &'static str, shown| {
        let next = children.next().filter(|child| child.is(DSIG, name));
        next.ok_or(BadSecurity::NotOne(shown))
    };
    let method = named("CanonicalizationMethod", "ds:CanonicalizationMethod")?;
    let canonicalization = Canonicalization::read(method)?;
    let hash = algorithms::signature_method(named("SignatureMethod", "ds:SignatureMethod")?)?;
    let references: Vec<_> = children.take(REFERENCES_MAX + 1).collect();
    if REFERENCES_MAX < references.len() {
        return Err(BadSecurity::TooManyReferences);
    }
    match references.iter().find(|child| !child.is(DSIG, "Reference")) {
        Some(other) => Err(unexpected(*other)),
        None => Ok((canonicalization, hash, references)),
    }
}

/// The one element that a reference names.
///
/// Whoever resolves ids in another way than we do might find another element. So an id must not be on
/// a second element under any of the customary names.
pub(super) fn target<'d, 'a>(
    envelope: Envelope<'d, 'a>,
    reference: Element<'d, 'a>,
) -> Result<Element<'d, 'a>, BadSecurity> {
    let uri = reference.attribute("", "URI").unwrap_or_default();
    let id = uri.strip_prefix('#').filter(|id| !id.is_empty());
    let id = id.ok_or(BadSecurity::BadReference)?;
    let has_it = |element: &Element<'_, '_>| {
        let is_id = |name: &str| name.eq_ignore_ascii_case("id");
        let mut attributes = element.attributes().iter();
        attributes.any(|attribute| is_id(attribute.local()) && attribute.value() == id)
    };
    let mut found = envelope.document.elements().filter(has_it);
    let (first, second) = (found.next(), found.next());
    let ours = first.filter(|element| element.attribute(WSU, "Id") == Some(id));
    match (ours, second) {
        (Some(element), None) => Ok(element),
        _ => Err(BadSecurity::AmbiguousId(id.to_owned())),
    }
}

/// The one child of that name; others may be there.
fn one<'d, 'a>(
    parent: Element<'d, 'a>,
    namespace: &str,
    local: &str,
    shown: &'static str,
) -> Result<Element<'d, 'a>, BadSecurity> {
    let found = parent.only_child(namespace, local);
    found.ok_or(BadSecurity::NotOne(shown))
}

/// The one child, which has that name.
fn sole<'d, 'a>(
    parent: Element<'d, 'a>,
    namespace: &str,
    local: &str,
    shown: &'static str,
) -> Result<Element<'d, 'a>, BadSecurity> {
    let other = parent.children().find(|child| !child.is(namespace, local));
    match other {
        Some(other) => Err(unexpected(other)),
        None => one(parent, namespace, local, shown),
    }
}

/// The children of an element of a signature: these, in this order, and no others.
pub(super) fn exactly<'d, 'a, const N: usize>(
    parent: Element<'d, 'a>,
    names: [&'static str; N],
) -> Result<[Element<'d, 'a>; N], BadSecurity> {
    let children: Vec<_> = parent.children().take(N + 1).collect();
    for (at, child) in children.iter().enumerate() {
        if !names.get(at).is_some_and(|name| child.is(DSIG, name)) {
            return Err(unexpected(*child));
        }
    }
    let missing = names.get(children.len()).copied().unwrap_or_default();
    <[Element<'d, 'a>; N]>::try_from(children).map_err(|_| BadSecurity::NotOne(missing))
}
