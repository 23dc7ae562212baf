//! What telling a caller costs: the same load twice, first with nobody listening, then with a
//! receiver. What the second needs more of the processor is the price of its notifications.
//!
//! **Invariant:** no figure unless every notification reached its receiver once, and the server says so too.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use super::figure::{Figure, Turn, ns_each, rate};
use super::filled::FIRST;
use super::holdfast::Holdfast;
use super::load::Load;
use super::measure::Size;
use super::open;
use super::turn::{Context, Watch};
use crate::run::Failure;

/// Notifications of a Reserve that is approved: pending, then reserved.
const EACH: u64 = 2;
/// A load is at least so long, because processor time is told in hundredths of a second.
const SECONDS_MIN: Duration = Duration::from_secs(4);

/// Notifications for each second of a core, at so many reservations a second.
pub fn notified(context: &Context, name: &str, per_second: u64) -> Result<Turn, Failure> {
    let (server, callers) = context.server(name, Size::Fresh, true)?;
    let mut load = context.usual_load(server.server(), callers);
    load.seconds = context.options.seconds.max(SECONDS_MIN);
    let (silent, unheard) = driven(&server, &load, per_second)?;
    let receiver = Receiver::start().map_err(|error| failed(&error))?;
    for account in callers_of(&server.ask(&["account", "list", "--json"])?)? {
        let url = format!("http://{}/ipn", receiver.address);
        server.ask(&["account", "set", &account.to_string(), "--ipn-url", &url])?;
    }
    load.first = FIRST << 1;
    let (told, heard) = driven(&server, &load, per_second)?;
    let delivered = server.figure("notifications_delivered_total")?;
    let received = receiver.received.load(Ordering::Relaxed);
    if [delivered, received] != [heard * EACH; 2] {
        return Err(Failure::because(format!(
            "{heard} reservations, {delivered} notifications delivered, {received} received"
        )));
    }
    let expected = unheard + heard;
    server.stop()?.prove(expected..=expected)?;
    let without = u64::try_from(silent.as_nanos()).unwrap_or(0) / unheard.max(1) * heard;
    let more = told.saturating_sub(Duration::from_nanos(without));
    Ok(Turn::from([
        (Figure::Rate, rate(delivered, more)),
        (Figure::Cpu, ns_each(more, delivered)),
    ]))
}

/// The processor time of a load to its very end, and how many it reserved.
fn driven(server: &Holdfast, load: &Load, per_second: u64) -> Result<(Duration, u64), Failure> {
    let watch = Watch::begin(server.server());
    let tally = open::drive(load, per_second)?;
    server.wait_told()?;
    Ok((watch.cpu(server.server()), tally.reserved))
}

/// The accounts of callers among all that are listed.
fn callers_of(listed: &str) -> Result<Vec<i64>, Failure> {
    let listed: Value = serde_json::from_str(listed)
        .map_err(|error| Failure::because(format!("the accounts are no JSON: {error}")))?;
    let accounts = listed.as_array().map(Vec::as_slice).unwrap_or_default();
    let callers = accounts.iter().filter(|account| {
        let name = account["name"].as_str().unwrap_or_default();
        name.starts_with("Caller ")
    });
    let callers: Vec<i64> = callers
        .filter_map(|account| account["account"].as_i64())
        .collect();
    if callers.is_empty() {
        return Err(Failure::because("no account is a caller"));
    }
    Ok(callers)
}

fn failed(error: &std::io::Error) -> Failure {
    Failure::because(format!("the receiver: {error}"))
}

/// Whoever is told: answers 200 to everything and counts it.
struct Receiver {
    address: SocketAddr,
    received: Arc<AtomicU64>,
    /// Ends with the receiver, and what it serves with it.
    _runtime: tokio::runtime::Runtime,
}

impl Receiver {
    fn start() -> std::io::Result<Receiver> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let received = Arc::new(AtomicU64::new(0));
        let count = received.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, count.clone()));
            }
        });
        Ok(Receiver {
            address,
            received,
            _runtime: runtime,
        })
    }
}

async fn serve(stream: TcpStream, received: Arc<AtomicU64>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let received = received.clone();
        async move {
            if request.into_body().collect().await.is_ok() {
                received.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
        }
    });
    // Fails only for a connection that is gone.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

#[cfg(test)]
mod tests {
    use super::super::client::Talk;
    use super::*;

    #[test]
    fn callers_are_known_by_their_names() {
        let listed = r#"[{"account":7,"name":"Caller 0"},{"account":8,"name":"Sender"}]"#;
        assert_eq!(callers_of(listed).expect("a caller"), [7]);
        assert!(callers_of("[]").is_err());
        assert!(callers_of("none").is_err());
    }

    #[test]
    fn the_receiver_counts_what_it_answers() {
        let receiver = Receiver::start().expect("a port");
        let mut talk = Talk::open(receiver.address).expect("a connection");
        for _ in 0..2 {
            let request = b"POST /ipn HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\na=b";
            let answer = talk.exchange(request).expect("an answer");
            assert_eq!((answer.status, answer.body), (200, &b""[..]));
        }
        assert_eq!(receiver.received.load(Ordering::Relaxed), 2);
    }
}
