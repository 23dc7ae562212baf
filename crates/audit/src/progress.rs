//! Where a check stands, as a value and as text: it can be stopped and taken up again.
//!
//! The text is one item a line, words apart by tabs, the version first. What a check has counted so
//! far stays true later, because only postings that never change again have been counted.

use std::io::Write;

use crate::finding::{Code, Finding, Findings};
use crate::numbers::KINDS;
use crate::sums::Sums;
use crate::{FINDINGS_MAX, Outage};

const VERSION: &str = "holdfast-check 4";

/// How many rows have been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Transactions judged.
    pub transactions: u64,
    /// Of them refunds.
    pub refunds: u64,
    /// Steps of their histories.
    pub events: u64,
    /// Postings, deposits included.
    pub postings: u64,
    /// Caller references.
    pub references: u64,
    /// Notifications.
    pub notifications: u64,
    /// Subscriptions.
    pub subscriptions: u64,
    /// Batches.
    pub batches: u64,
    /// Accounts whose balance was compared.
    pub accounts: u64,
    /// Prepaid and credit instruments that were compared.
    pub tallies: u64,
}

/// Where a check stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Transactions up to this key are done.
    Transactions(i64),
    /// References up to this one are done.
    References(i64, String),
    /// Notifications up to this key are done.
    Notifications(i64),
    /// Subscriptions up to this key are done.
    Subscriptions(i64),
    /// Batches up to this lane and number are done; the digest of the last.
    Batches(i64, i64),
    /// Balances come next.
    Balances,
}

/// A check under way: what it has counted and found.
#[derive(Clone, Debug)]
pub struct Progress {
    pub(crate) phase: Phase,
    /// Postings of what ended before this moment have been counted, all others not.
    pub(crate) horizon: i64,
    pub(crate) counts: Counts,
    pub(crate) findings: Findings,
    pub(crate) sums: Sums,
    /// Holds by kind, as the walk saw them.
    pub(crate) holds: Sums,
    /// Transactions under way that no work names.
    pub(crate) strays: Vec<i64>,
}

impl Progress {
    pub(crate) fn begin(horizon: i64, findings_max: usize) -> Progress {
        Progress {
            phase: Phase::Transactions(i64::MIN),
            horizon,
            counts: Counts::default(),
            findings: Findings::new(findings_max),
            sums: Sums::default(),
            holds: Sums::default(),
            strays: Vec::new(),
        }
    }

    /// How many rows have been read.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What has been found so far.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The step it is in, for people.
    pub fn step(&self) -> &'static str {
        match self.phase {
            Phase::Transactions(_) => "transactions",
            Phase::References(..) => "references",
            Phase::Notifications(_) => "notifications",
            Phase::Subscriptions(_) => "subscriptions",
            Phase::Batches(..) => "batches",
            Phase::Balances => "balances",
        }
    }

    /// Writes it down.
    pub fn write_to(&self, to: &mut dyn Write) -> std::io::Result<()> {
        writeln!(to, "{VERSION}")?;
        match &self.phase {
            Phase::Transactions(key) => writeln!(to, "transactions\t{key}")?,
            Phase::References(caller, name) => writeln!(to, "references\t{caller}\t{name}")?,
            Phase::Notifications(key) => writeln!(to, "notifications\t{key}")?,
            Phase::Subscriptions(key) => writeln!(to, "subscriptions\t{key}")?,
            Phase::Batches(lane, number) => writeln!(to, "batches\t{lane}\t{number}")?,
            Phase::Balances => writeln!(to, "balances")?,
        }
        writeln!(to, "horizon\t{}", self.horizon)?;
        let c = self.counts;
        let counts = [
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
        ];
        writeln!(
            to,
            "counts\t{}",
            counts.map(|count| count.to_string()).join("\t")
        )?;
        for (name, sums) in [("sum", &self.sums), ("hold", &self.holds)] {
            for (place, (debits, credits)) in sums.kinds.iter().enumerate() {
                writeln!(to, "{name}\t{place}\t{debits}\t{credits}")?;
            }
        }
        for (account, [available, pending_in, pending_out]) in &self.sums.accounts {
            writeln!(
                to,
                "account\t{account}\t{available}\t{pending_in}\t{pending_out}"
            )?;
        }
        for (tally, [balance, pending, back]) in &self.sums.claims.tallies {
            writeln!(to, "tally\t{tally}\t{balance}\t{pending}\t{back}")?;
        }
        for (owner, [liability, receivable]) in &self.sums.claims.recipients {
            writeln!(to, "recipient\t{owner}\t{liability}\t{receivable}")?;
        }
        for stray in &self.strays {
            writeln!(to, "stray\t{stray}")?;
        }
        for (code, count) in &self.findings.counts {
            writeln!(to, "found\t{}\t{count}", code.text())?;
        }
        for finding in &self.findings.kept {
            let id = finding.id.as_deref().unwrap_or("");
            writeln!(
                to,
                "finding\t{}\t{}\t{id}\t{}",
                finding.code.text(),
                finding.key,
                finding.text
            )?;
        }
        writeln!(to, "end")
    }

    /// Reads what [`Progress::write_to`] wrote; a file that was cut off is refused.
    pub fn read_from(text: &str) -> Result<Progress, Outage> {
        let mut progress = Progress::begin(0, FINDINGS_MAX);
        let mut lines = text.lines().enumerate();
        let bad = |line: usize| Outage::Progress { line: line + 1 };
        if lines.next().is_none_or(|(_, first)| first != VERSION) {
            return Err(bad(0));
        }
        let mut last = 0;
        for (at, line) in lines {
            last = at;
            if line == "end" {
                return Ok(progress);
            }
            let words: Vec<&str> = line.split('\t').collect();
            progress.take(&words).ok_or_else(|| bad(at))?;
        }
        Err(bad(last))
    }

    fn take(&mut self, words: &[&str]) -> Option<()> {
        let number = |word: &str| word.parse::<i64>().ok();
        match words {
            ["transactions", key] => self.phase = Phase::Transactions(number(key)?),
            ["references", caller, name] => {
                self.phase = Phase::References(number(caller)?, (*name).to_owned());
            }
            ["notifications", key] => self.phase = Phase::Notifications(number(key)?),
            ["subscriptions", key] => self.phase = Phase::Subscriptions(number(key)?),
            ["batches", lane, at] => self.phase = Phase::Batches(number(lane)?, number(at)?),
            ["balances"] => self.phase = Phase::Balances,
            ["horizon", at] => self.horizon = number(at)?,
            ["counts", rest @ ..] => self.counts = counts_of(rest)?,
            ["sum", place, debits, credits] => put_kind(&mut self.sums, place, debits, credits)?,
            ["hold", place, debits, credits] => put_kind(&mut self.holds, place, debits, credits)?,
            ["account", account, parts @ ..] => {
                let parts: Option<Vec<i64>> = parts.iter().map(|word| number(word)).collect();
                self.sums
                    .accounts
                    .insert(number(account)?, parts?.try_into().ok()?);
            }
            ["tally", tally, parts @ ..] => {
                let parts: Option<Vec<i64>> = parts.iter().map(|word| number(word)).collect();
                let tallies = &mut self.sums.claims.tallies;
                tallies.insert(number(tally)?, parts?.try_into().ok()?);
            }
            ["recipient", owner, parts @ ..] => {
                let parts: Option<Vec<i64>> = parts.iter().map(|word| number(word)).collect();
                let recipients = &mut self.sums.claims.recipients;
                recipients.insert(number(owner)?, parts?.try_into().ok()?);
            }
            ["stray", key] => self.strays.push(number(key)?),
            ["found", code, count] => {
                self.findings
                    .counts
                    .insert(Code::parse(code)?, count.parse().ok()?);
            }
            ["finding", code, key, id, text] => self.findings.kept.push(Finding {
                code: Code::parse(code)?,
                key: number(key)?,
                id: (!id.is_empty()).then(|| (*id).to_owned()),
                text: (*text).to_owned(),
            }),
            _ => return None,
        }
        Some(())
    }
}

fn counts_of(words: &[&str]) -> Option<Counts> {
    let numbers: Option<Vec<u64>> = words.iter().map(|word| word.parse().ok()).collect();
    let numbers: [u64; 10] = numbers?.try_into().ok()?;
    let [
        transactions,
        refunds,
        events,
        postings,
        references,
        notifications,
        subscriptions,
        batches,
        accounts,
        tallies,
    ] = numbers;
    Some(Counts {
        transactions,
        refunds,
        events,
        postings,
        references,
        notifications,
        subscriptions,
        batches,
        accounts,
        tallies,
    })
}

fn put_kind(sums: &mut Sums, place: &str, debits: &str, credits: &str) -> Option<()> {
    let place: usize = place.parse().ok().filter(|place| *place < KINDS.len())?;
    sums.kinds[place] = (debits.parse().ok()?, credits.parse().ok()?);
    Some(())
}
