//! Which of our crates may import which: the shape of the house, written once.
//!
//! **Invariant:** a crate imports only crates above it in [`ARROWS`], so the arrows cannot close a
//! circle. The same table stands in ARCHITECTURE.md for people; `cargo xtask arrows` prints it,
//! with `--write` it puts it there.
//! A new arrow needs a decision page.

use super::graph::Member;

/// The page that shows the table to people.
pub const PAGE: &str = "ARCHITECTURE.md";

const OPENING: &str = "<!-- arrows -->";
const CLOSING: &str = "<!-- /arrows -->";

/// What one crate may import of ours, names parted by blanks.
struct Row {
    name: &'static str,
    /// In its code.
    imports: &'static str,
    /// In its tests, beside that.
    in_tests: &'static str,
}

const fn row(name: &'static str, imports: &'static str, in_tests: &'static str) -> Row {
    Row {
        name,
        imports,
        in_tests,
    }
}

const ARROWS: &[Row] = &[
    row("money", "", ""),
    row("ledger", "money", ""),
    row("payments", "money ledger", "test-kit"),
    row("xml", "", ""),
    row("rsa-sha1", "", ""),
    row("signing", "xml rsa-sha1", "test-kit"),
    row("wire", "money payments xml signing", ""),
    row("store", "money ledger payments", ""),
    row(
        "test-kit",
        "money ledger payments xml rsa-sha1 signing store",
        "",
    ),
    row("gathered-log", "", ""),
    row(
        "store-sqlite",
        "money ledger payments store gathered-log",
        "test-kit",
    ),
    row("store-postgres", "ledger payments store", "audit test-kit"),
    row("vault", "", ""),
    row(
        "accounts",
        "payments signing store vault",
        "store-sqlite test-kit",
    ),
    row("processor", "money payments vault gathered-log", "test-kit"),
    row(
        "workers",
        "money payments signing wire store vault processor",
        "store-sqlite test-kit",
    ),
    row("pages", "money payments", ""),
    row(
        "audit",
        "money",
        "ledger payments store store-sqlite test-kit",
    ),
    row(
        "server",
        "money ledger payments xml signing wire store store-sqlite store-postgres vault accounts \
         processor \
         workers pages",
        "audit rsa-sha1 test-kit",
    ),
    row(
        "cli",
        "money ledger payments signing store store-sqlite workers audit server",
        "processor wire xml test-kit",
    ),
    row("fuzz", "money payments xml signing wire server", ""),
    row(
        "xtask",
        "money payments rsa-sha1 signing wire store store-postgres store-sqlite",
        "",
    ),
];

/// Crates that reach nothing: no network, no database, no runtime.
const PURE: &[&str] = &[
    "money", "ledger", "payments", "xml", "rsa-sha1", "signing", "wire", "pages",
];

/// What a pure crate may not import, because it reaches something.
const REACHING: &[&str] = &[
    "axum",
    "hyper",
    "hyper-util",
    "rusqlite",
    "rustls",
    "tokio",
    "tokio-postgres",
    "tokio-rustls",
];

/// The table in Markdown, between its marks.
pub fn table() -> String {
    let mut lines = vec![
        OPENING.to_owned(),
        "| crate | may import | in its tests also |".to_owned(),
        "|---|---|---|".to_owned(),
    ];
    for row in ARROWS {
        let (imports, in_tests) = (quoted(row.imports), quoted(row.in_tests));
        lines.push(format!("| `{}` | {imports} | {in_tests} |", row.name));
    }
    lines.push(CLOSING.to_owned());
    lines.join("\n")
}

fn quoted(names: &str) -> String {
    if names.is_empty() {
        return "–".to_owned();
    }
    names
        .split_whitespace()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn lists(names: &str, wanted: &str) -> bool {
    names.split_whitespace().any(|name| name == wanted)
}

/// Where the page's table differs from ours.
pub fn differences(page: &str) -> Option<String> {
    match with_table(page) {
        None => Some(format!(
            "{PAGE} has no table between {OPENING} and {CLOSING}"
        )),
        Some(renewed) if renewed == page => None,
        Some(_) => Some(format!("{PAGE}: run `cargo xtask arrows --write`")),
    }
}

/// The page with our table where its own stands; `None` when it has no place for one.
pub fn with_table(page: &str) -> Option<String> {
    let (before, rest) = page.split_once(OPENING)?;
    let (_, after) = rest.split_once(CLOSING)?;
    Some(format!("{before}{}{after}", table()))
}

/// Which crates import what they may not.
pub fn breaches(members: &[Member]) -> Vec<String> {
    let ours: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    let mut findings: Vec<String> = ARROWS
        .iter()
        .filter(|row| !ours.contains(&row.name))
        .map(|row| {
            format!(
                "the table of arrows names `{}`, which does not exist",
                row.name
            )
        })
        .collect();
    for member in members {
        let Some(row) = ARROWS.iter().find(|row| row.name == member.name) else {
            findings.push(format!(
                "`{}` is missing in the table of arrows",
                member.name
            ));
            continue;
        };
        findings.extend(wrong_imports(member, row, &ours));
    }
    findings
}

fn wrong_imports(member: &Member, row: &Row, ours: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    for import in member.imports.iter().map(String::as_str) {
        if ours.contains(&import) && !lists(row.imports, import) {
            findings.push(format!("{} → {import}: no such arrow", row.name));
        }
        if PURE.contains(&row.name) && REACHING.contains(&import) {
            findings.push(format!(
                "{} → {import}: a pure crate reaches nothing",
                row.name
            ));
        }
    }
    for import in member.test_imports.iter().map(String::as_str) {
        let allowed = lists(row.imports, import) || lists(row.in_tests, import);
        if ours.contains(&import) && !allowed {
            findings.push(format!("{} → {import}: no such arrow in tests", row.name));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, imports: &str, test_imports: &str) -> Member {
        let names = |list: &str| list.split_whitespace().map(str::to_owned).collect();
        Member {
            name: name.to_owned(),
            imports: names(imports),
            test_imports: names(test_imports),
            programs: names(""),
        }
    }

    #[test]
    fn every_arrow_points_inward() {
        let place = |name: &str| ARROWS.iter().position(|row| row.name == name);
        for row in ARROWS {
            for import in row.imports.split_whitespace() {
                assert!(place(import).is_some(), "{import} is no crate");
                assert!(place(import) < place(row.name), "{} → {import}", row.name);
            }
            // Tests may use what stands on the crate: they close no circle in the code.
            for import in row.in_tests.split_whitespace() {
                assert!(place(import).is_some(), "{import} is no crate");
            }
        }
        for name in PURE {
            let row = ARROWS
                .iter()
                .find(|row| row.name == *name)
                .expect("a pure crate is a crate");
            assert!(
                row.imports
                    .split_whitespace()
                    .all(|import| PURE.contains(&import)),
                "{name}"
            );
        }
    }

    #[test]
    fn imports_beyond_the_table_are_found() {
        let mut members: Vec<Member> = ARROWS
            .iter()
            .map(|row| member(row.name, row.imports, row.in_tests))
            .collect();
        assert_eq!(breaches(&members), Vec::<String>::new());

        members.retain(|kept| !["money", "payments", "cli"].contains(&kept.name.as_str()));
        members.push(member("money", "serde", "ledger proptest"));
        members.push(member("payments", "store tokio", "tokio"));
        members.push(member("common", "", ""));
        let expected = [
            "the table of arrows names `cli`, which does not exist",
            "money → ledger: no such arrow in tests",
            "payments → store: no such arrow",
            "payments → tokio: a pure crate reaches nothing",
            "`common` is missing in the table of arrows",
        ];
        assert_eq!(breaches(&members), expected);
    }

    #[test]
    fn the_page_must_hold_the_same_table() {
        let page = format!("before\n{}\nafter", table());
        assert_eq!(differences(&page), None);
        assert!(differences("no table").is_some_and(|text| text.contains("has no table")));
        let changed = page.replace("| `ledger` | `money`", "| `ledger` | `xml`");
        assert!(differences(&changed).is_some_and(|text| text.contains("arrows --write")));
        assert_eq!(with_table(&changed), Some(page));
    }
}
