//! The payment reason: the caller's own text, in which a few tags are honoured.
//!
//! The allowed tags lose their attributes and come out balanced; an unknown tag is shown as the
//! text it is. So whatever comes in, nothing but text and [`ALLOWED`] goes out.

use maud::{Markup, PreEscaped};

/// The tags that the protocol honours, `br` aside, which has no end.
const ALLOWED: [&str; 8] = ["b", "i", "u", "ul", "li", "em", "strong", "strike"];

/// The entities that are taken for the character they stand for.
const ENTITIES: [&str; 7] = [
    "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#39;", "&nbsp;",
];

/// Tags nested deeper than this are dropped.
const NESTING_MAX: usize = 16;

/// Renders a payment reason for display.
pub fn payment_reason(text: &str) -> Markup {
    let mut writer = Writer::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '<' => writer.tag_or_text(rest),
            '&' => writer.entity_or_text(rest),
            other => {
                writer.character(other);
                &rest[other.len_utf8()..]
            }
        };
    }
    writer.close_all();
    PreEscaped(writer.out)
}

#[derive(Default)]
struct Writer {
    out: String,
    open: Vec<&'static str>,
}

impl Writer {
    /// Consumes a tag we honour; of anything else only the `<`, as text.
    fn tag_or_text<'a>(&mut self, rest: &'a str) -> &'a str {
        if let Some((tag, after)) = Tag::parse(rest) {
            match tag {
                Tag::Open(name) => self.open(name),
                Tag::Close(name) => self.close(name),
                Tag::Break => self.out.push_str("<br>"),
            }
            return after;
        }
        self.character('<');
        &rest[1..]
    }

    fn entity_or_text<'a>(&mut self, rest: &'a str) -> &'a str {
        for entity in ENTITIES {
            if let Some(after) = rest.strip_prefix(entity) {
                self.out.push_str(entity);
                return after;
            }
        }
        self.character('&');
        &rest[1..]
    }

    fn character(&mut self, character: char) {
        match character {
            '<' => self.out.push_str("&lt;"),
            '>' => self.out.push_str("&gt;"),
            '&' => self.out.push_str("&amp;"),
            '"' => self.out.push_str("&quot;"),
            '\'' => self.out.push_str("&#39;"),
            '\n' | '\t' => self.out.push(character),
            other if other.is_control() || reorders(other) => {}
            other => self.out.push(other),
        }
    }

    fn open(&mut self, name: &'static str) {
        if name == "li" {
            match self
                .open
                .iter()
                .rposition(|open| matches!(*open, "ul" | "li"))
            {
                None => return,
                Some(at) if self.open[at] == "li" => self.close("li"),
                Some(_) => {}
            }
        }
        if NESTING_MAX <= self.open.len() {
            return;
        }
        self.open.push(name);
        self.out.push('<');
        self.out.push_str(name);
        self.out.push('>');
    }

    /// Closes the named tag and what was opened inside it. One that was never opened is dropped.
    fn close(&mut self, name: &'static str) {
        if let Some(at) = self.open.iter().rposition(|open| *open == name) {
            while at < self.open.len() {
                self.close_last();
            }
        }
    }

    fn close_all(&mut self) {
        while !self.open.is_empty() {
            self.close_last();
        }
    }

    fn close_last(&mut self) {
        if let Some(name) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
        }
    }
}

enum Tag {
    Open(&'static str),
    Close(&'static str),
    Break,
}

impl Tag {
    /// The tag that `text` starts with, if it is one we honour, and what follows it.
    fn parse(text: &str) -> Option<(Tag, &str)> {
        let inside = text.strip_prefix('<')?;
        let end = inside
            .find(['<', '>'])
            .filter(|end| inside[*end..].starts_with('>'))?;
        let (inside, after) = (&inside[..end], &inside[end + 1..]);
        let (closing, named) = match inside.strip_prefix('/') {
            Some(named) => (true, named),
            None => (false, inside),
        };
        let name_end = named
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(named.len());
        let (name, attributes) = named.split_at(name_end);
        if !(attributes.is_empty() || attributes.starts_with([' ', '\t', '\n', '\r', '/'])) {
            return None;
        }
        if name.eq_ignore_ascii_case("br") {
            return Some((Tag::Break, after));
        }
        let known = ALLOWED
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(name))?;
        Some((
            if closing {
                Tag::Close(known)
            } else {
                Tag::Open(known)
            },
            after,
        ))
    }
}

/// Characters that change the direction of what follows, and could make an amount read otherwise.
fn reorders(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ALLOWED, payment_reason};

    #[test]
    fn honours_the_named_tags_and_shows_the_rest_as_text() {
        for (given, shown) in [
            ("Two tickets & a poster", "Two tickets &amp; a poster"),
            ("<b>now</b>", "<b>now</b>"),
            ("<B>now</B>", "<b>now</b>"),
            ("<b><i>both</b></i>", "<b><i>both</i></b>"),
            ("<em>never closed", "<em>never closed</em>"),
            ("stray</b> close", "stray close"),
            (
                "one<br>two<br/>three<BR />four",
                "one<br>two<br>three<br>four",
            ),
            ("<b onclick=\"steal()\">x</b>", "<b>x</b>"),
            ("<b style='x'/>y", "<b>y</b>"),
            (
                "<ul><li>one<li>two</ul>",
                "<ul><li>one</li><li>two</li></ul>",
            ),
            (
                "<ul><li>a<ul><li>b</ul></ul>",
                "<ul><li>a<ul><li>b</li></ul></li></ul>",
            ),
            ("<li>no list</li>", "no list"),
            (
                "<script>alert(1)</script>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
            ),
            ("<img src=x onerror=y>", "&lt;img src=x onerror=y&gt;"),
            ("<bold>", "&lt;bold&gt;"),
            ("<b<script>>", "&lt;b&lt;script&gt;&gt;"),
            ("<b:x>", "&lt;b:x&gt;"),
            ("< b>", "&lt; b&gt;"),
            ("a < b > c", "a &lt; b &gt; c"),
            ("<", "&lt;"),
            ("<b", "&lt;b"),
            (
                "&lt;script&gt; &copy; &#60;",
                "&lt;script&gt; &amp;copy; &amp;#60;",
            ),
            ("\"quoted\" 'too'", "&quot;quoted&quot; &#39;too&#39;"),
            ("\u{202e}00.01$\u{0}", "00.01$"),
        ] {
            assert_eq!(payment_reason(given).into_string(), shown, "{given}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = payment_reason(&"<b>".repeat(1_000)).into_string();
        assert_eq!(deep.matches("<b>").count(), super::NESTING_MAX);
        assert_eq!(deep.matches("</b>").count(), super::NESTING_MAX);
    }

    /// Takes the tags off again, insisting that each is allowed and that they nest.
    fn text_of_balanced(html: &str) -> String {
        let (mut open, mut text, mut rest) = (Vec::new(), String::new(), html);
        while let Some((before, tag)) = rest.split_once('<') {
            text.push_str(before);
            let (name, after) = tag.split_once('>').expect("every < begins a tag");
            rest = after;
            match name.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed), "in {html}"),
                None if name == "br" => {}
                None => {
                    assert!(ALLOWED.contains(&name), "{name} in {html}");
                    open.push(name);
                }
            }
        }
        assert!(open.is_empty(), "left open in {html}");
        text + rest
    }

    proptest! {
        #[test]
        fn only_allowed_tags_come_out_and_they_nest(
            parts in prop::collection::vec(prop_oneof![
                "[<>/&;\"' a-z]{0,6}",
                prop::sample::select(vec![
                    "<b>", "</b>", "<ul>", "</ul>", "<li>", "</li>", "<br/>", "<script>", "<i ",
                    "</strike>", "<strike>", "&lt;", "&#60;", "<!--", "-->", "<em x='>'>",
                ]).prop_map(str::to_owned),
                any::<String>(),
            ], 0..24)
        ) {
            let text = text_of_balanced(&payment_reason(&parts.concat()).into_string());
            prop_assert!(!text.contains(['>', '"', '\'']));
        }
    }
}
