//! The tokens: what was used is what their transactions took, within every limit.

use payments::TokenKey;
use payments::rows::{Operation, State, Token, TokenStatus, TokenType, Transaction};

use super::expect;
use crate::Rows;

pub(super) fn audit(rows: &Rows, problems: &mut Vec<String>) {
    for token in rows.tokens.values() {
        let key = token.key;
        bounds(token, problems);
        let taken_over = token.successor.is_some();
        let replaced = token.status == TokenStatus::Replaced;
        expect(replaced == taken_over, problems, || {
            format!("token {key}: replaced by nothing, or the reverse")
        });
        // The newest counts for all that went before it.
        if taken_over {
            continue;
        }
        let chain = before(rows, token);
        let used_by = |transaction: &&Transaction| {
            let is_payment = transaction.operation != Operation::Refund;
            let sender = transaction.sender_token;
            is_payment && sender.is_some_and(|sender| chain.contains(&sender))
        };
        let own: Vec<_> = rows.transactions.values().filter(used_by).collect();
        let taken: i64 = own.iter().map(|transaction| taken(transaction)).sum();
        let used = token.used.micros();
        expect(used == taken, problems, || {
            format!("token {key}: {used} used, {taken} taken")
        });
        let counted = usize::try_from(token.uses) == Ok(own.len());
        expect(counted, problems, || {
            format!("token {key}: {} uses", token.uses)
        });
    }
}

/// A token and those that it took over from.
fn before(rows: &Rows, token: &Token) -> Vec<TokenKey> {
    let mut chain = vec![token.key];
    let mut next = token.key;
    while let Some(earlier) = rows.tokens.values().find(|row| row.successor == Some(next)) {
        chain.push(earlier.key);
        next = earlier.key;
    }
    chain
}

/// What a transaction takes of its token.
fn taken(transaction: &Transaction) -> i64 {
    match transaction.state {
        State::Authorising | State::Reserved { .. } | State::Capturing | State::Refunding => {
            transaction.amount.micros()
        }
        State::Succeeded => transaction.settled.micros(),
        State::Failed | State::Cancelled => 0,
    }
}

fn bounds(token: &Token, problems: &mut Vec<String>) {
    let key = token.key;
    let within = token.facts.total_max.is_none_or(|most| token.used <= most);
    expect(within, problems, || {
        format!("token {key} is used beyond its limit")
    });
    if token.facts.kind == TokenType::SingleUse {
        let once = token.uses <= 1;
        let burnt = token.uses == 0 || token.status != TokenStatus::Active;
        expect(once && burnt, problems, || {
            format!("single-use token {key} can be used again")
        });
    }
}
