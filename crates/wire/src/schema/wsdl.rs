//! The WSDL of one version: document/literal with bare parameters, over SOAP 1.1.

use std::fmt::Write as _;

use super::xsd;
use crate::{Action, Version};

/// The description of a version, with the address at which this server is reached.
pub fn wsdl(version: Version, address: &str) -> String {
    let namespace = version.namespace();
    let schema = xsd::schema(version, "    ");
    let mut address_written = Vec::new();
    xml::escape_attribute(&mut address_written, address);
    let address = String::from_utf8_lossy(&address_written);
    let (mut messages, mut operations, mut bindings) =
        (String::new(), String::new(), String::new());
    for action in Action::ALL {
        let name = action.as_str();
        write(&mut messages, &message(name));
        write(&mut operations, &operation(name));
        write(&mut bindings, &binding(name));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <wsdl:definitions xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" \
         xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\" xmlns:tns=\"{namespace}\" \
         name=\"AmazonFPS\" targetNamespace=\"{namespace}\">\n\
         \x20 <wsdl:types>\n{schema}\x20 </wsdl:types>\n\
         {messages}\
         \x20 <wsdl:portType name=\"AmazonFPSPortType\">\n{operations}\x20 </wsdl:portType>\n\
         \x20 <wsdl:binding name=\"AmazonFPSBinding\" type=\"tns:AmazonFPSPortType\">\n\
         \x20   <soap:binding style=\"document\" \
         transport=\"http://schemas.xmlsoap.org/soap/http\"/>\n{bindings}\x20 </wsdl:binding>\n\
         \x20 <wsdl:service name=\"AmazonFPS\">\n\
         \x20   <wsdl:port name=\"AmazonFPSPort\" binding=\"tns:AmazonFPSBinding\">\n\
         \x20     <soap:address location=\"{address}\"/>\n\
         \x20   </wsdl:port>\n\x20 </wsdl:service>\n</wsdl:definitions>\n"
    )
}

fn message(name: &str) -> String {
    format!(
        "  <wsdl:message name=\"{name}Request\">\n    \
         <wsdl:part name=\"parameters\" element=\"tns:{name}\"/>\n  </wsdl:message>\n  \
         <wsdl:message name=\"{name}Response\">\n    \
         <wsdl:part name=\"parameters\" element=\"tns:{name}Response\"/>\n  </wsdl:message>\n"
    )
}

fn operation(name: &str) -> String {
    format!(
        "    <wsdl:operation name=\"{name}\">\n      \
         <wsdl:input message=\"tns:{name}Request\"/>\n      \
         <wsdl:output message=\"tns:{name}Response\"/>\n    </wsdl:operation>\n"
    )
}

fn binding(name: &str) -> String {
    format!(
        "    <wsdl:operation name=\"{name}\">\n      \
         <soap:operation soapAction=\"urn:{name}\"/>\n      \
         <wsdl:input><soap:body use=\"literal\"/></wsdl:input>\n      \
         <wsdl:output><soap:body use=\"literal\"/></wsdl:output>\n    </wsdl:operation>\n"
    )
}

fn write(to: &mut String, text: &str) {
    to.write_str(text).expect("writing to a string cannot fail");
}
