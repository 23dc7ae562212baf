//! Stand-ins: what a sandbox takes for tokens that nobody has installed.
//!
//! Where the operator has set it, Pay and Reserve take any well-formed token id that names nothing.
//! The transaction still has people, a card and tokens, so that the books are those of any other: each
//! caller has one sender with a card that is always approved, and one recipient. They are made once,
//! when they are first needed, and found by names that no caller can give.
//!
//! The card's number is sealed by whoever submits [`InstallStandIns`]; the accounts and the card are
//! made before, by their own commands.

use money::Rate;

use super::new_token::{NewToken, Nth};
use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::refusal::Party;
use crate::rows::{PaymentMethod, RecipientTerms, Token, TokenConsent, TokenRole, TokenType};
use crate::tables::{TokenReference, written};
use crate::{
    AccountKey, CallerReference, ChangeSet, InstrumentKey, Mode, ReadSet, Refusal, Timestamp,
    TokenId, WorkingSet,
};

/// What a stand-in allows whoever is paid: everything.
const SENDER_TEXT: &str = "MyRole == 'Sender';\nstring PaymentMethod := 'cc';";
/// The reference under which both are made, for those who look at them.
const REFERENCE: &str = "stand-in";

/// Makes a caller's stand-ins of what was made for them. Those that are there already stay.
#[derive(Clone, Debug)]
pub struct InstallStandIns {
    /// Whose unknown tokens they stand for.
    pub caller: AccountKey,
    /// Who pays for an unknown sender token.
    pub sender: AccountKey,
    /// That account's card.
    pub card: InstrumentKey,
    /// Who is paid for an unknown recipient token.
    pub recipient: AccountKey,
}

impl Decide for InstallStandIns {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.accounts
            .extend([self.caller, self.sender, self.recipient]);
        want.instruments.insert(self.card);
        want.token_references.extend(self.names());
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        if stamp.terms.mode != Mode::Sandbox {
            return Verdict::refuse(Refusal::SandboxOnly);
        }
        let accounts = [self.caller, self.sender, self.recipient];
        let known = accounts.iter().all(|key| seen.accounts.get(key).is_some());
        let card = seen.instruments.get(&self.card);
        if !known || card.is_none_or(|card| card.account != self.sender) {
            return Verdict::refuse(Refusal::NotFound);
        }
        let mut verdict = Verdict::same(Outcome::Done);
        let [sender, recipient] = self.names();
        let changes = &mut verdict.changes;
        put(changes, seen, sender, || self.sender_token(stamp));
        put(changes, seen, recipient, || self.recipient_token(stamp));
        verdict
    }
}

impl InstallStandIns {
    fn names(&self) -> [TokenReference; 2] {
        [Party::Sender, Party::Recipient].map(|party| name(self.caller, party))
    }

    fn sender_token(&self, stamp: &Stamp) -> Token {
        let facts = TokenConsent {
            method: Some(PaymentMethod::Card),
            instrument: Some(self.card),
            also_caller: true,
            reserve: true,
            instruction: Some(SENDER_TEXT.to_owned()),
            ..consent(TokenRole::Sender, stamp)
        };
        self.token(Nth::First, self.sender, facts, stamp)
    }

    fn recipient_token(&self, stamp: &Stamp) -> Token {
        let terms = RecipientTerms {
            fixed_max: Some(stamp.terms.amount_max),
            rate_max: Rate::parse_percent("100").ok(),
            recipient_pays_fee: true,
            methods: vec![
                PaymentMethod::Card,
                PaymentMethod::Bank,
                PaymentMethod::Balance,
                PaymentMethod::Debt,
                PaymentMethod::Prepaid,
            ],
        };
        let facts = TokenConsent {
            terms: Some(terms),
            ..consent(TokenRole::Recipient, stamp)
        };
        self.token(Nth::Second, self.recipient, facts, stamp)
    }

    fn token(&self, nth: Nth, account: AccountKey, facts: TokenConsent, stamp: &Stamp) -> Token {
        NewToken {
            nth,
            account,
            installer: self.caller,
            facts,
        }
        .made(stamp)
    }
}

/// What both agree to: everything, for ever.
fn consent(role: TokenRole, stamp: &Stamp) -> TokenConsent {
    TokenConsent {
        kind: TokenType::Unrestricted,
        role,
        caller_reference: CallerReference::parse(REFERENCE).expect("a plain word"),
        friendly_name: Some("Stand-in for unknown tokens".to_owned()),
        payment_reason: None,
        method: None,
        instrument: None,
        installed_at: stamp.now,
        valid_from: stamp.now,
        expires_at: Timestamp::NEVER,
        each: None,
        total_max: None,
        limits: Vec::new(),
        recipients: Vec::new(),
        also_caller: false,
        reserve: false,
        terms: None,
        tally: None,
        replaces: None,
        instruction: None,
    }
}

fn put(
    changes: &mut ChangeSet,
    seen: &WorkingSet,
    name: TokenReference,
    make: impl FnOnce() -> Token,
) {
    if seen.token_references.get(&name).is_some() {
        return;
    }
    let token = make();
    changes.token_references.push((name, written(token.key)));
    changes.tokens.push((token.key, written(token)));
}

/// The name of the token that stands for a caller's unknown tokens in a role.
fn name(caller: AccountKey, party: Party) -> TokenReference {
    let reference = CallerReference::parse(REFERENCE).expect("a plain word");
    TokenReference::of_stand_in(caller, party, reference)
}

/// The names of a caller's stand-ins: for senders, and for recipients.
pub fn stand_ins_of(caller: AccountKey) -> [TokenReference; 2] {
    [Party::Sender, Party::Recipient].map(|party| name(caller, party))
}

/// Adds a token by its id, and what stands for it when it names nothing.
pub(super) fn want_token(
    id: &TokenId,
    party: Party,
    caller: AccountKey,
    seen: &WorkingSet,
    want: &mut ReadSet,
) {
    let key = id.key();
    want.tokens.extend(key);
    let is_read = key.is_none_or(|key| seen.tokens.knows(&key));
    if is_read && named(id, seen).is_none() {
        let name = name(caller, party);
        want.tokens
            .extend(seen.token_references.peek(&name).copied());
        want.token_references.insert(name);
    }
}

/// The token of an id, or what would stand for it.
pub(super) fn peek<'a>(
    id: &TokenId,
    party: Party,
    caller: AccountKey,
    seen: &'a WorkingSet,
) -> Option<&'a Token> {
    let stand_in = || {
        let key = seen.token_references.peek(&name(caller, party))?;
        seen.tokens.peek(key)
    };
    named(id, seen).or_else(stand_in)
}

/// The token that stands for a caller's unknown tokens in a role, once it was made.
pub(super) fn find(party: Party, caller: AccountKey, seen: &WorkingSet) -> Option<&Token> {
    let key = seen.token_references.get(&name(caller, party))?;
    seen.tokens.get(key)
}

fn named<'a>(id: &TokenId, seen: &'a WorkingSet) -> Option<&'a Token> {
    let found = seen.tokens.peek(&id.key()?)?;
    id.names(found.key, &found.nonce).then_some(found)
}
