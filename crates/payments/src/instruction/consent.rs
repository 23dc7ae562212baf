//! The text of what was agreed on the pages.

use super::judge::method_name;
use super::{
    Assertion, Condition, Declaration, DeclaredType, Instruction, Literal, Property, Relation,
    Statement, USAGE_LIMITS_MAX, Value, Variable, value,
};
use crate::rows::{
    AmountRule, PaymentMethod, RecipientTerms, TokenConsent, TokenRole, UsageLimit, UsageLimitKind,
};
use crate::{Timestamp, TokenId};

const WRONG_ROLE: &str = "Role does not match";
const TOO_LATE: &str = "TransactionTimestamp used after validity";
const TOO_EARLY: &str = "TransactionTimestamp used before validity";
const NOT_EQUAL: &str = "Transaction amount not equal to accepted value";
const TOO_MUCH: &str = "Transaction amount greater than accepted value";
const TOO_LITTLE: &str = "Transaction amount less than accepted value";
const WRONG_PAYER: &str = "Charge fees incompatible";
const WRONG_METHOD: &str = "Selected payment method not in the list of acceptable Payment Methods \
                            for Recipient";
const WRONG_OPERATION: &str = "Invalid operation";
const WRONG_RECIPIENT: &str = "Recipient not in the list of accepted recipients";
const FEE_TOO_HIGH: &str = "Marketplace fee greater than accepted value";

impl Instruction {
    /// The text of what was agreed. `recipients` are the ids of the tokens that the consent lists.
    pub fn of(consent: &TokenConsent, recipients: &[TokenId]) -> Instruction {
        let mut text = Drafted::default();
        let (role, operation) = words(consent.role);
        text.is(Variable::MyRole, role, WRONG_ROLE);
        if let Some(operation) = operation {
            text.is(Variable::OperationType, operation, WRONG_OPERATION);
        }
        text.each(consent.each);
        text.time(consent.valid_from, consent.installed_at, consent.expires_at);
        if let Some(terms) = &consent.terms {
            text.terms(terms);
        }
        text.recipients(consent, recipients);
        if let Some(method) = consent.method {
            let name = method_name(method).to_owned();
            text.declare(
                DeclaredType::String,
                Property::PaymentMethod,
                Literal::Text(name),
            );
        }
        let total = consent.total_max.map(|most| UsageLimit {
            kind: UsageLimitKind::Amount(most),
            period: None,
        });
        let limits = total.into_iter().chain(consent.limits.iter().copied());
        for (limit, number) in limits.take(USAGE_LIMITS_MAX).zip(1..) {
            text.limit(number, limit);
        }
        Instruction {
            statements: text.statements,
        }
    }
}

/// The role in the language, and the operation that a special token is for.
const fn words(role: TokenRole) -> (&'static str, Option<&'static str>) {
    match role {
        TokenRole::Sender => ("Sender", None),
        TokenRole::Recipient => ("Recipient", None),
        TokenRole::Refund => ("Sender", Some("Refund")),
        TokenRole::Funding => ("Sender", Some("FundPrepaid")),
        TokenRole::Settlement => ("Sender", Some("SettleDebt")),
        TokenRole::Caller => ("Caller", None),
    }
}

#[derive(Default)]
struct Drafted {
    statements: Vec<Statement>,
}

impl Drafted {
    fn assert(&mut self, variable: Variable, condition: Condition, or_say: &str) {
        let or_say = Some(or_say.to_owned());
        self.statements.push(Statement::Assertion(Assertion {
            variable,
            condition,
            or_say,
        }));
    }

    fn is(&mut self, variable: Variable, text: &str, or_say: &str) {
        let condition = Condition::Is(Relation::Equal, Value::Text(text.to_owned()));
        self.assert(variable, condition, or_say);
    }

    fn each(&mut self, rule: Option<AmountRule>) {
        let (relation, amount, or_say) = match rule {
            None => return,
            Some(AmountRule::Exact(amount)) => (Relation::Equal, amount, NOT_EQUAL),
            Some(AmountRule::Maximum(amount)) => (Relation::AtMost, amount, TOO_MUCH),
            Some(AmountRule::Minimum(amount)) => (Relation::AtLeast, amount, TOO_LITTLE),
        };
        let condition = Condition::Is(relation, Value::Money(amount));
        self.assert(Variable::TransactionAmount, condition, or_say);
    }

    /// The last moment is the one before a token's time is over.
    fn time(&mut self, from: Timestamp, installed: Timestamp, until: Timestamp) {
        let variable = Variable::TransactionTimestamp;
        if installed < from {
            let condition = Condition::Is(Relation::AtLeast, Value::Moment(from));
            self.assert(variable, condition, TOO_EARLY);
        }
        if until != Timestamp::NEVER {
            let last = Value::Moment(until.plus_ms(-1));
            self.assert(variable, Condition::Is(Relation::AtMost, last), TOO_LATE);
        }
    }

    fn terms(&mut self, terms: &RecipientTerms) {
        let payer = if terms.recipient_pays_fee {
            "Recipient"
        } else {
            "Caller"
        };
        self.is(Variable::ChargeFeeTo, payer, WRONG_PAYER);
        let name = |method: &PaymentMethod| Value::Text(method_name(*method).to_owned());
        let methods = terms.methods.iter().map(name).collect();
        let among = Condition::Among(methods);
        self.assert(Variable::PaymentMethod, among, WRONG_METHOD);
        self.at_most(
            Variable::MarketplaceFixedFee,
            terms.fixed_max.map(Value::Money),
        );
        self.at_most(
            Variable::MarketplaceVariableFee,
            terms.rate_max.map(Value::Percent),
        );
    }

    fn at_most(&mut self, variable: Variable, most: Option<Value>) {
        if let Some(most) = most {
            self.assert(
                variable,
                Condition::Is(Relation::AtMost, most),
                FEE_TOO_HIGH,
            );
        }
    }

    /// Where the caller itself may be paid, the list has an empty place.
    fn recipients(&mut self, consent: &TokenConsent, recipients: &[TokenId]) {
        if recipients.is_empty() {
            return;
        }
        let caller = consent.also_caller.then(String::new);
        let ids = recipients.iter().map(ToString::to_string);
        let list = caller.into_iter().chain(ids).map(Value::Text).collect();
        let among = Condition::Among(list);
        self.assert(Variable::RecipientToken, among, WRONG_RECIPIENT);
    }

    fn declare(&mut self, kind: DeclaredType, property: Property, literal: Literal) {
        self.statements.push(Statement::Declaration(Declaration {
            kind,
            property,
            literal,
        }));
    }

    fn limit(&mut self, number: u8, limit: UsageLimit) {
        if let Some(period) = limit.period {
            let text = period.describe();
            self.declare(
                DeclaredType::Duration,
                Property::LimitPeriod(number),
                Literal::Text(text),
            );
        }
        let (word, kind, most) = match limit.kind {
            UsageLimitKind::Amount(most) => {
                let text = value::write_money(most);
                ("Amount", DeclaredType::Money, Literal::Text(text))
            }
            UsageLimitKind::Count(most) => {
                let most = Literal::Integer(u64::from(most));
                ("Count", DeclaredType::Integer, most)
            }
        };
        self.declare(
            DeclaredType::String,
            Property::LimitType(number),
            Literal::Text(word.to_owned()),
        );
        self.declare(kind, Property::Limit(number), most);
    }
}
