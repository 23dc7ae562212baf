//! `serve` and `migrate`.

use std::time::Duration;

use server::boot::{Opened, Running};
use server::config::{Flags, Settings, from_environment};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::arguments::Place;
use crate::{Done, Failure};

/// Seconds for everything to finish at a stop.
const STOP_S_MAX: u64 = 10;

/// The settings that file, environment and flags make.
pub fn settings(place: &Place, listen: Option<String>) -> Result<Settings, Failure> {
    let flags = Flags {
        data: place.data.clone(),
        listen,
        database: place.database.clone(),
        config: place.config.clone(),
    };
    Settings::load(&flags).map_err(Failure::untried)
}

/// Runs the server until it is told to stop.
pub async fn run(place: &Place, listen: Option<String>) -> Done {
    let settings = settings(place, listen)?;
    log_to_stderr(settings.log_json);
    #[cfg(feature = "failpoints")]
    if let Some(point) = from_environment("HOLDFAST_FAILPOINT") {
        workers::failpoint::set(&point);
    }
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::untried)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::untried)?;
    let running = Running::start(settings).await.map_err(Failure::untried)?;
    println!("holdfast listens on {}", running.address());
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping: finishing what was begun");
    let stopped = tokio::time::timeout(Duration::from_secs(STOP_S_MAX), running.stop()).await;
    if stopped.is_err() {
        tracing::warn!("not everything finished in time; what was left goes on at the next start");
    }
    Ok(())
}

/// Opens the store, which brings it to this version's schema, and closes it.
pub async fn migrate(place: &Place) -> Done {
    let settings = settings(place, None)?;
    let opened = Opened::open(settings).await.map_err(Failure::untried)?;
    opened.close().await;
    println!("the store has this version's schema");
    Ok(())
}

fn log_to_stderr(json: bool) {
    let filter = from_environment("HOLDFAST_LOG").unwrap_or_else(|| "info".to_owned());
    let builder = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(EnvFilter::new(filter));
    let set = if json {
        builder.json().try_init()
    } else {
        let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
        builder.with_ansi(colours).try_init()
    };
    if set.is_err() {
        eprintln!("holdfast: a log is set up already");
    }
}
