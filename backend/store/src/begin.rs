//! Opens transactions so that no connection goes back to its pool with one still open.
//!
//! The driver counts a transaction only after its opening text was answered without an error. Two things happen before
//! that, and in both the driver would hand the connection to the next caller as it is:
//!
//! * The caller goes away (a client hangs up, a time limit passes). The next one would find itself inside a stranger's
//!   transaction. Here an opening that was sent is always seen to its end, by a task of its own when nobody waits for it.
//! * A statement of the text fails. After `BEGIN` that leaves a failed transaction, in which nothing runs any more. So what
//!   may fail stands before `BEGIN`: the statements of one message are one transaction in PostgreSQL, which a later `BEGIN`
//!   takes over and an error ends.

use std::pin::Pin;
use std::task::{Context, Poll};

use sqlx::{AssertSqlSafe, Error, PgPool, Postgres, SqlSafeStr, Transaction};
use tokio::runtime::Handle;

type Begun = Result<Transaction<'static, Postgres>, Error>;

/// Opens a transaction with one message; one round trip. Statements of `text` that may fail stand before its `BEGIN`.
/// No part of `text` may come from outside, except in the form of a parsed type.
///
/// # Errors
/// No connection in time, or the error of a statement. The connection is fit for the next caller.
pub(crate) async fn begin(pool: &PgPool, text: impl Into<String>) -> Begun {
    // Boxed, for its future holds the making of a connection and would swell every future above it.
    let connection = Box::pin(pool.acquire()).await?;
    let text = AssertSqlSafe(text.into()).into_sql_str();
    Opening(Some(Transaction::begin(connection, Some(text)))).await
}

/// An opening text on its way. Dropped before the answer, it waits for it in a task, where the transaction is rolled back.
struct Opening(Option<Pin<Box<dyn Future<Output = Begun> + Send>>>);

impl Future for Opening {
    type Output = Begun;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Begun> {
        let Some(opening) = self.0.as_mut() else { return Poll::Ready(Err(Error::BeginFailed)) };
        let answer = opening.as_mut().poll(context);
        if answer.is_ready() {
            self.0 = None;
        }
        answer
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        if let (Some(opening), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(async move { drop(opening.await) });
        }
    }
}
