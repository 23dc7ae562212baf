//! Rules that look at the tree as a whole: crates, their promises, decision pages, the map.

use super::Files;

const DECISIONS: &str = "docs/decisions/";
const MAP: &str = "ARCHITECTURE.md";

/// What is wrong with the tree.
pub fn findings(paths: &[String], files: &Files) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (path, text) in files {
        if is_crate_root(path) && !text.starts_with("//!") {
            found.push(format!("{path}: a crate opens with its promise, `//!`"));
        }
    }
    found.extend(decision_findings(paths));
    if let Some(map) = files.get(MAP) {
        found.extend(unmapped(paths, map));
    }
    found
}

fn is_crate_root(path: &str) -> bool {
    let inside = path
        .strip_prefix("xtask/")
        .or_else(|| in_crates(path).map(|(_, rest)| rest));
    inside.is_some_and(|rest| rest == "src/lib.rs" || rest == "src/main.rs")
}

/// The crate's name and the rest of the path, for what lies below `crates/`.
fn in_crates(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("crates/")?.split_once('/')
}

/// Decision pages are `NNNN-title.md`, from 0001 on, each number once and none left out.
fn decision_findings(paths: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut numbers: Vec<u32> = Vec::new();
    for name in paths.iter().filter_map(|path| path.strip_prefix(DECISIONS)) {
        match number_of(name) {
            Some(number) => numbers.push(number),
            None => found.push(format!("{DECISIONS}{name}: the name is not NNNN-title.md")),
        }
    }
    numbers.sort_unstable();
    let mut due = 1;
    for number in numbers {
        if number < due {
            found.push(format!("docs/decisions: {number:04} is there twice"));
            continue;
        }
        found.extend(
            (due..number).map(|missing| format!("docs/decisions: {missing:04} is missing")),
        );
        due = number + 1;
    }
    found
}

fn number_of(name: &str) -> Option<u32> {
    let (digits, title) = name.strip_suffix(".md")?.split_once('-')?;
    let plain = title
        .chars()
        .all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '-');
    if digits.len() != 4 || title.is_empty() || !plain {
        return None;
    }
    digits.parse().ok()
}

/// Crates that the map of the house does not name.
fn unmapped(paths: &[String], map: &str) -> Vec<String> {
    let mut names: Vec<&str> = paths
        .iter()
        .filter_map(|path| in_crates(path))
        .map(|(name, _)| name)
        .collect();
    names.dedup();
    let named =
        |name: &&str| map.contains(&format!("`{name}`")) || map.contains(&format!("crates/{name}"));
    names
        .into_iter()
        .filter(|name| !named(name))
        .map(|name| format!("{MAP} does not name crates/{name}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(paths: &[&str]) -> Vec<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn decisions_are_numbered_without_gaps() {
        let page = |name: &str| format!("{DECISIONS}{name}.md");
        let cases: [(&[&str], &[&str]); 4] = [
            (&["0001-a", "0002-b"], &[]),
            (&["0001-a", "0003-b"], &["docs/decisions: 0002 is missing"]),
            (
                &["0001-a", "0001-b"],
                &["docs/decisions: 0001 is there twice"],
            ),
            (
                &["1-a", "0001-A b"],
                &[
                    "docs/decisions/1-a.md: the name is not NNNN-title.md",
                    "docs/decisions/0001-A b.md: the name is not NNNN-title.md",
                ],
            ),
        ];
        for (names, expected) in cases {
            let paths: Vec<String> = names.iter().map(|name| page(name)).collect();
            assert_eq!(decision_findings(&paths), expected, "{names:?}");
        }
    }

    #[test]
    fn crates_open_with_their_promise() {
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let files = Files::from([
            file("crates/money/src/lib.rs", "//! Amounts.\n"),
            file("crates/ledger/src/lib.rs", "mod entry;\n"),
            file("crates/ledger/src/entry.rs", "struct Entry;\n"),
            file("xtask/src/main.rs", "fn main() {}\n"),
        ]);
        let expected = [
            "crates/ledger/src/lib.rs: a crate opens with its promise, `//!`",
            "xtask/src/main.rs: a crate opens with its promise, `//!`",
        ];
        assert_eq!(findings(&[], &files), expected);
    }

    #[test]
    fn the_map_names_every_crate() {
        let paths = owned(&[
            "crates/money/a.rs",
            "crates/money/b.rs",
            "crates/store/a.rs",
            "crates/store-sqlite/a.rs",
        ]);
        assert_eq!(
            unmapped(&paths, "`money`, `store-sqlite`"),
            ["ARCHITECTURE.md does not name crates/store"]
        );
    }
}
