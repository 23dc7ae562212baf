//! Pages for what a browser asked that cannot be answered.

use maud::html;

use crate::frame::Frame;
use crate::layout::Width;

/// What went wrong; each has its HTTP status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorPage {
    /// 404.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 413.
    TooLarge,
    /// 429.
    TooManyRequests {
        /// How long to wait.
        retry_after_s: u64,
    },
    /// 500.
    Internal {
        /// Finds the request in the logs.
        request_id: String,
    },
    /// 503.
    Unavailable {
        /// How long to wait.
        retry_after_s: u64,
    },
}

impl ErrorPage {
    /// The HTTP status that the page goes with.
    pub fn status(&self) -> u16 {
        match self {
            ErrorPage::NotFound => 404,
            ErrorPage::MethodNotAllowed => 405,
            ErrorPage::TooLarge => 413,
            ErrorPage::TooManyRequests { .. } => 429,
            ErrorPage::Internal { .. } => 500,
            ErrorPage::Unavailable { .. } => 503,
        }
    }

    /// The document.
    pub fn render(&self, frame: &Frame) -> String {
        let (title, text) = self.words();
        let content = html! {
            p.code { (self.status()) }
            h1 { (title) }
            p.lead { (text) }
            @if let ErrorPage::Internal { request_id } = self {
                p.quiet { "Request " code { (request_id) } }
            }
            p { a href="/" { "To the first page" } }
        };
        frame.document(title, Width::Narrow, &[], &content)
    }

    fn words(&self) -> (&'static str, String) {
        match self {
            ErrorPage::NotFound => (
                "There is no such page",
                "Please check the address you came by.".to_owned(),
            ),
            ErrorPage::MethodNotAllowed => (
                "This page does not work that way",
                "Please go back and use the buttons of the page.".to_owned(),
            ),
            ErrorPage::TooLarge => (
                "That was too much",
                "What was sent is larger than we accept.".to_owned(),
            ),
            ErrorPage::TooManyRequests { retry_after_s } => (
                "Too many requests",
                format!("Please try again in {}.", seconds(*retry_after_s)),
            ),
            ErrorPage::Internal { .. } => (
                "Something failed on our side",
                "Nothing was agreed by this step. Please try again in a moment.".to_owned(),
            ),
            ErrorPage::Unavailable { retry_after_s } => {
                let wait = seconds(*retry_after_s);
                (
                    "We are busy",
                    format!("Nothing is lost. Please try again in {wait}."),
                )
            }
        }
    }
}

fn seconds(count: u64) -> String {
    format!("{count} {}", if count == 1 { "second" } else { "seconds" })
}
