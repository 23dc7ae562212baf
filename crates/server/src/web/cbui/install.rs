//! What a visit installs when the person agrees, and how it is found again.

use payments::commands::{EditToken, InstallTally, InstallTokens};
use payments::rows::{
    AmountRule, PaymentMethod, Token, TokenRole, TokenType, UsageLimit, UsageLimitKind,
};
use payments::tables::TokenReference;
use payments::{
    AccountKey, Command, InstrumentKey, ReadSet, TallyId, TokenId, TokenKey, WorkingSet,
};
use store::Outage;

use super::steps::At;
use super::visit::{Chosen, Visit};
use super::wish::{Edit, Kind, Setup};
use crate::web::door::Person;

/// What was installed.
pub(super) enum Installed {
    /// A token and, for a recipient, its refund token.
    Tokens {
        token: TokenId,
        refund: Option<TokenId>,
    },
    /// A prepaid or credit instrument and its two tokens.
    Tally {
        tally: TallyId,
        spending: TokenId,
        moving: TokenId,
    },
}

/// How a token pays.
type Means = (Option<PaymentMethod>, Option<InstrumentKey>);

/// The command that installs what was agreed.
pub(super) fn command(at: &At<'_>, person: &Person, chosen: Option<Chosen>) -> Command {
    let visit = &at.visit;
    let means = match chosen {
        None => (None, None),
        Some(Chosen::Balance) => (Some(PaymentMethod::Balance), None),
        Some(Chosen::Card(key)) => (Some(PaymentMethod::Card), Some(key)),
        Some(Chosen::Bank(key)) => (Some(PaymentMethod::Bank), Some(key)),
    };
    let account = person.account.key;
    match &visit.wish.kind {
        Kind::Tally(setup) => tally(visit, account, setup, means).into(),
        Kind::Edit(edit) => change(visit, account, edit, means).into(),
        Kind::Single(_) | Kind::Multi(_) | Kind::Recurring(_) | Kind::Recipient(_) => {
            tokens(visit, account, means).into()
        }
    }
}

fn tally(
    visit: &Visit,
    account: AccountKey,
    setup: &Setup,
    (method, instrument): Means,
) -> InstallTally {
    InstallTally {
        installer: visit.caller,
        account,
        kind: setup.kind,
        limit: setup.limit,
        spending_reference: visit.wish.reference.clone(),
        moving_reference: setup.moving_reference.clone(),
        payment_reason: visit.wish.reason.clone(),
        method: method.unwrap_or(PaymentMethod::Balance),
        instrument,
        valid_from: setup.from,
        expires_at: setup.until,
        total_max: setup.total,
        limits: setup.limits.clone(),
    }
}

fn change(
    visit: &Visit,
    account: AccountKey,
    edit: &Edit,
    (method, instrument): Means,
) -> EditToken {
    EditToken {
        installer: visit.caller,
        account,
        token: edit.token.clone(),
        caller_reference: visit.wish.reference.clone(),
        method: method.unwrap_or(PaymentMethod::Balance),
        instrument,
    }
}

fn tokens(visit: &Visit, account: AccountKey, (method, instrument): Means) -> InstallTokens {
    let tokens = visit.payees.iter().filter_map(|payee| payee.token);
    let plain = InstallTokens {
        installer: visit.caller,
        account,
        caller_reference: visit.wish.reference.clone(),
        kind: TokenType::Unrestricted,
        role: visit.wish.role(),
        payment_reason: visit.wish.reason.clone(),
        method,
        instrument,
        valid_from: None,
        expires_at: None,
        each: None,
        total_max: None,
        limits: Vec::new(),
        recipients: tokens.collect(),
        also_caller: false,
        reserve: false,
        terms: None,
    };
    match &visit.wish.kind {
        Kind::Single(single) => InstallTokens {
            kind: TokenType::SingleUse,
            each: Some(AmountRule::Maximum(single.amount)),
            total_max: Some(single.amount),
            reserve: single.reserve,
            ..plain
        },
        Kind::Multi(multi) => InstallTokens {
            kind: TokenType::MultiUse,
            valid_from: multi.from,
            expires_at: multi.until,
            each: multi.each,
            total_max: Some(multi.total),
            limits: multi.limits.clone(),
            ..plain
        },
        // A fixed amount, at most once in each period.
        Kind::Recurring(recurring) => InstallTokens {
            kind: TokenType::Recurring,
            valid_from: recurring.from,
            expires_at: recurring.until,
            each: Some(AmountRule::Exact(recurring.amount)),
            limits: vec![UsageLimit {
                kind: UsageLimitKind::Count(1),
                period: Some(recurring.period),
            }],
            ..plain
        },
        Kind::Recipient(accept) => InstallTokens {
            valid_from: accept.from,
            expires_at: accept.until,
            terms: Some(accept.terms.clone()),
            ..plain
        },
        // These have commands of their own.
        Kind::Tally(_) | Kind::Edit(_) => plain,
    }
}

/// What stands under the references, if this person made it since the visit began: then the form was
/// posted twice, and both posts get the same answer.
pub(super) async fn by_this_visit(
    at: &At<'_>,
    person: &Person,
) -> Result<Option<Installed>, Outage> {
    let visit = &at.visit;
    let name = TokenReference {
        installer: visit.caller,
        role: visit.wish.role().into(),
        reference: visit.wish.reference.clone(),
    };
    let mut want = ReadSet::default();
    want.token_references.insert(name.clone());
    let seen = at.host.store().see(want).await?;
    let Some(key) = seen.token_references.get(&name).copied() else {
        return Ok(None);
    };
    // A recipient's refund token is made by the same command, with the next key; so is the token that
    // funds or settles an instrument.
    let next = TokenKey(key.0.saturating_add(1));
    let mut want = ReadSet::default();
    want.tokens.extend([key, next]);
    let seen = at.host.store().see(want).await?;
    let account = person.account.key;
    let Some(token) = ours(visit, account, &seen, key) else {
        return Ok(None);
    };
    match &visit.wish.kind {
        Kind::Tally(setup) => {
            let moving = seen.tokens.get(&next).filter(|moving| {
                moving.facts.tally == token.facts.tally
                    && moving.facts.caller_reference == setup.moving_reference
            });
            let (Some(moving), Some(tally)) = (moving, token.facts.tally) else {
                return Ok(None);
            };
            let mut want = ReadSet::default();
            want.tallies.insert(tally);
            let tallies = at.host.store().see(want).await?;
            let tally = tallies.tallies.get(&tally);
            Ok(tally.map(|tally| Installed::Tally {
                tally: tally.id(),
                spending: token.id(),
                moving: moving.id(),
            }))
        }
        Kind::Edit(edit) if token.facts.replaces.as_ref() != Some(&edit.token) => Ok(None),
        Kind::Single(_)
        | Kind::Multi(_)
        | Kind::Recurring(_)
        | Kind::Edit(_)
        | Kind::Recipient(_) => {
            let refund = ours(visit, account, &seen, next);
            let refund = refund.filter(|token| token.facts.role == TokenRole::Refund);
            Ok(Some(Installed::Tokens {
                token: token.id(),
                refund: refund.map(Token::id),
            }))
        }
    }
}

/// A token, if this person gave it under the reference since the visit began.
fn ours<'a>(
    visit: &Visit,
    account: AccountKey,
    seen: &'a WorkingSet,
    key: TokenKey,
) -> Option<&'a Token> {
    seen.tokens.get(&key).filter(|token| {
        token.account == account
            && token.installer == visit.caller
            && token.facts.caller_reference == visit.wish.reference
            && visit.began < token.facts.installed_at
    })
}
