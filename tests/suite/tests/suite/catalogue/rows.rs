//! I1, tried out on rows of every table: as the serving role, another tenant's rows are not there and cannot be made.

use fleet::Fleet;
use serde_json::json;
use suite::salon::{Salon, text, tuesday};
use suite::sql::{self, Sql};

use super::{KEY_STORE, SHARD};

/// Row level security refuses the row.
const DENIED: &str = "42501";

/// A business that has left a row in every table.
async fn busy(fleet: &Fleet) -> String {
    let salon = Salon::open(fleet, "eu").await;
    let single = salon.service(json!({ "idempotencyKey": "once-and-once-only" })).await;
    let group = salon.service(json!({ "name": "Yoga", "capacity": 5, "idempotencyKey": "twice-and-twice-only" })).await;
    salon.book(&single, &tuesday("09:00")).await;
    salon.book(&group, &tuesday("11:00")).await;
    salon.visitor.done("HoldSlot", json!({ "serviceId": single, "start": tuesday("14:00") })).await;
    let off = json!({ "staffId": salon.staff_id, "start": tuesday("16:00"), "end": tuesday("17:00") });
    salon.owner.done("AddTimeOff", off).await;
    let signed_in = salon.visitor.done("SignIn", json!({ "email": salon.email, "password": suite::salon::PASSWORD })).await;
    salon.visitor.done("RefreshSession", json!({ "refreshToken": text(&signed_in["session"]["refreshToken"]) })).await;
    sql::uuid(&salon.tenant_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_the_serving_role_sees_and_writes_rows_of_its_tenant_only() {
    let (fleet, _gate) = suite::fleet().await;
    let (mine, other) = (busy(fleet).await, busy(fleet).await);
    let urls = fleet.database("eu").expect("a region");
    let (mut superuser, mut app) = (Sql::connect(&urls.superuser).await, Sql::connect(&urls.app).await);

    for table in SHARD.tenant_tables(&mut superuser).await {
        check(&mut superuser, &mut app, &table, &mine, &other).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_the_key_store_gives_out_keys_of_its_tenant_only() {
    let (fleet, _gate) = suite::fleet().await;
    let (mine, other) = (Salon::open(fleet, "eu").await, Salon::open(fleet, "eu").await);
    let urls = fleet.key_store("eu").expect("a region");
    let (mut superuser, mut app) = (Sql::connect(&urls.superuser).await, Sql::connect(&urls.app).await);

    for table in KEY_STORE.tenant_tables(&mut superuser).await {
        check(&mut superuser, &mut app, &table, &sql::uuid(&mine.tenant_id), &sql::uuid(&other.tenant_id)).await;
    }
}

async fn check(superuser: &mut Sql, app: &mut Sql, table: &str, mine: &str, other: &str) {
    let of = |tenant: &str| format!("SELECT count(*) FROM {table} WHERE tenant_id = '{tenant}'");
    let (own, foreign) = (superuser.number(&of(mine)).await, superuser.number(&of(other)).await);
    assert!(own > 0 && foreign > 0, "{table}: nothing to tell apart");
    let all = format!("SELECT count(*) FROM {table}");
    let rows = superuser.texts(&format!("SELECT row_to_json(t)::text FROM {table} t WHERE tenant_id = '{other}' LIMIT 1")).await;
    let foreign_row = rows[0].replace('\'', "''");

    assert_eq!(app.number(&all).await, 0, "{table}: without a tenant");
    app.run(&format!("BEGIN; SET LOCAL app.tenant_id = '{mine}'")).await;
    assert_eq!((app.number(&all).await, app.number(&of(other)).await), (own, 0), "{table}: as its tenant");
    app.run("COMMIT").await;
    assert_eq!(app.number(&all).await, 0, "{table}: the tenant is gone with its transaction");

    let written =
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attgenerated = ''";
    let columns = superuser.texts(&format!("{written} AND attrelid = '{table}'::regclass")).await.remove(0);
    let insert = format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_record(NULL::{table}, '{foreign_row}')");
    let mut refused = vec![(insert, vec!["", mine])];
    if table != "tenant_key" {
        refused.push((format!("UPDATE {table} SET tenant_id = '{other}'"), vec![mine]));
        assert_eq!(changed(app, mine, &format!("UPDATE {table} SET tenant_id = '{mine}' WHERE tenant_id = '{other}'")).await, 0, "{table}");
    }
    assert_eq!(changed(app, mine, &format!("DELETE FROM {table} WHERE tenant_id = '{other}'")).await, 0, "{table}");
    for (statement, tenants) in &refused {
        for tenant in tenants {
            app.run(&format!("BEGIN; SET LOCAL app.tenant_id = '{tenant}'")).await;
            assert_eq!(app.refused(statement).await, DENIED, "{table}: {statement}");
            app.run("ROLLBACK").await;
        }
    }
    assert_eq!(superuser.number(&of(other)).await, foreign, "{table}");
}

async fn changed(app: &mut Sql, tenant: &str, statement: &str) -> u64 {
    app.run(&format!("BEGIN; SET LOCAL app.tenant_id = '{tenant}'")).await;
    let changed = app.run(statement).await;
    app.run("ROLLBACK").await;
    changed
}
