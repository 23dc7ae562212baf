//! What the server counts of its requests.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of the API and the pages.
#[derive(Debug, Default)]
pub struct Counters {
    /// API requests answered with success.
    pub requests_ok: AtomicU64,
    /// API requests answered with an error of the caller's.
    pub requests_refused: AtomicU64,
    /// API requests answered with an error of ours.
    pub requests_failed: AtomicU64,
    /// Requests for pages.
    pub page_requests: AtomicU64,
    /// Connections accepted.
    pub connections: AtomicU64,
}

impl Counters {
    /// Counts one.
    pub fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Every counter by its name.
    pub fn figures(&self) -> Vec<(&'static str, u64)> {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        vec![
            ("holdfast_api_requests_ok_total", read(&self.requests_ok)),
            (
                "holdfast_api_requests_refused_total",
                read(&self.requests_refused),
            ),
            (
                "holdfast_api_requests_failed_total",
                read(&self.requests_failed),
            ),
            ("holdfast_page_requests_total", read(&self.page_requests)),
            ("holdfast_connections_total", read(&self.connections)),
        ]
    }
}
