//! Bad input: each wrong value is refused by an error that names its field and the rule, and the database stays as it was.
//! Every case changes one value of an input that is right otherwise; in the end the right inputs are accepted.

mod ids;
mod texts;
mod values;

use serde_json::{Value, json};
use suite::api::Api;
use suite::footprint::Footprint;
use suite::salon::{PASSWORD, Salon, new_alias, sign_up_input, tuesday};

/// What a case does to an input.
#[derive(Debug, Clone)]
enum Wrong {
    /// Puts this value there.
    Value(Value),
    /// Takes the value away.
    Missing,
}

/// A business, and for each operation somebody who may call it with variables that are right.
struct Right {
    footprint: Footprint,
    tenant_id: String,
    calls: Vec<(&'static str, Api, Value)>,
}

impl Right {
    async fn make(fleet: &fleet::Fleet) -> Self {
        let salon = Salon::open(fleet, "eu").await;
        let service = salon.service(json!({ "fields": [{ "key": "size", "label": "Size", "type": "TEXT" }] })).await;
        let booking = salon.book(&service, &tuesday("09:00")).await;
        let booking_id = &booking["booking"]["id"];
        let hold = salon.visitor.done("HoldSlot", json!({ "serviceId": service, "start": tuesday("10:00") })).await["hold"]["id"].clone();
        let customer =
            json!({ "name": "Carla", "email": "carla@customer.example", "phone": "+49 30 123456", "timeZone": "UTC", "locale": "de" });
        let booked = json!({ "staffId": salon.staff_id, "holdId": hold, "seats": 1, "customer": customer, "note": "x", "answers": [{ "key": "size", "value": "M" }] });
        let alias = new_alias();
        let mut sign_up = sign_up_input("eu", &alias, "olga@owner.example");
        suite::salon::merge(&mut sign_up, json!({ "residency": "PINNED", "locale": "en" }));
        let hours = json!([{ "day": "MON", "start": "09:00", "end": "17:00" }]);
        let overrides = json!([{ "date": "2040-03-05", "start": "09:00", "end": "17:00" }]);
        let field = json!({ "key": "size", "label": "Size", "type": "SELECT", "options": ["S", "M"], "required": true });
        let numbers = json!({
            "bufferBeforeMinutes": 0, "bufferAfterMinutes": 0, "slotIntervalMinutes": 30, "minNoticeMinutes": 0, "maxDaysAhead": 1,
            "maxPerDay": 1, "capacity": 1, "cancelUntilMinutes": 0, "rescheduleUntilMinutes": 0,
        });
        let mut new_service = json!({
            "name": "Cut", "durationMinutes": 30, "description": "x", "staffIds": [salon.staff_id], "fields": [field],
            "requiresApproval": false, "assignment": "ANY",
        });
        suite::salon::merge(&mut new_service, numbers);
        let search = json!({
            "serviceId": service, "from": "2040-03-06", "to": "2040-03-07", "timeZone": "UTC", "staffIds": [salon.staff_id],
            "excludeBookingId": booking_id, "holdId": hold,
        });
        let filter = json!({
            "statusIn": ["CONFIRMED"], "serviceId": service, "staffId": salon.staff_id, "customerEmail": "carla@customer.example",
            "customerId": format!("customer_{}", "0".repeat(32)), "startFrom": tuesday("09:00"), "startTo": tuesday("10:00"),
        });
        let listed = json!({ "filter": filter, "orderBy": { "field": "START", "direction": "ASC" }, "first": 1 });
        let person = json!({ "name": "Ida", "email": "ida@staff.example", "role": "STAFF", "timeZone": "UTC", "password": PASSWORD });
        let moved = json!({ "bookingId": booking_id, "start": tuesday("11:00"), "staffId": salon.staff_id });
        let off = json!({ "staffId": salon.staff_id, "start": tuesday("16:00"), "end": tuesday("17:00"), "reason": "x" });
        let week = json!({ "staffId": salon.staff_id, "timeZone": "UTC", "hours": hours, "overrides": overrides });
        let signed_in = salon.visitor.done("SignIn", json!({ "email": salon.email, "password": PASSWORD })).await;
        let refresh = json!({ "refreshToken": signed_in["session"]["refreshToken"] });
        let (owner, visitor, nobody) = (&salon.owner, &salon.visitor, &salon.nobody);
        let calls = [
            ("SignUp", nobody, json!({ "input": sign_up })),
            ("SignIn", visitor, json!({ "input": { "email": salon.email, "password": PASSWORD } })),
            ("RefreshSession", visitor, json!({ "input": refresh })),
            ("AddStaff", owner, json!({ "input": person })),
            ("CreateService", owner, json!({ "input": new_service })),
            ("AddTimeOff", owner, json!({ "input": off })),
            ("AvailableSlots", visitor, json!({ "input": search })),
            ("HoldSlot", visitor, json!({ "input": { "serviceId": service, "start": tuesday("13:00"), "staffId": salon.staff_id } })),
            ("CreateBooking", visitor, json!({ "input": salon.booking(&service, &tuesday("10:00"), booked) })),
            ("RescheduleBooking", owner, json!({ "input": moved })),
            ("Bookings", owner, listed),
            ("NodeById", owner, json!({ "id": booking_id })),
            ("CancelBooking", owner, json!({ "input": { "bookingId": booking_id, "reason": "x" } })),
            ("ReleaseHold", visitor, json!({ "input": { "holdId": hold } })),
            ("SetSchedule", owner, json!({ "input": week })),
        ];
        let calls = calls.map(|(operation, caller, variables)| (operation, caller.clone(), variables)).into();
        let footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
        Self { footprint, tenant_id: salon.tenant_id, calls }
    }

    /// Every case is refused by its field, which is the last name of its place unless said; then all that is right works.
    async fn refuse_all(mut self, cases: Vec<(&'static str, &'static str, Wrong)>) {
        let before = self.footprint.of_tenant(&self.tenant_id).await;
        for (operation, place, wrong) in cases {
            let (_, caller, right) = self.calls.iter().find(|(name, ..)| *name == operation).expect("an operation");
            let answer = caller.run(operation, spoilt(right, place, &wrong)).await;
            let what = format!("{operation} {place} {}", format!("{wrong:?}").chars().take(80).collect::<String>());
            names_field(&answer.body, place, &what);
        }
        assert_eq!(self.footprint.of_tenant(&self.tenant_id).await, before, "something was written");
        for (operation, caller, right) in self.calls {
            let answer = caller.run(operation, right).await;
            let root = answer.body["data"].as_object().and_then(|fields| fields.values().next()).cloned().unwrap_or_default();
            assert!(answer.body.get("errors").is_none(), "{operation}: {}", answer.body);
            assert!(root.get("userErrors").is_none_or(|errors| *errors == json!([])), "{operation}: {root}");
        }
    }
}

/// The variables with one value replaced or taken away. `place` is a JSON pointer.
fn spoilt(right: &Value, place: &str, wrong: &Wrong) -> Value {
    let mut variables = right.clone();
    let (parent, last) = place.rsplit_once('/').expect("a pointer");
    match (variables.pointer_mut(parent).expect("the place"), wrong) {
        (Value::Object(fields), Wrong::Missing) => drop(fields.remove(last).expect("the place")),
        (Value::Object(fields), Wrong::Value(value)) => drop(fields.insert(last.to_owned(), value.clone())),
        (Value::Array(items), Wrong::Value(value)) => items[last.parse::<usize>().expect("an index")] = value.clone(),
        _ => panic!("nothing to spoil at {place}"),
    }
    variables
}

/// Whether the answer is a refusal of the field at `place`: a user error at that path, or a coded error that names it.
fn names_field(body: &Value, place: &str, what: &str) {
    let field = place.split('/').rfind(|part| part.parse::<usize>().is_err()).expect("a name");
    if let Some(error) = body.get("errors").map(|errors| &errors[0]) {
        let message = error["message"].as_str().expect("a message");
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{what}: {error}");
        assert!(message.contains(field), "{what}: {error}");
        return;
    }
    let payload = body["data"].as_object().and_then(|fields| fields.values().next()).expect("a payload");
    let errors = payload["userErrors"].as_array().unwrap_or_else(|| panic!("{what} was taken: {payload}"));
    let [error] = errors.as_slice() else { panic!("{what}: one error is due: {payload}") };
    let path: Vec<_> = place.split('/').skip(1).collect();
    assert_eq!(error["path"], json!(path), "{what}: {error}");
    assert!(["INVALID_INPUT", "FIELD_INVALID", "WEAK_PASSWORD"].iter().any(|code| error["code"] == *code), "{what}: {error}");
    assert!(error["message"].as_str().is_some_and(|message| message.starts_with(field)), "{what}: {error}");
    let rest = payload.as_object().expect("a payload").iter().filter(|(name, _)| *name != "userErrors");
    assert!(rest.clone().all(|(_, value)| value.is_null()), "{what}: {payload}");
}
