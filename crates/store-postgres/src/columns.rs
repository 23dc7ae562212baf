//! The values of many rows, column by column, in the form in which they go to the server.
//!
//! Each value is written once, straight into its array: a batch has some tens of values a row. A
//! column whose rows all have the same value keeps it once, and can go as that one value: in a batch
//! most moments, states, currencies and empty fields are the same.

use store::Outage;
use store::rows::codec::Values;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, private::BytesMut};

/// The length that stands for no value.
const NULL: i32 = -1;
/// Bytes of the length before each element.
const LENGTH_BYTES: usize = size_of::<i32>();

/// Values of many rows, column by column.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    arrays: Vec<Parameter>,
    at: usize,
}

#[derive(Debug)]
enum Parameter {
    Array(Array),
    Int(i64),
    Blob(Vec<u8>),
}

/// A column: its elements, each behind its length; only the first as long as all are the same.
#[derive(Debug)]
struct Array {
    element: Type,
    count: i32,
    is_same: bool,
    has_null: bool,
    elements: Vec<u8>,
}

impl Columns {
    /// One array of whole numbers.
    pub(crate) fn of_ints(ints: impl IntoIterator<Item = i64>) -> Columns {
        let mut array = Array::of(Type::INT8);
        for int in ints {
            array.push(Some(&int.to_be_bytes()));
        }
        Columns {
            arrays: vec![Parameter::Array(array)],
            at: 0,
        }
    }

    /// Adds a parameter that is a whole number, not an array.
    pub(crate) fn and(mut self, int: i64) -> Columns {
        self.arrays.push(Parameter::Int(int));
        self
    }

    /// Adds a parameter of bytes, not an array.
    pub(crate) fn and_bytes(mut self, bytes: &[u8]) -> Columns {
        self.arrays.push(Parameter::Blob(bytes.to_owned()));
        self
    }

    /// The next row begins.
    pub(crate) fn next_row(&mut self) {
        self.at = 0;
    }

    /// Which columns have one value in all rows, the first in the lowest bit.
    pub(crate) fn same(&self) -> u64 {
        let same = |parameter: &Parameter| match parameter {
            Parameter::Array(array) => array.is_same,
            Parameter::Int(_) | Parameter::Blob(_) => false,
        };
        let bits = self.arrays.iter().take(64).enumerate();
        bits.fold(0, |bits, (at, column)| bits | u64::from(same(column)) << at)
    }

    pub(crate) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.arrays.iter().map(Parameter::value).collect()
    }

    /// Puts a value into the next column; the first row says of what kind it is.
    fn put_next(&mut self, kind: &Type, value: Option<&[u8]>) {
        let at = self.at;
        self.at += 1;
        if self.arrays.len() <= at {
            self.arrays.push(Parameter::Array(Array::of(kind.clone())));
        }
        match &mut self.arrays[at] {
            Parameter::Array(array) => {
                debug_assert_eq!(array.element, *kind, "a column has one kind");
                array.push(value);
            }
            Parameter::Int(_) | Parameter::Blob(_) => unreachable!("rows are arrays"),
        }
    }
}

impl Values for Columns {
    fn int(&mut self, value: Option<i64>) -> Result<(), Outage> {
        let bytes = value.map(i64::to_be_bytes);
        self.put_next(&Type::INT8, bytes.as_ref().map(<[u8; 8]>::as_slice));
        Ok(())
    }

    fn text(&mut self, value: Option<&str>) -> Result<(), Outage> {
        if value.is_some_and(|text| text.contains('\0')) {
            return Err(Outage::Failed {
                doing: "writing a text",
                reason: "PostgreSQL keeps no text with a zero byte in it".to_owned(),
            });
        }
        self.put_next(&Type::TEXT, value.map(str::as_bytes));
        Ok(())
    }

    fn bytes(&mut self, value: Option<&[u8]>) -> Result<(), Outage> {
        self.put_next(&Type::BYTEA, value);
        Ok(())
    }
}

impl Parameter {
    fn value(&self) -> &(dyn ToSql + Sync) {
        match self {
            Parameter::Array(array) => array,
            Parameter::Int(value) => value,
            Parameter::Blob(value) => value,
        }
    }
}

impl Array {
    fn of(element: Type) -> Array {
        Array {
            element,
            count: 0,
            is_same: true,
            has_null: false,
            elements: Vec::new(),
        }
    }

    fn push(&mut self, value: Option<&[u8]>) {
        self.count += 1;
        if 1 < self.count && self.is_same {
            if self.first() == value {
                return;
            }
            self.is_same = false;
            let first = self.elements.clone();
            for _ in 2..self.count {
                self.elements.extend_from_slice(&first);
            }
        }
        self.write(value);
    }

    fn write(&mut self, value: Option<&[u8]>) {
        let Some(value) = value else {
            self.has_null = true;
            self.elements.extend_from_slice(&NULL.to_be_bytes());
            return;
        };
        // What is longer, the server would refuse anyway.
        let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
        self.elements.extend_from_slice(&length.to_be_bytes());
        self.elements.extend_from_slice(value);
    }

    /// The value that stands first; only asked while it is the only one.
    fn first(&self) -> Option<&[u8]> {
        let (length, value) = self.elements.split_at(LENGTH_BYTES);
        (length != NULL.to_be_bytes()).then_some(value)
    }

    fn is_array(&self, kind: &Type) -> bool {
        matches!(kind.kind(), Kind::Array(element) if *element == self.element)
    }
}

impl ToSql for Array {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        if *kind == self.element {
            return Ok(match self.first() {
                Some(value) => {
                    out.extend_from_slice(value);
                    IsNull::No
                }
                None => IsNull::Yes,
            });
        }
        // One dimension, whether there are nulls, whose elements, how many, the number of the first.
        let head = [1, i32::from(self.has_null)].map(i32::to_be_bytes);
        out.extend_from_slice(head.as_flattened());
        out.extend_from_slice(&self.element.oid().to_be_bytes());
        let size = [self.count, 1].map(i32::to_be_bytes);
        out.extend_from_slice(size.as_flattened());
        let times = if self.is_same { self.count } else { 1 };
        for _ in 0..times {
            out.extend_from_slice(&self.elements);
        }
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        let elements = [Type::INT8, Type::TEXT, Type::BYTEA];
        if let Kind::Array(element) = kind.kind() {
            return elements.contains(element);
        }
        elements.contains(kind)
    }

    fn to_sql_checked(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let is_one = *kind == self.element && self.is_same && 0 < self.count;
        if !is_one && !self.is_array(kind) {
            return Err(format!("{kind} is no array of {}", self.element).into());
        }
        self.to_sql(kind, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the library writes for the same array.
    fn expected(value: &(dyn ToSql + Sync), kind: &Type) -> Vec<u8> {
        let mut out = BytesMut::new();
        value.to_sql_checked(kind, &mut out).unwrap();
        out.to_vec()
    }

    #[test]
    fn arrays_are_written_as_the_library_writes_them() {
        let mut columns = Columns::default();
        let ints = [Some(7), None, Some(i64::MIN)];
        let texts = [Some("é"), Some(""), None];
        let blobs: [Option<&[u8]>; 3] = [None, Some(&[0, 255]), Some(&[])];
        for ((int, text), blob) in ints.into_iter().zip(texts).zip(blobs) {
            columns.next_row();
            columns.int(int).unwrap();
            columns.text(text).unwrap();
            columns.bytes(blob).unwrap();
        }
        let none = Columns::of_ints([]);
        let cases: [(&Columns, usize, &(dyn ToSql + Sync), Type); 4] = [
            (&columns, 0, &ints.as_slice(), Type::INT8_ARRAY),
            (&columns, 1, &texts.as_slice(), Type::TEXT_ARRAY),
            (&columns, 2, &blobs.as_slice(), Type::BYTEA_ARRAY),
            (&none, 0, &Vec::<i64>::new(), Type::INT8_ARRAY),
        ];
        for (columns, at, value, kind) in cases {
            let written = expected(columns.parameters()[at], &kind);
            assert_eq!(written, expected(value, &kind), "{kind}");
        }
    }

    #[test]
    fn what_is_the_same_in_all_rows_is_one_value_or_an_array() {
        let mut columns = Columns::default();
        for row in 0..3 {
            columns.next_row();
            columns.int(Some(7)).unwrap();
            columns.int(None).unwrap();
            columns.text(Some(["a", "a", "b"][row])).unwrap();
            columns.bytes(Some(&[1])).unwrap();
        }
        assert_eq!(columns.same(), 0b1011);
        let none: Option<i64> = None;
        let cases: [(usize, &(dyn ToSql + Sync), Type); 6] = [
            (0, &7_i64, Type::INT8),
            (0, &vec![7_i64; 3], Type::INT8_ARRAY),
            (1, &none, Type::INT8),
            (1, &vec![none; 3], Type::INT8_ARRAY),
            (2, &vec!["a", "a", "b"], Type::TEXT_ARRAY),
            (3, &vec![[1_u8].as_slice(); 3], Type::BYTEA_ARRAY),
        ];
        for (at, value, kind) in cases {
            let written = expected(columns.parameters()[at], &kind);
            assert_eq!(written, expected(value, &kind), "{at} as {kind}");
        }
        let mut out = BytesMut::new();
        let several = columns.parameters()[2].to_sql_checked(&Type::TEXT, &mut out);
        assert!(several.is_err(), "different values are not one");
    }

    #[test]
    fn an_array_of_another_kind_is_refused() {
        let ints = Columns::of_ints([1]);
        let mut out = BytesMut::new();
        let refused = ints.parameters()[0].to_sql_checked(&Type::TEXT_ARRAY, &mut out);
        assert!(refused.is_err(), "whole numbers are no texts");
    }
}
