//! From statements to text: each on a line of its own.

use std::fmt::{Display, Formatter, Result};

use super::{Assertion, Condition, Declaration, Instruction, Literal, Relation, Statement, value};

impl Display for Instruction {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (at, statement) in self.statements.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            match statement {
                Statement::Assertion(assertion) => write!(f, "{separator}{assertion};")?,
                Statement::Declaration(declaration) => write!(f, "{separator}{declaration};")?,
            }
        }
        Ok(())
    }
}

impl Display for Assertion {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.variable.name())?;
        match &self.condition {
            Condition::Is(relation, against) => {
                write!(f, " {} '{}'", relation.as_str(), value::write(against))?;
            }
            Condition::Like(relation, other) => {
                write!(f, " {} {}", relation.as_str(), other.name())?;
            }
            Condition::Among(list) => {
                let quoted = |one| format!("'{}'", value::write(one));
                let list: Vec<_> = list.iter().map(quoted).collect();
                write!(f, " in ({})", list.join(","))?;
            }
        }
        match &self.or_say {
            Some(text) => write!(f, " orSay '{text}'"),
            None => Ok(()),
        }
    }
}

impl Display for Declaration {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let (kind, name) = (self.kind.as_str(), self.property.name());
        match &self.literal {
            Literal::Text(text) => write!(f, "{kind} {name} := '{text}'"),
            Literal::Integer(number) => write!(f, "{kind} {name} := {number}"),
        }
    }
}

impl Relation {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Relation::Equal => "==",
            Relation::NotEqual => "!=",
            Relation::Less => "<",
            Relation::AtMost => "<=",
            Relation::Greater => ">",
            Relation::AtLeast => ">=",
        }
    }
}
