//! Certificates that callers sign under: registered, disabled, and read again in every decision.

use payments::commands::{AddCertificate, CancelToken, Canceller, DisableCertificate};
use payments::rows::Certificate;
use payments::{AccountKey, Answer, Credential, Fingerprint, Outcome, Refusal};
use test_kit::{World, check};

const NOBODY: AccountKey = AccountKey(99);
const NAME: Fingerprint = Fingerprint([7; Fingerprint::BYTES]);

fn add(account: AccountKey) -> AddCertificate {
    AddCertificate {
        fingerprint: NAME,
        account,
        der: vec![0x30, 0],
    }
}

const fn disable(owner: Option<AccountKey>) -> DisableCertificate {
    DisableCertificate {
        fingerprint: NAME,
        owner,
    }
}

#[test]
fn a_certificate_has_one_owner_and_can_come_back() {
    let mut world = World::default();
    let (shop, rival) = (world.shop().account, world.shop().account);
    assert_eq!(world.run(add(NOBODY)), Err(Refusal::NotFound));
    assert_eq!(world.run(disable(None)), Err(Refusal::NotFound));
    let since = world.now;
    assert_eq!(world.run(add(shop)), Ok(Outcome::Done));
    world.wait_ms(1_000);
    assert_eq!(world.run(add(rival)), Err(Refusal::CertificateTaken));
    assert_eq!(world.run(disable(Some(rival))), Err(Refusal::NotFound));
    let row = |active| Certificate {
        fingerprint: NAME,
        account: shop,
        der: vec![0x30, 0],
        active,
        created_at: since,
    };
    assert_eq!(world.rows.certificates[&NAME], row(true));
    assert_eq!(world.run(disable(Some(shop))), Ok(Outcome::Done));
    assert_eq!(world.rows.certificates[&NAME], row(false));
    // Nobody else gets it, and its owner gets it back.
    assert_eq!(world.run(add(rival)), Err(Refusal::CertificateTaken));
    assert_eq!(world.run(add(shop)), Ok(Outcome::Done));
    assert_eq!(world.rows.certificates[&NAME], row(true));
    assert_eq!(world.run(disable(None)), Ok(Outcome::Done));
}

/// Whatever was known when the signature was checked: the row decides.
#[test]
fn a_decision_reads_the_certificate_again() {
    let mut story = check("reserve A by shop from buyer 10.00 -> pending");
    let keys = story.world.rows.access_keys.values();
    let shop = keys.map(|key| key.account).next().expect("a caller");
    let tokens = story.world.rows.tokens.values();
    let mut of_shop = tokens.filter(|token| token.installer == shop);
    let token = of_shop.next().expect("a token").id();
    let rival = story.world.shop().account;
    let ask = |world: &mut World| -> Answer {
        let mut by = world.by(shop);
        by.credential = Credential::Certificate(NAME);
        world.run(CancelToken {
            by: Canceller::Caller(by),
            token: token.clone(),
            reason: None,
            ipn_url: None,
        })
    };
    let mut others = story.world.clone();
    let world = &mut story.world;
    assert_eq!(ask(world), Err(Refusal::AuthFailure), "nobody's");
    assert_eq!(others.run(add(rival)), Ok(Outcome::Done));
    assert_eq!(ask(&mut others), Err(Refusal::AuthFailure), "another's");
    assert_eq!(world.run(add(shop)), Ok(Outcome::Done));
    assert_eq!(world.run(disable(None)), Ok(Outcome::Done));
    assert_eq!(ask(world), Err(Refusal::AuthFailure), "disabled");
    assert_eq!(world.run(add(shop)), Ok(Outcome::Done));
    assert_eq!(ask(world), Ok(Outcome::Done));
}
