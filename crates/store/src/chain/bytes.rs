//! Rows as bytes for a digest: two rows have the same bytes only if they are equal.
//!
//! Numbers have a fixed width, texts and lists their length before them, choices their index. A field
//! that is left out because there is nothing in it leaves the sign for nothing in its place, so that
//! the same text in another field gives other bytes. Nobody reads these bytes back.
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
    fn length(&mut self, length: usize) {
        let length = u32::try_from(length).expect("rows are far smaller");
        self.out.extend_from_slice(&length.to_le_bytes());
    }

    /// The index of a variant; no enum has as many.
    fn index(&mut self, index: u32) {
        self.out
            .push(u8::try_from(index).expect("fewer variants than a byte counts"));
    }
}

macro_rules! numbers {
    ($($name:ident: $number:ty,)*) => {
        $(fn $name(self, value: $number) -> Result<(), Unknown> {
            self.out.extend_from_slice(&value.to_le_bytes());
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

    numbers! {
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_u128: u128,
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
        self.length(value.len());
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
        self.length(length);
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
