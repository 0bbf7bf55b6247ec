//! Hands the request of a FLEXIBLE tenant to its home region and streams the answer back (R4).
//!
//! The connection is mutual TLS, and the home's certificate must name the home region: the host dialled is
//! `node.<code>.domicile.internal`, whose address is that of the region's `peer_url`. Nothing that passes through is
//! logged, kept or looked into, and only the headers listed here go on.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::region::{Region, Regions};
use futures_util::TryStreamExt;
use http::{HeaderMap, HeaderName, header};
use poem::{Body, Response};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::problem::Problem;
use super::request_id::{self, RequestId};
use super::tenant::{self, Claims};

/// The header that names the region that did the work.
pub const X_REGION: HeaderName = HeaderName::from_static("x-domicile-region");

const CONNECT_TIME: Duration = Duration::from_secs(2);
/// From the first byte sent to the last one received: longer than a body plus a request may take at home.
const WHOLE_TIME: Duration = Duration::from_secs(30);
/// Shorter than a node keeps an idle connection open, so that a request is not sent into a closing one.
const IDLE_TIME: Duration = Duration::from_secs(5);

const REQUEST_HEADERS: [HeaderName; 3] = [header::ACCEPT, header::AUTHORIZATION, header::CONTENT_TYPE];
const ANSWER_HEADERS: [HeaderName; 4] = [header::CONTENT_TYPE, header::RETRY_AFTER, header::WWW_AUTHENTICATE, X_REGION];

/// A client of the other regions' peer listeners.
pub struct Forwarder {
    client: reqwest::Client,
}

impl Forwarder {
    /// A forwarder that shows the node's certificate and trusts the deployment's authority, both in `tls`.
    ///
    /// # Errors
    /// The TLS configuration is of no use to the client.
    pub fn new(tls: rustls::ClientConfig, regions: &Regions) -> Result<Self, reqwest::Error> {
        let client = client(regions).tls_backend_preconfigured(tls).https_only(true).build()?;
        Ok(Self { client })
    }

    /// A forwarder without TLS, to stand-ins for other regions on this machine.
    #[cfg(test)]
    pub(super) fn plain(regions: &Regions) -> Result<Self, reqwest::Error> {
        // The client asks for a provider even when it never speaks TLS; a second installation changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self { client: client(regions).build()? })
    }

    /// Sends the request to `home` and returns its answer while it comes in.
    ///
    /// # Errors
    /// 503 when the home region does not answer in time.
    pub async fn forward(&self, home: &Region, headers: &HeaderMap, claims: &Claims, body: Body) -> Result<Response, Problem> {
        let url = dialled(home).ok_or_else(|| away(home))?;
        let body: http_body_util::combinators::BoxBody<bytes::Bytes, std::io::Error> = body.into();
        let sent =
            self.client.post(url).timeout(WHOLE_TIME).headers(passed_on(headers, claims)).body(reqwest::Body::wrap(body)).send().await;
        match sent {
            Ok(answer) => Ok(streamed_back(answer)),
            Err(error) if error.is_connect() => Err(away(home)),
            Err(_) => Err(broken_off(home)),
        }
    }
}

fn client(regions: &Regions) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .http1_only()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIME)
        .pool_idle_timeout(IDLE_TIME)
        .dns_resolver(Arc::new(NodeNames::new(regions)))
}

fn node_name(region: &Region) -> String {
    format!("node.{}.domicile.internal", region.code)
}

/// The region's peer URL with the node's certified name for its host.
fn dialled(region: &Region) -> Option<Url> {
    let mut url = Url::parse(&region.peer_url).ok()?;
    url.set_host(Some(&node_name(region))).ok()?;
    url.set_path("/graphql");
    Some(url)
}

fn passed_on(headers: &HeaderMap, claims: &Claims) -> HeaderMap {
    let mut passed = picked(headers, &REQUEST_HEADERS);
    passed.insert(request_id::HEADER, RequestId::current().to_header());
    if let Some(alias) = tenant::carried(claims) {
        passed.insert(tenant::X_TENANT, alias);
    }
    passed
}

fn picked(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    names.iter().filter_map(|name| headers.get(name).map(|value| (name.clone(), value.clone()))).collect()
}

fn streamed_back(answer: reqwest::Response) -> Response {
    let (status, headers) = (answer.status(), picked(answer.headers(), &ANSWER_HEADERS));
    let mut response =
        Response::builder().status(status).body(Body::from_bytes_stream(answer.bytes_stream().map_err(std::io::Error::other)));
    *response.headers_mut() = headers;
    response
}

fn away(home: &Region) -> Problem {
    Problem::unavailable(format!("the tenant's home region {} cannot be reached from here", home.code)).with("region", home.code.as_str())
}

fn broken_off(home: &Region) -> Problem {
    let message = format!("the tenant's home region {} did not answer; repeat a change with the same idempotency key", home.code);
    Problem::unavailable(message).with("region", home.code.as_str())
}

/// Resolves each node name to the address in the region's peer URL.
struct NodeNames(HashMap<String, (String, u16)>);

impl NodeNames {
    fn new(regions: &Regions) -> Self {
        let address = |region: &Region| {
            let url = Url::parse(&region.peer_url).ok()?;
            let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
            Some((node_name(region), (host, url.port_or_known_default()?)))
        };
        Self(regions.iter().filter_map(|region| address(region)).collect())
    }
}

impl Resolve for NodeNames {
    fn resolve(&self, name: Name) -> Resolving {
        let address = self.0.get(name.as_str()).cloned();
        Box::pin(async move {
            let (host, port) = address.ok_or("not a node of this deployment")?;
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), port)).await?.collect();
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn only_what_the_home_needs_goes_on() {
        let sent: HeaderMap = [
            ("authorization", "Bearer x"),
            ("content-type", "application/json"),
            ("cookie", "a=b"),
            ("connection", "x-secret"),
            ("x-secret", "1"),
            ("x-forwarded-for", "10.0.0.1"),
            ("x-request-id", "mine"),
            ("host", "salon.localhost"),
        ]
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), http::HeaderValue::from_static(value)))
        .collect();
        let claims = Claims { host: Some("salon".parse().unwrap()), ..Claims::default() };

        let passed = passed_on(&sent, &claims);

        let mut names: Vec<&str> = passed.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["authorization", "content-type", "x-request-id", "x-tenant"]);
        assert_ne!(passed.get("x-request-id").unwrap(), "mine");
    }
}
