//! TLS of the server's own: spoken to by `openssl` and by boto, which checks the certificate.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::boto::story;
use crate::harness::{Folder, Options, Reply, Server, openssl};

/// A server with a certificate that nobody else has signed.
fn start(folder: &Folder) -> Server {
    let (certificate, key) = (folder.at("tls.pem"), folder.at("tls.key"));
    let (at, key_at) = (certificate.display().to_string(), key.display().to_string());
    openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
        "-keyout",
        &key_at,
        "-out",
        &at,
    ]);
    let config = format!("tls_certificate = '{at}'\ntls_key = '{key_at}'\n");
    let config = Some(folder.write("holdfast.toml", config));
    let server = Server::start(
        &folder.at("data"),
        &Options {
            config,
            ..Options::default()
        },
    );
    assert!(server.url.starts_with("https://"), "{}", server.url);
    server
}

/// One request through `openssl s_client`, which must trust the certificate.
fn through_openssl(certificate: &Path, address: &str, version: &str, request: &str) -> Reply {
    let mut client = Command::new("openssl");
    client.args([
        "s_client",
        "-quiet",
        "-verify_return_error",
        version,
        "-connect",
        address,
    ]);
    client.arg("-CAfile").arg(certificate);
    client
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = client.spawn().expect("openssl");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(request.as_bytes()).expect("sent");
    let output = child.wait_with_output().expect("an end");
    drop(stdin);
    Reply::read(&output.stdout).expect("a reply")
}

#[test]
fn openssl_speaks_both_versions_and_calls() {
    let folder = Folder::new("tls");
    let server = start(&folder);
    let caller = server.env(None);
    assert!(
        caller
            .value("FPS_ENDPOINT")
            .starts_with("https://127.0.0.1:")
    );
    for version in ["-tls1_2", "-tls1_3"] {
        let query = caller.query(server.address(), "GetAccountBalance", &[]);
        let host = server.address();
        let request =
            format!("GET /?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let reply = through_openssl(&folder.at("tls.pem"), server.address(), version, &request);
        assert_eq!(reply.status, 200, "{version}: {reply:?}");
        assert!(reply.body.contains("<TotalBalance>"), "{reply:?}");
    }
}

#[test]
fn boto_checks_the_certificate_and_calls() {
    let folder = Folder::new("tls-boto");
    let server = start(&folder);
    let mut caller = server.env(None);
    let trusted = format!(
        "[Boto]\nca_certificates_file = {}\n",
        folder.at("tls.pem").display()
    );
    let settings = folder.write("boto.cfg", trusted);
    caller.set("BOTO_CONFIG", &settings.display().to_string());
    assert!(story(&caller, &["cancel"]).starts_with('1'));
}

#[test]
fn plain_bytes_get_no_answer() {
    let folder = Folder::new("tls-plain");
    let server = start(&folder);
    let answer = crate::harness::get(server.address(), "/healthz", &[]);
    assert!(answer.is_err(), "{answer:?}");
}
