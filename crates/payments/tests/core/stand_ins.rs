//! Tokens that nobody has installed, where a sandbox takes them.

use payments::command::{Answer, Outcome};
use payments::commands::{FundPrepaid, InstallStandIns, Pay, Reserve, stand_ins_of};
use payments::rows::{AccountType, TallyKind};
use payments::{
    AccountKey, Command, Mode, Party, PaymentAsked, Refusal, TallyAsked, TallyId, Terms, TokenId,
};
use test_kit::World;
use test_kit::people::{Person, reference, usd};

/// Well formed, and nobody's.
const NOBODYS: &str = "553IPMACGAZ2J4N1L7BJ3UMNRFTQU4V9NT4RJCTVADDJKXQ6L1ZAKSIUNPIRTTI1";

struct Sandbox {
    world: World,
    caller: Person,
    serial: u32,
}

impl Sandbox {
    fn new(accepts: bool, marketplace: bool) -> Sandbox {
        let mut world = World::new(Terms {
            accept_unknown_tokens: accepts,
            ..Terms::sandbox()
        });
        let caller = if marketplace {
            world.marketplace()
        } else {
            world.shop()
        };
        Sandbox {
            world,
            caller,
            serial: 0,
        }
    }

    fn install(&mut self) -> Answer {
        let sender = self.world.buyer_with_card();
        let recipient = self.world.person("stand-in", AccountType::Business, false);
        self.world.run(InstallStandIns {
            caller: self.caller.account,
            sender: sender.account,
            card: sender.card.expect("a buyer has one"),
            recipient: recipient.account,
        })
    }

    fn asked(sender: &str, recipient: Option<&str>) -> PaymentAsked {
        let id = |text: &str| TokenId::parse(text).expect("well formed");
        PaymentAsked {
            sender_token: id(sender),
            recipient_token: recipient.map(id),
            amount: usd("10.00"),
            charge_fee_to: None,
            caller_description: None,
            sender_description: None,
            descriptor: None,
            timeout_mins: None,
            marketplace_fixed: recipient.map(|_| usd("1.00")),
            marketplace_rate: None,
            ipn_url: None,
        }
    }

    fn pay(&mut self, sender: &str, recipient: Option<&str>) -> Answer {
        self.serial += 1;
        let by = self.world.by(self.caller.account);
        let pay = Pay {
            by,
            reference: reference(&format!("pay-{}", self.serial)),
            asked: Sandbox::asked(sender, recipient),
        };
        self.world.run(pay)
    }
}

fn unknown(party: Party) -> Answer {
    Err(Refusal::InvalidTokenId(party))
}

#[test]
fn unknown_tokens_are_taken_where_it_is_set() {
    let mut sandbox = Sandbox::new(true, false);
    assert_eq!(
        sandbox.pay(NOBODYS, None),
        unknown(Party::Sender),
        "not made"
    );
    assert_eq!(sandbox.install(), Ok(Outcome::Done));
    // An id in the form of ours, and one in no form of ours.
    for id in [NOBODYS, &format!("T{}", "0".repeat(63))] {
        let paid = sandbox.pay(id, None);
        assert!(matches!(paid, Ok(Outcome::Transaction { .. })), "{paid:?}");
    }
    let by = sandbox.world.by(sandbox.caller.account);
    let reserve = Reserve {
        by,
        reference: reference("held"),
        asked: Sandbox::asked(NOBODYS, None),
    };
    let held = sandbox.world.run(reserve);
    assert!(matches!(held, Ok(Outcome::Transaction { .. })), "{held:?}");
    let paid = sandbox.pay(NOBODYS, Some(NOBODYS));
    assert_eq!(paid, Err(Refusal::NotMarketplaceApp));
}

#[test]
fn a_marketplace_pays_an_unknown_recipient() {
    let mut sandbox = Sandbox::new(true, true);
    sandbox.install().expect("made");
    let paid = sandbox.pay(NOBODYS, Some(NOBODYS));
    assert!(matches!(paid, Ok(Outcome::Transaction { .. })), "{paid:?}");
}

#[test]
fn they_are_made_once() {
    let mut sandbox = Sandbox::new(true, false);
    sandbox.install().expect("made");
    let tokens = sandbox.world.rows.tokens.len();
    assert_eq!(sandbox.install(), Ok(Outcome::Done));
    assert_eq!(sandbox.world.rows.tokens.len(), tokens);
    let names = stand_ins_of(sandbox.caller.account);
    let keys = names.map(|name| sandbox.world.rows.token_references[&name]);
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn nothing_stands_in_where_it_is_not_set_or_for_production() {
    let mut sandbox = Sandbox::new(true, false);
    sandbox.install().expect("made");
    sandbox.world.terms.accept_unknown_tokens = false;
    assert_eq!(sandbox.pay(NOBODYS, None), unknown(Party::Sender));
    sandbox.world.terms.accept_unknown_tokens = true;
    sandbox.world.terms.mode = Mode::Production;
    assert_eq!(sandbox.pay(NOBODYS, None), unknown(Party::Sender));
    assert_eq!(sandbox.install(), Err(Refusal::SandboxOnly));
}

#[test]
fn what_somebody_was_given_is_not_unknown() {
    let mut sandbox = Sandbox::new(true, false);
    sandbox.install().expect("made");
    let other = sandbox.world.shop();
    let buyer = sandbox.world.buyer_with_card();
    let consent = sandbox.world.consent(buyer, other);
    let token = sandbox.world.install(consent);
    assert_eq!(sandbox.pay(token.as_str(), None), unknown(Party::Sender));
    // Another caller has no stand-ins yet.
    sandbox.caller = other;
    assert_eq!(sandbox.pay(NOBODYS, None), unknown(Party::Sender));
}

#[test]
fn nothing_stands_in_for_a_token_that_funds() {
    let mut story = test_kit::check("prepaid P1 buyer to shop 50.00");
    story.world.terms.accept_unknown_tokens = true;
    let tally = story.tally("P1").expect("made").clone();
    assert_eq!(tally.kind, TallyKind::Prepaid);
    let by = story.world.by(tally.recipient);
    let fund = FundPrepaid {
        by,
        reference: reference("fund"),
        asked: TallyAsked {
            sender_token: TokenId::parse(NOBODYS).expect("well formed"),
            tally: TallyId::of(tally.key, &tally.nonce),
            amount: usd("5.00"),
            caller_description: None,
            sender_description: None,
            descriptor: None,
            timeout_mins: None,
            ipn_url: None,
        },
    };
    let command: Command = fund.into();
    assert_eq!(story.world.run(command), unknown(Party::Sender));
}

#[test]
fn people_without_a_card_of_their_own_stand_for_nobody() {
    let mut sandbox = Sandbox::new(true, false);
    let sender = sandbox.world.buyer_with_card();
    let install = InstallStandIns {
        caller: sandbox.caller.account,
        sender: sandbox.caller.account,
        card: sender.card.expect("a buyer has one"),
        recipient: AccountKey(1),
    };
    assert_eq!(sandbox.world.run(install), Err(Refusal::NotFound));
}
