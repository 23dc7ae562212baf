//! Tables and marked blocks of Markdown.

use std::fmt::Write as _;

/// A table with its columns aligned; the first row is its head.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(&widths) {
            put(&mut text, format_args!("| {cell:<width$} "));
        }
        text.push_str("|\n");
        if at == 0 {
            for width in &widths {
                put(&mut text, format_args!("|{:-<1$}", "", width + 2));
            }
            text.push_str("|\n");
        }
    }
    text
}

/// The page with the text between the marks of a block replaced; `None` when it has no such marks.
pub fn with_block(page: &str, name: &str, text: &str) -> Option<String> {
    let (opening, closing) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let (before, rest) = page.split_once(&opening)?;
    let (_, after) = rest.split_once(&closing)?;
    let text = text.trim_end();
    Some(format!("{before}{opening}\n{text}\n{closing}{after}"))
}

/// Appends words to a text.
pub fn put(text: &mut String, words: std::fmt::Arguments<'_>) {
    text.write_fmt(words)
        .expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_aligned() {
        let rows = [["a", "bb"], ["ccc", "µ"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "| a   | bb |\n|-----|----|\n| ccc | µ  |\n");
    }

    #[test]
    fn only_the_text_between_the_marks_changes() {
        let page = "before\n<!-- bench a -->\nold\n<!-- /bench a -->\nafter\n";
        let new = with_block(page, "bench a", "new\n\n").expect("the marks are there");
        assert_eq!(
            new,
            "before\n<!-- bench a -->\nnew\n<!-- /bench a -->\nafter\n"
        );
        assert_eq!(with_block(&new, "bench a", "new"), Some(new.clone()));
        assert_eq!(with_block(page, "bench b", "new"), None);
    }
}
