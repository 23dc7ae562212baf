//! What the README shows is what one gets.

use std::path::{Path, PathBuf};

use crate::harness::{Said, holdfast};

/// A line of the README that stands for lines left out.
const LEFT_OUT: &str = "…";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn readme() -> String {
    std::fs::read_to_string(root().join("README.md")).expect("a README")
}

#[test]
fn its_pictures_are_there() {
    let readme = readme();
    let mut shown = Vec::new();
    for rest in readme.split("](").skip(1) {
        let target = rest.split(')').next().unwrap_or_default();
        if target.ends_with(".png") {
            shown.push(target.to_owned());
        }
    }
    assert!(4 <= shown.len(), "{shown:?}");
    for picture in &shown {
        let bytes = std::fs::read(root().join(picture)).unwrap_or_else(|error| {
            panic!("the README shows {picture}: {error}");
        });
        assert!(bytes.starts_with(b"\x89PNG"), "{picture}");
        assert!(bytes.len() < 150_000, "{picture}: {} bytes", bytes.len());
    }
    let folder = std::fs::read_dir(root().join("docs/pictures")).expect("a folder");
    for file in folder {
        let name = file.expect("an entry").file_name().into_string().expect("a name");
        assert!(shown.contains(&format!("docs/pictures/{name}")), "{name} is shown nowhere");
    }
}

/// A line without what differs from run to run: ids, ports, moments.
fn shape(line: &str) -> String {
    let mut words = Vec::new();
    for word in line.split_whitespace() {
        let bare: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let id = 16 <= bare.len() && bare.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let cut = word.ends_with(LEFT_OUT);
        match word.split_once("127.0.0.1:") {
            Some((before, _)) => words.push(format!("{before}ADDRESS")),
            None if id || cut => words.push("ID".to_owned()),
            None => words.push(word.to_owned()),
        }
    }
    words.join(" ")
}

#[test]
fn the_demo_says_what_the_readme_shows() {
    let readme = readme();
    let (_, rest) = readme.split_once("```text\n").expect("a block of the demo");
    let (block, _) = rest.split_once("```").expect("its end");
    let said = Said::of(holdfast().arg("demo")).ok();
    let mut lines = said.out.lines().map(shape);
    let mut shown = 0;
    for wanted in block.lines().filter(|line| !line.is_empty() && line.trim() != LEFT_OUT) {
        let wanted = shape(wanted);
        let found = lines.any(|line| line == wanted);
        assert!(found, "the demo does not say, in this place: {wanted}\n{}", said.out);
        shown += 1;
    }
    assert!(20 <= shown, "{shown} lines are too few to tell the story");
}
