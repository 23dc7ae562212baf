//! The page of consent: everything that is agreed, in words.

use pages::{Breakdown, Confirm, Consent, EachCharge, EachRule};
use payments::Timestamp;
use payments::period::Period;
use payments::rows::{AmountRule, TallyKind, UsageLimit, UsageLimitKind};
use payments::terms::{MULTI_USE_LIFE_MS, RESERVATION_LIFE_MS, SINGLE_USE_LIFE_MS};

use super::method::{self, Again};
use super::steps::At;
use super::visit::Chosen;
use super::wish::{Kind, Multi, Parts, Recurring, Setup};
use crate::web::door::Person;
use crate::web::{Served, words};

/// The page that says who charges what, when and at most how much.
pub(super) async fn page(at: &At<'_>, person: &Person, chosen: Chosen) -> Served {
    let method = match chosen {
        Chosen::Balance => "Account balance".to_owned(),
        Chosen::Card(key) | Chosen::Bank(key) => {
            let all = method::instruments_of(at.host, person.account.key).await?;
            let Some(found) = all.into_iter().find(|one| one.key == key) else {
                let again = Again::error("method", "Choose one of your payment methods.");
                return method::page(at, person, again).await;
            };
            words::instrument(&found)
        }
    };
    let visit = &at.visit;
    let (consent, breakdown) = match &visit.wish.kind {
        Kind::Single(single) => {
            let amount = words::amount(single.amount);
            let within = words::span(SINGLE_USE_LIFE_MS);
            let consent = if single.reserve {
                let hold = words::span(RESERVATION_LIFE_MS);
                Consent::Reserve {
                    amount,
                    within,
                    hold,
                }
            } else {
                Consent::Once { amount, within }
            };
            (consent, breakdown(&single.parts))
        }
        Kind::Multi(multi) => (repeated(at, multi), Breakdown::default()),
        Kind::Recurring(recurring) => (regular(at, recurring), Breakdown::default()),
        Kind::Tally(setup) => (tally(at, setup), Breakdown::default()),
        Kind::Edit(_) => (Consent::Change, Breakdown::default()),
        Kind::Recipient(_) => return super::terms::page(at, person, Vec::new()),
    };
    let others = visit.payees.iter().filter(|payee| payee.token.is_some());
    let collected = visit.wish.collect_address;
    let address = visit.address.as_ref().filter(|_| collected);
    let page = Confirm {
        consent,
        recipients: others.map(|payee| payee.name.clone()).collect(),
        reason: visit.wish.reason.clone(),
        breakdown,
        shipping_lines: address.unwrap_or(&visit.wish.address).lines(),
        change_address_href: collected.then(|| visit.href_of("address")),
        method,
        change_method_href: visit.href_of("method"),
        errors: Vec::new(),
    };
    let frame = at.frame(Some(person), "Confirm");
    at.page(200, |frame| page.render(frame), &frame)
}

fn breakdown(parts: &Parts) -> Breakdown {
    let Parts {
        item_total,
        shipping,
        handling,
        gift_wrapping,
        discount,
        tax,
    } = parts.clone();
    Breakdown {
        item_total,
        shipping,
        handling,
        gift_wrapping,
        discount,
        tax,
    }
}

fn repeated(at: &At<'_>, multi: &Multi) -> Consent {
    let begin = multi.from.unwrap_or(at.now);
    let until = multi.until.unwrap_or(begin.plus_ms(MULTI_USE_LIFE_MS));
    Consent::Repeated {
        each: multi.each.map(each),
        total: words::amount(multi.total),
        limits: multi.limits.iter().map(limit).collect(),
        from: later(at, multi.from),
        until: Some(words::moment(until)),
    }
}

fn regular(at: &At<'_>, recurring: &Recurring) -> Consent {
    let begin = recurring.from.unwrap_or(at.now);
    let until = recurring.until.unwrap_or(begin.plus_ms(MULTI_USE_LIFE_MS));
    Consent::Regular {
        amount: words::amount(recurring.amount),
        within: within(Some(recurring.period)),
        from: later(at, recurring.from),
        until: words::moment(until),
    }
}

fn tally(at: &At<'_>, setup: &Setup) -> Consent {
    let limit = words::amount(setup.limit);
    let (from, until) = (later(at, setup.from), setup.until.map(words::moment));
    match setup.kind {
        TallyKind::Prepaid => Consent::Prepaid { limit, from, until },
        TallyKind::Credit => Consent::Credit {
            limit,
            total: setup.total.map(words::amount),
            limits: setup.limits.iter().map(self::limit).collect(),
            from,
            until,
        },
    }
}

/// A beginning that lies ahead.
fn later(at: &At<'_>, from: Option<Timestamp>) -> Option<String> {
    from.filter(|from| at.now < *from).map(words::moment)
}

fn each(rule: AmountRule) -> EachCharge {
    let (rule, amount) = match rule {
        AmountRule::Exact(amount) => (EachRule::Exactly, amount),
        AmountRule::Maximum(amount) => (EachRule::AtMost, amount),
        AmountRule::Minimum(amount) => (EachRule::AtLeast, amount),
    };
    let amount = words::amount(amount);
    EachCharge { rule, amount }
}

/// `At most $20.00 in any month`.
pub(in crate::web) fn limit(limit: &UsageLimit) -> String {
    let most = match limit.kind {
        UsageLimitKind::Amount(most) => words::amount(most),
        UsageLimitKind::Count(most) => words::charges(most),
    };
    format!("At most {most} {}", within(limit.period))
}

/// `in any month`, `in any 2 weeks`, `in all`.
pub(in crate::web) fn within(period: Option<Period>) -> String {
    let Some(period) = period else {
        return "in all".to_owned();
    };
    let length = period.describe();
    let length = length.strip_prefix("1 ").unwrap_or(&length);
    format!("in any {length}")
}
