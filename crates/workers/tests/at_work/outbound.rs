//! The door to the outside, against real servers on loopback.

use std::sync::Arc;
use std::time::Duration;

use crate::receiver::Receiver;
use bytes::Bytes;
use hyper::HeaderMap;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use signing::UrlParts;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use workers::outbound::{Allowed, Class, Limits, Outbound, OutboundError, extra_roots};

fn door(limits: Limits) -> Arc<Outbound> {
    let allowed = Allowed {
        loopback: true,
        networks: Vec::new(),
    };
    Outbound::new(allowed, limits, Vec::new()).unwrap()
}

#[tokio::test]
async fn what_is_not_allowed_is_never_dialled() {
    let receiver = Receiver::always(200).await;
    let door = Outbound::new(Allowed::default(), Limits::default(), Vec::new()).unwrap();
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0x7f.1",
        "2130706433",
    ] {
        let url = format!("http://{host}:{}/", receiver.port);
        let problem = door.get(&url).await.unwrap_err();
        assert!(
            matches!(problem, OutboundError::Forbidden(Class::Loopback)),
            "{host}: {problem}"
        );
    }
    for (url, class) in [
        ("http://169.254.169.254/latest/meta-data/", Class::LinkLocal),
        ("http://10.0.0.1/", Class::Private),
        ("http://[fd00::1]/", Class::Private),
        ("http://0.0.0.0/", Class::Unspecified),
    ] {
        let problem = door.get(url).await.unwrap_err();
        assert!(
            matches!(problem, OutboundError::Forbidden(found) if found == class),
            "{url}"
        );
    }
    assert_eq!(receiver.connections(), 0);
}

#[tokio::test]
async fn bodies_are_read_whole_or_not_at_all_and_redirects_are_not_followed() {
    let receiver = Receiver::always(302).await;
    let fetched = door(Limits::default())
        .get(&receiver.url("/logo.png?a=b c"))
        .await
        .unwrap();
    assert_eq!(fetched.status, 302);
    assert_eq!(fetched.body, "thank you ".repeat(50));
    assert_eq!(receiver.received()[0].target, "/logo.png?a=b%20c");
    assert_eq!(receiver.received().len(), 1);
    let small = door(Limits {
        body_bytes_max: 499,
        ..Limits::default()
    });
    let problem = small.get(&receiver.url("/")).await.unwrap_err();
    assert!(matches!(problem, OutboundError::TooLong(499)), "{problem}");
    let exact = door(Limits {
        body_bytes_max: 500,
        ..Limits::default()
    });
    assert_eq!(exact.get(&receiver.url("/")).await.unwrap().body.len(), 500);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_replaced() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut read = [0; 4_096];
            assert!(0 < stream.read(&mut read).await.unwrap());
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .await
                .unwrap();
        }
    });
    let door = door(Limits::default());
    let target = UrlParts::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    for _ in 0..2 {
        let status = door
            .post(&target, HeaderMap::new(), Bytes::from_static(b"a=b"))
            .await;
        assert_eq!(status.unwrap(), 200);
    }
    serving.await.unwrap();
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    let receiver = Receiver::start(Box::new(|_| None)).await;
    let answer_max = Duration::from_millis(50);
    let door = door(Limits {
        answer_max,
        ..Limits::default()
    });
    let problem = door.get(&receiver.url("/")).await.unwrap_err();
    assert!(matches!(problem, OutboundError::TooSlow(_)), "{problem}");
}

#[tokio::test]
async fn certificates_are_checked_against_the_roots() {
    let pair = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pair.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider);
    let config = config
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth();
    let config = config
        .with_single_cert(vec![pair.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("localhost", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut read = [0; 4_096];
            assert!(0 < stream.read(&mut read).await.unwrap());
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
            stream.write_all(answer).await.unwrap();
        }
    });
    let url = format!("https://localhost:{port}/");
    let problem = door(Limits::default()).get(&url).await.unwrap_err();
    assert!(matches!(problem, OutboundError::Tls(_)), "{problem}");
    let roots = extra_roots(pair.cert.pem().as_bytes()).unwrap();
    let allowed = Allowed {
        loopback: true,
        networks: Vec::new(),
    };
    let trusting = Outbound::new(allowed, Limits::default(), roots).unwrap();
    assert_eq!(trusting.get(&url).await.unwrap().body, "ok");
}
