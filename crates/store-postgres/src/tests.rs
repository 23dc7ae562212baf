//! What every store does, and what only this one must.

use std::collections::HashMap;
use std::sync::Arc;

use payments::{ChangeSet, ReadSet, Timestamp, WorkId, WorkingSet};
use store::conformance::{self, Bench, Parts};
use store::{Backend, BatchRow, Outage, Setup, Store};
use test_kit::postgres::rows;
use tokio::runtime::Handle;

use crate::connect::Address;
use crate::known::{Known, Locking};
use crate::load::{Reading, Target, load};
use crate::session::Session;
use crate::write::{check, write};
use crate::{Options, PostgresStore, lease, migrate};

mod activity;
mod checks;
mod failures;
mod lanes;
mod load;
mod marks;
mod migrations;
mod plans;
mod portable;
mod races;
mod tls;
mod wait;

fn options(setup: Setup) -> Options {
    let Setup {
        terms,
        clock,
        entropy,
        handover,
        watch,
    } = setup;
    Options {
        clock: Some(clock),
        entropy,
        watch,
        ..Options::new(terms, handover)
    }
}

fn address(url: &str) -> Address {
    Address::parse(url, None).expect("an address")
}

/// Databases by the names of their stores.
#[derive(Default)]
struct Databases(HashMap<String, String>);

impl Bench for Databases {
    fn open(&mut self, name: &str, setup: Setup) -> Arc<dyn Store> {
        let url = self
            .0
            .entry(name.to_owned())
            .or_insert_with(test_kit::postgres::database);
        let address = address(url);
        let opening = PostgresStore::open(&address, options(setup));
        let opened = tokio::task::block_in_place(|| Handle::current().block_on(opening));
        Arc::new(opened.expect("opened"))
    }

    fn keeps(&self) -> bool {
        true
    }

    fn run_sql(&mut self, name: &str, sql: &str) {
        let url = self.0.get(name).expect("a store of this name");
        rows(url, sql);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_does_what_every_store_does() {
    conformance::run(&mut Databases::default()).await;
}

/// One connection, driven as if it blocked.
struct Blocking {
    session: Session,
    known: Known,
}

impl Blocking {
    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::task::block_in_place(|| Handle::current().block_on(future))
    }

    fn run(&self, sql: &str) -> Result<(), Outage> {
        Self::wait(self.session.client().batch_execute(sql))
            .map_err(crate::error::outage("running"))
    }
}

impl Backend for Blocking {
    fn begin(&mut self) -> Result<(), Outage> {
        self.known = Known::default();
        self.run("BEGIN")
    }

    fn load(&mut self, want: &ReadSet, seen: &mut WorkingSet) -> Result<(), Outage> {
        let (locking, hints) = (Locking::default(), WorkingSet::default());
        let target = Target {
            seen,
            known: &mut self.known,
        };
        let (locking, hints, late) = (&locking, &hints, false);
        let reading = Reading::Deciding {
            locking,
            hints,
            late,
        };
        let loaded = Self::wait(load(&mut self.session, Vec::new(), want, reading, target));
        loaded
            .map(drop)
            .map_err(|failure| failure.into_outage("loading"))
    }

    fn write(&mut self, changes: &ChangeSet, batch: Option<&BatchRow>) -> Result<(), Outage> {
        let mut want = ReadSet::default();
        macro_rules! name {
            ($($table:ident: $kind:ident),*) => {
                $(want.$table.extend(changes.$table.iter().map(|(key, _)| key.clone()));)*
            };
        }
        crate::tables::each_table!(name);
        self.load(&want, &mut WorkingSet::default())?;
        let batch = batch.expect("the suite writes batches");
        let written = async {
            let steps = write(&mut self.session, changes, &self.known, batch).await?;
            let replies = self.session.pipeline(&steps).await?;
            Ok(check(&steps, &replies)?)
        };
        Self::wait(written).map_err(|failure: crate::error::Failure| failure.into_outage("writing"))
    }

    fn put_aside(&mut self, _works: &[WorkId], _leased_until: Timestamp) -> Result<(), Outage> {
        unreachable!("whoever drives a connection like this claims no work")
    }

    fn commit(&mut self) -> Result<(), Outage> {
        self.run("COMMIT")
    }

    fn roll_back(&mut self) {
        self.run("ROLLBACK").expect("rolled back");
    }

    fn last_batch(&mut self, lane: u16) -> Result<Option<BatchRow>, Outage> {
        Self::wait(lease::last_batch(self.session.client(), lane))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_comes_back() {
    let address = address(&test_kit::postgres::database());
    let mode = Parts::new().setup(1).terms.mode;
    migrate(&address, mode).await.expect("migrated");
    let connected = address.connect_durably().await.expect("connected");
    let mut backend = Blocking {
        session: Session::over(connected),
        known: Known::default(),
    };
    conformance::rows(&mut backend);
}
