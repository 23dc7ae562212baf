//! Known answers: strings and signatures that were computed elsewhere, by the protocol's own clients
//! or by hand from its description.

use crate::canonical::{self, Verb};
use crate::form::{self, Limits};
use crate::outbound;
use crate::request::{self, CBUI_PATH, Inbound, Method, SIGNATURE_API, SIGNATURE_CBUI};
use crate::secret::Secret;
use crate::url::UrlParts;

const API_HOST: &str = "fps.sandbox.amazonaws.com";
const CBUI_HOST: &str = "authorize.payments-sandbox.amazon.com";

const RESERVE: &str = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Action=Reserve\
&CallerDescription=Blue%20shoes%20~%2010%25%20off%2A&CallerReference=order-1001\
&SenderTokenId=553ILMLCG6Z8J431H7BX3UMN3FFQU8VSNTSRNCTAASDJNX66LNZLKSZU3PI7TXIH\
&SignatureMethod=HmacSHA256&SignatureVersion=2&Timestamp=2009-10-06T07%3A53%3A11.750Z\
&TransactionAmount.CurrencyCode=USD&TransactionAmount.Value=10.00&Version=2008-09-17";

const AUTHORISE: &str = "callerKey=AKIDEXAMPLE000000001&callerReference=order-1001\
&collectShippingAddress=True&currencyCode=USD&paymentReason=Two%20tickets%20%26%20a%20poster\
&pipelineName=SingleUse&returnURL=http%3A%2F%2Fshop.example%3A8080%2Ffps%2Freturn%3Fcart%3D7%26step%3Dpay\
&signatureMethod=HmacSHA256&signatureVersion=2&transactionAmount=10.50&version=2009-01-09";

fn read(query: &str) -> Vec<form::Pair<'_>> {
    form::parse(query.as_bytes(), &Limits::DEFAULT).unwrap()
}

#[test]
fn api_requests_of_version_2() {
    let secret = Secret::new("EXAMPLE-SECRET-0001");
    for (verb, method, signature) in [
        (
            Verb::Get,
            Method::HmacSha256,
            "PgFh5eJYy0KNlnSlFXVlcuWi9YdhVX7GjRIqB6SvtN4=",
        ),
        (
            Verb::Post,
            Method::HmacSha256,
            "suDH6uwpEk2zk4OB1Wgyg/fZ7emegkrSrLfwyMzyW3w=",
        ),
        (Verb::Get, Method::HmacSha1, "9dJ+tQVBd9sX6Mym/FBtkFVjv0I="),
        (Verb::Post, Method::HmacSha1, "CEk4X1NQ3zFC+/cNRgYdTy3a7oo="),
    ] {
        let query = RESERVE.replace("HmacSHA256", method.as_str());
        let mut pairs = read(&query);
        assert_eq!(
            request::sign_v2(&secret, method, verb, API_HOST, "/", &pairs),
            signature
        );
        pairs.reverse();
        pairs.push((SIGNATURE_API.into(), signature.into()));
        let (hosts, paths) = (&["127.0.0.1", API_HOST][..], &["/"][..]);
        let inbound = Inbound {
            verb,
            hosts,
            paths,
            pairs: &pairs,
            signature_name: SIGNATURE_API,
        };
        assert!(request::verify_v2(&secret, method, &inbound, signature));
    }
}

#[test]
fn the_canonical_query_is_the_one_printed() {
    let mut text = Vec::new();
    let mut pairs = read(RESERVE);
    pairs.reverse();
    canonical::string_to_sign(&mut text, Verb::Get, API_HOST, "/", &pairs, None);
    assert_eq!(
        String::from_utf8(text).unwrap(),
        format!("GET\n{API_HOST}\n/\n{RESERVE}")
    );
}

#[test]
fn api_requests_of_versions_1_and_0() {
    let secret = Secret::new("EXAMPLE-SECRET-0001");
    let pairs = [
        ("Version", "2008-09-17"),
        ("TransactionId", "14GKI1SKSR1V6DO1RCCB32RBR6KLODMGQUD"),
        ("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"),
        ("Timestamp", "2009-10-06T07:53:11Z"),
        ("Action", "Cancel"),
        ("SignatureVersion", "1"),
    ];
    let signature = "2NjH8M4X5Des5sDp1xd5jpg8IT4=";
    assert_eq!(request::sign_v1(&secret, &pairs), signature);
    assert!(request::verify_v1(
        &secret,
        &pairs,
        SIGNATURE_API,
        signature
    ));

    let signature = "lRKaYSc8j2PNQ2mfY6Rc70dFSgs=";
    assert_eq!(
        request::sign_v0(&secret, "Cancel", "2009-10-06T07:53:11Z"),
        signature
    );
    assert!(request::verify_v0(
        &secret,
        "Cancel",
        "2009-10-06T07:53:11Z",
        signature
    ));
}

#[test]
fn co_branded_requests() {
    let secret = Secret::new("secretKeyForTests0123456789+/abcdefghijk");
    for (method, signature) in [
        (
            Method::HmacSha256,
            "8zAo7r3jd2ndIhnCYhOKPgS0uftDPXRFAcFtBkQoUqA=",
        ),
        (Method::HmacSha1, "yacnQqHuoCpI5cpdKGEu2Sg4/EM="),
    ] {
        // As the protocol's own helpers send it, a space is a plus sign.
        let query = AUTHORISE
            .replace("HmacSHA256", method.as_str())
            .replace("%20", "+");
        let mut pairs = read(&query);
        let signed = request::sign_v2(&secret, method, Verb::Get, CBUI_HOST, CBUI_PATH, &pairs);
        assert_eq!(signed, signature);
        pairs.push((SIGNATURE_CBUI.into(), signature.into()));
        let (verb, hosts, paths) = (Verb::Get, &[CBUI_HOST][..], &[CBUI_PATH][..]);
        let inbound = Inbound {
            verb,
            hosts,
            paths,
            pairs: &pairs,
            signature_name: SIGNATURE_CBUI,
        };
        assert!(request::verify_v2(&secret, method, &inbound, signature));
    }
    let pairs = [
        ("callerKey", "foo"),
        ("foo", "bar"),
        ("pipelineName", "TestPipeline"),
        ("returnURL", "http://example.com/return"),
        ("signatureMethod", "HmacSHA256"),
        ("signatureVersion", "2"),
        ("version", "2009-01-09"),
    ];
    let secret = Secret::new("bar");
    let method = Method::HmacSha256;
    let signed = request::sign_v2(&secret, method, Verb::Get, CBUI_HOST, CBUI_PATH, &pairs);
    assert_eq!(signed, "OuUJQqFBJhezmcWOAhDGcsD/6OXpOLVlcbF3XMIZO3U=");
}

const RETURNED: &str = "buyerEmail=test-sender%40amazon.com&buyerName=test%20sender\
&certificateUrl=https%3A%2F%2Ffps.sandbox.amazonaws.com%2Fcerts%2F090909%2FPKICert.pem\
&operation=pay&paymentMethod=Credit%20Card&paymentReason=Test%20Widget\
&recipientEmail=test-recipient%40amazon.com&recipientName=Test%20Business\
&referenceId=test-reference123&signatureMethod=RSA-SHA1&signatureVersion=2&status=PS\
&transactionAmount=USD%201.1&transactionDate=1254987247\
&transactionId=14GPH3CZ83RPQ1ZH6J2G85NL1IO3KO8641R";

#[test]
fn outbound_strings_of_version_2() {
    let notified = RETURNED
        .replace("paymentMethod=Credit%20Card", "paymentMethod=CC")
        .replace("USD%201.1&", "USD%201.100000&");
    for (verb, url, path, query) in [
        (
            Verb::Get,
            "http://yourwebsite.com/return.jsp",
            "/return.jsp",
            RETURNED,
        ),
        (
            Verb::Post,
            "http://yourwebsite.com/ipn.jsp",
            "/ipn.jsp",
            notified.as_str(),
        ),
    ] {
        let mut pairs = read(query);
        pairs.rotate_left(5);
        pairs.push((outbound::SIGNATURE.into(), "not covered".into()));
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        let text = outbound::message_text(verb, &UrlParts::parse(url).unwrap(), &pairs);
        let expected = format!("{}\nyourwebsite.com\n{path}\n{query}", verb.as_str());
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}

#[test]
fn outbound_messages_of_version_1() {
    let pairs = [
        ("transactionStatus", "SUCCESS"),
        ("buyerName", "Some Buyer"),
        ("callerReference", "asdf1234"),
        ("notificationType", "TransactionStatus"),
        ("operation", "PAY"),
        ("paymentMethod", "CC"),
        ("paymentReason", "My Reason"),
        ("recipientEmail", "me@example.com"),
        ("recipientName", "John Doe"),
        ("statusCode", "Success"),
        (
            "statusMessage",
            "The transaction was successful and the payment instrument was charged.",
        ),
        ("transactionAmount", "USD 4.00"),
        ("transactionDate", "1275778668"),
        ("transactionId", "13KIGL9RC25853BGPPOS2VSKBKF2JERR3HO"),
        ("signature", "not covered"),
    ];
    let target = UrlParts::parse("http://shop.example/ipn").unwrap();
    let signed = outbound::sign_message_v1(&Secret::new("THISISMYTESTKEY"), &target, &pairs);
    assert_eq!(signed, "iQDcQv0lnyFet2shDSVtk8VZB7c=");
}
