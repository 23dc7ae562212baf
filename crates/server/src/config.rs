//! Settings: a file, the environment over it, flags over that; checked once, at start.
//!
//! Every setting is documented in `docs/configuration.md`; a test holds the two together.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use money::{Amount, Currency};
use payments::{FeeSchedule, Mode, Terms};

mod database;
mod fees;
mod file;

pub use database::{Database, is_postgres};
pub use file::{File, NAMES, Tier};

/// The settings of a server, as typed values.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct Settings {
    /// Where the embedded store and its neighbours live.
    pub data: PathBuf,
    /// Where the books are kept instead of the embedded store.
    pub database: Option<Database>,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// Where `/healthz`, `/readyz` and `/metrics` are served instead, when set.
    pub operations_listen: Option<SocketAddr>,
    /// Sandbox or production.
    pub mode: Mode,
    /// The provider's name on pages.
    pub provider: String,
    /// Public addresses under which clients know this server.
    pub public_names: Vec<String>,
    /// The prefix of `certificateUrl`; the server's own address when absent.
    pub certificate_base_url: Option<String>,
    /// Certificate and key for TLS.
    pub tls: Option<Tls>,
    /// Proxies whose forwarding headers count.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether signature version 1 is taken.
    pub signature_version_1: bool,
    /// Whether a plain listener may be on another address than loopback.
    pub plain_http: bool,
    /// Outbound: loopback receivers are allowed.
    pub notify_loopback: bool,
    /// Outbound: private addresses are allowed.
    pub notify_private: bool,
    /// Processor calls under way at most.
    pub processor_calls_max: usize,
    /// Commands that may wait for the store at most.
    pub queue_commands_max: usize,
    /// The fees.
    pub fees: FeeSchedule,
    /// The most one transaction may move.
    pub amount_max: Amount,
    /// The most that an account may send or receive at once until its limits are lifted.
    pub limited_account_max: Option<Amount>,
    /// Logs as JSON.
    pub log_json: bool,
    /// Seconds that a slow test card takes.
    pub sandbox_slow_s: u64,
    /// The sandbox processor's statement, when it is not in the data folder.
    pub sandbox_statement: Option<PathBuf>,
    /// Seconds for which the sandbox processor knows a call by its key.
    pub sandbox_key_life_s: u64,
    /// Whether Pay and Reserve take token ids that name nothing.
    pub sandbox_accept_unknown_tokens: bool,
    /// The master keys as text, when they come from the environment.
    pub master_key: Option<String>,
}

/// Certificate and key for TLS, as PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// What the command line says; what it leaves open comes from the environment, then the file.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<String>,
    /// `--database`.
    pub database: Option<String>,
    /// `--config`.
    pub config: Option<PathBuf>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("setting `{name}`: {reason}")]
pub struct BadSetting {
    /// The setting, as the file names it.
    pub name: String,
    /// What is wrong with it.
    pub reason: String,
}

pub(crate) fn bad(name: &str, reason: impl std::fmt::Display) -> BadSetting {
    BadSetting {
        name: name.to_owned(),
        reason: reason.to_string(),
    }
}

/// The environment's value of a name: `None` when unset or empty.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one reader of the environment"
)]
pub fn from_environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Settings {
    /// Reads file, environment and flags, and checks everything.
    pub fn load(flags: &Flags) -> Result<Settings, BadSetting> {
        Settings::load_with(flags, &from_environment)
    }

    /// The same with a given environment.
    pub fn load_with(
        flags: &Flags,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Settings, BadSetting> {
        let from_env = |name: &str| environment(name).map(PathBuf::from);
        let path = flags.config.clone().or_else(|| from_env("HOLDFAST_CONFIG"));
        let mut file = match &path {
            Some(path) => File::read(path)?,
            None => File::default(),
        };
        let over = |value: &mut Option<String>, flag: Option<String>, name: &str| {
            *value = flag.or_else(|| environment(name)).or(value.take());
        };
        let data = flags.data.as_ref().map(|data| data.display().to_string());
        over(&mut file.data, data, "HOLDFAST_DATA");
        over(&mut file.listen, flags.listen.clone(), "HOLDFAST_LISTEN");
        over(
            &mut file.database,
            flags.database.clone(),
            "HOLDFAST_DATABASE",
        );
        over(
            &mut file.certificate_base_url,
            None,
            "HOLDFAST_CERTIFICATE_BASE_URL",
        );
        Settings::check(&file, environment("HOLDFAST_MASTER_KEY"))
    }

    fn check(file: &File, master_key: Option<String>) -> Result<Settings, BadSetting> {
        let mode = mode(file)?;
        let currency = Currency::USD;
        let settings = Settings {
            data: PathBuf::from(file.data.as_deref().unwrap_or("./holdfast-data")),
            database: database::database(file)?,
            listen: address("listen", file.listen.as_deref().unwrap_or("127.0.0.1:8480"))?,
            operations_listen: optional_address(
                "operations_listen",
                file.operations_listen.as_deref(),
            )?,
            mode,
            provider: file
                .provider
                .clone()
                .unwrap_or_else(|| "Holdfast".to_owned()),
            public_names: file.public_names.clone().unwrap_or_default(),
            certificate_base_url: base_url(file.certificate_base_url.clone())?,
            tls: tls(file)?,
            trusted_proxies: proxies(file.trusted_proxies.as_deref().unwrap_or_default())?,
            signature_version_1: file.signature_version_1.unwrap_or(mode == Mode::Sandbox),
            plain_http: file.plain_http.unwrap_or(false),
            notify_loopback: file.notify_loopback.unwrap_or(mode == Mode::Sandbox),
            notify_private: file.notify_private.unwrap_or(false),
            processor_calls_max: bounded(
                "processor_calls_max",
                file.processor_calls_max,
                workers::Settings::default().calls_at_once,
                0..=4_096,
            )?,
            queue_commands_max: bounded(
                "queue_commands_max",
                file.queue_commands_max,
                4_096,
                16..=1_000_000,
            )?,
            fees: fees::fees(file, currency)?,
            amount_max: whole_cents(
                "amount_max",
                file.amount_max.as_deref().unwrap_or("10000"),
                currency,
            )?,
            limited_account_max: match file.limited_account_max.as_deref() {
                Some(text) => Some(whole_cents("limited_account_max", text, currency)?),
                None => None,
            },
            log_json: file.log_json.unwrap_or(false),
            sandbox_slow_s: file.sandbox_slow_s.unwrap_or(5),
            sandbox_statement: file.sandbox_statement.as_ref().map(PathBuf::from),
            sandbox_key_life_s: bounded(
                "sandbox_key_life_s",
                file.sandbox_key_life_s,
                86_400,
                1..=604_800,
            )?
            .try_into()
            .unwrap_or(u64::MAX),
            sandbox_accept_unknown_tokens: file.sandbox_accept_unknown_tokens.unwrap_or(false),
            master_key,
        };
        settings.check_listener()?;
        Ok(settings)
    }

    fn check_listener(&self) -> Result<(), BadSetting> {
        let plain = self.tls.is_none() && !self.listen.ip().is_loopback();
        if plain && !self.plain_http {
            let reason = "plain HTTP is served on loopback only: set `tls_certificate` and \
                `tls_key`, or `plain_http = true` behind a proxy";
            return Err(bad("listen", reason));
        }
        if self.mode == Mode::Production && plain {
            return Err(bad(
                "plain_http",
                "production refuses plain HTTP beyond loopback",
            ));
        }
        Ok(())
    }

    /// What decisions are given.
    pub fn terms(&self, certificate: String) -> Terms {
        Terms {
            mode: self.mode,
            currency: self.amount_max.currency(),
            fees: self.fees.clone(),
            amount_max: self.amount_max,
            limited_max: self.limited_account_max,
            accept_unknown_tokens: self.sandbox_accept_unknown_tokens,
            certificate,
        }
    }

    /// The file of the embedded store.
    pub fn store_path(&self) -> PathBuf {
        self.data.join("holdfast.db")
    }

    /// The file of the sandbox processor's statement. The nodes of one database share one.
    pub fn statement_path(&self) -> PathBuf {
        let own = || self.data.join("sandbox-processor.db");
        self.sandbox_statement.clone().unwrap_or_else(own)
    }

    /// The admin socket.
    pub fn admin_path(&self) -> PathBuf {
        self.data.join("admin.sock")
    }
}

fn mode(file: &File) -> Result<Mode, BadSetting> {
    let mode = match file.mode.as_deref() {
        None | Some("sandbox") => Mode::Sandbox,
        Some("production") => Mode::Production,
        Some(other) => return Err(bad("mode", format!("`{other}` is no mode"))),
    };
    if mode == Mode::Production && file.sandbox_accept_unknown_tokens == Some(true) {
        let reason = "production takes no token that nobody has installed";
        return Err(bad("sandbox_accept_unknown_tokens", reason));
    }
    if mode == Mode::Production {
        let reason = "there is no processor for real cards yet: this version is sandbox only";
        return Err(bad("mode", reason));
    }
    Ok(mode)
}

fn address(name: &str, text: &str) -> Result<SocketAddr, BadSetting> {
    text.parse().map_err(|_| {
        bad(
            name,
            format!("`{text}` is no address such as 127.0.0.1:8480"),
        )
    })
}

fn optional_address(name: &str, text: Option<&str>) -> Result<Option<SocketAddr>, BadSetting> {
    text.map(|text| address(name, text)).transpose()
}

fn base_url(text: Option<String>) -> Result<Option<String>, BadSetting> {
    let Some(text) = text else {
        return Ok(None);
    };
    match signing::UrlParts::parse(&text) {
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(bad("certificate_base_url", error)),
    }
}

fn tls(file: &File) -> Result<Option<Tls>, BadSetting> {
    match (&file.tls_certificate, &file.tls_key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            for (name, path) in [("tls_certificate", certificate), ("tls_key", key)] {
                if !Path::new(path).is_file() {
                    return Err(bad(name, format!("`{path}` is no file")));
                }
            }
            Ok(Some(Tls {
                certificate: certificate.into(),
                key: key.into(),
            }))
        }
        (Some(_), None) => Err(bad("tls_key", "is missing beside `tls_certificate`")),
        (None, Some(_)) => Err(bad("tls_certificate", "is missing beside `tls_key`")),
    }
}

fn proxies(list: &[String]) -> Result<Vec<IpAddr>, BadSetting> {
    let parse = |text: &String| {
        text.parse()
            .map_err(|_| bad("trusted_proxies", format!("`{text}` is no IP address")))
    };
    list.iter().map(parse).collect()
}

fn bounded(
    name: &str,
    given: Option<usize>,
    usual: usize,
    range: std::ops::RangeInclusive<usize>,
) -> Result<usize, BadSetting> {
    let value = given.unwrap_or(usual);
    if range.contains(&value) {
        return Ok(value);
    }
    Err(bad(
        name,
        format!("{value} is not within {} to {}", range.start(), range.end()),
    ))
}

fn whole_cents(name: &'static str, text: &str, currency: Currency) -> Result<Amount, BadSetting> {
    let amount = Amount::parse(text, currency).map_err(|error| bad(name, error))?;
    let sensible = !amount.is_zero() && amount.is_whole_cents();
    sensible
        .then_some(amount)
        .ok_or_else(|| bad(name, "must be whole cents above zero"))
}

#[cfg(test)]
mod tests;
