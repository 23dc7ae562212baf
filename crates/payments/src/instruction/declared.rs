//! What an instruction says about its token.

use money::Amount;

use super::{
    Condition, Declaration, Instruction, Literal, Problem, Property, Relation, USAGE_LIMITS_MAX,
    Value, Variable, value,
};
use crate::period::Period;
use crate::rows::{PaymentMethod, TokenType, UsageLimit, UsageLimitKind};

/// What an instruction says about its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Who can use it.
    pub role: Role,
    /// How it pays.
    pub method: Option<PaymentMethod>,
    /// The most it can move in all.
    pub total_max: Option<Amount>,
    /// Limits by count or amount.
    pub limits: Vec<UsageLimit>,
}

/// The role that a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The caller.
    Caller,
    /// Who pays.
    Sender,
    /// Who is paid.
    Recipient,
    /// Who gives back: a sender, by its operation.
    Refund,
}

impl Instruction {
    /// Reads what it says about a token of this type.
    ///
    /// # Errors
    /// The first [`Problem`].
    pub fn declared(&self, kind: TokenType) -> Result<Declared, Problem> {
        let role = self.role()?;
        let mut declared = Declared {
            role,
            method: self.method()?,
            total_max: None,
            limits: Vec::new(),
        };
        let places = 1..=u8::try_from(USAGE_LIMITS_MAX).unwrap_or(u8::MAX);
        for number in places {
            match self.limit(number)? {
                // The first limit by amount that is for ever is the one for everything together.
                Some(UsageLimit {
                    kind: UsageLimitKind::Amount(most),
                    period: None,
                }) if declared.total_max.is_none() => declared.total_max = Some(most),
                Some(limit) => declared.limits.push(limit),
                None => {}
            }
        }
        let limited = declared.total_max.is_some() || !declared.limits.is_empty();
        match kind {
            TokenType::SingleUse if limited => Err(Problem::LimitsOfSingleUse),
            TokenType::MultiUse | TokenType::Recurring if !limited => Err(Problem::NoLimits),
            TokenType::SingleUse
            | TokenType::MultiUse
            | TokenType::Recurring
            | TokenType::Unrestricted => Ok(declared),
        }
    }

    fn role(&self) -> Result<Role, Problem> {
        let role = self.is(Variable::MyRole);
        let refunds = self.is(Variable::OperationType) == Some("Refund");
        match role {
            Some("Caller") => Ok(Role::Caller),
            Some("Sender") if refunds => Ok(Role::Refund),
            Some("Sender") => Ok(Role::Sender),
            Some("Recipient") => Ok(Role::Recipient),
            Some(other) => Err(Problem::BadRule(format!("MyRole is never '{other}'"))),
            None => Err(Problem::BadRule(
                "MyRole has to be compared with 'Caller', 'Sender' or 'Recipient'".to_owned(),
            )),
        }
    }

    /// The text that a variable must be.
    fn is(&self, wanted: Variable) -> Option<&str> {
        self.assertions().find_map(|assertion| {
            if assertion.variable != wanted {
                return None;
            }
            match &assertion.condition {
                Condition::Is(Relation::Equal, Value::Text(text)) => Some(text.as_str()),
                Condition::Is(..) | Condition::Like(..) | Condition::Among(_) => None,
            }
        })
    }

    fn method(&self) -> Result<Option<PaymentMethod>, Problem> {
        let Some(Literal::Text(text)) = self.declaration(Property::PaymentMethod) else {
            return Ok(None);
        };
        match text.to_ascii_lowercase().as_str() {
            "cc" => Ok(Some(PaymentMethod::Card)),
            "ach" => Ok(Some(PaymentMethod::Bank)),
            "abt" => Ok(Some(PaymentMethod::Balance)),
            _ => Err(Problem::PaymentMethod(text.clone())),
        }
    }

    fn limit(&self, number: u8) -> Result<Option<UsageLimit>, Problem> {
        let kind = self.declaration(Property::LimitType(number));
        let most = self.declaration(Property::Limit(number));
        let period = self.declaration(Property::LimitPeriod(number));
        if (kind, most, period) == (None, None, None) {
            return Ok(None);
        }
        let wrong = Problem::LimitValue(number);
        let kind = match (kind, most) {
            (Some(Literal::Text(kind)), _) if kind != "Amount" && kind != "Count" => {
                return Err(Problem::LimitType(number));
            }
            (Some(Literal::Text(kind)), Some(Literal::Text(text))) if kind == "Amount" => {
                let most = value::read_money(text).filter(|most| !most.is_zero());
                UsageLimitKind::Amount(most.ok_or(wrong)?)
            }
            (Some(Literal::Text(kind)), Some(Literal::Integer(count))) if kind == "Count" => {
                let most = u32::try_from(*count).ok().filter(|most| 0 < *most);
                UsageLimitKind::Count(most.ok_or(wrong)?)
            }
            (None, _) => return Err(Problem::LimitType(number)),
            (Some(_), _) => return Err(wrong),
        };
        let period = match period {
            None => None,
            Some(Literal::Text(text)) => {
                Some(Period::parse(text).ok_or(Problem::LimitPeriod(number))?)
            }
            Some(Literal::Integer(_)) => return Err(Problem::LimitPeriod(number)),
        };
        Ok(Some(UsageLimit { kind, period }))
    }

    fn declaration(&self, wanted: Property) -> Option<&Literal> {
        let mut all = self.declarations();
        all.find(|declaration: &&Declaration| declaration.property == wanted)
            .map(|declaration| &declaration.literal)
    }
}
