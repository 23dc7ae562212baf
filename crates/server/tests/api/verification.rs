//! VerifySignature, of what the server itself has sent: signed and unsigned, by every verb.

use signing::{UrlParts, Verb};

use crate::kit::{Pairs, Receiver, Reply, Scene, encode, exchange, pairs, with, without};

/// A notification that was received, and where.
fn received(scene: &Scene) -> (String, String) {
    let receiver = Receiver::start();
    let asked = with(
        scene.payment(),
        "CallerDescription",
        "a+b c~d*e'f(g)h&i=j \u{e9}",
    );
    let asked = with(asked, "OverrideIPNURL", &receiver.url);
    scene.ask(wire::Action::Pay, &asked).ok();
    (receiver.url.clone(), receiver.next().body)
}

fn asked(end_point: &str, message: &str) -> Pairs {
    pairs(&[("UrlEndPoint", end_point), ("HttpParameters", message)])
}

fn unsigned(scene: &Scene, verb: Verb, own: &Pairs) -> Reply {
    let mut all = pairs(&[("Action", "VerifySignature"), ("Version", "2008-09-17")]);
    all.extend(own.iter().cloned());
    let mut signer = scene.signer();
    signer.verb = verb;
    exchange(scene.world.address, &signer.bytes(&encode(&all)))
}

#[track_caller]
fn says(reply: &Reply, verdict: &str) {
    // One client looks for this very string.
    let bytes = format!("<VerificationStatus>{verdict}</VerificationStatus>");
    assert!(reply.clone().ok().body.contains(&bytes), "{}", reply.body);
}

#[test]
fn a_notification_that_was_received() {
    let scene = Scene::new();
    let (url, body) = received(&scene);
    let own = asked(&url, &body);
    for verb in [Verb::Get, Verb::Post] {
        says(&unsigned(&scene, verb, &own), "Success");
        let mut signer = scene.signer();
        signer.verb = verb;
        says(
            &signer.ask(&scene.world, "VerifySignature", &own),
            "Success",
        );
    }
}

#[test]
fn a_notification_that_was_taken_apart_and_put_together_again() {
    let scene = Scene::new();
    let (url, body) = received(&scene);
    let bare = url.split('?').next().expect("the address");
    let read =
        signing::form::parse(body.as_bytes(), &signing::form::Limits::DEFAULT).expect("a form");
    let mut list: Pairs = read
        .into_iter()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    list.reverse();
    // Line breaks in the signature, as the old service sent them.
    let broken: Pairs = list
        .iter()
        .map(|(name, value)| {
            let breaks = name == "signature" && value.len() > 76;
            let value = if breaks {
                format!("{}\n{}\n", &value[..76], &value[76..])
            } else {
                value.clone()
            };
            (name.clone(), value)
        })
        .collect();
    let joined = with(list.clone(), "shop", "7");
    for (end_point, message) in [
        (url.as_str(), encode(&list)),
        (url.as_str(), encode(&list).replace("%20", "+")),
        (url.as_str(), encode(&broken)),
        (url.as_str(), encode(&joined)),
        (bare, encode(&joined)),
        (
            url.as_str(),
            encode(&pairs(&[("x", &encode(&list))])).split_off(2),
        ),
    ] {
        says(
            &unsigned(&scene, Verb::Get, &asked(end_point, &message)),
            "Success",
        );
    }
}

#[test]
fn whatever_was_changed_is_no_longer_ours() {
    let scene = Scene::new();
    let (url, body) = received(&scene);
    let amount = body.replace("10.00", "99.00");
    assert_ne!(amount, body);
    let certificate = body.replace("PKICert.pem", "Evil.pem");
    let elsewhere = url.replace("127.0.0.1", "evil.example");
    for (end_point, message) in [
        (url.as_str(), amount),
        (url.as_str(), certificate),
        (
            url.as_str(),
            body.replace("signatureVersion=2", "signatureVersion=1"),
        ),
        (url.as_str(), body.replace("RSA-SHA1", "HmacSHA1")),
        (url.as_str(), format!("{body}&extra=1")),
        (elsewhere.as_str(), body.clone()),
        (url.split('?').next().expect("the address"), body.clone()),
        (url.as_str(), with_signature(&body, "AAAA")),
        (url.as_str(), with_signature(&body, "not base64")),
    ] {
        says(
            &unsigned(&scene, Verb::Get, &asked(end_point, &message)),
            "Failure",
        );
    }
}

fn with_signature(body: &str, signature: &str) -> String {
    let read =
        signing::form::parse(body.as_bytes(), &signing::form::Limits::DEFAULT).expect("a form");
    let list = read
        .into_iter()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    encode(&with(list, "signature", signature))
}

#[test]
fn what_is_missing_is_named() {
    let scene = Scene::new();
    let (url, body) = received(&scene);
    let read =
        signing::form::parse(body.as_bytes(), &signing::form::Limits::DEFAULT).expect("a form");
    let list: Pairs = read
        .into_iter()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    for name in [
        "certificateUrl",
        "signature",
        "signatureVersion",
        "signatureMethod",
    ] {
        let message = encode(&without(list.clone(), name));
        let reply = unsigned(&scene, Verb::Get, &asked(&url, &message));
        reply.refused("InvalidParams");
        assert_eq!(
            reply.message(),
            format!("{name} is missing in 'HttpParameters'.")
        );
    }
    for (own, said) in [
        (asked("nonsense", &body), "'UrlEndPoint' cannot be read"),
        (asked(&url, "a=%zz"), "'HttpParameters' cannot be read"),
    ] {
        let reply = unsigned(&scene, Verb::Post, &own);
        reply.refused("InvalidParams");
        assert!(reply.message().starts_with(said), "{}", reply.body);
    }
}

#[test]
fn a_return_url_is_verified_too() {
    let scene = Scene::new();
    let url = "https://shop.example.test:8443/back~to/m%C3%BCller?cart=7&x=a+b";
    let target = UrlParts::parse(url).expect("a URL");
    let ring = scene.world.app().keyring.current();
    let mut message = pairs(&[("tokenID", "T"), ("status", "SC")]);
    ring.key
        .sign_onto(&mut message, Verb::Get, &target, &ring.url);
    // The browser brings the shop's own parameters back with the others.
    let raw = format!("cart=7&x=a+b&{}", encode(&message));
    let end_point = url.split('?').next().expect("the address");
    says(
        &unsigned(&scene, Verb::Get, &asked(end_point, &raw)),
        "Success",
    );
}

#[test]
fn the_certificate_is_where_the_message_says() {
    let scene = Scene::new();
    let (_, body) = received(&scene);
    let read =
        signing::form::parse(body.as_bytes(), &signing::form::Limits::DEFAULT).expect("a form");
    let url = signing::form::value(&read, "certificateUrl")
        .expect("a certificate")
        .to_owned();
    let path = url
        .strip_prefix(&format!("http://{}", scene.world.host()))
        .expect("our address");
    let bytes = format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        scene.world.host()
    );
    let reply = exchange(scene.world.address, bytes.as_bytes()).ok();
    assert!(
        reply.body.starts_with("-----BEGIN CERTIFICATE-----"),
        "{}",
        reply.body
    );
}

#[test]
fn nothing_else_comes_without_a_signature() {
    let scene = Scene::new();
    for action in wire::Action::ALL
        .into_iter()
        .filter(|action| !action.may_be_unsigned())
    {
        let all = pairs(&[("Action", action.as_str()), ("Version", "2008-09-17")]);
        let bytes = scene.signer().bytes(&encode(&all));
        exchange(scene.world.address, &bytes).refused("InvalidParams");
    }
}
