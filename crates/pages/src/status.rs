//! A state in words. The colour only repeats what the words and the sign before them say.

use maud::{Markup, html};

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// In words: "Reserved", "Settled", "Declined".
    pub words: String,
    /// How the words are meant.
    pub tone: Tone,
}

/// How a status is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Done, or in force.
    Good,
    /// Something is still to come.
    Waiting,
    /// Over, without harm.
    Ended,
    /// Failed or refused.
    Bad,
}

impl Status {
    pub(crate) fn render(&self) -> Markup {
        let (class, sign) = match self.tone {
            Tone::Good => ("good", "✓"),
            Tone::Waiting => ("waiting", "…"),
            Tone::Ended => ("ended", "–"),
            Tone::Bad => ("bad", "!"),
        };
        html! {
            span class={ "status " (class) } {
                span aria-hidden="true" { (sign) } " " (self.words)
            }
        }
    }
}
