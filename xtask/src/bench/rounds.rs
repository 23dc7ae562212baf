//! The run: rounds in which every side has its turn, forwards and backwards by turns.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::child::{Folder, Server};
use super::goals;
use super::holdfast::Holdfast;
use super::load::{Load, Tally};
use super::machine;
use super::options::Options;
use super::report::{self, Report};
use super::script::Script;
use super::side::Side;
use super::world;
use crate::run::{Failure, Outcome};

/// What one turn of one side came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// What was done: reservations, or lives.
    pub done: u64,
    /// From the first request until everything was answered, the processor included.
    pub took: Duration,
    /// Done each second.
    pub rate: u64,
    /// Half of the Reserve requests took at most this.
    pub p50: Duration,
    /// Nine of ten took at most this.
    pub p90: Duration,
    /// 99 of 100 took at most this.
    pub p99: Duration,
    /// The longest.
    pub longest: Duration,
    /// The most memory the server had resident.
    pub memory_kib: u64,
    /// Processor time of the server for each thing done, in nanoseconds.
    pub cpu_ns: u64,
    /// Bytes of the database for each transaction; zero for the ceiling.
    pub bytes_each: u64,
    /// Settles sent before the processor's answer.
    pub early: u64,
}

/// The turns of one round.
pub type Round = Vec<(Side, Figures)>;

/// Where things are.
struct Place {
    /// The server under test.
    binary: PathBuf,
    /// This program.
    own: PathBuf,
    /// Where each turn gets its folder: on the disk that is measured.
    work: PathBuf,
}

/// Measures, prints, and writes what was asked for.
pub fn run(_: &Path, typed: &[String]) -> Outcome {
    let options = Options::parse(typed)?;
    let place = Place::find()?;
    std::fs::create_dir_all(&place.work)
        .map_err(|error| Failure::because(format!("{}: {error}", place.work.display())))?;
    let flushes = machine::flushes(&place.work)
        .map_err(|error| Failure::because(format!("timing a flush: {error}")))?;
    let sides = goals::sides(&options.sides);
    let mut rounds = Vec::new();
    for number in 0..options.rounds {
        rounds.push(round(&place, &options, &sides, number)?);
    }
    let report = Report {
        options: &options,
        rounds: &rounds,
        flushes: &flushes,
    };
    print!("{}", report.text());
    if let Some(path) = &options.json {
        let text = format!("{:#}\n", report.json());
        std::fs::write(path, text)
            .map_err(|error| Failure::because(format!("{}: {error}", path.display())))?;
    }
    Ok(())
}

impl Place {
    fn find() -> Result<Place, Failure> {
        let own = std::env::current_exe()
            .map_err(|error| Failure::because(format!("where this program lies: {error}")))?;
        let built = own.parent().unwrap_or(Path::new(".")).to_owned();
        let work = built.parent().unwrap_or(&built).join("bench");
        Ok(Place {
            binary: built.join("holdfast"),
            own,
            work,
        })
    }
}

fn round(
    place: &Place,
    options: &Options,
    sides: &[Side],
    number: usize,
) -> Result<Round, Failure> {
    let mut order = sides.to_vec();
    if number % 2 == 1 {
        order.reverse();
    }
    let mut round = Round::new();
    for side in order {
        let figures = turn(place, options, side)?;
        eprintln!(
            "  round {} of {}: {:<8} {:>7} /s",
            number + 1,
            options.rounds,
            side.name(),
            figures.rate
        );
        round.push((side, figures));
    }
    round.sort_by_key(|(side, _)| *side);
    Ok(round)
}

fn turn(place: &Place, options: &Options, side: Side) -> Result<Figures, Failure> {
    match side {
        Side::Ceiling => ceiling(place, options),
        Side::Reserve => holdfast(place, options, Script::Reserve),
        Side::Life => holdfast(place, options, Script::Life),
    }
}

fn ceiling(place: &Place, options: &Options) -> Result<Figures, Failure> {
    let server = Server::start(Command::new(&place.own).arg("bench-ceiling"))?;
    let load = load(options, &server, world::of_the_ceiling(), Script::Reserve);
    let (begun, before) = (Instant::now(), server.processor_time());
    let tally = load.drive()?;
    let took = begun.elapsed();
    let cpu_ns = each(
        server.processor_time().saturating_sub(before),
        tally.reserved,
    );
    let memory_kib = server.resident_kib_max().unwrap_or(0);
    Ok(Figures {
        memory_kib,
        cpu_ns,
        ..figures(&tally, tally.reserved, took)
    })
}

fn holdfast(place: &Place, options: &Options, script: Script) -> Result<Figures, Failure> {
    let name = format!("{}-{}", std::process::id(), report::name(script));
    let folder = Folder::make(place.work.join(name), options.keep)?;
    let server = Holdfast::start(&place.binary, folder)?;
    let load = load(options, server.server(), server.world()?, script);
    let (begun, before) = (Instant::now(), server.server().processor_time());
    let tally = load.drive()?;
    server.wait_answered()?;
    let took = begun.elapsed();
    let cpu = server.server().processor_time().saturating_sub(before);
    let memory_kib = server.server().resident_kib_max().unwrap_or(0);
    let books = server.prove(tally.reserved)?;
    let done = match script {
        Script::Reserve => tally.reserved,
        Script::Life => tally.settled,
    };
    let bytes_each = books.bytes_each;
    Ok(Figures {
        memory_kib,
        cpu_ns: each(cpu, done),
        bytes_each,
        ..figures(&tally, done, took)
    })
}

fn load(options: &Options, server: &Server, callers: Vec<world::Caller>, script: Script) -> Load {
    Load {
        address: server.address,
        callers: Arc::new(callers),
        script,
        connections: options.connections,
        threads: options.threads,
        seconds: options.seconds,
        references: options.references,
    }
}

fn figures(tally: &Tally, done: u64, took: Duration) -> Figures {
    Figures {
        done,
        took,
        rate: rate(done, took),
        p50: tally.latency.within(500),
        p90: tally.latency.within(900),
        p99: tally.latency.within(990),
        longest: tally.latency.longest(),
        early: tally.early,
        ..Figures::default()
    }
}

/// Nanoseconds for each thing done.
fn each(time: Duration, done: u64) -> u64 {
    let ns = time.as_nanos().checked_div(u128::from(done)).unwrap_or(0);
    u64::try_from(ns).unwrap_or(u64::MAX)
}

fn rate(done: u64, took: Duration) -> u64 {
    let each_second = u128::from(done) * 1_000_000 / took.as_micros().max(1);
    u64::try_from(each_second).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_whole_and_per_second() {
        assert_eq!(rate(64_000, Duration::from_secs(2)), 32_000);
        assert_eq!(rate(1, Duration::from_secs(3)), 0);
        assert_eq!(rate(5, Duration::ZERO), 5_000_000);
    }
}
