//! What is paid ahead, and what is owed.

use super::tx::{
    CARD, DEBT, FUND, PAY, PREPAID, REFUND, SETTLE_DEBT, Side, Tx, UNIT, WRITE_OFF, available,
};
use super::{BALANCE, CALLER, SENDER, World};

/// The instruments, by their keys.
const AHEAD: i64 = 901;
const OWED: i64 = 902;

const SPENDABLE: Side = (20, AHEAD);
const FUNDING: Side = (21, AHEAD);
const LIABILITY: Side = (22, CALLER);
const DUE: Side = (23, OWED);
const SETTLING: Side = (24, OWED);
const RECEIVABLE: Side = (25, CALLER);

impl World {
    fn tally(&mut self, key: i64, kind: i64, limit: i64) {
        let sql = "INSERT INTO tallies VALUES (?, zeroblob(31), ?, ?, ?, 'USD', ?, 0, 0, 0, 0, 0, \
            0, 0)";
        self.connection
            .execute(sql, [key, kind, SENDER, CALLER, limit])
            .expect("a tally");
    }

    fn about(&mut self, operation: i64, method: i64, amount: i64, tally: i64) -> Tx {
        let mut tx = self.begin(operation, method, amount);
        tx.parties = [CALLER, SENDER, CALLER];
        (tx.tally, tx.settled) = (Some(tally), amount);
        tx
    }

    /// Money comes by card, and the claim with it; `from` and `to` go by way of `by`.
    fn moving(&mut self, name: &'static str, tx: &mut Tx, [from, by, to]: [Side; 3], done: bool) {
        tx.fees = [UNIT / 2, 0, 0];
        tx.event(tx.operation, 1, 1);
        tx.pend();
        tx.claim(6, from, by);
        self.put(tx);
        self.name(name, tx);
        if done {
            tx.event(tx.operation, 3, 3);
            tx.state = 5;
            tx.unpend(7);
            tx.charge((1, 0), available(CALLER));
            tx.claim(7, by, to);
            self.complete(tx);
        } else {
            self.works(1, tx.key, 5);
        }
    }

    /// Done within the call.
    fn claims(&mut self, name: &'static str, tx: &mut Tx, reason: i64, from: Side, to: Side) {
        tx.event(tx.operation, 3, 3);
        tx.claim(reason, from, to);
        tx.state = 5;
        self.complete(tx);
        self.name(name, tx);
    }

    fn claim_back(&mut self, name: &'static str, original: &mut Tx, amount: i64, way: [Side; 2]) {
        let mut tx = self.about(REFUND, original.method, amount, 0);
        tx.tally = original.tally;
        tx.parties = [CALLER, CALLER, SENDER];
        tx.parent = Some(original.key);
        tx.refunds[1] = 0;
        original.refunds[0] += amount;
        let relation = "INSERT INTO relations VALUES (?, ?)";
        self.connection
            .execute(relation, [original.key, tx.key])
            .expect("relation");
        self.claims(name, &mut tx, 11, way[0], way[1]);
        self.put(original);
    }

    pub(super) fn prepaid(&mut self) {
        self.tally(AHEAD, 1, 100 * UNIT);
        let way = [LIABILITY, FUNDING, SPENDABLE];
        let mut funded = self.about(FUND, CARD, 60 * UNIT, AHEAD);
        self.moving("funded", &mut funded, way, true);
        let mut spent = self.about(PAY, PREPAID, 30 * UNIT, AHEAD);
        self.claims("spent", &mut spent, 8, SPENDABLE, LIABILITY);
        self.claim_back("given", &mut spent, 10 * UNIT, [LIABILITY, SPENDABLE]);
        let mut funding = self.about(FUND, CARD, 5 * UNIT, AHEAD);
        self.moving("funding", &mut funding, way, false);
        // From a balance it is done within the call.
        let mut at_once = self.about(FUND, BALANCE, 55 * UNIT, AHEAD);
        at_once.event(FUND, 3, 3);
        at_once.charge(available(SENDER), available(CALLER));
        at_once.claim(8, LIABILITY, SPENDABLE);
        at_once.state = 5;
        self.complete(&mut at_once);
        let mut refused = self.about(FUND, CARD, 7 * UNIT, AHEAD);
        self.moving("unfunded", &mut refused, way, false);
        refused.event(FUND, 4, 6);
        refused.unpend(5);
        refused.claim(5, FUNDING, LIABILITY);
        (refused.state, refused.settled, refused.fees) = (6, 0, [0; 3]);
        self.complete(&mut refused);
        self.done(1, refused.key);
    }

    pub(super) fn credit(&mut self) {
        self.tally(OWED, 2, 60 * UNIT);
        let way = [DUE, SETTLING, RECEIVABLE];
        let mut charged = self.about(PAY, DEBT, 50 * UNIT, OWED);
        self.claims("charged", &mut charged, 8, RECEIVABLE, DUE);
        let mut settled = self.about(SETTLE_DEBT, CARD, 20 * UNIT, OWED);
        self.moving("paid_off", &mut settled, way, true);
        let mut settling = self.about(SETTLE_DEBT, CARD, 5 * UNIT, OWED);
        self.moving("settling", &mut settling, way, false);
        let mut given_up = self.about(WRITE_OFF, DEBT, 10 * UNIT, OWED);
        self.claims("given_up", &mut given_up, 13, DUE, RECEIVABLE);
        self.claim_back("taken_off", &mut charged, 4 * UNIT, [DUE, RECEIVABLE]);
    }
}
