//! Putting the server together, and taking it apart again.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use processor::SandboxProcessor;
use signing::hosts::PublicNames;
use store::Watch;
use store_sqlite::DirectoryLock;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use tokio::task::JoinSet;
use vault::MasterKeys;
use workers::{Desk, Workers};

use crate::app::App;
use crate::config::{BadSetting, Settings, bad};
use crate::http::{self, Door};
use crate::images::Images;
use crate::keyring::{KeyRing, RingError};
use crate::random;
use crate::{admin, tls};

mod kept;
mod later;

pub use kept::{address, alone};

/// Seconds for the workers to finish what is under way at a stop.
pub const WORKERS_STOP_S_MAX: u64 = 5;

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// The data folder is in use or cannot be used.
    #[error("the data folder {path}: {reason}")]
    Folder {
        /// The folder.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The master key cannot be used.
    #[error("the master key: {0}")]
    MasterKey(String),
    /// The store cannot be opened.
    #[error("the store: {0}")]
    Store(String),
    /// The signing keys cannot be opened.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// The sandbox processor's statement cannot be opened.
    #[error("the sandbox processor: {0}")]
    Processor(String),
    /// It cannot listen.
    #[error("listening on {address}: {reason}")]
    Listen {
        /// Where.
        address: String,
        /// Why not.
        reason: String,
    },
}

/// The parts of a server that does not listen: for requests to a closed store.
pub struct Opened {
    /// The shared parts.
    pub app: Arc<App>,
    desk: Arc<Desk>,
    vault: Arc<MasterKeys>,
    lock: DirectoryLock,
}

impl Opened {
    /// Takes the data folder, and opens everything in it.
    pub async fn open(settings: Settings) -> Result<Opened, BootError> {
        Opened::open_at(settings, None, None).await
    }

    /// The same with the address that the server really listens on.
    async fn open_at(
        settings: Settings,
        bound: Option<SocketAddr>,
        watch: Option<Watch>,
    ) -> Result<Opened, BootError> {
        let folder = |reason: String| BootError::Folder {
            path: settings.data.display().to_string(),
            reason,
        };
        std::fs::create_dir_all(&settings.data).map_err(|error| folder(error.to_string()))?;
        let lock = store_sqlite::lock_directory(&settings.data)
            .map_err(|error| folder(error.to_string()))?;
        let vault = Arc::new(master_keys(&settings)?);
        let desk = Desk::new();
        let own_address = own_address(&settings, bound);
        // Where a server that starts later will listen is not known: it may be told otherwise.
        let base = settings
            .certificate_base_url
            .clone()
            .or_else(|| bound.and(own_address.clone()));

        // The certificate that signs is part of the terms that decisions are given, and it is kept
        // in the store: so the store is opened once to find it, and then for good.
        let first = kept::open(&settings, String::new(), &desk, None)
            .await?
            .store;
        let alone = kept::alone(&settings).await?;
        let now = first.now().await.map_err(store_error)?.real;
        let ring = KeyRing::open(&*first, &vault, base.as_deref(), now).await;
        drop(alone);
        first.close().await;
        drop(first);
        let keyring = Arc::new(ring?);
        let certificate = keyring.current().url.clone();
        let kept = kept::open(&settings, certificate, &desk, watch).await?;

        let app = Arc::new(App {
            names: PublicNames::new(&settings.public_names),
            store: kept.store,
            vault: vault.clone(),
            keyring,
            access: crate::access::AccessCache::default(),
            stand_ins: crate::stand_ins::StandIns::default(),
            counters: crate::counters::Counters::default(),
            workers: std::sync::OnceLock::new(),
            images: Images::new(later::allowed(&settings)?, settings.mode)
                .map_err(|error| bad("notify_private", error))?,
            clock: kept.clock,
            own_address,
            settings,
        });
        Ok(Opened {
            app,
            desk,
            vault,
            lock,
        })
    }

    /// Closes everything.
    pub async fn close(self) {
        self.app.store.close().await;
        drop(self.lock);
    }
}

/// A server that listens and works.
pub struct Running {
    opened: Opened,
    workers: Arc<Workers>,
    stop: watch::Sender<bool>,
    listeners: JoinSet<()>,
    processor: Arc<SandboxProcessor>,
}

impl Running {
    /// Starts listening and working.
    pub async fn start(settings: Settings) -> Result<Running, BootError> {
        Running::start_watched(settings, None).await
    }

    /// The same with somebody who watches the store's batches: for tests and tools.
    pub async fn start_watched(
        settings: Settings,
        watch: Option<Watch>,
    ) -> Result<Running, BootError> {
        let tls = settings.tls.as_ref().map(tls::acceptor).transpose()?;
        let listener = listen(settings.listen).await?;
        let bound = listener.local_addr();
        let bound = bound.map_err(|error| not_listening(settings.listen, &error))?;
        let operations = match settings.operations_listen {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        let opened = Opened::open_at(settings, Some(bound), watch).await?;
        let app = opened.app.clone();
        let processor = Arc::new(later::open_processor(&app)?);
        let workers = later::start_workers(&opened, processor.clone())?;
        let workers = Arc::new(workers);
        let figures = Arc::downgrade(&workers);
        let read = move || {
            figures
                .upgrade()
                .map_or_else(Vec::new, |workers| workers.figures())
        };
        let set = app.workers.set(Arc::new(read));
        assert!(set.is_ok(), "workers are started once");

        let stop = watch::Sender::new(false);
        let mut listeners = JoinSet::new();
        let door = if operations.is_some() {
            Door::Public
        } else {
            Door::All
        };
        listeners.spawn(http::serve(
            app.clone(),
            listener,
            tls,
            door,
            stop.subscribe(),
        ));
        if let Some(operations) = operations {
            let stop = stop.subscribe();
            listeners.spawn(http::serve(
                app.clone(),
                operations,
                None,
                Door::Operations,
                stop,
            ));
        }
        if app.settings.database.is_some() {
            listeners.spawn(kept::follow_keys(app.clone(), stop.subscribe()));
        }
        let socket = admin_socket(&app)?;
        listeners.spawn(admin::serve(app, socket, stop.subscribe()));
        Ok(Running {
            opened,
            workers,
            stop,
            listeners,
            processor,
        })
    }

    /// Where it listens: `http://127.0.0.1:8480`.
    pub fn address(&self) -> &str {
        let bound = self.opened.app.own_address.as_deref();
        bound.expect("what is bound has a port")
    }

    /// The shared parts.
    pub fn app(&self) -> &Arc<App> {
        &self.opened.app
    }

    /// The sandbox processor.
    pub fn processor(&self) -> &Arc<SandboxProcessor> {
        &self.processor
    }

    /// Looks for due work now: after product time was moved.
    pub fn nudge(&self) {
        self.workers.nudge();
    }

    /// Finishes what was begun, and closes.
    pub async fn stop(self) {
        let Running {
            opened,
            workers,
            stop,
            mut listeners,
            processor,
        } = self;
        stop.send_replace(true);
        while listeners.join_next().await.is_some() {}
        let _ = std::fs::remove_file(opened.app.settings.admin_path());
        if let Some(workers) = Arc::into_inner(workers) {
            workers.stop(Duration::from_secs(WORKERS_STOP_S_MAX)).await;
        }
        opened.close().await;
        drop(processor);
    }
}

fn master_keys(settings: &Settings) -> Result<MasterKeys, BootError> {
    let loaded = match &settings.master_key {
        Some(text) => MasterKeys::parse(text).map_err(|error| error.to_string()),
        None => vault::load_or_create(&settings.data.join("master.key"), random::bytes())
            .map_err(|error| error.to_string()),
    };
    loaded.map_err(BootError::MasterKey)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn store_error(outage: store::Outage) -> BootError {
    BootError::Store(outage.to_string())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, BootError> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| not_listening(address, &error))
}

fn not_listening(address: SocketAddr, error: &std::io::Error) -> BootError {
    BootError::Listen {
        address: address.to_string(),
        reason: error.to_string(),
    }
}

/// The socket of a server that was killed is in the way; the folder's lock says that it is dead.
fn admin_socket(app: &Arc<App>) -> Result<UnixListener, BootError> {
    let path = app.settings.admin_path();
    let failed = |error: std::io::Error| BootError::Listen {
        address: path.display().to_string(),
        reason: error.to_string(),
    };
    match std::fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let socket = UnixListener::bind(&path).map_err(failed)?;
    let only_owner = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&path, only_owner).map_err(failed)?;
    Ok(socket)
}

/// None where only a start shows which port it is.
fn own_address(settings: &Settings, bound: Option<SocketAddr>) -> Option<String> {
    let scheme = if settings.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let address = bound.unwrap_or(settings.listen);
    (address.port() != 0).then(|| format!("{scheme}://{address}"))
}
