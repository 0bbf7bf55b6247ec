//! R6: personal fields are sealed before they reach PostgreSQL, each row for itself. Random texts go in through the API and
//! are then looked for in every file of every site, in the forms that a text can lie there; a text that is no secret is
//! looked for by the same search and must be found.

use fleet::Fleet;
use futures_util::future::join_all;
use serde_json::{Value, json};
use suite::api::Api;
use suite::marker::{Marker, traces};
use suite::salon::{PASSWORD, sign_up_input, text, tuesday};
use suite::sql::{self, Sql};

/// One random text for each personal field.
struct Personal {
    fields: Vec<(&'static str, Marker)>,
}

impl Personal {
    fn new() -> Self {
        let texts = [
            "alias",
            "tenant",
            "owner",
            "owner's address",
            "staff",
            "staff's address",
            "customer",
            "customer's address",
            "answer",
            "note",
            "reason of time off",
            "reason of cancelling",
        ];
        let fields = texts.into_iter().map(|name| (name, Marker::new())).chain([("phone", Marker::phone())]).collect();
        Self { fields }
    }

    fn of(&self, name: &str) -> &str {
        &self.fields.iter().find(|(known, _)| *known == name).expect("a field").1.0
    }

    fn address(&self, name: &str) -> String {
        format!("{}@{}.example", self.of(name), self.of(name))
    }

    fn customer(&self) -> Value {
        json!({ "name": self.of("customer"), "email": self.address("customer's address"), "phone": self.of("phone") })
    }
}

/// A business whose every personal field is one of the random texts.
struct Telling {
    owner: Api,
    visitor: Api,
    service: String,
    tenant: String,
}

async fn tell(fleet: &Fleet, personal: &Personal, public: &str) -> Telling {
    let nobody = Api::new(fleet.api_url("eu").expect("a url"));
    let address = personal.address("owner's address");
    let mut input = sign_up_input("eu", personal.of("alias"), &address);
    input["tenantName"] = personal.of("tenant").into();
    input["ownerName"] = personal.of("owner").into();
    let made = nobody.done("SignUp", input).await;
    let owner = nobody.with_token(&text(&made["session"]["accessToken"]));
    let visitor = nobody.of_tenant(personal.of("alias"));
    visitor.done("SignIn", json!({ "email": address, "password": PASSWORD })).await;
    let staff = json!({ "name": personal.of("staff"), "email": personal.address("staff's address"), "role": "STAFF", "timeZone": "UTC" });
    let staff = text(&owner.done("AddStaff", staff).await["staff"]["id"]);
    let hours = json!([{ "day": "TUE", "start": "09:00", "end": "17:00" }]);
    owner.done("SetSchedule", json!({ "staffId": staff, "timeZone": "UTC", "hours": hours })).await;
    let off = json!({ "staffId": staff, "start": tuesday("16:00"), "end": tuesday("17:00"), "reason": personal.of("reason of time off") });
    owner.done("AddTimeOff", off).await;
    let field = json!({ "key": "wish", "label": "Wish", "type": "TEXT" });
    let input = json!({ "name": "Haircut", "description": public, "durationMinutes": 60, "staffIds": [staff], "fields": [field] });
    let service = text(&owner.done("CreateService", input).await["service"]["id"]);
    Telling { owner, visitor, service, tenant: sql::uuid(&text(&made["tenant"]["id"])) }
}

impl Telling {
    async fn book(&self, personal: &Personal, time: &str) -> Value {
        let input = json!({
            "serviceId": self.service, "start": tuesday(time), "customer": personal.customer(), "note": personal.of("note"),
            "answers": [{ "key": "wish", "value": personal.of("answer") }],
        });
        self.visitor.done("CreateBooking", input).await["booking"].clone()
    }
}

/// Writes the home region's tables into its files, on both sites. What was committed lies in the logs of changes anyhow.
async fn write_out(fleet: &Fleet) {
    let urls = [fleet.database("eu").expect("a region"), fleet.key_store("eu").expect("a region")];
    let checkpoint = async |url: &str| Sql::connect(url).await.run("CHECKPOINT").await;
    join_all(urls.iter().flat_map(|urls| [&urls.superuser, &urls.standby]).map(|url| checkpoint(url))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_no_personal_field_lies_readable_in_any_file() {
    let (fleet, _gate) = suite::fleet().await;
    let (personal, control) = (Personal::new(), Marker::new());
    // The text that must be found stands in a description in all its forms but one, and in the log of changes in that one.
    let forms: Vec<_> =
        control.forms().into_iter().filter_map(|(_, bytes)| String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))).collect();
    let telling = tell(fleet, &personal, &forms.join(" ")).await;
    let booked = telling.book(&personal, "10:00").await;
    let cancelled = json!({ "bookingId": booked["id"], "reason": personal.of("reason of cancelling") });
    telling.owner.done("CancelBooking", cancelled).await;
    let booked = telling.book(&personal, "11:00").await;
    let found = telling.owner.data("Bookings", json!({ "filter": { "customerEmail": personal.address("customer's address") } })).await;
    assert_eq!(found["bookings"]["edges"][0]["node"]["id"], booked["id"], "found by the address all the same");
    assert_eq!(found["bookings"]["edges"][0]["node"]["customer"]["name"], personal.of("customer"));
    for region in fleet.regions() {
        let there = Api::new(fleet.api_url(region).expect("a url"));
        there.data("WhereIs", json!({ "alias": personal.of("alias") })).await;
        there.of_tenant(personal.of("alias")).run("BookingPage", json!({})).await;
    }
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    let utf16: String = control.0.encode_utf16().flat_map(u16::to_le_bytes).map(|byte| format!("{byte:02x}")).collect();
    shard.texts(&format!("SELECT pg_logical_emit_message(true, 'planted', '\\x{utf16}'::bytea)::text")).await;
    write_out(fleet).await;
    let markers: Vec<&Marker> = personal.fields.iter().map(|(_, marker)| marker).chain([&control]).collect();
    for owner in fleet.regions().chain(["control"]) {
        let found = traces(&fleet.site_files(owner).expect("files"), &markers);
        let (planted, readable): (Vec<_>, Vec<_>) = found.into_iter().partition(|hit| hit.contains(&control.0));
        assert_eq!(readable, [""; 0], "{owner}");
        if owner == "eu" {
            for (form, _) in control.forms() {
                for site in ["primary", "secondary"] {
                    let place = format!("/eu/{site}/shard/data/");
                    assert!(planted.iter().any(|hit| hit.starts_with(form) && hit.contains(&place)), "{form} is not found in {place}");
                }
            }
            assert!(planted.iter().any(|hit| hit.contains("/base/")) && planted.iter().any(|hit| hit.contains("/pg_wal/")), "{planted:?}");
        } else {
            assert_eq!(planted, [""; 0], "nothing of the tenant at all lies in {owner} (R1)");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_equal_values_are_sealed_into_unequal_bytes() {
    let (fleet, _gate) = suite::fleet().await;
    let personal = Personal::new();
    let telling = tell(fleet, &personal, "").await;
    let ids =
        [telling.book(&personal, "10:00").await, telling.book(&personal, "11:00").await].map(|booking| sql::uuid(&text(&booking["id"])));
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    let [first, second] = [
        shard.bytes(&format!("SELECT sealed FROM booking WHERE tenant_id = '{}' AND id = '{}'", telling.tenant, ids[0])).await,
        shard.bytes(&format!("SELECT sealed FROM booking WHERE tenant_id = '{}' AND id = '{}'", telling.tenant, ids[1])).await,
    ];

    // Form, key version and salt, as `platform::vault` draws them; then the ciphertext, as long as its plain text, and a tag.
    assert_eq!((&first[..3], &second[..3], first.len()), (&[1, 0, 1][..], &[1, 0, 1][..], second.len()));
    let equal = first.iter().zip(&second).skip(3).filter(|(one, other)| one == other).count();
    assert!(equal < (first.len() - 3) / 8, "{equal} of {} bytes are the same", first.len() - 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn r6_a_blob_opens_in_its_own_row_only_and_its_failure_tells_nothing() {
    let (fleet, _gate) = suite::fleet().await;
    let personal = Personal::new();
    let telling = tell(fleet, &personal, "").await;
    let bookings = [telling.book(&personal, "10:00").await, telling.book(&personal, "11:00").await];
    let [moved, other] = bookings.each_ref().map(|booking| sql::uuid(&text(&booking["id"])));
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    let of = format!("tenant_id = '{}'", telling.tenant);
    let sealed = |table: &str, id: &str| format!("(SELECT sealed FROM {table} WHERE {of} AND id = '{id}')");
    let own = shard.bytes(&format!("SELECT {}", sealed("booking", &moved))).await;
    let hex: String = own.iter().map(|byte| format!("{byte:02x}")).collect();
    let customer = shard.texts(&format!("SELECT customer_id::text FROM booking WHERE {of} LIMIT 1")).await.remove(0);
    let read = "query Read($id: ID!) { node(id: $id) { ... on Booking { customer { name } answers { value } } } }";
    let id = json!({ "id": bookings[0]["id"] });

    for (what, blob) in [
        ("another row's", sealed("booking", &other)),
        ("another table's", sealed("customer", &customer)),
        ("one bit off", format!("set_bit('\\x{hex}'::bytea, 400, 1 - get_bit('\\x{hex}'::bytea, 400))")),
        ("a key version that was never made", format!("set_byte('\\x{hex}'::bytea, 2, 2)")),
        ("cut short", format!("substr('\\x{hex}'::bytea, 1, 40)")),
        ("empty", "''".to_owned()),
    ] {
        shard.run(&format!("UPDATE booking SET sealed = {blob} WHERE {of} AND id = '{moved}'")).await;
        for answer in [telling.owner.send(read, id.clone()).await, telling.owner.run("Bookings", json!({})).await] {
            let error = &answer.body["errors"][0];
            assert_eq!(
                (&error["message"], &error["extensions"]["code"]),
                (&json!("something is broken on our side"), &json!("INTERNAL")),
                "{what}: {}",
                answer.body
            );
            assert!(error["extensions"]["reference"].is_string(), "{what}");
            let said = answer.body.to_string();
            let told = personal.fields.iter().find(|(_, marker)| said.contains(&marker.0));
            assert!(told.is_none() && !said.contains("sealed") && !said.contains(&hex[..16]), "{what}: {said}");
        }
    }
    shard.run(&format!("UPDATE booking SET sealed = '\\x{hex}' WHERE {of} AND id = '{moved}'")).await;
    let answer = telling.owner.send(read, id).await;
    assert_eq!(answer.body["data"]["node"]["customer"]["name"], personal.of("customer"));
}
