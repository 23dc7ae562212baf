//! What the README shows is what one gets.

use std::path::{Path, PathBuf};

use crate::harness::{Said, holdfast};

/// Stands in the README for the rest of a line, or for lines left out.
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
    for image in readme.split("<img ").skip(1) {
        let image = image.split('>').next().unwrap_or_default();
        let attribute = |name| {
            let (_, rest) = image.split_once(&format!("{name}=\""))?;
            rest.split('"').next().filter(|value| !value.is_empty())
        };
        assert!(
            attribute("alt").is_some(),
            "words for whoever does not see it: {image}"
        );
        shown.push(attribute("src").expect("an address").to_owned());
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
        let name = file
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("a name");
        assert!(
            shown.contains(&format!("docs/pictures/{name}")),
            "{name} is shown nowhere"
        );
    }
}

/// A line without its spaces at both ends and without the port, which differs from run to run.
fn shape(line: &str) -> String {
    let words = line
        .split_whitespace()
        .map(|word| match word.split_once("127.0.0.1:") {
            Some((before, _)) => format!("{before}127.0.0.1"),
            None => word.to_owned(),
        });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_demo_says_what_the_readme_shows() {
    let readme = readme();
    let (_, rest) = readme.split_once("```text\n").expect("a block of the demo");
    let (block, _) = rest.split_once("```").expect("its end");
    let said = Said::of(holdfast().arg("demo")).ok();
    let mut lines = said.out.lines().map(shape);
    let mut shown = 0;
    for wanted in block
        .lines()
        .map(shape)
        .filter(|line| !line.is_empty() && line != LEFT_OUT)
    {
        let found = match wanted.strip_suffix(LEFT_OUT) {
            Some(begins) => lines.any(|line| line.starts_with(begins.trim_end())),
            None => lines.any(|line| line == wanted),
        };
        assert!(
            found,
            "the demo does not say, in this place: {wanted}\n{}",
            said.out
        );
        shown += 1;
    }
    assert!(20 <= shown, "{shown} lines are too few to tell the story");
}
