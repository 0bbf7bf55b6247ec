//! The stand-in: a small schema and a directory of five tenants.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use async_graphql::{Context, Enum, ErrorExtensions, Object, Request, Response, Schema, SimpleObject, Subscription};
use domain::ids::TenantId;
use domain::region::{Region, RegionNumber, Regions, Site};
use domain::tenant::{HomeEpoch, Residency};
use domain::token::{TokenKind, TokenText};
use futures_util::stream::{self, BoxStream, Stream};
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::http::backend::{Backend, Readiness};
use crate::http::forward::Forwarder;
use crate::http::problem::Problem;
use crate::http::serve::{ConnectionLimits, PeerRegion, serve};
use crate::http::tenant::{Bearer, Claims, Elsewhere, Place, unauthenticated};
use crate::http::{HttpOptions, Times, limits, peer, public};

pub(in crate::http) const HOME: u128 = 1;
pub(in crate::http) const PINNED: u128 = 2;
pub(in crate::http) const FLEXIBLE: u128 = 3;

#[derive(Clone)]
pub(in crate::http) struct Stand {
    schema: Schema<Query, Mutation, Ticks>,
    pub(in crate::http) regions: Arc<Regions>,
    /// Code of the region this stand-in plays.
    pub(in crate::http) region: &'static str,
    /// Whether tokens are alive.
    pub(in crate::http) alive: Arc<AtomicBool>,
    /// How often the mutation has run.
    pub(in crate::http) bumps: Arc<AtomicU32>,
}

#[derive(Clone)]
pub(in crate::http) struct Visitor {
    tenant: Option<TenantId>,
    signed_in: bool,
}

impl Stand {
    pub(in crate::http) fn new(region: &'static str, regions: Regions) -> Self {
        let bumps = Arc::new(AtomicU32::new(0));
        let schema = limits::configure(Schema::build(Query, Mutation, Ticks)).data(Arc::clone(&bumps)).finish();
        Self { schema, regions: Arc::new(regions), region, alive: Arc::new(AtomicBool::new(true)), bumps }
    }

    fn place(&self, number: u128) -> Place<TenantId> {
        let tenant = TenantId::new(Uuid::from_u128(number));
        let (home, residency) = match number {
            HOME => ("us", Residency::Pinned),
            PINNED => ("eu", Residency::Pinned),
            FLEXIBLE => ("eu", Residency::Flexible),
            _ => return Place::Unknown,
        };
        if home == self.region {
            return Place::Home(tenant);
        }
        let region = Arc::clone(self.regions.by_code(home).unwrap());
        Place::Elsewhere(Elsewhere { tenant, region, home_epoch: HomeEpoch(3), residency })
    }
}

impl Backend for Stand {
    type Home = TenantId;
    type Caller = Visitor;

    fn route(&self, claims: &Claims) -> Place<TenantId> {
        let numbered = |alias: &str| match alias {
            "home" => HOME,
            "pinned" => PINNED,
            "flexible" => FLEXIBLE,
            _ => 99,
        };
        let mut named = claims.token.iter().map(|token| token.tenant.uuid().as_u128()).collect::<Vec<_>>();
        named.extend([&claims.host, &claims.header].into_iter().flatten().map(|alias| numbered(alias.as_str())));
        match named.as_slice() {
            [] => Place::Unnamed,
            [first, rest @ ..] if rest.iter().any(|other| other != first) => Place::Mismatch,
            [first, ..] => self.place(*first),
        }
    }

    fn tenant(&self, home: &TenantId) -> TenantId {
        *home
    }

    async fn admit(&self, home: Option<&TenantId>, bearer: Option<&Bearer>) -> Result<Visitor, Problem> {
        if bearer.is_some() && !self.alive.load(Ordering::SeqCst) {
            return Err(unauthenticated());
        }
        Ok(Visitor { tenant: home.copied(), signed_in: bearer.is_some() })
    }

    fn is_signed_in(&self, caller: &Visitor) -> bool {
        caller.signed_in
    }

    async fn execute(&self, request: Request, caller: Visitor) -> Response {
        self.schema.execute(request.data(caller)).await
    }

    fn subscribe(&self, request: Request, caller: Visitor) -> BoxStream<'static, Response> {
        self.schema.execute_stream(request.data(caller))
    }

    async fn readiness(&self) -> Readiness {
        let ready = self.alive.load(Ordering::SeqCst);
        let region = self.region.to_owned();
        Readiness { ready, region, database: ready, directory: true, directory_version: 7, directory_age_seconds: Some(1) }
    }
}

struct Query;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum Colour {
    Red,
    Blue,
}

#[derive(SimpleObject)]
struct Pair {
    left: i32,
    right: i32,
}

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }
    async fn tenant(&self, context: &Context<'_>) -> Option<String> {
        context.data_unchecked::<Visitor>().tenant.map(|tenant| tenant.to_string())
    }
    async fn twice(&self, n: i32) -> i32 {
        n * 2
    }
    async fn painted(&self, colour: Colour) -> bool {
        colour == Colour::Red
    }
    async fn endless(&self) -> bool {
        std::future::pending().await
    }
    async fn panics(&self) -> bool {
        assert!(std::hint::black_box(false), "secret of the panic");
        true
    }
    async fn uncoded(&self) -> async_graphql::Result<bool> {
        Ok("x".parse::<i32>()? > 0)
    }
    async fn forbidden(&self) -> async_graphql::Result<Option<bool>> {
        Err(async_graphql::Error::new("no").extend_with(|_, extensions| extensions.set("code", "FORBIDDEN")))
    }
    #[graphql(complexity = first * child_complexity)]
    async fn pairs(&self, first: usize) -> Vec<Pair> {
        (0..first.min(3)).map(|_| Pair { left: 1, right: 2 }).collect()
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn bump(&self, context: &Context<'_>) -> u32 {
        context.data_unchecked::<Arc<AtomicU32>>().fetch_add(1, Ordering::SeqCst) + 1
    }
}

struct Ticks;

#[Subscription]
impl Ticks {
    async fn ticks(&self, upto: u32) -> impl Stream<Item = u32> {
        stream::iter(0..upto)
    }
    async fn forever(&self) -> impl Stream<Item = u32> {
        stream::pending()
    }
    async fn steady(&self) -> impl Stream<Item = u32> {
        stream::unfold(0, |n| async move {
            sleep(Duration::from_millis(20)).await;
            Some((n, n + 1))
        })
    }
    async fn refused(&self) -> async_graphql::Result<impl Stream<Item = u32>> {
        let error = async_graphql::Error::new("no").extend_with(|_, extensions| extensions.set("code", "FORBIDDEN"));
        Err::<BoxStream<'static, u32>, _>(error)
    }
}

/// Regions us and eu, the latter's nodes at `eu_peer`.
pub(in crate::http) fn regions(eu_peer: &str) -> Regions {
    let region = |number, code: &str, peer_url: &str| {
        let site = |name: &str| Site {
            name: name.into(),
            location: "X".into(),
            jurisdiction: "X".into(),
            shards: vec![],
            key_store: String::new(),
        };
        Region {
            number: RegionNumber(number),
            code: code.into(),
            name: code.into(),
            jurisdiction: "X".into(),
            api_url: format!("https://api.{code}.example/graphql"),
            cdn_url: String::new(),
            peer_url: peer_url.into(),
            sites: vec![site("primary"), site("secondary")],
        }
    };
    Regions::new([region(1, "us", "http://127.0.0.1:9"), region(3, "eu", eu_peer)]).unwrap()
}

pub(in crate::http) struct Running {
    pub(in crate::http) address: SocketAddr,
    pub(in crate::http) stand: Stand,
    pub(in crate::http) stop: CancellationToken,
}

pub(in crate::http) fn quick() -> Times {
    Times {
        body: Duration::from_millis(300),
        request: Duration::from_millis(500),
        init: Duration::from_millis(300),
        recheck: Duration::from_millis(100),
        keep_alive: Duration::from_millis(400),
    }
}

fn connection_limits() -> ConnectionLimits {
    ConnectionLimits { linger: Duration::from_millis(500), ..ConnectionLimits::default() }
}

pub(in crate::http) async fn start() -> Running {
    start_with("http://127.0.0.1:9", quick()).await
}

/// A public listener of region us.
pub(in crate::http) async fn start_with(eu_peer: &str, times: Times) -> Running {
    let stand = Stand::new("us", regions(eu_peer));
    let options = HttpOptions {
        host_suffixes: vec!["localhost".into()],
        allowed_origins: vec!["https://app.example".into()],
        graphiql_dir: None,
        open_introspection: false,
        times,
    };
    let forwarder = Forwarder::plain(&stand.regions).unwrap();
    let endpoint = public(stand.clone(), stand.regions.by_code("us").unwrap(), options, forwarder);
    listen(endpoint, stand).await
}

/// A peer listener of region eu; every connection counts as one from a node of `from`.
pub(in crate::http) async fn start_peer(from: Option<&'static str>) -> Running {
    use poem::{EndpointExt, Request};
    let stand = Stand::new("eu", regions("http://127.0.0.1:9"));
    let routes = peer(stand.clone(), stand.regions.by_code("eu").unwrap(), &stand.regions, quick());
    let endpoint = routes.before(move |mut request: Request| async move {
        if let Some(code) = from {
            request.extensions_mut().insert(PeerRegion(code.to_owned()));
        }
        Ok(request)
    });
    listen(endpoint, stand).await
}

async fn listen(endpoint: impl poem::Endpoint + 'static, stand: Stand) -> Running {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (socket.local_addr().unwrap(), CancellationToken::new());
    tokio::spawn(serve(socket, None, endpoint, connection_limits(), stop.clone()));
    Running { address, stand, stop }
}

/// An access token of a tenant.
pub(in crate::http) fn token(tenant: u128) -> String {
    TokenText { kind: TokenKind::Access, region: "us".into(), tenant: TenantId::new(Uuid::from_u128(tenant)) }.with_secret(&[9; 32])
}
