use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey,
};

use super::{BadKey, PrivateKey, PublicKey, SIGNATURE_BYTES};

fn pair() -> (KeyPair, Vec<u8>) {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = pair.as_der().unwrap().as_ref().to_vec();
    (pair, der)
}

#[test]
fn another_implementation_accepts_what_we_sign() {
    let (pair, der) = pair();
    let ours = PrivateKey::from_der(&der).unwrap();
    for message in [&b""[..], b"POST\nshop.example\n/ipn\na=1", &[0xff; 5000]] {
        let signature = ours.sign(message);
        assert_eq!(signature.len(), SIGNATURE_BYTES);
        UnparsedPublicKey::new(
            &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            pair.public_key().as_ref(),
        )
        .verify(message, &signature)
        .unwrap();
        assert!(ours.public_key().verify(message, &signature));
    }
}

#[test]
fn a_changed_byte_anywhere_is_seen() {
    let (_, der) = pair();
    let key = PrivateKey::from_der(&der).unwrap();
    let public = key.public_key();
    let signature = key.sign(b"ten dollars");
    assert!(!public.verify(b"ten dollarz", &signature));
    for at in 0..signature.len() {
        let mut bent = signature.clone();
        bent[at] ^= 1;
        assert!(!public.verify(b"ten dollars", &bent), "byte {at}");
    }
    assert!(!public.verify(b"ten dollars", &signature[..255]));
    assert!(!public.verify(b"ten dollars", &[]));
    let other = PrivateKey::from_der(&self::pair().1).unwrap().public_key();
    assert!(!other.verify(b"ten dollars", &signature));
}

#[test]
fn public_keys_are_read_from_der() {
    let (pair, der) = pair();
    let spki =
        AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(pair.public_key()).unwrap();
    let public = PublicKey::from_der(spki.as_ref()).unwrap();
    let signature = PrivateKey::from_der(&der).unwrap().sign(b"x");
    assert!(public.verify(b"x", &signature));
}

#[test]
fn keys_that_are_not_ours_are_refused() {
    let (_, der) = pair();
    let longer = [&der[..], &[0]].concat();
    for bytes in [&b""[..], b"\x30\x00", &der[..der.len() - 1], &longer] {
        assert_eq!(PrivateKey::from_der(bytes).unwrap_err(), BadKey::Malformed);
        assert_eq!(PublicKey::from_der(bytes).unwrap_err(), BadKey::Malformed);
        assert_eq!(
            PublicKey::from_certificate(bytes).unwrap_err(),
            BadKey::Malformed
        );
    }
    let big = KeyPair::generate(KeySize::Rsa3072).unwrap();
    let big: aws_lc_rs::encoding::Pkcs8V1Der<'_> = big.as_der().unwrap();
    assert_eq!(
        PrivateKey::from_der(big.as_ref()).unwrap_err(),
        BadKey::WrongSize
    );
}

#[test]
fn pkcs1_is_read_as_well() {
    let (_, pkcs8) = pair();
    // A PKCS #8 RSA key is a header of 26 bytes (for a key of this size) around the PKCS #1 key.
    let key = PrivateKey::from_der(&pkcs8[26..]).unwrap();
    let signature = key.sign(b"x");
    assert!(
        PrivateKey::from_der(&pkcs8)
            .unwrap()
            .public_key()
            .verify(b"x", &signature)
    );
}

#[test]
fn one_key_signs_from_many_threads() {
    let key = PrivateKey::from_der(&pair().1).unwrap();
    let first = key.sign(b"same");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..20).for_each(|_| assert_eq!(key.sign(b"same"), first)));
        }
    });
}

#[test]
fn a_private_key_never_prints() {
    let key = PrivateKey::from_der(&pair().1).unwrap();
    assert_eq!(
        format!("{key:?} {:?}", key.public_key()),
        "PrivateKey(..) PublicKey(..)"
    );
}
