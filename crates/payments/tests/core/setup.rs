//! Accounts, keys, cards, tokens, deposits, documents, the clock: what else can be asked.

use payments::commands::{
    AddInstrument, Advance, CLOCK_OFFSET, CancelToken, Canceller, ChangeAccount, CreateAccount,
    CreateKey, Deposit, DisableKey, Expire, Forget, Keep, RemoveInstrument, Resolve, Set,
};
use payments::rows::{
    AccountStatus, AccountType, Card, Document, DocumentId, PaymentMethod, TokenRole,
};
use payments::{
    AccessKeyId, AccountKey, InstrumentKey, Mode, Outcome, Refusal, Terms, Timestamp, TokenId,
    TransactionId, TransactionKey,
};
use test_kit::people::{key_of, usd};
use test_kit::{World, check};

const NOBODY: AccountKey = AccountKey(99);

fn account(email: &str) -> CreateAccount {
    CreateAccount {
        kind: AccountType::Personal,
        name: "Ann".to_owned(),
        email: email.to_owned(),
        email_verified: false,
        marketplace: false,
        ipn_url: None,
        password_hash: None,
        webhook_secret: None,
    }
}

#[test]
fn an_address_belongs_to_one_account() {
    let mut world = World::default();
    assert!(world.run(account("ann@example.com")).is_ok());
    assert_eq!(
        world.run(account("ann@example.com")),
        Err(Refusal::EmailTaken)
    );
    // Accounts of a load-test world have none.
    assert!(world.run(account("")).is_ok());
    assert!(world.run(account("")).is_ok());
    assert_eq!((world.rows.accounts.len(), world.rows.emails.len()), (3, 1));
}

#[test]
fn an_account_changes_only_what_is_named() {
    let mut world = World::default();
    let shop = world.shop();
    let before = world.rows.accounts[&shop.account].clone();
    world
        .run(ChangeAccount::of(shop.account))
        .expect("it is known");
    assert_eq!(world.rows.accounts[&shop.account], before);
    let mut change = ChangeAccount::of(shop.account);
    change.status = Some(AccountStatus::Closed);
    change.descriptor = Some(Some("SHOP".to_owned()));
    change.password_hash = Some("argon2id".to_owned());
    world.run(change).expect("it is known");
    let after = &world.rows.accounts[&shop.account];
    assert_eq!(after.status, AccountStatus::Closed);
    assert_eq!(after.descriptor.as_deref(), Some("SHOP"));
    assert_eq!((&after.name, &after.email), (&before.name, &before.email));
    assert_eq!(world.run(ChangeAccount::of(NOBODY)), Err(Refusal::NotFound));
}

#[test]
fn a_key_is_disabled_by_its_owner_or_the_operator() {
    let mut world = World::default();
    let (shop, rival) = (world.shop(), world.shop());
    let id = world.key_for(shop);
    let by = |id: &AccessKeyId, owner| DisableKey {
        id: id.clone(),
        owner,
    };
    assert_eq!(
        world.run(by(&id, Some(rival.account))),
        Err(Refusal::NotFound)
    );
    assert!(world.rows.access_keys[&id].active);
    assert_eq!(world.run(by(&id, Some(shop.account))), Ok(Outcome::Done));
    assert!(!world.rows.access_keys[&id].active);
    assert_eq!(world.run(by(&id, None)), Ok(Outcome::Done));
    let unknown = AccessKeyId::parse("AKUNKNOWN").expect("well formed");
    assert_eq!(world.run(by(&unknown, None)), Err(Refusal::NotFound));
    let made = CreateKey {
        id: unknown,
        account: NOBODY,
        sealed_secret: Vec::new(),
    };
    assert_eq!(world.run(made), Err(Refusal::NotFound));
}

#[test]
fn a_card_is_removed_by_its_owner() {
    let mut world = World::default();
    let (buyer, other) = (world.buyer_with_card(), world.buyer_with_card());
    let instrument = buyer.card.expect("a buyer has a card");
    let remove = |account| RemoveInstrument {
        account,
        instrument,
    };
    assert_eq!(world.run(remove(other.account)), Err(Refusal::NotFound));
    assert_eq!(world.run(remove(buyer.account)), Ok(Outcome::Done));
    assert!(world.rows.instruments[&instrument].removed);
    let unknown = InstrumentKey(1);
    let remove = RemoveInstrument {
        account: buyer.account,
        instrument: unknown,
    };
    assert_eq!(world.run(remove), Err(Refusal::NotFound));
    let means = world.rows.instruments[&instrument].means.clone();
    let add = AddInstrument {
        account: NOBODY,
        means,
        sealed_number: Vec::new(),
    };
    assert_eq!(world.run(add), Err(Refusal::NotFound));
}

#[test]
fn a_card_is_good_to_the_end_of_its_month() {
    let card = Card {
        brand: "Visa".to_owned(),
        last_four: "1111".to_owned(),
        expiry_month: 2,
        expiry_year: 2026,
        name: "Ann".to_owned(),
    };
    let march = Timestamp(1_772_323_200_000);
    assert!(!card.is_expired(march.plus_ms(-1)));
    assert!(card.is_expired(march));
}

#[test]
fn tokens_are_installed_for_those_who_are_there() {
    let mut world = World::default();
    let (shop, buyer, other) = (
        world.shop(),
        world.buyer_with_card(),
        world.buyer_with_card(),
    );
    let agreed = world.consent(buyer, shop);
    let mut bad = agreed.clone();
    bad.account = NOBODY;
    assert_eq!(world.run(bad), Err(Refusal::NotFound));
    let mut bad = agreed.clone();
    bad.instrument = other.card;
    assert_eq!(world.run(bad), Err(Refusal::InactiveInstrument));
    assert!(world.rows.token_references.is_empty());
    world.install(agreed.clone());
    let again = world.run(agreed.clone());
    assert!(
        matches!(again, Err(Refusal::DuplicateRequest(_))),
        "{again:?}"
    );
    // A reference is the caller's own per role.
    let mut accepted = world.acceptance(buyer, shop);
    accepted.caller_reference = agreed.caller_reference.clone();
    let made = world.run(accepted);
    let Ok(Outcome::Tokens {
        token,
        refund: Some(refund),
    }) = made
    else {
        panic!("a recipient gets a refund token: {made:?}");
    };
    let role = |world: &World, id: &TokenId| world.token(id).facts.role;
    assert_eq!(role(&world, &token), TokenRole::Recipient);
    assert_eq!(role(&world, &refund), TokenRole::Refund);
    assert_eq!(world.token(&refund).facts.expires_at, Timestamp::NEVER);
    assert_eq!(world.rows.tokens.len(), 3);
    let card = buyer.card.expect("a buyer has a card");
    world
        .run(RemoveInstrument {
            account: buyer.account,
            instrument: card,
        })
        .expect("its own");
    let late = world.consent(buyer, shop);
    assert_eq!(world.run(late), Err(Refusal::InactiveInstrument));
}

/// A token that says how to pay but not by which card, or a way whose books are not kept.
#[test]
fn a_token_that_cannot_pay_is_refused() {
    for method in [
        None,
        Some(PaymentMethod::Card),
        Some(PaymentMethod::Bank),
        Some(PaymentMethod::Debt),
        Some(PaymentMethod::Prepaid),
    ] {
        let mut story = check("");
        let (shop, buyer) = (story.world.shop(), story.world.buyer_with_card());
        let mut agreed = story.world.consent(buyer, shop);
        (agreed.method, agreed.instrument) = (method, None);
        let token = story.world.install(agreed);
        let asked = payments::PaymentAsked {
            sender_token: token.clone(),
            recipient_token: None,
            amount: usd("1.00"),
            charge_fee_to: None,
            caller_description: None,
            sender_description: None,
            descriptor: None,
            timeout_mins: None,
            marketplace_fixed: None,
            marketplace_rate: None,
            ipn_url: None,
        };
        let (by, reference) = (
            story.world.by(shop.account),
            test_kit::people::reference("A"),
        );
        let pay = payments::commands::Pay {
            by,
            reference,
            asked,
        };
        assert_eq!(
            story.world.run(pay),
            Err(Refusal::PaymentMethodNotDefined),
            "{method:?}"
        );
        assert_eq!(story.world.token(&token).uses, 0);
    }
}

#[test]
fn other_money_is_refused() {
    let mut story = check("consent T1 buyer to shop unrestricted");
    let shop = story.world.shop();
    let euro = money::Currency::parse("EUR").expect("a currency");
    let asked = payments::PaymentAsked {
        sender_token: story.token_id("T1").expect("made above"),
        recipient_token: None,
        amount: money::Amount::parse("1.00", euro).expect("an amount"),
        charge_fee_to: None,
        caller_description: None,
        sender_description: None,
        descriptor: None,
        timeout_mins: None,
        marketplace_fixed: None,
        marketplace_rate: None,
        ipn_url: None,
    };
    let installer = story.world.rows.tokens[&key_of(&asked.sender_token)].installer;
    assert_ne!(installer, shop.account);
    let (by, reference) = (story.world.by(installer), test_kit::people::reference("A"));
    let answer = story.world.run(payments::commands::Reserve {
        by,
        reference,
        asked,
    });
    assert!(
        matches!(answer, Err(Refusal::InvalidParams { .. })),
        "{answer:?}"
    );
}

#[test]
fn an_unknown_token_is_not_cancelled() {
    let mut story = check("consent T1 buyer to shop single");
    let owner = story
        .world
        .rows
        .tokens
        .values()
        .next()
        .expect("a token")
        .account;
    let foreign = TokenId::parse(&"A".repeat(64)).expect("well formed");
    let real = story.token_id("T1").expect("made above");
    let guessed = TokenId::of(key_of(&real), &[0; 31]);
    for token in [foreign, guessed] {
        let by = Canceller::Owner(owner);
        let cancel = CancelToken {
            by,
            token,
            reason: None,
            ipn_url: None,
        };
        assert_eq!(story.world.run(cancel), Err(Refusal::InvalidToken));
    }
}

#[test]
fn a_deposit_reaches_a_balance() {
    let mut world = World::default();
    let buyer = world.buyer_with_card();
    world.deposit(buyer, usd("1.50"));
    world.deposit(buyer, usd("0.000001"));
    assert_eq!(world.rows.balance(buyer.account).available, 1_500_001);
    let unknown = Deposit {
        account: NOBODY,
        amount: usd("1.00"),
    };
    assert_eq!(world.run(unknown), Err(Refusal::NotFound));
}

/// A balance may grow beyond the largest single amount and can still be spent from.
#[test]
fn a_very_large_balance_can_be_spent() {
    let mut story = check("consent TB buyer to shop unrestricted from balance");
    for _ in 0..3 {
        story.play("deposit buyer 1000000000");
    }
    story.play("pay P1 by shop from TB 10000.00 -> success");
}

#[test]
fn documents_are_kept_and_forgotten() {
    let mut world = World::default();
    let id = DocumentId {
        kind: "session".to_owned(),
        id: "1".to_owned(),
    };
    let document = |content: &str| Document {
        content: content.to_owned(),
        expires_at: Timestamp(5),
    };
    for content in ["{}", "[]"] {
        let keep = Keep {
            id: id.clone(),
            document: document(content),
        };
        assert_eq!(world.run(keep), Ok(Outcome::Done));
        assert_eq!(world.rows.documents[&id].content, content);
    }
    assert_eq!(world.run(Forget { id: id.clone() }), Ok(Outcome::Done));
    assert_eq!(world.run(Forget { id }), Ok(Outcome::Done));
    assert!(world.rows.documents.is_empty());
}

#[test]
fn the_sandboxs_clock_moves_forward_only() {
    let mut world = World::default();
    for (ms, offset) in [(5, "5"), (7, "12")] {
        assert_eq!(world.run(Advance { ms }), Ok(Outcome::Done));
        assert_eq!(world.rows.settings[CLOCK_OFFSET], offset);
    }
    for ms in [0, -1, i64::MAX] {
        let answer = world.run(Advance { ms });
        assert!(
            matches!(answer, Err(Refusal::InvalidParams { .. })),
            "{ms}: {answer:?}"
        );
    }
    let set = Set {
        name: "cursor".to_owned(),
        value: "3".to_owned(),
    };
    assert_eq!(world.run(set), Ok(Outcome::Done));
    assert_eq!(world.rows.settings["cursor"], "3");
    let mut production = World::new(Terms {
        mode: Mode::Production,
        ..Terms::sandbox()
    });
    assert_eq!(production.run(Advance { ms: 5 }), Err(Refusal::SandboxOnly));
}

#[test]
fn what_is_unknown_neither_expires_nor_is_resolved() {
    let mut world = World::default();
    let expire = Expire {
        transaction: TransactionKey(1),
        work: None,
    };
    assert_eq!(world.run(expire), Err(Refusal::InvalidTransactionId));
    let transaction = TransactionId::of(TransactionKey(1), &[7; 13]);
    let resolve = Resolve {
        transaction,
        approved: true,
        note: "Looked.".to_owned(),
        work: None,
    };
    assert_eq!(world.run(resolve), Err(Refusal::NotFound));
}
