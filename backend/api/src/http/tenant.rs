//! Which tenant a request is for, read from its headers alone (A4, I3, R4): the bearer token, the host's first label
//! under a configured suffix, the `x-tenant` header. Whether they agree, and where the tenant lives, the directory says.

use std::fmt;
use std::sync::Arc;

pub use app::routing::Claims;
use domain::ids::TenantId;
use domain::region::Region;
use domain::tenant::{Alias, HomeEpoch, Residency};
use domain::token::{TokenKind, TokenText};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};

use super::problem::{Code, Problem};

/// The header that names the tenant by its alias.
pub const X_TENANT: HeaderName = HeaderName::from_static("x-tenant");

/// Where the directory says the tenant is. `H` is the right to act at home.
#[derive(Debug, Clone)]
pub enum Place<H> {
    /// No tenant was named; some fields answer without one.
    Unnamed,
    /// Here.
    Home(H),
    /// In another region.
    Elsewhere(Elsewhere),
    /// Here, but not served at present: being moved or suspended.
    Moving,
    /// The claims name different tenants.
    Mismatch,
    /// No tenant has this alias or id.
    Unknown,
}

/// Another region's tenant.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// Who.
    pub tenant: TenantId,
    /// Where.
    pub region: Arc<Region>,
    /// Since which relocation.
    pub home_epoch: HomeEpoch,
    /// Whether the request may be forwarded.
    pub residency: Residency,
}

/// The whole text of a bearer token: a secret, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer(String);

impl Bearer {
    /// The text, for the look-up only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Reads `Bearer <token>`, as in the `authorization` header.
    ///
    /// # Errors
    /// 401 for another scheme, or for a text that is no access token.
    pub fn parse(text: &str) -> Result<(Self, TokenText), Problem> {
        let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        let parsed = token.and_then(|token| TokenText::parse(token).ok().map(|parsed| (Self(token.to_owned()), parsed)));
        parsed.filter(|(_, parsed)| parsed.kind == TokenKind::Access).ok_or_else(unauthenticated)
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(…)")
    }
}

/// 401: no live session behind the token.
#[must_use]
pub fn unauthenticated() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated, "the access token is not valid: sign in, or send no token")
        .header(header::WWW_AUTHENTICATE, "Bearer")
}

/// The host names under which tenants have a label of their own.
#[derive(Debug, Clone, Default)]
pub struct HostNames {
    suffixes: Vec<String>,
    own: Option<String>,
}

impl HostNames {
    /// `suffixes` as configured, such as `localhost`; `api_url` is the node's own address, whose label is no tenant's.
    #[must_use]
    pub fn new(suffixes: &[String], api_url: &str) -> Self {
        let own = api_url.parse::<Uri>().ok().and_then(|url| url.host().map(str::to_ascii_lowercase));
        Self { suffixes: suffixes.iter().map(|suffix| suffix.trim_matches('.').to_ascii_lowercase()).collect(), own }
    }

    /// The label in front of a suffix; `None` when the host is no tenant's.
    fn label(&self, host: &str) -> Option<String> {
        let host = without_port(host).trim_end_matches('.').to_ascii_lowercase();
        if self.own.as_deref() == Some(host.as_str()) {
            return None;
        }
        let label = self.suffixes.iter().find_map(|suffix| host.strip_suffix(suffix.as_str())?.strip_suffix('.'))?;
        (!label.is_empty() && !label.contains('.')).then(|| label.to_owned())
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    }
}

/// Reads the claims and the bearer token.
///
/// # Errors
/// 401 for an `authorization` that is no access token, 404 for a text that can be nobody's alias, 400 for two values
/// where one is allowed.
pub fn read(headers: &HeaderMap, hosts: &HostNames) -> Result<(Claims, Option<Bearer>), Problem> {
    let mut claims = Claims::default();
    let mut bearer = None;
    if let Some(text) = single(headers, &header::AUTHORIZATION)? {
        let (secret, token) = Bearer::parse(text)?;
        claims.token = Some(token);
        bearer = Some(secret);
    }
    let host = single(headers, &header::HOST)?.and_then(|host| hosts.label(host));
    claims.host = host.as_deref().map(alias).transpose()?;
    claims.header = single(headers, &X_TENANT)?.map(alias).transpose()?;
    Ok((claims, bearer))
}

fn alias(text: &str) -> Result<Alias, Problem> {
    text.parse().map_err(|_| unknown())
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Problem::bad_request(format!("{name} must be plain text"))),
        (Some(_), Some(_)) => Err(Problem::bad_request(format!("{name} must be sent once"))),
    }
}

/// 404: nobody's alias or id.
#[must_use]
pub fn unknown() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, Code::NotFound, "no such tenant")
}

/// 403: the claims name different tenants.
#[must_use]
pub fn mismatch() -> Problem {
    let message = "the token, the host and the x-tenant header must name one tenant";
    Problem::new(StatusCode::FORBIDDEN, Code::TenantMismatch, message)
}

/// 503: at home here, but not served at present.
#[must_use]
pub fn moving() -> Problem {
    let message = "the tenant is moving; try again in a moment";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, Code::TenantMoving, message).with("retryable", true).header(header::RETRY_AFTER, "1")
}

/// 421: the tenant lives in another region; the answer says where (R4).
#[must_use]
pub fn elsewhere(elsewhere: &Elsewhere) -> Problem {
    let message = format!("the tenant lives in region {}: send the request to {}", elsewhere.region.code, elsewhere.region.api_url);
    Problem::new(StatusCode::MISDIRECTED_REQUEST, Code::TenantElsewhere, message)
        .with("region", elsewhere.region.code.as_str())
        .with("endpoint", elsewhere.region.api_url.as_str())
        .with("homeEpoch", elsewhere.home_epoch.0)
        .with("retryable", true)
        .closing()
}

/// The `x-tenant` value that carries a host's claim on to another node.
#[must_use]
pub fn carried(claims: &Claims) -> Option<HeaderValue> {
    claims.host.as_ref().or(claims.header.as_ref()).and_then(|alias| HeaderValue::from_str(alias.as_str()).ok())
}

#[cfg(test)]
mod tests;
