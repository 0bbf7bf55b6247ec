//! The questions of a service: each wrong answer is refused by its place, right ones are kept as they were given.

use serde_json::{Value, json};
use suite::salon::{Salon, tuesday};

const KINDS: [&str; 10] = ["TEXT", "LONG_TEXT", "NUMBER", "BOOLEAN", "SELECT", "MULTI_SELECT", "EMAIL", "PHONE", "URL", "DATE"];

/// A question of each kind, with the kind as its key.
fn one_of_each() -> Value {
    let options = |kind: &str| if kind.ends_with("SELECT") { json!(["Wash", "Cut"]) } else { json!([]) };
    KINDS
        .map(|kind| json!({ "key": kind, "label": kind, "type": kind, "options": options(kind), "required": kind == "TEXT" }))
        .into_iter()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_answer_is_refused_by_its_place() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "fields": one_of_each() })).await;
    let errors = async |answers: Value| {
        let input = salon.booking(&service, &tuesday("09:00"), json!({ "answers": answers }));
        let payload = salon.visitor.payload("CreateBooking", input).await;
        assert_eq!(payload["booking"], json!(null));
        let errors = payload["userErrors"].as_array().expect("errors").clone();
        assert!(errors.iter().all(|error| error["code"] == "FIELD_INVALID"), "{payload}");
        errors.iter().map(|error| error["path"].clone()).collect::<Vec<_>>()
    };

    assert_eq!(errors(json!([])).await, [json!(["input", "answers", "TEXT"])], "a required one is missing");
    assert_eq!(errors(json!([{ "key": "TEXT", "value": "  " }])).await, [json!(["input", "answers", "TEXT"])], "blanks are no answer");
    let right = json!({ "key": "TEXT", "value": "x" });
    let unknown = json!([right, { "key": "SIZE", "value": "x" }, right]);
    assert_eq!(errors(unknown).await, [json!(["input", "answers", "1", "key"]), json!(["input", "answers", "2", "key"])]);
    let long = "x".repeat(201);
    let wrong = [
        ("TEXT", long.as_str()),
        ("LONG_TEXT", "\u{7}"),
        ("NUMBER", "1e3"),
        ("BOOLEAN", "yes"),
        ("SELECT", "wash"),
        ("MULTI_SELECT", "[\"Wash\",\"Wash\"]"),
        ("EMAIL", "a@b"),
        ("PHONE", "call me"),
        ("URL", "ftp://a.example"),
        ("DATE", "2040-02-30"),
    ];
    let answers: Value = wrong.map(|(key, value)| json!({ "key": key, "value": value })).into_iter().collect();
    let places: Vec<_> = (0..10).map(|place| json!(["input", "answers", place.to_string(), "value"])).collect();
    assert_eq!(errors(answers).await, places);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_and_contact_stay_as_they_were_given() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let service = salon.service(json!({ "fields": one_of_each() })).await;
    let given = [
        ("DATE", "2040-02-29"),
        ("TEXT", "Zoë 🌿"),
        ("LONG_TEXT", "one\ntwo"),
        ("NUMBER", "-12.50"),
        ("BOOLEAN", "false"),
        ("SELECT", "Wash"),
        ("MULTI_SELECT", "[\"Cut\",\"Wash\"]"),
        ("EMAIL", "Other@Customer.example"),
        ("PHONE", "+49 30 123456"),
        ("URL", "https://a.example/?q=1"),
    ];
    let answers: Value = given.map(|(key, value)| json!({ "key": key, "value": value })).into_iter().collect();
    let book = async |time: &str, name: &str| {
        let customer = json!({ "name": name, "email": "carla@customer.example" });
        let input = salon.booking(&service, &tuesday(time), json!({ "answers": answers, "customer": customer, "note": "by the window" }));
        salon.visitor.done("CreateBooking", input).await["booking"].clone()
    };

    let first = book("09:00", "Carla Customer").await;
    let second = book("10:00", "Carla Married").await;

    let order = json!({ "field": "START", "direction": "ASC" });
    let found = salon.owner.data("Bookings", json!({ "orderBy": order })).await["bookings"]["edges"].clone();
    let (one, two) = (&found[0]["node"], &found[1]["node"]);
    assert_eq!((&one["customer"]["name"], &two["customer"]["name"]), (&json!("Carla Customer"), &json!("Carla Married")));
    assert_eq!(one["customer"]["id"], two["customer"]["id"], "one customer by the address");
    let in_order: Value = KINDS
        .map(|kind| json!({ "key": kind, "value": given.iter().find(|(key, _)| *key == kind).expect("an answer").1 }))
        .into_iter()
        .collect();
    for answered in [&first, &second, one, two] {
        assert_eq!(answered["answers"], in_order, "in the order of the questions");
    }
}
