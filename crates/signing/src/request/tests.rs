use proptest::prelude::*;

use super::*;
use crate::hosts::PublicNames;

const PAIRS: [(&str, &str); 3] = [("Action", "Pay"), ("b", "é +"), ("Signature", "left out")];

fn verify(secret: &Secret, hosts: &[&str], paths: &[&str], verb: Verb, given: &str) -> bool {
    let signature_name = SIGNATURE_API;
    let request = Inbound {
        verb,
        hosts,
        paths,
        pairs: &PAIRS,
        signature_name,
    };
    verify_v2(secret, Method::HmacSha256, &request, given)
}

#[test]
fn every_habit_of_the_clients_verifies() {
    let secret = Secret::new("s");
    let sign = |host: &str, path: &str| {
        sign_v2(
            &secret,
            Method::HmacSha256,
            Verb::Get,
            host,
            path,
            &PAIRS[..2],
        )
    };
    let names = PublicNames::new(&["fps.sandbox.example"]);
    let hosts = names.candidates("127.0.0.1:8480");
    let hosts: Vec<&str> = hosts.iter().map(|host| &**host).collect();
    let paths = ["/", ""];
    for host in ["127.0.0.1:8480", "127.0.0.1", "fps.sandbox.example"] {
        for path in paths {
            assert!(
                verify(&secret, &hosts, &paths, Verb::Get, &sign(host, path)),
                "{host} {path}"
            );
        }
    }
    let given = sign("127.0.0.1", "/");
    assert!(
        !verify(&secret, &hosts, &paths, Verb::Post, &given),
        "the verb is covered"
    );
    assert!(
        !verify(&secret, &["other"], &paths, Verb::Get, &given),
        "the host is covered"
    );
    assert!(
        !verify(&secret, &hosts, &["/x"], Verb::Get, &given),
        "the path is covered"
    );
    assert!(
        !verify(&Secret::new("t"), &hosts, &paths, Verb::Get, &given),
        "the secret counts"
    );
    assert!(
        !verify(&secret, &[], &paths, Verb::Get, &given),
        "no host, no proof"
    );
}

#[test]
fn versions_are_read() {
    for (sent, version) in [
        (None, Some(SignatureVersion::V0)),
        (Some("0"), Some(SignatureVersion::V0)),
        (Some("1"), Some(SignatureVersion::V1)),
        (Some("2"), Some(SignatureVersion::V2)),
        (Some("3"), None),
        (Some(""), None),
    ] {
        assert_eq!(SignatureVersion::parse(sent), version);
    }
}

#[test]
fn old_versions_verify_what_they_sign() {
    let secret = Secret::new("s");
    let given = sign_v1(&secret, &PAIRS[..2]);
    assert!(verify_v1(&secret, &PAIRS, SIGNATURE_API, &given));
    assert!(!verify_v1(&secret, &PAIRS, SIGNATURE_CBUI, &given));
    let given = sign_cbui_v1(&secret, CBUI_PATH, &PAIRS);
    let whole = [&PAIRS[..], &[(SIGNATURE_CBUI_V1, given.as_str())]].concat();
    assert!(verify_cbui_v1(&secret, CBUI_PATH, &whole, &given));
    assert!(!verify_cbui_v1(&secret, "/", &whole, &given));
    let given = sign_v0(&secret, "Cancel", "2009");
    assert!(verify_v0(&secret, "Cancel", "2009", &given));
    assert!(!verify_v0(&secret, "Settle", "2009", &given));
}

proptest! {
    #[test]
    fn what_is_signed_verifies_in_any_order_and_no_changed_byte_does(
        pairs in prop::collection::vec(("[a-zA-Z.0-9]{1,8}", ".{0,12}"), 1..8),
        changed in any::<prop::sample::Index>(),
        key in ".{0,80}",
    ) {
        let secret = Secret::new(&key);
        let given = sign_v2(&secret, Method::HmacSha1, Verb::Post, "h", "/", &pairs);
        let old = sign_v1(&secret, &pairs);
        let verify = |pairs: &[(String, String)], given: &str| {
            let (hosts, paths, signature_name) = (&["h"][..], &["/"][..], SIGNATURE_API);
            let request = Inbound { verb: Verb::Post, hosts, paths, pairs, signature_name };
            verify_v2(&secret, Method::HmacSha1, &request, given)
        };
        let mut sent = pairs.clone();
        sent.reverse();
        sent.push((SIGNATURE_API.to_owned(), given.clone()));
        prop_assert!(verify(&sent, &given));
        prop_assert!(verify_v1(&secret, &sent, SIGNATURE_API, &old));

        let mut bent = given.clone().into_bytes();
        let at = changed.index(bent.len());
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        prop_assert!(!verify(&sent, std::str::from_utf8(&bent).unwrap()));

        let at = changed.index(pairs.len());
        sent[at].1.push('x');
        prop_assert!(!verify(&sent, &given));
        prop_assert!(!verify_v1(&secret, &sent, SIGNATURE_API, &old));
    }
}
