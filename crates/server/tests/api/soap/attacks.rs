//! Messages that must not pass, through the front door. Every refusal is a fault, and the next message
//! is served.

use wire::Action;

use crate::kit::{Pairs, Scene, over_soap};

/// A sound message that reads the balance.
fn sound(scene: &Scene) -> String {
    scene.message(&scene.shop, Action::GetAccountBalance, &Pairs::new())
}

fn check(scene: &Scene, text: &str, code: &str, says: &str) {
    let reply = scene.send_message(text);
    reply.refused(code);
    assert!(reply.message().contains(says), "{}", reply.body);
    scene.send_message(&sound(scene)).ok();
}

/// Puts something before the root.
fn before_root(text: &str, what: &str) -> String {
    text.replace("<SOAP-ENV:Envelope ", &format!("{what}<SOAP-ENV:Envelope "))
}

#[test]
fn documents_that_are_not_read() {
    let scene = over_soap();
    let text = sound(&scene);
    let laughs = "<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    let outside = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
    let deep = format!("{}{}", "<x>".repeat(500), "</x>".repeat(500));
    let many = " a='1'".repeat(500);
    for (changed, says) in [
        (before_root(&text, laughs), "a document type"),
        (before_root(&text, outside), "a document type"),
        (
            text.replace("</SOAP-ENV:Body>", "&a;</SOAP-ENV:Body>"),
            "an unknown entity",
        ),
        (
            before_root(&text, "<?xml-stylesheet href='http://127.0.0.1:9/'?>"),
            "instruction",
        ),
        (
            text.replace("</SOAP-ENV:Body>", &format!("{deep}</SOAP-ENV:Body>")),
            "xml_depth_max",
        ),
        (
            text.replace("<SOAP-ENV:Header>", &format!("<SOAP-ENV:Header{many}>")),
            "xml_attributes_max",
        ),
        (
            text.replace(
                "</SOAP-ENV:Body>",
                &format!("{}</SOAP-ENV:Body>", "<x/>".repeat(2_000)),
            ),
            "xml_elements_max",
        ),
        (
            text.replace("</SOAP-ENV:Envelope>", ""),
            "ends in the middle",
        ),
        (format!("{text}<more/>"), "content after the root"),
        (
            text.replace("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""),
            "not UTF-8",
        ),
        (
            "Action=GetAccountBalance".to_owned(),
            "an element is expected",
        ),
        (String::new(), "ends in the middle"),
    ] {
        check(&scene, &changed, "InvalidRequest", says);
    }
    let latin = scene.send_as("text/xml", b"<a>\xe9</a>");
    latin.refused("InvalidRequest");
}

#[test]
fn signed_parts_that_were_moved() {
    let scene = over_soap();
    let text = sound(&scene);
    let start = text.find("<SOAP-ENV:Body").expect("a Body");
    let end = text.find("</SOAP-ENV:Envelope>").expect("its end");
    let body = &text[start..end];
    let evil = body.replace("GetAccountBalance", "GetTokenByCaller");
    let unnamed = evil.replace(" wsu:Id=\"body\"", "");
    let block =
        |inner: &str| format!("<x:Keep xmlns:x=\"urn:x\">{inner}</x:Keep></SOAP-ENV:Header>");
    let moved = |inner: &str, new: &str| {
        text.replace(body, new)
            .replacen("</SOAP-ENV:Header>", &block(inner), 1)
    };
    for (changed, says) in [
        (moved(body, &unnamed), "may not be signed alone"),
        (moved(body, &evil), "must be on exactly one element"),
        (
            text.replace(body, &format!("{body}{unnamed}")),
            "one Header at most and then one Body",
        ),
        (
            text.replace(body, &format!("{unnamed}{body}")),
            "one Header at most and then one Body",
        ),
        (
            text.replace("#rsa-sha256", "#hmac-sha256"),
            "is not accepted",
        ),
        (
            text.replace(
                "xml-exc-c14n#\"></ds:Transform>",
                "REC-xslt\"></ds:Transform>",
            ),
            "does not match",
        ),
        (
            text.replace("URI=\"#body\"", "URI=\"\""),
            "a reference must be",
        ),
    ] {
        assert_ne!(changed, text);
        let reply = scene.send_message(&changed);
        let code = if says == "does not match" {
            "SignatureDoesNotMatch"
        } else {
            "InvalidRequest"
        };
        reply.refused(code);
        assert!(reply.message().contains(says), "{says}: {}", reply.body);
    }
    scene.send_message(&text).ok();
}

#[test]
fn other_kinds_of_soap() {
    let scene = over_soap();
    let text = sound(&scene);
    for kind in [
        "application/soap+xml",
        "application/soap+xml; charset=utf-8; action=\"x\"",
    ] {
        let reply = scene.send_as(kind, text.as_bytes());
        reply.refused("InvalidRequest");
        assert!(reply.message().contains("SOAP 1.1"), "{}", reply.body);
    }
    let newer = text.replace(signing::soap::SOAP, signing::soap::SOAP_12);
    check(&scene, &newer, "InvalidRequest", "SOAP 1.2");
    let reply = scene.send_as("text/xml; charset=iso-8859-1", text.as_bytes());
    reply.refused("InvalidRequest");
    for kind in [
        "text/xml",
        "Text/XML;charset=UTF-8",
        "text/xml; charset=\"utf-8\"",
    ] {
        scene.send_as(kind, text.as_bytes()).ok();
    }
    let must = "<x:New xmlns:x=\"urn:x\" SOAP-ENV:mustUnderstand=\"1\"/>";
    let plan = scene.plan(Action::GetAccountBalance, &Pairs::new());
    let reply = scene.send_planned(&plan.clone().with_block(must));
    reply.refused("InvalidRequest");
    assert!(
        reply.message().contains("header New must be understood"),
        "{}",
        reply.body
    );
    let may = must.replace("\"1\"", "\"0\"");
    scene.send_planned(&plan.with_block(&may)).ok();
}
