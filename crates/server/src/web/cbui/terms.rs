//! The page on which a recipient accepts the caller's terms.

use money::{Amount, FeeRule, Rate, Rounding};
use pages::{FeeExample, FeePayer, FieldError, RecipientTerms};
use payments::Terms;
use payments::rows::PaymentMethod;

use super::steps::At;
use super::wish::{Accept, Kind};
use crate::web::door::Person;
use crate::web::{Served, reply, words};

/// Cents of the sale in the example.
const EXAMPLE_CENTS: i64 = 10_000;

/// The page that says what the caller may keep of each payment.
pub(super) fn page(at: &At<'_>, person: &Person, errors: Vec<FieldError>) -> Served {
    let Kind::Recipient(accept) = &at.visit.wish.kind else {
        return Ok(reply::forged(at.host));
    };
    let terms = at.host.terms();
    let rate = accept.terms.rate_max.unwrap_or(Rate::ZERO);
    let fixed = fixed(accept, &terms);
    let later = accept.from.filter(|from| at.now < *from);
    let page = RecipientTerms {
        max_fixed_fee: words::amount(fixed),
        max_variable_fee: format!("{}%", rate.to_percent()),
        fee_payer: if accept.terms.recipient_pays_fee {
            FeePayer::Recipient
        } else {
            FeePayer::Caller
        },
        example: example(accept, &terms),
        methods: accept
            .terms
            .methods
            .iter()
            .map(|method| name(*method).to_owned())
            .collect(),
        valid_from: later.map(words::moment),
        valid_until: accept.until.map(words::moment),
        errors,
    };
    let frame = at.frame(Some(person), "Terms");
    at.page(200, |frame| page.render(frame), &frame)
}

fn fixed(accept: &Accept, terms: &Terms) -> Amount {
    let nothing = Amount::zero(terms.currency);
    accept.terms.fixed_max.unwrap_or(nothing)
}

/// A sale by card at the highest fees.
fn example(accept: &Accept, terms: &Terms) -> FeeExample {
    let nothing = Amount::zero(terms.currency);
    let sale = Amount::from_cents(EXAMPLE_CENTS, terms.currency).unwrap_or(nothing);
    let fixed_fee = fixed(accept, terms);
    let share = FeeRule {
        rate: accept.terms.rate_max.unwrap_or(Rate::ZERO),
        fixed: nothing,
        minimum: nothing,
        rounding: Rounding::HalfUpToCents,
    };
    let variable_fee = share.fee_on(sale).unwrap_or(nothing);
    let method = accept.terms.methods.first();
    let method = method.copied().unwrap_or(PaymentMethod::Card);
    let provider_fee = terms.fees.rule_for(method, sale).fee_on(sale);
    let provider_fee = provider_fee.filter(|_| accept.terms.recipient_pays_fee);
    let kept = [fixed_fee, variable_fee, provider_fee.unwrap_or(nothing)];
    let received = kept.into_iter().fold(sale, Amount::minus_or_zero);
    FeeExample {
        sale: words::amount(sale),
        fixed_fee: words::amount(fixed_fee),
        variable_fee: words::amount(variable_fee),
        provider_fee: provider_fee.map(words::amount),
        received: words::amount(received),
    }
}

fn name(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Card => "Cards",
        PaymentMethod::Bank => "Bank accounts",
        PaymentMethod::Balance => "Account balance",
        PaymentMethod::Debt => "Credit",
        PaymentMethod::Prepaid => "Prepaid",
    }
}
