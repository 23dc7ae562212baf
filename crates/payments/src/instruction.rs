//! Payment instructions: a small language that says what a token allows.
//!
//! ```text
//! MyRole == 'Sender' orSay 'Role does not match';
//! TransactionAmount <= 'USD 100.000000';
//! string PaymentMethod := 'abt';
//! ```
//!
//! **Promise:** any text becomes an [`Instruction`] or a [`Problem`] with its line and column, and
//! never a panic. What is printed is read back as the same instruction.
//!
//! An assertion is tested whenever the token is used: [`Instruction::objection`] finds the first that
//! a payment breaks. A declaration says something about the token itself: [`Instruction::declared`].
//! The text of a token that was agreed on the pages is made by [`Instruction::of`].
//!
//! The documents show no grammar. Beside what they show this one has `>=`, `>`, `<` and `!=`, and `=`,
//! which one page prints for `==`. Deliberately absent: `and`, `or`, `not`, arithmetic, comments.

mod consent;
mod declared;
mod judge;
mod lexer;
mod parser;
mod print;
mod times;
mod value;

use money::{Amount, Rate};

use crate::Timestamp;

pub use declared::{Declared, Role};
pub use judge::Proposed;
pub use value::{read_moment, write_moment};

/// Characters of a text at most.
pub const INSTRUCTION_CHARS_MAX: usize = 8_192;
/// Statements of a text at most.
pub const STATEMENTS_MAX: usize = 64;
/// Values of a list at most.
pub const LIST_VALUES_MAX: usize = 64;
/// Usage limits of a token at most.
pub const USAGE_LIMITS_MAX: usize = 3;

/// What a token allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instruction {
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// What must hold whenever the token is used.
    Assertion(Assertion),
    /// What the token is.
    Declaration(Declaration),
}

/// What must hold whenever the token is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assertion {
    /// What is looked at.
    pub variable: Variable,
    /// What must be true of it.
    pub condition: Condition,
    /// What is said when it is not.
    pub or_say: Option<String>,
}

/// What must be true of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It compares so to a value.
    Is(Relation, Value),
    /// It compares so to another variable of its type.
    Like(Relation, Variable),
    /// It is one of these.
    Among(Vec<Value>),
}

/// How two things compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
}

/// What an assertion can look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// In which role the token is used.
    MyRole,
    /// The amount of the call.
    TransactionAmount,
    /// When the call is decided.
    TransactionTimestamp,
    /// How the sender pays.
    PaymentMethod,
    /// Who pays the provider's fee.
    ChargeFeeTo,
    /// What is asked for.
    OperationType,
    /// The sender's token.
    SenderToken,
    /// The recipient's token; empty when the caller itself is paid.
    RecipientToken,
    /// The caller's token; always empty: no version since 2008 has one.
    CallerToken,
    /// The fixed part of the marketplace fee.
    MarketplaceFixedFee,
    /// The marketplace fee in percent.
    MarketplaceVariableFee,
}

/// What a variable holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `'Sender'`.
    Text(String),
    /// `'USD 19.95'`.
    Money(Amount),
    /// `'2008-10-15T10:41:00.000Z'`.
    Moment(Timestamp),
    /// `'5'`.
    Percent(Rate),
}

/// What the token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The type as it is written.
    pub kind: DeclaredType,
    /// What is declared.
    pub property: Property,
    /// As it is written.
    pub literal: Literal,
}

/// The type of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclaredType {
    /// `string`.
    String,
    /// `money`.
    Money,
    /// `integer`.
    Integer,
    /// `duration`.
    Duration,
}

/// What a declaration says something about. Limits are numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// How the token pays.
    PaymentMethod,
    /// `Amount` or `Count`.
    LimitType(u8),
    /// How much, or how often.
    Limit(u8),
    /// In how long; for ever when it is not said.
    LimitPeriod(u8),
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// In quotes.
    Text(String),
    /// Bare digits.
    Integer(u64),
}

/// Why a text cannot be installed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
pub enum Problem {
    /// It is no instruction.
    #[error("Parse errors: {0}")]
    BadRule(String),
    /// A single-use token declares limits.
    #[error("A single-use token cannot have usage limits.")]
    LimitsOfSingleUse,
    /// A token of many uses declares none.
    #[error("A multi-use or recurring token must have a usage limit.")]
    NoLimits,
    /// A period is none, or shorter than an hour.
    #[error("The period of usage limit {0} has to be an hour or longer, like '1 months'.")]
    LimitPeriod(u8),
    /// A limit has no value, or none of its type.
    #[error("The value of usage limit {0} is missing or does not fit its type.")]
    LimitValue(u8),
    /// A limit is by neither amount nor count.
    #[error("The type of usage limit {0} has to be Amount or Count.")]
    LimitType(u8),
    /// The token could be used from a moment at which its time is over.
    #[error("The token would start at {start}, and ends before. It could never be used.")]
    StartTime {
        /// The first moment that its text allows.
        start: String,
    },
    /// No such payment method.
    #[error("The payment method has to be one of abt, ach and cc. Specified value: {0}")]
    PaymentMethod(String),
}

impl Instruction {
    /// Reads a text.
    ///
    /// # Errors
    /// [`Problem::BadRule`] with the first place at which it is none.
    pub fn parse(text: &str) -> Result<Instruction, Problem> {
        parser::parse(text)
    }

    fn assertions(&self) -> impl Iterator<Item = &Assertion> {
        self.statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Assertion(assertion) => Some(assertion),
                Statement::Declaration(_) => None,
            })
    }

    fn declarations(&self) -> impl Iterator<Item = &Declaration> {
        self.statements
            .iter()
            .filter_map(|statement| match statement {
                Statement::Declaration(declaration) => Some(declaration),
                Statement::Assertion(_) => None,
            })
    }
}

impl Variable {
    const ALL: [Variable; 11] = [
        Variable::MyRole,
        Variable::TransactionAmount,
        Variable::TransactionTimestamp,
        Variable::PaymentMethod,
        Variable::ChargeFeeTo,
        Variable::OperationType,
        Variable::SenderToken,
        Variable::RecipientToken,
        Variable::CallerToken,
        Variable::MarketplaceFixedFee,
        Variable::MarketplaceVariableFee,
    ];

    /// Its name in a text.
    pub const fn name(self) -> &'static str {
        match self {
            Variable::MyRole => "MyRole",
            Variable::TransactionAmount => "TransactionAmount",
            Variable::TransactionTimestamp => "TransactionTimestamp",
            Variable::PaymentMethod => "PaymentMethod",
            Variable::ChargeFeeTo => "ChargeFeeTo",
            Variable::OperationType => "OperationType",
            Variable::SenderToken => "SenderToken",
            Variable::RecipientToken => "RecipientToken",
            Variable::CallerToken => "CallerToken",
            Variable::MarketplaceFixedFee => "MarketplaceFixedFee",
            Variable::MarketplaceVariableFee => "MarketplaceVariableFee",
        }
    }

    fn parse(name: &str) -> Option<Variable> {
        Variable::ALL
            .into_iter()
            .find(|variable| variable.name() == name)
    }
}

impl Relation {
    const ALL: [(&'static str, Relation); 7] = [
        ("==", Relation::Equal),
        ("=", Relation::Equal),
        ("!=", Relation::NotEqual),
        ("<=", Relation::AtMost),
        ("<", Relation::Less),
        (">=", Relation::AtLeast),
        (">", Relation::Greater),
    ];
}
