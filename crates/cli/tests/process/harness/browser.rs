//! A browser without scripts: keeps cookies, follows redirects within the server, fills in forms.

use std::collections::BTreeMap;

use super::http::{self, Reply};
use super::text::encoded;

/// Redirects in a row at most.
const REDIRECTS_MAX: usize = 8;

/// A browser on one server, showing one page.
pub struct Browser {
    address: String,
    cookies: BTreeMap<String, String>,
    /// What it shows: a page, or a redirect to another site.
    pub page: Reply,
}

impl Browser {
    /// Opens an address of the server.
    pub fn open(address: &str, target: &str) -> Browser {
        let page = Reply {
            status: 0,
            headers: Vec::new(),
            body: String::new(),
        };
        let mut browser = Browser {
            address: address.to_owned(),
            cookies: BTreeMap::new(),
            page,
        };
        browser.get(target);
        browser.follow();
        browser
    }

    /// Presses a button of the page's form, with some fields filled in.
    pub fn press(&mut self, button: &str, fields: &[(&str, &str)]) {
        let action = attribute(&self.tag("<form", "method=\"post\""), "action").expect("an action");
        let mut values = self.kept();
        values.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        values.insert("action".to_owned(), button.to_owned());
        let pairs: Vec<String> = values
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let cookie = self.cookie();
        let headers = [
            ("Cookie", cookie.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
        ];
        self.page = http::post(&self.address, &action, &headers, &pairs.join("&")).expect("a page");
        self.keep_cookies();
        self.follow();
    }

    /// The address of another site that the browser is sent to.
    pub fn sent_to(&self) -> String {
        let location = self.page.header("location");
        location
            .unwrap_or_else(|| panic!("no redirect: {:?}", self.page))
            .to_owned()
    }

    fn get(&mut self, target: &str) {
        let cookie = self.cookie();
        self.page = http::get(&self.address, target, &[("Cookie", &cookie)]).expect("a page");
        self.keep_cookies();
    }

    fn follow(&mut self) {
        for _ in 0..REDIRECTS_MAX {
            match self.page.header("location").map(str::to_owned) {
                Some(own) if own.starts_with('/') => self.get(&own),
                Some(_) | None => return,
            }
        }
        panic!("redirects without an end: {:?}", self.page);
    }

    fn cookie(&self) -> String {
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        cookies.collect::<Vec<_>>().join("; ")
    }

    fn keep_cookies(&mut self) {
        for (name, value) in &self.page.headers {
            let cookie = value
                .split(';')
                .next()
                .and_then(|cookie| cookie.split_once('='));
            if let ("set-cookie", Some((name, value))) = (name.as_str(), cookie) {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// What the page's forms send without anybody's doing: hidden fields and the choices made.
    fn kept(&self) -> BTreeMap<String, String> {
        let inputs = self.page.body.split("<input").skip(1);
        let inputs = inputs.map(|rest| rest.split('>').next().unwrap_or_default());
        let sent = |tag: &&str| {
            let kind = attribute(tag, "type").unwrap_or_default();
            kind == "hidden" || (kind == "radio" && tag.contains(" checked"))
        };
        let pair = |tag: &str| Some((attribute(tag, "name")?, attribute(tag, "value")?));
        inputs.filter(sent).filter_map(pair).collect()
    }

    fn tag(&self, begins: &str, has: &str) -> String {
        let tags = self.page.body.split(begins).skip(1);
        let tags = tags.map(|rest| rest.split('>').next().unwrap_or_default());
        let found = tags.into_iter().find(|tag| tag.contains(has));
        found
            .unwrap_or_else(|| panic!("no {begins} {has} in {:?}", self.page))
            .to_owned()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&amp;", "&"),
    )
}
