//! What a payment costs: its amount, its fees and who pays them, within what was agreed.

use money::{Amount, FeeRule, Rate, Rounding};

use super::payment::Parties;
use super::usage;
use crate::command::Stamp;
use crate::instruction::{Instruction, Proposed};
use crate::refusal::Party;
use crate::rows::{Fees, Operation, Payer, PaymentMethod, SoftDescriptorType, Verification};
use crate::terms::{FeeLine, rule_of};
use crate::{PaymentAsked, Refusal, TokenId};

/// Checks the amount, the fees and the token's limits; gives the fees as they would be on all of it.
pub(super) fn price(
    asked: &PaymentAsked,
    operation: Operation,
    parties: &Parties,
    stamp: &Stamp,
) -> Result<Fees, Refusal> {
    let (amount, most) = (asked.amount, stamp.terms.amount_max);
    check_currency(asked, stamp)?;
    if amount.is_zero() || most < amount {
        return Err(Refusal::AmountOutOfRange { amount, most });
    }
    check_limits(amount, parties, stamp)?;
    if parties.method != PaymentMethod::Balance && !amount.is_whole_cents() {
        let message = "transactionAmount must be in whole cents for this payment method.";
        return Err(Refusal::InvalidParams {
            message: message.to_owned(),
        });
    }
    check_descriptor(asked)?;
    let terms = parties
        .recipient_token
        .and_then(|token| token.facts.terms.as_ref());
    let agreed = terms.map(|terms| payer_of(terms.recipient_pays_fee));
    let payer = asked.charge_fee_to.or(agreed).unwrap_or(Payer::Recipient);
    if agreed.is_some_and(|agreed| agreed != payer) {
        let reason = "ChargeFeeTo differs from what the recipient accepted.".to_owned();
        return Err(Refusal::IncompatibleTokens { reason });
    }
    check_marketplace_fee(asked, parties)?;
    // A caller that is paid itself pays the fee out of what it is paid, whichever role it names.
    let is_own = parties.caller.key == parties.recipient.key;
    let payer = if is_own { Payer::Recipient } else { payer };
    let lines = stamp.terms.fees.lines_for(parties.method);
    let zero = Amount::zero(amount.currency());
    let fees = Fees {
        rule: rule_of(&lines, amount),
        payer,
        marketplace_fixed: asked.marketplace_fixed.unwrap_or(zero),
        marketplace_rate: asked.marketplace_rate.unwrap_or(Rate::ZERO),
        fps_fee: zero,
        marketplace_fee: zero,
        caller_held: zero,
    };
    let fees = charged_on(&fees, &lines, amount)?;
    check_instructions(asked, operation, &fees, parties, stamp)?;
    usage::check(parties.sender_token, amount, parties.counted_at)?;
    Ok(fees)
}

/// Whether the texts that tokens were made from allow it, each from its own point of view.
fn check_instructions(
    asked: &PaymentAsked,
    operation: Operation,
    fees: &Fees,
    parties: &Parties,
    stamp: &Stamp,
) -> Result<(), Refusal> {
    let tokens = [
        (Party::Sender, Some(parties.sender_token)),
        (Party::Recipient, parties.recipient_token),
    ];
    for (role, token) in tokens {
        let text = token.and_then(|token| token.facts.instruction.as_ref());
        let Some(text) = text else { continue };
        let instruction = Instruction::parse(text).map_err(Refusal::Instruction)?;
        let recipient_token = asked.recipient_token.as_ref();
        let proposed = Proposed {
            role,
            operation: operation.name(),
            amount: asked.amount,
            at: stamp.now,
            method: parties.method,
            charge_fee_to: fees.payer,
            sender_token: asked.sender_token.as_str(),
            recipient_token: recipient_token.map_or("", TokenId::as_str),
            marketplace_fixed: fees.marketplace_fixed,
            marketplace_rate: fees.marketplace_rate,
        };
        if let Some(broken) = instruction.objection(&proposed) {
            let reason = proposed.reason(broken);
            return Err(Refusal::IncompatibleTokens { reason });
        }
    }
    Ok(())
}

/// Whether the amount is within what accounts with limits may send and receive at once.
fn check_limits(amount: Amount, parties: &Parties, stamp: &Stamp) -> Result<(), Refusal> {
    let Some(most) = stamp.terms.limited_max.filter(|most| *most < amount) else {
        return Ok(());
    };
    for (party, account) in [
        (Party::Sender, parties.sender),
        (Party::Recipient, parties.recipient),
    ] {
        match account.verification {
            Verification::NoLimits => {}
            Verification::Pending | Verification::Complete => {
                return Err(Refusal::AccountLimitsExceeded { party, most });
            }
        }
    }
    Ok(())
}

fn check_currency(asked: &PaymentAsked, stamp: &Stamp) -> Result<(), Refusal> {
    let currency = stamp.terms.currency;
    let mut amounts = [Some(asked.amount), asked.marketplace_fixed]
        .into_iter()
        .flatten();
    if amounts.all(|amount| amount.currency() == currency) {
        return Ok(());
    }
    let message = format!("currencyCode has to be {currency}.");
    Err(Refusal::InvalidParams { message })
}

fn payer_of(recipient_pays_fee: bool) -> Payer {
    if recipient_pays_fee {
        Payer::Recipient
    } else {
        Payer::Caller
    }
}

fn check_descriptor(asked: &PaymentAsked) -> Result<(), Refusal> {
    let kind = asked.descriptor.and_then(|descriptor| descriptor.kind);
    let lacking = asked.sender_description.is_none();
    if kind == Some(SoftDescriptorType::Dynamic) && lacking {
        let message = "senderDescription is required with a dynamic soft descriptor.".to_owned();
        return Err(Refusal::InvalidParams { message });
    }
    Ok(())
}

/// The words that the reference prints for fees without ceilings.
const NO_CEILINGS: &str =
    "Maximum values of marketplace fees not defined in Recipient token or are unreadable.";

fn check_marketplace_fee(asked: &PaymentAsked, parties: &Parties) -> Result<(), Refusal> {
    let fixed = asked.marketplace_fixed.filter(|fee| !fee.is_zero());
    let rate = asked.marketplace_rate.filter(|rate| *rate != Rate::ZERO);
    if fixed.is_none() && rate.is_none() {
        return Ok(());
    }
    let refuse = |reason: &str| {
        Err(Refusal::IncompatibleTokens {
            reason: reason.to_owned(),
        })
    };
    // No money moves that it could be taken from.
    if parties.tally.is_some() {
        return refuse("A payment by prepaid or credit bears no marketplace fee.");
    }
    let terms = parties
        .recipient_token
        .and_then(|token| token.facts.terms.as_ref());
    let Some(terms) = terms else {
        return refuse(NO_CEILINGS);
    };
    if terms.fixed_max.is_none() && terms.rate_max.is_none() {
        return refuse(NO_CEILINGS);
    }
    let fixed_fits = fixed.is_none_or(|fee| terms.fixed_max.is_some_and(|most| fee <= most));
    let rate_fits = rate.is_none_or(|rate| terms.rate_max.is_some_and(|most| rate <= most));
    if !fixed_fits || !rate_fits {
        return refuse("The marketplace fee is above what the recipient accepted.");
    }
    Ok(())
}

/// The fees with their amounts on what is really charged, by the frozen lines of the schedule.
/// Refuses when they would reach it.
pub(super) fn charged_on(fees: &Fees, lines: &[FeeLine], amount: Amount) -> Result<Fees, Refusal> {
    let marketplace = FeeRule {
        rate: fees.marketplace_rate,
        fixed: fees.marketplace_fixed,
        minimum: Amount::zero(amount.currency()),
        rounding: Rounding::HalfUpToCents,
    };
    let rule = rule_of(lines, amount);
    let fps_fee = rule.fee_on(amount).ok_or(Refusal::FeesReachAmount)?;
    let marketplace_fee = marketplace.fee_on(amount).ok_or(Refusal::FeesReachAmount)?;
    let of_recipient = match fees.payer {
        Payer::Recipient => fps_fee
            .plus(marketplace_fee)
            .ok_or(Refusal::FeesReachAmount)?,
        Payer::Caller => marketplace_fee,
    };
    if amount <= of_recipient || amount <= fps_fee {
        return Err(Refusal::FeesReachAmount);
    }
    let caller_held = match fees.payer {
        Payer::Recipient => Amount::zero(amount.currency()),
        // The marketplace fee of the same payment pays first.
        Payer::Caller => fps_fee.minus_or_zero(marketplace_fee),
    };
    Ok(Fees {
        rule,
        fps_fee,
        marketplace_fee,
        caller_held,
        ..*fees
    })
}
