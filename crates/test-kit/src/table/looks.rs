//! The steps that look.
//!
//! | step | |
//! |---|---|
//! | `look` | `R1 -> reserved Success`: status and code |
//! | `history` | `R1 pending reserved pending success` |
//! | `told` | `R1 reserve/pending reserve/reserved`: its notifications, in order |
//! | `works` | `R1 Authorize TimeOut`: what waits for it |
//! | `release` | `R1 Owed` |
//! | `fees` | `R1 0.59 [market 0.50] [held 0.09]` |
//! | `refunded` | `R1 4.00 [fps 0.10] [market 0.20]` |
//! | `balance` | `shop 9.41 [in 0] [out 0]` |
//! | `token` | `T1 Active [used 4.00] [uses 1]` |
//! | `tally` | `P1 9.00 [pending 1.00]` |

use money::Amount;
use payments::rows::Subject;

use super::line::Line;
use super::story::Story;
use crate::people::usd;

/// Looks; gives what an arrow can be compared with.
pub(super) fn look(story: &Story, line: &mut Line) -> Result<Option<String>, String> {
    match line.verb {
        "look" => {
            let found = story.transaction(line.take("a name")?)?;
            let status = found.status().name().to_lowercase();
            return Ok(Some(format!("{status} {:?}", found.code)));
        }
        "history" => history(story, line)?,
        "told" => told(story, line)?,
        "works" => works(story, line)?,
        "release" => {
            let found = story.transaction(line.take("a name")?)?.release;
            same(
                "release",
                &format!("{found:?}"),
                &line.take("a release")?.to_owned(),
            )?;
        }
        "fees" => fees(story, line)?,
        "refunded" => refunded(story, line)?,
        "balance" => balance(story, line)?,
        "token" => token(story, line)?,
        "tally" => tally(story, line)?,
        other => return Err(format!("there is no step `{other}`")),
    }
    Ok(None)
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, said: &T) -> Result<(), String> {
    if found == said {
        return Ok(());
    }
    Err(format!("{what} is {found:?}, not {said:?}"))
}

fn history(story: &Story, line: &mut Line) -> Result<(), String> {
    let events = story.world.rows.history(story.key(line.take("a name")?)?);
    let found: Vec<_> = events
        .iter()
        .map(|event| event.status.name().to_lowercase())
        .collect();
    same("history", &found, &owned(line.rest()))
}

fn told(story: &Story, line: &mut Line) -> Result<(), String> {
    let id = story.transaction_id(line.take("a name")?)?;
    let notifications = story.world.rows.notifications.values();
    let found = notifications.filter_map(|notification| match &notification.subject {
        Subject::Transaction(facts) if facts.transaction == id => {
            Some(format!("{:?}/{:?}", facts.operation, facts.status).to_lowercase())
        }
        Subject::Transaction(_) | Subject::Token(_) => None,
    });
    same("what was told", &found.collect(), &owned(line.rest()))
}

fn works(story: &Story, line: &mut Line) -> Result<(), String> {
    let works = story
        .world
        .rows
        .works_of(story.key(line.take("a name")?)?.0);
    let mut found: Vec<_> = works
        .iter()
        .map(|work| format!("{:?}", work.kind))
        .collect();
    let mut said = owned(line.rest());
    found.sort();
    said.sort();
    same("work", &found, &said)
}

fn owned(words: Vec<&str>) -> Vec<String> {
    words.into_iter().map(str::to_owned).collect()
}

fn fees(story: &Story, line: &mut Line) -> Result<(), String> {
    let fees = story.transaction(line.take("a name")?)?.fees;
    same(
        "the provider's fee",
        &fees.fps_fee,
        &usd(line.take("an amount")?),
    )?;
    optional(
        "the marketplace's fee",
        fees.marketplace_fee,
        line.amount("market")?,
    )?;
    optional(
        "what is held of the caller",
        fees.caller_held,
        line.amount("held")?,
    )
}

fn optional(what: &str, found: Amount, said: Option<Amount>) -> Result<(), String> {
    said.map_or(Ok(()), |said| same(what, &found, &said))
}

fn refunded(story: &Story, line: &mut Line) -> Result<(), String> {
    let refunds = story.transaction(line.take("a name")?)?.refunds;
    same(
        "what was refunded",
        &refunds.refunded,
        &usd(line.take("an amount")?),
    )?;
    optional(
        "the provider's fee returned",
        refunds.fps_fee_returned,
        line.amount("fps")?,
    )?;
    let market = line.amount("market")?;
    optional(
        "the marketplace's fee returned",
        refunds.marketplace_fee_returned,
        market,
    )
}

fn balance(story: &Story, line: &mut Line) -> Result<(), String> {
    let person = story.person(line.take("a name")?)?;
    let found = story.world.rows.balance(person.account);
    let micros = |amount: Option<Amount>| amount.map_or(0, Amount::micros);
    let available = usd(line.take("an amount")?).micros();
    same("available", &found.available, &available)?;
    same("pending in", &found.pending_in, &micros(line.amount("in")?))?;
    same(
        "pending out",
        &found.pending_out,
        &micros(line.amount("out")?),
    )
}

fn token(story: &Story, line: &mut Line) -> Result<(), String> {
    let found = story.world.token(&story.token_id(line.take("a name")?)?);
    same(
        "status",
        &format!("{:?}", found.status),
        &line.take("a status")?.to_owned(),
    )?;
    optional("used", found.used, line.amount("used")?)?;
    let uses = line.option("uses")?.map(str::parse).transpose();
    let uses: Option<u32> = uses.map_err(|_| "`uses` is a number")?;
    uses.map_or(Ok(()), |uses| same("uses", &found.uses, &uses))
}

fn tally(story: &Story, line: &mut Line) -> Result<(), String> {
    let found = story.tally(line.take("a name")?)?;
    same(
        "the balance of the instrument",
        &found.balance,
        &usd(line.take("an amount")?),
    )?;
    let pending = line.amount("pending")?.unwrap_or_else(|| usd("0"));
    same("its pending part", &found.pending, &pending)
}
