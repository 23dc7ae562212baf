//! What Pay and Reserve share: who takes part, whether they may, and how a transaction begins.

use std::sync::Arc;

use money::Amount;

use super::draft::{self, Draft};
use super::usage;
use crate::command::{Answer, By, Credential, Lanes, Outcome, Stamp, Verdict};
use crate::ids::key_time;
use crate::refusal::Party;
use crate::rows::{
    Account, AccountStatus, AccountType, Fees, Instrument, Means, Operation, PaymentMethod,
    Reference, Refunds, Release, State, StatusCode, Token, TokenRole, TokenStatus, TokenType,
    Transaction, Verification,
};
use crate::tables::written;
use crate::terms::TIMEOUT_MINS_DEFAULT;
use crate::time::MINUTE_MS;
use crate::{
    AccountKey, Asked, CallerReference, PaymentAsked, ReadSet, Refusal, Timestamp, TokenId,
    TransactionKey, WorkingSet,
};

/// Adds what every request with a caller reference must see before anything else.
pub(super) fn want_reference(by: &By, reference: &CallerReference, want: &mut ReadSet) {
    want_caller(by, want);
    want.references.insert((by.caller, reference.clone()));
}

/// Adds what proves that a request may be made at all.
pub(super) fn want_caller(by: &By, want: &mut ReadSet) {
    match &by.credential {
        Credential::AccessKey(id) => drop(want.access_keys.insert(id.clone())),
        Credential::Certificate(name) => drop(want.certificates.insert(*name)),
        Credential::None => {}
    }
    want.accounts.insert(by.caller);
}

/// The status of the key or certificate as it is now, not as it was when the signature was checked.
pub(super) fn check_key(by: &By, seen: &WorkingSet) -> Result<(), Refusal> {
    let owner = match &by.credential {
        Credential::AccessKey(id) => {
            let key = seen.access_keys.get(id).filter(|key| key.active);
            key.map(|key| key.account)
        }
        Credential::Certificate(name) => {
            let row = seen.certificates.get(name).filter(|row| row.active);
            row.map(|row| row.account)
        }
        Credential::None => Some(by.caller),
    };
    let valid = owner == Some(by.caller);
    if valid {
        Ok(())
    } else {
        Err(Refusal::AuthFailure)
    }
}

/// The caller's account, if it may call.
pub(super) fn check_caller<'a>(by: &By, seen: &'a WorkingSet) -> Result<&'a Account, Refusal> {
    let caller = seen.accounts.get(&by.caller).ok_or(Refusal::AuthFailure)?;
    match caller.status {
        AccountStatus::Active => {}
        AccountStatus::Suspended => return Err(Refusal::InvalidAccountState(Party::Caller)),
        AccountStatus::Closed => return Err(Refusal::AccountClosed),
    }
    if !caller.email_verified {
        return Err(Refusal::UnverifiedEmailAddress(Party::Caller));
    }
    Ok(caller)
}

/// What the reference says: the earlier answer, a conflict, or nothing against deciding.
pub(super) fn earlier_answer(
    by: &By,
    reference: &CallerReference,
    asked: &Asked,
    seen: &WorkingSet,
) -> Option<Answer> {
    let earlier = seen.references.get(&(by.caller, reference.clone()))?;
    let (before, answer) = match earlier {
        Reference::Transaction(key) => {
            let transaction = seen.transactions.get(key);
            let transaction = transaction.expect("a transaction is kept for ever");
            let (id, status) = (transaction.id(), transaction.status());
            (
                &transaction.asked,
                Some(Ok(Outcome::Transaction { id, status })),
            )
        }
        Reference::Refused { asked, refusal } => (asked, Some(Err(refusal.clone()))),
        Reference::Bound { asked } => (asked, None),
    };
    match before.first_difference(asked) {
        Some(difference) => Some(Err(Refusal::DuplicateRequest(difference))),
        None => answer,
    }
}

/// Adds the transaction that a reference has made, once the reference was read.
pub(super) fn want_earlier(
    by: &By,
    reference: &CallerReference,
    seen: &WorkingSet,
    want: &mut ReadSet,
) {
    let earlier = seen.references.peek(&(by.caller, reference.clone()));
    if let Some(Reference::Transaction(transaction)) = earlier {
        want.transactions.insert(*transaction);
    }
}

/// A refusal that is remembered: burnt when it is final, bound when it may pass.
pub(super) fn refuse(
    by: &By,
    reference: &CallerReference,
    asked: &Arc<Asked>,
    refusal: Refusal,
) -> Verdict {
    let mut verdict = Verdict::refuse(refusal.clone());
    if refusal == Refusal::AuthFailure || matches!(refusal, Refusal::DuplicateRequest(_)) {
        return verdict;
    }
    let asked = asked.clone();
    let row = if refusal.is_retriable() {
        Reference::Bound { asked }
    } else {
        Reference::Refused { asked, refusal }
    };
    verdict
        .changes
        .references
        .push(((by.caller, reference.clone()), written(row)));
    verdict
}

/// Adds what a Pay or Reserve must see beyond its reference.
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
    let sender_token = token(&asked.sender_token, Party::Sender, by.caller, seen)?;
    let recipient_token = match &asked.recipient_token {
        Some(id) => Some(token(id, Party::Recipient, by.caller, seen)?),
        None => None,
    };
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
    })
}

fn token<'a>(
    id: &TokenId,
    party: Party,
    caller: AccountKey,
    seen: &'a WorkingSet,
) -> Result<&'a Token, Refusal> {
    let unknown = Refusal::InvalidTokenId(party);
    let key = id.key().ok_or(unknown.clone())?;
    let token = seen
        .tokens
        .get(&key)
        .filter(|token| id.names(token.key, &token.nonce));
    let token = token
        .filter(|token| token.installer == caller)
        .ok_or(unknown.clone())?;
    match (party, token.facts.role) {
        (Party::Sender, TokenRole::Sender) | (Party::Recipient, TokenRole::Recipient) => Ok(token),
        (
            Party::Sender,
            TokenRole::Recipient | TokenRole::Refund | TokenRole::Funding | TokenRole::Settlement,
        ) => Err(Refusal::InvalidSenderRole),
        (Party::Recipient | Party::Caller, _) => Err(unknown),
    }
}

fn check_usable(token: &Token, party: Party, stamp: &Stamp) -> Result<(), Refusal> {
    match token.status {
        TokenStatus::Cancelled | TokenStatus::Replaced => Err(Refusal::TokenNotActive(party)),
        TokenStatus::Used => Err(Refusal::SameTokenIdUsedMultipleTimes),
        TokenStatus::Active if !token.is_valid_at(stamp.now) => Err(Refusal::TokenNotActive(party)),
        TokenStatus::Active => Ok(()),
    }
}

fn check_allowed_recipient(
    sender: &Token,
    recipient: Option<&Token>,
    caller: AccountKey,
) -> Result<(), Refusal> {
    let named = recipient.map(|token| token.key);
    let to_caller = recipient.is_none_or(|token| token.account == caller);
    let allowed = match sender.facts.recipients.as_slice() {
        [] => to_caller,
        _ if sender.facts.also_caller && to_caller => true,
        list => named.is_some_and(|key| list.contains(&key)),
    };
    if allowed {
        return Ok(());
    }
    let reason = "The sender token does not allow this recipient.".to_owned();
    Err(Refusal::IncompatibleTokens { reason })
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

/// The card or bank account behind a payment by such; a payment from the balance needs none.
fn usable_instrument<'a>(
    method: PaymentMethod,
    token: &Token,
    seen: &'a WorkingSet,
    stamp: &Stamp,
) -> Result<Option<&'a Instrument>, Refusal> {
    match method {
        PaymentMethod::Card | PaymentMethod::Bank => {}
        PaymentMethod::Balance => return Ok(None),
        // Their books are not kept yet, so nothing can be charged by them.
        PaymentMethod::Debt | PaymentMethod::Prepaid => {
            return Err(Refusal::PaymentMethodNotDefined);
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

/// A new transaction, authorising, with nothing charged yet.
pub(super) fn begin(
    draft: &mut Draft,
    by: &By,
    reference: &CallerReference,
    asked: &Arc<Asked>,
    parties: &Parties,
    fees: &Fees,
) -> Transaction {
    let (operation, payment) = match &**asked {
        Asked::Pay(payment) => (Operation::Pay, payment),
        Asked::Reserve(payment) => (Operation::Reserve, payment),
        Asked::Refund(_) => unreachable!("a refund is no payment"),
    };
    let key = TransactionKey(draft.key());
    let zero = Amount::zero(payment.amount.currency());
    let minutes = payment.timeout_mins.unwrap_or(TIMEOUT_MINS_DEFAULT);
    let received_at = key_time(key.0).max(draft.stamp.now);
    Transaction {
        key,
        nonce: draft.stamp.transaction_nonce(),
        operation,
        method: parties.method,
        caller: by.caller,
        sender: parties.sender_token.account,
        recipient: parties.recipient.key,
        sender_token: Some(parties.sender_token.key),
        recipient_token: parties.recipient_token.map(|token| token.key),
        instrument: parties.instrument.map(|instrument| instrument.key),
        tally: None,
        parent: None,
        amount: payment.amount,
        received_at,
        caller_reference: reference.clone(),
        asked: asked.clone(),
        caller_date: by.date,
        timeout_at: received_at.plus_ms(i64::from(minutes) * MINUTE_MS),
        state: State::Authorising,
        code: StatusCode::PendingNetworkResponse,
        message: None,
        settled: zero,
        fee_lines: draft.stamp.terms.fees.lines_for(parties.method),
        fees: Fees {
            fps_fee: zero,
            marketplace_fee: zero,
            caller_held: zero,
            ..*fees
        },
        refunds: Refunds {
            refunded: zero,
            marketplace_refunded: zero,
            fps_fee_returned: zero,
            marketplace_fee_returned: zero,
        },
        release: Release::None,
        events: 0,
        postings: 0,
        settle_mark: None,
        cancel_mark: None,
        completed_at: None,
        notify_url: payment.ipn_url.clone(),
    }
}

/// Uses the sender's token and the caller reference: acceptance consumes.
pub(super) fn consume(draft: &mut Draft, transaction: &Transaction, parties: &Parties) {
    let token = usage::used(parties.sender_token, transaction.amount, parties.counted_at);
    debug_assert!(token.facts.kind != TokenType::SingleUse || token.status == TokenStatus::Used);
    draft.changes.tokens.push((token.key, written(token)));
    let reference = (transaction.caller, transaction.caller_reference.clone());
    draft
        .changes
        .references
        .push((reference, written(Reference::Transaction(transaction.key))));
}
