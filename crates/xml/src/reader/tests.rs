use proptest::prelude::*;

use crate::{Document, Limits, Problem, Writer};

fn problem_of(text: &str) -> Option<Problem> {
    let read = Document::read(text.as_bytes(), &Limits::DEFAULT);
    read.err().map(|error| error.problem)
}

#[test]
fn what_is_read() {
    let text = "\u{feff}<?xml version='1.0' encoding=\"utf-8\" standalone='no' ?>\n<!-- a - b -->\n\
                <s:a xmlns:s = 'urn:s' xmlns='urn:d' k='1'\n s:k=\"2\" xml:lang='en'>one<!-- -->\
                <b>in<c xmlns=''/></b><![CDATA[<t>]]><s:b/></s:a>\n<!-- end -->";
    let document = Document::read(text.as_bytes(), &Limits::DEFAULT).unwrap();
    let root = document.root();
    assert!(root.is("urn:s", "a") && root.prefix() == "s");
    assert_eq!(root.text(), "one<t>");
    assert_eq!(root.attribute("", "k"), Some("1"));
    assert_eq!(root.attribute("urn:s", "k"), Some("2"));
    assert_eq!(root.attribute("urn:d", "k"), None);
    let lang = root.attribute("http://www.w3.org/XML/1998/namespace", "lang");
    assert_eq!(lang, Some("en"));
    let children: Vec<_> = root.children().collect();
    assert_eq!(children.len(), 2);
    assert!(children[0].is("urn:d", "b") && children[1].is("urn:s", "b"));
    assert_eq!(children[0].parent(), Some(root));
    let inner = children[0].children().next().unwrap();
    assert!(inner.is("", "c") && inner.text().is_empty());
    assert_eq!(root.only_child("urn:s", "b"), Some(children[1]));
    assert_eq!(root.only_child("urn:s", "c"), None);
    assert_eq!(document.elements().count(), 4);
}

#[test]
fn a_twin_is_not_an_only_child() {
    let document = Document::read(b"<a><b/><b/></a>", &Limits::DEFAULT).unwrap();
    assert_eq!(document.root().only_child("", "b"), None);
}

const REFUSED: &[(&str, Problem)] = &[
    ("", Problem::Cut),
    ("text", Problem::Expected("an element")),
    ("<a>", Problem::Cut),
    ("<a", Problem::Expected("white space or the end of the tag")),
    (
        "<a/",
        Problem::Expected("white space or the end of the tag"),
    ),
    ("<a></b>", Problem::MismatchedTags),
    (
        "<p:a xmlns:p='urn:p' xmlns:q='urn:p'></q:a>",
        Problem::MismatchedTags,
    ),
    ("<a></a", Problem::Expected("the end of the tag")),
    ("<a/><b/>", Problem::TrailingContent),
    ("<a/>text", Problem::TrailingContent),
    ("<a/>\0", Problem::TrailingContent),
    ("<!DOCTYPE a><a/>", Problem::DocumentType),
    (
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
        Problem::DocumentType,
    ),
    ("<a><!DOCTYPE a></a>", Problem::DocumentType),
    ("<a/><!DOCTYPE a>", Problem::DocumentType),
    ("<!ELEMENT a ANY><a/>", Problem::BadName),
    ("<a>&e;</a>", Problem::UnknownEntity),
    ("<a b='&e;'/>", Problem::UnknownEntity),
    ("<a>&#1;</a>", Problem::BadReference),
    ("<a>\u{b}</a>", Problem::IllegalCharacter),
    ("<a><!-- \u{1} --></a>", Problem::IllegalCharacter),
    ("<?xml version='1.1'?><a/>", Problem::BadDeclaration),
    ("<?xml encoding='UTF-8'?><a/>", Problem::BadDeclaration),
    (
        "<?xml version='1.0' standalone='maybe'?><a/>",
        Problem::BadDeclaration,
    ),
    (
        "<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
        Problem::NotUtf8,
    ),
    (" <?xml version='1.0'?><a/>", Problem::ProcessingInstruction),
    (
        "<?xml-stylesheet href='x'?><a/>",
        Problem::ProcessingInstruction,
    ),
    ("<a><?php exit?></a>", Problem::ProcessingInstruction),
    ("<a/><?x y?>", Problem::ProcessingInstruction),
    ("<a><!-- a -- b --></a>", Problem::BadComment),
    ("<a><!-- a", Problem::Cut),
    ("<a><![CDATA[x]]</a>", Problem::Cut),
    ("<![CDATA[x]]><a/>", Problem::BadName),
    ("<a>]]></a>", Problem::Unescaped),
    ("<a b='<'/>", Problem::Unescaped),
    ("<a b=c/>", Problem::Expected("a value in quotes")),
    ("<a b/>", Problem::Expected("an equals sign")),
    (
        "<a b='1'c='2'/>",
        Problem::Expected("white space or the end of the tag"),
    ),
    ("<a b='1' b='2'/>", Problem::DuplicateAttribute),
    (
        "<a xmlns:p='urn:x' xmlns:q='urn:x' p:b='1' q:b='2'/>",
        Problem::DuplicateAttribute,
    ),
    (
        "<a xmlns:p='urn:x' xmlns:p='urn:x'/>",
        Problem::DuplicateAttribute,
    ),
    (
        "<a xmlns='urn:x' xmlns='urn:y'/>",
        Problem::DuplicateAttribute,
    ),
    ("<p:a/>", Problem::UnboundPrefix),
    ("<a p:b='1'/>", Problem::UnboundPrefix),
    ("<a><b xmlns:p='urn:p'/><p:c/></a>", Problem::UnboundPrefix),
    ("<a xmlns:p=''/>", Problem::BadNamespace),
    ("<a xmlns:xmlns='urn:x'/>", Problem::BadNamespace),
    ("<a xmlns:xml='urn:x'/>", Problem::BadNamespace),
    (
        "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
        Problem::BadNamespace,
    ),
    (
        "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
        Problem::BadNamespace,
    ),
    ("<a xmlns='relative/path'/>", Problem::BadNamespace),
    (
        "<a:b:c xmlns:a='urn:a'/>",
        Problem::Expected("white space or the end of the tag"),
    ),
    ("<:a/>", Problem::BadName),
    ("<1a/>", Problem::BadName),
    ("< a/>", Problem::BadName),
];

#[test]
fn what_is_refused() {
    for (text, problem) in REFUSED {
        assert_eq!(problem_of(text), Some(*problem), "{text}");
    }
    let read = Document::read(b"<a>\xff</a>", &Limits::DEFAULT).unwrap_err();
    assert_eq!((read.problem, read.at), (Problem::NotUtf8, 3));
    assert_eq!(read.to_string(), "not UTF-8 at byte 3");
}

#[test]
fn limits_are_exact_and_named() {
    let limits = Limits {
        xml_bytes_max: 400,
        xml_depth_max: 3,
        xml_elements_max: 5,
        xml_attributes_max: 2,
        xml_text_bytes_max: 10,
    };
    for (fits, beyond, name, most) in [
        (
            "<a><a><a/></a></a>",
            "<a><a><a><a/></a></a></a>",
            "xml_depth_max",
            3,
        ),
        (
            "<a><b/><b/><b/><b/></a>",
            "<a><b/><b/><b/><b/><b/></a>",
            "xml_elements_max",
            5,
        ),
        (
            "<a xmlns='urn:a' b=''/>",
            "<a xmlns='urn:a' b='' c=''/>",
            "xml_attributes_max",
            2,
        ),
        (
            "<a>1234567890</a>",
            "<a>12345678901</a>",
            "xml_text_bytes_max",
            10,
        ),
        (
            "<a b='1234567890'/>",
            "<a b='12345678901'/>",
            "xml_text_bytes_max",
            10,
        ),
    ] {
        assert!(Document::read(fits.as_bytes(), &limits).is_ok(), "{fits}");
        let error = Document::read(beyond.as_bytes(), &limits).unwrap_err();
        assert_eq!(error.problem, Problem::Limit(name, most), "{beyond}");
        assert!(error.to_string().contains(name), "{error}");
    }
    let long = format!("<a/>{}", " ".repeat(397));
    let error = Document::read(long.as_bytes(), &limits).unwrap_err();
    assert_eq!(error.problem, Problem::Limit("xml_bytes_max", 400));
    let deep = "<a>".repeat(20_000);
    let error = Document::read(deep.as_bytes(), &Limits::DEFAULT).unwrap_err();
    assert_eq!(error.problem, Problem::Limit("xml_depth_max", 32));
}

proptest! {
    #[test]
    fn what_the_writer_writes_is_read_back(text in "[^\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{fffe}\u{ffff}]{0,40}") {
        let mut writer = Writer::with_capacity(64);
        writer.declaration().open_root(&["A"], &["urn:a?", &text]).element("B", &text).close("A");
        let bytes = writer.into_bytes();
        let document = Document::read(&bytes, &Limits::DEFAULT).unwrap();
        prop_assert_eq!(document.root().namespace(), format!("urn:a?{text}"));
        prop_assert_eq!(document.root().children().next().unwrap().text(), text);
    }

    #[test]
    fn nothing_panics(text in "[<>/&;#x!\\[\\]CDATA?'\"= a:-]{0,60}", any in any::<Vec<u8>>()) {
        crate::fuzz_entry(text.as_bytes());
        crate::fuzz_entry(&any);
    }
}

#[test]
fn canonical_bytes_are_read_as_themselves() {
    crate::fuzz_entry(
        b"<a:b xmlns:a='urn:a' xmlns='urn:d' c='&#13;&#9;'><d/>&#13;<e xmlns=''/></a:b>",
    );
}
