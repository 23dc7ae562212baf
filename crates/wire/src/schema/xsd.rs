//! The XML Schema of one version.

use std::fmt::Write as _;

use super::{ENUMERATIONS, Element, Occurs, TYPES};
use crate::action::Kind;
use crate::{Action, Version};

/// The schema of a version as a document of its own.
pub fn xsd(version: Version) -> String {
    let schema = schema(version, "");
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{schema}")
}

/// The `schema` element, each line behind this indentation.
pub(super) fn schema(version: Version, indent: &str) -> String {
    let namespace = version.namespace();
    let mut out = Out {
        text: String::new(),
        indent: indent.to_owned(),
    };
    out.open(&format!(
        "xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:tns=\"{namespace}\" \
         targetNamespace=\"{namespace}\" elementFormDefault=\"qualified\""
    ));
    for enumeration in ENUMERATIONS {
        out.open(&format!("xs:simpleType name=\"{}\"", enumeration.name));
        out.open("xs:restriction base=\"xs:string\"");
        for word in enumeration.words {
            out.line(&format!("<xs:enumeration value=\"{word}\"/>"));
        }
        out.close("xs:restriction");
        out.close("xs:simpleType");
    }
    for one in TYPES {
        out.open(&format!("xs:complexType name=\"{}\"", one.name));
        out.sequence(one.elements);
        out.close("xs:complexType");
    }
    for action in Action::ALL {
        request(&mut out, action);
        response(&mut out, action);
    }
    error_response(&mut out);
    out.close("xs:schema");
    out.text
}

fn request(out: &mut Out, action: Action) {
    out.element(action.as_str());
    let parameters = action.parameters().iter();
    let described: Vec<_> = parameters
        .filter(|parameter| parameter.kind != Kind::Ignored)
        .collect();
    if described.is_empty() {
        out.line("<xs:sequence/>");
    } else {
        out.open("xs:sequence");
        for parameter in described {
            let least = if parameter.required { "" } else { MAYBE };
            let most = if parameter.kind.is_list() { ANY } else { "" };
            let (name, kind) = (parameter.name, parameter.kind.schema_type());
            out.line(&format!(
                "<xs:element name=\"{name}\" type=\"{kind}\"{least}{most}/>"
            ));
        }
        out.close("xs:sequence");
    }
    out.end_element();
}

fn response(out: &mut Out, action: Action) {
    let name = action.as_str();
    if let Some(result) = action.result() {
        out.open(&format!("xs:complexType name=\"{name}Result\""));
        out.sequence(result);
        out.close("xs:complexType");
    }
    out.element(&format!("{name}Response"));
    out.open("xs:sequence");
    if action.result().is_some() {
        out.line(&format!(
            "<xs:element name=\"{name}Result\" type=\"tns:{name}Result\"{MAYBE}/>"
        ));
    }
    out.line("<xs:element name=\"ResponseMetadata\" type=\"tns:ResponseMetadata\"/>");
    out.close("xs:sequence");
    out.end_element();
}

/// The schema's own document of an error. It is described, and never sent: every client that was
/// recorded reads the one without a namespace.
fn error_response(out: &mut Out) {
    out.open("xs:complexType name=\"Error\"");
    out.open("xs:sequence");
    out.line("<xs:element name=\"Type\" type=\"xs:string\"/>");
    out.line("<xs:element name=\"Code\" type=\"xs:string\"/>");
    out.line("<xs:element name=\"Message\" type=\"xs:string\"/>");
    out.close("xs:sequence");
    out.close("xs:complexType");
    out.element("ErrorResponse");
    out.open("xs:sequence");
    out.line("<xs:element name=\"Error\" type=\"tns:Error\" maxOccurs=\"unbounded\"/>");
    out.line("<xs:element name=\"RequestId\" type=\"xs:string\"/>");
    out.close("xs:sequence");
    out.end_element();
}

const MAYBE: &str = " minOccurs=\"0\"";
const ANY: &str = " maxOccurs=\"unbounded\"";

/// Lines, indented by how deep they stand.
struct Out {
    text: String,
    indent: String,
}

impl Out {
    fn line(&mut self, line: &str) {
        writeln!(self.text, "{}{line}", self.indent).expect("writing to a string cannot fail");
    }

    fn open(&mut self, tag: &str) {
        self.line(&format!("<{tag}>"));
        self.indent.push_str("  ");
    }

    fn close(&mut self, name: &str) {
        self.indent.truncate(self.indent.len().saturating_sub(2));
        self.line(&format!("</{name}>"));
    }

    /// Begins a global element with a type of its own.
    fn element(&mut self, name: &str) {
        self.open(&format!("xs:element name=\"{name}\""));
        self.open("xs:complexType");
    }

    fn end_element(&mut self) {
        self.close("xs:complexType");
        self.close("xs:element");
    }

    fn sequence(&mut self, elements: &[Element]) {
        self.open("xs:sequence");
        for element in elements {
            let Element { name, kind, occurs } = element;
            let prefix = if kind.starts_with("xs:") { "" } else { "tns:" };
            let occurs = match occurs {
                Occurs::Once => String::new(),
                Occurs::Maybe => MAYBE.to_owned(),
                Occurs::Any => format!("{MAYBE}{ANY}"),
                Occurs::Some => ANY.to_owned(),
                Occurs::UpTo(most) => format!("{MAYBE} maxOccurs=\"{most}\""),
            };
            self.line(&format!(
                "<xs:element name=\"{name}\" type=\"{prefix}{kind}\"{occurs}/>"
            ));
        }
        self.close("xs:sequence");
    }
}
