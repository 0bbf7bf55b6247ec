//! The whole business of a tenant, with a text of its own in every field, the right and the wrong ones.

use serde_json::{Value, json};
use suite::api::Api;
use suite::salon::{merge, sign_up_input, text, tuesday};

use super::diary::Diary;

/// Goes through it all; returns the tenant's id.
pub async fn of_a_flexible_tenant(nobody: &Api, region: &str, diary: &Diary) -> String {
    let (tenant, owner) = sign_up_and_in(nobody, region, diary).await;
    let visitor = nobody.of_tenant(&diary.text("alias"));
    let viewer = owner.data("Viewer", json!({})).await;
    let staff = &viewer["viewer"]["id"];
    add_people(&owner, diary).await;
    let service = open_hours(&owner, staff, diary).await;
    take_bookings(&visitor, &service, diary).await;
    let search = json!({ "serviceId": service, "from": diary.text("no date"), "to": "2040-03-07", "timeZone": "UTC" });
    diary.run(&visitor, "AvailableSlots", search).await;
    let page = json!({ "filter": { "customerEmail": diary.address("customer's address") }, "after": diary.text("no cursor") });
    diary.keep(owner.run("Bookings", page).await);
    diary.keep(owner.run("SignOut", json!({})).await);
    diary.keep(owner.run("Viewer", json!({})).await);
    tenant
}

async fn sign_up_and_in(nobody: &Api, region: &str, diary: &Diary) -> (String, Api) {
    let (alias, email) = (diary.text("alias"), diary.address("owner's address"));
    let password = format!("{} harbour quilt", diary.text("password"));
    let mut input = sign_up_input(region, &alias, &email);
    let names = json!({ "tenantName": diary.text("tenant's name"), "ownerName": diary.text("owner's name") });
    merge(&mut input, names);
    merge(&mut input, json!({ "password": password, "residency": "FLEXIBLE" }));
    let made = diary.run(nobody, "SignUp", input).await;
    let visitor = nobody.of_tenant(&alias);

    diary.run(&visitor, "SignIn", json!({ "email": email, "password": diary.text("wrong password") })).await;
    diary.run(&visitor, "SignIn", json!({ "email": diary.address("unknown address"), "password": password })).await;
    diary.run(&visitor, "SignIn", json!({ "email": diary.text("no address"), "password": password })).await;
    let renewed = diary.run(&visitor, "RefreshSession", json!({ "refreshToken": made["session"]["refreshToken"] })).await;
    diary.run(&visitor, "RefreshSession", json!({ "refreshToken": diary.text("no refresh token") })).await;
    (text(&made["tenant"]["id"]), nobody.with_token(&text(&renewed["session"]["accessToken"])))
}

async fn add_people(owner: &Api, diary: &Diary) {
    let password = format!("{} meadow lantern", diary.text("person's password"));
    let person = json!({
        "name": diary.text("person's name"), "email": diary.address("person's address"), "role": "STAFF", "password": password,
    });
    let weak = json!({ "name": "", "email": diary.text("no address of a person"), "role": "STAFF", "password": "hidden-kettle1" });
    assert!(diary.run(owner, "AddStaff", person.clone()).await["staff"].is_object());
    diary.run(owner, "AddStaff", person).await;
    diary.run(owner, "AddStaff", weak).await;
}

/// Returns the service's id.
async fn open_hours(owner: &Api, staff: &Value, diary: &Diary) -> Value {
    let hours: Vec<_> = ["MON", "TUE"].map(|day| json!({ "day": day, "start": "09:00", "end": "17:00" })).into();
    let wrong = json!([{ "day": "MON", "start": diary.text("no time"), "end": "25:00" }]);
    let wrong = json!({ "staffId": diary.text("no id"), "timeZone": diary.text("no zone"), "hours": wrong });
    let off = json!({ "staffId": staff, "start": "2041-01-01T00:00:00Z", "end": "2041-01-02T00:00:00Z" });
    let mut reasoned = off.clone();
    merge(&mut reasoned, json!({ "reason": diary.text("reason of time off") }));
    let question = json!({ "key": diary.text("question's key"), "label": diary.text("question"), "type": "TEXT", "required": true });
    let service = json!({
        "name": diary.text("service"), "description": diary.text("description"), "durationMinutes": 60, "staffIds": [staff],
        "fields": [question], "idempotencyKey": diary.text("idempotency key of a service"),
    });

    diary.run(owner, "SetSchedule", json!({ "staffId": staff, "timeZone": "UTC", "hours": hours })).await;
    diary.run(owner, "SetSchedule", wrong).await;
    diary.run(owner, "AddTimeOff", reasoned).await;
    diary.run(owner, "CreateService", service).await["service"]["id"].clone()
}

async fn take_bookings(visitor: &Api, service: &Value, diary: &Diary) {
    let customer = json!({ "name": diary.text("customer's name"), "email": diary.address("customer's address") });
    let stranger = json!({ "name": diary.text("stranger's name"), "email": diary.text("no address of a stranger") });
    let answers = json!([{ "key": diary.text("question's key"), "value": diary.text("answer") }]);
    let nothing = json!([{ "key": diary.text("no question's key"), "value": diary.text("answer to nothing") }]);
    let key = diary.text("idempotency key of a booking");
    let booking = |start: &str, with: Value| {
        let mut input = json!({ "serviceId": service, "start": tuesday(start), "customer": customer, "answers": answers });
        merge(&mut input, with);
        input
    };
    let made = diary.run(visitor, "CreateBooking", booking("09:00", json!({ "note": diary.text("note"), "idempotencyKey": key }))).await;
    let id = &made["booking"]["id"];
    assert!(id.is_string(), "{made}");
    diary.run(visitor, "CreateBooking", booking("09:00", json!({ "note": diary.text("another note"), "idempotencyKey": key }))).await;
    diary.run(visitor, "CreateBooking", booking("09:00", json!({}))).await;
    diary.run(visitor, "CreateBooking", booking("10:00", json!({ "customer": stranger, "answers": nothing }))).await;

    let moved = |token: Value| json!({ "bookingId": id, "start": tuesday("11:00"), "manageToken": token });
    diary.run(visitor, "RescheduleBooking", moved(json!(diary.text("no manage token")))).await;
    diary.run(visitor, "RescheduleBooking", moved(made["manageToken"].clone())).await;
    let reason = diary.text("reason of a cancellation");
    let cancelled = json!({ "bookingId": id, "manageToken": made["manageToken"], "reason": reason });
    assert!(diary.run(visitor, "CancelBooking", cancelled).await["booking"].is_object());
}
