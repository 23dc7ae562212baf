//! The steps that set the scene: people, money, tokens, time.
//!
//! | step | |
//! |---|---|
//! | `person` | `bob business`: also `personal`, `developer`, `marketplace` |
//! | `deposit` | `buyer 10.00` |
//! | `listen` | `shop https://…`, or `shop -` for nobody |
//! | `suspend`, `close`, `revive`, `unverify`, `verify` | `shop` |
//! | `standing` | `shop pending`: also `complete`, `no-limits`: what the provider knows of them |
//! | `limit` | `100.00`: the most for accounts with limits |
//! | `disable-key`, `remove-card` | `shop`; `buyer` |
//! | `consent` | `T1 buyer to shop single` (also `multi`, `recurring`, `unrestricted`) `[from balance\|bank\|unverified-bank] [total 100.00] [exactly 5.00] [most 5.00] [least 5.00] [count 3] [sum 50.00] [per 1-Month] [since +1d] [until +2d] [pays M1,M2]` |
//! | `accept` | `M1 merchant to market [fixed 1.00] [rate 10] [no-ceilings] [caller-pays] [only balance]` |
//! | `prepaid`, `credit` | `P1 buyer to shop 100.00 [from balance] [total 200.00] [count 3] [sum 50.00] [per 1-Month] [since +1d] [until +2d]`: an instrument with its limit, and its tokens `P1.spend` and `P1.move` |
//! | `wait` | `3h` |

use money::Rate;
use payments::commands::{
    ChangeAccount, DisableKey, InstallTally, InstallTokens, RemoveInstrument,
};
use payments::period::Period;
use payments::rows::{
    AccountStatus, AccountType, AmountRule, PaymentMethod, TallyKind, TokenType, UsageLimit,
    UsageLimitKind, Verification,
};
use payments::{AccountKey, Outcome, Timestamp};

use super::line::{Line, span_ms};
use super::story::Story;
use crate::Person;
use crate::people::{key_of, reference, usd};
use crate::world::BEGINNING;

/// Sets the scene, if the step is one of these.
pub(super) fn set(story: &mut Story, line: &mut Line) -> Result<bool, String> {
    match line.verb {
        "person" => person(story, line)?,
        "deposit" => deposit(story, line)?,
        "standing" => standing(story, line)?,
        "limit" => {
            let most = line.next_amount().ok_or("an amount is missing")?;
            story.world.terms.limited_max = Some(most);
        }
        "listen" | "suspend" | "close" | "revive" | "unverify" | "verify" => change(story, line)?,
        "disable-key" => disable_key(story, line)?,
        "remove-card" => remove_card(story, line)?,
        "consent" => consent(story, line)?,
        "accept" => accept(story, line)?,
        "prepaid" => tally(story, line, TallyKind::Prepaid)?,
        "credit" => tally(story, line, TallyKind::Credit)?,
        "wait" => story.world.wait_ms(span_ms(line.take("a span")?)?),
        _ => return Ok(false),
    }
    Ok(true)
}

fn person(story: &mut Story, line: &mut Line) -> Result<(), String> {
    let name = line.take("a name")?;
    let (kind, marketplace) = match line.take("a kind of account")? {
        "personal" => (AccountType::Personal, false),
        "business" => (AccountType::Business, false),
        "developer" => (AccountType::Developer, false),
        "marketplace" => (AccountType::Developer, true),
        other => return Err(format!("there is no `{other}` account")),
    };
    let mut person: Person = story.world.person(name, kind, marketplace);
    match kind {
        AccountType::Personal => person.card = Some(story.world.card_of(person, 12, 2030)),
        AccountType::Business | AccountType::Developer => {
            story.world.key_for(person);
        }
    }
    story.people.insert(name.to_owned(), person);
    Ok(())
}

fn deposit(story: &mut Story, line: &mut Line) -> Result<(), String> {
    let person = story.person(line.take("a name")?)?;
    story
        .world
        .deposit(person, line.next_amount().ok_or("an amount is missing")?);
    Ok(())
}

fn change(story: &mut Story, line: &mut Line) -> Result<(), String> {
    let account: AccountKey = story.person(line.take("a name")?)?.account;
    let mut change = ChangeAccount::of(account);
    match line.verb {
        "listen" => {
            let url = line.take("a URL, or -")?;
            change.ipn_url = Some((url != "-").then(|| url.to_owned()));
        }
        "close" => change.status = Some(AccountStatus::Closed),
        "suspend" => change.status = Some(AccountStatus::Suspended),
        "revive" => change.status = Some(AccountStatus::Active),
        "unverify" => change.email_verified = Some(false),
        _ => change.email_verified = Some(true),
    }
    accepted(story.world.run(change))
}

fn standing(story: &mut Story, line: &mut Line) -> Result<(), String> {
    let account = story.person(line.take("a name")?)?.account;
    let mut change = ChangeAccount::of(account);
    change.verification = Some(match line.take("a standing")? {
        "pending" => Verification::Pending,
        "complete" => Verification::Complete,
        "no-limits" => Verification::NoLimits,
        other => return Err(format!("nobody stands `{other}`")),
    });
    accepted(story.world.run(change))
}

fn disable_key(story: &mut Story, line: &mut Line) -> Result<(), String> {
    let account = story.person(line.take("a name")?)?.account;
    let keys = story.world.rows.access_keys.values();
    let own: Vec<_> = keys
        .filter(|key| key.account == account)
        .map(|key| key.id.clone())
        .collect();
    for id in own {
        accepted(story.world.run(DisableKey {
            id,
            owner: Some(account),
        }))?;
    }
    Ok(())
}

fn remove_card(story: &mut Story, line: &mut Line) -> Result<(), String> {
    let person = story.person(line.take("a name")?)?;
    let instrument = person.card.ok_or("they have no card")?;
    accepted(story.world.run(RemoveInstrument {
        account: person.account,
        instrument,
    }))
}

fn accepted(answer: payments::command::Answer) -> Result<(), String> {
    answer
        .map(|_| ())
        .map_err(|refusal| format!("it was refused: {refusal:?}"))
}

fn consent(story: &mut Story, line: &mut Line) -> Result<(), String> {
    let (name, sender) = (line.take("a name")?, story.person(line.take("a sender")?)?);
    let caller = story.person(line.needed("to")?)?;
    let kind = match line.take("a type")? {
        "single" => TokenType::SingleUse,
        "multi" => TokenType::MultiUse,
        "recurring" => TokenType::Recurring,
        "unrestricted" => TokenType::Unrestricted,
        other => return Err(format!("there is no `{other}` token")),
    };
    let (method, instrument) = match line.option("from")? {
        None => (PaymentMethod::Card, sender.card),
        Some("balance") => (PaymentMethod::Balance, None),
        Some("bank") => (PaymentMethod::Bank, Some(story.world.bank_of(sender, true))),
        Some("unverified-bank") => (
            PaymentMethod::Bank,
            Some(story.world.bank_of(sender, false)),
        ),
        Some(other) => return Err(format!("nobody pays from `{other}`")),
    };
    let each = [
        line.amount("exactly")?.map(AmountRule::Exact),
        line.amount("most")?.map(AmountRule::Maximum),
        line.amount("least")?.map(AmountRule::Minimum),
    ];
    let agreed = InstallTokens {
        kind,
        each: each.into_iter().flatten().next(),
        total_max: line.amount("total")?,
        limits: limits(line)?,
        valid_from: moment(line.option("since")?)?,
        expires_at: moment(line.option("until")?)?,
        recipients: match line.option("pays")? {
            Some(list) => {
                let ids: Result<Vec<_>, _> =
                    list.split(',').map(|name| story.token_id(name)).collect();
                ids?.iter().map(key_of).collect()
            }
            None => Vec::new(),
        },
        method: Some(method),
        instrument,
        ..story.world.consent(sender, caller)
    };
    let token = story.world.install(agreed);
    story.tokens.insert(name.to_owned(), token);
    Ok(())
}

/// A moment counted from the beginning.
fn moment(text: Option<&str>) -> Result<Option<Timestamp>, String> {
    text.map(|text| span_ms(text).map(|ms| BEGINNING.plus_ms(ms)))
        .transpose()
}

fn tally(story: &mut Story, line: &mut Line, kind: TallyKind) -> Result<(), String> {
    let (name, sender) = (line.take("a name")?, story.person(line.take("a sender")?)?);
    let caller = story.person(line.needed("to")?)?;
    let limit = line.next_amount().ok_or("a limit is missing")?;
    let (method, instrument) = match line.option("from")? {
        None => (PaymentMethod::Card, sender.card),
        Some("balance") => (PaymentMethod::Balance, None),
        Some(other) => return Err(format!("nobody pays from `{other}`")),
    };
    let (spend, moves) = (format!("{name}.spend"), format!("{name}.move"));
    let made = story.world.run(InstallTally {
        installer: caller.account,
        account: sender.account,
        kind,
        limit,
        spending_reference: reference(&spend),
        moving_reference: reference(&moves),
        payment_reason: None,
        method,
        instrument,
        valid_from: moment(line.option("since")?)?,
        expires_at: moment(line.option("until")?)?,
        total_max: line.amount("total")?,
        limits: limits(line)?,
    });
    match made {
        Ok(Outcome::Tally {
            tally,
            spending,
            moving,
        }) => {
            story.tallies.insert(name.to_owned(), tally);
            story.tokens.insert(spend, spending);
            story.tokens.insert(moves, moving);
            Ok(())
        }
        other => Err(format!("no instrument was made: {other:?}")),
    }
}

/// A limit by count and one by amount, both over the same period.
fn limits(line: &mut Line) -> Result<Vec<UsageLimit>, String> {
    let count = line.option("count")?.map(str::parse).transpose();
    let count = count
        .map_err(|_| "`count` is a number")?
        .map(UsageLimitKind::Count);
    let sum = line.amount("sum")?.map(UsageLimitKind::Amount);
    let period = match line.option("per")? {
        Some(text) => {
            let period = Period::parse(&text.replace('-', " "));
            Some(period.ok_or_else(|| format!("`{text}` is no period"))?)
        }
        None => None,
    };
    let kinds = [count, sum].into_iter().flatten();
    Ok(kinds.map(|kind| UsageLimit { kind, period }).collect())
}

fn accept(story: &mut Story, line: &mut Line) -> Result<(), String> {
    let (name, recipient) = (
        line.take("a name")?,
        story.person(line.take("a recipient")?)?,
    );
    let caller = story.person(line.needed("to")?)?;
    let mut agreed = story.world.acceptance(recipient, caller);
    if let Some(terms) = &mut agreed.terms {
        if let Some(fixed) = line.option("fixed")? {
            terms.fixed_max = Some(usd(fixed));
        }
        if let Some(rate) = line.option("rate")? {
            terms.rate_max = Some(Rate::parse_percent(rate).map_err(|bad| bad.to_string())?);
        }
        if line.flag("no-ceilings") {
            (terms.fixed_max, terms.rate_max) = (None, None);
        }
        terms.recipient_pays_fee = !line.flag("caller-pays");
        match line.option("only")? {
            None => {}
            Some("balance") => terms.methods = vec![PaymentMethod::Balance],
            Some("card") => terms.methods = vec![PaymentMethod::Card],
            Some("bank") => terms.methods = vec![PaymentMethod::Bank],
            Some(other) => return Err(format!("`{other}` is no way to pay")),
        }
    }
    let token = story.world.install(agreed);
    story.tokens.insert(name.to_owned(), token);
    Ok(())
}
