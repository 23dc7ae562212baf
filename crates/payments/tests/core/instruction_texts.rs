//! Payment instructions: what is printed is read back, and the text of a consent allows what the
//! consent allows.

use money::{Amount, Currency, Rate};
use payments::instruction::{
    Assertion, Condition, Declaration, DeclaredType, Instruction, Literal, Property, Proposed,
    Relation, Statement, Value, Variable,
};
use payments::period::Period;
use payments::rows::{
    AmountRule, PaymentMethod, RecipientTerms, TokenConsent, TokenRole, TokenType, UsageLimit,
    UsageLimitKind,
};
use payments::{Party, Timestamp, TokenId, TokenKey};
use proptest::prelude::*;

use crate::instructions::{proposed, usd};

fn text() -> impl Strategy<Value = String> {
    "[^']{0,12}"
}

fn amount() -> impl Strategy<Value = Amount> {
    (0..10_000_000_000_i64)
        .prop_map(|micros| Amount::from_micros(micros, Currency::USD).expect("an amount"))
}

fn moment() -> impl Strategy<Value = Timestamp> {
    (0..200_000_000_000_000_i64).prop_map(Timestamp)
}

fn relation() -> impl Strategy<Value = Relation> {
    proptest::sample::select(
        &[
            Relation::Equal,
            Relation::NotEqual,
            Relation::Less,
            Relation::AtMost,
            Relation::Greater,
            Relation::AtLeast,
        ][..],
    )
}

fn condition() -> impl Strategy<Value = (Variable, Condition)> {
    let texts = proptest::sample::select(
        &[
            Variable::MyRole,
            Variable::OperationType,
            Variable::SenderToken,
            Variable::RecipientToken,
            Variable::ChargeFeeTo,
        ][..],
    );
    let rate = (0..1_000_000_u32).prop_map(|rate| Rate::from_millionths(rate).expect("a rate"));
    prop_oneof![
        (texts.clone(), relation(), text()).prop_map(|(variable, relation, text)| (
            variable,
            Condition::Is(relation, Value::Text(text))
        )),
        (texts.clone(), relation(), texts.clone())
            .prop_map(|(variable, relation, other)| (variable, Condition::Like(relation, other))),
        (texts, proptest::collection::vec(text(), 1..5)).prop_map(|(variable, list)| (
            variable,
            Condition::Among(list.into_iter().map(Value::Text).collect())
        )),
        (relation(), amount()).prop_map(|(relation, amount)| (
            Variable::TransactionAmount,
            Condition::Is(relation, Value::Money(amount))
        )),
        (relation(), moment()).prop_map(|(relation, at)| (
            Variable::TransactionTimestamp,
            Condition::Is(relation, Value::Moment(at))
        )),
        (relation(), rate).prop_map(|(relation, rate)| (
            Variable::MarketplaceVariableFee,
            Condition::Is(relation, Value::Percent(rate))
        )),
    ]
}

fn assertion() -> impl Strategy<Value = Statement> {
    let said = proptest::option::of(text());
    (condition(), said).prop_map(|((variable, condition), or_say)| {
        Statement::Assertion(Assertion {
            variable,
            condition,
            or_say,
        })
    })
}

fn declarations() -> impl Strategy<Value = Vec<Statement>> {
    let declared = |kind, property, literal| {
        Statement::Declaration(Declaration {
            kind,
            property,
            literal,
        })
    };
    (text(), 0..3_u8, text(), any::<u64>()).prop_map(move |(method, limits, period, most)| {
        let mut list = vec![declared(
            DeclaredType::String,
            Property::PaymentMethod,
            Literal::Text(method),
        )];
        for number in 1..=limits {
            list.push(declared(
                DeclaredType::Duration,
                Property::LimitPeriod(number),
                Literal::Text(period.clone()),
            ));
            list.push(declared(
                DeclaredType::Integer,
                Property::Limit(number),
                Literal::Integer(most),
            ));
        }
        list
    })
}

fn consent() -> impl Strategy<Value = TokenConsent> {
    let rule = prop_oneof![
        Just(None),
        amount().prop_map(|amount| Some(AmountRule::Exact(amount))),
        amount().prop_map(|amount| Some(AmountRule::Maximum(amount))),
        amount().prop_map(|amount| Some(AmountRule::Minimum(amount))),
    ];
    let limit = (amount(), 1..9_u32, any::<bool>(), any::<bool>()).prop_filter_map(
        "a limit of nothing",
        |(amount, count, by_amount, monthly)| {
            let kind = if by_amount {
                UsageLimitKind::Amount(amount)
            } else {
                UsageLimitKind::Count(count)
            };
            let period = monthly.then(|| Period::parse("1 month")).flatten();
            (!amount.is_zero()).then_some(UsageLimit { kind, period })
        },
    );
    let limits = proptest::collection::vec(limit, 0..3);
    (rule, limits, moment(), moment()).prop_map(|(each, limits, from, until)| TokenConsent {
        kind: TokenType::Unrestricted,
        role: TokenRole::Sender,
        caller_reference: test_kit::people::reference("r"),
        friendly_name: None,
        payment_reason: None,
        method: Some(PaymentMethod::Card),
        instrument: None,
        installed_at: Timestamp(0),
        valid_from: from,
        expires_at: until,
        each,
        total_max: None,
        limits,
        recipients: Vec::new(),
        also_caller: false,
        reserve: false,
        terms: None,
        tally: None,
        replaces: None,
        instruction: None,
    })
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(
        assertions in proptest::collection::vec(assertion(), 0..6),
        declarations in declarations(),
    ) {
        let statements = assertions.into_iter().chain(declarations).collect();
        let instruction = Instruction { statements };
        let text = instruction.to_string();
        prop_assert_eq!(Instruction::parse(&text), Ok(instruction), "{}", text);
    }

    #[test]
    fn no_text_panics(any in any::<String>(), like in "[A-Za-z]{0,8} ?[=<:>]{0,2} ?'?[a-z0-9 -]{0,8}'?;?") {
        for text in [any, like] {
            if let Ok(read) = Instruction::parse(&text) {
                prop_assert_eq!(Instruction::parse(&read.to_string()), Ok(read));
            }
        }
    }

    #[test]
    fn the_text_of_a_consent_allows_what_the_consent_allows(
        consent in consent(),
        amount in amount(),
        at in moment(),
    ) {
        let read = Instruction::parse(&Instruction::of(&consent, &[]).to_string()).expect("printed");
        let allowed = consent.each.is_none_or(|rule| rule.allows(amount))
            && consent.valid_from <= at
            && at < consent.expires_at;
        let proposed = Proposed { amount, at, ..proposed(Party::Sender, "1") };
        prop_assert_eq!(read.objection(&proposed).is_none(), allowed, "{}", read);
        let declared = read.declared(TokenType::Unrestricted).expect("what was agreed");
        prop_assert_eq!(declared.method, consent.method);
        let total = declared.total_max.map(|most| UsageLimit {
            kind: UsageLimitKind::Amount(most),
            period: None,
        });
        let said: Vec<_> = total.into_iter().chain(declared.limits).collect();
        prop_assert_eq!(said.len(), consent.limits.len());
        prop_assert!(consent.limits.iter().all(|limit| said.contains(limit)));
    }
}

#[test]
fn the_text_of_a_recipients_terms() {
    let recipients = [TokenId::of(TokenKey(1), &[0; 31])];
    let terms = RecipientTerms {
        fixed_max: Some(usd("5")),
        rate_max: Rate::parse_percent("20").ok(),
        recipient_pays_fee: true,
        methods: vec![PaymentMethod::Balance, PaymentMethod::Bank],
    };
    let consent = TokenConsent {
        kind: TokenType::Unrestricted,
        role: TokenRole::Recipient,
        caller_reference: test_kit::people::reference("r"),
        friendly_name: None,
        payment_reason: None,
        method: None,
        instrument: None,
        installed_at: Timestamp(0),
        valid_from: Timestamp(0),
        expires_at: Timestamp::NEVER,
        each: None,
        total_max: None,
        limits: Vec::new(),
        recipients: vec![TokenKey(1)],
        also_caller: true,
        reserve: false,
        terms: Some(terms),
        tally: None,
        replaces: None,
        instruction: None,
    };
    let id = &recipients[0];
    let expected = format!(
        "MyRole == 'Recipient' orSay 'Role does not match';\n\
         ChargeFeeTo == 'Recipient' orSay 'Charge fees incompatible';\n\
         PaymentMethod in ('abt','ach') orSay 'Selected payment method not in the list of \
         acceptable Payment Methods for Recipient';\n\
         MarketplaceFixedFee <= 'USD 5.000000' orSay 'Marketplace fee greater than accepted value';\n\
         MarketplaceVariableFee <= '20' orSay 'Marketplace fee greater than accepted value';\n\
         RecipientToken in ('','{id}') orSay 'Recipient not in the list of accepted recipients';"
    );
    assert_eq!(Instruction::of(&consent, &recipients).to_string(), expected);
}
