//! A transaction, and the postings of each of its steps.

pub(super) const UNIT: i64 = 1_000_000;

pub const PAY: i64 = 1;
pub const RESERVE: i64 = 2;
pub const SETTLE: i64 = 3;
pub const REFUND: i64 = 4;
pub const FUND: i64 = 5;
pub const SETTLE_DEBT: i64 = 6;
pub const WRITE_OFF: i64 = 7;

pub(super) const CARD: i64 = 1;
pub(super) const BALANCE: i64 = 3;
pub(super) const DEBT: i64 = 4;
pub(super) const PREPAID: i64 = 5;

pub(super) type Side = (i64, i64);
pub(super) const CLEARING: Side = (1, 0);
pub(super) const INCOMING: Side = (2, 0);
pub(super) const FEES: Side = (4, 0);
pub(super) const FUNDING: Side = (5, 0);
pub(super) const AUTHORISED: Side = (6, 0);

pub(super) fn available(owner: i64) -> Side {
    (16, owner)
}

pub(super) fn pending_in(owner: i64) -> Side {
    (17, owner)
}

pub(super) fn pending_out(owner: i64) -> Side {
    (18, owner)
}

/// Event, reason, layer, from, to, amount.
pub(super) type Line = (usize, i64, i64, Side, Side, i64);

/// A transaction as the tables show it.
#[derive(Clone)]
pub struct Tx {
    pub key: i64,
    pub(super) operation: i64,
    pub(super) method: i64,
    pub(super) parties: [i64; 3],
    pub(super) tally: Option<i64>,
    pub(super) parent: Option<i64>,
    pub(super) amount: i64,
    pub(super) fee_payer: i64,
    pub(super) state: i64,
    pub(super) reserved_at: Option<i64>,
    pub(super) code: i64,
    pub(super) settled: i64,
    /// Provider's, caller's, held of the caller.
    pub(super) fees: [i64; 3],
    /// To the sender, of the marketplace part, both fees.
    pub(super) refunds: [i64; 4],
    pub(super) release: i64,
    pub(super) completed_at: Option<i64>,
    pub(super) notify_url: Option<&'static str>,
    pub(super) events: Vec<(i64, i64, i64)>,
    pub(super) postings: Vec<Line>,
    pub(super) written: (usize, usize),
}

impl Tx {
    pub(super) fn event(&mut self, operation: i64, status: i64, code: i64) {
        self.events.push((operation, status, code));
        self.code = code;
    }

    pub(super) fn line(&mut self, reason: i64, from: Side, to: Side, amount: i64) {
        let layer = i64::from(from.0 == 6 || to.0 == 6);
        if amount != 0 && from != to {
            self.postings
                .push((self.events.len(), reason, layer, from, to, amount));
        }
    }

    pub(super) fn claim(&mut self, reason: i64, from: Side, to: Side) {
        let event = self.events.len();
        self.postings
            .push((event, reason, 2, from, to, self.settled));
    }

    pub(super) fn hold(&mut self) {
        self.line(1, AUTHORISED, (19, self.parties[2]), self.amount);
    }

    pub(super) fn let_go(&mut self, reason: i64) {
        self.line(reason, (19, self.parties[2]), AUTHORISED, self.amount);
    }

    pub(super) fn pend(&mut self) {
        let [caller, _, recipient] = self.parties;
        self.line(6, INCOMING, pending_in(recipient), self.settled);
        self.line(6, available(caller), pending_out(caller), self.fees[2]);
    }

    pub(super) fn unpend(&mut self, reason: i64) {
        let [caller, _, recipient] = self.parties;
        self.line(reason, pending_in(recipient), INCOMING, self.settled);
        if reason == 5 {
            self.line(reason, pending_out(caller), available(caller), self.fees[2]);
        }
    }

    pub(super) fn charge(&mut self, from: Side, fee_from: Side) {
        let [caller, _, recipient] = self.parties;
        let [fps, marketplace, held] = self.fees;
        self.line(8, from, available(recipient), self.settled);
        self.line(10, available(recipient), available(caller), marketplace);
        if self.fee_payer == 2 {
            self.line(9, available(recipient), FEES, fps);
        } else {
            self.line(9, fee_from, FEES, held);
            self.line(9, available(caller), FEES, fps - held);
        }
    }
}
