#[path = "../tests/world/mod.rs"]
mod world;
use processor::*;
use std::sync::Arc;
use std::time::{Duration, Instant};
struct Instantly;
fn ok() -> Calling<'static, Result<Answer, CallError>> {
    Box::pin(async {
        Ok(Answer::Approved {
            processor_reference: String::new(),
        })
    })
}
impl Processor for Instantly {
    fn key_lifetime(&self) -> Duration {
        Duration::from_secs(3600)
    }
    fn authorize(&self, c: Authorize) -> Calling<'_, Result<Answer, CallError>> {
        drop(c);
        ok()
    }
    fn capture(&self, _: Capture) -> Calling<'_, Result<Answer, CallError>> {
        ok()
    }
    fn void(&self, _: Void) -> Calling<'_, Result<Answer, CallError>> {
        ok()
    }
    fn refund(&self, _: Refund) -> Calling<'_, Result<Answer, CallError>> {
        ok()
    }
    fn look_up(&self, _: ProcessorKey) -> Calling<'_, Result<Seen, CallError>> {
        Box::pin(async { Ok(Seen::NotFound) })
    }
}
fn main() {
    let rt = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    rt.block_on(async {
        let world = world::World::plain().await;
        let token = world.token("4242424242424242").await;
        let begun = Instant::now();
        for n in 0..8000 {
            world.reserve(&token, &format!("r{n}")).await;
        }
        println!("8000 reserves {:?}", begun.elapsed());
        let begun = Instant::now();
        let cpu = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        let w = world.work_with(world.desk.clone(), Arc::new(Instantly), Default::default());
        loop {
            let f = w.figures();
            if f.iter()
                .find(|x| x.0 == "processor_answers_total")
                .unwrap()
                .1
                >= 8000
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let after = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        println!(
            "8000 answers {:?}, cpu ms {}",
            begun.elapsed(),
            (after.tv_sec - cpu.tv_sec) * 1000 + (after.tv_nsec - cpu.tv_nsec) / 1_000_000
        );
        // baseline: the commands alone
        let mut fake = Vec::new();
        for n in 0..8000 {
            fake.push(world.reserve(&token, &format!("s{n}")).await);
        }
    });
}
