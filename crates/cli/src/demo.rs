//! `demo`: the whole story in one process, with the real code paths over real HTTP on loopback.
//!
//! A recipient accepts a marketplace's terms and a sender consents, both on the Co-Branded pages,
//! driven as a browser would. Then the marketplace reserves, settles for less, cancels another
//! reservation and lets a third one expire; its notifications are received and their signatures
//! checked against the published certificate. In the end the ledger is printed, and proved.

use std::time::Duration;

use server::boot::Running;
use server::config::{Flags, Settings};

use crate::{Done, Failure};

mod api;
mod browser;
mod client;
mod ledger;
mod receiver;
mod story;
mod tell;

/// Seconds that anything in the demo may take to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// Tells it, in a temporary folder that is removed in the end.
pub async fn run() -> Done {
    let tag: [u8; 8] = server::random::bytes();
    let tag = tag
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let folder = std::env::temp_dir().join(format!("holdfast-demo-{tag}"));
    let flags = Flags {
        data: Some(folder.clone()),
        listen: Some("127.0.0.1:0".to_owned()),
        ..Flags::default()
    };
    // The demo stands alone: what the environment says is for servers.
    let settings = Settings::load_with(&flags, &|_| None).map_err(Failure::untried)?;
    let running = Running::start(settings).await.map_err(Failure::untried)?;
    let told = story::tell(&running).await;
    running.stop().await;
    let removed = std::fs::remove_dir_all(&folder);
    told?;
    removed.map_err(Failure::untried)
}
