//! Subscriptions and their charges.

use rusqlite::params;

use super::tx::{CARD, PAY, UNIT};
use super::{CALLER, SENDER, World};

/// The plans, by their keys.
const GOES_ON: i64 = 911;
const ENDED: i64 = 912;
const NEW: i64 = 913;

impl World {
    /// One that goes on after a charge and a refusal, one that has ended, one not charged yet.
    pub(super) fn plans(&mut self) {
        let first = self.charge(GOES_ON, 1);
        let refused = format!("{}-2", id(GOES_ON));
        let sql = "INSERT INTO caller_references VALUES (?, ?, NULL, '{}')";
        self.connection
            .execute(sql, params![CALLER, refused])
            .expect("reference");
        self.plan(GOES_ON, 1, 2, Some(first), Some(700));
        self.works(8, GOES_ON, 700);
        let last = self.charge(ENDED, 1);
        self.plan(ENDED, 3, 1, Some(last), None);
        self.plan(NEW, 1, 0, None, Some(900));
        self.works(8, NEW, 900);
    }

    fn plan(&mut self, key: i64, status: i64, charges: i64, last: Option<i64>, next: Option<i64>) {
        let sql = "INSERT INTO subscriptions
            VALUES (?, zeroblob(13), ?, ?, 1, '{}', 0, NULL, ?, ?, ?, ?)";
        self.connection
            .execute(
                sql,
                params![key, CALLER, SENDER, status, charges, last, next],
            )
            .expect("a plan");
    }

    fn charge(&mut self, plan: i64, serial: i64) -> i64 {
        let mut tx = self.begin(PAY, CARD, 30 * UNIT);
        tx.parties[2] = CALLER;
        (tx.settled, tx.fees) = (tx.amount, [UNIT, 0, 0]);
        tx.event(PAY, 1, 1);
        tx.pend();
        self.put(&mut tx);
        self.capture(&mut tx);
        let sql = "UPDATE caller_references SET reference = ? WHERE transaction_key = ?";
        let name = format!("{}-{serial}", id(plan));
        self.connection
            .execute(sql, params![name, tx.key])
            .expect("reference");
        let sql = "UPDATE transactions SET reference = ? WHERE key = ?";
        self.connection
            .execute(sql, params![name, tx.key])
            .expect("reference");
        tx.key
    }
}

/// The public id of a small key without random bytes: two digits of base 32 at the end of the key.
fn id(key: i64) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digit = |place: u32| {
        let digit = usize::try_from((key >> (5 * place)) & 31).expect("five bits");
        char::from(ALPHABET[digit])
    };
    let zeros = "0".repeat(21);
    format!("S00000000000{}{}{zeros}", digit(1), digit(0))
}
