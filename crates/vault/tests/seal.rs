//! What is sealed opens in its own place under its own key, and nowhere else.

use proptest::prelude::*;
use vault::{MasterKey, MasterKeys, Purpose, VaultError};

const PURPOSES: [Purpose; 4] = [
    Purpose::AccessKeySecret,
    Purpose::CardNumber,
    Purpose::NotificationKey,
    Purpose::WebhookSecret,
];

fn key(fill: u8) -> MasterKey {
    MasterKey::new([fill; 32])
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Key id and nonce, with which every vector starts.
const HEAD: &str = "56a0a1a2a3a4a5a6a7a8a9aaab";

/// Made with another implementation of AES-256-GCM and HMAC-SHA256.
#[test]
fn sealed_secrets_keep_their_form() {
    let keys = MasterKeys::only(MasterKey::new(std::array::from_fn(|n| {
        u8::try_from(n).unwrap()
    })));
    let nonce = std::array::from_fn(|n| u8::try_from(n).unwrap() + 0xa0);
    for (purpose, owner, plain, want) in VECTORS {
        let sealed = keys.seal(purpose, owner, plain, nonce);
        assert_eq!(hex(sealed.as_ref()), format!("{HEAD}{want}"), "{purpose:?}");
        assert_eq!(keys.open(purpose, owner, sealed.as_ref()).unwrap(), plain);
    }
}

const VECTORS: [(Purpose, i64, &[u8], &str); 4] = [
    (
        Purpose::AccessKeySecret,
        1,
        b"topsecret",
        "92770c5e20a870da16b677006cb96a2a9662a5d877b873604d",
    ),
    (
        Purpose::CardNumber,
        i64::MIN,
        b"4242424242424242",
        "d22a481f71f9368d5657b3e13348f4ec4bad21ad1ea58fe82d8e3d42e08d719d",
    ),
    (
        Purpose::NotificationKey,
        i64::MAX,
        b"",
        "fea11a3897e9968be3a835270395b30d",
    ),
    (
        Purpose::WebhookSecret,
        0,
        b"whsec_1",
        "91700f48269433f096814cb42c285990a09b6dc7dea8a0",
    ),
];

#[test]
fn another_place_does_not_open_it() {
    let keys = MasterKeys::only(key(1));
    for purpose in PURPOSES {
        let sealed = keys.seal(purpose, 7, b"4242424242424242", [9; 12]);
        for other in PURPOSES {
            let opened = keys.open(other, 7, sealed.as_ref());
            assert_eq!(opened.is_ok(), other == purpose, "{purpose:?} as {other:?}");
        }
        for owner in [0, -7, 8, i64::MIN, 7 << 8] {
            assert_eq!(
                keys.open(purpose, owner, sealed.as_ref()),
                Err(VaultError::Rejected)
            );
        }
    }
}

#[test]
fn no_changed_byte_opens() {
    let keys = MasterKeys::only(key(1));
    let sealed = keys
        .seal(Purpose::CardNumber, 7, b"4242", [9; 12])
        .into_bytes();
    for place in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[place] ^= 1 << bit;
            let want = match place {
                0 => VaultError::UnknownKey { id: changed[0] },
                _ => VaultError::Rejected,
            };
            assert_eq!(keys.open(Purpose::CardNumber, 7, &changed), Err(want));
        }
    }
    for length in 0..sealed.len() {
        let want = if length < 29 {
            VaultError::TooShort
        } else {
            VaultError::Rejected
        };
        assert_eq!(
            keys.open(Purpose::CardNumber, 7, &sealed[..length]),
            Err(want),
            "{length}"
        );
    }
    let longer = [sealed.as_slice(), b"x"].concat();
    assert_eq!(
        keys.open(Purpose::CardNumber, 7, &longer),
        Err(VaultError::Rejected)
    );
}

#[test]
fn a_retired_key_still_opens_and_asks_for_rotation() {
    let old = MasterKeys::only(key(1));
    let sealed = old.seal(Purpose::WebhookSecret, 7, b"secret", [9; 12]);
    assert!(!old.needs_rotation(sealed.as_ref()));

    let both = MasterKeys::new(key(2), vec![key(1)]).unwrap();
    assert_eq!(
        both.open(Purpose::WebhookSecret, 7, sealed.as_ref())
            .unwrap(),
        b"secret"
    );
    assert!(both.needs_rotation(sealed.as_ref()));
    let anew = both
        .reseal(Purpose::WebhookSecret, 7, sealed.as_ref(), [8; 12])
        .unwrap();
    assert!(!both.needs_rotation(anew.as_ref()));

    let new = MasterKeys::only(key(2));
    assert_eq!(
        new.open(Purpose::WebhookSecret, 7, anew.as_ref()).unwrap(),
        b"secret"
    );
    let id = key(1).id();
    let refused = Err(VaultError::UnknownKey { id });
    assert_eq!(
        new.open(Purpose::WebhookSecret, 7, sealed.as_ref()),
        refused
    );
    assert_eq!(
        new.reseal(Purpose::WebhookSecret, 7, sealed.as_ref(), [8; 12]),
        Err(VaultError::UnknownKey { id })
    );
    assert_eq!(
        both.reseal(Purpose::WebhookSecret, 8, sealed.as_ref(), [8; 12]),
        Err(VaultError::Rejected)
    );
}

#[test]
fn a_key_of_the_same_id_does_not_pass_for_another() {
    // Two keys whose ids agree by chance cannot be configured together …
    let first = key(0);
    let twin = (1..=u16::MAX)
        .map(|n| std::array::from_fn(|place| n.to_be_bytes()[place % 2]))
        .find(|bytes| MasterKey::new(*bytes).id() == first.id())
        .unwrap();
    assert!(MasterKeys::new(key(0), vec![MasterKey::new(twin)]).is_err());
    // … and one never opens what the other sealed.
    let sealed = MasterKeys::only(first).seal(Purpose::CardNumber, 1, b"x", [0; 12]);
    let opened =
        MasterKeys::only(MasterKey::new(twin)).open(Purpose::CardNumber, 1, sealed.as_ref());
    assert_eq!(opened, Err(VaultError::Rejected));
}

#[test]
fn a_sealed_secret_is_not_printed() {
    let sealed = MasterKeys::only(key(1)).seal(Purpose::CardNumber, 7, b"4242", [9; 12]);
    assert_eq!(format!("{sealed:?}"), "Sealed(33 bytes)");
}

proptest! {
    #[test]
    fn what_is_sealed_opens(
        plain in proptest::collection::vec(any::<u8>(), 0..4_000),
        owner: i64,
        nonce: [u8; 12],
        purpose in 0..4_usize,
    ) {
        let keys = MasterKeys::only(key(3));
        let sealed = keys.seal(PURPOSES[purpose], owner, &plain, nonce);
        prop_assert_eq!(keys.open(PURPOSES[purpose], owner, sealed.as_ref()), Ok(plain));
    }

    #[test]
    fn arbitrary_bytes_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        prop_assert!(MasterKeys::only(key(3)).open(Purpose::CardNumber, 1, &bytes).is_err());
    }
}
