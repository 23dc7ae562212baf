//! InstallPaymentInstruction: a caller makes a token on its own account, from a text.

use super::new_token::{NewToken, Nth};
use super::payment;
use crate::command::{By, Decide, Lanes, Outcome, Stamp, Verdict};
use crate::instruction::{Declared, Instruction, Role};
use crate::rows::{PaymentMethod, Token, TokenConsent, TokenRole, TokenType};
use crate::tables::{TokenReference, written};
use crate::terms::{MULTI_USE_LIFE_MS, SINGLE_USE_LIFE_MS};
use crate::{
    CallerReference, ChangeSet, Difference, InstrumentKey, ReadSet, Refusal, Timestamp, WorkingSet,
};

/// The roles that a text can make a token for.
const ROLES: [TokenRole; 4] = [
    TokenRole::Sender,
    TokenRole::Recipient,
    TokenRole::Refund,
    TokenRole::Caller,
];

/// Makes a token from a payment instruction.
#[derive(Clone, Debug)]
pub struct InstallInstruction {
    /// Who asks, and whose the token will be.
    pub by: By,
    /// The caller's reference.
    pub reference: CallerReference,
    /// The text.
    pub text: String,
    /// How often the token can be used.
    pub kind: TokenType,
    /// A name for it.
    pub friendly_name: Option<String>,
    /// What it is for.
    pub payment_reason: Option<String>,
    /// The account's newest card and bank account: a text can name neither.
    pub instruments: Vec<InstrumentKey>,
}

impl Decide for InstallInstruction {
    fn reads(&self, seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        payment::want_caller(&self.by, want);
        let names = ROLES.map(|role| self.name(role));
        for name in names {
            want.tokens
                .extend(seen.token_references.peek(&name).copied());
            want.token_references.insert(name);
        }
        want.instruments.extend(self.instruments.iter().copied());
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        self.accept(seen, stamp).unwrap_or_else(Verdict::refuse)
    }
}

impl InstallInstruction {
    fn name(&self, role: TokenRole) -> TokenReference {
        TokenReference {
            installer: self.by.caller,
            role: role.into(),
            reference: self.reference.clone(),
        }
    }

    fn accept(&self, seen: &WorkingSet, stamp: &Stamp) -> Result<Verdict, Refusal> {
        payment::check_key(&self.by, seen)?;
        self.check_installer(seen)?;
        if let Some(earlier) = self.earlier(seen) {
            return match self.difference(earlier) {
                Some(difference) => Err(Refusal::DuplicateRequest(difference)),
                None => Ok(Verdict::same(made(earlier))),
            };
        }
        let instruction = Instruction::parse(&self.text).map_err(Refusal::Instruction)?;
        let declared = instruction
            .declared(self.kind)
            .map_err(Refusal::Instruction)?;
        let instrument = self.instrument(&declared, seen, stamp)?;
        let token = self.token(declared, instrument, stamp);
        instruction
            .check_start(token.facts.expires_at)
            .map_err(Refusal::Instruction)?;
        let mut changes = ChangeSet::default();
        let name = self.name(token.facts.role);
        changes.token_references.push((name, written(token.key)));
        let answer = Ok(made(&token));
        changes.tokens.push((token.key, written(token)));
        Ok(Verdict { answer, changes })
    }

    /// Nothing is installed on an account that is suspended or closed.
    fn check_installer(&self, seen: &WorkingSet) -> Result<(), Refusal> {
        match payment::check_caller(&self.by, seen) {
            Ok(_) => Ok(()),
            Err(Refusal::InvalidAccountState(_) | Refusal::AccountClosed) => {
                Err(Refusal::InstallerNotActive)
            }
            Err(other) => Err(other),
        }
    }

    /// The token that was made under the reference, in whichever role.
    fn earlier<'a>(&self, seen: &'a WorkingSet) -> Option<&'a Token> {
        let key = |role| seen.token_references.get(&self.name(role));
        let key = ROLES.into_iter().find_map(key)?;
        seen.tokens.get(key)
    }

    fn difference(&self, earlier: &Token) -> Option<Difference> {
        let facts = &earlier.facts;
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "(absent)".to_owned());
        let now = Some(self.text.clone());
        let compared = [
            ("paymentInstruction", text(&facts.instruction), text(&now)),
            (
                "tokenType",
                format!("{:?}", facts.kind),
                format!("{:?}", self.kind),
            ),
            (
                "tokenFriendlyName",
                text(&facts.friendly_name),
                text(&self.friendly_name),
            ),
            (
                "paymentReason",
                text(&facts.payment_reason),
                text(&self.payment_reason),
            ),
        ];
        let differs = compared.into_iter().find(|(_, before, now)| before != now);
        differs.map(|(field, earlier, now)| Difference {
            field: field.to_owned(),
            earlier,
            now,
        })
    }

    /// The instrument that the text's payment method stands for: the account's own.
    fn instrument(
        &self,
        declared: &Declared,
        seen: &WorkingSet,
        stamp: &Stamp,
    ) -> Result<Option<InstrumentKey>, Refusal> {
        let by_card = match declared.method {
            Some(PaymentMethod::Card) => true,
            Some(PaymentMethod::Bank) => false,
            Some(PaymentMethod::Balance | PaymentMethod::Debt | PaymentMethod::Prepaid) | None => {
                return Ok(None);
            }
        };
        let mut rows = self
            .instruments
            .iter()
            .filter_map(|key| seen.instruments.get(key));
        let found = rows.find(|row| {
            row.account == self.by.caller
                && row.card().is_some() == by_card
                && !row.is_inactive(stamp.now)
        });
        let found = found.ok_or(Refusal::InvalidPaymentInstrument)?;
        Ok(Some(found.key))
    }

    fn token(&self, declared: Declared, instrument: Option<InstrumentKey>, stamp: &Stamp) -> Token {
        let role = match declared.role {
            Role::Caller => TokenRole::Caller,
            Role::Sender => TokenRole::Sender,
            Role::Recipient => TokenRole::Recipient,
            Role::Refund => TokenRole::Refund,
        };
        let life = match self.kind {
            TokenType::SingleUse if role == TokenRole::Sender => Some(SINGLE_USE_LIFE_MS),
            TokenType::MultiUse | TokenType::Recurring => Some(MULTI_USE_LIFE_MS),
            TokenType::SingleUse | TokenType::Unrestricted => None,
        };
        let facts = TokenConsent {
            kind: self.kind,
            role,
            caller_reference: self.reference.clone(),
            friendly_name: self.friendly_name.clone(),
            payment_reason: self.payment_reason.clone(),
            method: declared.method,
            instrument,
            installed_at: stamp.now,
            valid_from: stamp.now,
            expires_at: life.map_or(Timestamp::NEVER, |life| stamp.now.plus_ms(life)),
            each: None,
            total_max: declared.total_max,
            limits: declared.limits,
            recipients: Vec::new(),
            also_caller: false,
            reserve: false,
            terms: None,
            tally: None,
            replaces: None,
            instruction: Some(self.text.clone()),
        };
        NewToken {
            nth: Nth::First,
            account: self.by.caller,
            installer: self.by.caller,
            facts,
        }
        .made(stamp)
    }
}

fn made(token: &Token) -> Outcome {
    Outcome::Tokens {
        token: token.id(),
        refund: None,
    }
}
