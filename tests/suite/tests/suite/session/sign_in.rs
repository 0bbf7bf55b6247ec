//! Signing in: who is let in, what strangers learn, and how often somebody may guess.

use serde_json::{Value, json};
use suite::api::Api;
use suite::footprint::Footprint;
use suite::salon::{PASSWORD, sign_up_input};

use super::salon;

async fn sign_in(visitor: &Api, email: &str, password: &str) -> Value {
    visitor.payload("SignIn", json!({ "email": email, "password": password })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let no_password = salon.owner.done("AddStaff", json!({ "name": "Bo", "email": "bo@example.org", "role": "STAFF" })).await;
    assert_eq!(no_password["staff"]["name"], "Bo");
    let mut rows = Footprint::of(&fleet.database("us").expect("urls")).await;
    let before = rows.of_tenant(&salon.tenant_id).await;

    let answers = [
        sign_in(&salon.visitor, &salon.email, "violet-harbour-quilt-meadow-94").await,
        sign_in(&salon.visitor, "nobody@example.org", PASSWORD).await,
        sign_in(&salon.visitor, "bo@example.org", PASSWORD).await,
        sign_in(&salon.visitor, &salon.email, "").await,
        sign_in(&salon.visitor, &salon.email, &"x".repeat(5_000)).await,
    ];

    let rule = "email and password do not belong together";
    let refused = json!({ "session": null, "userErrors": [{ "code": "WRONG_CREDENTIALS", "message": rule, "path": ["input"] }] });
    for answer in answers {
        assert_eq!(answer, refused);
    }
    assert_eq!(rows.of_tenant(&salon.tenant_id).await, before, "nothing was changed");
    assert_eq!(
        salon.nobody.run("SignIn", json!({ "input": { "email": salon.email, "password": PASSWORD } })).await.error_code(),
        Some("TENANT_REQUIRED")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_is_taken_in_any_case_and_the_password_is_not() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;

    for email in [salon.email.to_uppercase(), salon.email.replace("owner", "Owner"), format!("  {} ", salon.email)] {
        let answer = sign_in(&salon.visitor, &email, PASSWORD).await;
        assert!(answer["session"]["accessToken"].is_string(), "{email}: {answer}");
    }
    for password in [PASSWORD.to_uppercase(), format!(" {PASSWORD}"), format!("{PASSWORD} ")] {
        assert_eq!(sign_in(&salon.visitor, &salon.email, &password).await["userErrors"][0]["code"], "WRONG_CREDENTIALS");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_thirty_wrong_tries_meet_the_limit() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let mut codes = Vec::new();
    for _ in 0..30 {
        codes.push(sign_in(&salon.visitor, &salon.email, "wrong").await["userErrors"][0]["code"].clone());
    }

    assert!(codes[..10].iter().all(|code| code == "WRONG_CREDENTIALS"), "{codes:?}");
    assert!(codes[20..].iter().all(|code| code == "RATE_LIMITED"), "{codes:?}");
    let right = sign_in(&salon.visitor, &salon.email.to_uppercase(), PASSWORD).await;
    assert_eq!(right["userErrors"][0]["code"], "RATE_LIMITED", "even the right one, in whatever case the address is");
    assert!(right["userErrors"][0]["message"].as_str().is_some_and(|rule| rule.contains("wait")), "{right}");
    // Unknown addresses are counted alike, and one address does not lock another.
    let mut unknown = Vec::new();
    for _ in 0..30 {
        unknown.push(sign_in(&salon.visitor, "nobody@example.org", "wrong").await["userErrors"][0]["code"].clone());
    }
    assert!(unknown[20..].iter().all(|code| code == "RATE_LIMITED"), "{unknown:?}");
    assert_eq!(salon.owner.data("Viewer", json!({})).await["viewer"]["id"], salon.staff_id.as_str(), "who is signed in goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_fifty_tries_in_one_request_are_refused() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let tries = |n: usize| {
        let one = |n| format!("t{n}: signIn(input: {{email: \"{}\", password: \"wrong-{n}\"}}) {{ userErrors {{ code }} }}", salon.email);
        format!("mutation {{ {} }}", (0..n).map(one).collect::<Vec<_>>().join(" "))
    };

    let fifty = salon.visitor.send(&tries(50), json!({})).await;
    let eleven = salon.visitor.send(&tries(11), json!({})).await;

    assert_eq!((fifty.error_code(), eleven.error_code()), (Some("QUERY_TOO_COMPLEX"), Some("QUERY_TOO_COMPLEX")));
    assert!(sign_in(&salon.visitor, &salon.email, PASSWORD).await["session"].is_object(), "none of them was tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_alias_and_a_taken_address_are_refused() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await.known(fleet).await;
    let mut rows = Footprint::of(&fleet.database("us").expect("urls")).await;
    let before = rows.of_tenant(&salon.tenant_id).await;

    for region in ["us", "eu"] {
        let nobody = Api::new(fleet.api_url(region).expect("a region"));
        let answer = nobody.payload("SignUp", sign_up_input(region, &salon.alias, "other@example.org")).await;
        let error = &answer["userErrors"][0];
        assert_eq!((&error["code"], &error["path"]), (&json!("ALIAS_TAKEN"), &json!(["input", "alias"])), "{answer}");
        assert_eq!((&answer["tenant"], &answer["session"]), (&Value::Null, &Value::Null));
    }
    for email in [salon.email.clone(), salon.email.to_uppercase()] {
        let answer = salon.owner.payload("AddStaff", json!({ "name": "Bo", "email": email, "role": "STAFF" })).await;
        let error = &answer["userErrors"][0];
        assert_eq!((&error["code"], &error["path"]), (&json!("EMAIL_TAKEN"), &json!(["input", "email"])), "{answer}");
    }
    assert_eq!(rows.of_tenant(&salon.tenant_id).await, before, "nothing was changed");

    // Another tenant may have a person with the same address.
    let other = super::salon(fleet, "us").await;
    other.owner.done("AddStaff", json!({ "name": "Bo", "email": salon.email, "role": "STAFF" })).await;
}
