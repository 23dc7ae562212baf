//! How stories become rows: each step is one commit.

use rusqlite::params;

use super::World;
use super::tx::{Line, Tx};

/// About as long as what a real request asks.
const ASKED: &str = "{\"Reserve\": {\"sender_token\": \"T0000000000000000000000000000000000000000000\
    00000000000000000000\", \"recipient_token\": \"T000000000000000000000000000000000000000000000000\
    000000000000000\", \"amount\": [100000000, \"USD\"], \"marketplace_fixed\": [5000000, \"USD\"], \
    \"caller_description\": \"A subscription, second year\", \"sender_description\": \"A shop\"}}";

fn reference(key: i64) -> String {
    format!("order-{key}")
}

impl World {
    pub(super) fn works(&mut self, kind: i64, subject: i64, due: i64) {
        self.work += 1;
        let sql = "INSERT INTO works VALUES (?, ?, ?, ?, 0, 0, 0)";
        let mut insert = self.connection.prepare_cached(sql).expect("sql");
        insert
            .execute([due, self.work, kind, subject])
            .expect("work");
    }

    pub(super) fn done(&mut self, kind: i64, subject: i64) {
        let sql = "DELETE FROM works WHERE kind = ? AND subject = ?";
        let mut delete = self.connection.prepare_cached(sql).expect("sql");
        delete.execute([kind, subject]).expect("work");
    }

    pub(super) fn notify(&mut self, transaction: i64, event: i64, delivery: i64) {
        self.work += 1;
        let key = (self.now << 21) + 1_000 + self.work;
        let sql =
            "INSERT INTO notifications VALUES (?, 11, 'http://listener/', '', '{}', ?, ?, 0, ?, 0)";
        self.connection
            .execute(sql, [key, transaction, event, delivery])
            .expect("notification");
        if delivery == 1 {
            self.works(7, key, 5);
        }
    }

    pub(super) fn savepoint(&mut self) {
        self.connection
            .execute_batch("SAVEPOINT story")
            .expect("savepoint");
    }

    /// One commit: the batch row, with the transaction it wrote.
    pub(super) fn commit(&mut self, key: i64, touched: Option<i64>) {
        self.batch += 1;
        let first = (self.now << 21) + self.batch * 8;
        let mut digest = [0_u8; 32];
        digest[..8].copy_from_slice(&self.batch.to_be_bytes());
        let sql = "INSERT INTO batches VALUES (0, ?, ?, ?, ?, ?)";
        let packed = touched.map(pack).unwrap_or_default();
        let last = (first + 7).max(key);
        let mut insert = self.connection.prepare_cached(sql).expect("sql");
        insert
            .execute(params![self.batch, first, last, digest, packed])
            .expect("batch");
        self.connection
            .execute_batch("RELEASE story")
            .expect("release");
    }

    pub(super) fn posting(
        &mut self,
        key: i64,
        line: usize,
        (event, reason, layer, from, to, amount): &Line,
    ) {
        let sql = "INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'USD')";
        let values = params![
            key,
            int(line),
            int(*event),
            reason,
            layer,
            from.0,
            from.1,
            to.0,
            to.1,
            amount
        ];
        self.insert(sql, values);
        let sql = "INSERT INTO balances VALUES (?1, 0, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET
            available = available + ?2, pending_in = pending_in + ?3, pending_out = pending_out + ?4";
        let mut upsert = self.connection.prepare_cached(sql).expect("sql");
        for ((kind, owner), change) in [(*from, -amount), (*to, *amount)] {
            let part = |number| if kind == number { change } else { 0 };
            if (16..=18).contains(&kind) {
                upsert
                    .execute([owner, part(16), part(17), part(18)])
                    .expect("balance");
            }
            self.move_tally((kind, owner), change);
        }
    }

    fn move_tally(&self, (kind, owner): (i64, i64), change: i64) {
        let sql = match kind {
            20 | 23 => "UPDATE tallies SET balance = balance + ? WHERE key = ?",
            21 | 24 => "UPDATE tallies SET pending = pending + ? WHERE key = ?",
            _ => return,
        };
        self.connection
            .execute(sql, [change, owner])
            .expect("tally");
    }

    /// Writes the transaction and what is new about it.
    pub(super) fn put(&mut self, tx: &mut Tx) {
        self.savepoint();
        self.transaction(tx);
        let sql = "INSERT OR IGNORE INTO caller_references VALUES (?, ?, ?, NULL)";
        let values = params![tx.parties[0], reference(tx.key), tx.key];
        self.insert(sql, values);
        let (events, postings) = tx.written;
        for (number, (operation, status, code)) in tx.events.iter().enumerate().skip(events) {
            let sql = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, 'USD', NULL)";
            let values = params![
                tx.key,
                int(number + 1),
                self.now,
                operation,
                status,
                code,
                tx.amount
            ];
            self.insert(sql, values);
        }
        for (at, line) in tx.postings.iter().enumerate().skip(postings) {
            self.posting(tx.key, at + 1, line);
        }
        tx.written = (tx.events.len(), tx.postings.len());
        self.commit(tx.key, Some(tx.key));
    }

    fn transaction(&mut self, tx: &Tx) {
        let sql = "INSERT OR REPLACE INTO transactions (key, nonce, operation, method, caller,
            sender, recipient, tally, parent, currency, amount, received_at, caller_date, timeout_at,
            fee_payer, marketplace_fixed, marketplace_rate, reference, details)
            VALUES (?, zeroblob(13), ?, ?, ?, ?, ?, ?, ?, 'USD', ?, ?, 0, 0, ?, 0, 0,
            ?, json_object('asked', ?))";
        let [caller, sender, recipient] = tx.parties;
        let values = params![
            tx.key,
            tx.operation,
            tx.method,
            caller,
            sender,
            recipient,
            tx.tally,
            tx.parent,
            tx.amount,
            self.now,
            tx.fee_payer,
            reference(tx.key),
            ASKED,
        ];
        self.insert(sql, values);
        self.state(tx);
    }

    fn state(&self, tx: &Tx) {
        let sql = "INSERT OR REPLACE INTO transaction_states (key, state, reserved_at, code,
            settled, fps_fee, marketplace_fee, caller_held, refunded, marketplace_refunded,
            fps_fee_returned, marketplace_fee_returned, release, events, postings, completed_at, notify_url)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let [fps, fee, held] = tx.fees;
        let [refunded, of_marketplace, fps_back, fee_back] = tx.refunds;
        let values = params![
            tx.key,
            tx.state,
            tx.reserved_at,
            tx.code,
            tx.settled,
            fps,
            fee,
            held,
            refunded,
            of_marketplace,
            fps_back,
            fee_back,
            tx.release,
            int(tx.events.len()),
            int(tx.postings.len()),
            tx.completed_at,
            tx.notify_url
        ];
        self.insert(sql, values);
    }

    fn insert(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) {
        let mut insert = self.connection.prepare_cached(sql).expect("sql");
        insert.execute(values).expect("a row");
    }
}

fn int(count: usize) -> i64 {
    i64::try_from(count).expect("few")
}

fn pack(key: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = key;
    while 0x7f < rest {
        bytes.push(u8::try_from(rest & 0x7f).expect("seven bits") | 0x80);
        rest >>= 7;
    }
    bytes.push(u8::try_from(rest).expect("seven bits"));
    bytes
}
