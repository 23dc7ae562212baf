//! What a person agreed to: tokens, their limits and what is left of them.

use money::Amount;
use pages::{Agreement, Agreements, LimitUse, Status, Tone};
use payments::commands::windows_at;
use payments::rows::{
    AmountRule, PaymentMethod, RecipientTerms, Tally, TallyKind, Token, TokenRole, TokenStatus,
    TokenType, UsageLimitKind,
};
use payments::{ReadSet, Timestamp, WorkingSet};
use store::{Found, Outage, Query};

use super::{AGREEMENTS, REVOKE, transactions};
use crate::web::door::Person;
use crate::web::form::Form;
use crate::web::host::another_answer;
use crate::web::{Host, Served, frame, reply, words};

/// The list, those in force first, and recent transactions.
pub(super) async fn page(host: &dyn Host, person: &Person, query: &Form) -> Served {
    let now = host.store().now().await?.product;
    let tokens = tokens_of(host, person).await?;
    let seen = around(host, &tokens).await?;
    let (current, past): (Vec<&Token>, Vec<&Token>) =
        tokens.iter().partition(|token| is_in_force(token, now));
    let ordered = current.into_iter().chain(past);
    let revoked = (query.get("done") == "revoked").then(|| "The agreement is revoked.".to_owned());
    let page = Agreements {
        notice: revoked,
        agreements: ordered.map(|token| agreement(token, &seen, now)).collect(),
        transactions: transactions::recent(host, &person.account).await?,
        older_href: None,
    };
    let frame = frame::of_console(
        host,
        Some(&person.account),
        AGREEMENTS,
        &person.session.csrf,
    );
    Ok(reply::page(200, page.render(&frame), None))
}

/// Everything a person agreed to. A refund token comes with its recipient's and is not told twice.
pub(super) async fn tokens_of(host: &dyn Host, person: &Person) -> Result<Vec<Token>, Outage> {
    let query = Query::TokensOf(person.account.key);
    let Found::Tokens(mut tokens) = host.store().find(query).await? else {
        return Err(another_answer());
    };
    tokens.retain(|token| token.facts.role != TokenRole::Refund);
    Ok(tokens)
}

/// The callers and cards of tokens.
pub(super) async fn around(host: &dyn Host, tokens: &[Token]) -> Result<WorkingSet, Outage> {
    let mut want = ReadSet::default();
    want.accounts
        .extend(tokens.iter().map(|token| token.installer));
    let cards = tokens.iter().filter_map(|token| token.facts.instrument);
    want.instruments.extend(cards);
    let tallies = tokens.iter().filter_map(|token| token.facts.tally);
    want.tallies.extend(tallies);
    host.store().see(want).await
}

pub(super) fn is_in_force(token: &Token, now: Timestamp) -> bool {
    token.status == TokenStatus::Active && now < token.facts.expires_at
}

/// One token in words.
pub(super) fn agreement(token: &Token, seen: &WorkingSet, now: Timestamp) -> Agreement {
    let caller = seen.accounts.get(&token.installer);
    let in_force = is_in_force(token, now);
    let (words, tone) = match token.status {
        TokenStatus::Used => ("Used", Tone::Ended),
        TokenStatus::Cancelled => ("Revoked", Tone::Ended),
        TokenStatus::Replaced => ("Replaced", Tone::Ended),
        TokenStatus::Active if !in_force => ("Expired", Tone::Ended),
        TokenStatus::Active if now < token.facts.valid_from => ("Not yet valid", Tone::Waiting),
        TokenStatus::Active => ("In force", Tone::Good),
    };
    let until = token.facts.expires_at;
    let status = Status {
        words: words.to_owned(),
        tone,
    };
    Agreement {
        token: token.id().to_string(),
        caller: caller.map_or_else(String::new, |caller| caller.name.clone()),
        summary: tally_of(token, seen)
            .map_or_else(|| summary(token), |of| tally_summary(token, of)),
        reason: token.facts.payment_reason.clone(),
        status,
        limits: tally_of(token, seen)
            .map(room)
            .into_iter()
            .chain(limits(token, now))
            .collect(),
        agreed: words::moment(token.facts.installed_at),
        valid_until: (until != Timestamp::NEVER).then(|| words::moment(until)),
        last_used: token.used_at.map(words::moment),
        method: method(token, seen),
        revoke_href: in_force.then(|| format!("{REVOKE}?token={}", token.id())),
    }
}

fn summary(token: &Token) -> String {
    if let Some(terms) = &token.facts.terms {
        return recipient_summary(terms);
    }
    match (token.facts.kind, token.facts.each) {
        (TokenType::SingleUse, Some(rule)) => {
            let (AmountRule::Exact(amount)
            | AmountRule::Maximum(amount)
            | AmountRule::Minimum(amount)) = rule;
            format!("One payment of at most {}", words::amount(amount))
        }
        (TokenType::SingleUse, None) => "One payment".to_owned(),
        (_, Some(AmountRule::Exact(amount))) => {
            format!("Each charge exactly {}", words::amount(amount))
        }
        (_, Some(AmountRule::Maximum(amount))) => {
            format!("Each charge at most {}", words::amount(amount))
        }
        (_, Some(AmountRule::Minimum(amount))) => {
            format!("Each charge at least {}", words::amount(amount))
        }
        (TokenType::MultiUse | TokenType::Recurring | TokenType::Unrestricted, None) => {
            "Charges within the limits below".to_owned()
        }
    }
}

fn tally_of<'a>(token: &Token, seen: &'a WorkingSet) -> Option<&'a Tally> {
    token.facts.tally.and_then(|key| seen.tallies.get(&key))
}

/// What a token does with a prepaid or credit instrument.
fn tally_summary(token: &Token, tally: &Tally) -> String {
    let limit = words::amount(tally.limit);
    match (tally.kind, token.facts.role) {
        (TallyKind::Prepaid, TokenRole::Sender) => {
            let balance = words::amount(tally.balance);
            format!("Spends what you paid ahead: {balance} is left")
        }
        (TallyKind::Credit, TokenRole::Sender) => {
            format!("Writes down what you buy, at most {limit} owed at a time")
        }
        (TallyKind::Prepaid, _) => format!("Charges you ahead, at most {limit} at a time"),
        (TallyKind::Credit, _) => {
            let balance = words::amount(tally.balance);
            format!("Collects what you owe: {balance} is open")
        }
    }
}

/// How much of the limit of a prepaid or credit instrument is taken up, with what is under way.
fn room(tally: &Tally) -> LimitUse {
    let name = match tally.kind {
        TallyKind::Prepaid => "Paid ahead",
        TallyKind::Credit => "Owed",
    };
    let held = tally.balance.plus(tally.pending).unwrap_or(tally.balance);
    by_amount(name.to_owned(), held, tally.limit)
}

fn recipient_summary(terms: &RecipientTerms) -> String {
    let fixed = terms.fixed_max.map(words::amount);
    let rate = terms.rate_max.map(|rate| format!("{}%", rate.to_percent()));
    let parts: Vec<String> = [fixed, rate].into_iter().flatten().collect();
    let most = parts.join(" plus ");
    format!("Takes payments for you and keeps at most {most} of each")
}

fn method(token: &Token, seen: &WorkingSet) -> String {
    let card = token
        .facts
        .instrument
        .and_then(|key| seen.instruments.get(&key));
    match (token.facts.method, card) {
        (_, Some(instrument)) => words::instrument(instrument),
        (Some(PaymentMethod::Balance), None) => "Account balance".to_owned(),
        (Some(PaymentMethod::Prepaid), None) => "What you paid ahead".to_owned(),
        (Some(PaymentMethod::Debt), None) => "Later, on credit".to_owned(),
        (Some(_), None) => "Another method".to_owned(),
        (None, None) => "Nothing: you are paid".to_owned(),
    }
}

fn limits(token: &Token, now: Timestamp) -> Vec<LimitUse> {
    let mut lines = Vec::new();
    if token.facts.kind != TokenType::SingleUse
        && let Some(most) = token.facts.total_max
    {
        lines.push(by_amount("In all".to_owned(), token.used, most));
    }
    let windows = windows_at(token, token.used, now);
    for (limit, window) in token.facts.limits.iter().zip(windows) {
        let name = match limit.period {
            None => "In all".to_owned(),
            Some(period) => {
                let length = period.describe();
                let since = words::moment(window.current.start);
                format!(
                    "Per {}, since {since}",
                    length.strip_prefix("1 ").unwrap_or(&length)
                )
            }
        };
        lines.push(match limit.kind {
            UsageLimitKind::Amount(most) => by_amount(name, window.current.amount, most),
            UsageLimitKind::Count(most) => by_count(name, window.current.count, most),
        });
    }
    lines
}

fn by_amount(name: String, used: Amount, most: Amount) -> LimitUse {
    LimitUse {
        name,
        used: words::amount(used),
        limit: words::amount(most),
        remaining: words::amount(most.minus_or_zero(used)),
        used_thousandths: thousandths(used.micros(), most.micros()),
    }
}

fn by_count(name: String, used: u32, most: u32) -> LimitUse {
    LimitUse {
        name,
        used: words::charges(used),
        limit: words::charges(most),
        remaining: words::charges(most.saturating_sub(used)),
        used_thousandths: thousandths(i64::from(used), i64::from(most)),
    }
}

fn thousandths(part: i64, whole: i64) -> u16 {
    let share = i128::from(part).saturating_mul(1_000) / i128::from(whole.max(1));
    u16::try_from(share.clamp(0, 1_000)).unwrap_or(1_000)
}
