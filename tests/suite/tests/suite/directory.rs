//! The directory: who knows of a tenant and when, what goes on without control, how gaps are healed (R5), that no sign-up
//! leaves a half tenant or loses an alias, and that control's database can hold no free text (R2).

mod columns;
mod feed;
mod outage;
mod sign_up;

use std::collections::BTreeMap;

use fleet::Fleet;
use suite::sql::Sql;

/// The rows that a sign-up writes: how many there are in each region's databases and at control.
async fn rows(fleet: &Fleet) -> BTreeMap<String, i64> {
    let mut rows = BTreeMap::new();
    for region in fleet.regions() {
        let mut shard = Sql::connect(&fleet.database(region).expect("a region").superuser).await;
        for table in ["tenant", "fence", "staff", "session", "pending_sign_up"] {
            rows.insert(format!("{region} {table}"), shard.number(&format!("SELECT count(*) FROM {table}")).await);
        }
        let mut keys = Sql::connect(&fleet.key_store(region).expect("a region").superuser).await;
        rows.insert(format!("{region} tenant_key"), keys.number("SELECT count(*) FROM tenant_key").await);
    }
    let mut control = control(fleet).await;
    rows.insert("control".to_owned(), control.number("SELECT count(*) FROM directory_entry WHERE state <> 'released'").await);
    rows
}

/// Control's database, as the superuser.
async fn control(fleet: &Fleet) -> Sql {
    Sql::connect(&fleet.control_database().expect("control").superuser).await
}

/// The number of the newest change that a region's node knows.
async fn version(fleet: &Fleet, region: &str) -> i64 {
    let url = fleet.api_url(region).expect("a region").replace("/graphql", "/health/ready");
    let found: serde_json::Value = fleet.http().get(url).send().await.expect("an answer").json().await.expect("JSON");
    found["directoryVersion"].as_i64().expect("a number")
}
