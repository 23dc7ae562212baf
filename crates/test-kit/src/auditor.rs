//! An auditor that shares no code with the core's decisions: it reads what was written and works
//! out everything again.
//!
//! [`books`] adds up postings and compares them with balances and with what each transaction's
//! state says must have moved; [`lives`] walks histories, references, work and notifications;
//! [`consents`] counts the use of tokens.

mod books;
mod consents;
mod lives;

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
