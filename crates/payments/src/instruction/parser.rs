//! From words to statements.

use super::lexer::{Token, Word, tokens};
use super::value;
use super::{
    Assertion, Condition, Declaration, DeclaredType, INSTRUCTION_CHARS_MAX, Instruction,
    LIST_VALUES_MAX, Literal, Problem, Property, Relation, STATEMENTS_MAX, Statement,
    USAGE_LIMITS_MAX, Variable,
};

pub(super) fn parse(text: &str) -> Result<Instruction, Problem> {
    if INSTRUCTION_CHARS_MAX < text.chars().count() {
        let problem = format!("the text has more than {INSTRUCTION_CHARS_MAX} characters");
        return Err(Problem::BadRule(problem));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        at: 0,
    };
    let mut statements = Vec::new();
    while parser.peek().word != Word::End {
        let first = parser.peek().clone();
        if STATEMENTS_MAX <= statements.len() {
            return Err(first.wrong("too many statements"));
        }
        let statement = parser.statement()?;
        if let Statement::Declaration(new) = &statement
            && declares(&statements, new.property)
        {
            return Err(first.wrong(&format!("{} is declared twice", new.property.name())));
        }
        statements.push(statement);
    }
    Ok(Instruction { statements })
}

fn declares(statements: &[Statement], property: Property) -> bool {
    statements.iter().any(
        |statement| matches!(statement, Statement::Declaration(old) if old.property == property),
    )
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Parser<'t> {
    /// The next word; the last one stays.
    fn peek(&self) -> &'t Token {
        let last = self.tokens.len() - 1;
        &self.tokens[self.at.min(last)]
    }

    fn next(&mut self) -> &'t Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Problem> {
        let token = self.next();
        if token.word == Word::Sign(sign) {
            return Ok(());
        }
        Err(token.unexpected())
    }

    fn statement(&mut self) -> Result<Statement, Problem> {
        let first = self.next();
        let Word::Name(name) = &first.word else {
            return Err(first.unexpected());
        };
        let statement = match DeclaredType::parse(name) {
            Some(kind) => self.declaration(kind).map(Statement::Declaration),
            None => self.assertion(first, name).map(Statement::Assertion),
        };
        let statement = statement?;
        self.expect(";")?;
        Ok(statement)
    }

    fn declaration(&mut self, kind: DeclaredType) -> Result<Declaration, Problem> {
        let named = self.next();
        let Word::Name(name) = &named.word else {
            return Err(named.unexpected());
        };
        self.expect(":=")?;
        let said = self.next();
        let literal = match &said.word {
            Word::Text(text) => Literal::Text(text.clone()),
            Word::Integer(number) => Literal::Integer(*number),
            Word::Name(_) | Word::Sign(_) | Word::End => return Err(said.unexpected()),
        };
        let property = Property::parse(name)
            .ok_or_else(|| named.wrong(&format!("unknown property: {name}")))?;
        if !property.is_of(kind) {
            let (name, kind) = (property.name(), kind.as_str());
            return Err(named.wrong(&format!("{name} is no {kind}")));
        }
        if (kind == DeclaredType::Integer) != matches!(literal, Literal::Integer(_)) {
            return Err(said.unexpected());
        }
        Ok(Declaration {
            kind,
            property,
            literal,
        })
    }

    fn assertion(&mut self, first: &Token, name: &str) -> Result<Assertion, Problem> {
        let relation = self.next();
        let known = || {
            Variable::parse(name).ok_or_else(|| first.wrong(&format!("unknown variable: {name}")))
        };
        let (variable, condition) = match &relation.word {
            Word::Name(word) if word == "in" => {
                let among = self.among_texts()?;
                let variable = known()?;
                let values = among
                    .iter()
                    .map(|(token, text)| read(variable, token, text));
                (
                    variable,
                    Condition::Among(values.collect::<Result<_, _>>()?),
                )
            }
            Word::Sign(sign) => {
                let found = Relation::ALL.iter().find(|(known, _)| known == sign);
                let (_, relation) = found.ok_or_else(|| relation.unexpected())?;
                let operand = self.next();
                match &operand.word {
                    Word::Text(text) => {
                        let variable = known()?;
                        let value = read(variable, operand, text)?;
                        (variable, Condition::Is(*relation, value))
                    }
                    Word::Name(other) => {
                        let variable = known()?;
                        let other = like(variable, operand, other)?;
                        (variable, Condition::Like(*relation, other))
                    }
                    Word::Integer(number) => {
                        let variable = known()?;
                        let value = read(variable, operand, &number.to_string())?;
                        (variable, Condition::Is(*relation, value))
                    }
                    Word::Sign(_) | Word::End => return Err(operand.unexpected()),
                }
            }
            Word::Name(_) | Word::Integer(_) | Word::Text(_) | Word::End => {
                return Err(relation.unexpected());
            }
        };
        Ok(Assertion {
            variable,
            condition,
            or_say: self.or_say()?,
        })
    }

    /// `('abt','ach')`, or `'abt, ach'`, which one document prints.
    fn among_texts(&mut self) -> Result<Vec<(&'t Token, &'t str)>, Problem> {
        let first = self.next();
        let mut texts = Vec::new();
        if let Word::Text(list) = &first.word {
            texts.extend(list.split(',').map(|part| (first, part.trim())));
        } else if first.word == Word::Sign("(") {
            loop {
                let token = self.next();
                let Word::Text(text) = &token.word else {
                    return Err(token.unexpected());
                };
                texts.push((token, text.as_str()));
                let separator = self.next();
                if separator.word == Word::Sign(")") {
                    break;
                }
                if separator.word != Word::Sign(",") {
                    return Err(separator.unexpected());
                }
            }
        } else {
            return Err(first.unexpected());
        }
        if LIST_VALUES_MAX < texts.len() {
            return Err(first.wrong("the list is too long"));
        }
        Ok(texts)
    }

    fn or_say(&mut self) -> Result<Option<String>, Problem> {
        if !matches!(&self.peek().word, Word::Name(word) if word == "orSay") {
            return Ok(None);
        }
        self.next();
        let said = self.next();
        let Word::Text(text) = &said.word else {
            return Err(said.unexpected());
        };
        Ok(Some(text.clone()))
    }
}

fn read(variable: Variable, token: &Token, text: &str) -> Result<super::Value, Problem> {
    let wrong = || token.wrong(&format!("{} is never '{text}'", variable.name()));
    value::read(variable, text).ok_or_else(wrong)
}

fn like(variable: Variable, token: &Token, other: &str) -> Result<Variable, Problem> {
    let other =
        Variable::parse(other).ok_or_else(|| token.wrong(&format!("unknown variable: {other}")))?;
    if value::kind(variable) == value::kind(other) {
        return Ok(other);
    }
    let (one, other) = (variable.name(), other.name());
    Err(token.wrong(&format!("{one} and {other} cannot be compared")))
}

impl DeclaredType {
    const ALL: [DeclaredType; 4] = [
        DeclaredType::String,
        DeclaredType::Money,
        DeclaredType::Integer,
        DeclaredType::Duration,
    ];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            DeclaredType::String => "string",
            DeclaredType::Money => "money",
            DeclaredType::Integer => "integer",
            DeclaredType::Duration => "duration",
        }
    }

    fn parse(name: &str) -> Option<DeclaredType> {
        DeclaredType::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

impl Property {
    /// As it is written.
    pub fn name(self) -> String {
        match self {
            Property::PaymentMethod => "PaymentMethod".to_owned(),
            Property::LimitType(number) => format!("MyTokenUsageLimit{number}Type"),
            Property::Limit(number) => format!("MyTokenUsageLimit{number}"),
            Property::LimitPeriod(number) => format!("MyTokenUsageLimit{number}Period"),
        }
    }

    fn parse(name: &str) -> Option<Property> {
        if name == "PaymentMethod" {
            return Some(Property::PaymentMethod);
        }
        let rest = name.strip_prefix("MyTokenUsageLimit")?;
        let (number, what) = rest.split_at_checked(1)?;
        let number: u8 = number.parse().ok()?;
        if number == 0 || USAGE_LIMITS_MAX < usize::from(number) {
            return None;
        }
        match what {
            "" => Some(Property::Limit(number)),
            "Type" => Some(Property::LimitType(number)),
            "Period" => Some(Property::LimitPeriod(number)),
            _ => None,
        }
    }

    fn is_of(self, kind: DeclaredType) -> bool {
        match self {
            Property::PaymentMethod | Property::LimitType(_) => kind == DeclaredType::String,
            Property::LimitPeriod(_) => kind == DeclaredType::Duration,
            Property::Limit(_) => matches!(kind, DeclaredType::Money | DeclaredType::Integer),
        }
    }
}
