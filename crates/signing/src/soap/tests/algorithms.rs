//! Algorithms, keys and parts that have no business in a signature.

use test_kit::soap::{self, Signer};

use super::{ENVELOPED, INCLUSIVE, cut, forged, message, planned, said, signer};
use crate::soap::BadSecurity;

#[test]
fn algorithms_are_a_closed_list() {
    let refused = |name: &str| BadSecurity::Algorithm(name.to_owned());
    for name in [
        INCLUSIVE,
        ENVELOPED,
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
        "",
    ] {
        let transform = planned(|plan| plan.references[0].1 = vec![name.to_owned()]);
        assert_eq!(transform, refused(name));
        let canonicalization = planned(|plan| name.clone_into(&mut plan.canonicalization));
        assert_eq!(canonicalization, refused(name));
    }
    for name in [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "none",
    ] {
        assert_eq!(
            planned(|plan| name.clone_into(&mut plan.method)),
            refused(name)
        );
    }
    let md5 = "http://www.w3.org/2001/04/xmldsig-more#md5";
    assert_eq!(
        planned(|plan| md5.clone_into(&mut plan.digest)),
        refused(md5)
    );
    let extra = planned(|plan| plan.references[0].1.push(soap::EXCLUSIVE.to_owned()));
    assert_eq!(extra, BadSecurity::Unexpected("ds:Transform".to_owned()));
    let none = planned(|plan| plan.references[0].1.clear());
    assert_eq!(none, BadSecurity::NotOne("Transform"));
    let saml = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID";
    assert_eq!(
        planned(|plan| saml.clone_into(&mut plan.token_type)),
        refused(saml)
    );
    let truncated = forged(|text| {
        let method = cut(&text, "<ds:SignatureMethod", "/>").to_owned();
        let open = method.replace("/>", "><ds:HMACOutputLength>1</ds:HMACOutputLength>");
        text.replace(&method, &format!("{open}</ds:SignatureMethod>"))
    });
    assert_eq!(
        truncated,
        BadSecurity::Unexpected("ds:HMACOutputLength".to_owned())
    );
}

#[test]
fn the_key_is_the_tokens_and_no_other() {
    let data = "<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate></ds:X509Data>";
    let value = "<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>";
    for (key_info, problem) in [
        (
            data.to_owned(),
            BadSecurity::Unexpected("ds:X509Data".to_owned()),
        ),
        (
            value.to_owned(),
            BadSecurity::Unexpected("ds:KeyValue".to_owned()),
        ),
        (
            String::new(),
            BadSecurity::NotOne("wsse:SecurityTokenReference"),
        ),
        (
            format!("<wsse:SecurityTokenReference>{data}</wsse:SecurityTokenReference>"),
            BadSecurity::Unexpected("ds:X509Data".to_owned()),
        ),
        (
            "<wsse:SecurityTokenReference><wsse:Reference URI=\"#body\"/>\
             </wsse:SecurityTokenReference>"
                .to_owned(),
            BadSecurity::OtherCertificate,
        ),
    ] {
        assert_eq!(planned(|plan| plan.key_info = key_info), problem);
    }
    let beside = format!("{}{value}", message().key_info);
    let problem = planned(|plan| plan.key_info = beside);
    assert_eq!(problem, BadSecurity::Unexpected("ds:KeyValue".to_owned()));
}

#[test]
fn another_key_proves_nothing() {
    let other = Signer::fresh();
    assert_eq!(
        said(&other.sign(&message())),
        Err(BadSecurity::OtherCertificate)
    );
    // The registered certificate beside another key's signature.
    let mixed = other.sign(&message()).replace(
        cut(
            &other.sign(&message()),
            "<wsse:BinarySecurityToken",
            "</wsse:BinarySecurityToken>",
        ),
        cut(
            &signer().sign(&message()),
            "<wsse:BinarySecurityToken",
            "</wsse:BinarySecurityToken>",
        ),
    );
    assert_eq!(said(&mixed), Err(BadSecurity::WrongSignature));
}

#[test]
fn a_security_header_has_nothing_strange_in_it() {
    let token = "<wsse:UsernameToken/>";
    let problem = planned(|plan| plan.more_security = token.to_owned());
    assert_eq!(
        problem,
        BadSecurity::Unexpected("wsse:UsernameToken".to_owned())
    );
    for (element, name) in [
        ("wsse:BinarySecurityToken", "wsse:BinarySecurityToken"),
        ("wsu:Timestamp", "wsu:Timestamp"),
        ("ds:Signature", "ds:Signature"),
    ] {
        let part =
            |text: &str| cut(text, &format!("<{element} "), &format!("</{element}>")).to_owned();
        let gone = forged(|text| text.replace(&part(&text), ""));
        assert_eq!(gone, BadSecurity::NotOne(name));
        let twice = forged(|text| text.replace(&part(&text), &part(&text).repeat(2)));
        assert_eq!(twice, BadSecurity::NotOne(name));
    }
    let twice = forged(|text| {
        let header = cut(&text, "<wsse:Security ", "</wsse:Security>").to_owned();
        text.replace(&header, &header.repeat(2))
    });
    assert_eq!(twice, BadSecurity::NotOne("wsse:Security"));
    let created = planned(|plan| plan.created = None);
    assert_eq!(created, BadSecurity::NotOne("wsu:Created"));
}
