//! Prefixes: declared, resolved, and attributes that turn out to be the same.

use super::{Raw, Reader};
use crate::document::{Attribute, Binding, Namespace};
use crate::names::{XML, XMLNS, is_absolute};
use crate::read::{Problem, ReadError};

impl<'a> Reader<'a, '_> {
    /// Takes the declarations of namespaces out of the attributes.
    pub(super) fn declare(
        &mut self,
        raw: Vec<Raw<'a>>,
        first: usize,
    ) -> Result<Vec<Raw<'a>>, ReadError> {
        let mut others = Vec::with_capacity(raw.len());
        for attribute in raw {
            let prefix = match (attribute.prefix, attribute.local) {
                ("", "xmlns") => "",
                ("xmlns", prefix) => prefix,
                _ => {
                    others.push(attribute);
                    continue;
                }
            };
            let uri = attribute.value;
            let is_xml = prefix == "xml" && uri == XML;
            let reserved = matches!(prefix, "xml" | "xmlns") || uri == XML || uri == XMLNS;
            let empty = uri.is_empty() && !prefix.is_empty();
            let relative = !uri.is_empty() && !is_absolute(&uri);
            if !is_xml && (reserved || empty || relative) {
                return self.cursor.fail_at(attribute.at, Problem::BadNamespace);
            }
            let own = &self.document.bindings[first..];
            if own.iter().any(|binding| binding.prefix == prefix) {
                return self
                    .cursor
                    .fail_at(attribute.at, Problem::DuplicateAttribute);
            }
            self.document.bindings.push(Binding { prefix, uri });
        }
        Ok(others)
    }

    pub(super) fn keep_attributes(
        &mut self,
        index: usize,
        raw: Vec<Raw<'a>>,
    ) -> Result<(), ReadError> {
        let first = self.document.attributes.len();
        for attribute in raw {
            // An attribute without a prefix is in no namespace, whatever the default is.
            let namespace = match attribute.prefix {
                "" => Namespace::None,
                prefix => self.resolve(prefix, attribute.at)?,
            };
            let document = &self.document;
            let uri = document.uri(namespace);
            let twin = document.attributes[first..].iter().any(|other| {
                other.local == attribute.local && document.uri(other.namespace) == uri
            });
            if twin {
                return self
                    .cursor
                    .fail_at(attribute.at, Problem::DuplicateAttribute);
            }
            self.document.attributes.push(Attribute {
                prefix: attribute.prefix,
                local: attribute.local,
                namespace,
                value: attribute.value,
            });
        }
        self.document.nodes[index].attributes = first..self.document.attributes.len();
        Ok(())
    }

    /// The namespace of a prefix among the open elements, the innermost first.
    pub(super) fn resolve(&self, prefix: &str, at: usize) -> Result<Namespace, ReadError> {
        if prefix == "xml" {
            return Ok(Namespace::Xml);
        }
        for index in self.open.iter().rev() {
            let mut own = self.document.nodes[*index].bindings.clone();
            if let Some(found) = own.find(|at| self.document.bindings[*at].prefix == prefix) {
                let undone = self.document.bindings[found].uri.is_empty();
                return Ok(if undone {
                    Namespace::None
                } else {
                    Namespace::Bound(found)
                });
            }
        }
        if prefix.is_empty() {
            Ok(Namespace::None)
        } else {
            self.cursor.fail_at(at, Problem::UnboundPrefix)
        }
    }
}
