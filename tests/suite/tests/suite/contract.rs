//! A whole business day through the operations that clients rely on: each of them is run against the fleet and does what
//! its comment says (A3). What is special about one topic has a file of its own.

use std::collections::BTreeSet;

use fleet::Fleet;
use serde_json::{Value, json};
use suite::api::{self, Api};
use suite::salon::{PASSWORD, sign_up_input, starts_of, text, tuesday};
use suite::socket::{Heard, Socket};

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_does_what_its_comment_says() {
    let (fleet, _gate) = suite::fleet().await;
    let mut day = Day::begin(fleet).await;

    day.find_the_region().await;
    day.sign_up().await;
    let shop = day.open_the_shop().await;
    let mut news = day.subscribe().await;
    let booked = day.book(&shop, &mut news).await;
    day.read(&shop, &booked).await;
    day.change(&booked, &mut news).await;
    day.close().await;

    assert_eq!(day.walked, api::operations().into_iter().collect());
}

/// The day as far as it has come.
struct Day<'a> {
    fleet: &'a Fleet,
    walked: BTreeSet<&'static str>,
    alias: String,
    email: String,
    nobody: Api,
    owner: Api,
    owner_id: String,
    refresh_token: String,
}

/// What the owner set up.
struct Shop {
    person: String,
    service: String,
}

/// What the customer got.
struct Booked {
    id: String,
    customer: String,
    manage_token: String,
}

impl<'a> Day<'a> {
    async fn begin(fleet: &'a Fleet) -> Self {
        let nobody = Api::new(fleet.api_url("eu").expect("a region"));
        let alias = suite::salon::new_alias();
        let email = format!("owner@{alias}.example");
        let (owner, owner_id, refresh_token) = (nobody.clone(), String::new(), String::new());
        Self { fleet, walked: BTreeSet::new(), alias, email, nobody, owner, owner_id, refresh_token }
    }

    /// Runs an operation as this caller and returns its one root field.
    async fn run(&mut self, caller: &Api, operation: &'static str, variables: Value) -> Value {
        self.walked.insert(operation);
        let data = caller.data(operation, variables).await;
        let root = data.as_object().and_then(|fields| fields.values().next()).cloned().expect("a root field");
        if let Some(errors) = root.get("userErrors") {
            assert_eq!(*errors, json!([]), "{operation}");
        }
        root
    }

    async fn own(&mut self, operation: &'static str, input: Value) -> Value {
        let owner = self.owner.clone();
        self.run(&owner, operation, json!({ "input": input })).await
    }

    async fn visit(&mut self, operation: &'static str, input: Value) -> Value {
        let visitor = self.nobody.of_tenant(&self.alias);
        self.run(&visitor, operation, json!({ "input": input })).await
    }

    async fn find_the_region(&mut self) {
        let nobody = self.nobody.clone();
        let regions = self.run(&nobody, "Regions", json!({})).await;
        let found: Vec<_> =
            regions.as_array().expect("a list").iter().map(|region| (text(&region["code"]), text(&region["apiUrl"]))).collect();
        let expected: Vec<_> = self.fleet.regions().map(|code| (code.to_owned(), self.fleet.api_url(code).expect("a URL"))).collect();
        assert_eq!(found, expected);
        assert!(
            regions.as_array().expect("a list").iter().all(|region| region["jurisdiction"].is_string() && region["cdnUrl"].is_string())
        );
        assert_eq!(self.run(&nobody, "WhereIs", json!({ "alias": self.alias })).await, json!(null));
    }

    async fn sign_up(&mut self) {
        let nobody = self.nobody.clone();
        let input = sign_up_input("eu", &self.alias, &self.email);
        let made = self.run(&nobody, "SignUp", json!({ "input": input })).await;
        let tenant_id = text(&made["tenant"]["id"]);
        let expected = json!({
            "id": tenant_id, "alias": self.alias, "name": "Test Salon", "residency": "PINNED", "plan": "FREE", "timeZone": "Europe/Berlin",
            "homeRegion": { "code": "eu", "name": "European Union" },
        });
        assert_eq!(made["tenant"], expected);
        assert!(made["session"]["expiresAt"].is_string());
        let there = self.run(&nobody, "WhereIs", json!({ "alias": self.alias })).await;
        assert_eq!(there, json!({ "region": { "code": "eu", "apiUrl": self.nobody.url }, "residency": "PINNED" }));

        let signed_in = self.visit("SignIn", json!({ "email": self.email, "password": PASSWORD })).await;
        let refreshed = self.visit("RefreshSession", json!({ "refreshToken": signed_in["session"]["refreshToken"] })).await;
        assert_ne!(refreshed["session"]["accessToken"], signed_in["session"]["accessToken"]);
        self.owner = self.nobody.with_token(&text(&refreshed["session"]["accessToken"]));
        self.refresh_token = text(&refreshed["session"]["refreshToken"]);

        let owner = self.owner.clone();
        let viewer = self.run(&owner, "Viewer", json!({})).await;
        self.owner_id = text(&viewer["id"]);
        let expected = json!({
            "id": self.owner_id, "name": "Olga Owner", "email": self.email, "role": "OWNER",
            "tenant": { "id": tenant_id, "alias": self.alias, "name": "Test Salon", "homeRegion": { "code": "eu" } },
        });
        assert_eq!(viewer, expected);
    }

    async fn open_the_shop(&mut self) -> Shop {
        let email = format!("ida@{}.example", self.alias);
        let staff = self.own("AddStaff", json!({ "name": "Ida", "email": email, "role": "STAFF" })).await["staff"].clone();
        let person = text(&staff["id"]);
        assert_eq!(staff, json!({ "id": person, "name": "Ida", "email": email, "role": "STAFF", "timeZone": "Europe/Berlin" }));

        let question = json!({ "key": "length", "label": "Hair length", "type": "SELECT", "required": true, "options": ["short", "long"] });
        let input = json!({
            "name": "Colouring", "durationMinutes": 60, "description": "With care.", "bufferAfterMinutes": 15,
            "slotIntervalMinutes": 30, "staffIds": [person], "fields": [question],
        });
        let service = self.own("CreateService", input).await["service"].clone();
        let service_id = text(&service["id"]);
        let expected = json!({
            "id": service_id, "name": "Colouring", "durationMinutes": 60, "bufferBeforeMinutes": 0, "bufferAfterMinutes": 15,
            "slotIntervalMinutes": 30, "minNoticeMinutes": 0, "maxDaysAhead": null, "maxPerDay": null, "capacity": 1,
            "staff": [{ "id": person, "name": "Ida" }],
        });
        assert_eq!(service, expected);

        let whole =
            |hours: Value, overrides: Value| json!({ "staffId": person, "timeZone": "UTC", "hours": hours, "overrides": overrides });
        let all_week = json!([{ "day": "MON", "start": "00:00", "end": "24:00" }, { "day": "SUN", "start": "22:00", "end": "02:00" }]);
        let replaced = self.own("SetSchedule", whole(all_week, json!([{ "date": "2040-03-05", "closed": true }]))).await;
        let hours = json!([{ "day": "TUE", "start": "09:00", "end": "12:00" }]);
        let override_ = json!([{ "date": "2040-03-06", "start": "10:00", "end": "14:00" }]);
        let schedule = self.own("SetSchedule", whole(hours.clone(), override_)).await["schedule"].clone();
        let expected = json!({
            "id": replaced["schedule"]["id"], "timeZone": "UTC", "hours": hours,
            "overrides": [{ "date": "2040-03-06", "closed": false, "start": "10:00", "end": "14:00" }],
        });
        assert_eq!(schedule, expected);

        let off = json!({ "staffId": person, "start": tuesday("13:00"), "end": tuesday("14:00"), "reason": "Dentist" });
        let time_off = self.own("AddTimeOff", off).await["timeOff"].clone();
        assert_eq!(time_off, json!({ "id": time_off["id"], "start": tuesday("13:00"), "end": tuesday("14:00") }));
        Shop { person, service: service_id }
    }

    async fn subscribe(&mut self) -> Socket {
        self.walked.insert("BookingChanged");
        let mut socket = Socket::of(&self.owner).await;
        socket.subscribe("news", api::document("BookingChanged")).await;
        socket
    }

    async fn book(&mut self, shop: &Shop, news: &mut Socket) -> Booked {
        let visitor = self.nobody.of_tenant(&self.alias);
        let page = self.run(&visitor, "BookingPage", json!({})).await;
        let question = json!({ "key": "length", "label": "Hair length", "type": "SELECT", "required": true, "options": ["short", "long"] });
        let expected = json!({
            "tenant": { "alias": self.alias, "name": "Test Salon", "timeZone": "Europe/Berlin" },
            "services": [{
                "id": shop.service, "name": "Colouring", "description": "With care.", "durationMinutes": 60, "imageUrl": null,
                "fields": [question], "staff": [{ "id": shop.person, "name": "Ida", "imageUrl": null }],
            }],
        });
        assert_eq!(page, expected);

        let search = json!({ "serviceId": shop.service, "from": "2040-03-06", "to": "2040-03-08", "timeZone": "Europe/Berlin" });
        let found = self.visit("AvailableSlots", search.clone()).await;
        assert_eq!(starts_of(&found), [tuesday("10:00"), tuesday("10:30"), tuesday("11:00"), tuesday("11:30")]);
        let slot = json!({
            "start": tuesday("10:00"), "end": tuesday("11:00"), "utcOffset": "+01:00",
            "staff": [{ "id": shop.person, "name": "Ida" }], "seatsLeft": 1,
        });
        assert_eq!(found["days"][0]["slots"][0], slot);
        assert_eq!(found["days"][1], json!({ "date": "2040-03-07", "slots": [] }));
        assert_eq!(found["nextAvailable"], tuesday("10:00"));
        assert!(found["computedAt"].is_string());

        let hold = self.visit("HoldSlot", json!({ "serviceId": shop.service, "start": tuesday("10:00") })).await["hold"].clone();
        assert_eq!((&hold["start"], &hold["end"]), (&json!(tuesday("10:00")), &json!(tuesday("11:00"))));
        let found = self.visit("AvailableSlots", search.clone()).await;
        assert_eq!(starts_of(&found), [tuesday("11:30")]);
        self.visit("ReleaseHold", json!({ "holdId": hold["id"] })).await;
        let found = self.visit("AvailableSlots", search).await;
        assert_eq!(starts_of(&found).len(), 4);

        let customer = json!({ "name": "Carla Customer", "email": "carla@customer.example" });
        let answers = json!([{ "key": "length", "value": "short" }]);
        let input = json!({ "serviceId": shop.service, "start": tuesday("10:00"), "customer": customer, "answers": answers });
        let made = self.visit("CreateBooking", input).await;
        let booking = &made["booking"];
        let id = text(&booking["id"]);
        let expected = json!({
            "id": id, "reference": booking["reference"], "start": tuesday("10:00"), "end": tuesday("11:00"), "status": "CONFIRMED",
            "service": { "id": shop.service, "name": "Colouring" }, "staff": { "id": shop.person, "name": "Ida" },
            "customer": customer, "answers": answers,
        });
        assert_eq!(*booking, expected);
        expect_news(news, "CREATED", &json!({ "id": id, "status": "CONFIRMED", "start": tuesday("10:00"), "end": tuesday("11:00") })).await;
        Booked { id, customer: "carla@customer.example".to_owned(), manage_token: text(&made["manageToken"]) }
    }

    async fn read(&mut self, shop: &Shop, booked: &Booked) {
        let owner = self.owner.clone();
        let filter = json!({ "staffId": shop.person, "customerEmail": booked.customer });
        let found = self.run(&owner, "Bookings", json!({ "filter": filter, "first": 1 })).await;
        let node = &found["edges"][0]["node"];
        assert_eq!((&node["id"], &node["customer"]["email"]), (&json!(booked.id), &json!(booked.customer)));
        assert_eq!(node["answers"], json!([{ "key": "length", "value": "short" }]));
        assert_eq!(found["pageInfo"], json!({ "hasNextPage": false, "endCursor": found["edges"][0]["cursor"] }));
        let node = self.run(&owner, "NodeById", json!({ "id": booked.id })).await;
        assert_eq!(node, json!({ "__typename": "Booking", "id": booked.id }));
    }

    async fn change(&mut self, booked: &Booked, news: &mut Socket) {
        let by_customer = json!({ "bookingId": booked.id, "start": tuesday("11:30"), "manageToken": booked.manage_token });
        let moved = self.visit("RescheduleBooking", by_customer).await["booking"].clone();
        let expected = json!({ "id": booked.id, "start": tuesday("11:30"), "end": tuesday("12:30"), "status": "CONFIRMED" });
        assert_eq!(moved, expected);
        expect_news(news, "RESCHEDULED", &expected).await;

        let cancelled = self.own("CancelBooking", json!({ "bookingId": booked.id, "reason": "Flu" })).await["booking"].clone();
        assert_eq!(cancelled, json!({ "id": booked.id, "status": "CANCELLED" }));
        let expected = json!({ "id": booked.id, "status": "CANCELLED", "start": tuesday("11:30"), "end": tuesday("12:30") });
        expect_news(news, "CANCELLED", &expected).await;
    }

    async fn close(&mut self) {
        let owner = self.owner.clone();
        self.run(&owner, "SignOut", json!({})).await;
        assert_eq!(owner.run("Viewer", json!({})).await.error_code(), Some("UNAUTHENTICATED"));
        let visitor = self.nobody.of_tenant(&self.alias);
        let refused = visitor.refused("RefreshSession", json!({ "refreshToken": self.refresh_token })).await;
        assert_eq!(refused, "WRONG_CREDENTIALS");
    }
}

async fn expect_news(news: &mut Socket, kind: &str, booking: &Value) {
    let change = json!({ "bookingChanged": { "kind": kind, "booking": booking } });
    assert_eq!(news.next().await, Heard::Message(json!({ "type": "next", "id": "news", "payload": { "data": change } })));
}
