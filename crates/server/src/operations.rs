//! For the operator's machines: health, readiness, metrics, certificates.

use std::fmt::Write as _;
use std::sync::Arc;

use hyper::StatusCode;
use store::{Found, Query};

use crate::app::App;
use crate::http::{Reply, plain, reply};

/// `/healthz`: the process answers.
pub fn healthz() -> Reply {
    plain(StatusCode::OK, "ok\n")
}

/// `/readyz`: the store can write.
pub async fn readyz(app: &Arc<App>) -> Reply {
    match app.store.ready().await {
        Ok(()) => plain(StatusCode::OK, "ready\n"),
        Err(outage) => {
            tracing::warn!(outage = %outage, "not ready");
            plain(StatusCode::SERVICE_UNAVAILABLE, "the store cannot write\n")
        }
    }
}

/// `/metrics`: every figure in Prometheus' text form.
pub async fn metrics(app: &Arc<App>) -> Reply {
    let mut figures = app.counters.figures();
    figures.extend(app.store.figures());
    if let Some(workers) = app.workers.get() {
        figures.extend(workers());
    }
    let mut text = String::new();
    for (name, value) in figures {
        let kind = if name.ends_with("_total") {
            "counter"
        } else {
            "gauge"
        };
        // The parts of the server count without the product's name.
        let name = name.strip_prefix("holdfast_").unwrap_or(name);
        line(
            &mut text,
            format_args!("# TYPE holdfast_{name} {kind}\nholdfast_{name} {value}\n"),
        );
    }
    if let Ok(Found::Backlog(backlog)) = app.store.find(Query::Backlog).await {
        let now = app.real_now();
        line(
            &mut text,
            format_args!("# TYPE holdfast_work_waiting gauge\n"),
        );
        for kind in &backlog {
            let (name, count) = (kind.kind, kind.count);
            line(
                &mut text,
                format_args!("holdfast_work_waiting{{kind=\"{name:?}\"}} {count}\n"),
            );
        }
        line(
            &mut text,
            format_args!("# TYPE holdfast_work_oldest_seconds gauge\n"),
        );
        for kind in &backlog {
            let age = now.ms_since(kind.oldest).max(0) / 1_000;
            let name = kind.kind;
            line(
                &mut text,
                format_args!("holdfast_work_oldest_seconds{{kind=\"{name:?}\"}} {age}\n"),
            );
        }
    }
    reply(
        StatusCode::OK,
        "text/plain; version=0.0.4; charset=utf-8",
        text,
    )
}

/// `/certs/<id>/PKICert.pem`: the certificate of a signing key, current or retired.
pub async fn certificate(app: &Arc<App>, path: &str) -> Option<Reply> {
    let id = path.strip_prefix("/certs/")?.strip_suffix("/PKICert.pem")?;
    Some(match app.signing_key(id).await {
        Some(ring) => {
            let pem = ring.key.certificate_pem().to_owned();
            reply(StatusCode::OK, "application/x-pem-file", pem)
        }
        None => plain(StatusCode::NOT_FOUND, "no such certificate\n"),
    })
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments)
        .expect("writing to a string cannot fail");
}
