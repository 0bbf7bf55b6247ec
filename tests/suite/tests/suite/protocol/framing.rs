//! Messages with two meanings and headers sent twice: refused, and never read as a second request.

use suite::salon::Salon;
use suite::wire;

use super::{asking, nobody};

#[tokio::test(flavor = "multi_thread")]
async fn a2_ambiguous_framing_is_refused_and_nothing_is_smuggled() {
    let (fleet, _gate) = suite::fleet().await;
    let url = fleet.api_url("us").expect("a url");
    let head = "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let hidden = "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let table = [
        ("both framings", format!("{head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}")),
        ("both, the other way round", format!("{head}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n{hidden}")),
        ("two lengths", format!("{head}content-length: 5\r\ncontent-length: 6\r\n\r\nhello{hidden}")),
        ("a negative length", format!("{head}content-length: -1\r\n\r\n{hidden}")),
        ("a length with a sign", format!("{head}content-length: +5\r\n\r\nhello{hidden}")),
        ("an unknown framing", format!("{head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}")),
        ("chunked twice", format!("{head}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}")),
        ("no chunk size", format!("{head}connection: close\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{hidden}")),
        ("a space before the colon", format!("{head}content-length : 5\r\n\r\nhello{hidden}")),
        ("a folded header", format!("{head}x-tenant: a\r\n b\r\ncontent-length: 0\r\n\r\n{hidden}")),
        ("no host", format!("POST /graphql HTTP/1.1\r\ncontent-length: 0\r\n\r\n{hidden}")),
        ("two hosts", format!("{head}host: other\r\ncontent-length: 0\r\n\r\n{hidden}")),
        ("no version we know", format!("GET /health/live HTTP/7.1\r\nhost: localhost\r\n\r\n{hidden}")),
        ("no HTTP", "\u{16}\u{3}\u{1} hello\r\n\r\n".to_owned()),
    ];
    for (name, bytes) in table {
        let answer = wire::exchange(&url, bytes.as_bytes()).await;
        assert_eq!(answer.status, 400, "{name}: {answer:?}");
        assert!(!answer.body.contains("live"), "{name} was read as two requests: {answer:?}");
    }
    let long = wire::ask(&url, "GET /health/live", &[("x-long", &"x".repeat(20_000))]).await;
    assert_eq!(long.status, 431, "{long:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_header_sent_twice_is_refused() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&nobody(fleet, "us"), "us", "PINNED").await;
    let bearer = format!("Bearer {}", salon.owner.token.clone().expect("a token"));
    let table = [
        ("x-tenant", salon.alias.as_str(), 400),
        ("authorization", bearer.as_str(), 400),
        ("content-type", "application/json", 415),
        ("host", "localhost", 400),
    ];
    for (name, value, status) in table {
        let answer = wire::post(&salon.owner.url, &[(name, value), (name, value)], asking("{ __typename }")).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, "BAD_USER_INPUT"), "{name}: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_what_a_client_says_of_proxies_is_ignored() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&nobody(fleet, "us"), "us", "PINNED").await;
    let host = format!("{}.localhost", salon.alias);
    let forwarded = [
        ("x-forwarded-host", host.as_str()),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("x-original-url", "/health/live"),
        ("x-http-method-override", "GET"),
        ("x-domicile-region", "eu"),
    ];
    let answer = wire::post(&salon.owner.url, &forwarded, asking("{ bookingPage { tenant { name } } }")).await;

    assert_eq!((answer.status, answer.code().as_str()), (200, "TENANT_REQUIRED"), "{answer:?}");
    assert_eq!(answer.header("x-domicile-region"), Some("us"));
}
