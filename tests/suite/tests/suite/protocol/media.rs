//! Media types, methods and batches: JSON by POST and nothing else, so that no page of a stranger can send a mutation.

use serde_json::{Value, json};
use suite::footprint::Footprint;
use suite::salon::Salon;
use suite::wire;

use super::{NEWER, asking, nobody};

const SIGN_OUT: &str = "mutation { signOut { userErrors { code } } }";

#[tokio::test(flavor = "multi_thread")]
async fn a2_only_a_json_post_is_run() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&nobody(fleet, "us"), "us", "PINNED").await;
    let mut rows = Footprint::of(&fleet.database("us").expect("urls")).await;
    let before = rows.of_tenant(&salon.tenant_id).await;
    let (url, bearer) = (salon.owner.url.as_str(), format!("Bearer {}", salon.owner.token.clone().expect("a token")));
    let signed_in = ("authorization", bearer.as_str());

    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "",
        "application/json; charset=utf-16",
    ] {
        for body in [asking(SIGN_OUT), format!("query={}", SIGN_OUT.replace(' ', "+"))] {
            let answer = wire::post(url, &[signed_in, ("content-type", kind)], &body).await;
            assert_eq!(
                (answer.status, answer.code().as_str(), answer.header("accept")),
                (415, "BAD_USER_INPUT", Some("application/json")),
                "{kind:?}"
            );
        }
    }
    let escaped = SIGN_OUT.replace(' ', "%20").replace('{', "%7B").replace('}', "%7D");
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"] {
        let answer = wire::ask(url, &format!("{method} /graphql?query={escaped}"), &[signed_in]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST, OPTIONS")), "{method}");
    }
    // A query is no exception: texts of queries would end up in logs and caches on the way.
    let query = wire::ask(url, "GET /graphql?query=%7B__typename%7D", &[]).await;
    assert_eq!((query.status, query.code().as_str()), (405, "BAD_USER_INPUT"));

    assert_eq!(rows.of_tenant(&salon.tenant_id).await, before, "nothing was run");
    assert_eq!(wire::post(url, &[signed_in], asking(SIGN_OUT)).await.json(), json!({ "data": { "signOut": { "userErrors": [] } } }));
    assert_ne!(rows.of_tenant(&salon.tenant_id).await, before, "the same by a JSON post is run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_batches_are_refused() {
    let (fleet, _gate) = suite::fleet().await;
    let url = fleet.api_url("us").expect("a url");
    let one = json!({ "query": "{ __typename }" });

    for batch in [json!([one]), json!([one, one]), json!([]), Value::from(vec![one.clone(); 1_000])] {
        for accept in ["application/json", "application/graphql-response+json"] {
            let answer = wire::post(&url, &[("accept", accept)], batch.to_string()).await;
            assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_USER_INPUT"));
            assert_eq!(answer.json()["errors"][0]["message"], "batches are not supported: send one operation per request");
        }
    }
}

/// Body, status in `application/graphql-response+json`, status in `application/json`, whether there is a `data` key.
#[tokio::test(flavor = "multi_thread")]
async fn a2_both_media_types_have_the_statuses_of_the_specification() {
    let (fleet, _gate) = suite::fleet().await;
    let url = fleet.api_url("us").expect("a url");
    let where_is = "query W($alias: String!) { whereIs(alias: $alias) { residency } }";
    let two = "query A { __typename } query B { regions { code } }";
    let table = [
        (json!({ "query": "{ __typename }" }), 200, 200, true),
        (json!({ "query": two, "operationName": "A" }), 200, 200, true),
        (json!({ "query": where_is, "variables": { "alias": "nobody-has-this" } }), 200, 200, true),
        // A field error: the request was valid and ran.
        (json!({ "query": "{ bookingPage { tenant { name } } }" }), 200, 200, true),
        // Parse, validation, variables, operation.
        (json!({ "query": "{" }), 400, 200, false),
        (json!({ "query": "" }), 400, 200, false),
        (json!({ "query": "{ nothing }" }), 400, 200, false),
        (json!({ "query": "{ regions }" }), 400, 200, false),
        (json!({ "query": where_is }), 400, 200, false),
        (json!({ "query": where_is, "variables": { "alias": null } }), 400, 200, false),
        (json!({ "query": where_is, "variables": { "alias": 7 } }), 400, 200, false),
        (json!({ "query": two }), 400, 200, false),
        (json!({ "query": two, "operationName": "C" }), 400, 200, false),
        (json!({ "query": "subscription { bookingChanged { kind } }" }), 400, 200, false),
        // Not a GraphQL request at all: 400 in both.
        (json!({}), 400, 400, false),
        (json!({ "query": 7 }), 400, 400, false),
        (json!({ "query": null }), 400, 400, false),
        (json!({ "query": "{ __typename }", "variables": [] }), 400, 400, false),
        (json!({ "query": "{ __typename }", "operationName": {} }), 400, 400, false),
        (json!({ "query": "{ __typename }", "extensions": "x" }), 400, 400, false),
        (json!("{ __typename }"), 400, 400, false),
    ];
    for (body, newer, older, has_data) in table {
        let body = body.to_string();
        let kinds = [
            ("application/graphql-response+json", "application/graphql-response+json; charset=utf-8", newer),
            ("application/json", "application/json; charset=utf-8", older),
        ];
        for (accept, kind, status) in kinds {
            let answer = wire::post(&url, &[("accept", accept)], &body).await;
            assert_eq!((answer.status, answer.header("content-type")), (status, Some(kind)), "{body}: {answer:?}");
            assert_eq!(answer.json().get("data").is_some(), has_data, "{body}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_the_answer_speaks_what_the_client_accepts() {
    let (fleet, _gate) = suite::fleet().await;
    let url = fleet.api_url("us").expect("a url");
    let table = [
        ("", Some("application/json; charset=utf-8")),
        ("*/*", Some("application/json; charset=utf-8")),
        ("application/json;q=0.5, application/graphql-response+json", Some("application/graphql-response+json; charset=utf-8")),
        ("text/html", None),
    ];
    for (accept, kind) in table {
        let answer = wire::post(&url, &[("accept", accept)], asking("{ __typename }")).await;
        match kind {
            Some(kind) => assert_eq!((answer.status, answer.header("content-type")), (200, Some(kind)), "{accept}"),
            None => assert_eq!((answer.status, answer.code().as_str()), (406, "BAD_USER_INPUT"), "{accept}"),
        }
    }
    assert_eq!(
        wire::post(&url, &[NEWER, ("content-type", "Application/JSON ; charset=\"UTF-8\"")], asking("{ __typename }")).await.status,
        200
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_variable_that_was_left_out_is_an_argument_that_was_left_out() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&nobody(fleet, "us"), "us", "PINNED").await;
    let query = "query ($filter: BookingFilter, $orderBy: BookingOrder, $first: Int, $after: String) { \
         bookings(filter: $filter, orderBy: $orderBy, first: $first, after: $after) { pageInfo { hasNextPage } } }";

    let answer = salon.owner.send(query, json!({})).await;

    assert_eq!(answer.body, json!({ "data": { "bookings": { "pageInfo": { "hasNextPage": false } } } }));
}

/// Some servers take such a variable for unused, and let anything pass on `__typename`, since they look past that field.
#[tokio::test(flavor = "multi_thread")]
async fn a2_typename_is_validated_like_any_field() {
    let (fleet, _gate) = suite::fleet().await;
    let url = fleet.api_url("us").expect("a url");
    let send = async |query: &str, variables: Value| {
        let answer = wire::post(&url, &[NEWER], json!({ "query": query, "variables": variables }).to_string()).await;
        (answer.status, answer.json()["data"].clone())
    };

    for directive in ["include", "skip"] {
        for v in [true, false] {
            let shown = if v == (directive == "include") { json!({ "name": "Query" }) } else { json!({}) };
            let query = format!("query ($v: Boolean!) {{ name: __typename @{directive}(if: $v) }}");
            assert_eq!(send(&query, json!({ "v": v })).await, (200, shown.clone()), "{query}");
            let spread = format!("query ($v: Boolean!) {{ ...F }} fragment F on Query {{ name: __typename @{directive}(if: $v) }}");
            assert_eq!(send(&spread, json!({ "v": v })).await, (200, shown), "{spread}");
        }
    }
    let deep = "query ($v: Boolean!) { regions { code ... { __typename @skip(if: $v) __typename } } }";
    let (status, data) = send(deep, json!({ "v": true })).await;
    assert_eq!((status, &data["regions"][0]), (200, &json!({ "code": "us", "__typename": "Region" })));
    for wrong in [
        "{ __typename @nope }",
        "{ __typename @include }",
        "{ __typename @include(if: 3) }",
        "{ __typename @include(if: $undefined) }",
        "query ($v: Boolean!) { __typename }",
        "{ __typename(a: 1) }",
        "{ __typename { a } }",
    ] {
        assert_eq!(send(wrong, json!({ "v": true })).await, (400, Value::Null), "{wrong}");
    }
}
