//! What browsers and probes see: headers of every answer, CORS, introspection, the GraphiQL page, health.

use std::collections::HashSet;
use std::path::PathBuf;

use fleet::NodeOptions;
use serde_json::json;
use suite::api::Api;
use suite::salon::Salon;
use suite::wire;

use super::{NEWER, asking, nobody, post_as};

const SCHEMA: &str = "{ __schema { queryType { name } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a2_every_answer_carries_the_security_headers_and_a_number() {
    let (fleet, _gate) = suite::fleet().await;
    let url = fleet.api_url("us").expect("a url");
    let sent = ("x-request-id", "mine-00000001");
    let answers = [
        wire::post(&url, &[sent], asking("{ __typename }")).await,
        wire::post(&url, &[sent], asking("{")).await,
        wire::post(&url, &[sent, ("content-type", "text/plain")], "x").await,
        wire::post(&url, &[sent, ("authorization", "Bearer nonsense")], asking("{ __typename }")).await,
        wire::ask(&url, "GET /graphql", &[sent]).await,
        wire::ask(&url, "GET /nothing/here", &[sent]).await,
        wire::ask(&url, "GET /.git/config", &[sent]).await,
        wire::ask(&url, "GET /health/live", &[sent]).await,
        wire::ask(&url, "GET /health/ready", &[sent]).await,
        wire::ask(&url, "OPTIONS /graphql", &[("origin", "https://app.example"), ("access-control-request-method", "POST")]).await,
    ];
    let mut numbers = HashSet::new();
    for answer in &answers {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000; includeSubDomains"), "{answer:?}");
        assert_eq!(answer.header("content-security-policy"), Some("default-src 'none'; frame-ancestors 'none'"), "{answer:?}");
        assert_eq!(answer.header("x-domicile-region"), Some("us"), "{answer:?}");
        assert_eq!((answer.header("server"), answer.header("x-powered-by")), (None, None));
        let number = answer.header("x-request-id").expect("a number");
        assert_eq!(number.len(), 17, "{number}");
        numbers.insert(number);
    }
    assert_eq!(numbers.len(), answers.len(), "each request has its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_listed_pages_may_read_answers_and_open_sockets() {
    let (fleet, _gate) = suite::fleet().await;
    let settings = "[api]\nallowed_origins = [\"https://app.example\"]".parse().expect("TOML");
    let node = fleet.extra_node("us", NodeOptions { settings }).await.expect("a node");
    let url = node.api_url();
    let preflight = async |origin| {
        let headers =
            [("origin", origin), ("access-control-request-method", "POST"), ("access-control-request-headers", "content-type,x-tenant")];
        wire::ask(&url, "OPTIONS /graphql", &headers).await
    };

    let allowed = preflight("https://app.example").await;
    assert_eq!((allowed.status, allowed.header("access-control-allow-origin")), (204, Some("https://app.example")));
    assert_eq!(allowed.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(allowed.header("access-control-allow-headers"), Some("authorization, content-type, x-tenant"));
    assert_eq!(allowed.header("access-control-allow-credentials"), None, "no cookie is a credential here");
    assert_eq!(allowed.header("vary"), Some("origin"));
    let read = wire::post(&url, &[("origin", "https://app.example")], asking("{ __typename }")).await;
    assert_eq!((read.status, read.header("access-control-allow-origin")), (200, Some("https://app.example")));

    for foreign in ["https://evil.example", "https://app.example.evil.example", "http://app.example", "null"] {
        let answer = preflight(foreign).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, None), "{foreign}");
        let answer = wire::post(&url, &[("origin", foreign)], asking("{ __typename }")).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{foreign}");
        assert!(suite::socket::Socket::open(&url, &[("origin", foreign)]).await.is_err(), "{foreign}");
    }
    assert!(suite::socket::Socket::open(&url, &[("origin", "https://app.example")]).await.is_ok());
}

/// A folder with the four files of the page; removed at the end.
struct Page(PathBuf);

impl Page {
    fn make() -> Self {
        let folder = std::env::temp_dir().join(format!("domicile-suite-page-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for file in ["react.production.min.js", "react-dom.production.min.js", "graphiql.min.js", "graphiql.min.css"] {
            std::fs::write(folder.join(file), format!("/* {file} */")).expect("a file");
        }
        std::fs::write(folder.join("other.js"), "secret").expect("a file");
        Self(folder)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Introspection is for signed-in callers; a node with the GraphiQL page, as for development, lets everybody.
#[tokio::test(flavor = "multi_thread")]
async fn introspection_and_the_graphiql_page_are_there_when_configured() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&nobody(fleet, "us"), "us", "PINNED").await;
    let page = Page::make();
    let settings = format!("[api]\ngraphiql_dir = {:?}", page.0).parse().expect("TOML");
    let node = fleet.extra_node("us", NodeOptions { settings }).await.expect("a node");
    let (plain, paged) = (salon.nobody.url.clone(), node.api_url());

    let refused = wire::post(&plain, &[NEWER], asking(SCHEMA)).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "UNAUTHENTICATED"));
    assert!(refused.json().get("data").is_none(), "not a silent null");
    let known = json!({ "data": { "__schema": { "queryType": { "name": "Query" } } } });
    assert_eq!(post_as(&salon.owner, &asking(SCHEMA)).await.json(), known);
    assert_eq!(wire::post(&paged, &[NEWER], asking(SCHEMA)).await.json(), known);

    for path in ["/graphiql", "/graphiql/start.js", "/graphiql/graphiql.min.js"] {
        assert_eq!(wire::ask(&plain, &format!("GET {path}"), &[]).await.status, 404, "{path}");
        assert_eq!(wire::ask(&paged, &format!("GET {path}"), &[]).await.status, 200, "{path}");
    }
    let html = wire::ask(&paged, "GET /graphiql", &[]).await;
    assert_eq!(html.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = html.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert_eq!(wire::ask(&paged, "GET /graphiql/graphiql.min.css", &[]).await.body, "/* graphiql.min.css */");
    for outside in ["/graphiql/other.js", "/graphiql/../health/live", "/graphiql/..%2fother.js", "/graphiql//etc/passwd"] {
        let answer = wire::ask(&paged, &format!("GET {outside}"), &[]).await;
        assert!(answer.status == 404 && !answer.body.contains("secret"), "{outside}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_probes_tell_that_a_node_lives_and_can_serve() {
    let (fleet, _gate) = suite::fleet().await;
    let Api { url, .. } = nobody(fleet, "eu");

    let live = wire::ask(&url, "GET /health/live", &[]).await;
    assert_eq!((live.status, live.json()), (200, json!({ "live": true })));
    let ready = wire::ask(&url, "GET /health/ready", &[]).await;
    let found = ready.json();
    assert_eq!((ready.status, &found["ready"], &found["region"]), (200, &json!(true), &json!("eu")));
    assert_eq!((&found["database"], &found["directory"]), (&json!(true), &json!(true)));
    assert!(found["directoryVersion"].is_u64() && found["directoryAgeSeconds"].is_u64(), "{found}");
    let head = wire::ask(&url, "HEAD /health/ready", &[]).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let posted = wire::ask(&url, "DELETE /health/ready", &[]).await;
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD")));
}
