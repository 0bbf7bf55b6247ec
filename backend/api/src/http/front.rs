//! What every answer of a listener shares: request id, security headers, CORS, the log line, and a coded answer when a
//! handler panics.
//!
//! One line per request: method, path, status, duration, request id, tenant id where one was served here, and the code
//! of the first error. Never query text, variables, host names, aliases or tokens; a path is logged only when it is a route.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Version, header};
use poem::{Endpoint, Request, Response};

use super::forward::X_REGION;
use super::graphql::LoggedTenant;
use super::negotiation::MediaType;
use super::origin::Origins;
use super::problem::{LoggedCode, Problem};
use super::request_id::{self, RequestId};
use super::serve::PeerRegion;

const SECURITY: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
];

/// Stands before all routes of a listener.
pub(super) struct Front<E> {
    pub(super) routes: E,
    pub(super) origins: Origins,
    /// Code of the node's region.
    pub(super) region: HeaderValue,
}

impl<E: Endpoint> Endpoint for Front<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let id = if request.extensions().get::<PeerRegion>().is_some() { RequestId::of_peer(request.headers()) } else { RequestId::next() };
        let line = Line::of(&request, &id);
        let origin = request.headers().get(header::ORIGIN).cloned();

        let mut response = id.clone().cover(self.routed(request)).await;
        self.dress(&id, origin.as_ref(), response.headers_mut());
        line.write(&response);
        Ok(response)
    }
}

impl<E: Endpoint> Front<E> {
    async fn routed(&self, request: Request) -> Response {
        if let Err(problem) = require_one_host(&request) {
            return problem.into_response(MediaType::Json);
        }
        if Origins::is_preflight(request.method(), request.headers()) {
            return Origins::preflight();
        }
        // A panic ends one request, not the connection's task; the cause is in the panic hook's line.
        AssertUnwindSafe(self.routes.get_response(request)).catch_unwind().await.unwrap_or_else(|_| broken())
    }

    fn dress(&self, id: &RequestId, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        for (name, value) in SECURITY {
            answer.entry(name).or_insert(value);
        }
        answer.entry(X_REGION).or_insert_with(|| self.region.clone());
        answer.insert(request_id::HEADER, id.to_header());
        self.origins.mark(origin, answer);
    }
}

/// RFC 9112, section 3.2: a request of HTTP/1.1 with no host or with two is refused. (A length beside
/// `transfer-encoding` never gets here: the layer below drops it and closes after the answer, section 6.1.)
fn require_one_host(request: &Request) -> Result<(), Problem> {
    let hosts = request.headers().get_all(header::HOST).iter().count();
    let fits = hosts == 1 || (hosts == 0 && request.version() < Version::HTTP_11);
    fits.then_some(()).ok_or_else(|| Problem::bad_request("host must be sent once").closing())
}

fn broken() -> Response {
    let reference = RequestId::current().to_string();
    tracing::error!(reference, "a request handler panicked");
    Problem::internal(&reference).into_response(MediaType::Json)
}

fn known_path(path: &str) -> &'static str {
    let known = ["/graphql", "/graphiql", "/health/live", "/health/ready"];
    let found = known.into_iter().find(|known| *known == path);
    found.unwrap_or(if path.starts_with("/graphiql/") { "/graphiql/*" } else { "other" })
}

/// The log line of a request. Dropped before it is written, since the client has left and nobody serves the request any
/// more, it is written then: a guess at a password does not go unseen because its answer was not awaited.
struct Line {
    method: &'static str,
    path: &'static str,
    id: RequestId,
    begun: Instant,
    written: bool,
}

impl Line {
    fn of(request: &Request, id: &RequestId) -> Self {
        let known = ["GET", "POST", "OPTIONS", "HEAD"].into_iter().find(|known| request.method() == *known);
        let path = known_path(request.uri().path());
        Self { method: known.unwrap_or("other"), path, id: id.clone(), begun: Instant::now(), written: false }
    }

    fn write(mut self, response: &Response) {
        self.written = true;
        let tenant = response.extensions().get::<LoggedTenant>().map(|logged| logged.0);
        let code = response.extensions().get::<LoggedCode>().map(|logged| logged.0.as_str());
        tracing::info!(
            method = self.method,
            path = self.path,
            status = response.status().as_u16(),
            duration_ms = self.duration_ms(),
            request.id = %self.id,
            tenant.id = tenant.map(tracing::field::display),
            code,
            "request answered"
        );
    }

    fn duration_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.written {
            let duration_ms = self.duration_ms();
            tracing::info!(method = self.method, path = self.path, duration_ms, request.id = %self.id, "the client left before the answer");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_logged_only_when_it_is_a_route() {
        assert_eq!(known_path("/graphql"), "/graphql");
        assert_eq!(known_path("/graphiql/../../etc/passwd"), "/graphiql/*");
        assert_eq!(known_path("/someone@example.com"), "other");
    }
}
