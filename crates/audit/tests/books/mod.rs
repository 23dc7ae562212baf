//! Small correct books, written by SQL from the migration file: every story a transaction can have.

use std::collections::BTreeMap;

use rusqlite::Connection;

pub mod broken;
mod plans;
mod rows;
mod tallies;
mod tx;

pub use tx::Tx;
use tx::{
    BALANCE, CARD, CLEARING, FEES, FUNDING, PAY, REFUND, RESERVE, SETTLE, UNIT, available,
    pending_out,
};

const SCHEMA: &str = concat!(
    include_str!("../../../store-sqlite/migrations/0001_books.sql"),
    include_str!("../../../store-sqlite/migrations/0002_states.sql"),
    include_str!("../../../store-sqlite/migrations/0003_references.sql"),
);

pub const CALLER: i64 = 11;
pub const SENDER: i64 = 12;
pub const RECIPIENT: i64 = 13;
pub const POOR: i64 = 14;

/// Books that are being written.
pub struct World {
    pub connection: Connection,
    pub keys: BTreeMap<&'static str, i64>,
    now: i64,
    batch: i64,
    work: i64,
}

impl World {
    pub fn on(connection: Connection) -> World {
        connection
            .execute_batch(SCHEMA)
            .expect("the schema is valid");
        World {
            connection,
            keys: BTreeMap::new(),
            now: 1_000_000,
            batch: 0,
            work: 0,
        }
    }

    /// Every story once.
    pub fn full() -> World {
        let mut world = World::on(Connection::open_in_memory().expect("memory"));
        world.deposit(CALLER, 50 * UNIT);
        world.deposit(SENDER, 500 * UNIT);
        let deposit = world.deposit(POOR, 10 * UNIT);
        world.keys.insert("deposit", deposit);
        world.stories();
        world
    }

    pub fn stories(&mut self) {
        let settled = self.settled(2, Some("http://listener/"));
        self.refunds(settled);
        let caller_pays = self.settled(1, None);
        self.name("caller_pays", &caller_pays);
        let held = self.reserved(None);
        self.name("held", &held);
        let mut capturing = self.reserved(Some("http://listener/"));
        self.settle(&mut capturing, 1);
        self.name("capturing", &capturing);
        let authorising = self.reserve(None);
        self.name("authorising", &authorising);
        let mut cancelled = self.reserved(None);
        self.end(&mut cancelled, (7, 5, 4), 2);
        self.name("cancelled", &cancelled);
        let mut expired = self.reserved(None);
        self.end(&mut expired, (7, 5, 5), 1);
        self.works(3, expired.key, i64::MAX);
        self.name("expired", &expired);
        let mut timed_out = self.reserve(None);
        self.end(&mut timed_out, (6, 4, 5), 1);
        let mut denied = self.reserve(None);
        self.end(&mut denied, (6, 4, 6), 0);
        self.done(1, denied.key);
        let mut failed = self.reserved(None);
        self.settle(&mut failed, 2);
        self.capture_fails(&mut failed);
        self.name("failed", &failed);
        self.pays();
        self.own();
        self.prepaid();
        self.credit();
        self.plans();
        self.refused();
    }

    fn name(&mut self, name: &'static str, tx: &Tx) {
        self.keys.insert(name, tx.key);
    }

    fn key(&mut self) -> i64 {
        self.now += 1_000;
        self.now << 21
    }

    fn begin(&mut self, operation: i64, method: i64, amount: i64) -> Tx {
        Tx {
            key: self.key(),
            operation,
            method,
            parties: [CALLER, SENDER, RECIPIENT],
            tally: None,
            parent: None,
            amount,
            fee_payer: 2,
            state: 1,
            reserved_at: None,
            code: 1,
            settled: 0,
            fees: [0; 3],
            refunds: [0; 4],
            release: 0,
            completed_at: None,
            notify_url: None,
            events: Vec::new(),
            postings: Vec::new(),
            written: (0, 0),
        }
    }

    fn reserve(&mut self, notify_url: Option<&'static str>) -> Tx {
        let mut tx = self.begin(RESERVE, CARD, 100 * UNIT);
        tx.notify_url = notify_url;
        tx.event(RESERVE, 1, 1);
        self.put(&mut tx);
        self.works(1, tx.key, 5);
        tx
    }

    pub fn reserved(&mut self, notify_url: Option<&'static str>) -> Tx {
        let mut tx = self.reserve(notify_url);
        tx.event(RESERVE, 2, 3);
        tx.hold();
        (tx.state, tx.reserved_at) = (2, Some(self.now));
        self.put(&mut tx);
        self.done(1, tx.key);
        tx
    }

    pub fn settle(&mut self, tx: &mut Tx, fee_payer: i64) {
        tx.settled = 80 * UNIT;
        tx.fee_payer = fee_payer;
        tx.fees = if fee_payer == 1 {
            [25 * UNIT / 10, 2 * UNIT, UNIT / 2]
        } else {
            [25 * UNIT / 10, 5 * UNIT, 0]
        };
        (tx.state, tx.reserved_at) = (3, None);
        tx.event(SETTLE, 1, 1);
        tx.pend();
        self.put(tx);
        self.works(2, tx.key, 5);
    }

    pub fn capture(&mut self, tx: &mut Tx) {
        tx.event(tx.events[tx.events.len() - 1].0, 3, 3);
        tx.state = 5;
        if tx.operation == RESERVE {
            tx.let_go(2);
        }
        tx.unpend(7);
        tx.charge(CLEARING, pending_out(tx.parties[0]));
        self.complete(tx);
        self.done(2, tx.key);
    }

    fn capture_fails(&mut self, tx: &mut Tx) {
        tx.event(SETTLE, 4, 6);
        (tx.state, tx.release) = (6, 2);
        tx.unpend(5);
        tx.let_go(5);
        tx.fees = [0; 3];
        self.complete(tx);
        self.done(2, tx.key);
    }

    fn end(&mut self, tx: &mut Tx, (state, status, code): (i64, i64, i64), release: i64) {
        tx.event(RESERVE, status, code);
        if tx.reserved_at.take().is_some() {
            tx.let_go(code - 1);
        }
        (tx.state, tx.release) = (state, release);
        self.complete(tx);
    }

    fn complete(&mut self, tx: &mut Tx) {
        self.now += 1_000;
        tx.completed_at = Some(self.now);
        self.put(tx);
    }

    pub fn settled(&mut self, fee_payer: i64, notify_url: Option<&'static str>) -> Tx {
        let mut tx = self.reserved(notify_url);
        self.settle(&mut tx, fee_payer);
        self.capture(&mut tx);
        if notify_url.is_some() {
            self.notify(tx.key, 1, 1);
            self.notify(tx.key, 2, 2);
            self.notify(tx.key, 4, 2);
        }
        tx
    }

    /// One that succeeded, one under way, one that failed, one of the marketplace fee alone.
    fn refunds(&mut self, mut original: Tx) {
        let one = self.refund(
            &mut original,
            "refund",
            40 * UNIT,
            125 * UNIT / 100,
            25 * UNIT / 10,
        );
        self.refund_answered(one, true);
        self.refund(&mut original, "refunding", 20 * UNIT, 63 * UNIT / 100, UNIT);
        let failed = self.refund(&mut original, "refund_failed", 10 * UNIT, 0, UNIT);
        let back = [10 * UNIT, 10 * UNIT, 0, UNIT];
        self.refund_answered(failed, false);
        for (sum, part) in original.refunds.iter_mut().zip(back) {
            *sum -= part;
        }
        self.put(&mut original);
        self.keys.insert("settled", original.key);
    }

    fn refund(
        &mut self,
        original: &mut Tx,
        name: &'static str,
        amount: i64,
        fps: i64,
        fee: i64,
    ) -> Tx {
        let mut tx = self.begin(REFUND, original.method, amount);
        let [caller, sender, recipient] = original.parties;
        tx.parties = [caller, recipient, sender];
        tx.parent = Some(original.key);
        tx.fee_payer = original.fee_payer;
        tx.settled = amount;
        tx.fees = [fps, fee, 0];
        tx.refunds[1] = amount;
        tx.state = 4;
        tx.event(REFUND, 1, 1);
        let own = amount - fps - fee;
        tx.line(6, available(recipient), pending_out(recipient), own);
        tx.line(6, available(caller), pending_out(caller), fee);
        for (sum, part) in original.refunds.iter_mut().zip([amount, amount, fps, fee]) {
            *sum += part;
        }
        self.put(&mut tx);
        self.put(original);
        let relation = "INSERT INTO relations VALUES (?, ?)";
        self.connection
            .execute(relation, [original.key, tx.key])
            .expect("relation");
        self.works(4, tx.key, i64::MAX);
        self.name(name, &tx);
        tx
    }

    fn refund_answered(&mut self, mut tx: Tx, approved: bool) {
        let [caller, payer, to] = tx.parties;
        let [fps, fee, _] = tx.fees;
        let aside = pending_out(payer);
        if approved {
            tx.event(REFUND, 3, 3);
            tx.state = 5;
            tx.line(9, FEES, aside, fps);
            tx.line(10, pending_out(caller), aside, fee);
            let to = if tx.method == CARD {
                CLEARING
            } else {
                available(to)
            };
            tx.line(11, aside, to, tx.settled);
        } else {
            tx.event(REFUND, 4, 6);
            tx.state = 6;
            tx.line(5, aside, available(payer), tx.settled - fps - fee);
            tx.line(5, pending_out(caller), available(caller), fee);
            (tx.settled, tx.fees) = (0, [0; 3]);
        }
        self.complete(&mut tx);
        self.done(4, tx.key);
    }

    fn pays(&mut self) {
        for captured in [true, false] {
            let mut tx = self.begin(PAY, CARD, 30 * UNIT);
            (tx.settled, tx.fees) = (tx.amount, [UNIT, 0, 0]);
            tx.event(PAY, 1, 1);
            tx.pend();
            self.put(&mut tx);
            if captured {
                self.capture(&mut tx);
            } else {
                self.works(1, tx.key, 5);
            }
        }
        let mut tx = self.begin(PAY, BALANCE, 10 * UNIT);
        tx.parties[1] = POOR;
        (tx.settled, tx.fees) = (tx.amount, [UNIT / 400, 0, 0]);
        tx.event(PAY, 3, 3);
        tx.state = 5;
        tx.charge(available(POOR), available(CALLER));
        self.complete(&mut tx);
        let refund = self.refund(&mut tx, "balance_refund", UNIT, UNIT / 4_000, 0);
        self.refund_answered(refund, true);
    }

    /// The caller is the recipient: its own fee moves nothing.
    fn own(&mut self) {
        let mut tx = self.begin(PAY, CARD, 30 * UNIT);
        tx.parties[2] = CALLER;
        (tx.settled, tx.fees) = (tx.amount, [UNIT, 3 * UNIT, 0]);
        tx.event(PAY, 1, 1);
        tx.pend();
        self.put(&mut tx);
        self.capture(&mut tx);
        self.name("own", &tx);
        let refund = self.refund(&mut tx, "own_refund", 30 * UNIT, UNIT, 3 * UNIT);
        self.refund_answered(refund, true);
    }

    fn refused(&mut self) {
        let sql = "INSERT INTO caller_references VALUES (?, 'refused', NULL, '{}')";
        self.connection.execute(sql, [CALLER]).expect("reference");
    }

    pub fn deposit(&mut self, account: i64, amount: i64) -> i64 {
        let key = self.key();
        self.savepoint();
        self.posting(key, 1, &(0, 12, 0, FUNDING, available(account), amount));
        self.commit(key, None);
        key
    }
}
