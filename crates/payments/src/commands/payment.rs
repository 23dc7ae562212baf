//! What Pay, Reserve and the moving of claims share: who takes part, whether they may, and how a transaction begins.

pub(super) use super::authority::{check_caller, check_key, want_caller};
pub(super) use super::beginning::{begin, consume};
use super::named_tokens::{check_allowed_recipient, check_role, check_usable, tally_of, token};
use super::{draft, magic_tokens, tally};
use crate::command::{By, Lanes, Stamp};
use crate::refusal::Party;
use crate::rows::{
    Account, AccountStatus, AccountType, Instrument, Means, Operation, PaymentMethod, Tally, Token,
    Verification,
};
use crate::{AccountKey, PaymentAsked, ReadSet, Refusal, Timestamp, TokenId, WorkingSet};

/// Adds what a payment must see beyond its reference.
pub(super) fn want_parties(
    by: &By,
    asked: &PaymentAsked,
    seen: &WorkingSet,
    lanes: Lanes,
    want: &mut ReadSet,
) {
    let sender = asked.sender_token.key();
    let recipient = asked.recipient_token.as_ref().and_then(TokenId::key);
    want.tokens.extend(sender);
    want.tokens.extend(recipient);
    if let Some(token) = sender.and_then(|key| seen.tokens.peek(&key)) {
        want.accounts.insert(token.account);
        want.instruments.extend(token.facts.instrument);
        want.tallies.extend(token.facts.tally);
        if token.facts.method == Some(PaymentMethod::Balance) {
            draft::want_debit(token.account, lanes, want);
        }
    }
    if let Some(token) = recipient.and_then(|key| seen.tokens.peek(&key)) {
        want.accounts.insert(token.account);
        draft::want_credit(token.account, lanes, want);
    }
    draft::want_debit(by.caller, lanes, want);
}

/// Everybody and everything that takes part, found and allowed.
pub(super) struct Parties<'a> {
    pub(super) caller: &'a Account,
    pub(super) sender: &'a Account,
    pub(super) recipient: &'a Account,
    pub(super) sender_token: &'a Token,
    pub(super) recipient_token: Option<&'a Token>,
    pub(super) method: PaymentMethod,
    pub(super) instrument: Option<&'a Instrument>,
    /// In which usage windows of the token it counts.
    pub(super) counted_at: Timestamp,
    /// What the sender's token spends, funds or settles.
    pub(super) tally: Option<&'a Tally>,
}

/// Finds the parties and checks, in the documented order, that they may take part.
pub(super) fn parties<'a>(
    by: &By,
    operation: Operation,
    asked: &PaymentAsked,
    seen: &'a WorkingSet,
    stamp: &Stamp,
) -> Result<Parties<'a>, Refusal> {
    let caller = check_caller(by, seen)?;
    let mode = stamp.terms.mode;
    magic_tokens::check(&asked.sender_token, Party::Sender, mode)?;
    let sender_token = token(&asked.sender_token, Party::Sender, by.caller, seen)?;
    check_role(sender_token, operation)?;
    let recipient_token = match &asked.recipient_token {
        Some(id) => {
            magic_tokens::check(id, Party::Recipient, mode)?;
            Some(token(id, Party::Recipient, by.caller, seen)?)
        }
        None => None,
    };
    let tally = tally_of(sender_token, seen);
    if let Some(tally) = tally {
        tally::check_time(tally, operation, stamp.now)?;
    }
    check_usable(sender_token, Party::Sender, stamp)?;
    if let Some(token) = recipient_token {
        check_usable(token, Party::Recipient, stamp)?;
    }
    let recipient = recipient_token.map_or(by.caller, |token| token.account);
    check_allowed_recipient(sender_token, recipient_token, by.caller)?;
    let sender = account(sender_token.account, Party::Sender, seen)?;
    let recipient = account(recipient, Party::Recipient, seen)?;
    if sender.key == recipient.key {
        return Err(Refusal::SameSenderAndRecipient);
    }
    let is_party = [sender.key, recipient.key].contains(&caller.key);
    if !is_party && !caller.marketplace {
        return Err(Refusal::NotMarketplaceApp);
    }
    let method = sender_token
        .facts
        .method
        .ok_or(Refusal::PaymentMethodNotDefined)?;
    if operation == Operation::Reserve && method != PaymentMethod::Card {
        return Err(Refusal::PaymentInstrumentNotCC);
    }
    check_method(method, recipient, recipient_token)?;
    let instrument = usable_instrument(method, sender_token, seen, stamp)?;
    Ok(Parties {
        caller,
        sender,
        recipient,
        sender_token,
        recipient_token,
        method,
        instrument,
        counted_at: stamp.now,
        tally,
    })
}

fn account(key: AccountKey, party: Party, seen: &WorkingSet) -> Result<&Account, Refusal> {
    let found = seen
        .accounts
        .get(&key)
        .ok_or(Refusal::InvalidAccountState(party))?;
    if found.status != AccountStatus::Active {
        return Err(Refusal::InvalidAccountState(party));
    }
    if !found.email_verified {
        return Err(Refusal::UnverifiedEmailAddress(party));
    }
    if found.verification == Verification::Pending {
        return Err(Refusal::UnverifiedAccount(party));
    }
    Ok(found)
}

fn check_method(
    method: PaymentMethod,
    recipient: &Account,
    token: Option<&Token>,
) -> Result<(), Refusal> {
    let by_card = method == PaymentMethod::Card;
    if by_card && recipient.kind == AccountType::Personal {
        return Err(Refusal::InvalidRecipientForCCTransaction);
    }
    let terms = token.and_then(|token| token.facts.terms.as_ref());
    if terms.is_none_or(|terms| terms.methods.contains(&method)) {
        return Ok(());
    }
    if by_card {
        return Err(Refusal::InvalidRecipientForCCTransaction);
    }
    let reason = "The recipient does not accept this payment method.".to_owned();
    Err(Refusal::IncompatibleTokens { reason })
}

/// The card or bank account behind a payment; one from the balance or by a tally needs none.
fn usable_instrument<'a>(
    method: PaymentMethod,
    token: &Token,
    seen: &'a WorkingSet,
    stamp: &Stamp,
) -> Result<Option<&'a Instrument>, Refusal> {
    match method {
        PaymentMethod::Card | PaymentMethod::Bank => {}
        PaymentMethod::Balance => return Ok(None),
        PaymentMethod::Debt | PaymentMethod::Prepaid => {
            let tally = token.facts.tally;
            return tally.map(|_| None).ok_or(Refusal::PaymentMethodNotDefined);
        }
    }
    let key = token.facts.instrument;
    let key = key.ok_or(Refusal::PaymentMethodNotDefined)?;
    let found = seen
        .instruments
        .get(&key)
        .ok_or(Refusal::InactiveInstrument)?;
    if found.is_inactive(stamp.now) {
        return Err(Refusal::InactiveInstrument);
    }
    match &found.means {
        Means::Bank(bank) if !bank.verified => return Err(Refusal::UnverifiedBankAccount),
        Means::Bank(_) | Means::Card(_) => {}
    }
    Ok(Some(found))
}
