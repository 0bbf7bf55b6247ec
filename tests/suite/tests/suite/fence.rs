//! D1: the fence row in the shard is the last judge of whether a write may commit. Its states are set by SQL here, as a
//! relocation will set them.

use std::time::Duration;

use fleet::{Fleet, wait};
use serde_json::{Value, json};
use suite::footprint::Footprint;
use suite::salon::{PASSWORD, Salon, TUESDAY, WEDNESDAY, text, tuesday};
use suite::sql::{self, Sql};

const LIMIT: Duration = Duration::from_secs(10);

/// A business with a bookable service, and the superuser's hand on its fence.
struct Fenced {
    salon: Salon,
    service: String,
    tenant: String,
    shard: Sql,
}

impl Fenced {
    async fn make(fleet: &Fleet) -> Self {
        let salon = Salon::open(fleet, "eu").await;
        let service = salon.service(json!({})).await;
        let tenant = sql::uuid(&salon.tenant_id);
        Self { salon, service, tenant, shard: Sql::connect(&fleet.database("eu").expect("a region").superuser).await }
    }

    async fn set(&mut self, change: &str) {
        assert_eq!(self.shard.run(&format!("UPDATE fence SET {change} WHERE tenant_id = '{}'", self.tenant)).await, 1);
    }

    fn booking(&self, time: &str) -> Value {
        json!({ "input": self.salon.booking(&self.service, &tuesday(time), json!({})) })
    }

    /// Every kind of write is refused with the code that tells a client to wait and try again.
    async fn writes_are_refused(&self, state: &str) {
        let (owner, visitor) = (&self.salon.owner, &self.salon.visitor);
        let staff = json!({ "name": "Ida", "email": "ida@salon.example", "role": "STAFF" });
        let hold = json!({ "serviceId": self.service, "start": tuesday("10:00") });
        for (caller, operation, variables) in [
            (visitor, "CreateBooking", self.booking("10:00")),
            (visitor, "HoldSlot", json!({ "input": hold })),
            (visitor, "SignIn", json!({ "input": { "email": self.salon.email, "password": PASSWORD } })),
            (owner, "AddStaff", json!({ "input": staff })),
            (owner, "CreateService", json!({ "input": { "name": "Colour", "durationMinutes": 30, "staffIds": [self.salon.staff_id] } })),
        ] {
            let answer = caller.run(operation, variables).await;
            let extensions = &answer.body["errors"][0]["extensions"];
            assert_eq!(*extensions, json!({ "code": "TENANT_MOVING", "retryable": true }), "{state}, {operation}: {}", answer.body);
        }
    }

    async fn reads(&self) -> Vec<Option<String>> {
        let search = json!({ "input": { "serviceId": self.service, "from": TUESDAY, "to": WEDNESDAY, "timeZone": "UTC" } });
        let mut codes = Vec::new();
        for (operation, variables) in [("BookingPage", json!({})), ("AvailableSlots", search)] {
            codes.push(self.salon.visitor.run(operation, variables).await.error_code().map(ToOwned::to_owned));
        }
        codes
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_frozen_tenant_is_read_and_not_written() {
    let (fleet, _gate) = suite::fleet().await;
    let mut fenced = Fenced::make(fleet).await;
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    fenced.set("mode = 'frozen'").await;
    let before = footprint.of_tenant(&fenced.salon.tenant_id).await;

    fenced.writes_are_refused("frozen").await;

    assert_eq!(footprint.of_tenant(&fenced.salon.tenant_id).await, before);
    assert_eq!(fenced.reads().await, [None, None]);
    fenced.set("mode = 'active'").await;
    assert_eq!(text(&fenced.salon.book(&fenced.service, &tuesday("10:00")).await["booking"]["status"]), "CONFIRMED");
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_stale_epoch_or_a_tenant_that_is_not_here_is_neither_read_nor_written() {
    let (fleet, _gate) = suite::fleet().await;
    let mut fenced = Fenced::make(fleet).await;
    let mut footprint = Footprint::of(&fleet.database("eu").expect("a region")).await;
    for state in ["home_epoch = 2", "mode = 'moved'", "mode = 'incoming'", "mode = 'frozen', home_epoch = 2"] {
        fenced.set(state).await;
        let before = footprint.of_tenant(&fenced.salon.tenant_id).await;

        fenced.writes_are_refused(state).await;

        assert_eq!(footprint.of_tenant(&fenced.salon.tenant_id).await, before, "{state}");
        assert_eq!(fenced.reads().await, [Some("TENANT_MOVING".to_owned()), Some("TENANT_MOVING".to_owned())], "{state}");
        fenced.set("mode = 'active', home_epoch = 1").await;
    }
    assert_eq!(fenced.reads().await, [None, None]);
}

/// Waits until the backend with this number waits for a lock.
async fn waits_for_a_lock(superuser: &mut Sql, backend: i64) {
    let waits = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {backend} AND wait_event_type = 'Lock'");
    let look = async || Ok((superuser.number(&waits).await == 1).then_some(()));
    wait::until("a lock to be waited for", LIMIT, look).await.expect("waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_freeze_waits_for_the_write_in_flight_and_stops_the_next() {
    let (fleet, _gate) = suite::fleet().await;
    let mut fenced = Fenced::make(fleet).await;
    let urls = fleet.database("eu").expect("a region");
    let tenant = fenced.tenant.clone();
    let opening = format!("BEGIN; SET LOCAL app.tenant_id = '{tenant}'; SELECT fence_hold('{tenant}', 1)");
    let (mut writer, mut other) = (Sql::connect(&urls.app).await, Sql::connect(&urls.app).await);
    writer.run(&opening).await;
    other.run(&format!("{opening}; ROLLBACK")).await;
    writer.run(&format!("UPDATE service SET name = 'Written in time' WHERE tenant_id = '{tenant}'")).await;

    let mut freezer = Sql::connect(&urls.superuser).await;
    let backend = freezer.number("SELECT pg_backend_pid()::bigint").await;
    let freeze = format!("UPDATE fence SET mode = 'frozen', home_epoch = 2 WHERE tenant_id = '{tenant}'");
    let freezing = tokio::spawn(async move { freezer.run(&freeze).await });
    waits_for_a_lock(&mut fenced.shard, backend).await;
    assert!(!freezing.is_finished(), "the freeze waits for the write");
    writer.run("COMMIT").await;
    assert_eq!(freezing.await.expect("frozen"), 1);

    assert_eq!(fenced.shard.texts(&format!("SELECT name FROM service WHERE tenant_id = '{tenant}'")).await, ["Written in time"]);
    assert_eq!(other.refused(&opening).await, "DM001", "the next write meets the new epoch");
    fenced.writes_are_refused("frozen").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_a_write_that_meets_a_freeze_under_way_waits_and_is_refused() {
    let (fleet, _gate) = suite::fleet().await;
    let mut fenced = Fenced::make(fleet).await;
    let mut freezer = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    freezer.run(&format!("BEGIN; UPDATE fence SET mode = 'frozen' WHERE tenant_id = '{}'", fenced.tenant)).await;

    let (visitor, booking) = (fenced.salon.visitor.clone(), fenced.booking("10:00"));
    let booked = tokio::spawn(async move { visitor.run("CreateBooking", booking).await });
    let waits =
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'domicile_app' AND wait_event_type = 'Lock' AND query LIKE '%fence_hold%";
    let waits = format!("{waits}{}%'", fenced.tenant);
    let look = async || Ok((fenced.shard.number(&waits).await == 1).then_some(()));
    wait::until("the booking to wait", LIMIT, look).await.expect("waiting");
    assert!(!booked.is_finished(), "the booking waits for the freeze to be decided");
    freezer.run("COMMIT").await;

    assert_eq!(booked.await.expect("an answer").error_code(), Some("TENANT_MOVING"));
    assert_eq!(fenced.shard.number(&format!("SELECT count(*) FROM booking WHERE tenant_id = '{}'", fenced.tenant)).await, 0);
}
