//! `check`: the books, proved.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use audit::{Books, Options, PostgresBooks, Progress, Report, SqliteBooks};
use serde_json::json;
use server::config::{Database, is_postgres};

use crate::arguments::Place;
use crate::{Done, Failure, serve};

/// Proves the books of a server, running or not, or of a backup named as the database.
pub fn run(place: &Place, resume: Option<&Path>, json: bool) -> Done {
    let report = match &place.database {
        Some(file) if !is_postgres(file) => prove(Path::new(file), resume, !json)?,
        Some(_) | None => {
            let settings = serve::settings(place, None)?;
            match &settings.database {
                Some(database) => prove_on_postgres(database, resume, !json)?,
                None => prove(&settings.store_path(), resume, !json)?,
            }
        }
    };
    if json {
        println!("{}", as_json(&report));
    } else {
        println!("{report}");
    }
    if report.is_sound() {
        Ok(())
    } else {
        Err(Failure::wrong("the books are wrong"))
    }
}

/// Proves the books in a file.
pub fn prove(path: &Path, resume: Option<&Path>, talk: bool) -> Result<Report, Failure> {
    if !path.is_file() {
        return Err(Failure::untried(format!(
            "there is no store at {}",
            path.display()
        )));
    }
    let mut books = SqliteBooks::open(path).map_err(Failure::untried)?;
    walk(&mut books, resume, talk)
}

/// Proves the books on PostgreSQL. Blocks a thread of the runtime while it reads.
fn prove_on_postgres(
    database: &Database,
    resume: Option<&Path>,
    talk: bool,
) -> Result<Report, Failure> {
    let address = server::boot::address(database).map_err(Failure::untried)?;
    tokio::task::block_in_place(|| {
        let handle = tokio::runtime::Handle::current();
        let client = handle
            .block_on(address.connect())
            .map_err(Failure::untried)?;
        walk(&mut PostgresBooks::over(client, handle), resume, talk)
    })
}

fn walk(books: &mut impl Books, resume: Option<&Path>, talk: bool) -> Result<Report, Failure> {
    let progress = match resume {
        Some(file) if file.is_file() => {
            let text = std::fs::read_to_string(file).map_err(Failure::untried)?;
            Some(Progress::read_from(&text).map_err(Failure::untried)?)
        }
        Some(_) | None => None,
    };
    let began = Instant::now();
    let mut shown = Instant::now();
    let talk = talk && std::io::stderr().is_terminal();
    let mut on_progress = |progress: &Progress| {
        if shown.elapsed().as_millis() < 500 {
            return;
        }
        shown = Instant::now();
        if talk {
            let (step, done) = (progress.step(), progress.counts().transactions);
            eprint!("\r{step}: {done} transactions … ");
            let _ = std::io::stderr().flush();
        }
        if let Some(file) = resume {
            keep(file, progress);
        }
    };
    let options = Options {
        progress,
        chunk: audit::CHUNK,
        findings_max: audit::FINDINGS_MAX,
        on_progress: &mut on_progress,
        elapsed: &|| began.elapsed(),
    };
    let report = audit::check(books, options).map_err(Failure::untried)?;
    if talk {
        eprint!("\r\x1b[K");
    }
    if let Some(file) = resume {
        let _ = std::fs::remove_file(file);
    }
    Ok(report)
}

/// Progress that cannot be kept costs time at the next start, nothing else.
fn keep(file: &Path, progress: &Progress) {
    let part = file.with_extension("part");
    let written = std::fs::File::create(&part).and_then(|mut to| progress.write_to(&mut to));
    if written.and_then(|()| std::fs::rename(&part, file)).is_err() {
        eprintln!(
            "holdfast: the progress could not be kept in {}",
            file.display()
        );
    }
}

/// The report for scripts.
pub fn as_json(report: &Report) -> serde_json::Value {
    let findings = report.findings.kept.iter().map(|finding| {
        json!({
            "code": finding.code.text(),
            "key": finding.key,
            "transaction": finding.id,
            "text": finding.text,
        })
    });
    let sums = report.sums.iter().map(|sum| {
        json!({
            "kind": sum.name,
            "debits": sum.debits.to_string(),
            "credits": sum.credits.to_string(),
        })
    });
    json!({
        "sound": report.is_sound(),
        "transactions": report.counts.transactions,
        "refunds": report.counts.refunds,
        "postings": report.counts.postings,
        "events": report.counts.events,
        "references": report.counts.references,
        "accounts": report.counts.accounts,
        "findings": findings.collect::<Vec<_>>(),
        "sums": sums.collect::<Vec<_>>(),
        "took_ms": u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
    })
}
