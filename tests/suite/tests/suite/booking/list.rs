//! Lists of bookings: filters, both orders, and pages that neither repeat nor miss a row (A3).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suite::salon::{Salon, text, tuesday};

/// Reads page after page and returns the ids in order, each with its start.
async fn read_all(salon: &Salon, variables: Value, first: u32) -> Vec<(String, String)> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut variables = variables.clone();
        variables["first"] = first.into();
        variables["after"] = after;
        let page = salon.owner.data("Bookings", variables).await["bookings"].clone();
        let edges = page["edges"].as_array().expect("edges");
        assert!(edges.len() <= first.try_into().expect("a size"));
        rows.extend(edges.iter().map(|edge| (text(&edge["node"]["id"]), text(&edge["node"]["start"]))));
        assert_eq!(page["pageInfo"]["endCursor"], edges.last().map_or(Value::Null, |edge| edge["cursor"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            return rows;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_pages_neither_repeat_nor_miss_a_booking() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let ida = salon.add_person("Ida").await;
    let service = salon.service(json!({ "durationMinutes": 30, "staffIds": [salon.staff_id, ida] })).await;
    let mut made = Vec::new();
    for place in 0..25_u32 {
        // Two at each start, made in another order than they take place.
        let slot = place * 7 % 25 / 2;
        let start = tuesday(&format!("{:02}:{:02}", 9 + slot / 2, slot % 2 * 30));
        made.push((text(&salon.book(&service, &start).await["booking"]["id"]), start));
    }

    let newest_first: Vec<_> = made.iter().rev().cloned().collect();
    assert_eq!(read_all(&salon, json!({}), 10).await, newest_first, "newest first unless ordered otherwise");
    for (field, first) in [("START", 10), ("START", 1), ("START", 25), ("CREATED", 10), ("CREATED", 100)] {
        let order = |direction: &str| json!({ "orderBy": { "field": field, "direction": direction } });
        let ascending = read_all(&salon, order("ASC"), first).await;
        let mut descending = read_all(&salon, order("DESC"), first).await;
        descending.reverse();
        assert_eq!(ascending, descending, "{field} {first}");
        assert_eq!(ascending.iter().collect::<BTreeSet<_>>(), made.iter().collect(), "{field} {first}");
        if field == "START" {
            assert!(ascending.is_sorted_by_key(|(_, start)| start), "{first}");
        } else {
            assert_eq!(ascending, made, "{first}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_a_page_that_cannot_be_is_refused_by_its_argument() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;

    for (variables, field) in [
        (json!({ "first": 0 }), "first"),
        (json!({ "first": -1 }), "first"),
        (json!({ "first": 101 }), "first"),
        (json!({ "after": "" }), "after"),
        (json!({ "after": "not a cursor" }), "after"),
        (json!({ "after": "gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }), "after"),
        (json!({ "after": "/9f/////////AAAAAAAAAAAAAAAAAAAA" }), "after"),
        // The year -5000: an instant, but none that a booking can have.
        (json!({ "after": "_PKaG-R2AAAAAAAAAAAAAAAAAAAAAAAA" }), "after"),
    ] {
        let answer = salon.owner.run("Bookings", variables.clone()).await;
        assert_eq!(answer.error_code(), Some("BAD_USER_INPUT"), "{variables}: {}", answer.body);
        let error = &answer.body["errors"][0];
        assert_eq!(error["extensions"]["field"], field, "{variables}");
        assert!(text(&error["message"]).starts_with(&format!("{field} ")), "{error}");
    }
    let largest = salon.owner.data("Bookings", json!({ "first": 100 })).await;
    assert_eq!(largest["bookings"], json!({ "edges": [], "pageInfo": { "hasNextPage": false, "endCursor": null } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_one_by_one_and_together() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let ida = salon.add_person("Ida").await;
    let everybody = json!([salon.staff_id, ida]);
    let cut = salon.service(json!({ "staffIds": everybody })).await;
    let wash = salon.service(json!({ "staffIds": everybody, "requiresApproval": true })).await;
    let book = async |service: &str, staff: &str, time: &str, email: &str| {
        let customer = json!({ "name": "Carla", "email": email });
        let input = salon.booking(service, &tuesday(time), json!({ "staffId": staff, "customer": customer }));
        text(&salon.visitor.done("CreateBooking", input).await["booking"]["id"])
    };
    let first = book(&cut, &salon.staff_id, "09:00", "Carla@Customer.example").await;
    let second = book(&cut, &ida, "10:00", "dora@customer.example").await;
    let third = book(&wash, &ida, "11:00", "CARLA@customer.EXAMPLE").await;
    salon.owner.done("CancelBooking", json!({ "bookingId": second })).await;
    let all = salon.owner.data("Bookings", json!({})).await;
    let dora = all["bookings"]["edges"][1]["node"]["customer"]["id"].clone();

    let cases = [
        (json!({}), vec![&first, &second, &third]),
        (json!({ "statusIn": [] }), vec![&first, &second, &third]),
        (json!({ "statusIn": ["PENDING"] }), vec![&third]),
        (json!({ "statusIn": ["CANCELLED", "CONFIRMED"] }), vec![&first, &second]),
        (json!({ "serviceId": cut }), vec![&first, &second]),
        (json!({ "staffId": ida }), vec![&second, &third]),
        (json!({ "customerId": dora }), vec![&second]),
        (json!({ "customerEmail": "carla@CUSTOMER.example" }), vec![&first, &third]),
        (json!({ "customerEmail": "  dora@customer.example " }), vec![&second]),
        (json!({ "customerEmail": "nobody@customer.example" }), vec![]),
        (json!({ "customerEmail": "carla@customer.example", "customerId": dora }), vec![]),
        (json!({ "startFrom": tuesday("10:00") }), vec![&second, &third]),
        (json!({ "startTo": tuesday("10:00") }), vec![&first]),
        (json!({ "startFrom": tuesday("10:00"), "startTo": tuesday("11:00") }), vec![&second]),
        (json!({ "startFrom": tuesday("10:00"), "startTo": tuesday("10:00") }), vec![]),
        (json!({ "serviceId": cut, "staffId": ida, "statusIn": ["CONFIRMED"] }), vec![]),
        (json!({ "serviceId": format!("service_{}", "0".repeat(32)) }), vec![]),
    ];
    for (filter, expected) in cases {
        let order = json!({ "field": "START", "direction": "ASC" });
        let found = read_all(&salon, json!({ "filter": filter, "orderBy": order }), 2).await;
        assert_eq!(found.iter().map(|(id, _)| id).collect::<Vec<_>>(), expected, "{filter}");
    }
}
