//! What each role may do: every root field of the schema, by everybody. Who may not is told so, and nothing is changed.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suite::api::{Api, document};
use suite::footprint::Footprint;
use suite::salon::{PASSWORD, Salon, text, tuesday};
use suite::socket::{Heard, Socket};

use super::{salon, session_of};

const SCHEMA: &str = include_str!("../../../../../schema.graphql");

/// How somebody is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    /// It is done, or refused for another reason.
    Yes,
    /// `UNAUTHENTICATED`.
    SignIn,
    /// `FORBIDDEN`.
    No,
}

use May::{No, SignIn, Yes};

const ANYBODY: [May; 4] = [Yes, Yes, Yes, Yes];
const SIGNED_IN: [May; 4] = [SignIn, Yes, Yes, Yes];
const NOT_STAFF: [May; 4] = [SignIn, No, Yes, Yes];

/// A business with everybody who may ask.
struct Cast {
    salon: Salon,
    /// A visitor, STAFF, ADMIN, OWNER.
    callers: [Api; 4],
    staff: String,
    service: String,
    /// With the owner, and with the member of staff.
    bookings: [String; 2],
}

impl Cast {
    async fn meet(fleet: &fleet::Fleet) -> Self {
        let salon = Salon::open(fleet, "us").await;
        let (staff, by_staff) = salon.add_signed_in("Sam", "STAFF").await;
        let (_, by_admin) = salon.add_signed_in("Ada", "ADMIN").await;
        salon.set_hours(&staff, "UTC", json!([])).await;
        let service = salon.service(json!({})).await;
        let theirs = salon.service(json!({ "staffIds": [staff] })).await;
        let booked = [salon.book(&service, &tuesday("09:00")).await, salon.book(&theirs, &tuesday("09:00")).await];
        let bookings = booked.map(|booked| text(&booked["booking"]["id"]));
        Self { callers: [salon.visitor.clone(), by_staff, by_admin, salon.owner.clone()], salon, staff, service, bookings }
    }

    /// Root field, operation, its variables, and how visitor, STAFF, ADMIN and OWNER are answered.
    fn table(&self) -> Vec<(&'static str, &'static str, Value, [May; 4])> {
        let Self { salon, staff, service, bookings: [owners, staffs], .. } = self;
        let owner = &salon.staff_id;
        let input = |input: Value| json!({ "input": input });
        let hours = |staff: &str| {
            input(json!({ "staffId": staff, "timeZone": "UTC", "hours": [{ "day": "TUE", "start": "09:00", "end": "17:00" }] }))
        };
        let off = |staff: &str| input(json!({ "staffId": staff, "start": "2041-01-01T00:00:00Z", "end": "2041-01-02T00:00:00Z" }));
        let moved = |booking: &str, time: &str| input(json!({ "bookingId": booking, "start": tuesday(time) }));
        let page = |filter: Value| json!({ "filter": filter });
        vec![
            ("signIn", "SignIn", input(json!({ "email": salon.email, "password": PASSWORD })), ANYBODY),
            ("refreshSession", "RefreshSession", input(json!({ "refreshToken": "nonsense" })), ANYBODY),
            ("addStaff", "AddStaff", input(json!({ "name": "Bo", "email": "bo@example.org", "role": "STAFF" })), NOT_STAFF),
            ("createService", "CreateService", input(json!({ "name": "Colour", "durationMinutes": 30, "staffIds": [owner] })), NOT_STAFF),
            ("setSchedule", "SetSchedule", hours(owner), NOT_STAFF),
            ("setSchedule", "SetSchedule", hours(staff), SIGNED_IN),
            ("addTimeOff", "AddTimeOff", off(owner), NOT_STAFF),
            ("addTimeOff", "AddTimeOff", off(staff), SIGNED_IN),
            ("holdSlot", "HoldSlot", input(json!({ "serviceId": service, "start": tuesday("16:00") })), ANYBODY),
            ("releaseHold", "ReleaseHold", input(json!({ "holdId": "hold_00000000000000000000000000000001" })), ANYBODY),
            ("createBooking", "CreateBooking", input(salon.booking(service, &tuesday("15:00"), json!({}))), ANYBODY),
            ("rescheduleBooking", "RescheduleBooking", moved(owners, "10:00"), NOT_STAFF),
            ("rescheduleBooking", "RescheduleBooking", moved(staffs, "10:00"), SIGNED_IN),
            ("cancelBooking", "CancelBooking", input(json!({ "bookingId": owners })), NOT_STAFF),
            ("cancelBooking", "CancelBooking", input(json!({ "bookingId": staffs })), SIGNED_IN),
            ("regions", "Regions", json!({}), ANYBODY),
            ("whereIs", "WhereIs", json!({ "alias": salon.alias }), ANYBODY),
            ("viewer", "Viewer", json!({}), SIGNED_IN),
            ("bookingPage", "BookingPage", json!({}), ANYBODY),
            (
                "availableSlots",
                "AvailableSlots",
                input(json!({ "serviceId": service, "from": "2040-03-06", "to": "2040-03-07", "timeZone": "UTC" })),
                ANYBODY,
            ),
            ("bookings", "Bookings", json!({}), SIGNED_IN),
            ("bookings", "Bookings", page(json!({ "staffId": staff })), SIGNED_IN),
            ("bookings", "Bookings", page(json!({ "staffId": owner })), NOT_STAFF),
            ("node", "NodeById", json!({ "id": service }), ANYBODY),
        ]
    }
}

/// The fields of a root type.
fn fields_of(root: &str) -> BTreeSet<&'static str> {
    let (_, rest) = SCHEMA.split_once(&format!("\ntype {root} {{\n")).expect("the type");
    let body = rest.split_once("\n}").expect("its end").0;
    // A field's line begins with its name and a bracket or colon; a line of its description does not.
    let lines = body.lines().filter_map(|line| line.strip_prefix('\t')?.split_once(['(', ':']));
    lines.map(|(name, _)| name).filter(|name| name.chars().all(char::is_alphanumeric)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_may_do_what_the_table_says_and_nothing_more() {
    let (fleet, _gate) = suite::fleet().await;
    let cast = Cast::meet(fleet).await;
    let table = cast.table();
    // Sign-up needs no tenant, sign-out ends the caller, and a subscription needs a socket: they have tests of their own.
    let tried: BTreeSet<_> = table.iter().map(|(field, ..)| *field).chain(["signUp", "signOut", "bookingChanged"]).collect();
    assert_eq!(tried, ["Query", "Mutation", "Subscription"].into_iter().flat_map(fields_of).collect(), "every root field is in the table");
    let mut rows = Footprint::of(&fleet.database("us").expect("urls")).await;

    for (field, operation, variables, rights) in table {
        for (caller, may) in cast.callers.iter().zip(rights) {
            let before = rows.of_tenant(&cast.salon.tenant_id).await;
            let answer = caller.run(operation, variables.clone()).await;
            let code = match may {
                Yes => None,
                SignIn => Some("UNAUTHENTICATED"),
                No => Some("FORBIDDEN"),
            };
            assert_eq!(answer.error_code(), code, "{field} {variables}: {}", answer.body);
            if may != Yes {
                assert_eq!(rows.of_tenant(&cast.salon.tenant_id).await, before, "{field} changed something");
            }
        }
    }
    // The rights were of use: what was allowed has happened.
    let cancelled = rows.count(&cast.salon.tenant_id, "booking", "status = 'CANCELLED'").await;
    assert_eq!(cancelled, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_out_and_subscriptions_are_for_who_is_signed_in() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let mut rows = Footprint::of(&fleet.database("us").expect("urls")).await;
    let before = rows.of_tenant(&salon.tenant_id).await;

    assert_eq!(salon.visitor.run("SignOut", json!({})).await.error_code(), Some("UNAUTHENTICATED"));
    let mut socket = Socket::open(&salon.nobody.url, &[("x-tenant", &salon.alias)]).await.expect("a socket");
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.next().await, Heard::Message(json!({ "type": "connection_ack" })));
    socket.say(json!({ "type": "subscribe", "id": "1", "payload": { "query": document("BookingChanged") } })).await;
    let Heard::Message(refused) = socket.next().await else { panic!("no message") };
    assert_eq!((&refused["type"], &refused["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("UNAUTHENTICATED")));
    assert_eq!(rows.of_tenant(&salon.tenant_id).await, before, "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_see_their_own_bookings_and_customers_nobody_elses() {
    let (fleet, _gate) = suite::fleet().await;
    let cast = Cast::meet(fleet).await;
    let [visitor, staff, admin, owner] = &cast.callers;
    let ids = async |caller: &Api| {
        let page = caller.data("Bookings", json!({})).await["bookings"]["edges"].clone();
        page.as_array().expect("edges").iter().map(|edge| text(&edge["node"]["id"])).collect::<BTreeSet<_>>()
    };
    let [owners, staffs] = &cast.bookings;
    let all = BTreeSet::from([owners.clone(), staffs.clone()]);

    assert_eq!(ids(staff).await, BTreeSet::from([staffs.clone()]));
    assert_eq!((ids(admin).await, ids(owner).await), (all.clone(), all));
    let seen = async |caller: &Api, id: &str| !caller.data("NodeById", json!({ "id": id })).await["node"].is_null();
    assert_eq!((seen(staff, owners).await, seen(staff, staffs).await), (false, true));
    assert_eq!((seen(visitor, owners).await, seen(owner, owners).await), (false, true));
    // A visitor is not shown who signs in with which address.
    let page = visitor.send("{ bookingPage { services { staff { name email role } } } }", json!({})).await;
    let people = page.body["data"]["bookingPage"]["services"][0]["staff"].clone();
    assert_eq!(people, json!([{ "name": "Olga Owner", "email": null, "role": null }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_makes_an_owner_or_names_fields_that_the_server_owns() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let (_, admin) = salon.add_signed_in("Ada", "ADMIN").await;
    let mut rows = Footprint::of(&fleet.database("us").expect("urls")).await;
    let before = rows.of_tenant(&salon.tenant_id).await;
    let person = |with: Value| {
        let mut input = json!({ "name": "Bo", "email": "bo@example.org", "role": "STAFF" });
        suite::salon::merge(&mut input, with);
        input
    };

    for caller in [&admin, &salon.owner] {
        let refused = caller.payload("AddStaff", person(json!({ "role": "OWNER" }))).await;
        assert_eq!(
            refused["userErrors"],
            json!([{ "code": "INVALID_INPUT", "message": "role must be ADMIN or STAFF", "path": ["input", "role"] }])
        );
        for own in [
            json!({ "id": "staff_00000000000000000000000000000001" }),
            json!({ "tenantId": salon.tenant_id }),
            json!({ "passwordHash": "x" }),
            json!({ "role": "ROOT" }),
        ] {
            let answer = caller.run("AddStaff", json!({ "input": person(own.clone()) })).await;
            assert_eq!(answer.error_code(), Some("BAD_USER_INPUT"), "{own}");
        }
    }
    assert_eq!(rows.of_tenant(&salon.tenant_id).await, before, "nobody was added");
    assert_eq!(rows.count(&salon.tenant_id, "staff", "role = 'OWNER'").await, 1);
    let session = session_of(&salon).await;
    assert!(session["accessToken"].is_string());
}
