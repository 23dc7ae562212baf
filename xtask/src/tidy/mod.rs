//! What clippy cannot see: file lengths, leftovers, words that have no place here, links, pages.
//!
//! The rules are pure functions from a path and a text to findings; only this file reads anything.
//! What is looked at is what git tracks or would track, so ignored files are nobody's business.

mod lines;
mod links;
mod pages;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::run::{self, Failure, Outcome};

/// Every text file of the work tree by its path, with `/` between the folders.
type Files = BTreeMap<String, String>;

/// The kinds of files that are read; everything else (images, fixtures) is left alone.
const KINDS: &[&str] = &[
    "rs",
    "toml",
    "md",
    "sql",
    "sh",
    "py",
    "css",
    "yml",
    "proptest-regressions",
];

/// Holds every file against the rules.
pub fn run(root: &Path, _: &[String]) -> Outcome {
    let (paths, files) = read(root)?;
    eprintln!("  {} files, {} of them read", paths.len(), files.len());
    run::verdict(&findings(&paths, &files))
}

fn findings(paths: &[String], files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in files {
        found.extend(lines::findings(path, text));
        if kind_of(path) == "md" {
            found.extend(links::findings(path, text, paths));
        }
    }
    found.extend(pages::findings(paths, files));
    found
}

/// All paths, and the texts of those that are read.
fn read(root: &Path) -> Result<(Vec<String>, Files), Failure> {
    // A build machine's work tree may belong to another user than the one who builds.
    let list = [
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "-co",
        "--exclude-standard",
    ];
    let listed = run::output_of(root, "git", &list)?;
    let there = listed.split('\0').filter(|path| root.join(path).is_file());
    let mut paths: Vec<String> = there.map(str::to_owned).collect();
    paths.sort();
    paths.dedup();
    let mut files = Files::new();
    for path in paths.iter().filter(|path| is_read(path)) {
        let text = fs::read_to_string(root.join(path))
            .map_err(|error| Failure::because(format!("{path}: {error}")))?;
        files.insert(path.clone(), text);
    }
    Ok((paths, files))
}

fn is_read(path: &str) -> bool {
    path == ".ci/run" || KINDS.contains(&kind_of(path))
}

/// What stands after the last point of a path.
fn kind_of(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_tree_has_no_findings_and_a_dirty_one_has_them_all() {
        let clean = [
            ("crates/money/src/lib.rs", "//! Amounts.\n"),
            ("docs/decisions/0001-first.md", "# First\n"),
            (
                "README.md",
                "See [the first](docs/decisions/0001-first.md).\n",
            ),
        ];
        assert_eq!(found(&clean), Vec::<String>::new());
        let dirty = [
            ("crates/money/src/lib.rs", "mod amount; \n"),
            ("docs/decisions/0002-second.md", "# Second\n"),
            (
                "README.md",
                "See [the first](docs/decisions/0001-first.md).\n",
            ),
        ];
        let expected = [
            "README.md:1: nothing is at docs/decisions/0001-first.md",
            "crates/money/src/lib.rs:1: spaces at the end of the line",
            "crates/money/src/lib.rs: a crate opens with its promise, `//!`",
            "docs/decisions: 0001 is missing",
        ];
        assert_eq!(found(&dirty), expected);
    }

    fn found(tree: &[(&str, &str)]) -> Vec<String> {
        let files: Files = tree
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        let paths: Vec<String> = files.keys().cloned().collect();
        findings(&paths, &files)
    }

    #[test]
    fn fixtures_and_images_are_left_alone() {
        let cases = [
            ("crates/money/src/lib.rs", true),
            (".ci/run", true),
            ("docs/page.png", false),
            ("crates/wire/tests/golden/reserve.xml", false),
            ("Cargo.lock", false),
            ("LICENSE", false),
        ];
        for (path, expected) in cases {
            assert_eq!(is_read(path), expected, "{path}");
        }
    }
}
