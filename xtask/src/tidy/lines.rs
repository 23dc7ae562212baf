//! Rules that look at one file, line by line.

use super::kind_of;

/// The longest a Rust file should be.
const LINES_MAX: usize = 400;
/// The longest a Rust file can be, even when it is listed in [`LONG_FILES`].
const LINES_HARD_MAX: usize = 800;
/// Rust files over [`LINES_MAX`], each with the reason why it is one thing.
const LONG_FILES: &[(&str, &str)] = &[];

// The words are glued together so that this file does not find itself.
const LEFTOVERS: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];
const SKIPPED: &str = concat!("#[ign", "ore");
const PANIC_WANTED: &str = concat!("#[should", "_panic");
const SLEEP: &str = concat!("sl", "eep(");

/// Folders at the top of somebody's own machine.
const MACHINE_FOLDERS: &[&str] = &["work", "farm", "home", "Users"];
/// Other words that mean something on one machine only.
const MACHINE_WORDS: &[&str] = &[concat!("bash", "_jobs"), concat!("../", "shared")];

/// What is wrong with the lines of one file.
pub fn findings(path: &str, text: &str) -> Vec<String> {
    let mut found: Vec<String> = too_long(path, text.lines().count(), LONG_FILES)
        .into_iter()
        .collect();
    let rust = kind_of(path) == "rs";
    let mut in_tests = is_test_file(path);
    for (index, line) in text.lines().enumerate() {
        in_tests |= line.trim_start().starts_with("#[cfg(test)]");
        let mut say = |what: String| found.push(format!("{path}:{}: {what}", index + 1));
        if line.ends_with([' ', '\t']) {
            say("spaces at the end of the line".to_owned());
        }
        if rust && line.contains('\t') {
            say("a tab".to_owned());
        }
        if let Some(word) = LEFTOVERS.iter().find(|word| has_word(line, word))
            && kind_of(path) != "md"
        {
            say(format!("`{word}` is left"));
        }
        if let Some(word) = of_one_machine(line) {
            say(format!("`{word}` means something on one machine only"));
        }
        if rust {
            for banned in [SKIPPED, PANIC_WANTED]
                .iter()
                .filter(|banned| line.contains(**banned))
            {
                say(format!("a test has `{banned}…]`"));
            }
        }
        if rust && in_tests && !is_waiting_room(path) && dozes(line) {
            say("a test sleeps; wait for a condition, by a `wait.rs`".to_owned());
        }
    }
    found
}

fn too_long(path: &str, length: usize, exceptions: &[(&str, &str)]) -> Option<String> {
    if kind_of(path) != "rs" || length <= LINES_MAX {
        return None;
    }
    let excepted = exceptions.iter().any(|(listed, _)| *listed == path);
    if LINES_HARD_MAX < length {
        return Some(format!(
            "{path}: {length} lines, {LINES_HARD_MAX} is the end"
        ));
    }
    (!excepted).then(|| format!("{path}: {length} lines, at most {LINES_MAX}"))
}

/// Whether the whole file is test code.
fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.starts_with("crates/test-kit/")
}

/// Files called `wait.rs` hold the loops that wait for a condition; they alone may sleep.
fn is_waiting_room(path: &str) -> bool {
    path.ends_with("/wait.rs")
}

fn dozes(line: &str) -> bool {
    line.match_indices(SLEEP)
        .any(|(at, _)| !is_word_end(&line[..at]))
        && !is_comment(line)
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Whether `word` stands in the line with no letter, digit or underscore next to it.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let after = line[at + word.len()..].chars().next();
        !is_word_end(&line[..at]) && !after.is_some_and(is_word_part)
    })
}

fn is_word_end(before: &str) -> bool {
    before.chars().next_back().is_some_and(is_word_part)
}

fn is_word_part(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_'
}

/// A path or a word that only its writer's machine knows.
fn of_one_machine(line: &str) -> Option<String> {
    if let Some(word) = MACHINE_WORDS.iter().find(|word| line.contains(**word)) {
        return Some((*word).to_owned());
    }
    let folders = MACHINE_FOLDERS.iter().map(|folder| format!("/{folder}/"));
    folders.into_iter().find(|folder| {
        line.match_indices(folder.as_str()).any(|(at, _)| {
            // Inside a longer path, such as an address or a module's file, the word is harmless.
            let before = line[..at].chars().next_back();
            !before.is_some_and(|sign| is_word_part(sign) || "./-}>*".contains(sign))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, line: &str, expected: &[&str]) {
        let found = findings(path, line);
        let told: Vec<&str> = found
            .iter()
            .map(|one| one.split_once(": ").expect("a place").1)
            .collect();
        assert_eq!(told, expected, "{path}: {line}");
    }

    #[test]
    fn lines() {
        let [later, mend, odd] = [LEFTOVERS[0], LEFTOVERS[1], LEFTOVERS[2]];
        let code = "crates/money/src/amount.rs";
        check(code, "let a = 1;", &[]);
        check(code, "let a = 1; ", &["spaces at the end of the line"]);
        check(code, "\tlet a = 1;", &["a tab"]);
        check("notes.md", "a\tb", &[]);
        check(
            code,
            &format!("// {later}: later"),
            &[&format!("`{later}` is left")],
        );
        check(code, &format!("// {mend}"), &[&format!("`{mend}` is left")]);
        check(code, &format!("// {odd}"), &[&format!("`{odd}` is left")]);
        check(code, &format!("// card {odd}X {odd}_A"), &[]);
        check("notes.md", &format!("no {later} survives"), &[]);
        check(
            code,
            &format!("{SKIPPED}]"),
            &[&format!("a test has `{SKIPPED}…]`")],
        );
        check(
            code,
            &format!("{PANIC_WANTED}(x)]"),
            &[&format!("a test has `{PANIC_WANTED}…]`")],
        );
    }

    #[test]
    fn sleeping() {
        let nap = format!("thread::{SLEEP}moment);");
        let complaint = "a test sleeps; wait for a condition, by a `wait.rs`";
        check("crates/workers/src/expiry.rs", &nap, &[]);
        check("crates/workers/tests/expiry.rs", &nap, &[complaint]);
        check("crates/workers/src/tests.rs", &nap, &[complaint]);
        check(
            "crates/workers/src/expiry.rs",
            &format!("#[cfg(test)]\n{nap}"),
            &[complaint],
        );
        check("crates/workers/tests/wait.rs", &nap, &[]);
        check(
            "crates/workers/tests/expiry.rs",
            &format!("self.over{SLEEP});"),
            &[],
        );
    }

    #[test]
    fn paths_of_one_machine() {
        let own = |folder: &str| format!("/{folder}/x");
        let complaint = |folder: &str| format!("`/{folder}/` means something on one machine only");
        let place = "docs/a.md";
        check(
            place,
            &format!("see {}", own("work")),
            &[&complaint("work")],
        );
        check(place, &format!("`{}`", own("home")), &[&complaint("home")]);
        check(place, &format!("crates/store/src{}", own("work")), &[]);
        check(place, &format!("https://example.test{}", own("home")), &[]);
    }

    #[test]
    fn lengths() {
        let listed = [("a.rs", "one table")];
        assert_eq!(too_long("a.rs", 400, &[]), None);
        assert_eq!(
            too_long("a.rs", 401, &[]),
            Some("a.rs: 401 lines, at most 400".to_owned())
        );
        assert_eq!(too_long("a.rs", 800, &listed), None);
        assert_eq!(
            too_long("a.rs", 801, &listed),
            Some("a.rs: 801 lines, 800 is the end".to_owned())
        );
        assert_eq!(too_long("a.md", 5_000, &[]), None);
    }
}
