//! The SQL of this crate is SQL that engines which speak PostgreSQL's protocol run too.
//!
//! All texts are read from the sources, whoever sends them and however they are put together. What
//! CockroachDB or YugabyteDB lack, or lacked in releases that are still in use, is named below and must
//! not occur; functions must be among those that all of them have.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Words that no statement may have, and what they would bring in.
const LACKING: &[(&[&str], &str)] = &[
    (
        &["LISTEN", "NOTIFY", "UNLISTEN"],
        "messages between sessions",
    ),
    (&["TRIGGER", "RULE"], "what happens by itself"),
    (
        &[
            "SERIAL",
            "BIGSERIAL",
            "SMALLSERIAL",
            "SEQUENCE",
            "GENERATED",
            "IDENTITY",
            "NEXTVAL",
        ],
        "numbers of one place for all",
    ),
    (
        &["CTID", "XMIN", "XMAX", "CMIN", "CMAX", "TABLEOID"],
        "how one engine keeps rows",
    ),
    (
        &["PLPGSQL", "FUNCTION", "PROCEDURE", "DO $$", "CALL"],
        "programs in the database",
    ),
    (
        &[
            "REFERENCES",
            "FOREIGN",
            "EXCLUDE",
            "DEFERRABLE",
            "CHECK",
            "DOMAIN",
        ],
        "checks that reach other rows",
    ),
    (&["COLLATE"], "orders that differ from engine to engine"),
    (
        &["SAVEPOINT", "DECLARE", "FETCH", "CURSOR", "PREPARED"],
        "state within a transaction",
    ),
    (
        &["TEMP", "TEMPORARY", "UNLOGGED", "TABLESPACE", "INHERITS"],
        "other kinds of tables",
    ),
    (&["LOCK"], "locks of whole tables"),
    (
        &[
            "ORDINALITY",
            "LATERAL",
            "TABLESAMPLE",
            "MERGE",
            "COPY",
            "CONSTRAINT",
            "CONCURRENTLY",
            "EXTENSION",
            "VACUUM",
            "ANALYZE",
            "CLUSTER",
        ],
        "what some lack, or do otherwise",
    ),
];

/// Functions that all of them have.
const FUNCTIONS: [&str; 12] = [
    "any",
    "array_agg",
    "clock_timestamp",
    "coalesce",
    "count",
    "current_schema",
    "extract",
    "greatest",
    "max",
    "min",
    "sum",
    "unnest",
];

/// Types that all of them have, under these names.
const TYPES: [&str; 6] = ["bytea", "int4", "int8", "text", "{kind}", "{}"];

/// Words of which a literal of the sources has one exactly when it is SQL, or a part of it.
const VERBS: [&str; 14] = [
    "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "BEGIN", "COMMIT", "ROLLBACK",
    "SET", "SHOW", "WHERE", "FOR", "CASE",
];

/// A literal's place and text.
struct Text {
    file: String,
    text: String,
}

/// Texts for which there is another way where an engine refuses them.
const REPLACEABLE: [&str; 2] = [
    "SAVEPOINT alone; LOCK TABLE lanes IN ACCESS EXCLUSIVE MODE",
    "ROLLBACK TO SAVEPOINT alone",
];

fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut files) = (vec![root.join("src"), root.join("migrations")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of this crate") {
            let path = entry.expect("an entry").path();
            // What tests say is said to PostgreSQL.
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The literals of a source file, without its tests; the whole of a file of SQL, without its comments.
fn texts(path: &Path) -> Vec<Text> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let content = std::fs::read_to_string(path).expect("a source");
    let found = if path.extension().is_some_and(|ending| ending == "sql") {
        let lines = content.lines().map(|line| line.split("--").next());
        vec![lines.flatten().collect::<Vec<_>>().join("\n")]
    } else {
        let tests = content.find("#[cfg(test)]").unwrap_or(content.len());
        literals(&content[..tests])
    };
    let text = |text| Text {
        file: file.clone().into_owned(),
        text,
    };
    found.into_iter().map(text).collect()
}

fn literals(content: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in joined(content).lines() {
        let code = line.trim_start();
        if code.starts_with("//") {
            continue;
        }
        // Between the first and the second quote is a literal, and between each further two.
        let plain = code.replace("\\\"", "'").replace("'\"'", "''");
        found.extend(plain.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    found
}

/// Lines that end in a backslash go on in the next one.
fn joined(content: &str) -> String {
    content.replace("\\\n", " ")
}

fn is_sql(text: &str) -> bool {
    words(text).any(|word| VERBS.contains(&word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
}

/// What of a text not every engine has.
fn lacking(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let upper = text.to_uppercase();
    for (names, why) in LACKING {
        let has = |name: &&&str| words(&upper).any(|word| word == **name);
        let named = names.iter().filter(has);
        found.extend(named.map(|name| format!("{name}: {why}")));
    }
    // A name right before a parenthesis is called; what has a space between is no function.
    for (at, _) in text.match_indices('(') {
        let name = words(&text[..at]).last().unwrap_or_default().to_lowercase();
        if !name.is_empty() && !FUNCTIONS.contains(&name.as_str()) {
            found.push(format!("the function {name}"));
        }
    }
    for (at, _) in text.match_indices("::") {
        let rest = text[at + 2..].split(|letter: char| {
            !letter.is_ascii_alphanumeric() && !['_', '{', '}'].contains(&letter)
        });
        let name = rest.into_iter().next().unwrap_or_default();
        if !TYPES.contains(&name) {
            found.push(format!("the type {name}"));
        }
    }
    found
}

#[test]
fn no_statement_needs_what_other_engines_lack() {
    let texts: Vec<Text> = sources().iter().flat_map(|path| texts(path)).collect();
    let is_meant = |text: &&Text| is_sql(&text.text) && !REPLACEABLE.contains(&text.text.as_str());
    let sql: Vec<&Text> = texts.iter().filter(is_meant).collect();
    let files: BTreeSet<&str> = sql.iter().map(|text| text.file.as_str()).collect();
    for file in [
        "0001_books.sql",
        "table.rs",
        "attempt.rs",
        "claim.rs",
        "find.rs",
    ] {
        assert!(files.contains(file), "{file} has SQL");
    }
    assert!(60 < sql.len(), "{} texts were found", sql.len());
    let found: Vec<String> = sql
        .iter()
        .flat_map(|text| {
            let found = lacking(&text.text).into_iter();
            found.map(|what| format!("{}: {what}: {}", text.file, text.text))
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_they_lack_is_noticed() {
    for (text, expected) in [
        (
            "SELECT pg_advisory_lock($1)",
            "the function pg_advisory_lock",
        ),
        ("SELECT ctid FROM works", "CTID: how one engine keeps rows"),
        ("LISTEN changes", "LISTEN: messages between sessions"),
        ("key BIGSERIAL", "BIGSERIAL: numbers of one place for all"),
        ("SELECT $1::regclass", "the type regclass"),
        (
            "SELECT 1 FROM unnest($1::int8[]) WITH ORDINALITY",
            "ORDINALITY: what some lack, or do otherwise",
        ),
    ] {
        assert_eq!(lacking(text), [expected], "{text}");
    }
    let plain = "INSERT INTO t (a, b) SELECT unnest($1::int8[]), count(*) FROM (SELECT 1) AS n";
    assert_eq!(lacking(plain), [""; 0]);
    let source = "// \"SELECT lost\"\nlet a = \"SELECT 1 \\\n    FROM t\"; let b = ('\"', \"c\");";
    assert_eq!(literals(source), ["SELECT 1      FROM t", "c"]);
}
