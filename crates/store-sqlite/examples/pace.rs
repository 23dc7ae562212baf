//! How fast reservations and their answers go through the store.
//!
//! `cargo run --release -p store-sqlite --example pace -- FILE [PAIRS] [IN_FLIGHT] [TOKENS]`

use std::path::PathBuf;
use std::sync::Arc;

use payments::Terms;
use store::Store;
use store::conformance::pace::{Load, Passing};
use store_sqlite::{Options, SqliteStore};

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().expect("the file to be made"));
    let load = Load::of(arguments);
    let (handover, work) = Passing::new();
    let options = Options::new(Terms::sandbox(), Arc::new(handover));
    let store = Arc::new(SqliteStore::open(&path, options).expect("opened"));
    println!("{}", load.drive(&store, work).await);
    for (name, value) in store.figures() {
        println!("{name} {value}");
    }
    store.close().await;
    let bytes = std::fs::metadata(&path).expect("the file").len();
    println!("bytes {bytes}, {} a pair", bytes / load.pairs as u64);
}
