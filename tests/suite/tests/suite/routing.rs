//! Whose request, and where it belongs: decided from headers alone, before the body is read (R4), from claims that must
//! agree (I3), with three fields that need no tenant (A4). What passes through a foreign region leaves nothing there (R1).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fleet::Fleet;
use serde_json::{Value, json};
use suite::api::{Api, document};
use suite::marker::{Marker, traces};
use suite::salon::{Salon, new_alias, text, tuesday};
use suite::sql::Sql;
use suite::wire::{self, Wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Long enough for a forwarded request on a loaded machine, and far less than the 10 s that a body may take to arrive.
const SOON: Duration = Duration::from_secs(6);

/// What a visitor or a person of `salon` says of the tenant, in each of the three ways.
fn claims(salon: &Salon) -> [(&'static str, String); 3] {
    let token = salon.owner.token.as_deref().expect("a token");
    [("authorization", format!("Bearer {token}")), ("x-tenant", salon.alias.clone()), ("host", format!("{}.localhost", salon.alias))]
}

/// Sends a head and the first half of a body, then waits for the answer without ever sending the rest.
async fn half_sent(url: &str, claim: (&str, &str), body: &str) -> Wire {
    let mut socket = wire::connect(url).await;
    let head = wire::head("POST /graphql", &[claim], Some(body.len() * 2));
    socket.write_all(head.as_bytes()).await.expect("sent");
    socket.write_all(body.as_bytes()).await.expect("sent");
    tokio::time::timeout(SOON, wire::read(&mut socket)).await.expect("an answer before the body is whole")
}

/// A booking whose every free text is `marker`.
fn telling(salon: &Salon, service: &str, marker: &Marker, time: &str) -> Value {
    let customer = json!({ "name": marker.0, "email": format!("{}@customer.example", marker.0) });
    salon.booking(service, &tuesday(time), json!({ "customer": customer, "note": marker.0 }))
}

fn request(operation: &str, input: &Value) -> String {
    json!({ "query": document(operation), "variables": { "input": input } }).to_string()
}

/// Makes the committed rows of a region's shard lie in its files, on both sites.
async fn written_out(fleet: &Fleet, region: &str) {
    let urls = fleet.database(region).expect("a region");
    for url in [&urls.superuser, &urls.standby] {
        Sql::connect(url).await.run("CHECKPOINT").await;
    }
}

/// A text that lies in a region's files, since it is no secret there: the name of a service.
async fn plant(fleet: &Fleet, region: &str) -> Marker {
    let control = Marker::new();
    Salon::open(fleet, region).await.service(json!({ "name": control.0 })).await;
    written_out(fleet, region).await;
    control
}

/// What the region's files hold of `marker`; the search must find what was planted in the same region.
async fn found_in(fleet: &Fleet, region: &str, marker: &Marker) -> Vec<String> {
    let control = plant(fleet, region).await;
    let found = traces(&fleet.site_files(region).expect("files"), &[marker, &control]);
    for site in ["primary", "secondary"] {
        let place = format!("/{region}/{site}/shard/");
        assert!(found.iter().any(|hit| hit.contains(&control.0) && hit.contains(&place)), "the search finds nothing in {place}");
    }
    found.into_iter().filter(|hit| hit.contains(&marker.0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_pinned_tenants_request_is_turned_away_before_its_body_is_sent() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await.known(fleet).await;
    let service = salon.service(json!({})).await;
    let marker = Marker::new();
    let body = request("CreateBooking", &telling(&salon, &service, &marker, "10:00"));
    let (us, eu) = (fleet.api_url("us").expect("a url"), fleet.api_url("eu").expect("a url"));

    for (name, value) in &claims(&salon) {
        for body in [body.as_str(), ""] {
            let answer = half_sent(&us, (name, value), &format!("{body:1}")).await;
            assert_eq!((answer.status, answer.header("content-type")), (421, Some("application/graphql-response+json")), "{answer:?}");
            assert_eq!(answer.header("x-domicile-region"), Some("us"));
            let expected = json!({ "errors": [{
                "message": format!("the tenant lives in region eu: send the request to {eu}"),
                "extensions": { "code": "TENANT_ELSEWHERE", "region": "eu", "endpoint": eu, "homeEpoch": 1, "retryable": true },
            }] });
            assert_eq!(answer.json(), expected, "{name}");
        }
    }
    let whole = wire::post(&us, &[("x-tenant", &salon.alias), ("accept", "application/json")], &body).await;
    assert_eq!((whole.status, whole.header("content-type")), (421, Some("application/graphql-response+json")));

    assert_eq!(found_in(fleet, "us", &marker).await, [""; 0]);
    let bookings = salon.owner.data("Bookings", json!({})).await;
    assert_eq!(bookings["bookings"]["edges"], json!([]), "and nothing was booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_flexible_tenants_request_is_answered_from_home_and_leaves_nothing_on_the_way() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open_with(fleet, "eu", "FLEXIBLE").await.known(fleet).await;
    let service = salon.service(json!({})).await;
    let marker = Marker::new();
    let us = fleet.api_url("us").expect("a url");

    for ((name, value), time) in claims(&salon).iter().zip(["09:00", "10:00", "11:00"]) {
        let body = request("CreateBooking", &telling(&salon, &service, &marker, time));
        let answer = wire::post(&us, &[(name, value)], body).await;
        assert_eq!((answer.status, answer.header("x-domicile-region")), (200, Some("eu")), "{name}: {answer:?}");
        let payload = &answer.json()["data"]["createBooking"];
        assert_eq!((&payload["userErrors"], &payload["booking"]["customer"]["name"]), (&json!([]), &json!(marker.0)), "{name}");
    }
    let there = salon.owner.at(us.as_str()).data("Bookings", json!({})).await;
    assert_eq!(there, salon.owner.data("Bookings", json!({})).await, "both regions' nodes show the same");
    assert_eq!(there["bookings"]["edges"].as_array().map(Vec::len), Some(3));

    assert_eq!(found_in(fleet, "us", &marker).await, [""; 0], "the region on the way");
    assert_eq!(found_in(fleet, "eu", &marker).await, [""; 0], "at home it is sealed");
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_forwarded_body_is_streamed_and_may_be_as_large_as_at_home() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open_with(fleet, "eu", "FLEXIBLE").await.known(fleet).await;
    let us = fleet.api_url("us").expect("a url");
    let claim = ("x-tenant", salon.alias.as_str());
    let asking =
        |filler: usize| json!({ "query": "{ bookingPage { tenant { alias } } }", "variables": { "v": "x".repeat(filler) } }).to_string();

    let large = wire::post(&us, &[claim], asking(2_900_000)).await;
    assert_eq!(large.json(), json!({ "data": { "bookingPage": { "tenant": { "alias": salon.alias } } } }));
    assert_eq!(large.header("x-domicile-region"), Some("eu"));
    let too_large = wire::post(&us, &[claim], asking(3_200_000)).await;
    assert_eq!((too_large.status, too_large.code().as_str()), (413, "BAD_USER_INPUT"));

    // Home refuses a dead token from the head alone, so its answer before the body's end shows that nobody kept the body back.
    let answer = half_sent(&us, ("authorization", &format!("Bearer {}", dead_token(&salon))), &asking(100_000)).await;
    assert_eq!((answer.status, answer.header("x-domicile-region")), (401, Some("eu")), "{answer:?}");
    assert_eq!(answer.code(), "UNAUTHENTICATED");
}

/// A token of the salon's tenant with another secret.
fn dead_token(salon: &Salon) -> String {
    let (kind, secret) = salon.owner.token.as_deref().and_then(|token| token.rsplit_once("_at_")).expect("a token");
    let mut bytes = URL_SAFE_NO_PAD.decode(secret).expect("base64");
    *bytes.last_mut().expect("bytes") ^= 1;
    format!("{kind}_at_{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_the_peer_listener_serves_nodes_only_and_never_forwards() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open_with(fleet, "eu", "FLEXIBLE").await.known(fleet).await;
    let ask = async |client: &reqwest::Client, region: &str| {
        let url = format!("{}/graphql", fleet.peer_url(region).expect("a url"));
        let body = json!({ "query": "{ bookingPage { tenant { alias } } }" });
        client.post(url).header("x-tenant", &salon.alias).json(&body).send().await
    };

    let node = fleet.peer("us").expect("a client");
    let home = ask(&node, "eu").await.expect("an answer");
    assert_eq!(home.status(), 200);
    let elsewhere = ask(&node, "au").await.expect("an answer");
    assert_eq!(elsewhere.status(), 421);
    let body: Value = elsewhere.json().await.expect("JSON");
    assert_eq!(body["errors"][0]["extensions"]["code"], "TENANT_ELSEWHERE", "{body}");

    let control = ask(&fleet.peer("control").expect("a client"), "eu").await.expect("an answer");
    assert_eq!(control.status(), 403, "control is no node");
    let ca = std::fs::read(fleet::certificates::papers(&fleet.plan.state, "us").ca).expect("a file");
    let ca = reqwest::Certificate::from_pem(&ca).expect("a certificate");
    let nobody = reqwest::Client::builder().tls_certs_only([ca]).build().expect("a client");
    let refused = ask(&nobody, "eu").await.expect_err("no answer without a certificate");
    assert!(!refused.is_timeout(), "{refused:?}");
    let mut plain = wire::connect(&fleet.peer_url("eu").expect("a url")).await;
    plain.write_all(wire::head("POST /graphql", &[], Some(0)).as_bytes()).await.expect("sent");
    let mut bytes = Vec::new();
    let _ = plain.read_to_end(&mut bytes).await;
    assert!(!bytes.starts_with(b"HTTP"), "no answer without TLS");
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_home_region_that_is_away_is_told_as_worth_trying_again() {
    let (fleet, _gate) = suite::fleet_alone().await;
    let flexible = Salon::open_with(fleet, "eu", "FLEXIBLE").await.known(fleet).await;
    let pinned = Salon::open(fleet, "eu").await.known(fleet).await;
    let at_home = Salon::open(fleet, "us").await;
    let us = fleet.api_url("us").expect("a url");
    fleet.stop_node("eu").await.expect("stopped");

    let checks = async {
        let answer = wire::post(&us, &[("x-tenant", &flexible.alias)], request("SignIn", &json!({}))).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{answer:?}");
        let extensions = &answer.json()["errors"][0]["extensions"];
        assert_eq!(*extensions, json!({ "code": "UNAVAILABLE", "region": "eu", "retryable": true }));
        let answer = pinned.visitor.at(us.as_str()).run("BookingPage", json!({})).await;
        assert_eq!(answer.error_code(), Some("TENANT_ELSEWHERE"), "who lives there is known all the same");
        at_home.owner.data("Viewer", json!({})).await;
    };
    suite::repaired(checks, fleet.start_node("eu")).await;

    let served = flexible.visitor.at(us.as_str()).data("BookingPage", json!({})).await;
    assert_eq!(served["bookingPage"]["tenant"]["alias"], flexible.alias.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_claims_that_name_different_tenants_are_refused() {
    let (fleet, _gate) = suite::fleet().await;
    let (mine, other) = (Salon::open(fleet, "eu").await, Salon::open(fleet, "eu").await);
    let abroad = Salon::open(fleet, "us").await.known(fleet).await;
    let eu = mine.nobody.url.as_str();
    let body = request("BookingPage", &json!({}));
    let [token, header, host] = claims(&mine);
    let pair = |claim: &(&'static str, String)| (claim.0, claim.1.clone());

    for foreign in claims(&other).iter().chain(&claims(&abroad)).map(pair).chain([("x-tenant", new_alias())]) {
        for own in [&token, &header, &host].into_iter().filter(|own| own.0 != foreign.0) {
            let answer = wire::post(eu, &[(own.0, &own.1), (foreign.0, &foreign.1)], &body).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "TENANT_MISMATCH"), "{own:?} {foreign:?}");
        }
    }
    let agreed = wire::post(eu, &[(token.0, &token.1), (header.0, &header.1), (host.0, &host.1)], &body).await;
    assert_eq!((agreed.status, &agreed.json()["data"]["bookingPage"]["tenant"]["alias"]), (200, &json!(mine.alias)));
    let twice = wire::post(eu, &[("x-tenant", &mine.alias), ("x-tenant", &other.alias)], &body).await;
    assert_eq!((twice.status, twice.code().as_str()), (400, "BAD_USER_INPUT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_a_token_is_dead_under_another_tenants_name() {
    let (fleet, _gate) = suite::fleet().await;
    let (mine, other) = (Salon::open(fleet, "eu").await, Salon::open(fleet, "eu").await);
    let bytes = |salon: &Salon| {
        let (_, secret) = salon.owner.token.as_deref().and_then(|token| token.rsplit_once("_at_")).expect("a token");
        URL_SAFE_NO_PAD.decode(secret).expect("base64")
    };
    let forged = [&bytes(&other)[..16], &bytes(&mine)[16..]].concat();
    let caller = mine.nobody.with_token(&format!("dom_eu_at_{}", URL_SAFE_NO_PAD.encode(forged)));

    assert_eq!(caller.run("Viewer", json!({})).await.error_code(), Some("UNAUTHENTICATED"));
    assert_eq!(text(&mine.owner.data("Viewer", json!({})).await["viewer"]["id"]), mine.staff_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_an_unknown_tenant_is_not_found_however_it_is_named() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await.known(fleet).await;
    let nobodys = new_alias();
    let host = format!("{nobodys}.localhost");
    let stranger = format!("Bearer dom_eu_at_{}", URL_SAFE_NO_PAD.encode([7; 48]));
    let body = request("BookingPage", &json!({}));

    for claim in [("x-tenant", nobodys.as_str()), ("host", &host), ("x-tenant", "Not An Alias")] {
        let answer = wire::post(&salon.nobody.url, &[claim], &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "NOT_FOUND"), "{claim:?}");
    }
    let answer = wire::post(&salon.nobody.url, &[("authorization", &stranger)], &body).await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "UNAUTHENTICATED"), "like any other dead token");
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_three_fields_answer_without_a_tenant_and_no_other_does() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open_with(fleet, "au", "FLEXIBLE").await.known(fleet).await;
    let id = "service_00000000000000000000000000000000";
    let guarded = [
        ("query", "viewer { id }".to_owned()),
        ("query", "bookingPage { tenant { alias } }".to_owned()),
        ("query", format!("node(id: \"{id}\") {{ id }}")),
        ("query", "bookings { edges { cursor } }".to_owned()),
        (
            "query",
            format!(
                "availableSlots(input: {{ serviceId: \"{id}\", from: \"2040-03-06\", to: \"2040-03-07\", timeZone: \"UTC\" }}) {{ computedAt }}"
            ),
        ),
        ("mutation", "signIn(input: { email: \"a@b.example\", password: \"x\" }) { userErrors { code } }".to_owned()),
        ("mutation", "refreshSession(input: { refreshToken: \"x\" }) { userErrors { code } }".to_owned()),
        ("mutation", "signOut { userErrors { code } }".to_owned()),
        ("mutation", format!("releaseHold(input: {{ holdId: \"{id}\" }}) {{ userErrors {{ code }} }}")),
        (
            "mutation",
            format!(
                "createBooking(input: {{ serviceId: \"{id}\", start: \"2040-03-06T10:00:00Z\", customer: {{ name: \"a\", email: \"a@b.example\" }} }}) {{ userErrors {{ code }} }}"
            ),
        ),
    ];

    for region in fleet.regions() {
        let nobody = Api::new(fleet.api_url(region).expect("a url"));
        let free = nobody.send("{ __typename regions { code apiUrl } }", json!({})).await;
        let expected: Vec<_> = fleet.regions().map(|code| json!({ "code": code, "apiUrl": fleet.api_url(code).expect("a url") })).collect();
        assert_eq!(free.body, json!({ "data": { "__typename": "Query", "regions": expected } }));
        let there = nobody.data("WhereIs", json!({ "alias": salon.alias })).await;
        assert_eq!(
            there["whereIs"],
            json!({ "region": { "code": "au", "apiUrl": salon.nobody.url }, "residency": "FLEXIBLE" }),
            "{region}"
        );
        assert_eq!(nobody.data("WhereIs", json!({ "alias": new_alias() })).await, json!({ "whereIs": null }));
        assert_eq!(nobody.data("WhereIs", json!({ "alias": "Not An Alias" })).await, json!({ "whereIs": null }));
        for (kind, field) in &guarded {
            let answer = nobody.send(&format!("{kind} {{ {field} }}"), json!({})).await;
            assert_eq!(answer.error_code(), Some("TENANT_REQUIRED"), "{field}: {}", answer.body);
        }
    }
}
