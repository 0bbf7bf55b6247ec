//! The HTTP face of the control process: the directory's feed, claims and releases (R2, R5). The wire forms are drawn in
//! `platform/src/control/wire.rs`.
//!
//! Every connection is mutual TLS; the client certificate names the caller's region, and a certificate that names none is
//! refused. No request is logged with its tenant.

use std::sync::Arc;
use std::time::Duration;

use app::control::wire::{EntryBody, RefusalBody, RefusalCode};
use app::control::{Answer, Control};
use domain::ids::TenantId;
use domain::region::RegionNumber;
use http::{Method, StatusCode};
use poem::{Endpoint, IntoResponse, Request, Response};
use serde::Serialize;
use uuid::Uuid;

use crate::http::serve::PeerRegion;

/// An entry is under 300 bytes.
const LONGEST_BODY: usize = 1024;

/// Answers every request of the control process.
pub struct ControlEndpoint(Arc<Control>);

impl ControlEndpoint {
    /// Over the authority.
    #[must_use]
    pub const fn new(control: Arc<Control>) -> Self {
        Self(control)
    }

    async fn answer(&self, request: Request) -> Answer<Response> {
        let caller = self.caller(&request)?;
        let path = request.uri().path().to_owned();
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (request.method(), segments.as_slice()) {
            (&Method::GET, ["v1", "changes"]) => {
                let (after, wait) = poll(request.uri().query().unwrap_or_default())?;
                self.0.changes(after, wait).await.map(ok)
            }
            (&Method::GET, ["v1", "snapshot"]) => self.0.snapshot().await.map(ok),
            (&Method::POST, ["v1", "claims"]) => self.0.claim(caller, entry(request).await?).await.map(ok),
            (&Method::DELETE, ["v1", "claims", tenant]) => {
                let tenant = tenant.parse::<Uuid>().map_err(|_| RefusalCode::Malformed)?;
                self.0.release(caller, TenantId::new(tenant)).await.map(ok)
            }
            (&Method::GET, ["health", "ready"]) => self.0.head().await.map(ok),
            _ => Err(RefusalCode::Unknown),
        }
    }

    fn caller(&self, request: &Request) -> Answer<RegionNumber> {
        let peer = request.extensions().get::<PeerRegion>().ok_or(RefusalCode::OtherRegion)?;
        self.0.caller(&peer.0)
    }
}

impl Endpoint for ControlEndpoint {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(self.answer(request).await.unwrap_or_else(refused))
    }
}

/// `after` and `wait_ms` of a poll, both required and each once.
fn poll(query: &str) -> Answer<(i64, Duration)> {
    let (mut after, mut wait) = (None, None);
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let place = match key.as_ref() {
            "after" => &mut after,
            "wait_ms" => &mut wait,
            _ => return Err(RefusalCode::Malformed),
        };
        let number = value.parse::<i64>().map_err(|_| RefusalCode::Malformed)?;
        if number < 0 || place.replace(number).is_some() {
            return Err(RefusalCode::Malformed);
        }
    }
    let (after, wait) = after.zip(wait).ok_or(RefusalCode::Malformed)?;
    Ok((after, Duration::from_millis(wait.unsigned_abs())))
}

async fn entry(request: Request) -> Answer<EntryBody> {
    let bytes = request.into_body().into_bytes_limit(LONGEST_BODY).await.map_err(|_| RefusalCode::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| RefusalCode::Malformed)
}

fn ok(body: impl Serialize) -> Response {
    json(StatusCode::OK, &body)
}

fn refused(code: RefusalCode) -> Response {
    let status = match code {
        RefusalCode::AliasTaken | RefusalCode::TenantTaken => StatusCode::CONFLICT,
        RefusalCode::OtherRegion => StatusCode::FORBIDDEN,
        RefusalCode::Malformed => StatusCode::BAD_REQUEST,
        RefusalCode::Unknown => StatusCode::NOT_FOUND,
        RefusalCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    json(status, &RefusalBody { code })
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => Response::builder().status(status).content_type("application/json").body(bytes),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_a_poll_names_its_version_and_its_patience() {
        assert_eq!(poll("after=12&wait_ms=5000"), Ok((12, Duration::from_secs(5))));
        for bad in
            ["", "after=12", "wait_ms=1", "after=-1&wait_ms=1", "after=1&after=2&wait_ms=1", "after=1&wait_ms=1&x=1", "after=a&wait_ms=1"]
        {
            assert_eq!(poll(bad), Err(RefusalCode::Malformed), "{bad}");
        }
    }

    #[test]
    fn refusals_have_their_status() {
        assert_eq!(refused(RefusalCode::AliasTaken).status(), StatusCode::CONFLICT);
        assert_eq!(refused(RefusalCode::OtherRegion).status(), StatusCode::FORBIDDEN);
        assert_eq!(refused(RefusalCode::Unavailable).status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
