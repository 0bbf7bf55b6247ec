//! The stream of messages that one operation of a socket gives.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Response;
use async_graphql::parser::types::OperationType;
use futures_util::stream::{AbortHandle, Abortable, BoxStream, StreamExt, abortable, iter, once};
use serde_json::json;
use tokio::time::timeout;

use crate::http::answer::Answer;
use crate::http::service::too_slow;

/// One message for the client.
#[derive(Debug)]
pub(super) enum Output {
    /// A result.
    Next(Arc<str>, Answer),
    /// The operation cannot go on, its errors tell why; nothing follows.
    Failed(Arc<str>, serde_json::Value),
    /// The operation is over.
    Done(Arc<str>),
}

pub(super) type Outputs = Abortable<BoxStream<'static, Output>>;

/// The messages of one operation: results and an end, or an error and nothing more.
pub(super) fn of(
    id: Arc<str>,
    kind: OperationType,
    runs_at_once: bool,
    limit: Duration,
    responses: BoxStream<'static, Response>,
) -> (Outputs, AbortHandle) {
    let is_subscription = kind == OperationType::Subscription;
    let answers = if is_subscription { responses.map(Some).boxed() } else { single(responses, limit) };
    let end = id.clone();
    let messages = answers.enumerate().map(move |(number, response)| {
        let Some(response) = response else { return Output::Failed(id.clone(), json!([too_slow().to_error()])) };
        let answer = Answer::new(response, runs_at_once);
        // A subscription that fails before its first event never began.
        if answer.is_request_error() || (is_subscription && number == 0 && answer.is_failure()) {
            Output::Failed(id.clone(), json!(answer.errors()))
        } else {
            Output::Next(id.clone(), answer)
        }
    });
    abortable(messages.chain(iter([Output::Done(end)])).boxed())
}

/// The one response of a query or mutation; `None` when it takes too long.
fn single(mut responses: BoxStream<'static, Response>, limit: Duration) -> BoxStream<'static, Option<Response>> {
    once(async move { timeout(limit, responses.next()).await.ok().flatten() }).boxed()
}
