//! How the random bytes of a long id are serialised: as bytes, because serde knows no arrays above 32
//! and a list of numbers would be three times as long.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

use crate::ids::TOKEN_NONCE_BYTES;

pub(super) fn serialize<S: Serializer>(
    bytes: &[u8; TOKEN_NONCE_BYTES],
    to: S,
) -> Result<S::Ok, S::Error> {
    to.serialize_bytes(bytes)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<[u8; TOKEN_NONCE_BYTES], D::Error> {
    let bytes = Vec::<u8>::deserialize(from)?;
    bytes
        .try_into()
        .map_err(|_| D::Error::custom("the random bytes of a long id are 31"))
}
