//! Values as bytes for a digest: two have the same bytes only if they are equal.
//!
//! A number is its last bytes behind their count, because most are small and a digest costs by the
//! byte; texts and lists have their length before them, choices their index. A field that is left out
//! because there is nothing in it leaves the sign for nothing in its place, so that the same text in
//! another field gives other bytes. Nobody reads these bytes back.
//!
//! Deliberately absent: floats, maps, and lists whose length is not known before; no row has any.

use std::fmt;

use serde::Serialize;
use serde::ser::{self, Impossible};

/// Appends a value.
pub(super) fn write(value: &(impl Serialize + ?Sized), out: &mut Vec<u8>) {
    value
        .serialize(&mut Bytes { out })
        .expect("rows hold nothing that cannot be written as bytes");
}

/// Appends the length of what follows.
pub(super) fn length(length: usize, out: &mut Vec<u8>) {
    unsigned(u64::try_from(length).expect("rows are far smaller"), out);
}

/// Appends a number.
pub(super) fn number(value: i64, out: &mut Vec<u8>) {
    // The sign goes to the lowest bit, so that numbers near zero are short on both sides.
    unsigned(
        (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned(),
        out,
    );
}

/// Appends the sign for nothing, where a number or a length might stand: no number has as many bytes.
pub(super) fn nothing(out: &mut Vec<u8>) {
    out.push(0xff);
}

/// How many of its bytes follow, then these, lowest first. Nine are written and what is too much is
/// taken back, which is quicker than copying a few.
fn unsigned(value: u64, out: &mut Vec<u8>) {
    let used = 8 - value.leading_zeros() / 8;
    let end = out.len() + 1 + usize::try_from(used).expect("eight at most");
    let mut bytes = [u8::try_from(used).expect("eight at most"); 9];
    bytes[1..].copy_from_slice(&value.to_le_bytes());
    out.extend_from_slice(&bytes);
    out.truncate(end);
}

struct Bytes<'a> {
    out: &'a mut Vec<u8>,
}

/// A value that no row has.
#[derive(Debug)]
struct Unknown(String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unknown {}

impl ser::Error for Unknown {
    fn custom<T: fmt::Display>(message: T) -> Unknown {
        Unknown(message.to_string())
    }
}

fn none_such<T>() -> Result<T, Unknown> {
    Err(Unknown("no row has such a value".to_owned()))
}

impl Bytes<'_> {
    /// The index of a variant; no enum has as many.
    fn index(&mut self, index: u32) {
        self.out
            .push(u8::try_from(index).expect("fewer variants than a byte counts"));
    }
}

macro_rules! small_numbers {
    ($($name:ident: $number:ty,)*) => {
        $(fn $name(self, value: $number) -> Result<(), Unknown> {
            self.out.extend_from_slice(&value.to_le_bytes());
            Ok(())
        })*
    };
}

macro_rules! signed_numbers {
    ($($name:ident: $number:ty,)*) => {
        $(fn $name(self, value: $number) -> Result<(), Unknown> {
            number(i64::from(value), self.out);
            Ok(())
        })*
    };
}

macro_rules! unsigned_numbers {
    ($($name:ident: $number:ty,)*) => {
        $(fn $name(self, value: $number) -> Result<(), Unknown> {
            unsigned(u64::from(value), self.out);
            Ok(())
        })*
    };
}

impl ser::Serializer for &mut Bytes<'_> {
    type Ok = ();
    type Error = Unknown;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Impossible<(), Unknown>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    small_numbers! {
        serialize_i8: i8,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u128: u128,
    }

    signed_numbers! {
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
    }

    unsigned_numbers! {
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
    }

    fn serialize_bool(self, value: bool) -> Result<(), Unknown> {
        self.out.push(u8::from(value));
        Ok(())
    }

    fn serialize_f32(self, _: f32) -> Result<(), Unknown> {
        none_such()
    }

    fn serialize_f64(self, _: f64) -> Result<(), Unknown> {
        none_such()
    }

    fn serialize_char(self, value: char) -> Result<(), Unknown> {
        self.serialize_u32(u32::from(value))
    }

    fn serialize_str(self, value: &str) -> Result<(), Unknown> {
        self.serialize_bytes(value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Unknown> {
        length(value.len(), self.out);
        self.out.extend_from_slice(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unknown> {
        self.out.push(0);
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unknown> {
        self.out.push(1);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unknown> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unknown> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
    ) -> Result<(), Unknown> {
        self.index(index);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unknown> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unknown> {
        self.index(index);
        value.serialize(self)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Self, Unknown> {
        let Some(length) = length else {
            return none_such();
        };
        self::length(length, self.out);
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Unknown> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Unknown> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unknown> {
        self.index(index);
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Impossible<(), Unknown>, Unknown> {
        none_such()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unknown> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unknown> {
        self.index(index);
        Ok(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

macro_rules! in_order {
    ($($many:ident $one:ident,)*) => {
        $(impl ser::$many for &mut Bytes<'_> {
            type Ok = ();
            type Error = Unknown;

            fn $one<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unknown> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Unknown> {
                Ok(())
            }
        })*
    };
}

in_order! {
    SerializeSeq serialize_element,
    SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

macro_rules! named {
    ($($many:ident,)*) => {
        $(impl ser::$many for &mut Bytes<'_> {
            type Ok = ();
            type Error = Unknown;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                _: &'static str,
                value: &T,
            ) -> Result<(), Unknown> {
                value.serialize(&mut **self)
            }

            fn skip_field(&mut self, _: &'static str) -> Result<(), Unknown> {
                self.out.push(0);
                Ok(())
            }

            fn end(self) -> Result<(), Unknown> {
                Ok(())
            }
        })*
    };
}

named! {
    SerializeStruct,
    SerializeStructVariant,
}

#[cfg(test)]
mod tests {
    use super::write;
    use proptest::prelude::*;
    use serde::Serialize;

    #[derive(Serialize)]
    struct Two {
        #[serde(skip_serializing_if = "Option::is_none")]
        one: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        other: Option<&'static str>,
    }

    fn bytes(value: &impl Serialize) -> Vec<u8> {
        let mut out = Vec::new();
        write(value, &mut out);
        out
    }

    #[test]
    fn numbers_are_as_long_as_they_need_to_be() {
        for (value, length) in [(0_i64, 1), (1, 2), (-1, 2), (127, 2), (-128, 2), (128, 3)] {
            assert_eq!(bytes(&value).len(), length, "{value}");
        }
        for value in [i64::MAX, i64::MIN] {
            assert_eq!(bytes(&value).len(), 9, "{value}");
        }
        assert_eq!(bytes(&u64::MAX).len(), 9);
        assert_eq!(bytes(&"USD").len(), 5);
    }

    proptest! {
        #[test]
        fn numbers_that_differ_have_other_bytes(one: i64, other: i64, near in -300..300_i64) {
            prop_assert_eq!(one == other, bytes(&one) == bytes(&other));
            let second = one.wrapping_add(near);
            prop_assert_eq!(one == second, bytes(&one) == bytes(&second));
            prop_assert_ne!(bytes(&(one, other)), bytes(&(one, other.wrapping_add(1))));
        }
    }

    #[test]
    fn what_differs_has_other_bytes() {
        let (one, other) = (Some("text"), Some("text"));
        let first = Two { one, other: None };
        let second = Two { one: None, other };
        assert_ne!(bytes(&first), bytes(&second), "the field counts");
        assert_ne!(bytes(&("ab", "c")), bytes(&("a", "bc")), "lengths count");
        assert_ne!(bytes(&(vec![1_u8], 2_u8)), bytes(&(vec![1_u8, 2], 2_u8)));
        assert_ne!(bytes(&None::<u8>), bytes(&Some(0_u8)));
        assert_ne!(bytes(&Ok::<u8, u8>(1)), bytes(&Err::<u8, u8>(1)));
        assert_eq!(bytes(&(1_i64, "a")), bytes(&(1_i64, "a".to_owned())));
    }
}
