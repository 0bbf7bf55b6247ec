//! Claims from headers.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn access_token() -> String {
    TokenText { kind: TokenKind::Access, region: "eu".into(), tenant: TenantId::new(uuid::Uuid::from_u128(7)) }.with_secret(&[9; 32])
}

fn hosts() -> HostNames {
    HostNames::new(&["localhost".into(), "us.domicile.example".into()], "https://api.us.domicile.example/graphql")
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())).collect()
}

#[test]
fn a4_the_first_label_under_a_suffix_is_the_tenant() {
    let table = [
        ("salon.localhost:8401", Some("salon")),
        ("SALON.localhost", Some("salon")),
        ("salon.localhost.", Some("salon")),
        ("salon.us.domicile.example", Some("salon")),
        ("localhost:8401", None),
        ("api.us.domicile.example", None),
        ("a.salon.localhost", None),
        ("salonlocalhost", None),
        ("127.0.0.1:8401", None),
        ("[::1]:8401", None),
        ("elsewhere.example", None),
    ];
    for (host, label) in table {
        let (claims, _) = read(&headers(&[("host", host)]), &hosts()).unwrap();
        assert_eq!(claims.host.as_ref().map(Alias::as_str), label, "{host}");
    }
}

#[test]
fn a4_token_host_and_header_are_all_read() {
    let token = access_token();

    let (claims, bearer) =
        read(&headers(&[("authorization", &format!("bearer {token}")), ("host", "one.localhost"), ("x-tenant", "two")]), &hosts()).unwrap();

    assert_eq!(claims.token.unwrap().tenant, TenantId::new(uuid::Uuid::from_u128(7)));
    assert_eq!((claims.host.unwrap().as_str(), claims.header.unwrap().as_str()), ("one", "two"));
    assert_eq!(bearer.as_ref().map(Bearer::expose), Some(token.as_str()));
    assert_eq!(format!("{bearer:?}"), "Some(Bearer(…))");
}

#[test]
fn what_cannot_be_right_is_refused_before_the_directory_is_asked() {
    let refresh =
        TokenText { kind: TokenKind::Refresh, region: "eu".into(), tenant: TenantId::new(uuid::Uuid::nil()) }.with_secret(&[9; 32]);
    let table = [
        (headers(&[("authorization", "Basic abc")]), StatusCode::UNAUTHORIZED),
        (headers(&[("authorization", "Bearer nonsense")]), StatusCode::UNAUTHORIZED),
        (headers(&[("authorization", &format!("Bearer {refresh}"))]), StatusCode::UNAUTHORIZED),
        (headers(&[("x-tenant", "Not An Alias")]), StatusCode::NOT_FOUND),
        (headers(&[("host", "x.localhost")]), StatusCode::NOT_FOUND),
        (headers(&[("x-tenant", "one"), ("x-tenant", "two")]), StatusCode::BAD_REQUEST),
    ];
    for (headers, status) in table {
        assert_eq!(read(&headers, &hosts()).unwrap_err().status(), status, "{headers:?}");
    }
}
