//! How fast reservations and their answers go through the store.
//!
//! `cargo run --release -p store-postgres --example postgres-pace -- URL LANES [PAIRS] [IN_FLIGHT] [TOKENS]`
//! on an empty database.

use std::sync::Arc;

use payments::Terms;
use store::Store;
use store::conformance::pace::{Load, Passing};
use store_postgres::{Address, Options, PostgresStore};

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the address of an empty database");
    let lanes = arguments.next().expect("how many lanes");
    let load = Load::of(arguments);
    let address = Address::parse(&url, None).expect("an address");
    let (handover, work) = Passing::new();
    let mut options = Options::new(Terms::sandbox(), Arc::new(handover));
    options.lanes = lanes.parse().expect("a number");
    let opened = PostgresStore::open(&address, options).await;
    let store = Arc::new(opened.expect("opened"));
    println!("{}", load.drive(&store, work).await);
    for (name, value) in store.figures() {
        println!("{name} {value}");
    }
    store.close().await;
}
