//! SOAP as others do it: canonical XML by lxml, messages signed by zeep and xmlsec from PyPI, ours
//! verified by `xmlsec1` from the system. Nobody here wrote any of them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use signing::soap::{Envelope, SOAP, Signed, WSU};
use test_kit::soap::{Message, Signer};
use xml::{Document, Limits, c14n};

use crate::harness::{Caller, Folder, Options, Server, openssl, python, run};

fn script(arguments: &[&str]) -> Command {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/soap_client.py");
    let mut command = Command::new(python());
    command.env_clear().env("PYTHONIOENCODING", "utf-8");
    command.arg(script).args(arguments);
    command
}

/// A key and a certificate, made by `openssl` as a caller would.
pub struct Pair {
    key: PathBuf,
    /// The certificate's file, in PEM.
    pub certificate: PathBuf,
}

impl Pair {
    /// Makes it.
    pub fn fresh(folder: &Folder) -> Pair {
        let (key, certificate) = (folder.at("soap-key.pem"), folder.at("soap-certificate.pem"));
        let (key_text, certificate_text) = (key.display(), certificate.display());
        let line = format!(
            "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=caller -keyout {key_text} -out {certificate_text}"
        );
        openssl(&line.split(' ').collect::<Vec<_>>());
        Pair { key, certificate }
    }

    /// Tells a program where they are.
    pub fn give_to<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("SOAP_KEY", &self.key)
            .env("SOAP_CERTIFICATE", &self.certificate)
    }
}

const PREFIXES: [&str; 3] = ["", "a", "b"];
/// None has a sign that is escaped in canonical form: lxml's library forgets to escape namespaces, and
/// its canonical XML is then no XML.
const URIS: [&str; 3] = ["urn:x", "urn:y", "http://example.com/z?q=1"];

/// An element with declarations, attributes and content, as text; `depth` more may be in it.
fn element(depth: u32) -> BoxedStrategy<String> {
    let text = "[a-c<>&'\"\t\n\r é😀]{0,6}";
    let declarations = proptest::collection::btree_map(0..3_usize, 0..4_usize, 0..3);
    let attributes = proptest::collection::btree_map("[k-m]|a:[k-m]|b:[k-m]|xml:lang", text, 0..4);
    let content = if depth == 0 {
        text.prop_map(|text| vec![escaped(&text)]).boxed()
    } else {
        let inner = prop_oneof![
            2 => element(depth - 1),
            1 => text.prop_map(|text| escaped(&text)),
            1 => Just("<!-- a comment -->".to_owned()),
            1 => Just("<![CDATA[a < b && c]]>".to_owned()),
        ];
        proptest::collection::vec(inner, 0..4).boxed()
    };
    let name = prop_oneof![Just(""), Just("a:"), Just("b:")];
    (name, declarations, attributes, content)
        .prop_map(|(prefix, declarations, attributes, content)| {
            let mut tag = String::new();
            for (prefix, uri) in declarations {
                tag.push_str(&declared(PREFIXES[prefix], URIS.get(uri).copied()));
            }
            for (name, value) in attributes {
                tag.extend([" ", &name, "=\"", &escaped(&value), "\""]);
            }
            format!("<{prefix}e{tag}>{}</{prefix}e>", content.concat())
        })
        .boxed()
}

/// A declaration; without a name the default namespace is undone, a prefix cannot be.
fn declared(prefix: &str, uri: Option<&str>) -> String {
    match (prefix, uri) {
        ("", uri) => format!(" xmlns=\"{}\"", escaped(uri.unwrap_or_default())),
        (prefix, uri) => format!(" xmlns:{prefix}=\"{}\"", escaped(uri.unwrap_or("urn:x"))),
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    // Some carriage returns are meant, some are ends of lines.
    text.replace('"', "&quot;").replace("a\r", "a&#xD;")
}

/// Documents that hold an element `signed` below others, with the inclusive prefixes to try.
fn documents() -> impl Strategy<Value = (String, Vec<&'static str>)> {
    let prefixes = proptest::sample::subsequence(vec!["a", "b", "unbound"], 0..3);
    let outer = proptest::sample::select(URIS.to_vec());
    (element(2), element(1), outer, prefixes).prop_map(|(one, two, uri, prefixes)| {
        let uri = escaped(uri);
        let document = format!(
            "<a:root xmlns:a=\"{uri}\" xmlns:b=\"urn:b\" xmlns:c=\"urn:c\"><b:mid xmlns=\"urn:d\">\
             <signed b:k=\"1\">{one}{two}</signed></b:mid></a:root>"
        );
        (document, prefixes)
    })
}

const DOCUMENTS: usize = 400;

/// Attributes that turn out to be one are no XML.
fn ours(document: &str, prefixes: &[&str]) -> Option<String> {
    let read = Document::read(document.as_bytes(), &Limits::DEFAULT).ok()?;
    let mut elements = read.elements();
    let signed = elements.find(|element| element.local() == "signed")?;
    let bytes = c14n::exclusive(signed, prefixes);
    Some(String::from_utf8(bytes).expect("canonical XML is UTF-8"))
}

#[test]
fn canonical_xml_is_that_of_lxml() {
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let (mut asked, mut expected) = (String::new(), Vec::new());
    while expected.len() < DOCUMENTS {
        let tree = documents().new_tree(&mut runner).expect("a document");
        let (document, prefixes) = tree.current();
        if let Some(form) = ours(&document, &prefixes) {
            asked += &serde_json::json!({ "xml": document, "prefixes": prefixes }).to_string();
            asked.push('\n');
            expected.push((form, document, prefixes));
        }
    }
    let mut command = script(&["canonical"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("Python runs");
    let mut stdin = child.stdin.take().expect("piped");
    let writer = std::thread::spawn(move || stdin.write_all(asked.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer
        .join()
        .expect("no panic")
        .expect("it reads everything");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{said}");
    assert_eq!(said.lines().count(), DOCUMENTS);
    for (line, (form, document, prefixes)) in said.lines().zip(&expected) {
        let theirs: String = serde_json::from_str(line).expect("a text");
        assert_eq!(form, &theirs, "{document} {prefixes:?}");
    }
}

#[test]
fn what_we_accept_xmlsec1_verifies() {
    let folder = Folder::new("soap-xmlsec1");
    let signer = Signer::fresh();
    folder.write("certificate.pem", signer.certificate_pem());
    let payload = "<f:Pay xmlns:f=\"urn:f\" b='2' a='1'>a &amp; b\r\n</f:Pay>";
    let plan = Message::new(payload, "2009-10-06T07:53:11Z");
    let mut listed = plan.clone();
    listed.inclusive = Some("wsu SOAP-ENV".to_owned());
    for plan in [plan.clone(), plan.with_sha1(), listed] {
        let text = signer.sign(&plan);
        assert!(verifies(&text, signer.certificate()));
        folder.write("message.xml", &text);
        let (message, certificate) = (folder.at("message.xml"), folder.at("certificate.pem"));
        let mut command = Command::new("xmlsec1");
        command
            .args(["--verify", "--pubkey-cert-pem"])
            .arg(certificate);
        // It has to be told which attributes are ids.
        for (namespace, name) in [(SOAP, "Body"), (WSU, "Timestamp")] {
            command
                .arg("--id-attr:Id")
                .arg(format!("{namespace}:{name}"));
        }
        run(command.arg(message));
    }
}

fn verifies(text: &str, certificate: &[u8]) -> bool {
    let document = Document::read(text.as_bytes(), &Limits::DEFAULT).expect("XML");
    let envelope = Envelope::read(&document).expect("an envelope");
    let signed = Signed::read(envelope).expect("a signature").expect("one");
    signed.verify(certificate).is_ok()
}

#[test]
fn what_zeep_and_xmlsec_sign_is_proven() {
    let folder = Folder::new("soap-zeep");
    let pair = Pair::fresh(&folder);
    let pem = std::fs::read_to_string(&pair.certificate).expect("the certificate");
    let certificate = signing::x509::from_pem(&pem).expect("a certificate");
    for sha in ["sha1", "sha256"] {
        for payload in [
            "<Pay xmlns='urn:f'>é &amp; 😀</Pay>",
            "<f:Pay xmlns:f='urn:f' xmlns:g='urn:g' b='&#13;'>\n <f:A g:k='1'/>\n</f:Pay>",
        ] {
            let said = run(pair.give_to(&mut script(&["sign", sha, payload])));
            assert!(verifies(&said, &certificate), "{said}");
            assert!(
                !verifies(&said.replace("Pay", "Pry"), &certificate),
                "{said}"
            );
        }
    }
}

#[test]
fn zeep_and_xmlsec_reserve_and_settle() {
    let folder = Folder::new("soap-call");
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller: Caller = server.env(None);
    let pair = Pair::fresh(&folder);
    let (email, file) = (
        caller.value("CALLER_EMAIL"),
        pair.certificate.display().to_string(),
    );
    let added = server.json(&["certificate", "add", email, &file]);
    let call = |sha: &str| {
        let mut command = script(&["call", sha]);
        command.envs(caller.values());
        pair.give_to(&mut command);
        command
    };
    for sha in ["sha1", "sha256"] {
        let id = run(&mut call(sha)).trim().to_owned();
        assert_eq!(caller.status(&id), "Success");
    }
    let fingerprint = added["fingerprint"].as_str().expect("a fingerprint");
    let listed = server.json(&["certificate", "list", email]);
    assert_eq!(listed[0]["fingerprint"], fingerprint);
    assert_eq!(listed[0]["active"], true);
    // As `openssl` prints it, with colons.
    let printed = openssl(&["x509", "-in", &file, "-noout", "-fingerprint", "-sha256"]);
    let (_, printed) = printed.trim().split_once('=').expect("a fingerprint");
    let disabled = server.json(&["certificate", "disable", printed]);
    assert_eq!(disabled["fingerprint"], fingerprint);
    let refused = call("sha256").output().expect("Python runs");
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && told.contains("aws:Client.AuthFailure"),
        "{told}"
    );
    assert_eq!(server.command(&["check"]).code, 0);
}

#[test]
fn certificates_that_cannot_sign_are_refused_when_they_are_registered() {
    let folder = Folder::new("soap-certificates");
    let data = folder.at("data");
    let server = Server::start(&data, &Options::default());
    let caller = server.env(None);
    let email = caller.value("CALLER_EMAIL");
    let place = |name: &str| folder.at(name).display().to_string();
    let weak = place("weak.pem");
    let line = format!(
        "req -x509 -newkey rsa:1024 -nodes -days 30 -subj /CN=weak -keyout {weak}.key -out {weak}"
    );
    openssl(&line.split(' ').collect::<Vec<_>>());
    folder.write("text.pem", "no certificate");
    for (file, says) in [
        (weak.clone(), "1024 bits; 2048 to 8192 are taken"),
        (format!("{weak}.key"), "there is no certificate in PEM"),
        (place("text.pem"), "there is no certificate in PEM"),
        (place("nowhere.pem"), "nowhere.pem"),
    ] {
        let said = server.command(&["certificate", "add", email, &file]);
        assert_ne!(said.code, 0);
        assert!(said.err.contains(says), "{}", said.err);
    }
    // One certificate acts for one account.
    let pair = Pair::fresh(&folder);
    let file = pair.certificate.display().to_string();
    server.json(&["certificate", "add", email, &file]);
    let rival = server.env(None);
    let said = server.command(&["certificate", "add", rival.value("CALLER_EMAIL"), &file]);
    assert!(
        said.err.contains("belongs to another account"),
        "{}",
        said.err
    );
    let said = server.command(&["certificate", "disable", "beef"]);
    assert!(said.err.contains("64 hexadecimal digits"), "{}", said.err);
}
