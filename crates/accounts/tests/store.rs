//! Accounts and sessions over a store.

use std::sync::Arc;

use accounts::keys::WEBHOOK_RANDOM_BYTES;
use accounts::password::Password;
use accounts::people::{self, Email, NewPerson};
use accounts::sessions::{self, SESSION_MS, SESSION_RANDOM_BYTES};
use accounts::webhooks;
use payments::commands::ChangeAccount;
use payments::rows::{AccountStatus, AccountType, DocumentId};
use payments::time::DAY_MS;
use payments::{AccountKey, ReadSet, Refusal, Terms, Timestamp};
use store::{Handover, ManualClock, MemoryStore, SeededEntropy, Setup, Store, WorkItem};
use vault::{MasterKey, MasterKeys};

struct Nobody;

impl Handover for Nobody {
    fn take(&self, _items: Vec<WorkItem>) {}
}

fn store() -> MemoryStore {
    MemoryStore::new(Setup {
        terms: Terms::sandbox(),
        clock: Arc::new(ManualClock::at(Timestamp(1_700_000_000_000))),
        entropy: Box::new(SeededEntropy::new(1)),
        handover: Arc::new(Nobody),
        watch: None,
    })
}

fn ada() -> NewPerson {
    NewPerson {
        kind: AccountType::Personal,
        name: "Ada".to_owned(),
        email: Email::parse("Ada@Example.com").expect("an address"),
        email_verified: true,
        marketplace: false,
        ipn_url: None,
        password: Password::parse("correct horse").expect("long enough"),
        webhook_secret: None,
    }
}

#[tokio::test]
async fn who_signed_up_can_sign_in() {
    let store = store();
    let key = people::sign_up(&store, ada(), [1; 16]).await.unwrap();
    let key = key.unwrap();
    let again = people::sign_up(&store, ada(), [2; 16]).await.unwrap();
    assert_eq!(again, Err(Refusal::EmailTaken));
    for (email, password, found) in [
        (" ada@EXAMPLE.com", "correct horse", Some(key)),
        ("ada@example.com", "correct hors", None),
        ("eve@example.com", "correct horse", None),
        ("not an address", "correct horse", None),
    ] {
        let account = people::sign_in(&store, email, password).await.unwrap();
        assert_eq!(account.map(|account| account.key), found, "{email}");
    }
    let mut close = ChangeAccount::of(key);
    close.status = Some(AccountStatus::Closed);
    store.submit(close.into()).await.unwrap().unwrap();
    let closed = people::sign_in(&store, "ada@example.com", "correct horse").await;
    assert!(closed.unwrap().is_none());
}

#[tokio::test]
async fn a_session_lasts_twelve_hours_or_until_closed() {
    let store = store();
    let opened = Timestamp(1_000);
    let account = AccountKey(5);
    let random = |byte| [byte; SESSION_RANDOM_BYTES];
    let (token, session) = sessions::open(&store, account, random(1), opened)
        .await
        .unwrap();
    let found = |token: String, at| {
        let store = &store;
        async move { sessions::find(store, &token, at).await.unwrap() }
    };
    let last = opened.plus_ms(SESSION_MS - 1);
    assert!(found(token.clone(), last).await == Some(session));
    assert!(found(token.clone(), last.plus_ms(1)).await.is_none());
    assert!(found("other".to_owned(), opened).await.is_none());
    assert!(found(String::new(), opened).await.is_none());
    assert!(found("x".repeat(65), opened).await.is_none());
    let (second, _) = sessions::open(&store, account, random(2), opened)
        .await
        .unwrap();
    sessions::close(&store, &token).await.unwrap();
    assert!(found(token, opened).await.is_none());
    assert!(found(second, opened).await.is_some());
}

/// What signs for an account now, and the end of the earlier secret.
async fn signing(
    store: &MemoryStore,
    vault: &MasterKeys,
    account: AccountKey,
) -> (Vec<Vec<u8>>, Option<Timestamp>) {
    let id = DocumentId::earlier_webhook_secret(account);
    let mut want = ReadSet::default();
    want.accounts.insert(account);
    want.documents.insert(id.clone());
    let seen = store.see(want).await.expect("seen");
    let earlier = seen.documents.get(&id);
    let row = seen.accounts.get(&account).expect("a row");
    let opened = webhooks::signing(vault, row, earlier);
    (opened, earlier.map(|document| document.expires_at))
}

#[tokio::test]
async fn the_earlier_webhook_secret_signs_beside_the_new_one_for_a_day() {
    let store = store();
    let vault = MasterKeys::only(MasterKey::new([7; 32]));
    let account = people::sign_up(&store, ada(), [1; 16]).await.unwrap();
    let account = account.unwrap();
    let nobody = (Vec::new(), None);
    assert_eq!(signing(&store, &vault, account).await, nobody);
    let mut earlier: Option<Vec<u8>> = None;
    for day in 1..4_u8 {
        let real = Timestamp(DAY_MS * i64::from(day));
        let random = [day; WEBHOOK_RANDOM_BYTES];
        let rotated = webhooks::rotate(&store, &vault, account, real, random);
        let rotated = rotated.await.unwrap().unwrap();
        let until = earlier.as_ref().map(|_| real.plus_ms(DAY_MS));
        assert_eq!(rotated.earlier_until, until);
        let fresh = vec![day; 32];
        let secrets = [Some(fresh.clone()), earlier].into_iter().flatten();
        let secrets = secrets.collect();
        assert_eq!(signing(&store, &vault, account).await, (secrets, until));
        earlier = Some(fresh);
    }
    let other = MasterKeys::only(MasterKey::new([8; 32]));
    let (secrets, _) = signing(&store, &other, account).await;
    assert!(secrets.is_empty(), "what cannot be opened does not sign");
}

#[tokio::test]
async fn a_rotation_is_one_commit_and_keeps_the_secret_that_counted_then() {
    let store = store();
    let vault = MasterKeys::only(MasterKey::new([7; 32]));
    let account = people::sign_up(&store, ada(), [1; 16]).await.unwrap();
    let account = account.unwrap();
    let commits = || store.with_backend(|backend| backend.batches().len());
    let rotate = async |account: AccountKey, byte: u8| {
        let (real, random) = (Timestamp(DAY_MS), [byte; WEBHOOK_RANDOM_BYTES]);
        let before = commits();
        let rotated = webhooks::rotate(&store, &vault, account, real, random).await;
        (matches!(rotated, Ok(Ok(_))), commits() - before)
    };
    let signs = async || signing(&store, &vault, account).await.0;
    for byte in 1..4 {
        assert_eq!(rotate(account, byte).await, (true, 1));
    }
    assert_eq!(signs().await, [vec![3; 32], vec![2; 32]]);
    // The disk is full at one moment or another: nothing has changed.
    store.with_backend(|backend| backend.fail_writes(1));
    assert_eq!(rotate(account, 4).await, (false, 0));
    assert_eq!(signs().await, [vec![3; 32], vec![2; 32]]);
    assert_eq!(rotate(AccountKey(99), 5).await, (false, 0));
}
