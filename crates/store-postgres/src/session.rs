//! One connection with its prepared statements, and pipelines over it.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::task::Poll;
use std::time::Duration;

use store::figures::count;
use tokio::task::AbortHandle;
use tokio_postgres::{Client, Row, Statement};

use crate::columns::Columns;
use crate::connect::Connected;
use crate::error::{Failure, failure};

/// A statement with its values.
pub(crate) struct Step {
    pub(crate) doing: &'static str,
    pub(crate) statement: Statement,
    pub(crate) values: Columns,
    /// How many rows it must change; none for statements that give rows, or that may change any.
    pub(crate) changes: Option<usize>,
}

/// What a statement gave.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) rows: Vec<Row>,
    pub(crate) changed: u64,
}

/// One connection.
pub(crate) struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
    /// Of each statement that writes rows, for which columns it takes one value for all of them.
    shapes: HashMap<(&'static str, &'static str), Vec<u64>>,
    /// How long an answer may take before the connection counts as lost; none where a question may
    /// take its time.
    silence_max: Option<Duration>,
    /// Where round trips are counted; none where nobody asks.
    trips: Option<Arc<AtomicU64>>,
    /// What moves the bytes: it ends with the session, also while an answer is missing.
    _driver: Driver,
}

struct Driver(AbortHandle);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Forms of one statement at most.
const SHAPES_MAX: usize = 8;
/// Rows for which a form of their own is worth preparing.
const SHAPE_ROWS_MIN: usize = 16;

impl Session {
    /// A session over a connection of its own.
    pub(crate) fn over(connected: Connected) -> Session {
        let Connected { client, driver } = connected;
        Session {
            client,
            statements: HashMap::new(),
            shapes: HashMap::new(),
            silence_max: None,
            trips: None,
            _driver: Driver(driver),
        }
    }

    /// A server that says nothing for so long is given up.
    pub(crate) fn limited(mut self, silence_max: Duration) -> Session {
        self.silence_max = Some(silence_max);
        self
    }

    /// Each round trip counts, but those that prepare statements, once a connection.
    pub(crate) fn counted(mut self, trips: Arc<AtomicU64>) -> Session {
        self.trips = Some(trips);
        self
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// A statement, prepared once; `name` stands for its text.
    pub(crate) async fn prepared(
        &mut self,
        name: &str,
        text: impl FnOnce() -> String,
    ) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.get(name) {
            return Ok(statement.clone());
        }
        let text = text();
        let prepared = self.in_time(self.client.prepare(&text)).await?;
        let statement = prepared.map_err(|problem| failure("preparing a statement", &problem))?;
        self.statements.insert(name.to_owned(), statement.clone());
        Ok(statement)
    }

    /// A step that does something with rows of a table, in the form that suits the values best.
    pub(crate) async fn rows_step(
        &mut self,
        (verb, table): (&'static str, &'static str),
        text: fn(u64) -> String,
        values: Columns,
        rows: usize,
    ) -> Result<Step, Failure> {
        let shapes = self.shapes.entry((verb, table)).or_default();
        let shape = shape(shapes, values.same(), rows);
        let name = format!("{verb} {table} {shape:x}");
        let statement = self.prepared(&name, || text(shape)).await?;
        Ok(Step {
            doing: "writing rows",
            statement,
            values,
            changes: None,
        })
    }

    /// A step of a statement that is its own name.
    pub(crate) async fn step(
        &mut self,
        doing: &'static str,
        sql: &'static str,
        values: Columns,
    ) -> Result<Step, Failure> {
        let statement = self.prepared(sql, || sql.to_owned()).await?;
        Ok(Step {
            doing,
            statement,
            values,
            changes: None,
        })
    }

    /// Sends all steps at once, in order, and waits for every reply: the first failure counts.
    pub(crate) async fn pipeline(&self, steps: &[Step]) -> Result<Vec<Reply>, Failure> {
        if let Some(trips) = &self.trips {
            count(trips, 1);
        }
        let running = steps.iter().map(|step| run(&self.client, step));
        let replies = self.in_time(in_order(running.collect())).await?;
        let mut checked = Vec::with_capacity(replies.len());
        for (reply, step) in replies.into_iter().zip(steps) {
            let reply = reply.map_err(|problem| failure(step.doing, &problem))?;
            checked.push(reply);
        }
        Ok(checked)
    }

    /// Ends what was begun, without a trace. A connection that cannot is given up by its owner.
    pub(crate) async fn roll_back(&self) -> bool {
        let rolled_back = self.in_time(self.client.batch_execute("ROLLBACK")).await;
        matches!(rolled_back, Ok(Ok(())))
    }

    async fn in_time<T>(&self, answer: impl Future<Output = T>) -> Result<T, Failure> {
        let Some(silence_max) = self.silence_max else {
            return Ok(answer.await);
        };
        let answered = tokio::time::timeout(silence_max, answer).await;
        answered.map_err(|_| Failure::Lost(format!("the server said nothing for {silence_max:?}")))
    }
}

/// The form to use for rows with the `same` values in some columns: one that fits exactly if it is there
/// or worth having, else the best of those that fit.
fn shape(shapes: &mut Vec<u64>, same: u64, rows: usize) -> u64 {
    // Several rows need at least one column that counts them.
    let same = if 1 < rows { same & !1 } else { same };
    if shapes.contains(&same) {
        return same;
    }
    let worth = rows == 1 || SHAPE_ROWS_MIN <= rows;
    if worth && shapes.len() < SHAPES_MAX {
        shapes.push(same);
        return same;
    }
    let fitting = shapes.iter().filter(|shape| **shape & !same == 0);
    let best = fitting.max_by_key(|shape| shape.count_ones());
    best.copied().unwrap_or(0)
}

type Replying<'a> = Pin<Box<dyn Future<Output = Result<Reply, tokio_postgres::Error>> + Send + 'a>>;

fn run<'a>(client: &'a Client, step: &'a Step) -> Replying<'a> {
    Box::pin(async move {
        let (statement, parameters) = (&step.statement, step.values.parameters());
        if statement.columns().is_empty() {
            let changed = client.execute(statement, &parameters).await?;
            let rows = Vec::new();
            return Ok(Reply { rows, changed });
        }
        let rows = client.query(statement, &parameters).await?;
        Ok(Reply { rows, changed: 0 })
    })
}

/// Polls futures in their order, so that what they send leaves in that order too.
async fn in_order(futures: Vec<Replying<'_>>) -> Vec<Result<Reply, tokio_postgres::Error>> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| (future, None)).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, reply) in waiting.iter_mut().filter(|(_, reply)| reply.is_none()) {
            match future.as_mut().poll(context) {
                Poll::Ready(value) => *reply = Some(value),
                Poll::Pending => ready = false,
            }
        }
        if ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    let replies = waiting.into_iter().map(|(_, reply)| reply);
    replies
        .map(|reply| reply.expect("every future is ready"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_fits_and_there_are_few() {
        let mut shapes = Vec::new();
        let cases = [
            (0b1111, 1, 0b1111, "one row is all values"),
            (0b0111, 2, 0, "too few rows for a form of their own"),
            (0b0110, 16, 0b0110, "worth a form"),
            (0b1110, 3, 0b0110, "the best that fits"),
            (0b0111, 16, 0b0110, "the first column counts the rows"),
            (0b1001, 3, 0, "none fits"),
        ];
        for (same, rows, expected, why) in cases {
            assert_eq!(shape(&mut shapes, same, rows), expected, "{why}");
        }
        for same in 0..1_000 {
            let chosen = shape(&mut shapes, same << 1, 1_000);
            assert_eq!(chosen & !(same << 1), 0, "it fits");
        }
        assert_eq!(shapes.len(), SHAPES_MAX);
    }
}
