//! What is on a page, and what a hand does to it.

use serde_json::{Value, json};

use super::driver::Browser;
use super::look::Hand;

/// Tabs from the beginning of a page to any control of it, at most.
const TABS_MAX: usize = 60;
/// Choices of one group at most.
const CHOICES_MAX: usize = 10;
/// Characters of an element that a failure shows.
const OUTLINE_MAX: usize = 120;
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const DOWN: &str = "\u{e015}";

impl Browser {
    /// The elements that a selector finds, in their order.
    pub fn all(&self, selector: &str) -> Vec<String> {
        let found = self.tell(
            "/elements",
            &json!({ "using": "css selector", "value": selector }),
        );
        found
            .as_array()
            .expect("a list")
            .iter()
            .map(id_of)
            .collect()
    }

    /// The first element that a selector finds.
    pub fn one(&self, selector: &str) -> String {
        let mut found = self.all(selector).into_iter();
        let found = found.next();
        found.unwrap_or_else(|| panic!("no {selector} on this page:\n{}", self.text("body")))
    }

    /// Whether the page has it.
    pub fn has(&self, selector: &str) -> bool {
        !self.all(selector).is_empty()
    }

    /// The text that is seen in an element.
    pub fn text(&self, selector: &str) -> String {
        self.of(&self.one(selector), "text")
    }

    /// Whether a person sees an element.
    pub fn is_seen(&self, element: &str) -> bool {
        self.ask(&format!("/element/{element}/displayed"))
            .as_bool()
            .expect("yes or no")
    }

    /// What has the focus.
    pub fn focused(&self) -> String {
        id_of(&self.ask("/element/active"))
    }

    /// Replaces the text of an input.
    pub fn fill(&self, name: &str, text: &str) {
        let input = self.one(&format!("input[name={name}]"));
        match self.look.hand {
            Hand::Pointer => {
                self.tell(&format!("/element/{input}/clear"), &json!({}));
                self.tell(&format!("/element/{input}/value"), &json!({ "text": text }));
            }
            Hand::Keyboard => {
                self.tab_to(&input);
                self.keys(text);
            }
        }
    }

    /// Presses the button that posts this action.
    pub fn press(&self, action: &str) {
        self.touch(&self.one(&format!("button[value={action}]")));
    }

    /// Follows a link.
    pub fn follow(&self, words: &str) {
        let links = self.all("a");
        let link = links
            .iter()
            .find(|link| self.of(link, "text").starts_with(words));
        let link = link.unwrap_or_else(|| panic!("no link {words}:\n{}", self.text("body")));
        self.touch(link);
    }

    /// Follows the link that a selector finds.
    pub fn follow_to(&self, selector: &str) {
        self.touch(&self.one(selector));
    }

    /// What an input holds.
    pub fn value(&self, name: &str) -> String {
        self.of(&self.one(&format!("input[name={name}]")), "property/value")
    }

    /// Whether the Tab key stops here: at what is seen or comes into sight then, and at one only of
    /// a group of choices.
    pub fn is_a_stop(&self, element: &str) -> bool {
        let skip = self.of(element, "property/className") == "skip";
        let chosen = || self.ask(&format!("/element/{element}/selected")) == json!(true);
        (skip || self.is_seen(element))
            && (self.of(element, "property/type") != "radio" || chosen())
    }

    /// Whether it is seen that an element has the focus.
    pub fn shows_focus(&self, element: &str) -> bool {
        let style = |name| self.of(element, &format!("css/{name}"));
        style("outline-style") == "solid" && style("outline-width") == "3px"
    }

    /// The beginning of an element, for a failure.
    pub fn outline_of(&self, element: &str) -> String {
        let html = self.of(element, "property/outerHTML");
        html.chars().take(OUTLINE_MAX).collect()
    }

    /// Puts the focus to where it is when a page has just been loaded.
    pub fn go_to_beginning(&self) {
        self.tell("/refresh", &json!({}));
    }

    /// Chooses one of several, by the id of its input.
    pub fn choose(&self, id: &str) {
        if self.look.hand == Hand::Pointer {
            return self.touch(&self.one(&format!("label[for={id}]")));
        }
        // Keys lead to the choice that is made, and arrows from there.
        let wanted = self.one(&format!("#{id}"));
        let name = self.of(&wanted, "property/name");
        self.tab_to(&self.one(&format!("input[name={name}]:checked")));
        for _ in 0..CHOICES_MAX {
            if self.focused() == wanted {
                return;
            }
            self.keys(DOWN);
        }
        panic!("no arrow leads to #{id}:\n{}", self.text("body"));
    }

    /// Presses and lets go of keys, wherever the focus is.
    pub fn keys(&self, keys: &str) {
        let mut actions = Vec::new();
        for key in keys.chars() {
            actions.push(json!({ "type": "keyDown", "value": key.to_string() }));
            actions.push(json!({ "type": "keyUp", "value": key.to_string() }));
        }
        let board = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.tell("/actions", &json!({ "actions": [board] }));
    }

    /// Goes on to the next control.
    pub fn tab(&self) {
        self.keys(TAB);
    }

    fn touch(&self, element: &str) {
        match self.look.hand {
            Hand::Pointer => {
                self.tell(&format!("/element/{element}/click"), &json!({}));
            }
            Hand::Keyboard => {
                self.tab_to(element);
                self.keys(ENTER);
            }
        }
    }

    fn tab_to(&self, element: &str) {
        for _ in 0..TABS_MAX {
            if self.focused() == element {
                return;
            }
            self.tab();
        }
        let text = self.of(element, "text");
        panic!(
            "no key leads to “{text}” on this page:\n{}",
            self.text("body")
        );
    }

    fn of(&self, element: &str, what: &str) -> String {
        let said = self.ask(&format!("/element/{element}/{what}"));
        said.as_str().unwrap_or_default().to_owned()
    }
}

fn id_of(reference: &Value) -> String {
    let mut ids = reference.as_object().expect("an element").values();
    ids.next()
        .and_then(Value::as_str)
        .expect("an id")
        .to_owned()
}
