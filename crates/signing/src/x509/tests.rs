use super::*;

/// Certificates made by `openssl req -x509 -newkey …`, as callers would make theirs.
const RSA_1024: &str = include_str!("tests/rsa-1024.pem");
const RSA_2048: &str = include_str!("tests/rsa-2048.pem");
const RSA_4096: &str = include_str!("tests/rsa-4096.pem");
const EC_256: &str = include_str!("tests/ec-256.pem");
/// `openssl dgst -sign` over the seven bytes `message`, in hexadecimal.
const BY_4096_SHA1: &str = include_str!("tests/rsa-4096-sha1.hex");
const BY_4096_SHA256: &str = include_str!("tests/rsa-4096-sha256.hex");

fn der(pem: &str) -> Vec<u8> {
    from_pem(pem).expect("a certificate in PEM")
}

fn bytes(hex: &str) -> Vec<u8> {
    let hex = hex.trim();
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(byte).collect()
}

#[test]
fn keys_of_fair_size_verify_what_openssl_signed() {
    assert!(CertificateKey::from_der(&der(RSA_2048)).is_ok());
    let key = CertificateKey::from_der(&der(RSA_4096)).unwrap();
    let (by_sha1, by_sha256) = (bytes(BY_4096_SHA1), bytes(BY_4096_SHA256));
    assert!(key.verify(RsaHash::Sha1, b"message", &by_sha1));
    assert!(key.verify(RsaHash::Sha256, b"message", &by_sha256));
    assert!(!key.verify(RsaHash::Sha256, b"message", &by_sha1));
    assert!(!key.verify(RsaHash::Sha1, b"massage", &by_sha1));
    assert!(!key.verify(RsaHash::Sha1, b"message", &by_sha1[1..]));
    assert!(!key.verify(RsaHash::Sha1, b"message", b""));
}

#[test]
fn other_keys_are_refused_by_name() {
    for (pem, problem) in [
        (RSA_1024, BadCertificate::KeySize { bits: 1_024 }),
        (EC_256, BadCertificate::NotRsa),
    ] {
        assert_eq!(CertificateKey::from_der(&der(pem)).err(), Some(problem));
    }
    let short = BadCertificate::KeySize { bits: 1_024 };
    assert!(short.to_string().contains("1024 bits; 2048 to 8192"));
}

#[test]
fn a_certificate_is_whole_or_nothing() {
    let whole = der(RSA_2048);
    for cut in 0..whole.len() {
        let problem = CertificateKey::from_der(&whole[..cut]).err();
        assert_eq!(problem, Some(BadCertificate::Malformed), "{cut}");
    }
    let longer = [&whole[..], &[0]].concat();
    let problem = CertificateKey::from_der(&longer).err();
    assert_eq!(problem, Some(BadCertificate::Malformed));
    let huge = vec![0x30; CERTIFICATE_BYTES_MAX + 1];
    assert!(CertificateKey::from_der(&huge).is_err());
    // No spoiled byte makes it panic.
    for at in 0..whole.len() {
        let mut spoiled = whole.clone();
        spoiled[at] ^= 0xff;
        let _ = CertificateKey::from_der(&spoiled);
    }
}

#[test]
fn the_last_certificate_of_a_path_signs() {
    let (one, two) = (der(RSA_1024), der(RSA_2048));
    let length = u16::try_from(one.len() + two.len()).unwrap().to_be_bytes();
    let path = [&[SEQUENCE, 0x82][..], &length, &one, &two].concat();
    assert_eq!(leaf_of_path(&path), Some(&two[..]));
    assert_eq!(leaf_of_path(&[SEQUENCE, 0]), None);
    assert_eq!(leaf_of_path(&path[..path.len() - 1]), None);
}

#[test]
fn a_fingerprint_is_the_digest_of_the_bytes() {
    assert_eq!(fingerprint(b"")[..4], [0xe3, 0xb0, 0xc4, 0x42]);
    assert_eq!(
        from_pem(&to_pem(b"any bytes")).as_deref(),
        Some(&b"any bytes"[..])
    );
}
