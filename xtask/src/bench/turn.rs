//! One turn of one measure: a server, a load, the figures, and the books.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::child::Server;
use super::figure::{Figure, Turn, ns, ns_each, rate, thousandths_of};
use super::filled::{self, FIRST, home, transactions};
use super::histogram::Histogram;
use super::holdfast::Holdfast;
use super::load::Load;
use super::measure::{FLUSH, LoadPlan, Measure, PEAK, Pace, Plan, References, Size};
use super::options::Options;
use super::place::{Place, at};
use super::script::Script;
use super::spread::{Round, Spread, values};
use super::tally::Tally;
use super::world::{self, Caller};
use super::{localstripe, machine, notified, postgres, reads, signatures, starts};
use crate::run::Failure;

/// What a turn may know: the place, the wishes, and the rounds so far, this one last.
pub struct Context<'a> {
    /// Where things are.
    pub place: &'a Place,
    /// What was asked for.
    pub options: &'a Options,
    /// The rounds so far.
    pub rounds: &'a [Round],
}

impl Context<'_> {
    /// Takes a measure.
    pub fn take(&self, measure: &Measure) -> Result<Turn, Failure> {
        match measure.plan {
            Plan::Flush => self.flush(),
            Plan::Ceiling(connections) => self.ceiling(connections),
            Plan::Load(plan) => self.load(measure.name, plan),
            Plan::Start(size) => starts::start(self, measure.name, size),
            Plan::Restart(size) => starts::restart(self, measure.name, size),
            Plan::Reads(size) => reads::reads(self, measure.name, size),
            Plan::Pace => reads::pace(self, measure.name),
            Plan::PostgresPace(at_once) => reads::postgres_pace(self, measure.name, at_once),
            Plan::Notified(per_second) => notified::notified(self, measure.name, per_second),
            Plan::Library => signatures::library(),
            Plan::OpenSsl => signatures::openssl(),
            Plan::Postgres(peer) => postgres::rate_of(self, peer),
            Plan::Localstripe => localstripe::payments(self),
        }
    }

    /// The transactions of a store of this size.
    pub fn transactions(&self, size: Size) -> u64 {
        transactions(size, self.options.size)
    }

    /// A server with callers on a folder of its own.
    pub fn server(
        &self,
        name: &str,
        size: Size,
        processor: bool,
    ) -> Result<(Holdfast, Vec<Caller>), Failure> {
        let home = home(self.place, name, self.transactions(size))?;
        if size == Size::Fresh {
            let server = home.start(processor)?;
            let callers = server.make_world()?;
            return Ok((server, callers));
        }
        let callers = home.callers()?;
        Ok((home.start(processor)?, callers))
    }

    /// A load as most are.
    pub fn usual_load(&self, server: &Server, callers: Vec<Caller>) -> Load {
        Load {
            address: server.address,
            callers: Arc::new(callers),
            script: Script::Reserve,
            connections: 64,
            threads: self.options.threads,
            seconds: self.options.seconds,
            references: References::Growing,
            first: FIRST,
            until_killed: false,
        }
    }

    fn flush(&self) -> Result<Turn, Failure> {
        let work = &self.place.work;
        let flushes = machine::flushes(work).map_err(|error| at(work, &error))?;
        Ok(times(&flushes))
    }

    fn ceiling(&self, connections: usize) -> Result<Turn, Failure> {
        let server = Server::start(Command::new(&self.place.own).arg("bench-ceiling"))?;
        let mut load = self.usual_load(&server, world::of_the_ceiling());
        load.connections = connections;
        let watch = Watch::begin(&server);
        let tally = load.drive()?;
        let mut turn = watch.end(&server, &tally, tally.reserved);
        if connections == 1 {
            self.count_in_flushes(&mut turn);
        }
        Ok(turn)
    }

    fn load(&self, name: &str, plan: LoadPlan) -> Result<Turn, Failure> {
        let (server, callers) = self.server(name, plan.size, plan.processor)?;
        let mut load = self.usual_load(server.server(), callers);
        load.script = plan.script;
        load.connections = plan.connections;
        load.references = plan.references;
        let watch = Watch::begin(server.server());
        let tally = match plan.pace {
            Pace::Closed => load.drive()?,
            Pace::Open => super::open::drive(&load, self.half_of_peak()?)?,
        };
        if plan.processor {
            server.wait_answered()?;
        }
        let done = match plan.script {
            Script::Reserve => tally.reserved,
            Script::Life => tally.settled,
        };
        let mut turn = watch.end(server.server(), &tally, done);
        // A closed loop of many connections waits for itself: its times are no latencies.
        if plan.connections == 1 || plan.pace == Pace::Open {
            self.count_in_flushes(&mut turn);
        }
        let expected = self.transactions(plan.size) + tally.reserved;
        let books = server.stop()?.prove(expected..=expected)?;
        turn.insert(Figure::Bytes, books.bytes_each());
        turn.insert(Figure::Early, tally.early);
        Ok(turn)
    }

    /// Half of what a closed loop has reached in the rounds so far.
    fn half_of_peak(&self) -> Result<u64, Failure> {
        let spread = Spread::of(values(self.rounds, PEAK, Figure::Rate));
        let peak = spread.ok_or_else(|| Failure::because("the peak rate is not known yet"))?;
        Ok((peak.median / 2).max(1))
    }

    fn count_in_flushes(&self, turn: &mut Turn) {
        let flush = self.rounds.last().and_then(|round| round.get(FLUSH.name));
        let flush = flush.and_then(|turn| turn.get(&Figure::P50)).copied();
        for (figure, time) in [
            (Figure::FlushesP50, Figure::P50),
            (Figure::FlushesP99, Figure::P99),
            (Figure::FlushesP999, Figure::P999),
        ] {
            let time = turn.get(&time).copied().unwrap_or(0);
            let flushes = flush.and_then(|flush| thousandths_of(time, flush));
            turn.extend(flushes.map(|flushes| (figure, flushes)));
        }
    }
}

/// What a server has used before a load.
pub struct Watch {
    begun: Instant,
    cpu: Duration,
    memory_kib: u64,
}

impl Watch {
    /// From now.
    pub fn begin(server: &Server) -> Watch {
        Watch {
            memory_kib: server.resident().now,
            cpu: server.processor_time(),
            begun: Instant::now(),
        }
    }

    /// The processor time since.
    pub fn cpu(&self, server: &Server) -> Duration {
        server.processor_time().saturating_sub(self.cpu)
    }

    /// The figures until now.
    fn end(self, server: &Server, tally: &Tally, done: u64) -> Turn {
        let took = self.begun.elapsed();
        let memory = server.resident();
        let mut turn = times(&tally.latency);
        turn.extend([
            (Figure::Rate, rate(done, took)),
            (Figure::Cpu, ns_each(self.cpu(server), done)),
            (Figure::MemoryStart, self.memory_kib),
            (Figure::MemoryEnd, memory.now),
            (Figure::MemoryPeak, memory.most),
        ]);
        turn
    }
}

/// Shares of some times.
pub fn times(times: &Histogram) -> Turn {
    Turn::from([
        (Figure::P50, ns(times.within(500))),
        (Figure::P90, ns(times.within(900))),
        (Figure::P99, ns(times.within(990))),
        (Figure::P999, ns(times.within(999))),
        (Figure::Longest, ns(times.longest())),
    ])
}

/// Makes every filled store that some measures will need.
pub fn prepare(place: &Place, options: &Options, measures: &[&Measure]) -> Result<(), Failure> {
    let reads_small = |measure: &&Measure| matches!(measure.plan, Plan::Reads(Size::Small));
    if measures
        .iter()
        .copied()
        .any(|measure| reads_small(&measure))
    {
        filled::prepare(place, filled::SMALL)?;
    }
    let wants = |measure: &&Measure| super::measure::wants_filled(measure.plan);
    if measures.iter().copied().any(|measure| wants(&measure)) {
        filled::prepare(place, options.size)?;
    }
    Ok(())
}
