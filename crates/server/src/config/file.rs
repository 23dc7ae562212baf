//! The settings file, as it is written.
//!
//! The fields have no prose here: `docs/configuration.md` documents each, and a test checks that.
#![expect(
    missing_docs,
    reason = "docs/configuration.md documents each, and a test checks that"
)]

use std::path::Path;

use serde::Deserialize;

use super::{BadSetting, bad};

/// Every setting of the file. An unknown name is an error, so that no setting is silently ignored.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub data: Option<String>,
    pub listen: Option<String>,
    pub operations_listen: Option<String>,
    pub database: Option<String>,
    pub database_ca: Option<String>,
    pub database_lanes: Option<usize>,
    pub mode: Option<String>,
    pub provider: Option<String>,
    pub public_names: Option<Vec<String>>,
    pub certificate_base_url: Option<String>,
    pub tls_certificate: Option<String>,
    pub tls_key: Option<String>,
    pub trusted_proxies: Option<Vec<String>>,
    pub signature_version_1: Option<bool>,
    pub plain_http: Option<bool>,
    pub notify_loopback: Option<bool>,
    pub notify_private: Option<bool>,
    pub processor_calls_max: Option<usize>,
    pub queue_commands_max: Option<usize>,
    pub amount_max: Option<String>,
    pub limited_account_max: Option<String>,
    pub log_json: Option<bool>,
    pub sandbox_slow_s: Option<u64>,
    pub sandbox_statement: Option<String>,
    pub sandbox_key_life_s: Option<usize>,
    pub sandbox_accept_unknown_tokens: Option<bool>,
    pub fees: Option<FeeFile>,
}

/// `[[fees.card]]`, `[[fees.bank]]`, `[[fees.balance]]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeFile {
    pub card: Option<Vec<Tier>>,
    pub bank: Option<Vec<Tier>>,
    pub balance: Option<Vec<Tier>>,
}

/// One line of a fee schedule.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    pub from: Option<String>,
    pub percent: Option<String>,
    pub fixed: Option<String>,
    pub minimum: Option<String>,
    pub round_to: Option<String>,
}

/// The names of all settings: `docs/configuration.md` has a line for each.
pub const NAMES: [&str; 35] = [
    "data",
    "listen",
    "operations_listen",
    "database",
    "database_ca",
    "database_lanes",
    "mode",
    "provider",
    "public_names",
    "certificate_base_url",
    "tls_certificate",
    "tls_key",
    "trusted_proxies",
    "signature_version_1",
    "plain_http",
    "notify_loopback",
    "notify_private",
    "processor_calls_max",
    "queue_commands_max",
    "amount_max",
    "limited_account_max",
    "log_json",
    "sandbox_slow_s",
    "sandbox_statement",
    "sandbox_key_life_s",
    "sandbox_accept_unknown_tokens",
    "fees",
    "fees.card",
    "fees.bank",
    "fees.balance",
    "from",
    "percent",
    "fixed",
    "minimum",
    "round_to",
];

impl File {
    /// Reads a settings file.
    pub fn read(path: &Path) -> Result<File, BadSetting> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| bad("config", format!("{}: {error}", path.display())))?;
        File::parse(&text).map_err(|error| bad("config", format!("{}: {error}", path.display())))
    }

    /// Reads the text of a settings file.
    pub fn parse(text: &str) -> Result<File, toml::de::Error> {
        toml::from_str(text)
    }
}
