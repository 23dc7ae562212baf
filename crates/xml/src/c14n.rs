//! Exclusive XML Canonicalization 1.0, without comments, of one element and all that is in it.
//!
//! A namespace is declared where it is first used, by a name or by being listed as inclusive, and not
//! again where what stands in the output already says it. What the document says about namespaces
//! further out never changes the result, so a signed part can travel in another envelope.

use crate::document::{Document, Element, Node, Piece};

/// The prefix that stands for the default namespace in a list of inclusive ones.
pub const DEFAULT: &str = "#default";

/// The canonical bytes of an element. `inclusive` are prefixes whose declarations count as used
/// wherever they are in scope: the `PrefixList` of a transform.
pub fn exclusive(element: Element<'_, '_>, inclusive: &[&str]) -> Vec<u8> {
    let mut writer = Canonical {
        document: element.document,
        inclusive,
        declared: Vec::new(),
        before: Vec::new(),
        out: Vec::with_capacity(512),
    };
    for piece in &element.document.pieces[element.node().pieces.clone()] {
        match piece {
            Piece::Open(index) => writer.open(*index),
            Piece::Text(text) => escape(&mut writer.out, text, false),
            Piece::Close(index) => writer.close(*index),
        }
    }
    writer.out
}

struct Canonical<'d, 'a> {
    document: &'d Document<'a>,
    inclusive: &'d [&'d str],
    /// What the output has declared and not left yet: prefix and namespace, the innermost last.
    declared: Vec<(&'d str, &'d str)>,
    /// How long `declared` was before each open element.
    before: Vec<usize>,
    out: Vec<u8>,
}

impl<'d> Canonical<'d, '_> {
    fn open(&mut self, index: usize) {
        let document = self.document;
        let node = &document.nodes[index];
        self.before.push(self.declared.len());
        let fresh = self.to_declare(index, node);
        self.out.push(b'<');
        self.name(node.prefix, node.local);
        for (prefix, uri) in &fresh {
            self.out.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                self.out.push(b':');
                self.out.extend_from_slice(prefix.as_bytes());
            }
            self.value(uri);
        }
        self.declared.extend(fresh);
        let mut attributes: Vec<_> = document.attributes[node.attributes.clone()]
            .iter()
            .collect();
        attributes.sort_by_key(|attribute| (document.uri(attribute.namespace), attribute.local));
        for attribute in attributes {
            self.out.push(b' ');
            self.name(attribute.prefix, attribute.local);
            self.value(&attribute.value);
        }
        self.out.push(b'>');
    }

    fn close(&mut self, index: usize) {
        let node = &self.document.nodes[index];
        self.out.extend_from_slice(b"</");
        self.name(node.prefix, node.local);
        self.out.push(b'>');
        if let Some(before) = self.before.pop() {
            self.declared.truncate(before);
        }
    }

    /// What an element must declare, in the order of the prefixes.
    fn to_declare(&self, index: usize, node: &'d Node<'_>) -> Vec<(&'d str, &'d str)> {
        let document = self.document;
        let mut used = vec![(node.prefix, document.uri(node.namespace))];
        for attribute in &document.attributes[node.attributes.clone()] {
            if !attribute.prefix.is_empty() {
                used.push((attribute.prefix, document.uri(attribute.namespace)));
            }
        }
        for listed in self.inclusive {
            let prefix = if *listed == DEFAULT { "" } else { *listed };
            used.extend(self.in_scope(index, prefix));
        }
        used.retain(|(prefix, uri)| *prefix != "xml" && *uri != self.output_says(prefix));
        used.sort_unstable();
        used.dedup();
        used
    }

    /// What a prefix is bound to at an element of the document.
    fn in_scope(&self, index: usize, prefix: &str) -> Option<(&'d str, &'d str)> {
        let document = self.document;
        let mut next = Some(index);
        while let Some(index) = next {
            let node = &document.nodes[index];
            let own = &document.bindings[node.bindings.clone()];
            if let Some(binding) = own.iter().find(|binding| binding.prefix == prefix) {
                return Some((binding.prefix, &binding.uri));
            }
            next = node.parent;
        }
        None
    }

    /// What the output has bound a prefix to; empty for nothing.
    fn output_says(&self, prefix: &str) -> &'d str {
        let mut inner_first = self.declared.iter().rev();
        let found = inner_first.find(|(declared, _)| *declared == prefix);
        found.map_or("", |(_, uri)| uri)
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.push(b':');
        }
        self.out.extend_from_slice(local.as_bytes());
    }

    fn value(&mut self, value: &str) {
        self.out.extend_from_slice(b"=\"");
        escape(&mut self.out, value, true);
        self.out.push(b'"');
    }
}

fn escape(out: &mut Vec<u8>, text: &str, is_attribute: bool) {
    for byte in text.bytes() {
        match (byte, is_attribute) {
            (b'&', _) => out.extend_from_slice(b"&amp;"),
            (b'<', _) => out.extend_from_slice(b"&lt;"),
            (b'\r', _) => out.extend_from_slice(b"&#xD;"),
            (b'>', false) => out.extend_from_slice(b"&gt;"),
            (b'"', true) => out.extend_from_slice(b"&quot;"),
            (b'\t', true) => out.extend_from_slice(b"&#x9;"),
            (b'\n', true) => out.extend_from_slice(b"&#xA;"),
            (plain, _) => out.push(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    /// The canonical form of the first element of that name.
    fn form(document: &str, local: &str, inclusive: &[&str]) -> String {
        let document = Document::read(document.as_bytes(), &Limits::DEFAULT).expect("well formed");
        let mut elements = document.elements();
        let element = elements.find(|element| element.local() == local);
        let bytes = exclusive(element.expect("an element of that name"), inclusive);
        String::from_utf8(bytes).expect("canonical XML is UTF-8")
    }

    #[test]
    fn what_the_recommendation_shows() {
        // Its section 2.2: the same part, enveloped in two ways, has one form.
        let part = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\
                    <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>";
        for around in [
            "<n0:pdu xmlns:n0=\"http://a.example\" xmlns:n1=\"http://b.example\"",
            "<n2:pdu xmlns:n1=\"http://example.com\" xmlns:n2=\"http://foo.example\" xml:lang=\"fr\"",
        ] {
            let name = &around[1..7];
            let document = format!("{around}>{part}</{name}>");
            assert_eq!(form(&document, "elem2", &[]), part);
        }
    }

    #[test]
    fn namespaces_are_declared_where_they_are_used() {
        let document = "<a:x xmlns:a='urn:a' xmlns:b='urn:b' xmlns='urn:d'>\
                        <y b:k='1' xmlns:c='urn:c'><y xmlns=''/><y/></y></a:x>";
        for (local, inclusive, expected) in [
            (
                "x",
                &[][..],
                "<a:x xmlns:a=\"urn:a\"><y xmlns=\"urn:d\" xmlns:b=\"urn:b\" b:k=\"1\">\
                 <y xmlns=\"\"></y><y></y></y></a:x>",
            ),
            (
                "y",
                &["c", "b", DEFAULT, "unknown", "xml"][..],
                "<y xmlns=\"urn:d\" xmlns:b=\"urn:b\" xmlns:c=\"urn:c\" b:k=\"1\">\
                 <y xmlns=\"\"></y><y></y></y>",
            ),
            (
                "y",
                &["a"][..],
                "<y xmlns=\"urn:d\" xmlns:a=\"urn:a\" xmlns:b=\"urn:b\" b:k=\"1\">\
                 <y xmlns=\"\"></y><y></y></y>",
            ),
        ] {
            assert_eq!(form(document, local, inclusive), expected);
        }
    }

    #[test]
    fn characters_have_one_form() {
        let document = "<x b='&quot;&apos;&#9;&#10;&#13;\t&lt;>' a=\"'\">&gt;&lt;&amp;&quot;\r\n&#13;\
                        <!-- gone --><![CDATA[<&]]></x>";
        let expected =
            "<x a=\"'\" b=\"&quot;'&#x9;&#xA;&#xD; &lt;>\">&gt;&lt;&amp;\"\n&#xD;&lt;&amp;</x>";
        assert_eq!(form(document, "x", &[]), expected);
    }

    #[test]
    fn attributes_stand_in_the_order_of_their_namespaces() {
        let document =
            "<x xmlns:a='urn:z' xmlns:b='urn:y' a:k='1' b:k='2' z='3' a:b='4' xml:id='5'/>";
        let expected = "<x xmlns:a=\"urn:z\" xmlns:b=\"urn:y\" z=\"3\" xml:id=\"5\" b:k=\"2\" \
                        a:b=\"4\" a:k=\"1\"></x>";
        assert_eq!(form(document, "x", &[]), expected);
    }

    #[test]
    fn a_namespace_none_is_none() {
        assert_eq!(form("<x xmlns=''/>", "x", &[]), "<x></x>");
    }
}
