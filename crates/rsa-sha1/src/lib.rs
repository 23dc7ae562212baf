//! RSA-SHA1 signatures (PKCS #1 v1.5, 2048 bit), as the FPS protocol demands for what the server
//! sends out. The safe crypto library verifies them but does not make them, so this crate calls
//! the C library beneath it. It is allowed `unsafe` for that, and holds no policy.
//!
//! **Invariant:** a key, once built, is never changed. The C library documents signing and
//! verifying as safe from many threads at once under that condition.

#![expect(
    unsafe_code,
    reason = "the safe crypto library offers no RSA-SHA1 signing"
)]

use std::fmt;
use std::ptr::{self, NonNull};

use aws_lc_sys as sys;

/// The only key size: smaller is unsafe, larger is slower than old clients were ever shown.
pub const KEY_BITS: u32 = 2048;
/// The length of every signature.
pub const SIGNATURE_BYTES: usize = 256;
const DIGEST_BYTES: usize = 20;

/// Why bytes were not taken as a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadKey {
    /// Not DER of the expected structure, or trailing bytes after it.
    Malformed,
    /// A sound RSA key, but not of [`KEY_BITS`] bits.
    WrongSize,
}

impl fmt::Display for BadKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadKey::Malformed => out.write_str("not an RSA key in DER"),
            BadKey::WrongSize => write!(out, "the RSA key must have {KEY_BITS} bits"),
        }
    }
}

impl std::error::Error for BadKey {}

/// A private key. Its debug form shows nothing.
pub struct PrivateKey(Rsa);

impl PrivateKey {
    /// Reads a private key from PKCS #8 or PKCS #1 DER.
    pub fn from_der(der: &[u8]) -> Result<PrivateKey, BadKey> {
        // SAFETY: `parse` hands over a reader of live bytes; both functions return an owned key or null.
        let wrapped = parse(der, |bytes| unsafe {
            take_rsa(sys::EVP_parse_private_key(bytes))
        });
        // SAFETY: as above.
        let bare = || parse(der, |bytes| unsafe { sys::RSA_parse_private_key(bytes) });
        wrapped
            .or_else(bare)
            .ok_or(BadKey::Malformed)?
            .of_right_size()
            .map(PrivateKey)
    }

    /// Signs the SHA-1 of `message`; always [`SIGNATURE_BYTES`] long.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let digest = sha1(message);
        let mut signature = vec![0; SIGNATURE_BYTES];
        let mut length = 0;
        // SAFETY: the digest is 20 bytes, the buffer is as long as the modulus (`of_right_size`).
        let done = unsafe {
            let out = signature.as_mut_ptr();
            sys::RSA_sign(
                sys::NID_sha1,
                digest.as_ptr(),
                DIGEST_BYTES,
                out,
                &raw mut length,
                self.0.raw(),
            )
        };
        assert!(
            done == 1,
            "RSA_sign fails only without memory or on a broken processor"
        );
        assert!(usize::try_from(length) == Ok(SIGNATURE_BYTES));
        signature
    }

    /// The public half, holding nothing secret.
    pub fn public_key(&self) -> PublicKey {
        // SAFETY: the key is live; the copy is owned by us.
        let copy = unsafe { sys::RSAPublicKey_dup(self.0.raw()) };
        PublicKey(Rsa::owned(copy).expect("copying a sound key fails only without memory"))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PrivateKey(..)")
    }
}

/// A public key.
pub struct PublicKey(Rsa);

impl PublicKey {
    /// Reads a public key from the DER of a SubjectPublicKeyInfo.
    pub fn from_der(der: &[u8]) -> Result<PublicKey, BadKey> {
        // SAFETY: as in `PrivateKey::from_der`.
        let key = parse(der, |bytes| unsafe {
            take_rsa(sys::EVP_parse_public_key(bytes))
        });
        key.ok_or(BadKey::Malformed)?.of_right_size().map(PublicKey)
    }

    /// Takes the public key out of an X.509 certificate in DER; trusts it, checks no chain.
    pub fn from_certificate(der: &[u8]) -> Result<PublicKey, BadKey> {
        let length = der.len().try_into().map_err(|_| BadKey::Malformed)?;
        let (start, mut end) = (der.as_ptr(), der.as_ptr());
        // SAFETY: `end` walks at most `length` bytes of `der`; each object is freed exactly once, and
        // `X509_get_pubkey` gives a reference of its own, or null for a null or unreadable input.
        let key = unsafe {
            let certificate = sys::d2i_X509(ptr::null_mut(), &raw mut end, length);
            let key = if certificate.is_null() {
                ptr::null_mut()
            } else {
                sys::X509_get_pubkey(certificate)
            };
            sys::X509_free(certificate);
            take_rsa(key)
        };
        clear_errors();
        let key = Rsa::owned(key).ok_or(BadKey::Malformed)?;
        let whole = end.addr() == start.addr() + der.len();
        if whole {
            key.of_right_size().map(PublicKey)
        } else {
            Err(BadKey::Malformed)
        }
    }

    /// Whether `signature` is this key's over the SHA-1 of `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let digest = sha1(message);
        // SAFETY: all three slices are live for the call; the key is not changed by it.
        let right = unsafe {
            let (given, length) = (signature.as_ptr(), signature.len());
            sys::RSA_verify(
                sys::NID_sha1,
                digest.as_ptr(),
                DIGEST_BYTES,
                given,
                length,
                self.0.raw(),
            )
        };
        clear_errors();
        right == 1
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("PublicKey(..)")
    }
}

/// An owned reference to a key of the C library.
struct Rsa(NonNull<sys::RSA>);

// SAFETY: the invariant of the module; the reference count inside is atomic.
unsafe impl Send for Rsa {}
// SAFETY: as above.
unsafe impl Sync for Rsa {}

impl Rsa {
    fn owned(key: *mut sys::RSA) -> Option<Rsa> {
        NonNull::new(key).map(Rsa)
    }

    fn raw(&self) -> *mut sys::RSA {
        self.0.as_ptr()
    }

    fn of_right_size(self) -> Result<Rsa, BadKey> {
        // SAFETY: the key is live.
        let bits = unsafe { sys::RSA_bits(self.raw()) };
        if bits == KEY_BITS {
            Ok(self)
        } else {
            Err(BadKey::WrongSize)
        }
    }
}

impl Drop for Rsa {
    fn drop(&mut self) {
        // SAFETY: we own one reference and give it back once.
        unsafe { sys::RSA_free(self.raw()) }
    }
}

/// Runs one of the library's readers over `der` and demands that it leaves nothing over.
fn parse(der: &[u8], read: impl FnOnce(*mut sys::CBS) -> *mut sys::RSA) -> Option<Rsa> {
    let mut bytes = sys::CBS {
        data: der.as_ptr(),
        len: der.len(),
    };
    let key = Rsa::owned(read(&raw mut bytes));
    clear_errors();
    key.filter(|_| bytes.len == 0)
}

/// The RSA key inside a general key, which is consumed; null when there is none.
///
/// # Safety
/// `key` is null, or a reference that the caller owns.
unsafe fn take_rsa(key: *mut sys::EVP_PKEY) -> *mut sys::RSA {
    if key.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: the key is live until freed; `get1` gives a reference of its own or null.
    unsafe {
        let rsa = sys::EVP_PKEY_get1_RSA(key);
        sys::EVP_PKEY_free(key);
        rsa
    }
}

fn sha1(message: &[u8]) -> [u8; DIGEST_BYTES] {
    let mut digest = [0; DIGEST_BYTES];
    // SAFETY: reads exactly the message, writes exactly 20 bytes.
    unsafe { sys::SHA1(message.as_ptr(), message.len(), digest.as_mut_ptr()) };
    digest
}

/// A refusal leaves notes in a queue of the thread, which other users of the library would read.
fn clear_errors() {
    // SAFETY: takes nothing, touches only the thread's own queue.
    unsafe { sys::ERR_clear_error() }
}

#[cfg(test)]
mod tests;
