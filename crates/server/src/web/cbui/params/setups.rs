//! What recurs, what is paid ahead or later, and tokens that are edited.

use money::Amount;
use payments::period::Period;
use payments::rows::{TallyKind, TokenRole};
use payments::{AccountKey, TokenId};

use super::super::sent::Sent;
use super::super::wish::{Edit, Methods, Recurring, Setup};
use super::{limits, reference};

/// The same amount at most once in each period.
pub(super) fn recurring(sent: &mut Sent<'_>, methods: Option<&Methods>) -> Option<Recurring> {
    let amount = sent.amount("transactionAmount");
    let most = sent.terms().amount_max;
    let fine = methods.is_none_or(|methods| methods.balance);
    let fits = |amount: Amount| amount <= most && (fine || amount.is_whole_cents());
    let amount = sent.checked("transactionAmount", amount.filter(|amount| fits(*amount)));
    let period = sent.get("recurringPeriod").and_then(Period::parse);
    let period = sent.checked("recurringPeriod", period);
    let (from, until) = sent.validity();
    Some(Recurring {
        amount: amount?,
        period: period?,
        from,
        until,
    })
}

/// How much may be paid ahead; a client of 2007 calls it `transactionAmount`.
pub(super) fn prepaid(sent: &mut Sent<'_>) -> Option<Setup> {
    let moving_reference = reference(sent, "callerReferenceFunding");
    let name = if sent.get("fundingAmount").is_none() && sent.get("transactionAmount").is_some() {
        "transactionAmount"
    } else {
        "fundingAmount"
    };
    let limit = sent.amount(name).filter(|limit| limit.is_whole_cents());
    let limit = sent.checked(name, limit);
    let (from, until) = sent.validity();
    Some(Setup {
        kind: TallyKind::Prepaid,
        limit: limit?,
        moving_reference: moving_reference?,
        total: None,
        limits: Vec::new(),
        from,
        until,
    })
}

/// How much may be owed at a time and settled in all.
pub(super) fn postpaid(sent: &mut Sent<'_>) -> Option<Setup> {
    let moving_reference = reference(sent, "callerReferenceSettlement");
    let limit = sent.amount("creditLimit");
    let limit = limit.filter(|limit| limit.is_whole_cents());
    let limit = sent.checked("creditLimit", limit);
    let total = sent.amount("globalAmountLimit");
    let total = sent.checked("globalAmountLimit", total);
    let limits = limits(sent);
    let (from, until) = sent.validity();
    Some(Setup {
        kind: TallyKind::Credit,
        limit: limit?,
        moving_reference: moving_reference?,
        total: Some(total?),
        limits,
        from,
        until,
    })
}

/// The token to be changed: the documents write its name in two ways.
pub(super) fn edit(sent: &mut Sent<'_>) -> Option<Edit> {
    let names = ["tokenId", "tokenID"];
    let name = names.into_iter().find(|name| sent.get(name).is_some());
    let name = name.unwrap_or("tokenId");
    let token = sent.get(name).and_then(|text| TokenId::parse(text).ok());
    let token = sent.checked(name, token)?;
    // The rest is known once the token was looked up.
    Some(Edit {
        token,
        owner: AccountKey(0),
        role: TokenRole::Sender,
        method: None,
        instrument: None,
        reserve: false,
    })
}
