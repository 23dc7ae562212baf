//! JSON for people: tables for lists, lines for single things.

use serde_json::Value;

/// Writes a value as a person reads it.
pub fn print(value: &Value) {
    match value {
        Value::Array(rows) if rows.is_empty() => println!("nothing"),
        Value::Array(rows) => print_rows(rows),
        Value::Object(fields) => {
            let width = fields.keys().map(String::len).max().unwrap_or(0);
            for (name, field) in fields {
                match field {
                    Value::Array(rows) if rows.iter().any(Value::is_object) => {
                        println!("\n{name}");
                        print_rows(rows);
                    }
                    Value::Object(inner) => {
                        println!("{name:width$}");
                        for (name, field) in inner {
                            println!("  {name:width$}  {}", plain(field));
                        }
                    }
                    Value::Null
                    | Value::Bool(_)
                    | Value::Number(_)
                    | Value::String(_)
                    | Value::Array(_) => println!("{name:width$}  {}", plain(field)),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            println!("{}", plain(value));
        }
    }
}

/// One value as text.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn print_rows(rows: &[Value]) {
    let mut names: Vec<&String> = Vec::new();
    for row in rows.iter().filter_map(Value::as_object) {
        for name in row.keys() {
            let nested = row
                .get(name)
                .is_some_and(|field| field.is_object() || field.is_array());
            if !names.contains(&name) && !nested {
                names.push(name);
            }
        }
    }
    let cell = |row: &Value, name: &String| row.get(name).map_or_else(|| "-".to_owned(), plain);
    let widths: Vec<usize> = names
        .iter()
        .map(|name| {
            let cells = rows.iter().map(|row| cell(row, name).chars().count());
            cells.chain([name.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: Vec<String>| {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        println!("{}", padded.collect::<Vec<_>>().join("  ").trim_end());
    };
    line(names.iter().map(|name| (*name).clone()).collect());
    line(widths.iter().map(|width| "-".repeat(*width)).collect());
    for row in rows {
        line(names.iter().map(|name| cell(row, name)).collect());
    }
}
