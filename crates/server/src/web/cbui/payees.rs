//! Who is to be paid, and which payment methods that leaves.

use accounts::people;
use payments::rows::{Account, AccountType, PaymentMethod, TokenRole, TokenStatus};
use payments::{AccountKey, ReadSet, Timestamp, TokenId, TokenKey};
use serde::{Deserialize, Serialize};
use store::Outage;

use super::wish::{Kind, Methods, Wish};
use crate::web::Host;
use crate::web::return_url::Status;

/// Somebody who is to be paid.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Payee {
    /// The token of the recipient; none for the caller itself.
    pub(super) token: Option<TokenKey>,
    /// Its account.
    pub(super) account: AccountKey,
    /// Its name.
    pub(super) name: String,
    /// What it takes.
    pub(super) takes: Methods,
}

/// The recipients of tokens that were given to this caller and are in force; `None` when one is not.
pub(super) async fn of_tokens(
    host: &dyn Host,
    caller: AccountKey,
    tokens: &[TokenId],
    now: Timestamp,
) -> Result<Option<Vec<Payee>>, Outage> {
    let mut want = ReadSet::default();
    want.tokens.extend(tokens.iter().filter_map(TokenId::key));
    let seen = host.store().see(want).await?;
    let mut payees: Vec<Payee> = Vec::with_capacity(tokens.len());
    for id in tokens {
        let found = id.key().and_then(|key| seen.tokens.get(&key));
        let found = found.filter(|token| {
            id.names(token.key, &token.nonce)
                && token.installer == caller
                && token.facts.role == TokenRole::Recipient
                && token.status == TokenStatus::Active
                && now < token.facts.expires_at
        });
        let Some(token) = found else {
            return Ok(None);
        };
        if payees.iter().any(|payee| payee.token == Some(token.key)) {
            continue;
        }
        let account = people::by_key(host.store(), token.account).await?;
        let Some(account) = account else {
            return Ok(None);
        };
        let accepted = token.facts.terms.as_ref().map(|terms| &terms.methods);
        let accepts = |method| accepted.is_none_or(|accepted| accepted.contains(&method));
        payees.push(Payee {
            token: Some(token.key),
            account: account.key,
            takes: Methods {
                card: accepts(PaymentMethod::Card) && account.kind != AccountType::Personal,
                bank: accepts(PaymentMethod::Bank),
                balance: accepts(PaymentMethod::Balance),
            },
            name: account.name,
        });
    }
    Ok(Some(payees))
}

/// Their names, as the brand of pages: the first, and how many more there are.
pub(super) fn names(payees: &[Payee]) -> String {
    match payees {
        [] => String::new(),
        [one] => one.name.clone(),
        [one, other] => format!("{} and {}", one.name, other.name),
        [one, more @ ..] => format!("{} and {} others", one.name, more.len()),
    }
}

/// The caller, when it is paid itself.
pub(super) fn of_caller(caller: &Account) -> Payee {
    Payee {
        token: None,
        account: caller.key,
        name: caller.name.clone(),
        takes: Methods {
            card: caller.kind != AccountType::Personal,
            ..Methods::ALL
        },
    }
}

/// What the sender may choose: what is asked for, what every payee takes, and what this server can
/// do. `Err` is how the visit ends when nothing is left.
pub(super) fn offered(wish: &Wish, payees: &[Payee]) -> Result<Methods, Status> {
    let asked = wish.methods;
    let (needs_card, fine) = match &wish.kind {
        Kind::Single(single) => (single.reserve, !single.amount.is_whole_cents()),
        Kind::Recurring(recurring) => (false, !recurring.amount.is_whole_cents()),
        Kind::Edit(edit) => (edit.reserve, false),
        Kind::Multi(_) | Kind::Tally(_) | Kind::Recipient(_) => (false, false),
    };
    let card_refused = asked.card && !payees.iter().all(|payee| payee.takes.card);
    let offered = Methods {
        card: asked.card && !card_refused && !fine,
        bank: asked.bank && !needs_card && !fine && payees.iter().all(|payee| payee.takes.bank),
        balance: asked.balance && !needs_card && payees.iter().all(|payee| payee.takes.balance),
    };
    match offered {
        Methods {
            card: false,
            bank: false,
            balance: false,
        } if card_refused => Err(Status::NotPossible),
        Methods {
            card: false,
            bank: false,
            balance: false,
        } => Err(Status::PaymentMethod),
        _ => Ok(offered),
    }
}
