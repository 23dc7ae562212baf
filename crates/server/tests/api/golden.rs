//! The golden pair of each action: a request with every parameter, and its whole reply.
//!
//! Ids, times and request ids are replaced by words, numbered in the order in which they appear;
//! lines are broken between elements for readers. Everything else is compared.

use std::fmt::Write as _;

use wire::{Action, Version, instant};

use crate::kit::{Pairs, Reply, Scene, check_file, with};
use crate::sample::{let_end, sample};

/// Where the pair of an action is kept.
pub fn paths(action: Action) -> [String; 2] {
    let folder = "crates/server/tests/golden";
    let name = action.as_str();
    [
        format!("{folder}/{name}.request.txt"),
        format!("{folder}/{name}.reply.xml"),
    ]
}

#[test]
fn every_action_answers_as_recorded() {
    let scene = Scene::new();
    for action in Action::ALL {
        let asked = sample(&scene, action);
        let reply = scene.ask(action, &asked).ok();
        let_end(&scene, &reply);
        let [request_path, reply_path] = paths(action);
        let mut words = Words::default();
        check_file(&request_path, &written_request(action, &asked, &mut words));
        check_file(&reply_path, &written_reply(&reply, &mut words));
    }
}

#[test]
fn every_version_answers_in_its_own_namespace() {
    let scene = Scene::new();
    for version in Version::ALL {
        for action in Action::ALL {
            let mut signer = scene.signer();
            version.as_str().clone_into(&mut signer.version);
            let reply = signer
                .ask(&scene.world, action.as_str(), &sample(&scene, action))
                .ok();
            let name = action.as_str();
            let root = format!(
                "<?xml version=\"1.0\"?>\n<{name}Response xmlns=\"http://fps.amazonaws.com/doc/{}/\">",
                version.as_str()
            );
            assert!(reply.body.starts_with(&root), "{}", reply.body);
            assert_eq!(reply.body.matches("xmlns").count(), 1, "{}", reply.body);
            assert!(reply.head.contains("text/xml"), "{}", reply.head);
        }
    }
}

#[test]
fn every_status_of_a_life_is_told_the_same_way() {
    let scene = Scene::new();
    let mut text = String::new();
    let mut words = Words::default();
    let mut tell = |situation: &str, id: &str| {
        let reply = scene.about(Action::GetTransactionStatus, id).ok();
        let reply = written_reply(&reply, &mut words);
        writeln!(text, "<!-- {situation} -->\n{reply}").expect("writing to a string");
    };
    let reserve = |number| {
        scene
            .ask(Action::Reserve, &scene.payment_by_card(number))
            .transaction()
    };

    scene.world.pause_processor(true);
    let held = scene.ask(Action::Reserve, &scene.payment()).transaction();
    tell("a reservation, sent", &held);
    scene.world.pause_processor(false);
    scene.wait_for(&held, "Reserved");
    tell("a reservation, held", &held);
    scene.about(Action::Cancel, &held).ok();
    tell("a reservation, cancelled", &held);
    let declined = reserve("4000000000009995");
    scene.wait_for(&declined, "Failure");
    tell("a reservation, declined", &declined);
    let settled = scene.reserved();
    scene.about(Action::Settle, &settled).ok();
    scene.wait_for(&settled, "Success");
    tell("a reservation, settled", &settled);
    let late = reserve("4000000000000341");
    scene.wait_for(&late, "Reserved");
    scene.about(Action::Settle, &late).ok();
    scene.wait_for(&late, "Failure");
    tell("a reservation, declined when it was settled", &late);
    let forgotten = scene.reserved();
    scene.world.advance(8 * 86_400_000);
    scene.wait_for(&forgotten, "Cancelled");
    tell("a reservation, expired", &forgotten);
    check_file("crates/server/tests/golden/statuses.txt", &text);
}

#[test]
fn a_refund_and_its_original_name_each_other() {
    let scene = Scene::new();
    let id = scene.paid();
    let refund = scene.made(Action::Refund, &scene.refund(&id), "Success");
    let mut words = Words::default();
    let mut text = String::new();
    for one in [&id, &refund] {
        let reply = scene.about(Action::GetTransaction, one).ok();
        writeln!(text, "{}", written_reply(&reply, &mut words)).expect("writing to a string");
    }
    check_file("crates/server/tests/golden/refund.txt", &text);
}

pub fn written_request(action: Action, asked: &Pairs, words: &mut Words) -> String {
    let mut text = format!("Action={}\n", action.as_str());
    let mut shown = asked.clone();
    if action == Action::VerifySignature {
        // Its port, dates and signature are another test's matter.
        shown = with(
            shown,
            "HttpParameters",
            "(a message that the server signed)",
        );
    }
    if action == Action::InstallPaymentInstruction {
        shown = with(shown, "PaymentInstruction", "(a text)");
    }
    for (name, value) in &shown {
        let is_reference = name == "CallerReference";
        let value = if is_reference {
            "{reference}".to_owned()
        } else {
            words.instead_of(value)
        };
        writeln!(text, "{name}={value}").expect("writing to a string");
    }
    text
}

pub fn written_reply(reply: &Reply, words: &mut Words) -> String {
    let (declaration, body) = reply.body.split_once('\n').expect("the declaration");
    assert!(declaration.starts_with("<?xml version=\"1.0\""));
    let body = without_instruction(body);
    assert!(!body.contains("> ") && !body.contains('\n'), "{body}");
    written(declaration, &body, words)
}

/// A document with its lines broken and its ids replaced.
pub fn written(declaration: &str, body: &str, words: &mut Words) -> String {
    let mut text = format!("{declaration}\n");
    for piece in body.split_inclusive('>') {
        // A piece is the text before a tag and the tag.
        let (inner, tag) = piece.split_at(piece.find('<').expect("a tag"));
        let is_reference =
            (tag.ends_with("CallerReference>") || tag == "</Reference>") && !inner.is_empty();
        let inner = if is_reference {
            "{reference}".to_owned()
        } else {
            words.instead_of(inner)
        };
        let ends_line = tag.starts_with("</");
        let breaks =
            inner.is_empty() && !text.ends_with('\n') && (!ends_line || text.ends_with('>'));
        write!(text, "{}{inner}{tag}", if breaks { "\n" } else { "" })
            .expect("writing to a string");
    }
    text + "\n"
}

/// A text has white space of its own, and moments; what it says is another test's matter.
fn without_instruction(body: &str) -> String {
    let (open, close) = ("<PaymentInstruction>", "</PaymentInstruction>");
    match (body.split_once(open), body.split_once(close)) {
        (Some((before, _)), Some((_, after))) => {
            format!("{before}{open}(the text){close}{after}")
        }
        _ => body.to_owned(),
    }
}

/// What was replaced so far.
#[derive(Default)]
pub struct Words(Vec<String>);

impl Words {
    /// A word for an id or a moment; anything else as it is.
    fn instead_of(&mut self, value: &str) -> String {
        let id = |length| {
            let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
            value.len() == length && value.bytes().all(fits)
        };
        if id(35) {
            return self.numbered("transaction", value);
        }
        if id(64) {
            return self.numbered("token", value);
        }
        if instant::parse(value).is_some() {
            assert!(value.ends_with('Z') && value.len() == 24, "{value}");
            return "{moment}".to_owned();
        }
        if value.strip_prefix("urn:uuid:").is_some_and(is_uuid) {
            return "urn:uuid:{request}".to_owned();
        }
        let uuid = value.strip_suffix(":0").filter(|text| is_uuid(text));
        if uuid.is_some() {
            return "{request}:0".to_owned();
        }
        value.to_owned()
    }

    fn numbered(&mut self, kind: &str, value: &str) -> String {
        let known = format!("{kind} {value}");
        let at = self.0.iter().position(|one| *one == known);
        let at = at.unwrap_or_else(|| {
            self.0.push(known);
            self.0.len() - 1
        });
        let same = self.0[..=at]
            .iter()
            .filter(|one| one.starts_with(kind))
            .count();
        format!("{{{kind} {same}}}")
    }
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<_> = text.split('-').map(str::len).collect();
    let fits = |b: u8| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(fits)
}
