//! Zones, times, instants, spans and numbers that cannot be.

use serde_json::{Value, json};
use suite::salon::tuesday;

use super::{Right, Wrong};

/// Each of these values at each of these places.
pub fn each(places: &[(&'static str, &'static str)], values: impl IntoIterator<Item = Value>) -> Vec<(&'static str, &'static str, Wrong)> {
    let values: Vec<_> = values.into_iter().collect();
    places.iter().flat_map(|(operation, place)| values.iter().map(|value| (*operation, *place, Wrong::Value(value.clone())))).collect()
}

pub async fn refused(cases: Vec<(&'static str, &'static str, Wrong)>) {
    let (fleet, _gate) = suite::fleet().await;
    Right::make(fleet).await.refuse_all(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn zones_that_do_not_exist_are_refused() {
    let places = [
        ("SignUp", "/input/timeZone"),
        ("AddStaff", "/input/timeZone"),
        ("SetSchedule", "/input/timeZone"),
        ("AvailableSlots", "/input/timeZone"),
        ("CreateBooking", "/input/customer/timeZone"),
    ];
    let zones = ["", "Europe/Atlantis", "+02:00", "UTC+2", "../../etc/passwd", "Europe/Berlin\0", "CET-1CEST", "Etc/Unknown"];

    refused(each(&places, zones.map(|zone| json!(zone)))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn times_and_dates_that_do_not_exist_are_refused() {
    let times = [
        ("SetSchedule", "/input/hours/0/start"),
        ("SetSchedule", "/input/hours/0/end"),
        ("SetSchedule", "/input/overrides/0/start"),
        ("SetSchedule", "/input/overrides/0/end"),
    ];
    let dates = [("SetSchedule", "/input/overrides/0/date"), ("AvailableSlots", "/input/from"), ("AvailableSlots", "/input/to")];

    let mut cases = each(
        &times,
        ["25:00", "24:01", "09:60", "9:00", "09:00:00", "-1:00", "0900", "", "noon", "09:00Z", "９:00"].map(|time| json!(time)),
    );
    cases.extend(each(&[("SetSchedule", "/input/hours/0/start"), ("SetSchedule", "/input/overrides/0/start")], [json!("24:00")]));
    let bad = ["2040-02-30", "2041-02-29", "2040-13-01", "2040-3-6", "20400306", "06.03.2040", "2040-03-06T00:00:00Z", "", "-9999-01-01"];
    cases.extend(each(&dates, bad.map(|date| json!(date))));
    cases.extend(each(&[("SetSchedule", "/input/overrides/0/closed")], [json!(true)]));

    refused(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instants_without_an_offset_or_out_of_range_are_refused() {
    let places = [
        ("AddTimeOff", "/input/start"),
        ("AddTimeOff", "/input/end"),
        ("HoldSlot", "/input/start"),
        ("CreateBooking", "/input/start"),
        ("RescheduleBooking", "/input/start"),
        ("Bookings", "/filter/startFrom"),
        ("Bookings", "/filter/startTo"),
    ];
    let instants = [
        "2040-03-06T09:00:00",
        "2040-03-06",
        "2040-02-30T09:00:00Z",
        "2040-03-06T25:00:00Z",
        "2040-03-06T09:00:00+30:00",
        "",
        "now",
        "-009999-01-01T00:00:00Z",
        "1899-12-31T23:59:59Z",
        "3000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "+012040-03-06T09:00:00Z",
    ];

    let mut cases = each(&places, instants.map(|instant| json!(instant)));
    cases.extend(each(&places, [json!(2_214_982_800_i64), json!(true), json!({})]));
    refused(cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_that_end_too_early_or_are_too_long_are_refused() {
    let off_end = ("AddTimeOff", "/input/end");
    let cases = [
        each(
            &[off_end],
            [tuesday("16:00"), tuesday("15:59"), "2040-03-06T16:00:00.0000009Z".to_owned(), "1900-01-01T00:00:00Z".to_owned()]
                .map(|end| json!(end)),
        ),
        each(
            &[("AvailableSlots", "/input/to")],
            ["2040-03-06", "2040-03-05", "1900-01-01", "2040-05-08", "2999-12-31"].map(|to| json!(to)),
        ),
        each(&[("Bookings", "/filter/startTo")], [json!(tuesday("08:59"))]),
    ];

    refused(cases.concat()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_out_of_range_are_refused() {
    let out = |least: i64, most: i64| {
        [
            json!(least - 1),
            json!(most + 1),
            json!(-2_147_483_649_i64),
            json!(99_999_999_999_i64),
            json!(i64::MAX),
            json!(u64::MAX),
            json!(1e300),
            json!(1.5),
            json!("1"),
            json!(true),
        ]
    };
    let service = [
        ("/input/durationMinutes", 1, 1_440),
        ("/input/bufferBeforeMinutes", 0, 1_440),
        ("/input/bufferAfterMinutes", 0, 1_440),
        ("/input/slotIntervalMinutes", 1, 1_440),
        ("/input/minNoticeMinutes", 0, 525_600),
        ("/input/maxDaysAhead", 0, 730),
        ("/input/maxPerDay", 1, 1_000),
        ("/input/capacity", 1, 1_000),
        ("/input/cancelUntilMinutes", 0, 525_600),
        ("/input/rescheduleUntilMinutes", 0, 525_600),
    ];
    let mut cases: Vec<_> = service.iter().flat_map(|(place, least, most)| each(&[("CreateService", place)], out(*least, *most))).collect();
    cases.extend(each(&[("CreateBooking", "/input/seats")], out(1, 1_000)));
    cases.extend(each(&[("Bookings", "/first")], out(1, 100)));

    refused(cases).await;
}
