//! A receiver of notifications on loopback: a real HTTP server that answers as it is told.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub target: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// How a receiver answers its requests: the status, or never.
pub type Answers = Box<dyn FnMut(&Received) -> Option<u16> + Send>;

#[derive(Clone)]
pub struct Receiver {
    pub port: u16,
    state: Arc<Mutex<State>>,
    seen: watch::Sender<usize>,
}

struct State {
    received: Vec<Received>,
    connections: usize,
    under_way: usize,
    under_way_max: usize,
    answers: Answers,
}

impl Receiver {
    pub async fn start(answers: Answers) -> Receiver {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let state = State {
            received: Vec::new(),
            connections: 0,
            under_way: 0,
            under_way_max: 0,
            answers,
        };
        let receiver = Receiver {
            port: listener.local_addr().unwrap().port(),
            state: Arc::new(Mutex::new(state)),
            seen: watch::Sender::new(0),
        };
        let accepting = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let receiver = accepting.clone();
                receiver.state.lock().unwrap().connections += 1;
                let service = service_fn(move |request| receiver.clone().answer(request));
                let server = hyper::server::conn::http1::Builder::new();
                let serving = server.serve_connection(TokioIo::new(stream), service);
                tokio::spawn(async move { drop(serving.await) });
            }
        });
        receiver
    }

    pub async fn always(status: u16) -> Receiver {
        Receiver::start(Box::new(move |_| Some(status))).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let target = request.uri().to_string();
        let headers = request.headers().clone();
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let received = Received {
            target,
            headers,
            body,
        };
        let status = {
            let mut state = self.state.lock().unwrap();
            state.received.push(received.clone());
            state.under_way += 1;
            state.under_way_max = state.under_way_max.max(state.under_way);
            (state.answers)(&received)
        };
        self.seen.send_modify(|count| *count += 1);
        let Some(status) = status else {
            return std::future::pending().await;
        };
        self.state.lock().unwrap().under_way -= 1;
        let mut response = Response::new(Full::new("thank you ".repeat(50).into()));
        *response.status_mut() = status.try_into().unwrap();
        response
            .headers_mut()
            .insert("location", "http://127.0.0.1:1/".parse().unwrap());
        Ok(response)
    }

    /// Waits until so many requests came, and gives them all.
    pub async fn wait(&self, count: usize) -> Vec<Received> {
        let mut seen = self.seen.subscribe();
        let waited = seen.wait_for(|seen| count <= *seen);
        let limit = std::time::Duration::from_secs(20);
        let waited = tokio::time::timeout(limit, waited).await;
        assert!(
            waited.is_ok(),
            "only {} requests came",
            self.received().len()
        );
        self.received()
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.lock().unwrap().received.clone()
    }

    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    pub fn under_way_max(&self) -> usize {
        self.state.lock().unwrap().under_way_max
    }
}

impl Received {
    /// A field of the form.
    pub fn field(&self, name: &str) -> String {
        let pairs = signing::form::parse(&self.body, &signing::form::Limits::DEFAULT).unwrap();
        signing::form::value(&pairs, name)
            .unwrap_or_default()
            .to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}
