//! Claims: what the postings leave on each prepaid and credit instrument and on each recipient,
//! compared with what the instruments say.

use std::collections::HashMap;

use crate::numbers::{
    DEBT, DEBT_PENDING, LIABILITY, PREPAID, PREPAID_PENDING, RECEIVABLE, REFUNDED, TallyKind,
    decimal,
};
use crate::{Code, Findings, Outage, PostingRow, TallyRow};

/// The claims as the postings make them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims {
    /// Of each instrument: balance, pending, and what refunds have put back.
    pub(crate) tallies: HashMap<i64, [i64; 3]>,
    /// Of each recipient: liability and receivable; both below zero or zero.
    pub(crate) recipients: HashMap<i64, [i64; 2]>,
}

impl Claims {
    /// Counts a posting of the claim layer.
    pub(crate) fn count(&mut self, posting: &PostingRow) -> Result<(), Outage> {
        self.count_side(posting.debit, posting.amount.checked_neg())?;
        self.count_side(posting.credit, Some(posting.amount))?;
        let (kind, owner) = posting.credit;
        if posting.reason == REFUNDED && kind == PREPAID {
            let back = &mut self.tallies.entry(owner).or_default()[2];
            *back = add(*back, Some(posting.amount), owner)?;
        }
        Ok(())
    }

    fn count_side(&mut self, (kind, owner): (i64, i64), change: Option<i64>) -> Result<(), Outage> {
        let part = match kind {
            PREPAID | DEBT => &mut self.tallies.entry(owner).or_default()[0],
            PREPAID_PENDING | DEBT_PENDING => &mut self.tallies.entry(owner).or_default()[1],
            LIABILITY => &mut self.recipients.entry(owner).or_default()[0],
            RECEIVABLE => &mut self.recipients.entry(owner).or_default()[1],
            // Misplaced, and found to be so.
            _ => return Ok(()),
        };
        *part = add(*part, change, owner)?;
        Ok(())
    }
}

fn add(sum: i64, change: Option<i64>, owner: i64) -> Result<i64, Outage> {
    let after = change.and_then(|change| sum.checked_add(change));
    after.ok_or(Outage::Overflow { owner })
}

/// Compares the instruments with the claims, one after another; then what they add up to.
pub(crate) struct Comparison<'a> {
    claims: &'a mut Claims,
    findings: &'a mut Findings,
    /// What the instruments of each recipient hold: prepaid and credit.
    held: HashMap<i64, [i128; 2]>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(claims: &'a mut Claims, findings: &'a mut Findings) -> Comparison<'a> {
        let held = HashMap::new();
        Comparison {
            claims,
            findings,
            held,
        }
    }

    /// Compares one instrument with what the postings leave on it.
    pub(crate) fn compare(&mut self, row: &TallyRow) {
        let [balance, pending, back] = self.claims.tallies.remove(&row.key).unwrap_or_default();
        let Some(kind) = TallyKind::of(row.kind) else {
            let text = format!("a kind of instrument, {}, stands for nothing", row.kind);
            self.findings.about(Code::UnknownNumber, row.key, text);
            return;
        };
        let holds = i128::from(row.balance) + i128::from(row.pending);
        let place = match kind {
            TallyKind::Prepaid => 0,
            TallyKind::Credit => 1,
        };
        self.held.entry(row.recipient).or_default()[place] += holds;
        if (row.balance, row.pending) != (balance, pending) {
            let text = format!(
                "it says {} and {} pending; the postings leave {} and {}",
                decimal(row.balance.into()),
                decimal(row.pending.into()),
                decimal(balance.into()),
                decimal(pending.into())
            );
            self.findings.about(Code::TallyDiffers, row.key, text);
        } else if row.balance < 0 || row.pending < 0 {
            let text = format!("it holds {}", decimal(row.balance.min(row.pending).into()));
            self.findings.about(Code::TallyNegative, row.key, text);
        }
        // Funding keeps to the limit; what refunds put back is the sender's own and comes on top.
        let bound = i128::from(row.limit) + i128::from(back);
        if bound < holds {
            let text = format!("it holds {}, at most {}", decimal(holds), decimal(bound));
            self.findings.about(Code::TallyAboveLimit, row.key, text);
        }
    }

    /// Compares what the instruments add up to with each recipient's side.
    pub(crate) fn finish(mut self) {
        for (tally, [balance, pending, _]) in self.claims.tallies.drain() {
            if (balance, pending) != (0, 0) {
                let text = "postings leave something on an instrument that does not exist";
                self.findings
                    .about(Code::TallyDiffers, tally, text.to_owned());
            }
        }
        let sides = [
            (Code::LiabilityDiffers, "owes"),
            (Code::ReceivableDiffers, "is owed"),
        ];
        for (owner, parts) in self.claims.recipients.drain() {
            let held = self.held.remove(&owner).unwrap_or_default();
            for ((part, held), (code, verb)) in parts.into_iter().zip(held).zip(sides) {
                differs(self.findings, owner, (code, verb), -i128::from(part), held);
            }
        }
        for (owner, held) in self.held.drain() {
            for (held, (code, verb)) in held.into_iter().zip(sides) {
                differs(self.findings, owner, (code, verb), 0, held);
            }
        }
    }
}

fn differs(
    findings: &mut Findings,
    owner: i64,
    (code, verb): (Code, &str),
    posted: i128,
    held: i128,
) {
    if posted != held {
        let (posted, held) = (decimal(posted), decimal(held));
        let text = format!("it {verb} {posted} by the postings; its instruments hold {held}");
        findings.about(code, owner, text);
    }
}
