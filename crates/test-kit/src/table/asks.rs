//! The steps that ask something of the core.

use money::Rate;
use payments::asked::RefundPolicy;
use payments::command::Answer;
use payments::commands::{
    AnswerFromProcessor, Cancel, CancelToken, Canceller, Expire, Pay, ProcessorSaid, Refund,
    Reserve, Resolve, Settle,
};
use payments::rows::{Descriptor, PARKED, Payer, SoftDescriptorType, WorkKind};
use payments::{By, CallerReference, Command, PaymentAsked, RefundAsked, WorkId};

use super::line::Line;
use super::story::Story;
use crate::people::reference;

/// Runs the step, if it is one of these.
pub(super) fn ask(story: &mut Story, line: &mut Line) -> Result<Option<Answer>, String> {
    let answer = match line.verb {
        "reserve" => payment(story, line, |by, reference, asked| {
            Reserve {
                by,
                reference,
                asked,
            }
            .into()
        }),
        "pay" => payment(story, line, |by, reference, asked| {
            Pay {
                by,
                reference,
                asked,
            }
            .into()
        }),
        "settle" => settle(story, line),
        "cancel" => cancel(story, line),
        "refund" => refund(story, line),
        "answer" => answer(story, line),
        "expire" => expire(story, line),
        "resolve" => resolve(story, line),
        "cancel-token" => cancel_token(story, line),
        _ => return Ok(None),
    };
    answer.map(Some)
}

fn payment(
    story: &mut Story,
    line: &mut Line,
    command: fn(By, CallerReference, PaymentAsked) -> Command,
) -> Result<Answer, String> {
    let (name, caller, from) = (
        line.take("a name")?,
        line.needed("by")?,
        line.needed("from")?,
    );
    let to = line.option("to")?;
    let amount = line.next_amount().ok_or("an amount is missing")?;
    let recipient_token = to.map(|to| story.recipient_token(to, caller)).transpose()?;
    let sender_token = story.sender_token(from, caller, recipient_token.as_ref())?;
    let rate = line.option("rate")?.map(Rate::parse_percent).transpose();
    let timeout = line.option("timeout")?.map(str::parse).transpose();
    let dynamic = Descriptor {
        kind: Some(SoftDescriptorType::Dynamic),
        owner: None,
    };
    let asked = PaymentAsked {
        sender_token,
        recipient_token,
        amount,
        charge_fee_to: line.option("fee")?.map(payer).transpose()?,
        caller_description: line.option("note")?.map(str::to_owned),
        sender_description: line.option("for")?.map(str::to_owned),
        descriptor: line.flag("dynamic").then_some(dynamic),
        timeout_mins: timeout.map_err(|_| "`timeout` is a number of minutes")?,
        marketplace_fixed: line.amount("fixed")?,
        marketplace_rate: rate.map_err(|bad| bad.to_string())?,
        ipn_url: line.option("url")?.map(str::to_owned),
    };
    let reference = reference(line.option("ref")?.unwrap_or(name));
    let caller = story.person(caller)?;
    let by = story.world.by(caller.account);
    let answer = story.world.run(command(by, reference, asked));
    story.name(name, &answer)?;
    Ok(answer)
}

fn payer(word: &str) -> Result<Payer, String> {
    match word {
        "caller" => Ok(Payer::Caller),
        "recipient" => Ok(Payer::Recipient),
        other => Err(format!("`{other}` pays no fees")),
    }
}

/// Who sends a request about a transaction: a fresh one, or the very bytes of before.
fn request(story: &mut Story, line: &mut Line, name: &str) -> Result<By, String> {
    let caller = match line.option("by")? {
        Some(caller) => story.person(caller)?.account,
        None => story.transaction(name)?.caller,
    };
    let sent = (line.verb.to_owned(), name.to_owned());
    if line.flag("again") {
        let before = story.requests.get(&sent);
        return before
            .cloned()
            .ok_or_else(|| "nothing was sent before".to_owned());
    }
    let by = story.world.by(caller);
    story.requests.insert(sent, by.clone());
    Ok(by)
}

fn settle(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let name = line.take("a name")?;
    let (amount, ipn_url) = (line.next_amount(), line.option("url")?.map(str::to_owned));
    let (by, transaction) = (request(story, line, name)?, story.transaction_id(name)?);
    Ok(story.world.run(Settle {
        by,
        transaction,
        amount,
        ipn_url,
    }))
}

fn cancel(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let name = line.take("a name")?;
    let ipn_url = line.option("url")?.map(str::to_owned);
    let (by, transaction) = (request(story, line, name)?, story.transaction_id(name)?);
    Ok(story.world.run(Cancel {
        by,
        transaction,
        description: None,
        ipn_url,
    }))
}

fn refund(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let (name, of) = (line.take("a name")?, line.needed("of")?);
    let policy = match line.option("policy")? {
        None => None,
        Some("master") => Some(RefundPolicy::MasterTxnOnly),
        Some("market") => Some(RefundPolicy::MarketplaceTxnOnly),
        Some("both") => Some(RefundPolicy::MasterAndMarketplaceTxn),
        Some(other) => return Err(format!("`{other}` is no refund policy")),
    };
    let asked = RefundAsked {
        transaction: story.transaction_id(of)?,
        amount: line.next_amount(),
        caller_description: line.option("note")?.map(str::to_owned),
        policy,
        ipn_url: line.option("url")?.map(str::to_owned),
    };
    let reference = reference(line.option("ref")?.unwrap_or(name));
    let by = request(story, line, of)?;
    let answer = story.world.run(Refund {
        by,
        reference,
        asked,
    });
    story.name(name, &answer)?;
    Ok(answer)
}

fn answer(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let name = line.take("a name")?;
    let call = match line.take("a call")? {
        "authorize" => WorkKind::Authorize,
        "capture" => WorkKind::Capture,
        "void" => WorkKind::Void,
        "refund" => WorkKind::Refund,
        other => return Err(format!("the processor is never asked to `{other}`")),
    };
    let said = match line.take("an answer")? {
        "approved" => ProcessorSaid::Approved,
        "declined" => ProcessorSaid::Declined {
            message: "Do not honour.".to_owned(),
        },
        "unknown" => ProcessorSaid::Unresolved {
            reason: "No answer.".to_owned(),
        },
        other => return Err(format!("the processor does not say `{other}`")),
    };
    let (transaction, work) = (story.key(name)?, story.work(name, call)?);
    let work = work.map(|work| work.id);
    Ok(story.world.run(AnswerFromProcessor {
        transaction,
        call,
        work,
        said,
    }))
}

fn expire(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let name = line.take("a name")?;
    let work = match story.work(name, WorkKind::Deadline)? {
        Some(work) => Some(work),
        None => story.work(name, WorkKind::TimeOut)?,
    };
    let (transaction, work) = (story.key(name)?, work.map(|work| work.id));
    Ok(story.world.run(Expire { transaction, work }))
}

fn resolve(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let name = line.take("a name")?;
    let approved = match line.take("`yes` or `no`")? {
        "yes" => true,
        "no" => false,
        other => return Err(format!("`{other}` is neither `yes` nor `no`")),
    };
    let works = story.world.rows.works_of(story.key(name)?.0);
    let parked: Option<WorkId> = works.iter().map(|work| work.id).find(|id| id.due == PARKED);
    let (transaction, note) = (story.transaction_id(name)?, "Looked up by hand.".to_owned());
    Ok(story.world.run(Resolve {
        transaction,
        approved,
        note,
        work: parked,
    }))
}

fn cancel_token(story: &mut Story, line: &mut Line) -> Result<Answer, String> {
    let token = story.token_id(line.take("a name")?)?;
    let by = match (line.option("by")?, line.option("owner")?) {
        (Some(caller), None) => {
            let caller = story.person(caller)?;
            Canceller::Caller(story.world.by(caller.account))
        }
        (None, Some(owner)) => Canceller::Owner(story.person(owner)?.account),
        (Some(_), Some(_)) | (None, None) => return Err("`by` or `owner`, one of them".to_owned()),
    };
    let ipn_url = line.option("url")?.map(str::to_owned);
    Ok(story.world.run(CancelToken {
        by,
        token,
        reason: None,
        ipn_url,
    }))
}
