//! Links of Markdown pages to other files of the work tree. Addresses on the net are not followed.

/// What the page points to that is not there.
pub fn findings(path: &str, text: &str, paths: &[String]) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    let mut in_code = false;
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for target in local_targets(line) {
            if !resolve(folder, target).is_some_and(|there| exists(&there, paths)) {
                found.push(format!("{path}:{}: nothing is at {target}", index + 1));
            }
        }
    }
    found
}

/// The targets of `[text](target)` that are files, without what follows a `#`.
fn local_targets(line: &str) -> Vec<&str> {
    // What stands between backticks is shown, not linked: every second piece.
    let prose = line.split('`').step_by(2);
    // A link's text may itself be code: `[`name`](target)` leaves `](target)` in the next piece.
    prose
        .flat_map(|piece| piece.split("](").skip(1))
        .filter_map(|rest| rest.split([')', ' ']).next())
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
        .filter_map(|target| target.split('#').next())
        .filter(|target| !target.is_empty())
        .collect()
}

/// The path from the root; `None` when it leaves the work tree.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let (mut steps, target) = match target.strip_prefix('/') {
        Some(from_root) => (Vec::new(), from_root),
        None => (
            folder.split('/').filter(|step| !step.is_empty()).collect(),
            target,
        ),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            name => steps.push(name),
        }
    }
    Some(steps.join("/"))
}

/// Whether a file, or a folder with a file in it, has this path.
fn exists(path: &str, paths: &[String]) -> bool {
    path.is_empty()
        || paths.iter().any(|known| {
            known
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_followed_from_the_page_that_has_them() {
        let paths = ["README.md", "docs/api.md", "docs/decisions/0001-first.md"].map(str::to_owned);
        let cases = [
            (
                "README.md",
                "[a](docs/api.md#pay) [b](docs) [c](docs/decisions/)",
                "",
            ),
            (
                "docs/api.md",
                "[a](../README.md) [b](decisions/0001-first.md) [c](/README.md)",
                "",
            ),
            ("docs/api.md", "[a](README.md)", "README.md"),
            ("README.md", "[a](../outside.md)", "../outside.md"),
            (
                "README.md",
                "![shot](docs/shot.png \"title\")",
                "docs/shot.png",
            ),
            ("README.md", "[`code`](docs/gone.md)", "docs/gone.md"),
            ("README.md", "[a](docs/ap)", "docs/ap"),
            (
                "README.md",
                "[a](https://example.test/x) [b](mailto:a@example.test) [c](#here)",
                "",
            ),
            ("README.md", "`[a](gone.md)`", ""),
            ("README.md", "```\n[a](gone.md)\n```", ""),
        ];
        for (page, text, missing) in cases {
            let expected: Vec<String> = match missing {
                "" => Vec::new(),
                target => vec![format!("{page}:1: nothing is at {target}")],
            };
            assert_eq!(findings(page, text, &paths), expected, "{page}: {text}");
        }
    }
}
