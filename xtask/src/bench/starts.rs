//! From starting the program to its first signed answer: after a stop, and after a kill under load.

use std::time::{Duration, Instant};

use super::figure::{Figure, Turn, ns};
use super::filled::FIRST;
use super::holdfast::{Holdfast, Home};
use super::measure::Size;
use super::open;
use super::turn::Context;
use super::world::Caller;
use crate::run::Failure;

/// How long a load goes on before the server is killed under it.
const KILLED_AFTER: Duration = Duration::from_secs(2);
/// The number of the first request after a start, beyond those of the load before it.
const FIRST_AFTER: u64 = FIRST << 1;

/// Starts a server that was stopped as an operator does.
pub fn start(context: &Context, name: &str, size: Size) -> Result<Turn, Failure> {
    let (server, callers) = context.server(name, size, true)?;
    let home = server.stop()?;
    let (server, turn) = first_answer(context, home, &callers)?;
    server.wait_answered()?;
    let expected = context.transactions(size) + 1;
    server.stop()?.prove(expected..=expected)?;
    Ok(turn)
}

/// Starts a server that was killed under load. What it had accepted must be in its books; what it was
/// killed in the middle of may be.
pub fn restart(context: &Context, name: &str, size: Size) -> Result<Turn, Failure> {
    let (server, callers) = context.server(name, size, true)?;
    let mut load = context.usual_load(server.server(), callers.clone());
    load.until_killed = true;
    let under_way = u64::try_from(load.connections).unwrap_or(0);
    let generator = std::thread::spawn(move || load.drive());
    std::thread::sleep(KILLED_AFTER.min(context.options.seconds / 2));
    let home = server.kill();
    let tally = generator
        .join()
        .map_err(|_| Failure::because("the generator broke"))??;
    let (server, turn) = first_answer(context, home, &callers)?;
    server.wait_answered()?;
    let least = context.transactions(size) + tally.reserved + 1;
    server.stop()?.prove(least..=least + under_way)?;
    Ok(turn)
}

/// Starts a server and has one signed Reserve accepted, which is as durable as any.
fn first_answer(
    context: &Context,
    home: Home,
    callers: &[Caller],
) -> Result<(Holdfast, Turn), Failure> {
    let begun = Instant::now();
    let server = home.start(true)?;
    let mut load = context.usual_load(server.server(), callers.to_vec());
    load.first = FIRST_AFTER;
    open::ask_once(&load, server.server().address)?;
    let turn = Turn::from([(Figure::Start, ns(begun.elapsed()))]);
    Ok((server, turn))
}
