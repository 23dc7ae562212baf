//! Every figure that `/metrics` prints is explained, and nothing is explained that it does not print.

use std::collections::BTreeSet;

use test_kit::postgres::database;

use crate::harness::{Folder, Options, Server, get};

/// The figures that only PostgreSQL has.
const ON_POSTGRESQL: [(&str, &str); 2] = [
    ("holdfast_store_round_trips_total", "counter"),
    ("holdfast_store_lanes", "gauge"),
];

/// Names with their kinds.
type Figures = BTreeSet<(String, String)>;

fn pair((name, kind): (&str, &str)) -> (String, String) {
    (name.to_owned(), kind.to_owned())
}

/// The rows of the page's tables.
fn documented() -> Figures {
    let page = include_str!("../../../../docs/metrics.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (name, rest) = row.split_once("` | ").expect("a name in its cell");
        let (kind, what) = rest.split_once(" | ").expect("a kind in its cell");
        assert!(4 < what.len(), "{name} has no explanation");
        pair((name, kind))
    })
    .collect()
}

fn printed(server: &Server) -> Figures {
    let reply = get(server.address(), "/metrics", &[]).expect("metrics");
    let types = reply.body.lines();
    let types = types.filter_map(|line| line.strip_prefix("# TYPE "));
    types
        .map(|line| pair(line.split_once(' ').expect("a name and a kind")))
        .collect()
}

#[test]
fn every_figure_is_documented() {
    let folder = Folder::new("metrics");
    let server = Server::start(&folder.at("data"), &Options::default());
    let mut expected = documented();
    for figure in ON_POSTGRESQL {
        assert!(expected.remove(&pair(figure)), "the page has its own");
    }
    assert_eq!(printed(&server), expected);
}

#[test]
fn every_figure_on_postgresql_is_documented() {
    let folder = Folder::new("metrics-postgresql");
    let options = Options::default().with("HOLDFAST_DATABASE", &database());
    let server = Server::start(&folder.at("data"), &options);
    assert_eq!(printed(&server), documented());
}
