//! Threads that sign. An RSA signature costs a quarter of a millisecond of a core, more than a whole
//! request; on threads of their own, few and of low priority, signatures give way to requests.

use std::sync::{Arc, Mutex, PoisonError, mpsc};

use bytes::Bytes;
use signing::{UrlParts, form};
use tokio::sync::oneshot;

use super::KeyRing;

/// How much less urgent signing is than the rest, as the system counts it.
const NICE: i32 = 10;

/// A message to be signed.
struct Job {
    certificate: String,
    target: UrlParts,
    pairs: Vec<(String, String)>,
    reply: oneshot::Sender<Option<Bytes>>,
}

/// The threads. They end when this is dropped. What waits for them is bounded by the deliveries under
/// way.
pub(crate) struct Signers {
    jobs: mpsc::Sender<Job>,
}

impl Signers {
    /// Starts so many threads.
    pub(crate) fn start(ring: &Arc<dyn KeyRing>, threads: usize) -> std::io::Result<Signers> {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for number in 1..=threads.max(1) {
            let (ring, queue) = (ring.clone(), queue.clone());
            std::thread::Builder::new()
                .name(format!("signer-{number}"))
                .spawn(move || run(&*ring, &queue))?;
        }
        Ok(Signers { jobs })
    }

    /// The signed message as a form; nothing when there is no key for it.
    pub(crate) async fn sign(
        &self,
        certificate: String,
        target: UrlParts,
        pairs: Vec<(String, String)>,
    ) -> Option<Bytes> {
        let (reply, signed) = oneshot::channel();
        let job = Job {
            certificate,
            target,
            pairs,
            reply,
        };
        self.jobs.send(job).ok()?;
        signed.await.ok()?
    }
}

fn run(ring: &dyn KeyRing, queue: &Mutex<mpsc::Receiver<Job>>) {
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        tracing::debug!(%error, "signing has the usual priority");
    }
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job {
            certificate,
            target,
            mut pairs,
            reply,
        }) = next
        else {
            return;
        };
        let signed = ring.sign_onto(&certificate, &target, &mut pairs);
        // Whoever asked may have been stopped meanwhile.
        drop(reply.send(signed.then(|| form::encode(&pairs).into())));
    }
}
