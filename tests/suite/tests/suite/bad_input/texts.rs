//! Texts, words of an enum, lists, what is not there, and a body that is too large.

use serde_json::json;
use suite::salon::tuesday;

use super::Wrong;
use super::values::{each, refused};

#[tokio::test(flavor = "multi_thread")]
async fn texts_too_long_empty_or_with_control_characters_are_refused() {
    let names = [
        ("SignUp", "/input/tenantName"),
        ("SignUp", "/input/ownerName"),
        ("AddStaff", "/input/name"),
        ("CreateService", "/input/name"),
        ("CreateService", "/input/fields/0/label"),
        ("CreateBooking", "/input/customer/name"),
    ];
    let notes = [
        ("CreateService", "/input/description"),
        ("AddTimeOff", "/input/reason"),
        ("CreateBooking", "/input/note"),
        ("CancelBooking", "/input/reason"),
    ];
    let addresses = [
        ("SignUp", "/input/email"),
        ("SignIn", "/input/email"),
        ("AddStaff", "/input/email"),
        ("CreateBooking", "/input/customer/email"),
        ("Bookings", "/filter/customerEmail"),
    ];
    let mut cases = each(
        &names,
        [
            "".to_owned(),
            " \u{2003}\t ".to_owned(),
            "x".repeat(300),
            "é".repeat(201),
            "two\nlines".to_owned(),
            "nul\0".to_owned(),
            "bell\u{7}x".to_owned(),
            "x".repeat(2 * 1024 * 1024),
        ]
        .map(|name| json!(name)),
    );
    cases.extend(each(&names, [json!(5), json!(null), json!(["a", "b"])]));
    cases.extend(each(&notes, ["x".repeat(5_001), "nul\0".to_owned(), "esc\u{1b}[2Jx".to_owned()].map(|note| json!(note))));
    cases.extend(each(
        &addresses,
        ["", "a", "a@b", "a b@c.example", "a@b@c.example", "a@b.example\r\nBcc: x@y.example", "a@b..example"].map(|address| json!(address)),
    ));
    cases.extend(each(&addresses, [json!(format!("{}@b.example", "a".repeat(65))), json!(format!("a@{}.example", "b".repeat(250)))]));
    cases.extend(each(
        &[("CreateBooking", "/input/customer/phone")],
        ["1234", "call me", "+49 30 123456 789012345678901234"].map(|phone| json!(phone)),
    ));
    cases.extend(each(
        &[("CreateBooking", "/input/customer/locale"), ("SignUp", "/input/locale")],
        ["x", "de_DE!", "de\nAT", "aaaaaaaaa-aaaaaaaaa-aaaaaaaaa-aaaaaaaaa"].map(|locale| json!(locale)),
    ));
    cases.extend(each(
        &[("SignUp", "/input/alias")],
        ["ab", "Capital", "under_score", "-a-b-", "ümlaut", "a b c", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"].map(|alias| json!(alias)),
    ));
    cases.extend(each(&[("SignUp", "/input/region")], ["", "zz", "EU", "us"].map(|region| json!(region))));
    cases.extend(each(
        &[("SignUp", "/input/password"), ("AddStaff", "/input/password")],
        ["", "short", "aaaaaaaaaaaaaaaa", "passwordpassword"].map(|password| json!(password)),
    ));

    refused(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_no_enum_and_lists_out_of_range_are_refused() {
    let words = [
        ("SignUp", "/input/residency"),
        ("AddStaff", "/input/role"),
        ("CreateService", "/input/assignment"),
        ("CreateService", "/input/fields/0/type"),
        ("SetSchedule", "/input/hours/0/day"),
        ("Bookings", "/filter/statusIn/0"),
        ("Bookings", "/orderBy/field"),
        ("Bookings", "/orderBy/direction"),
    ];
    let row = json!({ "day": "MON", "start": "09:00", "end": "10:00" });
    let mut cases = each(&words, [json!("NOTHING"), json!(""), json!("mon"), json!(1), json!(true)]);
    cases.extend(each(&[("AddStaff", "/input/role")], [json!("OWNER")]));
    cases.extend(each(&[("SetSchedule", "/input/hours")], [json!(vec![row; 201])]));
    cases.extend(each(&[("SetSchedule", "/input/overrides")], [json!(vec![json!({ "date": "2040-03-05", "closed": true }); 1_001])]));
    cases.extend(each(&[("CreateService", "/input/staffIds")], [json!([]), json!(vec![format!("staff_{}", "0".repeat(32)); 101])]));
    cases.extend(each(&[("CreateService", "/input/fields")], [json!(vec![json!({ "key": "a", "label": "a", "type": "TEXT" }); 51])]));
    cases.extend(each(&[("CreateService", "/input/fields/0/key")], [json!(""), json!("a b"), json!("ü"), json!("x".repeat(65))]));
    cases.extend(each(
        &[("CreateService", "/input/fields/0/options")],
        [json!([]), json!(["S", "S"]), json!(["S", ""]), json!(vec!["S"; 101])],
    ));
    cases.extend(each(&[("CreateBooking", "/input/answers")], [json!(vec![json!({ "key": "size", "value": "M" }); 51])]));
    cases.extend(each(&[("CreateBooking", "/input/answers/0/key")], [json!(""), json!("Size")]));
    cases.extend(each(
        &[
            ("CreateBooking", "/input/idempotencyKey"),
            ("AddStaff", "/input/idempotencyKey"),
            ("CreateService", "/input/idempotencyKey"),
            ("HoldSlot", "/input/idempotencyKey"),
            ("RescheduleBooking", "/input/idempotencyKey"),
        ],
        [json!(""), json!("x".repeat(256))],
    ));

    refused(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_needed_must_be_there_and_what_is_unknown_must_not() {
    let needed = [
        (
            "SignUp",
            vec![
                "/input/region",
                "/input/alias",
                "/input/tenantName",
                "/input/timeZone",
                "/input/ownerName",
                "/input/email",
                "/input/password",
            ],
        ),
        ("SignIn", vec!["/input/email", "/input/password"]),
        ("RefreshSession", vec!["/input/refreshToken"]),
        ("AddStaff", vec!["/input/name", "/input/email", "/input/role"]),
        (
            "CreateService",
            vec![
                "/input/name",
                "/input/durationMinutes",
                "/input/staffIds",
                "/input/fields/0/key",
                "/input/fields/0/label",
                "/input/fields/0/type",
            ],
        ),
        (
            "SetSchedule",
            vec![
                "/input/staffId",
                "/input/timeZone",
                "/input/hours",
                "/input/hours/0/day",
                "/input/hours/0/start",
                "/input/hours/0/end",
                "/input/overrides/0/date",
                "/input/overrides/0/start",
                "/input/overrides/0/end",
            ],
        ),
        ("AddTimeOff", vec!["/input/staffId", "/input/start", "/input/end"]),
        ("AvailableSlots", vec!["/input/serviceId", "/input/from", "/input/to", "/input/timeZone", "/input"]),
        ("HoldSlot", vec!["/input/serviceId", "/input/start"]),
        ("ReleaseHold", vec!["/input/holdId"]),
        (
            "CreateBooking",
            vec![
                "/input/serviceId",
                "/input/start",
                "/input/customer",
                "/input/customer/name",
                "/input/customer/email",
                "/input/answers/0/key",
                "/input/answers/0/value",
            ],
        ),
        ("RescheduleBooking", vec!["/input/bookingId", "/input/start"]),
        ("CancelBooking", vec!["/input/bookingId"]),
        ("Bookings", vec!["/orderBy/field", "/orderBy/direction"]),
        ("NodeById", vec!["/id"]),
    ];
    let mut cases = Vec::new();
    for (operation, places) in needed {
        let null_too = places.iter().map(|place| (operation, *place, Wrong::Value(json!(null))));
        cases.extend(places.iter().map(|place| (operation, *place, Wrong::Missing)).chain(null_too));
    }
    for operation in [
        "SignUp",
        "SignIn",
        "AddStaff",
        "CreateService",
        "SetSchedule",
        "AddTimeOff",
        "AvailableSlots",
        "HoldSlot",
        "ReleaseHold",
        "CreateBooking",
        "RescheduleBooking",
        "CancelBooking",
    ] {
        cases.push((operation, "/input/tenantId", Wrong::Value(json!("x"))));
    }
    cases.push(("Bookings", "/filter/tenantId", Wrong::Value(json!("x"))));

    refused(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_cap_is_refused_with_a_code() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = suite::salon::Salon::open(fleet, "eu").await;
    let service = salon.service(json!({})).await;
    let customer = json!({ "name": "x".repeat(4 * 1024 * 1024), "email": "carla@customer.example" });

    let answer = salon
        .visitor
        .run("CreateBooking", json!({ "input": salon.booking(&service, &tuesday("09:00"), json!({ "customer": customer })) }))
        .await;

    assert_eq!((answer.status.as_u16(), answer.error_code()), (413, Some("BAD_USER_INPUT")));
    let message = answer.body["errors"][0]["message"].as_str().expect("a message");
    assert!(message.starts_with("the body must not be larger than "), "{message}");
}
