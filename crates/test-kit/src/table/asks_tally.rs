//! The steps that ask something of prepaid and credit instruments.

use payments::command::Answer;
use payments::commands::{EditToken, FundPrepaid, SettleDebt, WriteOffDebt};
use payments::rows::{Descriptor, PaymentMethod, SoftDescriptorType};
use payments::{AccountKey, Outcome, TallyAsked, WriteOffAsked};

use super::line::Line;
use super::story::Story;
use crate::people::{key_of, reference};

/// Runs the step, if it is one of these.
pub(super) fn ask(story: &mut Story, line: &mut Line) -> Result<Option<Answer>, String> {
    let answer = match line.verb {
        "fund" | "settle-debt" => moving(story, line),
        "write-off" => write_off(story, line),
        "edit-token" => edit_token(story, line),
        _ => return Ok(None),
    };
    answer.map(Some)
}

fn moving(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let (name, on) = (line.take("a name")?, line.needed("on")?);
    let amount = line.next_amount().ok_or("an amount is missing")?;
    let caller = caller(story, line, on)?;
    let sender_token = match line.option("from")? {
        Some(token) => story.token_id(token)?,
        None => story.token_id(&format!("{on}.move"))?,
    };
    let timeout = line.option("timeout")?.map(str::parse).transpose();
    let dynamic = Descriptor {
        kind: Some(SoftDescriptorType::Dynamic),
        owner: None,
    };
    let asked = TallyAsked {
        sender_token,
        tally: story.tally_id(on)?,
        amount,
        caller_description: line.option("note")?.map(str::to_owned),
        sender_description: line.option("for")?.map(str::to_owned),
        descriptor: line.flag("dynamic").then_some(dynamic),
        timeout_mins: timeout.map_err(|_| "`timeout` is a number of minutes")?,
        ipn_url: line.option("url")?.map(str::to_owned),
    };
    let reference = reference(line.option("ref")?.unwrap_or(name));
    let by = story.world.by(caller);
    let answer = if line.verb == "fund" {
        story.world.run(FundPrepaid {
            by,
            reference,
            asked,
        })
    } else {
        story.world.run(SettleDebt {
            by,
            reference,
            asked,
        })
    };
    story.name(name, &answer)?;
    Ok(answer)
}

/// Who asks: the instrument's recipient, unless the line says otherwise.
fn caller(story: &Story, line: &mut Line, on: &str) -> Result<AccountKey, String> {
    match line.option("by")? {
        Some(caller) => Ok(story.person(caller)?.account),
        None => Ok(story.tally(on)?.recipient),
    }
}

fn write_off(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let (name, on) = (line.take("a name")?, line.needed("on")?);
    let amount = line.next_amount().ok_or("an amount is missing")?;
    let caller = caller(story, line, on)?;
    let asked = WriteOffAsked {
        tally: story.tally_id(on)?,
        amount,
        caller_description: line.option("note")?.map(str::to_owned),
        ipn_url: line.option("url")?.map(str::to_owned),
    };
    let reference = reference(line.option("ref")?.unwrap_or(name));
    let by = story.world.by(caller);
    let answer = story.world.run(WriteOffDebt {
        by,
        reference,
        asked,
    });
    story.name(name, &answer)?;
    Ok(answer)
}

fn edit_token(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let (old, new) = (line.take("a token")?, line.needed("as")?);
    let token = story.token_id(old)?;
    let row = story.world.rows.tokens.get(&key_of(&token));
    let row = row.ok_or("the token has no row")?;
    let (mut account, mut installer) = (row.account, row.installer);
    if let Some(owner) = line.option("owner")? {
        account = story.person(owner)?.account;
    }
    if let Some(caller) = line.option("installer")? {
        installer = story.person(caller)?.account;
    }
    let mut people = story.people.values();
    let person = people.find(|person| person.account == account);
    let (method, instrument) = match line.needed("to")? {
        "balance" => (PaymentMethod::Balance, None),
        "card" => (PaymentMethod::Card, person.and_then(|person| person.card)),
        other => return Err(format!("nobody pays by `{other}`")),
    };
    let answer = story.world.run(EditToken {
        installer,
        account,
        token,
        caller_reference: reference(new),
        method,
        instrument,
    });
    if let Ok(Outcome::Tokens { token, .. }) = &answer {
        story.tokens.insert(new.to_owned(), token.clone());
    }
    Ok(answer)
}
