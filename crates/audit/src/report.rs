//! What a check has found, as data and as text.

use std::fmt::{Display, Formatter, Result};
use std::time::Duration;

use crate::finding::Findings;
use crate::numbers::{KINDS, decimal};
use crate::progress::{Counts, Progress};

/// The result of a check.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was read.
    pub counts: Counts,
    /// What is wrong.
    pub findings: Findings,
    /// What has moved between the kinds of ledger accounts; both layers.
    pub sums: Vec<KindSum>,
    /// How long it took.
    pub took: Duration,
}

/// What has left and reached all ledger accounts of a kind, in micro-units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindSum {
    /// The kind's stored number.
    pub kind: i64,
    /// Its name.
    pub name: &'static str,
    /// What left.
    pub debits: i128,
    /// What arrived.
    pub credits: i128,
}

impl KindSum {
    /// What is there: positive where more arrived than left.
    pub fn balance(&self) -> i128 {
        self.credits - self.debits
    }
}

impl Report {
    pub(crate) fn of(run: Progress, took: Duration) -> Report {
        let moved = run.sums.kinds.iter().zip(&run.holds.kinds);
        let sums = KINDS
            .iter()
            .zip(moved)
            .map(|((kind, name), (money, hold))| KindSum {
                kind: *kind,
                name,
                debits: money.0 + hold.0,
                credits: money.1 + hold.1,
            });
        Report {
            counts: run.counts,
            findings: run.findings,
            sums: sums.collect(),
            took,
        }
    }

    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.findings.total() == 0
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let c = self.counts;
        writeln!(
            f,
            "{:<20} {:>20} {:>20} {:>20}",
            "ledger account", "debits", "credits", "balance"
        )?;
        let (mut debits, mut credits) = (0, 0);
        for sum in self
            .sums
            .iter()
            .filter(|sum| sum.debits != 0 || sum.credits != 0)
        {
            line(f, sum.name, sum.debits, sum.credits)?;
            debits += sum.debits;
            credits += sum.credits;
        }
        line(f, "all", debits, credits)?;
        writeln!(
            f,
            "\nread {} transactions ({} refunds), {} events, {} postings, {} references, \
             {} notifications, {} subscriptions, {} batches, {} balances, {} instruments in {:.1} s",
            c.transactions,
            c.refunds,
            c.events,
            c.postings,
            c.references,
            c.notifications,
            c.subscriptions,
            c.batches,
            c.accounts,
            c.tallies,
            self.took.as_secs_f64()
        )?;
        for finding in &self.findings.kept {
            let id = finding
                .id
                .as_deref()
                .map(|id| format!(" ({id})"))
                .unwrap_or_default();
            writeln!(
                f,
                "{}: {}{id}: {}",
                finding.code.text(),
                finding.key,
                finding.text
            )?;
        }
        if self.is_sound() {
            return writeln!(f, "The books are sound.");
        }
        for (code, count) in &self.findings.counts {
            writeln!(f, "{:<32} {count:>10}", code.text())?;
        }
        writeln!(
            f,
            "The books are WRONG: {} findings.",
            self.findings.total()
        )
    }
}

fn line(f: &mut Formatter<'_>, name: &str, debits: i128, credits: i128) -> Result {
    let balance = decimal(credits - debits);
    writeln!(
        f,
        "{name:<20} {:>20} {:>20} {balance:>20}",
        decimal(debits),
        decimal(credits)
    )
}
