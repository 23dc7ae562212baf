//! Stories as tables: one line, one step, and what must come of it.
//!
//! ```text
//! reserve R1 by shop from buyer 10.00            -> pending
//! answer  R1 authorize approved                  -> reserved
//! settle  R1 4.00 at +1h                         -> pending
//! settle  R1 4.00                                -> refused InvalidTransactionState(Pending)
//! answer  R1 capture approved                    -> success
//! balance shop 3.75
//! ```
//!
//! A line is a verb, its words, perhaps `at +7d-1ms` (time since the story began), and perhaps `->`
//! with the answer: a status, `done`, or `refused` and the beginning of the refusal. Without an arrow
//! the step must be accepted. `#` begins a remark. Four people are there from the start: `shop`,
//! `market` (a marketplace), `merchant` and `buyer` (with a card); `from buyer` uses a token without
//! limits that is made on the way, and so does `to merchant`.
//!
//! | steps that ask | |
//! |---|---|
//! | `reserve`, `pay` | `R1 by shop from buyer 10.00 [to merchant] [fee caller] [fixed 0.50] [rate 5] [timeout 60] [ref X] [note X] [url X] [dynamic]` |
//! | `settle`, `cancel` | `R1 [4.00] [by shop] [url X] [again]`: `again` sends the very bytes of before |
//! | `fund`, `settle-debt` | `F1 on P1 10.00 [by shop] [from T1] [timeout 60] [ref X] [note X] [for X] [url X] [dynamic]` |
//! | `write-off` | `W1 on C1 10.00 [by shop] [ref X] [note X] [url X]` |
//! | `edit-token` | `T1 as T2 to balance`, or `to card`; `[owner bob]` `[installer shop]` |
//! | `refund` | `F1 of R1 [2.00] [policy market] [by shop] [ref X] [url X]` |
//! | `answer` | `R1 authorize approved`, or `capture`, `void`, `refund` and `declined`, `unknown` |
//! | `expire`, `resolve` | `R1`; `R1 yes` or `R1 no` |
//! | `cancel-token` | `T1 by shop` or `T1 owner buyer`, `[url X]` |
//!
//! The steps that set the scene are in `scene`, those that look in `looks`; a word that a
//! step does not know is an error that names it.

mod asks;
mod asks_tally;
mod line;
mod looks;
mod scene;
mod story;

use line::Line;
pub use story::Story;

/// Plays a story in a fresh world.
///
/// # Panics
///
/// When a step comes out otherwise than its line says, naming the line.
#[track_caller]
pub fn check(text: &str) -> Story {
    let mut story = Story::default();
    story.play(text);
    story
}

impl Story {
    /// Goes on with a story.
    ///
    /// # Panics
    ///
    /// When a step comes out otherwise than its line says, naming the line.
    #[track_caller]
    pub fn play(&mut self, text: &str) {
        for (number, raw) in (1..).zip(text.lines()) {
            let said = Line::parse(raw).and_then(|line| match line {
                Some(line) => self.step(line),
                None => Ok(()),
            });
            if let Err(problem) = said {
                panic!("line {number}, `{}`: {problem}", raw.trim());
            }
        }
    }

    /// Plays one step and gives what came of it, whatever it is; a step that only sets the scene
    /// gives nothing.
    ///
    /// # Errors
    ///
    /// When the step cannot be understood, or speaks of what is not there.
    pub fn say(&mut self, step: &str) -> Result<Option<String>, String> {
        let Some(mut line) = Line::parse(step)? else {
            return Ok(None);
        };
        let said = self.speak(&mut line)?;
        line.finish()?;
        Ok(said)
    }

    fn step(&mut self, mut line: Line) -> Result<(), String> {
        let expected = line.expected.take();
        let said = self.speak(&mut line)?;
        line.finish()?;
        compare(said.as_deref(), expected)
    }

    fn speak(&mut self, line: &mut Line) -> Result<Option<String>, String> {
        if let Some(since) = line.at_ms {
            self.move_to(since)?;
        }
        if let Some(answer) = asks_tally::ask(self, line)? {
            return Ok(Some(story::words_of(&answer)));
        }
        if let Some(answer) = asks::ask(self, line)? {
            return Ok(Some(story::words_of(&answer)));
        }
        if scene::set(self, line)? {
            return Ok(None);
        }
        looks::look(self, line)
    }
}

fn compare(said: Option<&str>, expected: Option<&str>) -> Result<(), String> {
    match (said, expected) {
        (Some(said), None) if said.starts_with("refused") => Err(format!("it was {said}")),
        (_, None) => Ok(()),
        (None, Some(_)) => Err("this step gives no answer".to_owned()),
        (Some(said), Some(expected)) => {
            let as_said = if expected.starts_with("refused ") {
                said.starts_with(expected)
            } else {
                said == expected
            };
            if as_said {
                Ok(())
            } else {
                Err(format!("said `{said}`"))
            }
        }
    }
}
