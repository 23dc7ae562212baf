//! A browser, as far as our pages need one: cookies, forms, redirects.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use signing::{Verb, form};

use super::world::{HOST, PASSWORD, World};
use crate::web::{WebRequest, WebResponse, route};

pub(in crate::web) struct Browser<'a> {
    world: &'a World,
    cookies: BTreeMap<String, String>,
    pub(in crate::web) secure: bool,
    pub(in crate::web) fetch_site: &'static str,
}

/// A form of a page, with what it would post.
#[derive(Clone, Debug)]
pub(in crate::web) struct Scraped {
    pub(in crate::web) action: String,
    pub(in crate::web) pairs: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub(in crate::web) fn new(world: &'a World) -> Browser<'a> {
        Browser {
            world,
            cookies: BTreeMap::new(),
            secure: false,
            fetch_site: "same-origin",
        }
    }

    pub(in crate::web) async fn get(&mut self, url: &str) -> WebResponse {
        self.try_get(url).await.expect("there is such a page")
    }

    pub(in crate::web) async fn try_get(&mut self, url: &str) -> Option<WebResponse> {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        self.send(Verb::Get, path, query, String::new()).await
    }

    pub(in crate::web) async fn post(&mut self, url: &str, pairs: &[(&str, &str)]) -> WebResponse {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let body = form::encode(pairs);
        self.send(Verb::Post, path, query, body)
            .await
            .expect("there is such a page")
    }

    async fn send(
        &mut self,
        verb: Verb,
        path: &str,
        query: &str,
        body: String,
    ) -> Option<WebResponse> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let request = WebRequest {
            verb,
            path: path.to_owned(),
            query: query.to_owned(),
            host: HOST.to_owned(),
            cookie: cookies.join("; "),
            content_type: "application/x-www-form-urlencoded; charset=utf-8".to_owned(),
            fetch_site: self.fetch_site.to_owned(),
            remote: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secure: self.secure,
            body: body.into_bytes(),
        };
        let response = route(self.world, &request).await?;
        for (name, value) in &response.headers {
            if *name == "set-cookie" {
                let (cookie, attributes) = value.split_once(';').unwrap();
                let (name, value) = cookie.split_once('=').unwrap();
                if attributes.contains("Max-Age=0") {
                    self.cookies.remove(name);
                } else {
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        Some(response)
    }

    /// Goes to an address and on through redirects of our own; stops before leaving.
    pub(in crate::web) async fn open(&mut self, url: &str) -> WebResponse {
        let page = self.get(url).await;
        self.follow(page).await
    }

    pub(in crate::web) async fn follow(&mut self, mut page: WebResponse) -> WebResponse {
        while page.status == 303 && page.location().starts_with('/') {
            let next = page.location().to_owned();
            page = self.get(&next).await;
        }
        page
    }

    /// Fills in a page's form and presses the button of an action; follows redirects.
    pub(in crate::web) async fn press(
        &mut self,
        page: &WebResponse,
        action: &str,
        fields: &[(&str, &str)],
    ) -> WebResponse {
        let scraped = page.form(action).filled(fields);
        let answered = self.post(&scraped.action, &scraped.borrowed()).await;
        self.follow(answered).await
    }

    /// Signs in on a page that asks for it.
    pub(in crate::web) async fn sign_in(&mut self, page: &WebResponse, email: &str) -> WebResponse {
        let fields = [("email", email), ("password", PASSWORD)];
        self.press(page, pages::action::SIGN_IN, &fields).await
    }
}

impl Scraped {
    pub(in crate::web) fn filled(mut self, fields: &[(&str, &str)]) -> Scraped {
        for (name, value) in fields {
            self.pairs.retain(|(known, _)| known != name);
            self.pairs.push(((*name).to_owned(), (*value).to_owned()));
        }
        self
    }

    pub(in crate::web) fn borrowed(&self) -> Vec<(&str, &str)> {
        self.pairs
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect()
    }
}

impl WebResponse {
    pub(in crate::web) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(in crate::web) fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    pub(in crate::web) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(in crate::web) fn title(&self) -> &str {
        let rest = self.text().split_once("<h1>").unwrap().1;
        rest.split_once("</h1>").unwrap().0
    }

    /// The form with the button of an action, and what pressing it would post.
    pub(in crate::web) fn form(&self, action: &str) -> Scraped {
        let button = format!("name=\"action\" value=\"{action}\"");
        let forms = self.text().split("<form").skip(1);
        let mut forms = forms.map(|rest| rest.split_once("</form>").unwrap().0);
        let form = forms.find(|form| form.contains(&button));
        let form = form.unwrap_or_else(|| panic!("no {action} in {}", self.text()));
        let mut pairs: Vec<(String, String)> = Vec::new();
        for input in form.split("<input").skip(1) {
            let input = input.split_once('>').unwrap().0;
            let radio = attribute(input, "type").as_deref() == Some("radio");
            if !radio || input.contains(" checked") {
                let value = attribute(input, "value").unwrap_or_default();
                pairs.push((attribute(input, "name").unwrap(), value));
            }
        }
        pairs.push(("action".to_owned(), action.to_owned()));
        Scraped {
            action: attribute(form, "action").unwrap(),
            pairs,
        }
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!(" {name}=\""))?.1;
    let value = rest.split_once('"')?.0;
    let plain = value
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    Some(plain.replace("&amp;", "&"))
}
