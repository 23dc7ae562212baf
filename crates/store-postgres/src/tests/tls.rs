//! Encrypted connections, to a server whose certificate is made here.

use rcgen::CertifiedKey;
use test_kit::postgres::Postgres;

use crate::Address;

fn certificate_for(name: &str) -> CertifiedKey<rcgen::KeyPair> {
    rcgen::generate_simple_self_signed(vec![name.to_owned()]).expect("a certificate")
}

/// Whether the connection is encrypted, or why there is none.
async fn connect(url: &str, authority: Option<&str>) -> Result<bool, String> {
    let address = Address::parse(url, authority.map(str::as_bytes))?;
    let connected = address.connect().await;
    let client = connected.map_err(|outage| outage.to_string())?;
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let row = client.query_one(sql, &[]).await;
    Ok(row.expect("asked").get(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_server_that_is_vouched_for_is_spoken_to() {
    let [ours, other] = [certificate_for("127.0.0.1"), certificate_for("127.0.0.1")];
    let server = Postgres::start();
    let plain = server.url("postgres");
    let url = |mode: &str| plain.replace("sslmode=disable", &format!("sslmode={mode}"));
    let (trusted, strange) = (ours.cert.pem(), other.cert.pem());
    let refused = connect(&url("require"), Some(&trusted)).await;
    assert!(refused.is_err(), "the server does not speak TLS yet");

    server.encrypt(&trusted, &ours.signing_key.serialize_pem());
    assert_eq!(connect(&plain, None).await, Ok(false));
    for mode in ["prefer", "require", "verify-ca", "verify-full"] {
        let connected = connect(&url(mode), Some(&trusted)).await;
        assert_eq!(connected, Ok(true), "{mode}");
        for authority in [Some(strange.as_str()), None] {
            let problem = connect(&url(mode), authority).await.expect_err(mode);
            assert!(problem.contains("invalid peer certificate"), "{problem}");
        }
    }
    let elsewhere = url("verify-full").replace("127.0.0.1", "localhost");
    let problem = connect(&elsewhere, Some(&trusted)).await;
    let problem = problem.expect_err("another name");
    assert!(problem.contains("not valid for name"), "{problem}");
}
