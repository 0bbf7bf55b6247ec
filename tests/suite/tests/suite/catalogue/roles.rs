//! What the serving roles may do with global tables: read whose database it is, never change it (R3, D1).

use suite::sql::Sql;

const DENIED: &str = "42501";

#[tokio::test(flavor = "multi_thread")]
async fn r3_the_serving_roles_cannot_change_whose_database_it_is() {
    let (fleet, _gate) = suite::fleet().await;
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").app).await;
    let mut keys = Sql::connect(&fleet.key_store("eu").expect("a region").app).await;

    assert_eq!(shard.number("SELECT region::bigint FROM region_identity").await, 3);
    assert_eq!(keys.number("SELECT region::bigint FROM region_identity").await, 3);
    assert!(shard.number("SELECT max(site_epoch) FROM site_identity").await >= 1);
    for change in [
        "UPDATE region_identity SET region = 1",
        "DELETE FROM region_identity",
        "INSERT INTO region_identity VALUES (1)",
        "UPDATE schema_migration SET version = 1",
        "DELETE FROM schema_migration",
        "DROP TABLE region_identity",
    ] {
        assert_eq!(shard.refused(change).await, DENIED, "{change}");
        assert_eq!(keys.refused(change).await, DENIED, "{change}");
    }
    for change in [
        "UPDATE site_identity SET site_epoch = 2",
        "INSERT INTO site_identity VALUES (99, gen_random_uuid(), now())",
        "DELETE FROM site_identity",
        "TRUNCATE staff",
        "ALTER TABLE staff DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE staff NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenant_only ON staff",
        "CREATE TABLE mine (id uuid)",
        "CREATE TEMPORARY TABLE mine (id uuid)",
        "SET ROLE domicile_owner",
        "COPY staff TO PROGRAM 'cat'",
    ] {
        assert_eq!(shard.refused(change).await, DENIED, "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_controls_role_appends_to_the_feed_and_rewrites_nothing() {
    let (fleet, _gate) = suite::fleet().await;
    let mut control = Sql::connect(&fleet.control_database().expect("control").app).await;

    for change in [
        "UPDATE dir_change SET home_epoch = 9",
        "DELETE FROM dir_change",
        "TRUNCATE dir_change",
        "DELETE FROM directory_entry",
        "UPDATE directory_entry SET region = 1",
        "UPDATE directory_entry SET alias_mac = decode(repeat('00', 32), 'hex')",
        "DELETE FROM directory_head",
        "ALTER TABLE dir_change ADD COLUMN note text",
    ] {
        assert_eq!(control.refused(change).await, DENIED, "{change}");
    }
}

/// An operator who only looks sees no row of any tenant.
#[tokio::test(flavor = "multi_thread")]
async fn i1_the_observer_sees_no_tenant() {
    let (fleet, _gate) = suite::fleet().await;
    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    let mut keys = Sql::connect(&fleet.key_store("eu").expect("a region").superuser).await;
    for (connection, tables) in
        [(&mut shard, vec!["tenant", "staff", "booking", "directory_entry", "pending_sign_up"]), (&mut keys, vec!["tenant_key"])]
    {
        connection.run("SET ROLE domicile_observer").await;
        for table in tables {
            assert_eq!(connection.refused(&format!("SELECT * FROM {table}")).await, DENIED, "{table}");
        }
    }
}
