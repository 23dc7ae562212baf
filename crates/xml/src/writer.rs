//! Writing: one buffer, elements opened and closed by name.

/// What stands in place of a character that XML 1.0 cannot carry.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// A document being written.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// An empty document with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Writer {
        Writer {
            out: Vec::with_capacity(bytes),
        }
    }

    /// The declaration and a line feed, before anything else.
    pub fn declaration(&mut self) -> &mut Writer {
        self.out.extend_from_slice(b"<?xml version=\"1.0\"?>\n");
        self
    }

    /// Begins an element.
    pub fn open(&mut self, name: &str) -> &mut Writer {
        self.open_parts(&[name])
    }

    /// Begins an element whose name is the parts joined.
    pub fn open_parts(&mut self, name: &[&str]) -> &mut Writer {
        self.out.push(b'<');
        self.name(name);
        self.out.push(b'>');
        self
    }

    /// Begins an element, its name the parts joined, that sets the default namespace.
    pub fn open_root(&mut self, name: &[&str], namespace: &[&str]) -> &mut Writer {
        self.out.push(b'<');
        self.name(name);
        self.out.extend_from_slice(b" xmlns=\"");
        for part in namespace {
            escape_attribute(&mut self.out, part);
        }
        self.out.extend_from_slice(b"\">");
        self
    }

    /// Ends an element.
    pub fn close(&mut self, name: &str) -> &mut Writer {
        self.close_parts(&[name])
    }

    /// Ends an element whose name is the parts joined.
    pub fn close_parts(&mut self, name: &[&str]) -> &mut Writer {
        self.out.extend_from_slice(b"</");
        self.name(name);
        self.out.push(b'>');
        self
    }

    /// Writes text.
    pub fn text(&mut self, text: &str) -> &mut Writer {
        escape_text(&mut self.out, text);
        self
    }

    /// An element that holds text.
    pub fn element(&mut self, name: &str, text: &str) -> &mut Writer {
        self.open(name).text(text).close(name)
    }

    /// An element that holds text, where there is some.
    pub fn optional(&mut self, name: &str, text: Option<&str>) -> &mut Writer {
        match text {
            Some(text) => self.element(name, text),
            None => self,
        }
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn name(&mut self, parts: &[&str]) {
        for part in parts {
            debug_assert!(is_name(part), "{part:?} is no part of an element's name");
            self.out.extend_from_slice(part.as_bytes());
        }
    }
}

fn is_name(part: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_');
    !part.is_empty() && part.bytes().all(plain)
}

/// Appends text as the content of an element.
pub fn escape_text(out: &mut Vec<u8>, text: &str) {
    escape(out, text, |byte| match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        // Only `]]>` must not stand in text, but old readers like it no better alone.
        b'>' => Some(b"&gt;"),
        // A reader would make a line feed of it.
        b'\r' => Some(b"&#13;"),
        _ => None,
    });
}

/// Appends text as the value of an attribute in double quotes.
pub fn escape_attribute(out: &mut Vec<u8>, text: &str) {
    escape(out, text, |byte| match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'"' => Some(b"&quot;"),
        // A reader would make spaces of them.
        b'\t' => Some(b"&#9;"),
        b'\n' => Some(b"&#10;"),
        b'\r' => Some(b"&#13;"),
        _ => None,
    });
}

/// Copies what needs nothing in runs; the rest byte by byte.
fn escape(out: &mut Vec<u8>, text: &str, entity: impl Fn(u8) -> Option<&'static [u8]>) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| !is_plain(*byte)) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let byte = special[0];
        let (written, length) = match entity(byte) {
            Some(entity) => (entity, 1),
            None if is_illegal(special) && byte == NONCHARACTER[0] => (REPLACEMENT, 3),
            None if is_illegal(special) => (REPLACEMENT, 1),
            None => (&special[..1], 1),
        };
        out.extend_from_slice(written);
        rest = &special[length..];
    }
    out.extend_from_slice(rest);
}

/// The first two bytes of U+FFFE and U+FFFF, the only characters above the controls that XML 1.0
/// has no place for (a `str` holds no surrogates).
const NONCHARACTER: [u8; 2] = [0xef, 0xbf];

const fn is_plain(byte: u8) -> bool {
    !matches!(byte, 0..=0x1f | b'&' | b'<' | b'>' | b'"' | 0xef)
}

fn is_illegal(text: &[u8]) -> bool {
    match text {
        [b'\t' | b'\n' | b'\r', ..] => false,
        [0..=0x1f, ..] => true,
        [first, second, 0xbe | 0xbf, ..] => [*first, *second] == NONCHARACTER,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(written: &str) -> String {
        let mut out = Vec::new();
        escape_text(&mut out, written);
        String::from_utf8(out).unwrap()
    }

    fn attribute(written: &str) -> String {
        let mut out = Vec::new();
        escape_attribute(&mut out, written);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_document() {
        let mut writer = Writer::with_capacity(64);
        writer
            .declaration()
            .open_root(&["Pay", "Response"], &["http://fps/", "a&b"])
            .element("Name", "Blue & <green>")
            .optional("None", None)
            .optional("Some", Some("\"1\""))
            .close_parts(&["Pay", "Response"]);
        assert_eq!(
            String::from_utf8(writer.into_bytes()).unwrap(),
            "<?xml version=\"1.0\"?>\n<PayResponse xmlns=\"http://fps/a&amp;b\">\
             <Name>Blue &amp; &lt;green&gt;</Name><Some>\"1\"</Some></PayResponse>"
        );
    }

    #[test]
    fn characters() {
        for (from, in_text, in_attribute) in [
            ("", "", ""),
            ("é€😀", "é€😀", "é€😀"),
            ("a\tb\nc\rd", "a\tb\nc&#13;d", "a&#9;b&#10;c&#13;d"),
            ("\0\u{1f}x\u{7f}", "��x\u{7f}", "��x\u{7f}"),
            ("\u{fffe}\u{ffff}\u{fffd}\u{ff5e}", "���～", "���～"),
            ("'\"]]>", "'\"]]&gt;", "'&quot;]]&gt;"),
        ] {
            assert_eq!(text(from), in_text, "{from:?}");
            assert_eq!(attribute(from), in_attribute, "{from:?}");
        }
    }

    /// What a reader makes of it.
    fn unescape(text: &str) -> String {
        [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#9;", "\t"),
            ("&#10;", "\n"),
            ("&#13;", "\r"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    fn is_legal(character: char) -> bool {
        matches!(character, '\t' | '\n' | '\r')
            || (' ' <= character && !matches!(character, '\u{fffe}' | '\u{ffff}'))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(written in any::<String>()) {
            let legal = |c: char| if is_legal(c) { c } else { '\u{fffd}' };
            let expected: String = written.chars().map(legal).collect();
            for escaped in [text(&written), attribute(&written)] {
                prop_assert!(!escaped.contains('<'));
                prop_assert!(escaped.chars().all(is_legal));
                prop_assert_eq!(unescape(&escaped), expected.as_str());
            }
        }
    }
}
