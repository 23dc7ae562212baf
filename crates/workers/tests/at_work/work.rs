//! Workers for a world: with its own parts, or with others in their place.

use std::sync::Arc;

use processor::Processor;
use store::Store;
use workers::outbound::{Allowed, Limits};
use workers::{Desk, Outbound, Parts, Settings, Workers};

use crate::world::{World, fields};

impl World {
    pub fn work(&self) -> Workers {
        start(self.parts(Limits::default()))
    }

    pub fn work_with(
        &self,
        desk: Arc<Desk>,
        processor: Arc<dyn Processor>,
        limits: Limits,
    ) -> Workers {
        start(Parts {
            desk,
            processor,
            ..self.parts(limits)
        })
    }

    /// Workers that see the world's store through another one.
    pub fn work_over(&self, store: Arc<dyn Store>) -> Workers {
        start(Parts {
            store,
            ..self.parts(Limits::default())
        })
    }

    fn parts(&self, limits: Limits) -> Parts {
        let allowed = Allowed {
            loopback: true,
            networks: Vec::new(),
        };
        Parts {
            store: self.store.clone(),
            desk: self.desk.clone(),
            processor: self.processor.clone(),
            cards: self.cards.clone(),
            ring: self.ring.clone(),
            fields: Arc::new(fields),
            outbound: Outbound::new(allowed, limits, Vec::new()).unwrap(),
        }
    }
}

fn start(parts: Parts) -> Workers {
    let settings = Settings {
        calls_at_once: 8,
        // More than one receiver may have under way.
        deliveries_at_once: 12,
        ..Settings::default()
    };
    Workers::start(parts, settings).unwrap()
}

/// What workers count under a name.
pub fn figure(workers: &Workers, name: &str) -> u64 {
    let figures = workers.figures();
    let found = figures.iter().find(|(counted, _)| *counted == name);
    found.expect("it is counted").1
}
