//! Where the database is, and how a connection is made.

use std::time::Duration;

use store::Outage;
use tokio::task::AbortHandle;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::{Client, Config, NoTls};

use crate::error::outage;
use crate::hosts::one_by_one;
use crate::tls::Rustls;

/// How long one attempt to connect may take, unless the address says otherwise; and as long again until
/// the server has let us in.
const CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);
/// How long sent bytes may stay unanswered before the connection counts as lost.
pub(crate) const SILENCE_MAX: Duration = Duration::from_secs(15);

/// What every connection is set to. Each is a statement of its own: an engine that does not know a
/// planner's switch keeps the others.
const SETTINGS: [&str; 6] = [
    "SET plan_cache_mode = 'force_generic_plan'",
    "SET enable_seqscan = off",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET jit = off",
    // A lane cut off in the middle of a batch must not hold its rows for ever.
    "SET idle_in_transaction_session_timeout = '15s'",
];

/// How long a node may be alone: time enough to make a key on a slow machine.
const ALONE_MAX: &str = "SET idle_in_transaction_session_timeout = '2min'";

/// What others call what `require` means here.
const STRICTER: [&str; 2] = ["sslmode=verify-full", "sslmode=verify-ca"];

/// A connection, and the task that moves its bytes.
pub(crate) struct Connected {
    pub(crate) client: Client,
    pub(crate) driver: AbortHandle,
}

/// Where the database is: `postgres://user:password@host1,host2/name?options`.
#[derive(Clone)]
pub struct Address {
    config: Config,
    tls: Option<Rustls>,
}

impl std::fmt::Debug for Address {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (hosts, ports) = (self.config.get_hosts(), self.config.get_ports());
        let name = self.config.get_dbname();
        write!(f, "{hosts:?} {ports:?} {name:?}")
    }
}

impl Address {
    /// Reads an address. With several hosts, the one that takes writes is used. `authorities` is a
    /// PEM file's content: whom to trust for TLS instead of the usual authorities. A server that is
    /// spoken to in TLS is always verified in full, whatever the mode is called.
    ///
    /// # Errors
    /// Words that do not repeat the address, which may hold a password.
    pub fn parse(text: &str, authorities: Option<&[u8]>) -> Result<Address, String> {
        let parsed: Result<Config, _> = required(text).parse();
        let mut config = parsed.map_err(|problem| problem.to_string())?;
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        config.tcp_user_timeout(SILENCE_MAX);
        config.keepalives_idle(SILENCE_MAX);
        config.application_name("holdfast");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_WAIT_MAX);
        }
        let plain = config.get_ssl_mode() == SslMode::Disable;
        let tls = (!plain).then(|| Rustls::new(authorities)).transpose()?;
        Ok(Address { config, tls })
    }

    /// Opens a connection and sets it up. Its driver runs as a task of its own and ends with it.
    ///
    /// # Errors
    /// [`Outage::Failed`] when the database cannot be reached.
    pub async fn connect(&self) -> Result<Client, Outage> {
        self.open().await.map(|connected| connected.client)
    }

    /// Tries each host by itself, so that one that takes connections and says nothing keeps nobody
    /// from the next.
    pub(crate) async fn open(&self) -> Result<Connected, Outage> {
        let wait = self.config.get_connect_timeout();
        let wait_max = 2 * wait.copied().unwrap_or(CONNECT_WAIT_MAX);
        let mut last = None;
        for host in one_by_one(&self.config).await {
            match tokio::time::timeout(wait_max, self.open_one(&host)).await {
                Ok(Ok(connected)) => return Ok(connected),
                Ok(Err(outage)) => last = Some(outage),
                Err(_) => last = Some(unreached(format!("no answer within {wait_max:?}"))),
            }
        }
        Err(last.unwrap_or_else(|| unreached("the address names no host".to_owned())))
    }

    async fn open_one(&self, host: &Config) -> Result<Connected, Outage> {
        let connecting = outage("connecting to the database");
        let (client, driver) = match &self.tls {
            None => {
                let (client, driver) = host.connect(NoTls).await.map_err(connecting)?;
                (client, tokio::spawn(driver).abort_handle())
            }
            Some(tls) => {
                let connected = host.connect(tls.clone()).await;
                let (client, driver) = connected.map_err(connecting)?;
                (client, tokio::spawn(driver).abort_handle())
            }
        };
        for setting in SETTINGS {
            if let Err(problem) = client.batch_execute(setting).await {
                if client.is_closed() {
                    return Err(outage("connecting to the database")(problem));
                }
                tracing::debug!(%problem, setting, "the database does not know this setting");
            }
        }
        Ok(Connected { client, driver })
    }

    /// A connection that writes: what it commits is on disk before it says so.
    pub(crate) async fn connect_durably(&self) -> Result<Connected, Outage> {
        let connected = self.open().await?;
        let client = &connected.client;
        let looked = tokio::time::timeout(SILENCE_MAX, ask_for_durability(client)).await;
        looked.map_err(|_| unreached(format!("no answer within {SILENCE_MAX:?}")))??;
        Ok(connected)
    }
}

/// Sets `synchronous_commit` where it is less than it must be.
async fn ask_for_durability(client: &Client) -> Result<(), Outage> {
    let asking = outage("looking at synchronous_commit");
    let row = client.query_one("SHOW synchronous_commit", &[]).await;
    let said: String = row.and_then(|row| row.try_get(0)).map_err(asking)?;
    if !["on", "remote_apply"].contains(&said.as_str()) {
        let set = client.batch_execute("SET synchronous_commit = on").await;
        set.map_err(outage("setting synchronous_commit"))?;
        tracing::warn!(
            said,
            "synchronous_commit was not on; this session has set it"
        );
    }
    // No session can set this one; an engine without it answers with an error.
    let row = client.query_one("SHOW fsync", &[]).await;
    if row.is_ok_and(|row| row.try_get::<_, &str>(0).is_ok_and(|said| said == "off")) {
        tracing::error!("the server's fsync is off: what it commits is lost with the power");
    }
    Ok(())
}

fn unreached(reason: String) -> Outage {
    Outage::Failed {
        doing: "connecting to the database",
        reason,
    }
}

/// The address with the one name that the client's library has for TLS that must be.
fn required(text: &str) -> String {
    let (before, options) = text.split_at(text.find('?').unwrap_or(0));
    let mut options = options.to_owned();
    for stricter in STRICTER {
        options = options.replace(stricter, "sslmode=require");
    }
    format!("{before}{options}")
}

/// Keeps the others who ask for the same from going on, until it is dropped.
pub struct Alone(#[expect(dead_code, reason = "the connection holds the lock")] Client);

impl Alone {
    /// Waits until nobody else is alone. It locks the schema's row, which must be there.
    ///
    /// # Errors
    /// [`Outage::Failed`] when the database cannot be reached.
    pub async fn wait(address: &Address) -> Result<Alone, Outage> {
        let client = address.connect().await?;
        let alone_max = client.batch_execute(ALONE_MAX).await;
        alone_max.map_err(outage("waiting for other nodes to start"))?;
        let lock = "BEGIN; SELECT version FROM schema WHERE id = 1 FOR UPDATE";
        let locked = client.batch_execute(lock).await;
        locked.map_err(outage("waiting for other nodes to start"))?;
        Ok(Alone(client))
    }
}
