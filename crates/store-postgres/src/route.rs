//! Which lane of a node decides a command: the one where others wait for the same rows.
//!
//! Only speed depends on it: wherever a command is decided, the database's locks keep it right.

use std::hash::{BuildHasher, Hash};

use payments::tables::QuickHash;
use payments::{Command, TokenId, TransactionId};

/// The place among `lanes` lanes: by the sender's token where there is one, else by the
/// transaction, else by whatever names the thing.
pub fn route(command: &Command, lanes: usize) -> usize {
    if lanes <= 1 {
        return 0;
    }
    let hash = match command {
        Command::Pay(pay) => by_token(&pay.asked.sender_token),
        Command::Reserve(reserve) => by_token(&reserve.asked.sender_token),
        Command::CancelToken(cancel) => by_token(&cancel.token),
        Command::FundPrepaid(fund) => hash(fund.reference.as_str()),
        Command::SettleDebt(settle) => hash(settle.reference.as_str()),
        Command::WriteOffDebt(write_off) => hash(write_off.reference.as_str()),
        Command::InstallStandIns(install) => hash(install.caller.0),
        Command::InstallTally(install) => hash(install.installer.0),
        Command::InstallInstruction(install) => hash(install.by.caller.0),
        Command::EditToken(edit) => by_token(&edit.token),
        Command::Settle(settle) => by_transaction(&settle.transaction),
        Command::Cancel(cancel) => by_transaction(&cancel.transaction),
        Command::Refund(refund) => by_transaction(&refund.asked.transaction),
        Command::Resolve(resolve) => by_transaction(&resolve.transaction),
        Command::AnswerFromProcessor(answer) => hash(answer.transaction.0),
        Command::Expire(expire) => hash(expire.transaction.0),
        Command::Deliver(deliver) => hash(deliver.notification.0),
        Command::Resend(resend) => hash(resend.notification.0),
        Command::Defer(defer) => hash(defer.work.key),
        Command::InstallTokens(install) => hash(install.caller_reference.as_str()),
        Command::CreateAccount(create) => hash(create.email.as_str()),
        Command::ChangeAccount(change) => hash(change.account.0),
        Command::RotateWebhookSecret(rotate) => hash(rotate.account.0),
        Command::CreateKey(create) => hash(create.account.0),
        Command::DisableKey(disable) => hash(disable.id.as_str()),
        Command::AddCertificate(add) => hash(add.account.0),
        Command::DisableCertificate(disable) => hash(disable.fingerprint.0),
        Command::AddInstrument(add) => hash(add.account.0),
        Command::RemoveInstrument(remove) => hash(remove.account.0),
        Command::VerifyInstrument(verify) => hash(verify.instrument.0),
        Command::StartSubscription(start) => by_token(&start.token),
        Command::ChargeSubscription(charge) => hash(charge.subscription.0),
        Command::CancelSubscription(cancel) => {
            cancel.subscription.key().map_or(0, |key| hash(key.0))
        }
        Command::Deposit(deposit) => hash(deposit.account.0),
        Command::Keep(keep) => hash(keep.id.id.as_str()),
        Command::Forget(forget) => hash(forget.id.id.as_str()),
        Command::Set(set) => hash(set.name.as_str()),
        Command::ForgetEnded(_) | Command::Advance(_) => 0,
    };
    let lanes = u64::try_from(lanes).unwrap_or(u64::MAX);
    usize::try_from((hash >> 32) % lanes).unwrap_or(0)
}

fn by_token(token: &TokenId) -> u64 {
    token.key().map_or(0, |key| hash(key.0))
}

fn by_transaction(transaction: &TransactionId) -> u64 {
    transaction.key().map_or(0, |key| hash(key.0))
}

fn hash(value: impl Hash) -> u64 {
    // The upper bits of a product by an odd number depend on all bits below them.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    QuickHash::default().hash_one(value).wrapping_mul(SPREAD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use payments::TransactionKey;
    use payments::commands::{Expire, Set};

    #[test]
    fn what_meets_on_a_row_meets_in_a_lane_and_the_rest_spreads() {
        let expire = |key| {
            Command::from(Expire {
                transaction: TransactionKey(key),
                work: None,
            })
        };
        for lanes in 1..5 {
            let mut counts = vec![0; lanes];
            for number in 0..1_000_i64 {
                let key = number << 3;
                let lane = route(&expire(key), lanes);
                assert_eq!(lane, route(&expire(key), lanes));
                counts[lane] += 1;
            }
            let least = 1_000 / lanes / 2;
            assert!(counts.iter().all(|count| least < *count), "{counts:?}");
        }
        let set = Set {
            name: "name".to_owned(),
            value: String::new(),
        };
        assert!(route(&set.into(), 3) < 3);
    }
}
