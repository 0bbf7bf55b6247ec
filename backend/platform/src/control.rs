//! The node's client of control: pulls the directory's feed, claims and releases (R5). Mutual TLS, JSON ([`wire`]).
//!
//! Sends ids, numbers and keyed hashes only (R2). Trusts the deployment's own authority and nothing else (S3).

use std::time::Duration;

use domain::ids::TenantId;
use domain::tenant::DirectoryEntry;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use thiserror::Error;
use url::Url;

use crate::tls::{TlsError, TlsFiles};
use wire::{ChangesBody, EntryBody, RefusalBody, RefusalCode, SnapshotBody, VersionBody};

pub mod wire;

/// A connection must stand within this time.
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// An answer must be complete within this time, on top of what the caller asked control to wait.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// A snapshot grows with the number of tenants.
const SNAPSHOT_LIMIT: Duration = Duration::from_mins(1);
/// Control closes idle connections after 10 s; ours go first, so that no request meets a closing one.
const IDLE_LIMIT: Duration = Duration::from_secs(5);

/// Control as a node of one region sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ControlClient {
    http: Client,
    base: Url,
}

/// Changes of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// At most 1000, in version order, without a gap.
    pub changes: Vec<DirectoryEntry>,
    /// The newest version control has.
    pub head: i64,
}

/// The whole directory at one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The newest version contained.
    pub version: i64,
    /// Every entry that is not released.
    pub entries: Vec<DirectoryEntry>,
}

/// The client cannot be made.
#[derive(Debug, Error)]
pub enum ControlSetUpError {
    /// The address is no URL.
    #[error("control.url: must be a URL such as https://control.example:8400")]
    Url,
    /// The certificates do not fit.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The HTTP client refused its settings.
    #[error("control client: {0}")]
    Client(String),
}

/// Why control did not answer as hoped. Holds no value of a request.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ControlFault {
    /// No connection: nothing was sent.
    #[error("control cannot be reached: {0}")]
    NotReached(String),
    /// No answer, too late, or it said so itself. A claim or a release may have happened all the same.
    #[error("control is unavailable: {0}")]
    Unavailable(String),
    /// It understood and said no.
    #[error("control refused: {0:?}")]
    Refused(RefusalCode),
    /// It answered something else than agreed.
    #[error("control answered out of form: {0}")]
    Malformed(String),
}

/// Why a claim does not stand, or may not.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClaimError {
    /// Another tenant has the alias. Nothing was written.
    #[error("the alias is taken")]
    Taken,
    /// Refused for another reason. Nothing was written.
    #[error("control refused the claim: {0:?}")]
    Refused(RefusalCode),
    /// The claim was never sent.
    #[error("control cannot be reached: {0}")]
    NotReached(String),
    /// No certain answer: the claim may stand. Release it before giving up.
    #[error("control is unavailable: {0}")]
    Unavailable(String),
}

impl ControlClient {
    /// A client that connects when first used. `url` is control's base address.
    ///
    /// # Errors
    /// The URL or a TLS file is not usable.
    pub fn new(url: &str, tls: &TlsFiles) -> Result<Self, ControlSetUpError> {
        let base = Url::parse(url).ok().filter(|url| !url.cannot_be_a_base()).ok_or(ControlSetUpError::Url)?;
        let http = Client::builder()
            .tls_backend_preconfigured(tls.client()?)
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_LIMIT)
            .pool_idle_timeout(IDLE_LIMIT)
            .build()
            .map_err(|error| ControlSetUpError::Client(error.to_string()))?;
        Ok(Self { http, base })
    }

    /// Changes after version `after`. Control answers at once when there are some, else within `wait`.
    ///
    /// # Errors
    /// [`ControlFault`].
    pub async fn changes(&self, after: i64, wait: Duration) -> Result<Changes, ControlFault> {
        let mut url = self.url(&["changes"]);
        url.query_pairs_mut().append_pair("after", &after.to_string()).append_pair("wait_ms", &wait.as_millis().to_string());
        let body: ChangesBody = ask(self.http.get(url).timeout(wait + ANSWER_LIMIT)).await?;
        Ok(Changes { changes: entries(body.changes)?, head: body.head })
    }

    /// The whole directory.
    ///
    /// # Errors
    /// [`ControlFault`].
    pub async fn snapshot(&self) -> Result<Snapshot, ControlFault> {
        let body: SnapshotBody = ask(self.http.get(self.url(&["snapshot"])).timeout(SNAPSHOT_LIMIT)).await?;
        Ok(Snapshot { version: body.version, entries: entries(body.entries)? })
    }

    /// Enters a new tenant as active and returns the directory version that holds it. The entry's state and version are
    /// not looked at. Repeating a claim answers the same version.
    ///
    /// # Errors
    /// [`ClaimError`]; only after [`ClaimError::Unavailable`] may the claim stand.
    pub async fn claim(&self, entry: &DirectoryEntry) -> Result<i64, ClaimError> {
        let request = self.http.post(self.url(&["claims"])).timeout(ANSWER_LIMIT).json(&EntryBody::from(entry));
        match ask::<VersionBody>(request).await {
            Ok(body) => Ok(body.version),
            Err(ControlFault::Refused(RefusalCode::AliasTaken)) => Err(ClaimError::Taken),
            Err(ControlFault::Refused(code)) => Err(ClaimError::Refused(code)),
            Err(ControlFault::NotReached(why)) => Err(ClaimError::NotReached(why)),
            Err(ControlFault::Unavailable(why) | ControlFault::Malformed(why)) => Err(ClaimError::Unavailable(why)),
        }
    }

    /// Frees the alias of a sign-up that did not finish, and makes sure that a claim still under way fails. Returns the
    /// directory version. Repeating a release answers the same version.
    ///
    /// # Errors
    /// [`ControlFault`].
    pub async fn release(&self, tenant: TenantId) -> Result<i64, ControlFault> {
        let url = self.url(&["claims", &tenant.uuid().to_string()]);
        ask::<VersionBody>(self.http.delete(url).timeout(ANSWER_LIMIT)).await.map(|body| body.version)
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path);
        }
        url
    }
}

async fn ask<B: DeserializeOwned>(request: RequestBuilder) -> Result<B, ControlFault> {
    let response = request.send().await.map_err(|error| unanswered(&error))?;
    if response.status() == StatusCode::OK {
        response.json().await.map_err(|error| if error.is_decode() { malformed() } else { unanswered(&error) })
    } else {
        Err(refusal(response).await)
    }
}

async fn refusal(response: Response) -> ControlFault {
    let status = response.status();
    match response.json::<RefusalBody>().await {
        Ok(RefusalBody { code: RefusalCode::Unavailable }) => ControlFault::Unavailable("it says so".to_owned()),
        Ok(RefusalBody { code }) => ControlFault::Refused(code),
        Err(_) if status.is_server_error() => ControlFault::Unavailable(format!("status {status}")),
        Err(_) => ControlFault::Malformed(format!("status {status} without a code")),
    }
}

/// The innermost cause says what happened; the URL is left out, since it can hold a tenant's id.
fn unanswered(error: &reqwest::Error) -> ControlFault {
    let cause = if error.is_timeout() { "no answer in time".to_owned() } else { innermost(error).to_string() };
    if error.is_connect() { ControlFault::NotReached(cause) } else { ControlFault::Unavailable(cause) }
}

fn innermost(error: &dyn std::error::Error) -> &dyn std::error::Error {
    error.source().map_or(error, innermost)
}

fn malformed() -> ControlFault {
    ControlFault::Malformed("a body of another shape".to_owned())
}

fn entries(bodies: Vec<EntryBody>) -> Result<Vec<DirectoryEntry>, ControlFault> {
    wire::entries(bodies).map_err(|error| ControlFault::Malformed(error.to_string()))
}
