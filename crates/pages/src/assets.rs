//! The two first-party assets. Their paths carry a digest of their content, so they can be served
//! with an unlimited cache life-time.

/// The one stylesheet (`text/css`).
pub const STYLESHEET: &str = include_str!("../assets/style.css");

/// The mark beside the provider's name and in the browser's tab (`image/svg+xml`).
pub const LOGO: &str = include_str!("../assets/logo.svg");

/// Where the pages expect [`STYLESHEET`].
pub const STYLESHEET_PATH: &str = text(&STYLESHEET_NAME);

/// Where the pages expect [`LOGO`].
pub const LOGO_PATH: &str = text(&LOGO_NAME);

/// Both names leave room for the digest after these many bytes.
const DIGEST_AT: usize = "/assets/page-".len();
const STYLESHEET_NAME: [u8; 33] = named(*b"/assets/page-0000000000000000.css", STYLESHEET);
const LOGO_NAME: [u8; 33] = named(*b"/assets/logo-0000000000000000.svg", LOGO);

/// Writes the digest of `content` into the name, in hexadecimal.
const fn named<const N: usize>(mut name: [u8; N], content: &str) -> [u8; N] {
    let digest = fnv_1a(content.as_bytes()).to_be_bytes();
    let mut at = 0;
    while at < digest.len() {
        name[DIGEST_AT + 2 * at] = hexadecimal(digest[at] >> 4);
        name[DIGEST_AT + 2 * at + 1] = hexadecimal(digest[at] & 15);
        at += 1;
    }
    name
}

/// A change detector only; nothing relies on it being hard to forge.
const fn fnv_1a(content: &[u8]) -> u64 {
    let mut digest: u64 = 0xcbf2_9ce4_8422_2325;
    let mut at = 0;
    while at < content.len() {
        digest ^= content[at] as u64;
        digest = digest.wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    digest
}

const fn hexadecimal(digit: u8) -> u8 {
    if digit < 10 {
        b'0' + digit
    } else {
        b'a' + digit - 10
    }
}

const fn text(name: &'static [u8]) -> &'static str {
    match std::str::from_utf8(name) {
        Ok(text) => text,
        Err(_) => panic!("the names above are ASCII"),
    }
}
