//! A sign-up is decided by one commit of control: of many for one alias one wins, and what a crash leaves behind is swept.

use std::time::Duration;

use fleet::{Fleet, NodeOptions, wait};
use futures_util::future::join_all;
use serde_json::json;
use suite::api::{Api, code_of};
use suite::salon::{PASSWORD, Salon, new_alias, sign_up_input};
use suite::sql::{self, Sql};

const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn of_many_sign_ups_for_one_alias_one_wins_and_the_others_leave_nothing() {
    let (fleet, _gate) = suite::fleet_alone().await;
    let regions: Vec<&str> = fleet.regions().collect();
    let before = super::rows(fleet).await;
    let alias = new_alias();
    let tries = (0..16).map(|number| {
        let region = regions[number % regions.len()];
        let nobody = Api::new(fleet.api_url(region).expect("a url"));
        let input = sign_up_input(region, &alias, &format!("owner{number}@salon.example"));
        async move { (region, nobody.payload("SignUp", input).await) }
    });

    let (won, lost): (Vec<_>, Vec<_>) = join_all(tries).await.into_iter().partition(|(_, payload)| !payload["tenant"].is_null());
    assert_eq!((won.len(), lost.len()), (1, 15), "{won:?}");
    assert!(lost.iter().all(|(_, payload)| code_of(payload).as_deref() == Some("ALIAS_TAKEN")), "{lost:?}");

    let (home, _) = won[0];
    let mut expected = before;
    for table in ["tenant", "fence", "staff", "session", "tenant_key"] {
        *expected.get_mut(&format!("{home} {table}")).expect("a number") += 1;
    }
    *expected.get_mut("control").expect("a number") += 1;
    assert_eq!(super::rows(fleet).await, expected);
    let there = Api::new(fleet.api_url(home).expect("a url")).data("WhereIs", json!({ "alias": alias })).await;
    assert_eq!(there["whereIs"]["region"]["code"], home);
}

/// A node sweeps as soon as it starts, so a further one need not be waited for.
async fn sweep(fleet: &Fleet, shard: &mut Sql, tenant: &str) {
    let _node = fleet.extra_node("eu", NodeOptions::default()).await.expect("a node");
    let gone = async || {
        let left = shard.number(&format!("SELECT count(*) FROM pending_sign_up WHERE tenant_id = '{tenant}'")).await;
        Ok((left == 0).then_some(()))
    };
    wait::until("the sweep", LIMIT, gone).await.expect("swept");
}

/// What is left of a tenant in its region, and its state at control.
async fn left_of(fleet: &Fleet, shard: &mut Sql, tenant: &str) -> (i64, i64, Vec<String>) {
    let mut rows = 0;
    for table in ["tenant", "fence", "staff", "session", "pending_sign_up"] {
        rows += shard.number(&format!("SELECT count(*) FROM {table} WHERE tenant_id = '{tenant}'")).await;
    }
    let mut keys = Sql::connect(&fleet.key_store("eu").expect("a region").superuser).await;
    let keys = keys.number(&format!("SELECT count(*) FROM tenant_key WHERE tenant_id = '{tenant}'")).await;
    let state = super::control(fleet).await.texts(&format!("SELECT state::text FROM directory_entry WHERE tenant_id = '{tenant}'")).await;
    (rows, keys, state)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_whose_node_died_after_the_claim_is_swept_and_its_alias_free() {
    let (fleet, _gate) = suite::fleet().await;
    let eu = Api::new(fleet.api_url("eu").expect("a url"));
    let salon = Salon::sign_up(&eu, "eu", "PINNED").await.known(fleet).await;
    let tenant = sql::uuid(&salon.tenant_id);
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    // As it stands between the claim and the opening.
    shard
        .run(&format!(
            "BEGIN; UPDATE fence SET mode = 'incoming' WHERE tenant_id = '{tenant}'; DELETE FROM session WHERE tenant_id = '{tenant}';
             INSERT INTO pending_sign_up VALUES ('{tenant}', now() - interval '61 seconds'); COMMIT"
        ))
        .await;

    sweep(fleet, &mut shard, &tenant).await;

    assert_eq!(left_of(fleet, &mut shard, &tenant).await, (0, 0, vec!["released".to_owned()]));
    let free = async || Ok(eu.data("WhereIs", json!({ "alias": salon.alias })).await["whereIs"].is_null().then_some(()));
    wait::until("the release in the directory", LIMIT, free).await.expect("free");
    let again = eu.done("SignUp", sign_up_input("eu", &salon.alias, &salon.email)).await;
    assert_eq!(again["tenant"]["alias"], salon.alias.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_whose_node_died_before_the_claim_is_swept_and_its_late_claim_refused() {
    let (fleet, _gate) = suite::fleet().await;
    let tenant = uuid::Uuid::now_v7().to_string();
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    let mut keys = Sql::connect(&fleet.key_store("eu").expect("a region").superuser).await;
    shard
        .run(&format!(
            "BEGIN; INSERT INTO tenant VALUES ('{tenant}', '\\x00', 'UTC', 'en', 'FREE', now());
             INSERT INTO fence VALUES ('{tenant}', 1, 'incoming');
             INSERT INTO pending_sign_up VALUES ('{tenant}', now() - interval '61 seconds'); COMMIT"
        ))
        .await;
    keys.run(&format!("INSERT INTO tenant_key VALUES ('{tenant}', 1, decode(repeat('00', 81), 'hex'), now())")).await;

    sweep(fleet, &mut shard, &tenant).await;

    assert_eq!(left_of(fleet, &mut shard, &tenant).await, (0, 0, vec!["released".to_owned()]));
    let claim = json!({
        "tenant": tenant, "aliasMac": "A".repeat(43), "region": 3, "shard": 1, "homeEpoch": 1,
        "residency": "PINNED", "state": "active", "version": 0,
    });
    let late = fleet.peer("eu").expect("a client").post(format!("{}/v1/claims", fleet.control_url())).json(&claim).send();
    let late = late.await.expect("an answer");
    assert_eq!(late.status(), 409);
    assert_eq!(late.json::<serde_json::Value>().await.expect("JSON"), json!({ "code": "TENANT_TAKEN" }));
}

/// The sweeper takes what is old and undecided only.
#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_leaves_young_sign_ups_and_open_tenants_alone() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let young = uuid::Uuid::now_v7().to_string();
    let old = uuid::Uuid::now_v7().to_string();
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    shard.run(&format!("INSERT INTO pending_sign_up VALUES ('{young}', now()), ('{old}', now() - interval '61 seconds')")).await;

    sweep(fleet, &mut shard, &old).await;

    let left = shard.run(&format!("DELETE FROM pending_sign_up WHERE tenant_id = '{young}'")).await;
    assert_eq!(left, 1, "the young one was left alone");
    salon.visitor.done("SignIn", json!({ "email": salon.email, "password": PASSWORD })).await;
}

/// A node of a region speaks for that region only, and control hears nodes only.
#[tokio::test(flavor = "multi_thread")]
async fn r2_control_hears_each_region_for_itself_only() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "eu").await;
    let tenant = sql::uuid(&salon.tenant_id);
    let claims = format!("{}/v1/claims", fleet.control_url());
    let claim = json!({
        "tenant": uuid::Uuid::now_v7(), "aliasMac": "A".repeat(43), "region": 3, "shard": 1, "homeEpoch": 1,
        "residency": "PINNED", "state": "active", "version": 0,
    });
    let us = fleet.peer("us").expect("a client");

    let foreign_claim = us.post(&claims).json(&claim).send().await.expect("an answer");
    assert_eq!((foreign_claim.status().as_u16(), foreign_claim.text().await.expect("text").as_str()), (403, r#"{"code":"OTHER_REGION"}"#));
    let foreign_release = us.delete(format!("{claims}/{tenant}")).send().await.expect("an answer");
    assert_eq!(foreign_release.status().as_u16(), 403);
    let no_node = fleet.peer("control").expect("a client").get(format!("{}/v1/snapshot", fleet.control_url())).send().await;
    assert_eq!(no_node.expect("an answer").status().as_u16(), 403, "control's own certificate names no region");
    assert!(fleet.http().get(format!("{}/v1/snapshot", fleet.control_url())).send().await.is_err(), "nobody without a certificate");
    salon.owner.data("Viewer", json!({})).await;
}
