//! The parameters of a Co-Branded request, read and checked.
//!
//! Every name that is missing or malformed is found, so that one answer tells the caller's developer
//! all of it. A parameter sent twice with one value counts once; with two values it is malformed.
//! Unknown parameters are signed and otherwise ignored.

use std::borrow::Cow;

use money::{Amount, Rate};
use payments::period::Period;
use payments::rows::{
    AmountRule, PaymentMethod, RecipientTerms, TallyKind, TokenRole, UsageLimit, UsageLimitKind,
};
use payments::{AccountKey, CallerReference, Terms, Timestamp, TokenId};

use super::sent::Sent;
use super::wish::{
    Accept, Address, Edit, Kind, Methods, Multi, Parts, Recurring, Setup, Single, Wish,
};
use crate::web::words;

/// Characters of a payment reason at most.
pub(super) const REASON_CHARACTERS_MAX: usize = 2_048;
/// Characters of a website description and of a line of an address at most.
pub(super) const LINE_CHARACTERS_MAX: usize = 128;
/// Recipients' tokens in one request at most.
pub(super) const RECIPIENTS_MAX: usize = 100;
/// The version of the Co-Branded API; there never was another.
const VERSION: &str = "2009-01-09";

/// What was read, before recipients' tokens are looked up.
#[derive(Clone, Debug)]
pub(super) struct Read {
    /// What is asked.
    pub(super) wish: Wish,
    /// The recipients' tokens.
    pub(super) recipients: Vec<TokenId>,
    /// The parameter that they came by.
    pub(super) recipients_name: &'static str,
    /// Where the caller's logo is, as it was sent. One that cannot be used is not shown, that is all.
    pub(super) logo: Option<String>,
    /// Whether the recipients' names stand on the pages instead of the caller's.
    pub(super) as_recipient: bool,
}

/// Reads a request; otherwise the names of everything that is not well formed.
pub(super) fn read(
    pairs: &[(Cow<'_, str>, Cow<'_, str>)],
    now: Timestamp,
    terms: &Terms,
) -> Result<Read, Vec<&'static str>> {
    let mut sent = Sent::new(pairs, now, terms);
    let methods = sent.get("paymentMethod").map(Methods::parse);
    let methods = sent.checked("paymentMethod", methods.unwrap_or(Some(Methods::ALL)));
    let mut recipients = Vec::new();
    let mut as_recipient = false;
    let mut recipients_name = "recipientToken";
    let mut reference_name = "callerReference";
    let kind = match sent.get("pipelineName") {
        Some("SingleUse") => {
            recipients = sent.tokens(recipients_name, 1);
            single(&mut sent, methods.as_ref()).map(Kind::Single)
        }
        Some("MultiUse") => {
            recipients_name = "recipientTokenList";
            recipients = sent.tokens(recipients_name, RECIPIENTS_MAX);
            as_recipient = sent.flag("isRecipientCobranding");
            if as_recipient && recipients.is_empty() {
                sent.wrong(recipients_name);
            }
            multi(&mut sent).map(Kind::Multi)
        }
        Some("Recurring") => {
            recipients = sent.tokens(recipients_name, 1);
            as_recipient = sent.flag("isRecipientCobranding");
            if as_recipient && recipients.is_empty() {
                sent.wrong(recipients_name);
            }
            recurring(&mut sent, methods.as_ref()).map(Kind::Recurring)
        }
        Some("SetupPrepaid") => {
            reference_name = "callerReferenceSender";
            prepaid(&mut sent).map(Kind::Tally)
        }
        Some("SetupPostpaid") => {
            reference_name = "callerReferenceSender";
            postpaid(&mut sent).map(Kind::Tally)
        }
        Some("EditToken") => edit(&mut sent).map(Kind::Edit),
        Some("Recipient") => accept(&mut sent, methods.as_ref()).map(Kind::Recipient),
        Some(_) | None => {
            sent.wrong("pipelineName");
            None
        }
    };
    let reference = reference(&mut sent, reference_name);
    let version = sent.get("version").is_none_or(|version| version == VERSION);
    sent.expect("version", version);
    let currency = sent.get("currencyCode");
    let currency = currency.is_none_or(|code| code == terms.currency.as_str());
    sent.expect("currencyCode", currency);
    let reason = sent.text("paymentReason", REASON_CHARACTERS_MAX);
    let site = sent.text("websiteDescription", LINE_CHARACTERS_MAX);
    let collect_address = sent.flag("collectShippingAddress");
    let address = if collect_address {
        Address::default()
    } else {
        Address::read(|name| sent.text(name, LINE_CHARACTERS_MAX))
    };
    let logo = sent.first("cobrandingUrl").map(str::to_owned);
    let wrong = sent.finish();
    match (kind, reference, methods) {
        (Some(kind), Some(reference), Some(methods)) if wrong.is_empty() => {
            let wish = Wish {
                reference,
                methods,
                reason,
                site,
                collect_address,
                address,
                kind,
            };
            Ok(Read {
                wish,
                recipients,
                recipients_name,
                logo,
                as_recipient,
            })
        }
        _ => Err(wrong),
    }
}

fn single(sent: &mut Sent<'_>, methods: Option<&Methods>) -> Option<Single> {
    let amount = sent.amount("transactionAmount");
    let most = sent.terms().amount_max;
    let within = amount.is_none_or(|amount| amount <= most);
    // Only a balance can be charged parts of a cent.
    let fine = methods.is_none_or(|methods| methods.balance);
    let whole = amount.is_none_or(Amount::is_whole_cents);
    sent.expect("transactionAmount", within && (whole || fine));
    let amount = sent.checked("transactionAmount", amount);
    let reserve = sent.flag("reserve");
    let part = |sent: &mut Sent<'_>, name| {
        let text = sent.get(name)?;
        let amount = Amount::parse(text, sent.terms().currency).ok();
        sent.checked(name, amount).map(words::amount)
    };
    let parts = Parts {
        item_total: part(sent, "itemTotal"),
        shipping: part(sent, "shipping"),
        handling: part(sent, "handling"),
        gift_wrapping: gift_wrapping(sent),
        discount: discount(sent),
        tax: part(sent, "tax"),
    };
    amount.map(|amount| Single {
        amount,
        reserve,
        parts,
    })
}

/// An amount; one old client says `True` here, which is shown as nothing.
fn gift_wrapping(sent: &mut Sent<'_>) -> Option<String> {
    let text = sent.get("giftWrapping")?;
    if ["true", "false"].contains(&text.to_ascii_lowercase().as_str()) {
        return None;
    }
    let amount = Amount::parse(text, sent.terms().currency).ok();
    sent.checked("giftWrapping", amount).map(words::amount)
}

/// What is taken off, with or without a sign of its own.
fn discount(sent: &mut Sent<'_>) -> Option<String> {
    let text = sent.get("discount")?;
    let bare = text.strip_prefix('-').unwrap_or(text);
    let amount = Amount::parse(bare, sent.terms().currency).ok();
    let amount = sent.checked("discount", amount)?;
    Some(format!("−{}", words::amount(amount)))
}

fn reference(sent: &mut Sent<'_>, name: &'static str) -> Option<CallerReference> {
    let reference = sent.get(name).map(CallerReference::parse);
    sent.checked(name, reference.and_then(Result::ok))
}

/// The same amount at most once in each period.
fn recurring(sent: &mut Sent<'_>, methods: Option<&Methods>) -> Option<Recurring> {
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
fn prepaid(sent: &mut Sent<'_>) -> Option<Setup> {
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
fn postpaid(sent: &mut Sent<'_>) -> Option<Setup> {
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
fn edit(sent: &mut Sent<'_>) -> Option<Edit> {
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

fn multi(sent: &mut Sent<'_>) -> Option<Multi> {
    let total = sent.amount("globalAmountLimit");
    let total = sent.checked("globalAmountLimit", total);
    let each = each(sent);
    let limits = limits(sent);
    let (from, until) = sent.validity();
    total.map(|total| Multi {
        total,
        each,
        limits,
        from,
        until,
    })
}

/// Up to two limits on use.
fn limits(sent: &mut Sent<'_>) -> Vec<UsageLimit> {
    let limits = [
        limit(
            sent,
            "usageLimitType1",
            "usageLimitPeriod1",
            "usageLimitValue1",
        ),
        limit(
            sent,
            "usageLimitType2",
            "usageLimitPeriod2",
            "usageLimitValue2",
        ),
    ];
    limits.into_iter().flatten().collect()
}

/// The bounds of each charge: an amount, and how it bounds (exactly, when that is not said).
fn each(sent: &mut Sent<'_>) -> Option<AmountRule> {
    let rule = match sent.get("amountType") {
        None | Some("Exact") => Some(AmountRule::Exact as fn(Amount) -> AmountRule),
        Some("Maximum") => Some(AmountRule::Maximum as fn(Amount) -> AmountRule),
        Some("Minimum") => Some(AmountRule::Minimum as fn(Amount) -> AmountRule),
        Some(_) => None,
    };
    let rule = sent.checked("amountType", rule)?;
    if sent.get("transactionAmount").is_none() {
        let needless = sent.get("amountType").is_none();
        sent.expect("transactionAmount", needless);
        return None;
    }
    let amount = sent.amount("transactionAmount");
    sent.checked("transactionAmount", amount).map(rule)
}

fn limit(
    sent: &mut Sent<'_>,
    kind_name: &'static str,
    period_name: &'static str,
    value_name: &'static str,
) -> Option<UsageLimit> {
    let period = sent.get(period_name).map(Period::parse);
    let period = match period {
        None => None,
        Some(read) => Some(sent.checked(period_name, read)?),
    };
    let kind = match sent.get(kind_name) {
        None => {
            // A limit without its kind would not be kept, and its caller would rely on it.
            let nothing = period.is_none() && sent.get(value_name).is_none();
            sent.expect(kind_name, nothing);
            return None;
        }
        Some("Amount") => sent.amount(value_name).map(UsageLimitKind::Amount),
        Some("Count") => {
            let count = sent.get(value_name).and_then(|text| text.parse().ok());
            count.filter(|count| 0 < *count).map(UsageLimitKind::Count)
        }
        Some(_) => {
            sent.wrong(kind_name);
            return None;
        }
    };
    let kind = sent.checked(value_name, kind)?;
    Some(UsageLimit { kind, period })
}

fn accept(sent: &mut Sent<'_>, methods: Option<&Methods>) -> Option<Accept> {
    let pays = sent.get("recipientPaysFee").is_some();
    sent.expect("recipientPaysFee", pays);
    let recipient_pays_fee = sent.flag("recipientPaysFee");
    let nothing = Amount::zero(sent.terms().currency);
    let fixed = match sent.get("maxFixedFee") {
        None => Some(nothing),
        Some(text) => Amount::parse(text, nothing.currency()).ok(),
    };
    let fixed = sent.checked("maxFixedFee", fixed);
    let rate = sent.get("maxVariableFee").map(Rate::parse_percent);
    let rate = rate.map_or(Some(Rate::ZERO), Result::ok);
    let rate = sent.checked("maxVariableFee", rate);
    let (from, until) = sent.validity();
    let listed = methods.copied().map(Methods::listed).unwrap_or_default();
    let methods: Vec<PaymentMethod> = listed;
    Some(Accept {
        terms: RecipientTerms {
            fixed_max: Some(fixed?),
            rate_max: Some(rate?),
            recipient_pays_fee,
            methods,
        },
        from,
        until,
    })
}
