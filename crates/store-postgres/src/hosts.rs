//! The hosts of an address, one by one.
//!
//! The client's library waits for a host to take a connection, but then without limit for it to speak.
//! A machine that is frozen, or a disk that hangs, must not keep a node from the host that has taken
//! over; so each place is tried by itself, within a time.

use std::net::IpAddr;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, LoadBalanceHosts};

/// The port where the address says none.
const PORT: u16 = 5432;

/// An address of one place for each place that the address names, in their order. A name that means
/// several machines gives several; one that means none is kept as it is, and says so when it is tried.
pub(crate) async fn one_by_one(config: &Config) -> Vec<Config> {
    if config.get_load_balance_hosts() != LoadBalanceHosts::Disable {
        return vec![config.clone()];
    }
    let (hosts, addresses) = (config.get_hosts(), config.get_hostaddrs());
    let mut each = Vec::new();
    for at in 0..hosts.len().max(addresses.len()) {
        let ports = config.get_ports();
        let port = ports.get(at).or(ports.first()).copied().unwrap_or(PORT);
        let host = hosts.get(at);
        match (host, addresses.get(at)) {
            (_, Some(address)) => each.push(only(config, host, Some(*address), port)),
            (Some(Host::Tcp(name)), None) => {
                let found = tokio::net::lookup_host((name.as_str(), port)).await;
                let found: Vec<IpAddr> = found.map_or_else(
                    |_| Vec::new(),
                    |found| found.map(|place| place.ip()).collect(),
                );
                if found.is_empty() {
                    each.push(only(config, host, None, port));
                }
                for address in found {
                    each.push(only(config, host, Some(address), port));
                }
            }
            (Some(Host::Unix(_)) | None, None) => each.push(only(config, host, None, port)),
        }
    }
    each
}

/// The same address with one host.
fn only(config: &Config, host: Option<&Host>, address: Option<IpAddr>, port: u16) -> Config {
    let mut only = Config::new();
    only.ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .channel_binding(config.get_channel_binding())
        .target_session_attrs(config.get_target_session_attrs())
        .keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle())
        .port(port);
    if let Some(user) = config.get_user() {
        only.user(user);
    }
    if let Some(password) = config.get_password() {
        only.password(password);
    }
    if let Some(name) = config.get_dbname() {
        only.dbname(name);
    }
    if let Some(options) = config.get_options() {
        only.options(options);
    }
    if let Some(name) = config.get_application_name() {
        only.application_name(name);
    }
    if let Some(wait) = config.get_connect_timeout() {
        only.connect_timeout(*wait);
    }
    if let Some(silence) = config.get_tcp_user_timeout() {
        only.tcp_user_timeout(*silence);
    }
    if let Some(interval) = config.get_keepalives_interval() {
        only.keepalives_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        only.keepalives_retries(retries);
    }
    match host {
        Some(Host::Tcp(name)) => {
            only.host(name);
        }
        Some(Host::Unix(path)) => {
            only.host_path(path);
        }
        None => {}
    }
    if let Some(address) = address {
        only.hostaddr(address);
    }
    only
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_host_keeps_everything_else() {
        let text = "postgres://me:secret@127.0.0.1:1,127.0.0.2:2/books?connect_timeout=3\
            &sslmode=require&target_session_attrs=read-write&application_name=holdfast\
            &tcp_user_timeout=4&keepalives_idle=5&keepalives_interval=6&keepalives_retries=7\
            &options=-c%20geqo%3Doff&channel_binding=require";
        let config: Config = text.parse().expect("an address");
        let each = one_by_one(&config).await;
        let expected: [Config; 2] = [("127.0.0.1", "1"), ("127.0.0.2", "2")].map(|(host, port)| {
            let one = text.replace("127.0.0.1:1,127.0.0.2:2", &format!("{host}:{port}"));
            let mut one: Config = one.parse().expect("an address");
            one.hostaddr(host.parse().expect("an IP address"));
            one
        });
        assert_eq!(each, expected);
    }

    #[tokio::test]
    async fn a_socket_and_a_name_that_nobody_knows_are_tried_as_they_are() {
        for text in [
            "host=/run/postgresql user=me",
            "host=nobody.invalid user=me",
        ] {
            let config: Config = text.parse().expect("an address");
            let each = one_by_one(&config).await;
            let hosts: Vec<_> = each.iter().flat_map(Config::get_hosts).collect();
            assert_eq!(hosts, config.get_hosts().iter().collect::<Vec<_>>());
        }
    }
}
