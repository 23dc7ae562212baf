//! Messages signed as a caller's toolkit would sign them, and as an attacker would like to.
//!
//! A [`Message`] is a plan: every part of an envelope and of its signature can be changed before
//! [`Signer::sign`] computes digests and signature over what then stands there.

use std::fmt::Write as _;

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa_sha1::PrivateKey;
use xml::{Document, Element, Limits, c14n};

/// The namespace of ids and timestamps.
pub const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Exclusive canonicalization.
pub const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// RSA with SHA-1.
pub const RSA_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
/// RSA with SHA-256.
pub const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
/// The digest SHA-1.
pub const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
/// The digest SHA-256.
pub const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const BASE64: &str = "http://docs.oasis-open.org/wss/2004/01/\
                      oasis-200401-wss-soap-message-security-1.0#Base64Binary";
/// A token that is one certificate.
pub const X509_V3: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";

/// Where the signature's value goes once it is known.
const PLACE: &str = "c2lnbmF0dXJl";

/// A caller's key and certificate.
pub struct Signer {
    key_der: Vec<u8>,
    certificate_pem: String,
    certificate: Vec<u8>,
}

/// An envelope that will be signed.
#[derive(Clone, Debug)]
pub struct Message {
    /// The element in the Body.
    pub payload: String,
    /// How the Body begins.
    pub body_tag: String,
    /// When it was made; none leaves the element out.
    pub created: Option<String>,
    /// When it ends; none leaves the element out.
    pub expires: Option<String>,
    /// Further blocks of the header, before the Security.
    pub blocks: String,
    /// Further children of the Security, after the Timestamp.
    pub more_security: String,
    /// What the signature covers: the id, and the transforms by name.
    pub references: Vec<(String, Vec<String>)>,
    /// How the SignedInfo is made canonical.
    pub canonicalization: String,
    /// How it is signed.
    pub method: String,
    /// How the parts are digested.
    pub digest: String,
    /// The content of the KeyInfo.
    pub key_info: String,
    /// The list of inclusive prefixes of every canonicalization, if any.
    pub inclusive: Option<String>,
    /// The type of the token.
    pub token_type: String,
}

impl Message {
    /// An ordinary message: RSA-SHA256 over Body and Timestamp.
    pub fn new(payload: &str, created: &str) -> Message {
        let exclusive = || vec![EXCLUSIVE.to_owned()];
        Message {
            payload: payload.to_owned(),
            body_tag: "<SOAP-ENV:Body wsu:Id=\"body\">".to_owned(),
            created: Some(created.to_owned()),
            expires: None,
            blocks: String::new(),
            more_security: String::new(),
            references: vec![
                ("body".to_owned(), exclusive()),
                ("time".to_owned(), exclusive()),
            ],
            canonicalization: EXCLUSIVE.to_owned(),
            method: RSA_SHA256.to_owned(),
            digest: SHA256.to_owned(),
            key_info: "<wsse:SecurityTokenReference><wsse:Reference URI=\"#token\"/>\
                       </wsse:SecurityTokenReference>"
                .to_owned(),
            inclusive: None,
            token_type: X509_V3.to_owned(),
        }
    }

    /// The same with the algorithms of the protocol's own time.
    #[must_use]
    pub fn with_sha1(mut self) -> Message {
        RSA_SHA1.clone_into(&mut self.method);
        SHA1.clone_into(&mut self.digest);
        self
    }

    /// The same with a further block in the header.
    #[must_use]
    pub fn with_block(mut self, block: &str) -> Message {
        self.blocks.push_str(block);
        self
    }

    fn timestamp(&self) -> String {
        let part = |name: &str, moment: &Option<String>| match moment {
            Some(moment) => format!("<wsu:{name}>{moment}</wsu:{name}>"),
            None => String::new(),
        };
        let (created, expires) = (
            part("Created", &self.created),
            part("Expires", &self.expires),
        );
        format!("<wsu:Timestamp wsu:Id=\"time\">{created}{expires}</wsu:Timestamp>")
    }

    fn envelope(&self, certificate: &[u8], signature: &str) -> String {
        let token = STANDARD.encode(certificate);
        let Message {
            payload,
            body_tag,
            blocks,
            more_security,
            token_type,
            ..
        } = self;
        let timestamp = self.timestamp();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <SOAP-ENV:Envelope xmlns:SOAP-ENV=\"{SOAP}\" xmlns:wsu=\"{WSU}\"><SOAP-ENV:Header>\
             {blocks}<wsse:Security xmlns:wsse=\"{WSSE}\" SOAP-ENV:mustUnderstand=\"1\">\
             <wsse:BinarySecurityToken wsu:Id=\"token\" EncodingType=\"{BASE64}\" \
             ValueType=\"{token_type}\">{token}</wsse:BinarySecurityToken>{signature}{timestamp}\
             {more_security}</wsse:Security></SOAP-ENV:Header>\
             {body_tag}{payload}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
        )
    }

    /// The signature, with digests of what stands in `envelope`, and a place for its value.
    fn signature(&self, envelope: &str) -> String {
        let document = read(envelope);
        let inclusive = match &self.inclusive {
            Some(list) => {
                format!("<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{list}\"/>")
            }
            None => String::new(),
        };
        let mut references = String::new();
        for (id, transforms) in &self.references {
            let mut listed = String::new();
            for name in transforms {
                let inside = if name == EXCLUSIVE { &*inclusive } else { "" };
                write!(
                    listed,
                    "<ds:Transform Algorithm=\"{name}\">{inside}</ds:Transform>"
                )
                .expect("writing to a string cannot fail");
            }
            let mut elements = document.elements();
            let named = elements.find(|element| element.attribute(WSU, "Id") == Some(id));
            let digest = named.map_or_else(String::new, |element| self.digest_of(element));
            write!(
                references,
                "<ds:Reference URI=\"#{id}\"><ds:Transforms>{listed}</ds:Transforms>\
                 <ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue>{digest}</ds:DigestValue>\
                 </ds:Reference>",
                self.digest
            )
            .expect("writing to a string cannot fail");
        }
        let Message {
            canonicalization,
            method,
            key_info,
            ..
        } = self;
        format!(
            "<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo><ds:CanonicalizationMethod \
             Algorithm=\"{canonicalization}\">{inclusive}</ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"{method}\"/>{references}</ds:SignedInfo>\
             <ds:SignatureValue>{PLACE}</ds:SignatureValue><ds:KeyInfo>{key_info}</ds:KeyInfo>\
             </ds:Signature>"
        )
    }

    fn digest_of(&self, element: Element<'_, '_>) -> String {
        let algorithm = if self.digest == SHA1 {
            &digest::SHA1_FOR_LEGACY_USE_ONLY
        } else {
            &digest::SHA256
        };
        let bytes = c14n::exclusive(element, &self.prefixes());
        STANDARD.encode(digest::digest(algorithm, &bytes))
    }

    fn prefixes(&self) -> Vec<&str> {
        let list = self.inclusive.as_deref().unwrap_or_default();
        list.split_ascii_whitespace().collect()
    }
}

impl Signer {
    /// A fresh key of 2048 bits with a self-signed certificate.
    pub fn fresh() -> Signer {
        let pair = signing::certificate::generate("A caller", 0, 1).expect("a certificate");
        Signer::of(pair.private_key_der, pair.certificate_pem)
    }

    /// A key in PKCS #8 DER with its certificate in PEM.
    pub fn of(key_der: Vec<u8>, certificate_pem: String) -> Signer {
        let certificate = signing::x509::from_pem(&certificate_pem).expect("a certificate");
        Signer {
            key_der,
            certificate_pem,
            certificate,
        }
    }

    /// The certificate in PEM.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The certificate in DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Signs a message as it is planned.
    pub fn sign(&self, message: &Message) -> String {
        let bare = message.envelope(&self.certificate, "");
        let whole = message.envelope(&self.certificate, &message.signature(&bare));
        let document = read(&whole);
        let mut elements = document.elements();
        let info = elements.find(|element| element.is(DSIG, "SignedInfo"));
        let info = info.expect("the signature was put there");
        let text = c14n::exclusive(info, &message.prefixes());
        whole.replacen(
            PLACE,
            &STANDARD.encode(self.value(&message.method, &text)),
            1,
        )
    }

    fn value(&self, method: &str, text: &[u8]) -> Vec<u8> {
        if method == RSA_SHA1 {
            let key = PrivateKey::from_der(&self.key_der).expect("a private key");
            return key.sign(text);
        }
        let key = RsaKeyPair::from_pkcs8(&self.key_der).expect("a private key");
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            text,
            &mut signature,
        )
        .expect("the buffer has the modulus' length");
        signature
    }
}

fn read(text: &str) -> Document<'_> {
    Document::read(text.as_bytes(), &Limits::DEFAULT).expect("the tests write sound XML")
}

/// The element of an action with parameters as Query names them: `Name.Member` becomes an element in an
/// element, `Name.1` and `Name.2` one element after another.
pub fn payload<T: AsRef<str>>(namespace: &str, action: &str, pairs: &[(T, T)]) -> String {
    let split = |(name, value): &(T, T)| {
        let steps = name.as_ref().split('.').map(str::to_owned).collect();
        (steps, value.as_ref().to_owned())
    };
    let members: Vec<Member> = pairs.iter().map(split).collect();
    let mut out = format!("<fps:{action} xmlns:fps=\"{namespace}\">");
    write_members(&mut out, &members);
    out + &format!("</fps:{action}>")
}

/// The steps of a name that are left, and the value.
type Member = (Vec<String>, String);

fn write_members(out: &mut String, members: &[Member]) {
    let mut rest = members;
    while let Some((steps, _)) = rest.first() {
        let is_number = |step: &String| step.bytes().all(|byte| byte.is_ascii_digit());
        let taken = if steps.get(1).is_some_and(is_number) {
            2
        } else {
            1
        };
        let same = |other: &&Member| other.0.get(..taken) == Some(&steps[..taken]);
        let count = rest.iter().take_while(same).count();
        let (these, after) = rest.split_at(count);
        let name = &steps[0];
        out.extend(["<fps:", name, ">"]);
        if steps.len() == taken {
            let mut text = Vec::new();
            xml::escape_text(&mut text, &these[0].1);
            out.push_str(&String::from_utf8_lossy(&text));
        } else {
            let inner = |(steps, value): &Member| (steps[taken..].to_vec(), value.clone());
            write_members(out, &these.iter().map(inner).collect::<Vec<_>>());
        }
        out.extend(["</fps:", name, ">"]);
        rest = after;
    }
}
