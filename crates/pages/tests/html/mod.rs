//! Just enough of an HTML reader to check the pages: tags with their attributes, and the text
//! between them. It panics on anything it does not expect, such as an unquoted attribute.

use std::collections::BTreeMap;

/// One start tag, with the text up to the next tag.
#[derive(Debug)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// Names of the elements around it, outermost first.
    pub inside: Vec<String>,
}

impl Element {
    /// The attribute's value, or nothing.
    pub fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).map(String::as_str)
    }
}

const VOID: [&str; 6] = ["meta", "link", "img", "input", "br", "hr"];

/// All elements in document order, with nesting checked.
pub fn elements(document: &str) -> Vec<Element> {
    let mut rest = document.strip_prefix("<!DOCTYPE html>").expect("a doctype");
    let (mut found, mut open) = (Vec::new(), Vec::<String>::new());
    while let Some((_, tag)) = rest.split_once('<') {
        if let Some(closing) = tag.strip_prefix('/') {
            let (name, after) = closing.split_once('>').expect("an end tag");
            assert_eq!(open.pop().as_deref(), Some(name), "nesting");
            rest = after;
            continue;
        }
        let end = tag.find([' ', '>']).expect("a start tag");
        let name = tag[..end].to_owned();
        assert!(
            name.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
            "<{name}"
        );
        let (attributes, after) = attributes(&tag[end..]);
        found.push(Element {
            name: name.clone(),
            attributes,
            inside: open.clone(),
        });
        if !VOID.contains(&name.as_str()) {
            open.push(name);
        }
        rest = after;
    }
    assert!(open.is_empty(), "left open: {open:?}");
    found
}

fn attributes(mut rest: &str) -> (BTreeMap<String, String>, &str) {
    let mut found = BTreeMap::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (found, after);
        }
        let end = rest.find(['=', ' ', '>']).expect("an attribute");
        let name = rest[..end].to_owned();
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
            "attribute {name}"
        );
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let (inside, after) = quoted.split_once('"').expect("a closing quote");
            inside.clone_into(&mut value);
            rest = after;
        }
        assert!(found.insert(name.clone(), value).is_none(), "{name} twice");
    }
}
