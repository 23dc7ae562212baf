//! One connection with its prepared statements, and pipelines over it.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use tokio_postgres::{Client, Row, Statement};

use crate::columns::Columns;
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
}

impl Session {
    pub(crate) fn new(client: Client) -> Session {
        Session {
            client,
            statements: HashMap::new(),
        }
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
        let prepared = self.client.prepare(&text()).await;
        let statement = prepared.map_err(|problem| failure("preparing a statement", &problem))?;
        self.statements.insert(name.to_owned(), statement.clone());
        Ok(statement)
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
        let running = steps.iter().map(|step| run(&self.client, step));
        let replies = in_order(running.collect()).await;
        let mut checked = Vec::with_capacity(replies.len());
        for (reply, step) in replies.into_iter().zip(steps) {
            let reply = reply.map_err(|problem| failure(step.doing, &problem))?;
            checked.push(reply);
        }
        Ok(checked)
    }

    /// Ends what was begun, without a trace. A connection that cannot is given up by its owner.
    pub(crate) async fn roll_back(&self) -> bool {
        self.client.batch_execute("ROLLBACK").await.is_ok()
    }
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
