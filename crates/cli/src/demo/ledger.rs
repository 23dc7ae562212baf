//! The ledger as a table whose columns add up.

use std::collections::BTreeMap;

use ledger::{AccountKind, Layer};
use payments::AccountKey;
use server::boot::Running;
use store::{Found, Query};

use super::tell::paint;
use crate::{Failure, check};

/// Prints every ledger account of both layers, and the sums.
pub async fn print(
    running: &Running,
    names: &BTreeMap<AccountKey, &'static str>,
) -> Result<(), Failure> {
    let found = running
        .app()
        .store
        .find(Query::LedgerSums)
        .await
        .map_err(Failure::untried)?;
    let Found::Sums(sums) = found else {
        return Err(Failure::untried("the store gave another answer"));
    };
    for (layer, title) in [(Layer::Money, "Money"), (Layer::Hold, "Holds")] {
        let head = format!(
            "{title:<36}{:>14}{:>14}{:>14}",
            "debits", "credits", "balance"
        );
        println!("   {}", paint("1", &head));
        let (mut debits, mut credits) = (0, 0);
        for sum in sums.iter().filter(|sum| sum.layer == layer) {
            let owner = if sum.account.kind.is_system() {
                "provider"
            } else {
                let owner = AccountKey(sum.account.owner);
                names.get(&owner).copied().unwrap_or("?")
            };
            line(
                &format!("{} · {owner}", name(sum.account.kind)),
                sum.debits,
                sum.credits,
            );
            debits += sum.debits;
            credits += sum.credits;
        }
        println!("   {}", "─".repeat(78));
        line("all", debits, credits);
        if debits != credits {
            return Err(Failure::wrong("the ledger does not add up"));
        }
        println!();
    }
    Ok(())
}

/// What `holdfast check` says about the books of the running server.
pub fn prove(running: &Running) -> Result<(), Failure> {
    let report = check::prove(&running.app().settings.store_path(), None, false)?;
    if !report.is_sound() {
        println!("{report}");
        return Err(Failure::wrong("the books are wrong"));
    }
    let counts = report.counts;
    println!(
        "   {} {} transactions, {} events, {} postings: every balance derived again. The books are sound.",
        paint("32", "✓"),
        counts.transactions,
        counts.events,
        counts.postings
    );
    Ok(())
}

fn name(kind: AccountKind) -> &'static str {
    kind.name()
}

fn line(name: &str, debits: i64, credits: i64) {
    let balance = credits - debits;
    println!(
        "   {name:<36}{:>14}{:>14}{:>14}",
        money(debits),
        money(credits),
        money(balance)
    );
}

fn money(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    format!(
        "{sign}{}.{:02}",
        micros / 1_000_000,
        micros % 1_000_000 / 10_000
    )
}
