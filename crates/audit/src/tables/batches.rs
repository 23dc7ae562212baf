//! Which batches belong to a time. Each lane has its own, dense in number, and their keys grow.

use super::Value::Whole;
use super::rows::{BATCH_FROM, LANE, LAST_BATCH, TOUCHED};
use super::{Columns, PAGE_ROWS, Tables, limit};
use crate::Outage;
use crate::packed::unpack;

/// Finds the batches of a time, lane by lane.
pub(super) trait Batches: Tables {
    fn lanes(&self) -> Result<Vec<i64>, Outage> {
        let mut lanes = Vec::new();
        loop {
            let last = lanes.last().copied().unwrap_or(i64::MIN);
            let count = self.read("reading lanes", LANE, &[Whole(last)], |row| {
                lanes.push(row.int(0)?);
                Ok(())
            })?;
            if count == 0 {
                return Ok(lanes);
            }
        }
    }

    /// The number and last key of the batch with this number, or of the next one there is.
    fn batch_from(&self, lane: i64, number: i64) -> Result<Option<(i64, i64)>, Outage> {
        let mut found = None;
        self.read(
            "reading a batch",
            BATCH_FROM,
            &[Whole(lane), Whole(number)],
            |row| {
                found = Some((row.int(0)?, row.int(1)?));
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// The first number of a lane whose batch used this key or a later one.
    fn first_number(&self, lane: i64, key: i64) -> Result<i64, Outage> {
        let mut last: i64 = 0;
        self.read("reading a batch", LAST_BATCH, &[Whole(lane)], |row| {
            last = row.int(0)?;
            Ok(())
        })?;
        let (mut low, mut high) = (0, last.saturating_add(1));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.batch_from(lane, middle)? {
                Some((number, last_key)) if last_key < key => low = number.saturating_add(1),
                Some(_) | None => high = middle,
            }
        }
        Ok(low)
    }

    /// The transactions written by the batches of a lane from a number on.
    fn touched_from(&self, lane: i64, from: i64, into: &mut Vec<i64>) -> Result<(), Outage> {
        let mut next = from;
        loop {
            let start = next;
            let count = self.read(
                "reading batches",
                TOUCHED,
                &[Whole(lane), Whole(start), limit(PAGE_ROWS)],
                |row| {
                    next = row.int(0)?.saturating_add(1);
                    into.extend(unpack(row.bytes(1)?).unwrap_or_default());
                    Ok(())
                },
            )?;
            if count < PAGE_ROWS {
                return Ok(());
            }
        }
    }
}

impl<T: Tables> Batches for T {}
