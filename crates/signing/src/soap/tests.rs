use std::sync::OnceLock;

use test_kit::soap::{self, Message, Signer};
use xml::{Document, Limits};

use super::{BadEnvelope, BadSecurity, Envelope, Proof, Signed};

mod algorithms;

const MADE: &str = "2009-10-06T07:53:11Z";
const PAYLOAD: &str =
    "<f:Cancel xmlns:f=\"urn:fps\"><f:TransactionId>1</f:TransactionId></f:Cancel>";
/// A block of the header that carries an id.
const BLOCK: &str =
    "<wsa:To xmlns:wsa=\"http://www.w3.org/2005/08/addressing\" wsu:Id=\"to\">here</wsa:To>";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

fn signer() -> &'static Signer {
    static SIGNER: OnceLock<Signer> = OnceLock::new();
    SIGNER.get_or_init(Signer::fresh)
}

fn message() -> Message {
    Message::new(PAYLOAD, MADE)
}

/// Proves a message under the one signer's certificate, and looks at the proof.
fn proven<T>(text: &str, look: impl FnOnce(&Proof) -> T) -> Result<T, BadSecurity> {
    let document = Document::read(text.as_bytes(), &Limits::DEFAULT).expect("sound XML");
    let envelope = Envelope::read(&document).expect("an envelope");
    let signed = Signed::read(envelope)?.ok_or(BadSecurity::NotOne("wsse:Security"))?;
    signed
        .verify(signer().certificate())
        .map(|proof| look(&proof))
}

/// What the payload of a proven message says.
fn said(text: &str) -> Result<String, BadSecurity> {
    proven(text, |proof| {
        let first = proof.payload().children().next();
        first
            .map(|child| child.text().into_owned())
            .unwrap_or_default()
    })
}

#[test]
fn sound_messages_are_proven() {
    let mut listed = message();
    listed.inclusive = Some("wsu SOAP-ENV unknown".to_owned());
    let mut with_blocks = message().with_block(BLOCK);
    for id in ["to", "token"] {
        let exclusive = vec![soap::EXCLUSIVE.to_owned()];
        with_blocks.references.push((id.to_owned(), exclusive));
    }
    let mut with_end = message().with_block(BLOCK);
    with_end.expires = Some("2009-10-06T07:58:11Z".to_owned());
    for message in [
        message(),
        message().with_sha1(),
        listed,
        with_blocks,
        with_end,
    ] {
        assert_eq!(said(&signer().sign(&message)).as_deref(), Ok("1"));
    }
}

#[test]
fn a_proof_names_its_certificate_and_signature() {
    let text = signer().sign(&message());
    let (fingerprint, signature) = proven(&text, |proof| {
        (*proof.fingerprint(), proof.signature().to_vec())
    })
    .unwrap();
    assert_eq!(
        fingerprint,
        crate::x509::fingerprint(signer().certificate())
    );
    assert_eq!(signature.len(), 256);
    // The same message has the same signature, another moment another.
    let again = proven(&text, |proof| proof.signature().to_vec()).unwrap();
    assert_eq!(again, signature);
    let later = signer().sign(&Message::new(PAYLOAD, "2009-10-06T07:53:12Z"));
    let later = proven(&later, |proof| proof.signature().to_vec()).unwrap();
    assert_ne!(later, signature);
}

/// Signs a message that was changed, and changes the text.
fn attack(plan: impl FnOnce(&mut Message), change: impl FnOnce(String) -> String) -> BadSecurity {
    let mut planned = message();
    plan(&mut planned);
    let text = change(signer().sign(&planned));
    said(&text).expect_err(&text)
}

fn forged(change: impl FnOnce(String) -> String) -> BadSecurity {
    attack(|_| (), change)
}

fn planned(plan: impl FnOnce(&mut Message)) -> BadSecurity {
    attack(plan, |text| text)
}

fn cut<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let start = text.find(from).expect("the part begins");
    let end = text[start..].find(to).expect("the part ends");
    &text[start..start + end + to.len()]
}

const EVIL: &str = "<f:Cancel xmlns:f=\"urn:fps\"><f:TransactionId>2</f:TransactionId></f:Cancel>";

/// The signed Body somewhere else, and another in its place.
fn wrapped(text: &str, around: (&str, &str), before: &str, new_body: &str) -> String {
    let body = cut(text, "<SOAP-ENV:Body", "</SOAP-ENV:Body>");
    let moved = format!("{}{body}{}{before}", around.0, around.1);
    text.replace(body, new_body).replacen(before, &moved, 1)
}

#[test]
fn a_signed_body_in_another_place_proves_nothing() {
    let end = "</SOAP-ENV:Header>";
    let evil = |id: &str| format!("<SOAP-ENV:Body{id}>{EVIL}</SOAP-ENV:Body>");
    let block = ("<x:Keep xmlns:x=\"urn:x\">", "</x:Keep>");
    for (id, around, before, problem) in [
        (
            " wsu:Id=\"evil\"",
            block,
            end,
            BadSecurity::NotSignable("body".to_owned()),
        ),
        ("", block, end, BadSecurity::NotSignable("body".to_owned())),
        (
            " wsu:Id=\"body\"",
            block,
            end,
            BadSecurity::AmbiguousId("body".to_owned()),
        ),
        (
            " Id=\"body\"",
            block,
            end,
            BadSecurity::AmbiguousId("body".to_owned()),
        ),
        // Directly in the header it is a block, which may be signed; but then the Body is not.
        ("", ("", ""), end, BadSecurity::Uncovered("Body")),
        // Within the signature.
        (
            "",
            ("", ""),
            "</ds:Signature>",
            BadSecurity::Unexpected("Body".to_owned()),
        ),
        (
            "",
            ("<ds:Object>", "</ds:Object>"),
            "</ds:Signature>",
            BadSecurity::Unexpected("ds:Object".to_owned()),
        ),
        // Beside Timestamp and Signature.
        (
            "",
            ("", ""),
            "</wsse:Security>",
            BadSecurity::Unexpected("Body".to_owned()),
        ),
    ] {
        let text = wrapped(&signer().sign(&message()), around, before, &evil(id));
        assert_eq!(said(&text), Err(problem), "{text}");
    }
}

#[test]
fn an_envelope_has_one_header_one_body_and_one_payload() {
    let text = signer().sign(&message());
    let body = cut(&text, "<SOAP-ENV:Body", "</SOAP-ENV:Body>");
    let header = cut(&text, "<SOAP-ENV:Header>", "</SOAP-ENV:Header>");
    let second = format!("<SOAP-ENV:Body>{EVIL}</SOAP-ENV:Body>");
    for (changed, problem) in [
        (
            text.replace(body, &format!("{body}{second}")),
            BadEnvelope::Shape,
        ),
        (
            text.replace(body, &format!("{second}{body}")),
            BadEnvelope::Shape,
        ),
        (text.replace(body, ""), BadEnvelope::Shape),
        (
            text.replace(header, &format!("{header}<SOAP-ENV:Header/>")),
            BadEnvelope::Shape,
        ),
        (
            text.replace(header, &format!("{header}text")),
            BadEnvelope::Shape,
        ),
        (
            text.replace(PAYLOAD, &format!("{PAYLOAD}{EVIL}")),
            BadEnvelope::Payload,
        ),
        (
            text.replace(PAYLOAD, &format!("text{PAYLOAD}")),
            BadEnvelope::Payload,
        ),
        (text.replace(PAYLOAD, ""), BadEnvelope::Payload),
        (
            text.replace(super::SOAP, super::SOAP_12),
            BadEnvelope::Soap12,
        ),
        (
            text.replace(super::SOAP, "urn:other"),
            BadEnvelope::NotEnvelope,
        ),
        (PAYLOAD.to_owned(), BadEnvelope::NotEnvelope),
    ] {
        let document = Document::read(changed.as_bytes(), &Limits::DEFAULT).expect("sound XML");
        assert_eq!(
            Envelope::read(&document).map(drop),
            Err(problem),
            "{changed}"
        );
    }
}

#[test]
fn a_signed_timestamp_in_another_place_proves_nothing() {
    let fresh = "<wsu:Timestamp><wsu:Created>2029-01-01T00:00:00Z</wsu:Created></wsu:Timestamp>";
    let moved = |around: (&str, &str)| {
        forged(|text| {
            let old = cut(&text, "<wsu:Timestamp", "</wsu:Timestamp>").to_owned();
            let kept = format!("{}{old}{}</SOAP-ENV:Header>", around.0, around.1);
            text.replace(&old, fresh)
                .replace("</SOAP-ENV:Header>", &kept)
        })
    };
    assert_eq!(moved(("", "")), BadSecurity::Uncovered("Timestamp"));
    let deep = moved(("<x:Keep xmlns:x=\"urn:x\">", "</x:Keep>"));
    assert_eq!(deep, BadSecurity::NotSignable("time".to_owned()));
    let second =
        forged(|text| text.replace("</wsse:Security>", &format!("{fresh}</wsse:Security>")));
    assert_eq!(second, BadSecurity::NotOne("wsu:Timestamp"));
}

#[test]
fn a_message_must_cover_body_and_timestamp() {
    let without = |id: &str| planned(|plan| plan.references.retain(|(named, _)| named != id));
    assert_eq!(without("body"), BadSecurity::Uncovered("Body"));
    assert_eq!(without("time"), BadSecurity::Uncovered("Timestamp"));
    assert_eq!(
        planned(|plan| plan.references.clear()),
        BadSecurity::Uncovered("Body")
    );
    // A part of the Body is not the Body.
    let part = planned(|plan| {
        plan.payload = PAYLOAD.replacen("<f:Cancel", "<f:Cancel wsu:Id=\"part\"", 1);
        "part".clone_into(&mut plan.references[0].0);
    });
    assert_eq!(part, BadSecurity::NotSignable("part".to_owned()));
    let detached = planned(|plan| {
        plan.blocks = BLOCK.to_owned();
        "to".clone_into(&mut plan.references[0].0);
    });
    assert_eq!(detached, BadSecurity::Uncovered("Body"));
    let nowhere = planned(|plan| "gone".clone_into(&mut plan.references[0].0));
    assert_eq!(nowhere, BadSecurity::AmbiguousId("gone".to_owned()));
    let many = planned(|plan| plan.references = vec![plan.references[0].clone(); 17]);
    assert_eq!(many, BadSecurity::TooManyReferences);
    let whole = planned(|plan| {
        "envelope".clone_into(&mut plan.references[0].0);
    });
    assert_eq!(whole, BadSecurity::AmbiguousId("envelope".to_owned()));
}

#[test]
fn references_lead_nowhere_else() {
    for uri in [
        "",
        "#",
        "body",
        "http://example.com/#body",
        "#xpointer(/)",
        "file:///etc/passwd",
    ] {
        let problem = forged(|text| text.replacen("URI=\"#body\"", &format!("URI=\"{uri}\""), 1));
        let expected = match uri {
            "#xpointer(/)" => BadSecurity::AmbiguousId("xpointer(/)".to_owned()),
            _ => BadSecurity::BadReference,
        };
        assert_eq!(problem, expected, "{uri}");
    }
}

#[test]
fn what_was_changed_is_noticed() {
    let changed = |from: &str, to: &str| forged(|text| text.replacen(from, to, 1));
    let digest = |local: &str| BadSecurity::WrongDigest(local.to_owned());
    assert_eq!(changed(PAYLOAD, EVIL), digest("Body"));
    assert_eq!(changed(MADE, "2029-10-06T07:53:11Z"), digest("Timestamp"));
    let other = "<ds:DigestValue>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</ds:DigestValue>";
    let problem = forged(|text| {
        let own = cut(&text, "<ds:DigestValue>", "</ds:DigestValue>").to_owned();
        text.replacen(&own, other, 1)
    });
    assert_eq!(problem, BadSecurity::WrongSignature);
    let problem = forged(|text| {
        let own = cut(&text, "<ds:SignatureValue>", "</ds:SignatureValue>").to_owned();
        text.replace(&own, "<ds:SignatureValue>AAAA</ds:SignatureValue>")
    });
    assert_eq!(problem, BadSecurity::WrongSignature);
    assert_eq!(
        changed("<ds:SignatureValue>", "<ds:SignatureValue>!"),
        BadSecurity::NotBase64("ds:SignatureValue")
    );
    // A comment within a value changes nothing, because all of the text counts.
    let text = signer().sign(&message()).replace(">1<", "><!-- 2 -->1<");
    assert_eq!(said(&text).as_deref(), Ok("1"));
}
