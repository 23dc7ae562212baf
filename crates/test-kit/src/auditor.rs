//! An auditor that shares no code with the core's decisions: it reads what was written and works
//! out everything again.
//!
//! `books` adds up postings and compares them with balances and with what each transaction's
//! state says must have moved; `tallies` does the same for claims; `lives` walks histories, references, work and notifications;
//! `consents` counts the use of tokens.

mod books;
mod consents;
mod lives;
mod tallies;

use crate::Rows;

/// Everything that is wrong with the rows.
///
/// # Errors
///
/// One line for each thing that is wrong.
pub fn audit(rows: &Rows) -> Result<(), Vec<String>> {
    let mut problems = Vec::new();
    books::audit(rows, &mut problems);
    lives::audit(rows, &mut problems);
    consents::audit(rows, &mut problems);
    tallies::audit(rows, &mut problems);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// Notes a problem unless something holds.
fn expect(holds: bool, problems: &mut Vec<String>, problem: impl FnOnce() -> String) {
    if !holds {
        problems.push(problem());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check;
    use payments::rows::{Release, Status};

    fn books() -> Rows {
        let story = check(
            "
            listen  shop https://shop.example
            consent T1 buyer to shop multi
            reserve R1 by shop from T1 10.00
            answer  R1 authorize approved
            settle  R1 4.00
            reserve R2 by shop from T1 10.00
            answer  R2 authorize approved
            cancel  R2
        ",
        );
        story.world.rows
    }

    /// Each way to break the books is noticed, and the words say which it was.
    #[test]
    fn broken_books_are_noticed() {
        type Break = fn(&mut Rows);
        let ways: [(&str, Break); 9] = [
            ("stored", |rows| rows.balances.clear()),
            ("posted", |rows| rows.postings.truncate(1)),
            ("history", |rows| {
                rows.events
                    .iter_mut()
                    .for_each(|event| event.status = Status::Failure);
            }),
            ("its reference says", |rows| rows.references.clear()),
            ("asks []", |rows| rows.works.clear()),
            ("nobody delivers it", |rows| rows.works.clear()),
            ("uses", |rows| {
                rows.tokens.values_mut().for_each(|token| token.uses += 1);
            }),
            ("is owed no release", |rows| {
                rows.transactions
                    .values_mut()
                    .for_each(|row| row.release = Release::None);
            }),
            ("settled more", |rows| {
                let nothing = money::Amount::zero(money::Currency::USD);
                rows.transactions
                    .values_mut()
                    .for_each(|row| row.amount = nothing);
            }),
        ];
        assert_eq!(audit(&books()), Ok(()));
        for (words, break_it) in ways {
            let mut rows = books();
            break_it(&mut rows);
            let problems = audit(&rows).expect_err(words);
            assert!(
                problems.iter().any(|line| line.contains(words)),
                "{words}: {problems:?}"
            );
        }
    }
}
