//! `export`: the books for finance, written as they are read.

use std::io::{BufWriter, ErrorKind, Write};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use server::admin::{Ask, Page, Table};

use crate::arguments::{Export, Exported, Format, Place};
use crate::ask::Asker;
use crate::{Done, Failure, serve};

/// Writes a table to standard output, page by page.
pub async fn run(place: &Place, export: Export, json: bool) -> Done {
    let settings = serve::settings(place, None)?;
    let format = match export.format {
        Some(format) => format,
        None if json => Format::Jsonl,
        None => Format::Csv,
    };
    let table = match export.table {
        Exported::Transactions => Table::Transactions,
        Exported::Postings => Table::Postings,
        Exported::Balances => Table::Balances,
        Exported::Holds => Table::Holds,
    };
    let dated = matches!(table, Table::Transactions | Table::Postings);
    if !dated && (export.from.is_some() || export.to.is_some()) {
        let reason =
            "balances and holds are those of now; --from and --to are for the other tables";
        return Err(Failure::untried(reason));
    }
    let from = export.from.as_deref().map(moment).transpose()?;
    let before = export.to.as_deref().map(moment).transpose()?;
    let mut asker = Asker::new(&settings);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut after, mut first) = (Some((0, 0)), true);
    while let Some(place) = after {
        let ask = Ask::Export {
            table,
            after: place,
            from,
            before,
        };
        let page: Page = serde_json::from_value(asker.put(ask).await?).map_err(Failure::untried)?;
        let written = write(&mut out, format, first, &page).and_then(|()| out.flush());
        match written {
            Ok(()) => {}
            // Whoever read it has seen enough, `head` for one.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break,
            Err(error) => return Err(Failure::untried(format!("writing: {error}"))),
        }
        (after, first) = (page.next, false);
    }
    asker.close().await;
    Ok(())
}

fn write(out: &mut impl Write, format: Format, first: bool, page: &Page) -> std::io::Result<()> {
    if format == Format::Csv && first {
        writeln!(out, "{}", page.columns.join(","))?;
    }
    for row in &page.rows {
        match format {
            Format::Csv => {
                let cells: Vec<String> = row.iter().map(cell).collect();
                writeln!(out, "{}", cells.join(","))?;
            }
            Format::Jsonl => {
                // A map of its own would put the columns in the order of the alphabet.
                let fields = page.columns.iter().zip(row);
                let fields =
                    fields.map(|(name, value)| format!("{}:{value}", Value::from(&**name)));
                writeln!(out, "{{{}}}", fields.collect::<Vec<_>>().join(","))?;
            }
        }
    }
    Ok(())
}

/// One cell of a spreadsheet. What is no number and would be taken for a formula gets an apostrophe in
/// front: callers choose their references, and must not choose what finance's spreadsheet does.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text.as_str(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            return value.to_string();
        }
    };
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_decimal(text);
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A moment in milliseconds; a bare date is its midnight in UTC.
fn moment(text: &str) -> Result<i64, Failure> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Ok(moment.as_millisecond());
    }
    let day: Result<Date, _> = text.parse();
    let midnight = day.and_then(|day| day.to_zoned(TimeZone::UTC));
    let told = || format!("`{text}` is no moment such as 2026-11-01 or 2026-11-01T12:00:00Z");
    let midnight = midnight.map_err(|_| Failure::untried(told()))?;
    Ok(midnight.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{cell, moment};

    #[test]
    fn cells_are_safe_to_open() {
        let cases: [(Value, &str); 10] = [
            (json!(null), ""),
            (json!(7), "7"),
            (json!("10.000000"), "10.000000"),
            (json!("-10.000000"), "-10.000000"),
            (json!("plain"), "plain"),
            (json!("a,b"), "\"a,b\""),
            (json!("say \"no\""), "\"say \"\"no\"\"\""),
            (json!("two\nlines"), "\"two\nlines\""),
            (json!("=1+1"), "'=1+1"),
            (json!("-1+A1,x"), "\"'-1+A1,x\""),
        ];
        for (value, expected) in cases {
            assert_eq!(cell(&value), expected, "{value}");
        }
    }

    #[test]
    fn moments_are_read() {
        let cases = [
            ("1970-01-02", Some(86_400_000)),
            ("1970-01-01T00:00:01Z", Some(1_000)),
            ("1970-01-01T01:00:00+01:00", Some(0)),
            ("yesterday", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(moment(text).ok(), expected, "{text}");
        }
    }
}
