//! Every failure has a stable code in `extensions.code` and a text of our own: no parser, database or path shows through.

use serde_json::{Value, json};
use suite::api::Api;
use suite::salon::{Salon, merge};

use super::{codes, nobody, post_as};

/// The codes that clients may branch on.
const CODES: [&str; 13] = [
    "TENANT_ELSEWHERE",
    "TENANT_REQUIRED",
    "TENANT_MISMATCH",
    "TENANT_MOVING",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "REGION_READ_ONLY",
    "COMMIT_UNKNOWN",
    "UNAVAILABLE",
    "BAD_USER_INPUT",
    "QUERY_TOO_COMPLEX",
    "INTERNAL",
];

/// What libraries below us would say.
const FOREIGN: [&str; 16] = [
    "invalid digit",
    "at line ",
    " column ",
    "expected value",
    "expected struct",
    "missing field",
    "unknown variant",
    "panicked",
    "sqlx",
    "SELECT ",
    "src/",
    "Some(",
    "Err(",
    "ParseIntError",
    "invalid type",
    "-->",
];

fn slots(with: Value) -> Value {
    let mut input =
        json!({ "serviceId": "service_00000000000000000000000000000001", "from": "2040-03-05", "to": "2040-03-06", "timeZone": "UTC" });
    merge(&mut input, with);
    json!({ "query": "query ($input: AvailableSlotsInput!) { availableSlots(input: $input) { computedAt } }", "variables": { "input": input } })
}

fn bookings(arguments: &str) -> Value {
    json!({ "query": format!("{{ bookings({arguments}) {{ pageInfo {{ hasNextPage }} }} }}") })
}

fn ask(query: &str) -> Value {
    json!({ "query": query })
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_every_failure_has_a_code_and_words_of_ours() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "us").await;
    let (_, staff) = salon.add_signed_in("Sam", "STAFF").await;
    let stranger = Salon::sign_up(&nobody(fleet, "eu"), "eu", "PINNED").await.known(fleet).await;
    let (nobody, visitor, owner) = (&salon.nobody, &salon.visitor, &salon.owner);
    let with_token = |token: &str| nobody.with_token(token);
    let two_names = Api { tenant: Some(salon.alias.clone()), ..nobody.with_token(stranger.owner.token.as_deref().expect("a token")) };
    let create = "mutation { createService(input: {name: \"x\", durationMinutes: 60, staffIds: []}) { userErrors { code } } }";

    let table: Vec<(&str, Api, Value, u16, &str)> = vec![
        ("no tenant named", nobody.clone(), ask("{ bookingPage { tenant { name } } }"), 200, "TENANT_REQUIRED"),
        ("unknown alias", nobody.of_tenant("nobody-has-this"), ask("{ __typename }"), 404, "NOT_FOUND"),
        ("no alias at all", nobody.of_tenant("Not An Alias"), ask("{ __typename }"), 404, "NOT_FOUND"),
        ("another region's tenant", nobody.of_tenant(&stranger.alias), ask("{ __typename }"), 421, "TENANT_ELSEWHERE"),
        ("two tenants named", two_names, ask("{ __typename }"), 403, "TENANT_MISMATCH"),
        ("no token", visitor.clone(), ask("{ viewer { id } }"), 200, "UNAUTHENTICATED"),
        ("nonsense for a token", with_token("nonsense"), ask("{ __typename }"), 401, "UNAUTHENTICATED"),
        ("without the right", staff, ask(create), 200, "FORBIDDEN"),
        ("introspection by a stranger", visitor.clone(), ask("{ __schema { queryType { name } } }"), 400, "UNAUTHENTICATED"),
        ("type introspection by a stranger", visitor.clone(), ask("{ __type(name: \"Query\") { name } }"), 400, "UNAUTHENTICATED"),
        ("syntax", visitor.clone(), ask("{ bookingPage { "), 400, "BAD_USER_INPUT"),
        ("no query text", visitor.clone(), json!({}), 400, "BAD_USER_INPUT"),
        ("unknown field", visitor.clone(), ask("{ bookingpage { tenant { name } } }"), 400, "BAD_USER_INPUT"),
        ("unknown argument", visitor.clone(), ask("{ whereIs(name: \"x\") { residency } }"), 400, "BAD_USER_INPUT"),
        ("unknown type", visitor.clone(), ask("query ($a: Nothing) { whereIs(alias: $a) { residency } }"), 400, "BAD_USER_INPUT"),
        ("unknown fragment", visitor.clone(), ask("{ ...Nothing }"), 400, "BAD_USER_INPUT"),
        ("unknown directive", visitor.clone(), ask("{ regions @nothing { code } }"), 400, "BAD_USER_INPUT"),
        ("unknown input field", visitor.clone(), slots(json!({ "tenantId": "x" })), 400, "BAD_USER_INPUT"),
        ("missing input field", visitor.clone(), slots(json!({ "from": null })), 400, "BAD_USER_INPUT"),
        ("unknown enum value", owner.clone(), bookings("orderBy: {field: NAME, direction: ASC}"), 400, "BAD_USER_INPUT"),
        ("number for a name", visitor.clone(), slots(json!({ "timeZone": 7 })), 400, "BAD_USER_INPUT"),
        ("no date", visitor.clone(), slots(json!({ "from": "2040-02-30" })), 400, "BAD_USER_INPUT"),
        ("number too large", owner.clone(), bookings("first: 99999999999999999999"), 400, "BAD_USER_INPUT"),
        ("no instant", owner.clone(), bookings("filter: {startFrom: \"yesterday\"}"), 400, "BAD_USER_INPUT"),
        ("instant without offset", owner.clone(), bookings("filter: {startFrom: \"2040-03-05T09:00:00\"}"), 400, "BAD_USER_INPUT"),
        ("unknown zone", visitor.clone(), slots(json!({ "timeZone": "Mars/Olympus" })), 200, "BAD_USER_INPUT"),
        ("end before start", visitor.clone(), slots(json!({ "to": "2040-03-04" })), 200, "BAD_USER_INPUT"),
        ("more than 62 days", visitor.clone(), slots(json!({ "to": "2040-05-07" })), 200, "BAD_USER_INPUT"),
        ("malformed id", visitor.clone(), slots(json!({ "serviceId": "7" })), 200, "BAD_USER_INPUT"),
        ("id of another kind", visitor.clone(), slots(json!({ "serviceId": salon.staff_id })), 200, "BAD_USER_INPUT"),
        ("nothing has this id", visitor.clone(), slots(json!({})), 200, "NOT_FOUND"),
        ("page of none", owner.clone(), bookings("first: 0"), 200, "BAD_USER_INPUT"),
        ("page too long", owner.clone(), bookings("first: 101"), 200, "BAD_USER_INPUT"),
        ("no cursor", owner.clone(), bookings("after: \"x\""), 200, "BAD_USER_INPUT"),
        ("malformed node id", owner.clone(), ask("{ node(id: \"booking_zz\") { id } }"), 200, "BAD_USER_INPUT"),
        ("subscription over POST", owner.clone(), ask("subscription { bookingChanged { kind } }"), 400, "BAD_USER_INPUT"),
    ];
    for (name, caller, body, status, code) in table {
        let answer = post_as(&caller, &body.to_string()).await;
        let json = answer.json();
        assert_eq!(answer.status, status, "{name}: {answer:?}");
        let found = codes(&json);
        assert!(!found.is_empty() && found.iter().all(|found| CODES.contains(found)), "{name}: {json}");
        assert_eq!(found[0], code, "{name}: {json}");
        for error in json["errors"].as_array().expect("errors") {
            let message = error["message"].as_str().expect("a message");
            assert!(!message.is_empty() && FOREIGN.iter().all(|foreign| !message.contains(foreign)), "{name}: {message}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_wrong_argument_is_named_with_its_rule() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "us").await;
    let table = [
        (slots(json!({ "timeZone": "Mars/Olympus" })), "timeZone"),
        (slots(json!({ "to": "2040-05-07" })), "to"),
        (slots(json!({ "serviceId": "7" })), "serviceId"),
        (bookings("first: 0"), "first"),
        (bookings("after: \"x\""), "after"),
        (bookings("filter: {staffId: \"x\"}"), "staffId"),
    ];
    for (body, field) in table {
        let answer = post_as(&salon.owner, &body.to_string()).await.json();
        let message = answer["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains(field) && message.len() > field.len() + 8, "{field}: {message}");
    }
}
