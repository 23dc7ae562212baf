//! A person at a browser: follows redirects, keeps cookies, fills in forms and presses buttons.

use signing::form;

use super::client::{self, Answer, Question};
use crate::Failure;

/// A browser with one open page.
pub struct Browser {
    host: String,
    cookies: Vec<(String, String)>,
    page: String,
    /// Where the server sent the person in the end, when that is not a page of its own.
    pub sent_to: Option<String>,
}

/// Redirects that are followed at most.
const REDIRECTS_MAX: usize = 10;

impl Browser {
    /// A browser that talks to this server.
    pub fn new(host: &str) -> Browser {
        Browser {
            host: host.to_owned(),
            cookies: Vec::new(),
            page: String::new(),
            sent_to: None,
        }
    }

    /// Opens a page.
    pub async fn open(&mut self, target: &str) -> Result<(), Failure> {
        let answer = self.ask("GET", target, "").await?;
        self.follow(answer).await
    }

    /// Fills in the form that has this button, and presses it.
    pub async fn press(&mut self, button: &str, fields: &[(&str, &str)]) -> Result<(), Failure> {
        let wanted = format!("value=\"{button}\"");
        let form = self.page.split("<form").skip(1).find(|form| {
            form.split("</form>")
                .next()
                .is_some_and(|form| form.contains(&wanted))
        });
        let Some(form) = form.map(str::to_owned) else {
            let title = self.heading();
            return Err(Failure::wrong(format!(
                "there is no button `{button}` on “{title}”"
            )));
        };
        let form = form.split("</form>").next().unwrap_or_default();
        let action = attribute(form, "action").unwrap_or_else(|| "/".to_owned());
        let mut pairs: Vec<(String, String)> = form
            .split("<input")
            .skip(1)
            .filter(|input| input.contains("type=\"hidden\""))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
            .collect();
        pairs.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into())),
        );
        pairs.push(("action".to_owned(), button.to_owned()));
        let answer = self.ask("POST", &action, &form::encode(&pairs)).await?;
        self.follow(answer).await
    }

    /// The page's heading.
    pub fn heading(&self) -> String {
        between(&self.page, "<h1>", "</h1>").map_or_else(|| "an unnamed page".to_owned(), words)
    }

    /// The sentence in which the page says what is agreed.
    pub fn consent(&self) -> Option<String> {
        let lead = self.page.split("class=\"lead").nth(1)?;
        Some(words(between(lead, ">", "</p>")?))
    }

    /// The address behind a link whose target contains this.
    pub fn link(&self, part: &str) -> Option<String> {
        let links = self.page.split("<a ").skip(1);
        links
            .filter_map(|link| attribute(link, "href"))
            .find(|href| href.contains(part))
    }

    async fn follow(&mut self, first: Answer) -> Result<(), Failure> {
        let mut answer = first;
        for _ in 0..REDIRECTS_MAX {
            let Some(target) = answer.header("location").map(str::to_owned) else {
                if 400 <= answer.status {
                    let heading = self.heading();
                    let status = answer.status;
                    return Err(Failure::wrong(format!(
                        "after “{heading}”: status {status}"
                    )));
                }
                self.page = answer.body;
                return Ok(());
            };
            if !target.starts_with('/') {
                self.sent_to = Some(target);
                return Ok(());
            }
            answer = self.ask("GET", &target, "").await?;
        }
        Err(Failure::wrong("the pages send one round in circles"))
    }

    async fn ask(&mut self, verb: &str, target: &str, form: &str) -> Result<Answer, Failure> {
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookie = cookies.collect::<Vec<_>>().join("; ");
        let host = self.host.clone();
        let question = Question {
            verb,
            host: &host,
            target,
            cookie: &cookie,
            form,
        };
        let answer = client::ask(&question).await?;
        for (_, value) in answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
        {
            let pair = value.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.retain(|(known, _)| known != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        Ok(answer)
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = format!(" {}", tag.split('>').next()?);
    let value = between(&tag, &format!(" {name}=\""), "\"")?;
    Some(unescape(value))
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?
        .1
        .split_once(to)
        .map(|(inner, _)| inner)
}

/// Text without its tags.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            letter if !inside => text.push(letter),
            _ => {}
        }
    }
    unescape(text.trim())
}

fn unescape(text: &str) -> String {
    let text = text
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    text.replace("&#39;", "'").replace("&amp;", "&")
}
