//! Every id argument: what is no id, and what is one of another kind.

use serde_json::json;

use super::{Right, Wrong};

/// Each id argument, and the kind it takes.
const IDS: [(&str, &str, &str); 20] = [
    ("CreateService", "/input/staffIds/0", "staff"),
    ("SetSchedule", "/input/staffId", "staff"),
    ("AddTimeOff", "/input/staffId", "staff"),
    ("AvailableSlots", "/input/serviceId", "service"),
    ("AvailableSlots", "/input/staffIds/0", "staff"),
    ("AvailableSlots", "/input/excludeBookingId", "booking"),
    ("AvailableSlots", "/input/holdId", "hold"),
    ("HoldSlot", "/input/serviceId", "service"),
    ("HoldSlot", "/input/staffId", "staff"),
    ("ReleaseHold", "/input/holdId", "hold"),
    ("CreateBooking", "/input/serviceId", "service"),
    ("CreateBooking", "/input/staffId", "staff"),
    ("CreateBooking", "/input/holdId", "hold"),
    ("RescheduleBooking", "/input/bookingId", "booking"),
    ("RescheduleBooking", "/input/staffId", "staff"),
    ("CancelBooking", "/input/bookingId", "booking"),
    ("Bookings", "/filter/serviceId", "service"),
    ("Bookings", "/filter/staffId", "staff"),
    ("Bookings", "/filter/customerId", "customer"),
    ("NodeById", "/id", ""),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_id_argument_refuses_what_is_no_id_of_its_kind() {
    let (fleet, _gate) = suite::fleet().await;
    let digits = "0123456789abcdef0123456789abcdef";
    let mut cases = Vec::new();
    for (operation, place, kind) in IDS {
        let right = if kind.is_empty() { "booking" } else { kind };
        let no_ids = [
            String::new(),
            "7".to_owned(),
            digits.to_owned(),
            format!("{right}_"),
            format!("{right}_{}", digits.to_uppercase()),
            format!("{right}_{}", &digits[1..]),
            format!("{right}_{digits}0"),
            format!("{right}_01234567-89ab-cdef-0123-456789abcdef"),
            format!(" {right}_{digits}"),
            format!("{right}_{digits}\0"),
            format!("{right}_{}", "0".repeat(50_000)),
            format!("{right}_{digits}' OR 1=1 --"),
        ];
        let kinds =
            ["tenant", "staff", "session", "service", "customer", "booking", "hold", "claim", "group_session", "Booking", "unicorn"];
        // `node` takes ids of several kinds.
        let answered = |other: &&str| {
            if kind.is_empty() { ["session", "hold", "claim", "group_session", "unicorn"].contains(other) } else { *other != kind }
        };
        let others = kinds.into_iter().filter(answered).map(|other| format!("{other}_{digits}"));
        cases.extend(no_ids.into_iter().chain(others).map(|text| (operation, place, Wrong::Value(json!(text)))));
        cases.push((operation, place, Wrong::Value(json!({ "id": 1 }))));
    }

    Right::make(fleet).await.refuse_all(cases).await;
}
