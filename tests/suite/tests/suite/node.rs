//! Anything by its id: who sees what, and that another tenant's id is answered like one that never existed (I4).

use serde_json::{Value, json};
use suite::api::Api;
use suite::salon::{Salon, text, tuesday};

/// One thing of each kind that has an id, the owner's.
struct Things {
    ids: Vec<(&'static str, String)>,
}

impl Things {
    /// Makes them for this person of the business.
    async fn of(salon: &Salon, staff: &str) -> Self {
        let schedule = text(&salon.set_hours(staff, "UTC", json!([])).await["id"]);
        let off = json!({ "staffId": staff, "start": tuesday("16:00"), "end": tuesday("17:00"), "reason": "Dentist" });
        let time_off = text(&salon.owner.done("AddTimeOff", off).await["timeOff"]["id"]);
        let service = salon.service(json!({ "staffIds": [staff] })).await;
        let booking = text(&salon.book(&service, &tuesday("09:00")).await["booking"]["id"]);
        let listed = salon.owner.data("Bookings", json!({ "first": 1 })).await;
        let customer = text(&listed["bookings"]["edges"][0]["node"]["customer"]["id"]);
        let ids = [
            ("Tenant", salon.tenant_id.clone()),
            ("Staff", staff.to_owned()),
            ("Service", service),
            ("Schedule", schedule),
            ("TimeOff", time_off),
            ("Customer", customer),
            ("Booking", booking),
        ];
        Self { ids: ids.into() }
    }

    /// The kinds that this caller is answered; the others must be null.
    async fn seen_by(&self, caller: &Api) -> Vec<&'static str> {
        let mut seen = Vec::new();
        for (kind, id) in &self.ids {
            let node = caller.data("NodeById", json!({ "id": id })).await["node"].clone();
            if !node.is_null() {
                assert_eq!(node, json!({ "__typename": kind, "id": id }));
                seen.push(*kind);
            }
        }
        seen
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_caller_sees_what_is_theirs_to_see() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let (ida, signed_in) = salon.add_signed_in("Ida", "STAFF").await;
    let (_, admin) = salon.add_signed_in("Ada", "ADMIN").await;
    let (of_owner, of_ida) = (Things::of(&salon, &salon.staff_id).await, Things::of(&salon, &ida).await);

    let everything = ["Tenant", "Staff", "Service", "Schedule", "TimeOff", "Customer", "Booking"];
    let public = ["Tenant", "Staff", "Service"];
    for things in [&of_owner, &of_ida] {
        assert_eq!(things.seen_by(&salon.owner).await, everything);
        assert_eq!(things.seen_by(&admin).await, everything);
        assert_eq!(things.seen_by(&salon.visitor).await, public);
    }
    assert_eq!(of_ida.seen_by(&signed_in).await, ["Tenant", "Staff", "Service", "Schedule", "TimeOff", "Booking"]);
    assert_eq!(of_owner.seen_by(&signed_in).await, public);
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_a_foreign_id_is_answered_like_one_that_never_existed() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, other) = (Salon::open(fleet, "eu").await, Salon::open(fleet, "eu").await);
    let (_, signed_in) = salon.add_signed_in("Ida", "STAFF").await;
    let foreign = Things::of(&other, &other.staff_id).await;
    assert_eq!(foreign.seen_by(&other.owner).await.len(), 7, "they are there");

    for caller in [&salon.owner, &signed_in, &salon.visitor] {
        for (kind, id) in &foreign.ids {
            let (prefix, _) = id.rsplit_once('_').expect("an id");
            let absent = format!("{prefix}_{}", "7".repeat(32));
            let (of_foreign, of_absent) =
                (caller.run("NodeById", json!({ "id": id })).await, caller.run("NodeById", json!({ "id": absent })).await);
            assert_eq!((of_foreign.status, of_foreign.body.to_string()), (of_absent.status, of_absent.body.to_string()), "{kind}");
            assert_eq!(of_foreign.body, json!({ "data": { "node": null } }), "{kind}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_shown_with_address_and_role_to_colleagues_only() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let (_, signed_in) = salon.add_signed_in("Ida", "STAFF").await;
    let query = "query Person($id: ID!) { node(id: $id) { ... on Staff { name email role } } }";
    let seen = async |caller: &Api| caller.send(query, json!({ "id": salon.staff_id })).await.body["data"]["node"].clone();

    assert_eq!(seen(&salon.visitor).await, json!({ "name": "Olga Owner", "email": Value::Null, "role": Value::Null }));
    for colleague in [&signed_in, &salon.owner] {
        assert_eq!(seen(colleague).await, json!({ "name": "Olga Owner", "email": salon.email, "role": "OWNER" }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tenant_nothing_has_an_id() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;

    let answer = salon.nobody.run("NodeById", json!({ "id": salon.staff_id })).await;

    assert_eq!(answer.error_code(), Some("TENANT_REQUIRED"), "{}", answer.body);
}
