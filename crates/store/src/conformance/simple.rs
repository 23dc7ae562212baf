//! Accounts, documents, clocks: what needs no payment.

use payments::command::Outcome;
use payments::commands::{Advance, CreateKey, Forget, ForgetEnded, Keep, Set};
use payments::rows::{Document, DocumentId};
use payments::time::DAY_MS;
use payments::{AccessKeyId, AccountKey, Command, ReadSet, Refusal, Timestamp};

use super::world::{account, submit};
use super::{Bench, Parts, START, all_at_once};
use crate::{Found, Outage, Query, Store};

pub(super) async fn people_are_found(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("people", parts.setup(1));
    let mut keys = Vec::new();
    for name in ["One", "Two", "", "Four"] {
        let made = submit(&*store, account(name, "")).await;
        let Outcome::Account(key) = made else {
            panic!("an account was made")
        };
        keys.push(key);
    }
    assert!(keys.is_sorted(), "keys grow");
    let found = store
        .find(Query::Accounts { most: 2 })
        .await
        .expect("found");
    let Found::Accounts(accounts) = found else {
        panic!("accounts")
    };
    assert_eq!(
        accounts.iter().map(|row| row.key).collect::<Vec<_>>(),
        keys[..2]
    );
    let found = store
        .find(Query::Accounts { most: 9 })
        .await
        .expect("found");
    let Found::Accounts(accounts) = found else {
        panic!("accounts")
    };
    assert_eq!(accounts.len(), 3, "an account without a name is not listed");
    let mut want = ReadSet::default();
    want.accounts.extend([keys[0], AccountKey(1)]);
    let seen = store.see(want).await.expect("seen");
    assert_eq!(seen.accounts.get(&keys[0]).expect("there").name, "One");
    assert!(seen.accounts.get(&AccountKey(1)).is_none());
    store.close().await;
}

pub(super) async fn twins_make_one_account(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("twins", parts.setup(2));
    let twins = (0..50).map(|at| account("Twin", if at % 2 == 0 { "a@x" } else { "b@x" }));
    let answers = all_at_once(twins.map(|twin| store.submit(twin)).collect()).await;
    let answers: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect("it works"))
        .collect();
    let accepted = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(accepted, 2, "one for each address");
    let refused = answers
        .iter()
        .filter(|answer| **answer == Err(Refusal::EmailTaken));
    assert_eq!(refused.count(), 48, "the others are told");
    store.close().await;
}

/// Those that have ended are found a page at a time, and only they can be forgotten as such.
pub(super) async fn documents_end(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("documents-end", parts.setup(4));
    let id = |kind: &str, id: usize| DocumentId {
        kind: kind.to_owned(),
        id: id.to_string(),
    };
    for at in 0..6 {
        let kind = if at < 3 { "session" } else { "visit" };
        let ended = at % 2 == 0;
        let document = Document {
            content: "{}".to_owned(),
            expires_at: if ended { START } else { Timestamp::NEVER },
        };
        let id = id(kind, at);
        submit(&*store, Keep { id, document }.into()).await;
    }
    parts.clock.advance(1);
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let before = START.plus_ms(1);
        let page = Query::EndedDocuments {
            after,
            before,
            most: 2,
        };
        let Ok(Found::Ended { ids, scanned_to }) = store.find(page).await else {
            panic!("documents")
        };
        found.extend(ids);
        if scanned_to.is_none() {
            break;
        }
        after = scanned_to;
    }
    assert_eq!(found, [id("session", 0), id("session", 2), id("visit", 4)]);
    let ids = vec![id("session", 0), id("session", 1), id("gone", 9)];
    submit(&*store, ForgetEnded { ids: ids.clone() }.into()).await;
    let mut want = ReadSet::default();
    want.documents.extend(ids.iter().cloned());
    let seen = store.see(want).await.expect("seen");
    let there = ids.iter().filter(|id| seen.documents.get(id).is_some());
    assert_eq!(there.collect::<Vec<_>>(), [&id("session", 1)]);
    store.close().await;
}

pub(super) async fn documents_come_and_go(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("documents", parts.setup(3));
    let id = DocumentId {
        kind: "visit".to_owned(),
        id: "x".to_owned(),
    };
    for content in ["{}", "{\"a\":1}"] {
        let document = Document {
            content: content.to_owned(),
            expires_at: Timestamp(5),
        };
        submit(
            &*store,
            Keep {
                id: id.clone(),
                document: document.clone(),
            }
            .into(),
        )
        .await;
        assert_eq!(kept(&*store, &id).await, Some(document));
    }
    submit(&*store, Forget { id: id.clone() }.into()).await;
    assert_eq!(kept(&*store, &id).await, None);
    store.close().await;
}

async fn kept(store: &dyn Store, id: &DocumentId) -> Option<Document> {
    let mut want = ReadSet::default();
    want.documents.insert(id.clone());
    store
        .see(want)
        .await
        .expect("seen")
        .documents
        .get(id)
        .cloned()
}

pub(super) async fn the_clock_moves_forward(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("clock", parts.setup(4));
    let now = store.now().await.expect("now");
    assert_eq!((now.product, now.real), (START, START));
    submit(&*store, Advance { ms: 8 * DAY_MS }.into()).await;
    let now = store.now().await.expect("now");
    assert_eq!((now.product, now.real), (START.plus_ms(8 * DAY_MS), START));
    let back = store
        .submit(Advance { ms: -1 }.into())
        .await
        .expect("it works");
    assert!(back.is_err());
    parts.clock.advance(1_000);
    let now = store.now().await.expect("now");
    assert_eq!(now.product, START.plus_ms(8 * DAY_MS + 1_000));
    store.close().await;
}

pub(super) async fn a_bug_fails_nobody_else(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("bug", parts.setup(5));
    let Outcome::Account(owner) = submit(&*store, account("Owner", "o@x")).await else {
        panic!("an account was made");
    };
    let id = AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").expect("an access key id");
    let key = || {
        Command::from(CreateKey {
            id: id.clone(),
            account: owner,
            sealed_secret: vec![],
        })
    };
    submit(&*store, key()).await;
    // Making the same access key again is a bug of the caller: an assertion stops it.
    let commands = [account("Before", "b@x"), key(), account("After", "a@x")];
    let answers = all_at_once(commands.into_iter().map(|one| store.submit(one)).collect()).await;
    only_the_second_failed(&answers);
    let commands = [account("Early", "e@x"), key(), account("Late", "l@x")];
    only_the_second_failed(&store.submit_all(commands.to_vec()).await);
    store.close().await;
}

fn only_the_second_failed(answers: &[Result<payments::Answer, Outage>]) {
    let [first, second, third] = answers else {
        panic!("one answer a command: {answers:?}");
    };
    assert!(matches!(first, Ok(Ok(Outcome::Account(_)))), "{first:?}");
    assert!(matches!(second, Err(Outage::Failed { .. })), "{second:?}");
    assert!(matches!(third, Ok(Ok(Outcome::Account(_)))), "{third:?}");
}

pub(super) async fn one_asker_may_bring_several(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("several", parts.setup(8));
    assert_eq!(store.submit_all(Vec::new()).await.len(), 0);
    let emails: Vec<String> = (0..20).map(|at| format!("{at}@x")).collect();
    let commands = emails.iter().map(|email| account("Somebody", email));
    let made = store.submit_all(commands.collect()).await;
    for (email, answer) in emails.iter().zip(&made) {
        let Ok(Ok(Outcome::Account(key))) = answer else {
            panic!("an account was made: {answer:?}");
        };
        let mut want = ReadSet::default();
        want.accounts.insert(*key);
        let seen = store.see(want).await.expect("seen");
        let row = seen.accounts.peek(key);
        assert_eq!(row.map(|row| &row.email), Some(email), "in their order");
    }
    store.close().await;
    if !bench.keeps() {
        return;
    }
    let late = vec![account("Late", "late@x"), account("Later", "later@x")];
    let answers = store.submit_all(late).await;
    let closing = |answer: &Result<_, _>| matches!(answer, Err(Outage::Closing));
    assert!(
        answers.len() == 2 && answers.iter().all(closing),
        "{answers:?}"
    );
}

pub(super) async fn what_was_written_is_there_again(bench: &mut dyn Bench) {
    if !bench.keeps() {
        return;
    }
    let parts = Parts::new();
    let store = bench.open("kept", parts.setup(6));
    let before = submit(&*store, account("Before", "before@x")).await;
    submit(
        &*store,
        Set {
            name: "cursor".to_owned(),
            value: "12".to_owned(),
        }
        .into(),
    )
    .await;
    submit(&*store, Advance { ms: DAY_MS }.into()).await;
    store.close().await;
    assert!(matches!(
        store.submit(account("Late", "")).await,
        Err(Outage::Closing)
    ));
    drop(store);
    let store = bench.open("kept", parts.setup(7));
    let taken = store
        .submit(account("Again", "before@x"))
        .await
        .expect("it works");
    assert_eq!(taken, Err(Refusal::EmailTaken));
    let after = submit(&*store, account("After", "after@x")).await;
    let (Outcome::Account(before), Outcome::Account(after)) = (before, after) else {
        panic!("accounts were made");
    };
    assert!(before < after, "keys go on growing");
    assert_eq!(
        store.now().await.expect("now").product,
        START.plus_ms(DAY_MS)
    );
    let mut want = ReadSet::default();
    want.settings.insert("cursor".to_owned());
    let seen = store.see(want).await.expect("seen");
    assert_eq!(
        seen.settings.get(&"cursor".to_owned()),
        Some(&"12".to_owned())
    );
    store.close().await;
}
