//! Only SQL that every engine of PostgreSQL's protocol runs: what the crate promises in its first lines.

use std::path::Path;

/// Words of statements that some engine lacks, or runs otherwise.
const NOWHERE: [&str; 15] = [
    "PG_ADVISORY",
    "PG_TRY_ADVISORY",
    "LISTEN ",
    "NOTIFY ",
    "CREATE TRIGGER",
    "CREATE SEQUENCE",
    "CREATE FUNCTION",
    " SERIAL",
    "BIGSERIAL",
    "NEXTVAL",
    "IDENTITY",
    "FOREIGN KEY",
    "KEY REFERENCES",
    "NULL REFERENCES",
    "CREATE TEMP",
];

/// The statements of a source file and nothing else of it: texts, without comments.
fn statements(source: &str) -> String {
    let code = source.lines().map(str::trim_start);
    let code = code.filter(|line| !line.starts_with("//") && !line.starts_with("--"));
    let code: Vec<&str> = code
        .map(|line| line.split_once(" -- ").map_or(line, |(before, _)| before))
        .collect();
    code.join("\n").to_uppercase()
}

fn read(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.display().to_string();
        if path.is_dir() {
            // What tests say is said to PostgreSQL.
            if !path.ends_with("tests") {
                read(&path, found);
            }
        } else {
            let source = std::fs::read_to_string(&path).expect("a source");
            found.push((name, statements(&source)));
        }
    }
}

#[test]
fn no_statement_needs_more_than_plain_sql() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "migrations"] {
        read(&root.join(folder), &mut sources);
    }
    assert!(30 < sources.len(), "{}", sources.len());
    for (name, statements) in &sources {
        for word in NOWHERE {
            assert!(!statements.contains(word), "{name} has {word}");
        }
    }
}

#[test]
fn comments_are_no_statements() {
    let source =
        "// LISTEN here\nlet sql = \"SELECT 1\";\n    -- a SERIAL\nkey BIGINT, -- no serial\n";
    assert_eq!(statements(source), "LET SQL = \"SELECT 1\";\nKEY BIGINT,");
}
