//! A peer: localstripe, a payments server for tests that keeps its state, as ours does in its sandbox.
//!
//! A payment is created (a card, captured by hand), confirmed and captured: three requests over
//! kept-alive HTTP, what Reserve, its answer, Settle and its answer are here. The server is installed
//! from its package at one exact version, and runs in a folder of its own until it is killed. It writes
//! its whole store to disk whenever anything changes, without flushing, so a payment takes the longer
//! the more there were; it starts empty. Its books: each answer says what it must, and in the end it
//! lists as many payments and charges as were made, each captured.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use super::child::Server;
use super::client::{Answer, Connection, Talk};
use super::figure::{Figure, Turn, ns_each, rate};
use super::histogram::Histogram;
use super::place::at;
use super::turn::{Context, times};
use crate::run::Failure;

/// It and the web server under it, of which its speed is.
const PACKAGES: [&str; 2] = ["localstripe==1.15.10", "aiohttp==3.14.5"];
/// Prints both as they are installed, on one line each.
const INSTALLED: &str = "from importlib.metadata import version as v; import localstripe\n\
    for name in ('localstripe', 'aiohttp'): print(name + '==' + v(name))";
/// How it is started.
const START: &str = include_str!("localstripe.py");
/// It has one thread; more connections only keep it from waiting for the next request.
const CONNECTIONS: usize = 4;
/// Payments of one page of a list.
const PAGE: usize = 100;
/// Pages of a list at most, so that a look at the books ends.
const PAGES_MAX: usize = 10_000;
const CARD: &str = "type=card&card[number]=4242424242424242&card[exp_month]=12\
    &card[exp_year]=2099&card[cvc]=123";

/// Installs it into a folder of its own, unless it is there.
pub fn install(work: &Path) -> Result<(), Failure> {
    let (folder, python) = (folder(work), python(work));
    if is_installed(&python) {
        return Ok(());
    }
    eprintln!("  installing {}", PACKAGES.join(" and "));
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    }
    let mut make = Command::new("python3");
    end_well(make.args(["-m", "venv"]).arg(&folder))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet"]).args([
        "--disable-pip-version-check",
        "--retries=1",
        "--timeout=15",
    ]);
    end_well(pip.args(PACKAGES))?;
    if is_installed(&python) {
        return Ok(());
    }
    Err(Failure::because(format!(
        "{} does not start though it was installed",
        PACKAGES[0]
    )))
}

fn folder(work: &Path) -> PathBuf {
    work.join(PACKAGES[0].replace("==", "-"))
}

fn python(work: &Path) -> PathBuf {
    folder(work).join("bin").join("python")
}

fn is_installed(python: &Path) -> bool {
    let said = Command::new(python)
        .args(["-c", INSTALLED])
        .stdin(Stdio::null())
        .output();
    said.is_ok_and(|said| {
        let said = String::from_utf8_lossy(&said.stdout);
        said.lines().eq(PACKAGES)
    })
}

fn end_well(command: &mut Command) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let ended = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::because(format!("{program} does not start: {error}")))?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let said = said.trim().lines().next_back().unwrap_or_default();
    Err(Failure::because(format!(
        "{} cannot be installed: {program}: {said}",
        PACKAGES[0]
    )))
}

/// Payments each second of a fresh server.
pub fn payments(context: &Context) -> Result<Turn, Failure> {
    let folder = context.place.folder("localstripe")?;
    let script = folder.path().join("start.py");
    std::fs::write(&script, START).map_err(|error| at(&script, &error))?;
    let mut command = Command::new(python(&context.place.work));
    let server = Server::start(command.arg(&script).current_dir(folder.path()))?;
    let address = server.address;
    let failed = |error: std::io::Error| Failure::because(format!("localstripe: {error}"));
    let mut talk = Talk::open(address).map_err(failed)?;
    let card = talk.exchange(&post(address, "payment_methods", CARD));
    let card = card
        .and_then(|answer| id(&read(&answer)?))
        .map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(failed)?;
    let (begun, cpu) = (Instant::now(), server.processor_time());
    let end = begun + context.options.seconds;
    let latency = runtime.block_on(pay_on_all(address, &card, end));
    let latency = latency.map_err(failed)?;
    let took = begun.elapsed();
    let cpu = server.processor_time().saturating_sub(cpu);
    let done = latency.count();
    for list in ["payment_intents", "charges"] {
        check(&mut talk, address, list, done).map_err(failed)?;
    }
    let mut turn = times(&latency);
    turn.extend([
        (Figure::Rate, rate(done, took)),
        (Figure::Cpu, ns_each(cpu, done)),
        (Figure::MemoryPeak, server.resident().most),
    ]);
    server.kill();
    Ok(turn)
}

/// How long each payment took.
async fn pay_on_all(address: SocketAddr, card: &str, end: Instant) -> std::io::Result<Histogram> {
    let mut under_way = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let connection = Connection::open(address).await?;
        under_way.spawn(pay_until(connection, address, card.to_owned(), end));
    }
    let mut latency = Histogram::new();
    while let Some(joined) = under_way.join_next().await {
        latency.merge(&joined.map_err(std::io::Error::other)??);
    }
    Ok(latency)
}

async fn pay_until(
    mut connection: Connection,
    address: SocketAddr,
    card: String,
    end: Instant,
) -> std::io::Result<Histogram> {
    let mut latency = Histogram::new();
    let order = format!("amount=1000&currency=usd&capture_method=manual&payment_method={card}");
    while Instant::now() < end {
        let begun = Instant::now();
        let order = post(address, "payment_intents", &order);
        let created = read(&connection.exchange(&order).await?)?;
        expect(&created, "requires_confirmation")?;
        let id = id(&created)?;
        for (step, status) in [("confirm", "requires_capture"), ("capture", "succeeded")] {
            let path = format!("payment_intents/{id}/{step}");
            let answer = connection.exchange(&post(address, &path, "")).await?;
            expect(&read(&answer)?, status)?;
        }
        latency.record(begun.elapsed());
    }
    Ok(latency)
}

/// Fails unless a list has so many, each there once, succeeded and captured.
fn check(talk: &mut Talk, address: SocketAddr, list: &str, made: u64) -> std::io::Result<()> {
    let mut seen = BTreeSet::new();
    let mut after = String::new();
    for _ in 0..PAGES_MAX {
        let path = format!("{list}?limit={PAGE}{after}");
        let page = read(&talk.exchange(&get(address, &path))?)?;
        for item in page["data"].as_array().map_or(&[][..], Vec::as_slice) {
            expect(item, "succeeded")?;
            let charge = item.get("latest_charge").unwrap_or(item);
            if charge["captured"] != true {
                return Err(odd(item));
            }
            let id = id(item)?;
            after = format!("&starting_after={id}");
            seen.insert(id);
        }
        if page["has_more"] != true {
            break;
        }
    }
    if u64::try_from(seen.len()).is_ok_and(|seen| seen == made) {
        return Ok(());
    }
    Err(std::io::Error::other(format!(
        "{made} payments were made and its {list} list {}",
        seen.len()
    )))
}

fn post(address: SocketAddr, path: &str, form: &str) -> Vec<u8> {
    let head = head(address, "POST", path);
    format!(
        "{head}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .into_bytes()
}

fn get(address: SocketAddr, path: &str) -> Vec<u8> {
    format!("{}\r\n", head(address, "GET", path)).into_bytes()
}

fn head(address: SocketAddr, method: &str, path: &str) -> String {
    format!("{method} /v1/{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer sk_bench\r\n")
}

fn read(answer: &Answer<'_>) -> std::io::Result<Value> {
    let read: Value = serde_json::from_slice(answer.body)?;
    if answer.status == 200 {
        Ok(read)
    } else {
        Err(odd(&read))
    }
}

fn id(value: &Value) -> std::io::Result<String> {
    let id = value["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| odd(value))
}

fn expect(value: &Value, status: &str) -> std::io::Result<()> {
    if value["status"] == status {
        Ok(())
    } else {
        Err(odd(value))
    }
}

fn odd(value: &Value) -> std::io::Error {
    std::io::Error::other(format!("it answered {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_say_how_long_they_are() {
        let address = SocketAddr::from(([127, 0, 0, 1], 8420));
        let sent = String::from_utf8(post(address, "charges", "a=1")).expect("text");
        assert_eq!(
            sent,
            "POST /v1/charges HTTP/1.1\r\nHost: 127.0.0.1:8420\r\nAuthorization: Bearer sk_bench\r\n\
            Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=1"
        );
        assert!(get(address, "charges").ends_with(b"\r\n\r\n"));
    }

    #[test]
    fn an_answer_that_says_anything_else_is_an_error() {
        let answer = |status, body: &'static [u8]| read(&Answer { status, body });
        let good = answer(200, br#"{"id":"pi_1","status":"succeeded"}"#).expect("a payment");
        assert_eq!(id(&good).expect("an id"), "pi_1");
        assert!(expect(&good, "succeeded").is_ok());
        assert!(expect(&good, "requires_capture").is_err());
        assert!(answer(402, br#"{"error":{}}"#).is_err());
        assert!(answer(200, b"<html>").is_err());
        assert!(id(&Value::Null).is_err());
    }

    #[test]
    fn a_python_that_is_not_there_has_nothing_installed() {
        assert!(!is_installed(Path::new("no-such-folder/bin/python")));
        assert!(end_well(&mut Command::new("no-such-program-anywhere")).is_err());
        let failed = end_well(Command::new("sh").args(["-c", "echo no network >&2; exit 1"]));
        assert!(matches!(failed, Err(Failure::Because(why)) if why.ends_with("sh: no network")));
    }
}
