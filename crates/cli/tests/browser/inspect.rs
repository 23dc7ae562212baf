//! What holds for every page, whoever looks at it; and pictures of it.

use std::path::Path;

use serde_json::{Value, json};

use super::driver::Browser;

/// Roles that need a name that can be read out: whatever a person can do something with, pictures
/// that are not for ornament, and parts that there can be several of.
const NAMED: [&str; 11] = [
    "button",
    "checkbox",
    "combobox",
    "heading",
    "image",
    "link",
    "navigation",
    "radio",
    "radiogroup",
    "table",
    "textbox",
];

impl Browser {
    /// Nothing is wider than the screen, every control has a name, and scripts are as they should.
    pub fn inspect(&self) {
        let metrics = self.developer("Page.getLayoutMetrics", &json!({}));
        let width = |name: &str, part: &str| metrics[name][part].as_u64().expect("a width");
        let (page, screen) = (
            width("cssContentSize", "width"),
            u64::from(self.look.width()),
        );
        assert!(
            page <= screen,
            "{}: {page} of {screen} pixels are needed",
            self.title()
        );

        let tree = self.developer("Accessibility.getFullAXTree", &json!({}));
        let nodes = tree["nodes"].as_array().expect("a tree");
        let heard = nodes.iter().filter(|node| node["ignored"] != json!(true));
        let heard: Vec<&Value> = heard.collect();
        for node in &heard {
            let (role, name) = (word(node, "role"), word(node, "name").trim());
            let named = !NAMED.contains(&role) || !name.is_empty();
            assert!(named, "{}: a {role} without a name: {node}", self.title());
        }
        self.inspect_outline(&heard);
    }

    /// Whoever listens finds the way: the page has a language and a title, one main part, and
    /// headings that begin with one of the first level and leave out none.
    fn inspect_outline(&self, heard: &[&Value]) {
        assert!(!self.title().trim().is_empty(), "a page without a title");
        assert!(self.has("html[lang]"), "{}: no language", self.title());
        let main = heard.iter().filter(|node| word(node, "role") == "main");
        assert_eq!(main.count(), 1, "{}: one main part", self.title());
        let headings = heard.iter().filter(|node| word(node, "role") == "heading");
        let levels: Vec<u64> = headings.map(|node| level(node)).collect();
        assert_eq!(levels.first(), Some(&1), "{}: {levels:?}", self.title());
        let firsts = levels.iter().filter(|level| **level == 1);
        assert_eq!(firsts.count(), 1, "{}: {levels:?}", self.title());
        let leaves_out = |two: &[u64]| two[0] + 1 < two[1];
        let gap = levels.windows(2).find(|two| leaves_out(two));
        assert_eq!(gap, None, "{}: {levels:?}", self.title());
    }

    /// Keeps a picture of the whole page, in the colours of the day.
    pub fn picture(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/browser-pictures");
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let taken = self.developer(
            "Page.captureScreenshot",
            &json!({ "format": "png", "captureBeyondViewport": true }),
        );
        let bytes = from_base_64(taken["data"].as_str().expect("a picture"));
        assert!(bytes.starts_with(b"\x89PNG"), "no picture of {name}");
        let file = folder.join(format!("{name}-{}.png", self.look.name()));
        std::fs::write(file, bytes).expect("a picture can be written");
    }

    /// Whatever the pages loaded came from these hosts.
    pub fn asked_only(&self, hosts: &[&str]) {
        let mut asked = 0;
        for entry in self.log("performance") {
            let message: Value =
                serde_json::from_str(entry["message"].as_str().expect("a message")).expect("JSON");
            let message = &message["message"];
            if message["method"] != json!("Network.requestWillBeSent") {
                continue;
            }
            let url = message["params"]["request"]["url"]
                .as_str()
                .expect("an address");
            let own = hosts
                .iter()
                .any(|host| url.starts_with(&format!("http://{host}/")));
            assert!(
                own || url.starts_with("data:"),
                "{url} was asked for something"
            );
            asked += 1;
        }
        assert!(0 < asked, "the browser tells what it asks for");
    }

    /// Nothing was refused, missing, or against the pages' own policy.
    pub fn did_not_complain(&self) {
        let complaints = self.log("browser");
        assert!(complaints.is_empty(), "{complaints:#?}");
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        let told = self.tell("/se/log", &json!({ "type": kind }));
        told.as_array().expect("a list").clone()
    }
}

fn word<'a>(node: &'a Value, name: &str) -> &'a str {
    node[name]["value"].as_str().unwrap_or_default()
}

/// The level of a heading.
fn level(node: &Value) -> u64 {
    let properties = node["properties"].as_array().expect("properties");
    let level = properties.iter().find(|one| one["name"] == json!("level"));
    let level = level.and_then(|one| one["value"]["value"].as_u64());
    level.unwrap_or_else(|| panic!("a heading of no level: {node}"))
}

fn from_base_64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'=').collect();
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    for four in digits.chunks(4) {
        let bits = four.iter().fold(0, |bits, byte| bits << 6 | digit(*byte));
        let bits = bits << (6 * (4 - four.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    bytes
}
