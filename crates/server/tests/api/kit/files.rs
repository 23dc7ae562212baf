//! Files that are made from code, kept in the repository and checked for freshness. With
//! `HOLDFAST_UPDATE=1` in the environment they are written instead.

use std::path::PathBuf;

/// A path of the repository.
pub fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

fn updates() -> bool {
    server::config::from_environment("HOLDFAST_UPDATE").is_some()
}

/// Checks that a file is this text.
#[track_caller]
pub fn check_file(path: &str, expected: &str) {
    let place = repository(path);
    let found = std::fs::read_to_string(&place).unwrap_or_default();
    if found == expected {
        return;
    }
    if updates() {
        std::fs::write(&place, expected).expect("the file can be written");
        return;
    }
    panic!("{path} is not fresh (HOLDFAST_UPDATE=1 writes it); it should be:\n{expected}");
}

/// Checks that the lines between `<!-- name -->` and `<!-- /name -->` in a page are this text.
#[track_caller]
pub fn check_block(path: &str, name: &str, expected: &str) {
    let page = std::fs::read_to_string(repository(path)).expect("the page is there");
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = page
        .split_once(&start)
        .unwrap_or_else(|| panic!("{path} lacks {start}"));
    let (_, after) = rest
        .split_once(&end)
        .unwrap_or_else(|| panic!("{path} lacks {end}"));
    check_file(path, &format!("{before}{start}{expected}{end}{after}"));
}
