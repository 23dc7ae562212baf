//! The parameters of a Co-Branded request, read and checked.
//!
//! Every name that is missing or malformed is found, so that one answer tells the caller's developer
//! all of it. A parameter sent twice with one value counts once; with two values it is malformed.
//! Unknown parameters are signed and otherwise ignored.

use std::borrow::Cow;

use money::{Amount, Rate};
use payments::period::Period;
use payments::rows::{AmountRule, PaymentMethod, RecipientTerms, UsageLimit, UsageLimitKind};
use payments::{CallerReference, Terms, Timestamp, TokenId};

use super::sent::Sent;
use super::wish::{Accept, Address, Kind, Methods, Multi, Parts, Single, Wish};
use crate::web::words;

mod setups;

use setups::{edit, postpaid, prepaid, recurring};

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
    let mut named = Named {
        recipients: Vec::new(),
        recipients_name: "recipientToken",
        reference_name: "callerReference",
        as_recipient: false,
    };
    let kind = kind(&mut sent, methods.as_ref(), &mut named);
    let Named {
        recipients,
        recipients_name,
        reference_name,
        as_recipient,
    } = named;
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

/// What pipelines name otherwise, and whom they name.
struct Named {
    recipients: Vec<TokenId>,
    recipients_name: &'static str,
    reference_name: &'static str,
    as_recipient: bool,
}

impl Named {
    /// Reads the recipients' tokens, and whether their names stand on the pages.
    fn read_recipients(&mut self, sent: &mut Sent<'_>, name: &'static str, most: usize) {
        self.recipients_name = name;
        self.recipients = sent.tokens(name, most);
        self.as_recipient = sent.flag("isRecipientCobranding");
        if self.as_recipient && self.recipients.is_empty() {
            sent.wrong(name);
        }
    }
}

/// What the pipeline is about.
fn kind(sent: &mut Sent<'_>, methods: Option<&Methods>, named: &mut Named) -> Option<Kind> {
    match sent.get("pipelineName") {
        Some("SingleUse") => {
            named.recipients = sent.tokens(named.recipients_name, 1);
            single(sent, methods).map(Kind::Single)
        }
        Some("MultiUse") => {
            named.read_recipients(sent, "recipientTokenList", RECIPIENTS_MAX);
            multi(sent).map(Kind::Multi)
        }
        Some("Recurring") => {
            named.read_recipients(sent, "recipientToken", 1);
            recurring(sent, methods).map(Kind::Recurring)
        }
        Some("SetupPrepaid") => {
            named.reference_name = "callerReferenceSender";
            prepaid(sent).map(Kind::Tally)
        }
        Some("SetupPostpaid") => {
            named.reference_name = "callerReferenceSender";
            postpaid(sent).map(Kind::Tally)
        }
        Some("EditToken") => edit(sent).map(Kind::Edit),
        Some("Recipient") => accept(sent, methods).map(Kind::Recipient),
        Some(_) | None => {
            sent.wrong("pipelineName");
            None
        }
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
