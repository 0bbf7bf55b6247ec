//! A business to test with: signed up in a region, open Monday to Friday 09:00-17:00 UTC, with one service of an hour.

use std::time::Duration;

use fleet::Fleet;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::Api;

/// The password of every owner; long enough and hard to guess.
pub const PASSWORD: &str = "violet-harbour-quilt-meadow-93";
/// A Tuesday that no test run will ever reach; hours are in UTC.
pub const TUESDAY: &str = "2040-03-06";
/// The day after.
pub const WEDNESDAY: &str = "2040-03-07";

/// Far above the half second that a new tenant may take to be known everywhere.
const KNOWN_LIMIT: Duration = Duration::from_secs(10);

/// A business with its owner.
#[derive(Debug, Clone)]
pub struct Salon {
    pub alias: String,
    pub tenant_id: String,
    /// The owner, who is also the one person to book.
    pub staff_id: String,
    pub email: String,
    /// Nobody in particular at the home endpoint.
    pub nobody: Api,
    /// A visitor of the booking page.
    pub visitor: Api,
    /// The owner, signed in.
    pub owner: Api,
}

impl Salon {
    /// Signs up, pinned, and opens its hours.
    pub async fn open(fleet: &Fleet, region: &str) -> Self {
        Self::open_with(fleet, region, "PINNED").await
    }

    /// Signs up with this residency and opens its hours.
    pub async fn open_with(fleet: &Fleet, region: &str, residency: &str) -> Self {
        let salon = Self::sign_up(&Api::new(fleet.api_url(region).expect("a region")), region, residency).await;
        salon.set_hours(&salon.staff_id, "UTC", json!([])).await;
        salon
    }

    /// Signs up through this endpoint, without hours.
    pub async fn sign_up(nobody: &Api, region: &str, residency: &str) -> Self {
        let alias = new_alias();
        let email = format!("owner@{alias}.example");
        let mut input = sign_up_input(region, &alias, &email);
        input["residency"] = residency.into();
        let made = nobody.done("SignUp", input).await;
        let owner = nobody.with_token(made["session"]["accessToken"].as_str().expect("a token"));
        let viewer = owner.data("Viewer", json!({})).await;
        Self {
            tenant_id: made["tenant"]["id"].as_str().expect("an id").to_owned(),
            staff_id: viewer["viewer"]["id"].as_str().expect("an id").to_owned(),
            visitor: nobody.of_tenant(&alias),
            nobody: nobody.clone(),
            alias,
            email,
            owner,
        }
    }

    /// The same, once every region's directory has it: a sign-up waits for that of its own region only.
    pub async fn known(self, fleet: &Fleet) -> Self {
        for region in fleet.regions() {
            let there = self.nobody.at(fleet.api_url(region).expect("a region"));
            let look = async || {
                let found = there.data("WhereIs", json!({ "alias": self.alias })).await;
                Ok((!found["whereIs"].is_null()).then_some(()))
            };
            fleet::wait::until(&format!("{} in the directory of {region}", self.alias), KNOWN_LIMIT, look).await.expect("known");
        }
        self
    }

    /// Opens a person's weekdays from 09:00 to 17:00.
    pub async fn set_hours(&self, staff: &str, zone: &str, overrides: Value) -> Value {
        let hours: Vec<_> = ["MON", "TUE", "WED", "THU", "FRI"].map(|day| json!({ "day": day, "start": "09:00", "end": "17:00" })).into();
        self.owner.done("SetSchedule", json!({ "staffId": staff, "timeZone": zone, "hours": hours, "overrides": overrides })).await["schedule"]
            .clone()
    }

    /// A further person with the same hours; returns the id.
    pub async fn add_person(&self, name: &str) -> String {
        let input = json!({ "name": name, "email": format!("{}@{}.example", Uuid::new_v4().simple(), self.alias), "role": "STAFF" });
        let id = self.owner.done("AddStaff", input).await["staff"]["id"].as_str().expect("an id").to_owned();
        self.set_hours(&id, "UTC", json!([])).await;
        id
    }

    /// A further person who signs in, without hours.
    pub async fn add_signed_in(&self, name: &str, role: &str) -> (String, Api) {
        let email = format!("{}@{}.example", Uuid::new_v4().simple(), self.alias);
        let input = json!({ "name": name, "email": email, "role": role, "password": PASSWORD });
        let id = text(&self.owner.done("AddStaff", input).await["staff"]["id"]);
        (id, self.sign_in(&email).await)
    }

    /// Signs in with the password that everybody has here.
    pub async fn sign_in(&self, email: &str) -> Api {
        let signed_in = self.visitor.done("SignIn", json!({ "email": email, "password": PASSWORD })).await;
        self.nobody.with_token(&text(&signed_in["session"]["accessToken"]))
    }

    /// A service of an hour by the owner; `with` adds or replaces input fields. Returns the id.
    pub async fn service(&self, with: Value) -> String {
        let mut input = json!({ "name": "Haircut", "durationMinutes": 60, "staffIds": [self.staff_id] });
        merge(&mut input, with);
        self.owner.done("CreateService", input).await["service"]["id"].as_str().expect("an id").to_owned()
    }

    /// What a customer sends to book this start; `with` adds or replaces input fields.
    pub fn booking(&self, service: &str, start: &str, with: Value) -> Value {
        let customer = json!({ "name": "Carla Customer", "email": "carla@customer.example" });
        let mut input = json!({ "serviceId": service, "start": start, "customer": customer });
        merge(&mut input, with);
        input
    }

    /// Books as a visitor; returns the payload.
    pub async fn book(&self, service: &str, start: &str) -> Value {
        self.visitor.done("CreateBooking", self.booking(service, start, json!({}))).await
    }

    /// The offered starts of a span of dates, in UTC.
    pub async fn starts(&self, service: &str, from: &str, to: &str) -> Vec<String> {
        starts_of(&self.slots(service, json!({ "from": from, "to": to })).await)
    }

    /// The slots of Tuesday in UTC, as a visitor sees them; `with` adds or replaces input fields.
    pub async fn slots(&self, service: &str, with: Value) -> Value {
        let mut input = json!({ "serviceId": service, "from": TUESDAY, "to": WEDNESDAY, "timeZone": "UTC" });
        merge(&mut input, with);
        self.visitor.data("AvailableSlots", json!({ "input": input })).await["availableSlots"].clone()
    }
}

/// An alias that nobody has.
pub fn new_alias() -> String {
    format!("salon-{}", &Uuid::new_v4().simple().to_string()[..12])
}

/// The input of a sign-up.
pub fn sign_up_input(region: &str, alias: &str, email: &str) -> Value {
    json!({
        "region": region, "alias": alias, "tenantName": "Test Salon", "timeZone": "Europe/Berlin",
        "ownerName": "Olga Owner", "email": email, "password": PASSWORD,
    })
}

/// This time of Tuesday, such as `10:30`.
pub fn tuesday(time: &str) -> String {
    format!("{TUESDAY}T{time}:00Z")
}

/// The offered starts of all days of a slot search, in order.
pub fn starts_of(found: &Value) -> Vec<String> {
    let days = found["days"].as_array().expect("days").iter();
    days.flat_map(|day| day["slots"].as_array().expect("slots")).map(|slot| text(&slot["start"])).collect()
}

/// The text of a JSON string.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Adds or replaces the fields of `base` with those of `with`.
pub fn merge(base: &mut Value, with: Value) {
    let (Value::Object(base), Value::Object(with)) = (base, with) else { return };
    base.extend(with);
}
