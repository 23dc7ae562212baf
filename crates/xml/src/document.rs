//! A document that was read: a flat list of pieces, and elements that know their stretch of it.
//!
//! Nothing here recurses: an element's content is a slice, whatever its depth.

use std::borrow::Cow;

use crate::names::XML;

/// A document that was read. Text is borrowed from its bytes where it can be.
#[derive(Debug)]
pub struct Document<'a> {
    pub(crate) pieces: Vec<Piece<'a>>,
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) attributes: Vec<Attribute<'a>>,
    pub(crate) bindings: Vec<Binding<'a>>,
}

/// What stands in a document, in its order.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    /// An element begins.
    Open(usize),
    /// Text; runs next to each other are one text.
    Text(Cow<'a, str>),
    /// An element ends.
    Close(usize),
}

/// An element as it is kept: indices into the lists of the document.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) parent: Option<usize>,
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    pub(crate) namespace: Namespace,
    pub(crate) attributes: std::ops::Range<usize>,
    pub(crate) bindings: std::ops::Range<usize>,
    pub(crate) pieces: std::ops::Range<usize>,
}

/// A prefix bound to a namespace by an element; the empty prefix is the default.
#[derive(Debug)]
pub(crate) struct Binding<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) uri: Cow<'a, str>,
}

/// Which namespace a name is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// None.
    None,
    /// The one that needs no declaration.
    Xml,
    /// That of a declaration.
    Bound(usize),
}

/// An attribute; declarations of namespaces are none.
#[derive(Debug)]
pub struct Attribute<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    pub(crate) namespace: Namespace,
    pub(crate) value: Cow<'a, str>,
}

/// An element of a document.
#[derive(Clone, Copy, Debug)]
pub struct Element<'d, 'a> {
    pub(crate) document: &'d Document<'a>,
    pub(crate) index: usize,
}

impl PartialEq for Element<'_, '_> {
    /// Whether they are one and the same element, not merely alike.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(
            std::ptr::from_ref(self.document).cast::<u8>(),
            std::ptr::from_ref(other.document).cast::<u8>(),
        ) && self.index == other.index
    }
}

impl Eq for Element<'_, '_> {}

impl<'a> Document<'a> {
    /// The root.
    pub fn root(&self) -> Element<'_, 'a> {
        Element {
            document: self,
            index: 0,
        }
    }

    /// Every element, in the order in which they begin.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_, 'a>> {
        (0..self.nodes.len()).map(|index| Element {
            document: self,
            index,
        })
    }

    /// The namespace's name; empty for none.
    pub(crate) fn uri(&self, namespace: Namespace) -> &str {
        match namespace {
            Namespace::None => "",
            Namespace::Xml => XML,
            Namespace::Bound(binding) => &self.bindings[binding].uri,
        }
    }
}

impl Attribute<'_> {
    /// Its name without the prefix.
    pub fn local(&self) -> &str {
        self.local
    }

    /// Its value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl<'d, 'a> Element<'d, 'a> {
    pub(crate) fn node(self) -> &'d Node<'a> {
        &self.document.nodes[self.index]
    }

    /// Its name without the prefix.
    pub fn local(self) -> &'a str {
        self.node().local
    }

    /// Its prefix; empty for none.
    pub fn prefix(self) -> &'a str {
        self.node().prefix
    }

    /// Its namespace; empty for none.
    pub fn namespace(self) -> &'d str {
        self.document.uri(self.node().namespace)
    }

    /// Whether it has that name in that namespace.
    pub fn is(self, namespace: &str, local: &str) -> bool {
        self.local() == local && self.namespace() == namespace
    }

    /// Its attributes, in the order sent.
    pub fn attributes(self) -> &'d [Attribute<'a>] {
        &self.document.attributes[self.node().attributes.clone()]
    }

    /// The value of an attribute; the empty namespace is that of attributes without a prefix.
    pub fn attribute(self, namespace: &str, local: &str) -> Option<&'d str> {
        let document = self.document;
        let found = self.attributes().iter().find(|attribute| {
            attribute.local == local && document.uri(attribute.namespace) == namespace
        });
        found.map(|attribute| &*attribute.value)
    }

    /// The element around it; none around the root.
    pub fn parent(self) -> Option<Element<'d, 'a>> {
        self.node().parent.map(|index| Element { index, ..self })
    }

    /// The elements directly in it.
    pub fn children(self) -> impl Iterator<Item = Element<'d, 'a>> {
        let pieces = self.node().pieces.clone();
        let mut next = pieces.start + 1;
        std::iter::from_fn(move || {
            while next < pieces.end {
                let piece = &self.document.pieces[next];
                next += 1;
                if let Piece::Open(index) = piece {
                    next = self.document.nodes[*index].pieces.end;
                    let index = *index;
                    return Some(Element { index, ..self });
                }
            }
            None
        })
    }

    /// The one element directly in it with that name; none when there are several.
    pub fn only_child(self, namespace: &str, local: &str) -> Option<Element<'d, 'a>> {
        let mut named = self.children().filter(|child| child.is(namespace, local));
        let first = named.next();
        first.filter(|_| named.next().is_none())
    }

    /// All text directly in it, across comments and elements.
    pub fn text(self) -> Cow<'d, str> {
        let pieces = self.node().pieces.clone();
        let mut text = Cow::Borrowed("");
        let mut next = pieces.start + 1;
        while next < pieces.end {
            match &self.document.pieces[next] {
                Piece::Open(index) => next = self.document.nodes[*index].pieces.end,
                Piece::Close(_) => next += 1,
                Piece::Text(more) => {
                    if text.is_empty() {
                        text = Cow::Borrowed(&**more);
                    } else {
                        text.to_mut().push_str(more);
                    }
                    next += 1;
                }
            }
        }
        text
    }
}
