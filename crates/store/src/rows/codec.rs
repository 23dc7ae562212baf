//! How a row becomes values in the order of its columns, and comes back.
//!
//! A database implements [`Values`] and [`Fields`] over its own statements and rows; the encodings
//! stand once, in the modules beside this one, so that every database keeps the same.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use money::{Amount, Currency};
use payments::ids::TOKEN_NONCE_BYTES;
use payments::{CallerReference, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Tokens;
use crate::Outage;

/// A table with keyed rows.
pub trait Keyed {
    /// The key.
    type Key: Eq + Hash + Ord + Clone + Debug + Send + Sync;
    /// The row.
    type Row: Send + Sync;
    /// Its name.
    const NAME: &'static str;

    /// Gives the key's values.
    fn put_key(key: &Self::Key, to: &mut impl Values) -> Result<(), Outage>;

    /// Gives the row's values behind the key.
    fn put(row: &Self::Row, to: &mut impl Values) -> Result<(), Outage>;

    /// Gives the values that never change, where a database keeps them apart.
    fn put_fixed(row: &Self::Row, to: &mut impl Values) -> Result<(), Outage> {
        Self::put(row, to)
    }

    /// Gives the changing values; of a table without fixed ones, all of them.
    fn put_changing(row: &Self::Row, to: &mut impl Values) -> Result<(), Outage> {
        Self::put(row, to)
    }

    /// Whether the row was there before a batch whose keys begin at `fresh_from`.
    fn is_old(_key: &Self::Key, _fresh_from: i64) -> bool {
        false
    }

    /// Reads the row.
    fn read(key: &Self::Key, from: &mut impl Fields) -> Result<Self::Row, Outage>;
}

/// What a batch wants written of a keyed table: a row under its key, or nothing any more.
pub type Change<T> = (<T as Keyed>::Key, Option<Arc<<T as Keyed>::Row>>);

/// A table whose rows are only ever added.
pub trait Added {
    /// Gives the row's values.
    fn put(&self, to: &mut impl Values) -> Result<(), Outage>;
}

/// Takes the values of a row, one after another.
pub trait Values {
    /// The next value, a whole number.
    fn int(&mut self, value: Option<i64>) -> Result<(), Outage>;

    /// The next value, a text.
    fn text(&mut self, value: Option<&str>) -> Result<(), Outage>;

    /// The next value, bytes.
    fn bytes(&mut self, value: Option<&[u8]>) -> Result<(), Outage>;

    /// The tokens that are written with a transaction, where it is read together with its sender's:
    /// then it leaves out what its columns and that token say.
    fn tokens_beside(&self) -> Option<&[Change<Tokens>]> {
        None
    }

    /// The next value.
    fn put(&mut self, value: impl Value) -> Result<(), Outage> {
        value.put_into(self)
    }

    /// The next value, as JSON.
    fn put_json(&mut self, value: &impl Serialize) -> Result<(), Outage> {
        let text = serde_json::to_string(value).map_err(|problem| Outage::Failed {
            doing: "writing JSON",
            reason: problem.to_string(),
        })?;
        self.text(Some(&text))
    }
}

/// Gives the fields of a row that is read, one after another.
pub trait Fields: Sized {
    /// The next field, a whole number.
    fn int(&mut self) -> Result<Option<i64>, Outage>;

    /// The next field, a text.
    fn text<T>(
        &mut self,
        take: impl FnOnce(Option<&str>) -> Result<T, String>,
    ) -> Result<T, Outage>;

    /// The next field, bytes.
    fn bytes<T>(
        &mut self,
        take: impl FnOnce(Option<&[u8]>) -> Result<T, String>,
    ) -> Result<T, Outage>;

    /// The random bytes of the id of a transaction's sender token, where that token's row is read
    /// together with it.
    fn sender_token_nonce(&mut self) -> Result<Option<[u8; TOKEN_NONCE_BYTES]>, Outage> {
        Ok(None)
    }

    /// The row contradicts itself.
    fn corrupt(&self, reason: &str) -> Outage;

    /// The next field.
    fn get<T: Stored>(&mut self) -> Result<T, Outage> {
        T::read(self)
    }

    /// The next field as a moment.
    fn moment(&mut self) -> Result<Timestamp, Outage> {
        self.get().map(Timestamp)
    }

    /// The next field as a moment that may be missing.
    fn moment_if_any(&mut self) -> Result<Option<Timestamp>, Outage> {
        Ok(self.int()?.map(Timestamp))
    }

    /// The next field as micro-units.
    fn amount(&mut self, currency: Currency) -> Result<Amount, Outage> {
        let amount = Amount::from_micros(self.get()?, currency);
        amount.ok_or_else(|| self.corrupt("an amount is out of range"))
    }

    /// The next field as a currency.
    fn currency(&mut self) -> Result<Currency, Outage> {
        self.text(|text| {
            let currency = text.map(Currency::parse);
            currency
                .and_then(Result::ok)
                .ok_or_else(|| "no currency".to_owned())
        })
    }

    /// The next field as what its number stands for.
    fn known<T>(&mut self, what: &'static str, known: fn(i64) -> Option<T>) -> Result<T, Outage> {
        let number = self.get()?;
        known(number).ok_or_else(|| self.corrupt(&format!("{number} is no {what}")))
    }

    /// The next field as what its small number stands for.
    fn known_small<T>(
        &mut self,
        what: &'static str,
        known: fn(u8) -> Option<T>,
    ) -> Result<T, Outage> {
        let number = self.get()?;
        known(number).ok_or_else(|| self.corrupt(&format!("{number} is no {what}")))
    }

    /// The next field as a caller's reference.
    fn reference(&mut self) -> Result<CallerReference, Outage> {
        self.text(|text| {
            let reference = text.map(CallerReference::parse);
            reference
                .and_then(Result::ok)
                .ok_or_else(|| "no caller reference".to_owned())
        })
    }

    /// The next field as JSON.
    fn json<T: DeserializeOwned>(&mut self) -> Result<T, Outage> {
        self.text(|text| {
            let text = text.ok_or("no JSON")?;
            serde_json::from_str(text).map_err(|problem| problem.to_string())
        })
    }
}

/// Something that stands in one column.
pub trait Value {
    /// Puts it there.
    fn put_into(&self, to: &mut (impl Values + ?Sized)) -> Result<(), Outage>;

    /// Puts nothing there.
    fn put_none(to: &mut (impl Values + ?Sized)) -> Result<(), Outage>;
}

/// Something that is read from one column.
pub trait Stored: Sized {
    /// Reads it.
    fn read(from: &mut impl Fields) -> Result<Self, Outage>;
}

/// Something that is read from one column, or is missing there.
pub trait Present: Sized {
    /// Reads it, if it is there.
    fn read_if_any(from: &mut impl Fields) -> Result<Option<Self>, Outage>;
}

impl<T: Present> Stored for T {
    fn read(from: &mut impl Fields) -> Result<T, Outage> {
        let found = T::read_if_any(from)?;
        found.ok_or_else(|| from.corrupt("a value is missing"))
    }
}

impl<T: Present> Stored for Option<T> {
    fn read(from: &mut impl Fields) -> Result<Option<T>, Outage> {
        T::read_if_any(from)
    }
}

impl<T: Value> Value for Option<T> {
    fn put_into(&self, to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
        match self {
            Some(value) => value.put_into(to),
            None => T::put_none(to),
        }
    }

    fn put_none(to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
        T::put_none(to)
    }
}

impl<T: Value + ?Sized> Value for &T {
    fn put_into(&self, to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
        (**self).put_into(to)
    }

    fn put_none(to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
        T::put_none(to)
    }
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        impl Value for $number {
            fn put_into(&self, to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
                to.int(Some(i64::from(*self)))
            }

            fn put_none(to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
                to.int(None)
            }
        }

        impl Present for $number {
            fn read_if_any(from: &mut impl Fields) -> Result<Option<$number>, Outage> {
                let Some(number) = from.int()? else {
                    return Ok(None);
                };
                let fits = <$number>::try_from(number).ok();
                fits.map(Some).ok_or_else(|| from.corrupt("a number is out of range"))
            }
        }
    )*};
}

whole_numbers!(i64, u8, u16, u32);

impl Value for bool {
    fn put_into(&self, to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
        to.int(Some(i64::from(*self)))
    }

    fn put_none(to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
        to.int(None)
    }
}

impl Present for bool {
    fn read_if_any(from: &mut impl Fields) -> Result<Option<bool>, Outage> {
        match from.int()? {
            None => Ok(None),
            Some(0) => Ok(Some(false)),
            Some(1) => Ok(Some(true)),
            Some(_) => Err(from.corrupt("a flag is neither 0 nor 1")),
        }
    }
}

macro_rules! of_slices {
    ($($put:ident: $($owned:ty),*;)*) => {$($(
        impl Value for $owned {
            fn put_into(&self, to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
                to.$put(Some(self))
            }

            fn put_none(to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
                to.$put(None)
            }
        }
    )*)*};
}

of_slices! {
    text: str, String;
    bytes: [u8], Vec<u8>;
}

impl<const LENGTH: usize> Value for [u8; LENGTH] {
    fn put_into(&self, to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
        to.bytes(Some(self))
    }

    fn put_none(to: &mut (impl Values + ?Sized)) -> Result<(), Outage> {
        to.bytes(None)
    }
}

impl Present for String {
    fn read_if_any(from: &mut impl Fields) -> Result<Option<String>, Outage> {
        from.text(|text| Ok(text.map(str::to_owned)))
    }
}

impl Present for Vec<u8> {
    fn read_if_any(from: &mut impl Fields) -> Result<Option<Vec<u8>>, Outage> {
        from.bytes(|bytes| Ok(bytes.map(<[u8]>::to_vec)))
    }
}

impl<const LENGTH: usize> Present for [u8; LENGTH] {
    fn read_if_any(from: &mut impl Fields) -> Result<Option<[u8; LENGTH]>, Outage> {
        from.bytes(|bytes| {
            let fixed = bytes.map(<[u8; LENGTH]>::try_from).transpose();
            fixed.map_err(|_| format!("not {LENGTH} bytes"))
        })
    }
}
