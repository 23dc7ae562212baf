//! The API over SOAP: the golden pairs, the printed sample, who may ask, and every way to cheat.
//!
//! The documented errors are provoked over both wires by the tables of [`crate::refusals`].

mod attacks;
mod books;
mod credentials;

use payments::ReadSet;
use wire::{Action, Version};

use crate::golden::{Words, written, written_reply};
use crate::idempotency::{Replay, replay_of};
use crate::kit::{Pairs, Reply, Scene, check_file, over_soap, pairs, with};
use crate::sample::{let_end, sample};

/// Where the pair of an action is kept.
pub fn paths(action: Action) -> [String; 2] {
    let folder = "crates/server/tests/golden-soap";
    let name = action.as_str();
    [
        format!("{folder}/{name}.body.xml"),
        format!("{folder}/{name}.reply.xml"),
    ]
}

/// The block that gives a message its id.
fn message_id(id: &str) -> String {
    format!(
        "<wsa:MessageID xmlns:wsa=\"{}\">{id}</wsa:MessageID>",
        wire::soap::WSA
    )
}

/// The document in the Body of a reply.
fn body_of(reply: &Reply) -> &str {
    let (_, from) = reply.body.split_once("<SOAP-ENV:Body>").expect("a Body");
    from.split_once("</SOAP-ENV:Body>").expect("its end").0
}

#[test]
fn every_action_answers_as_recorded() {
    let scene = over_soap();
    for action in Action::ALL {
        let asked = sample(&scene, action);
        let plan = scene
            .plan(action, &asked)
            .with_block(&message_id("message-1"));
        let reply = scene.send_planned(&plan).ok();
        let_end(&scene, &reply);
        assert!(reply.head.contains("text/xml"), "{}", reply.head);
        let [request_path, reply_path] = paths(action);
        let mut words = Words::default();
        check_file(
            &request_path,
            &written_body(&scene, action, asked, &mut words),
        );
        check_file(&reply_path, &written_reply(&reply, &mut words));
    }
}

fn written_body(scene: &Scene, action: Action, asked: Pairs, words: &mut Words) -> String {
    let shown = if action == Action::VerifySignature {
        with(
            asked,
            "HttpParameters",
            "(a message that the server signed)",
        )
    } else {
        asked
    };
    let payload = scene.plan(action, &shown).payload;
    written("<?xml version=\"1.0\"?>", &payload, words)
}

#[test]
fn every_version_answers_in_its_own_namespace() {
    let scene = over_soap();
    for version in Version::ALL {
        for action in Action::ALL {
            let asked = sample(&scene, action);
            let reply = scene
                .send_planned(&scene.plan_in(version, action, &asked))
                .ok();
            let root = format!(
                "<{}Response xmlns=\"{}\">",
                action.as_str(),
                version.namespace()
            );
            assert!(body_of(&reply).starts_with(&root), "{}", reply.body);
            // Nobody named the message, so the reply relates to none.
            assert!(!reply.body.contains("RelatesTo"), "{}", reply.body);
        }
    }
    let other = scene.plan(Action::GetAccountBalance, &Pairs::new());
    let mut unknown = other.clone();
    unknown.payload = other.payload.replace("2008-09-17", "2007-01-08");
    scene.send_planned(&unknown).refused("InvalidParams");
    unknown.payload = other.payload.replace("GetAccountBalance", "GetEverything");
    scene.send_planned(&unknown).refused("InvalidParams");
}

const PRINTED_TAG: &str = "<SOAP-ENV:Body wsu:Id=\"body\" xmlns:wsu=
\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\">";

const PRINTED: &str = "
<ns2:Reserve xmlns:ns2=\"http://fps.amazonaws.com/doc/2008-09-17/\">
<ns2:SenderTokenId>76PSX31MM77T81ExampleQVDNQPG5GFAK</ns2:SenderTokenId>
<ns2:RecipientTokenId>6SC9UJ1VJEExampleBTBNUNEYUBJM1K</ns2:RecipientTokenId>
<ns2:TransactionAmount>
<ns2:CurrencyCode>USD</ns2:CurrencyCode>
<ns2:Amount>1.10</ns2:Amount>
</ns2:TransactionAmount>
<ns2:CallerReference>
ReferenceString????Qlrd12275864150791
</ns2:CallerReference>
<ns2:CallerDescription>
DescriptionString-????UQAu12275864150791
</ns2:CallerDescription>
<ns2:SenderDescription>
DescriptionString-????kbPT12275864150791
</ns2:SenderDescription>
</ns2:Reserve>
";

const PRINTED_REPLY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/">
<SOAP-ENV:Header>
<wsa:RelatesTo xmlns:wsa="http://www.w3.org/2005/08/addressing">
MESSAGE123
</wsa:RelatesTo>
<wsa:To xmlns:wsa="http://www.w3.org/2005/08/addressing">
http://www.w3.org/2005/08/addressing/anonymous
</wsa:To>
<wsa:Action xmlns:wsa="http://www.w3.org/2005/08/addressing">
Reserve:Response
</wsa:Action>
<wsa:MessageID xmlns:wsa="http://www.w3.org/2005/08/addressing">
urn:uuid:a9e1fc80-03f6-4e1b-a1c0-541df545afac
</wsa:MessageID>
</SOAP-ENV:Header>
<SOAP-ENV:Body>
<ReserveResponse xmlns="http://fps.amazonaws.com/doc/2008-09-17/">
<ReserveResult>
<TransactionId>13N8TKAK15P3GOIPLP796OKSB66C6K2LBEK</TransactionId>
<TransactionStatus>Pending</TransactionStatus>
</ReserveResult>
<ResponseMetadata>
<RequestId>a9e1fc80-03f6-4e1b-a1c0-541df545afac:0</RequestId>
</ResponseMetadata>
</ReserveResponse>
</SOAP-ENV:Body>
</SOAP-ENV:Envelope>"#;

#[test]
fn the_printed_sample_is_accepted_and_answered_as_printed() {
    let scene = over_soap();
    let mut plan = scene.plan(Action::Reserve, &Pairs::new()).with_sha1();
    plan = plan.with_block(&message_id("\nMESSAGE123\n"));
    PRINTED_TAG.clone_into(&mut plan.body_tag);
    plan.payload = PRINTED
        .replace(
            "76PSX31MM77T81ExampleQVDNQPG5GFAK",
            scene.sender_token.id.as_str(),
        )
        .replace(
            "6SC9UJ1VJEExampleBTBNUNEYUBJM1K",
            scene.recipient_token.id.as_str(),
        );
    let reply = scene.send_planned(&plan).ok();
    let (declaration, printed) = PRINTED_REPLY.split_once('\n').expect("a declaration");
    // The lines of the print are broken for readers; the server breaks none.
    let printed: String = printed.lines().collect();
    let printed = written(declaration, &printed, &mut Words::default());
    assert_eq!(written_reply(&reply, &mut Words::default()), printed);
    let own_id = reply
        .text("RequestId")
        .expect("a request id")
        .replace(":0", "");
    assert!(
        reply
            .body
            .contains(&format!(">urn:uuid:{own_id}</wsa:MessageID>"))
    );
    let id = reply.transaction();
    scene.wait_for(&id, "Reserved");
    let shown = scene.about(Action::GetTransaction, &id).ok();
    for (element, text) in [
        ("CallerReference", "ReferenceString????Qlrd12275864150791"),
        (
            "CallerDescription",
            "DescriptionString-????UQAu12275864150791",
        ),
        (
            "SenderDescription",
            "DescriptionString-????kbPT12275864150791",
        ),
        ("Value", "1.100000"),
    ] {
        assert_eq!(shown.text(element), Some(text), "{}", shown.body);
    }
}

#[test]
fn every_action_again() {
    let scene = over_soap();
    for action in Action::ALL {
        let asked = sample(&scene, action);
        let bytes = scene.message(&scene.shop, action, &asked);
        let first = scene.send_message(&bytes).ok();
        let resent = scene.send_message(&bytes);
        let anew = scene.ask(action, &asked);
        match replay_of(action) {
            Replay::SameTransaction => {
                assert_eq!(resent.transaction(), first.transaction());
                assert_eq!(anew.transaction(), first.transaction());
            }
            Replay::SameToken | Replay::SameRefund => {
                for element in ["TokenId", "RefundTransactionId"] {
                    assert_eq!(resent.text(element), first.text(element));
                    assert_eq!(anew.text(element), first.text(element));
                }
            }
            Replay::SameBytes(code) => {
                assert_eq!(resent.transaction(), first.transaction());
                anew.refused(code);
            }
            Replay::Refused(code) => {
                resent.refused(code);
                anew.refused(code);
            }
            Replay::Reading => {
                let result = |reply: &Reply| {
                    let body = body_of(reply).to_owned();
                    body.split("<ResponseMetadata>").next().map(str::to_owned)
                };
                assert_eq!(result(&resent.ok()), result(&first));
                assert_eq!(result(&anew.ok()), result(&first));
            }
        }
    }
}

#[test]
fn elements_that_the_schema_lacks_are_refused_by_name() {
    let scene = over_soap();
    let asked = scene.payment();
    let payload = scene.plan(Action::Reserve, &asked).payload;
    let end = "</fps:Reserve>";
    for (from, element, named) in [
        (end, "<fps:Colour>blue</fps:Colour>", "Colour"),
        (end, "<Colour>blue</Colour>", "Colour"),
        (
            end,
            "<fps:CallerReference>x</fps:CallerReference>",
            "CallerReference.1",
        ),
        (end, "<fps:Signature>x</fps:Signature>", "Signature"),
        (
            end,
            "<fps:Timestamp>2009-10-06T07:51:04.140Z</fps:Timestamp>",
            "Timestamp",
        ),
        (
            "<fps:Value>",
            "<fps:Colour>blue</fps:Colour>",
            "TransactionAmount.Colour",
        ),
    ] {
        let mut plan = scene.plan(Action::Reserve, &asked);
        plan.payload = payload.replacen(from, &format!("{element}{from}"), 1);
        let reply = scene.send_planned(&plan);
        reply.refused("InvalidRequest");
        let named = format!(":{named}\"");
        assert!(reply.message().contains(&named), "{}", reply.body);
    }
    // Elements may come in any order.
    let mut asked = scene.payment();
    asked.reverse();
    scene.ask(Action::Reserve, &asked).ok();
}

/// The caller reference of a request, if it has one, names nothing yet.
fn assert_unused(scene: &Scene, asked: &Pairs) {
    let Some((_, text)) = asked.iter().find(|(name, _)| name == "CallerReference") else {
        return;
    };
    let mut want = ReadSet::default();
    let name = (scene.shop.account, crate::kit::reference(text));
    want.references.insert(name.clone());
    let seen = scene.world.see(want);
    assert!(seen.references.get(&name).is_none(), "{text} was used up");
}

#[test]
fn a_reference_is_one_on_both_wires() {
    let mut scene = Scene::new();
    let asked = scene.payment();
    let id = scene.ask(Action::Reserve, &asked).transaction();
    scene.wire = crate::kit::Wire::Soap;
    assert_eq!(scene.ask(Action::Reserve, &asked).transaction(), id);
    let other = with(asked, "TransactionAmount.Value", "11");
    scene
        .ask(Action::Reserve, &other)
        .refused("DuplicateRequest");
    scene.wait_for(&id, "Reserved");
    let settle = pairs(&[("ReserveTransactionId", &id)]);
    scene.ask(Action::Settle, &settle).ok();
}
