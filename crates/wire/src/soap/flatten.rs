//! From the elements of a payload to the names that Query uses.

use std::borrow::Cow;

use signing::form::Pair;
use xml::Element;

use crate::action::COMMON;
use crate::{Version, WireError};

/// Elements within each other in a payload at most; the schema has two.
const PARAMETER_DEPTH_MAX: usize = 4;

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The parameters in a payload: `Name` for text, `Name.Member` for what is within, and `Name.1`,
/// `Name.2` for what is repeated.
pub(super) fn parameters<'d>(
    payload: Element<'d, '_>,
    version: Version,
) -> Result<Vec<Pair<'d>>, WireError> {
    let mut pairs = Vec::with_capacity(16);
    add_children(&mut pairs, payload, "", version, PARAMETER_DEPTH_MAX)?;
    Ok(pairs)
}

fn add_children<'d>(
    pairs: &mut Vec<Pair<'d>>,
    parent: Element<'d, '_>,
    prefix: &str,
    version: Version,
    deeper: usize,
) -> Result<(), WireError> {
    let children: Vec<_> = parent.children().filter(|child| !is_nil(*child)).collect();
    for (at, child) in children.iter().enumerate() {
        let local = child.local();
        let unknown = || WireError::unknown_parameter(version, local);
        // What Query sends beside the parameters stands in the header here.
        let is_common = prefix.is_empty() && COMMON.contains(&local);
        if child.namespace() != version.namespace() || is_common || deeper == 0 {
            return Err(unknown());
        }
        let twins =
            |among: &[Element<'_, '_>]| among.iter().filter(|other| other.local() == local).count();
        let name = match (twins(&children), twins(&children[..=at])) {
            (1, _) => format!("{prefix}{local}"),
            (_, number) => format!("{prefix}{local}.{number}"),
        };
        let mut inner = child.children().peekable();
        if inner.peek().is_none() {
            pairs.push((Cow::Owned(name), child.text()));
        } else if child.text().trim_ascii().is_empty() {
            add_children(pairs, *child, &format!("{name}."), version, deeper - 1)?;
        } else {
            return Err(unknown());
        }
    }
    Ok(())
}

/// Whether an element says that it is not there.
fn is_nil(element: Element<'_, '_>) -> bool {
    matches!(element.attribute(XSI, "nil"), Some("1" | "true"))
}

#[cfg(test)]
mod tests {
    use xml::{Document, Limits};

    use super::*;

    fn flat(payload: &str) -> Result<Vec<(String, String)>, String> {
        let text = format!(
            "<f:Pay xmlns:f=\"{}\" xmlns:xsi=\"{XSI}\">{payload}</f:Pay>",
            Version::V2008.namespace()
        );
        let document = Document::read(text.as_bytes(), &Limits::DEFAULT).unwrap();
        let pairs = parameters(document.root(), Version::V2008).map_err(|error| error.message)?;
        Ok(pairs
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect())
    }

    #[test]
    fn elements_become_dotted_names() {
        for (payload, expected) in [
            ("", &[][..]),
            ("<f:A> x </f:A><f:B/>", &[("A", " x "), ("B", "")]),
            (
                "<f:M>\n<f:Value>1</f:Value><!-- --><f:CurrencyCode>USD</f:CurrencyCode></f:M>",
                &[("M.Value", "1"), ("M.CurrencyCode", "USD")],
            ),
            (
                "<f:R>a</f:R><f:S>s</f:S><f:R>b</f:R>",
                &[("R.1", "a"), ("S", "s"), ("R.2", "b")],
            ),
            (
                "<f:R><f:X>a</f:X></f:R><f:R><f:X>b</f:X></f:R>",
                &[("R.1.X", "a"), ("R.2.X", "b")],
            ),
            (
                "<f:A xsi:nil='true'/><f:B xsi:nil='0'>b</f:B>",
                &[("B", "b")],
            ),
            ("<f:A><![CDATA[a=1&b]]>&#x3d;</f:A>", &[("A", "a=1&b=")]),
            ("<f:A>a<!-- -->b</f:A>", &[("A", "ab")]),
        ] {
            let expected = expected
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
            assert_eq!(flat(payload), Ok(expected.collect()), "{payload}");
        }
    }

    #[test]
    fn strange_elements_are_refused_by_name() {
        for (payload, named) in [
            ("<A/>", "A"),
            ("<x:A xmlns:x='urn:x'/>", "A"),
            ("<f:M><Value/></f:M>", "Value"),
            ("<f:M>1<f:Value>1</f:Value></f:M>", "M"),
            ("<f:Signature>x</f:Signature>", "Signature"),
            ("<f:AWSAccessKeyId>x</f:AWSAccessKeyId>", "AWSAccessKeyId"),
            ("<f:A><f:B><f:C><f:D><f:E/></f:D></f:C></f:B></f:A>", "E"),
        ] {
            let message = flat(payload).expect_err(payload);
            assert!(
                message.contains(&format!(":{named}\"")),
                "{payload}: {message}"
            );
        }
    }
}
