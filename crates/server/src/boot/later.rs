//! What happens later: the processor, and the workers with what they need.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use payments::rows::{Account, Document, Notification};
use processor::{SandboxOptions, SandboxProcessor};
use signing::webhook::WebhookSecret;
use signing::{UrlParts, Verb};
use store::Store;
use tokio::runtime::Handle;
use workers::outbound::{Allowed, Limits, Network, Outbound};
use workers::{Parts, Workers};

use super::{BootError, Opened};
use crate::app::App;
use crate::config::{Settings, bad};
use crate::keyring::KeyRing;

/// Networks that `notify_private` opens.
const PRIVATE_NETWORKS: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];

pub(super) fn open_processor(app: &Arc<App>) -> Result<SandboxProcessor, BootError> {
    let options = SandboxOptions {
        slow: Duration::from_secs(app.settings.sandbox_slow_s),
        key_lifetime: Duration::from_secs(app.settings.sandbox_key_life_s),
        ..SandboxOptions::default()
    };
    let store = app.store.clone();
    let clock: processor::Clock = Arc::new(move || product_now(&*store));
    SandboxProcessor::open(&app.settings.statement_path(), clock, options)
        .map_err(|error| BootError::Processor(error.to_string()))
}

/// Product time at once: the embedded store knows it without waiting.
fn product_now(store: &dyn Store) -> i64 {
    let mut asked = store.now();
    let mut context = Context::from_waker(Waker::noop());
    match asked.as_mut().poll(&mut context) {
        Poll::Ready(Ok(moment)) => moment.product.0,
        Poll::Ready(Err(_)) | Poll::Pending => 0,
    }
}

pub(super) fn start_workers(
    opened: &Opened,
    processor: Arc<SandboxProcessor>,
) -> Result<Workers, BootError> {
    let app = &opened.app;
    let outbound = Outbound::new(allowed(&app.settings)?, Limits::default(), Vec::new())
        .map_err(|error| bad("notify_private", error))?;
    let parts = Parts {
        store: app.store.clone(),
        desk: opened.desk.clone(),
        processor,
        cards: opened.vault.clone(),
        ring: Arc::new(Signatory {
            app: app.clone(),
            runtime: Handle::current(),
        }),
        fields: Arc::new(|row: &Notification| wire::notification::fields(&row.subject)),
        outbound,
    };
    let settings = workers::Settings {
        calls_at_once: app.settings.processor_calls_max,
        ..workers::Settings::default()
    };
    Workers::start(parts, settings).map_err(|error| BootError::Processor(error.to_string()))
}

/// What others may make us reach, besides public addresses.
pub(super) fn allowed(settings: &Settings) -> Result<Allowed, BootError> {
    let networks: Result<Vec<Network>, _> = if settings.notify_private {
        PRIVATE_NETWORKS.iter().map(|text| text.parse()).collect()
    } else {
        Ok(Vec::new())
    };
    Ok(Allowed {
        loopback: settings.notify_loopback,
        networks: networks.map_err(|error| bad("notify_private", error))?,
    })
}

/// Signs notifications with the keys of the ring.
struct Signatory {
    app: Arc<App>,
    /// Where a thread that signs may wait for the store.
    runtime: Handle,
}

impl workers::KeyRing for Signatory {
    fn sign_onto(
        &self,
        certificate: &str,
        target: &UrlParts,
        pairs: &mut Vec<(String, String)>,
    ) -> bool {
        let sought = KeyRing::id_in(certificate).map(|id| self.app.signing_key(id));
        let Some(ring) = sought.and_then(|sought| self.runtime.block_on(sought)) else {
            return false;
        };
        // As it was at the commit, so that every try sends the same bytes.
        let certificate = ring.address_of(certificate);
        ring.key.sign_onto(pairs, Verb::Post, target, certificate);
        true
    }

    fn webhook_secrets(&self, account: &Account, earlier: Option<&Document>) -> Vec<WebhookSecret> {
        let opened = accounts::webhooks::signing(&self.app.vault, account, earlier);
        let secrets = opened.iter().map(|bytes| WebhookSecret::from_bytes(bytes));
        secrets.flatten().collect()
    }
}
