//! What has ended is forgotten.

use payments::commands::Keep;
use payments::rows::{Document, DocumentId};
use payments::time::{HOUR_MS, MINUTE_MS};
use payments::{ReadSet, Timestamp};
use store::Store;

use crate::wait::a_little;
use crate::world::{START, World};

fn id(kind: &str, id: usize) -> DocumentId {
    DocumentId {
        kind: kind.to_owned(),
        id: id.to_string(),
    }
}

async fn keep(world: &World, id: DocumentId, expires_at: Timestamp) {
    let content = "{}".to_owned();
    let document = Document {
        content,
        expires_at,
    };
    world.submit(Keep { id, document }).await;
}

async fn is_there(world: &World, id: &DocumentId) -> bool {
    let mut want = ReadSet::default();
    want.documents.insert(id.clone());
    let seen = world.store.see(want).await.unwrap();
    seen.documents.get(id).is_some()
}

async fn gone(world: &World, id: &DocumentId) {
    for _ in 0..4_000 {
        if !is_there(world, id).await {
            return;
        }
        a_little().await;
    }
    panic!("{id:?} is still there");
}

#[tokio::test]
async fn documents_are_forgotten_after_their_end() {
    let world = World::plain().await;
    // More than fit into one page, of two kinds, all but one to end.
    for at in 0..600 {
        keep(&world, id("session", at), START.plus_ms(HOUR_MS)).await;
        keep(&world, id("visit", at), START.plus_ms(2 * HOUR_MS)).await;
    }
    let key = id("signing-key", 1);
    keep(&world, key.clone(), Timestamp::NEVER).await;
    world.clock.advance(HOUR_MS + 1);
    let workers = world.work();
    gone(&world, &id("session", 599)).await;
    for at in 0..600 {
        assert!(!is_there(&world, &id("session", at)).await);
        assert!(is_there(&world, &id("visit", at)).await);
    }
    world.clock.advance(HOUR_MS + MINUTE_MS);
    gone(&world, &id("visit", 599)).await;
    assert!(is_there(&world, &key).await, "what has no end stays");
    workers.stop(std::time::Duration::from_secs(5)).await;
}
