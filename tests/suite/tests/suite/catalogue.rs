//! I1, from PostgreSQL's own catalogue: every table of a shard and of a key store is either one of the global tables named
//! here, which hold nothing of a tenant, or closed to all but its tenant. A table that a migration adds is judged too.

mod roles;
mod rows;
mod rules;

use rules::Database;
use suite::sql::Sql;

/// What a shard holds beside tenants' rows.
pub const SHARD: Database = Database {
    global_tables: &["directory_entry", "directory_position", "pending_sign_up", "region_identity", "schema_migration", "site_identity"],
    sized_bytes: &["directory_entry.alias_mac", "schema_migration.checksum"],
    app_role: "domicile_app",
};

/// What a key store holds beside tenants' keys.
pub const KEY_STORE: Database = Database {
    global_tables: &["region_identity", "schema_migration"],
    sized_bytes: &["schema_migration.checksum"],
    app_role: "domicile_keys",
};

#[tokio::test(flavor = "multi_thread")]
async fn i1_every_table_of_a_tenant_is_closed_to_all_others() {
    let (fleet, _gate) = suite::fleet().await;
    for region in fleet.regions() {
        let mut shard = Sql::connect(&fleet.database(region).expect("a region").superuser).await;
        assert_eq!(SHARD.offenders(&mut shard).await, [""; 0], "shard of {region}");
        assert!(SHARD.tenant_tables(&mut shard).await.len() >= 15, "the tables were found");
        let mut keys = Sql::connect(&fleet.key_store(region).expect("a region").superuser).await;
        assert_eq!(KEY_STORE.offenders(&mut keys).await, [""; 0], "key store of {region}");
        assert_eq!(KEY_STORE.tenant_tables(&mut keys).await, ["tenant_key"]);
    }
}

const CLOSED: &str = "ALTER TABLE planted ENABLE ROW LEVEL SECURITY; ALTER TABLE planted FORCE ROW LEVEL SECURITY;
    CREATE POLICY tenant_only ON planted USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());";
const ROWS: &str = "CREATE TABLE planted (tenant_id uuid NOT NULL, id uuid NOT NULL, PRIMARY KEY (tenant_id, id)";

/// Each is a mistake that a migration could make, and the whole complaint about it.
#[tokio::test(flavor = "multi_thread")]
async fn i1_a_planted_mistake_is_named() {
    let (fleet, _gate) = suite::fleet().await;
    let mut shard = Sql::connect(&fleet.database("au").expect("a region").superuser).await;
    let policy = |clauses: &str| {
        format!(
            "{ROWS}); ALTER TABLE planted ENABLE ROW LEVEL SECURITY; ALTER TABLE planted FORCE ROW LEVEL SECURITY; CREATE POLICY p ON planted {clauses}"
        )
    };
    let own = "tenant_id = current_tenant()";
    let table = [
        (format!("{ROWS});"), vec!["planted: has no row level security", "planted: has no policy for its tenant"]),
        (
            format!("{ROWS}); ALTER TABLE planted ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON planted USING ({own}) WITH CHECK ({own})"),
            vec!["planted: does not force row level security on its owner"],
        ),
        (policy(&format!("FOR SELECT USING ({own})")), vec!["planted: has no policy for its tenant", "planted: policy p lets others in"]),
        (policy("USING (true) WITH CHECK (true)"), vec!["planted: has no policy for its tenant", "planted: policy p lets others in"]),
        (
            policy(&format!("USING ({own}) WITH CHECK ({own}); CREATE POLICY q ON planted USING (true)")),
            vec!["planted: policy q lets others in"],
        ),
        (
            format!("CREATE TABLE planted (id uuid NOT NULL, tenant_id uuid NOT NULL, PRIMARY KEY (id, tenant_id)); {CLOSED}"),
            vec!["planted: unique index planted_pkey does not begin with tenant_id"],
        ),
        (format!("CREATE TABLE planted (tenant_id uuid NOT NULL, id uuid NOT NULL); {CLOSED}"), vec!["planted: has no primary key"]),
        (
            "CREATE TABLE planted (id uuid PRIMARY KEY)".to_owned(),
            vec![
                "planted: has no column tenant_id uuid not null",
                "planted: has no row level security",
                "planted: has no policy for its tenant",
                "planted: unique index planted_pkey does not begin with tenant_id",
            ],
        ),
        (format!("{ROWS}, code uuid UNIQUE); {CLOSED}"), vec!["planted: unique index planted_code_key does not begin with tenant_id"]),
        (
            format!("{ROWS}, code uuid); CREATE UNIQUE INDEX planted_code ON planted (code, tenant_id) WHERE code IS NOT NULL; {CLOSED}"),
            vec!["planted: unique index planted_code does not begin with tenant_id"],
        ),
        (
            "CREATE INDEX slow ON claim (tenant_id, upper(blocked))".to_owned(),
            vec!["claim: index slow is over an expression, so no search of the application uses it"],
        ),
        (
            format!("{ROWS}, during tstzrange, EXCLUDE USING gist (during WITH &&)); {CLOSED}"),
            vec!["planted: constraint planted_during_excl does not exclude within one tenant"],
        ),
        (
            format!("{ROWS}, during tstzrange, EXCLUDE USING gist (tenant_id WITH <>, during WITH &&)); {CLOSED}"),
            vec!["planted: constraint planted_tenant_id_during_excl does not exclude within one tenant"],
        ),
        (
            format!("CREATE UNIQUE INDEX leak ON staff (id); {ROWS}, FOREIGN KEY (id) REFERENCES staff (id)); {CLOSED}"),
            vec![
                "planted: foreign key planted_id_fkey does not begin with tenant_id on both sides",
                "staff: unique index leak does not begin with tenant_id",
            ],
        ),
        (
            format!("{ROWS}, other uuid, FOREIGN KEY (other, id) REFERENCES staff (tenant_id, id)); {CLOSED}"),
            vec!["planted: foreign key planted_other_id_fkey does not begin with tenant_id on both sides"],
        ),
        ("CREATE VIEW planted AS SELECT * FROM staff".to_owned(), vec!["planted: is neither a plain table nor an index"]),
        ("CREATE MATERIALIZED VIEW planted AS SELECT * FROM staff".to_owned(), vec!["planted: is neither a plain table nor an index"]),
        (format!("{ROWS}) PARTITION BY LIST (tenant_id); {CLOSED}"), vec!["planted: is neither a plain table nor an index"]),
        (
            "CREATE FUNCTION planted() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM staff'".to_owned(),
            vec!["planted: function runs with its owner's rights"],
        ),
        (
            "CREATE FUNCTION planted(text) RETURNS boolean LANGUAGE plpgsql LEAKPROOF AS 'BEGIN RETURN true; END'".to_owned(),
            vec!["planted: function is leakproof, so it runs before the policy"],
        ),
        ("ALTER TABLE region_identity ADD COLUMN name text".to_owned(), vec!["region_identity.name: a global table must not hold text"]),
        (
            "ALTER TABLE pending_sign_up ADD COLUMN input jsonb".to_owned(),
            vec!["pending_sign_up.input: a global table must not hold jsonb"],
        ),
        ("ALTER TABLE pending_sign_up ADD COLUMN mac bytea".to_owned(), vec!["pending_sign_up.mac: a global table must not hold bytea"]),
        ("GRANT TRUNCATE ON staff TO domicile_app".to_owned(), vec!["staff: domicile_app may TRUNCATE"]),
        ("GRANT REFERENCES ON staff TO domicile_app".to_owned(), vec!["staff: domicile_app may REFERENCES"]),
        ("GRANT TRIGGER ON staff TO domicile_app".to_owned(), vec!["staff: domicile_app may TRIGGER"]),
        ("GRANT SELECT ON staff TO domicile_observer".to_owned(), vec!["staff: domicile_observer has rights"]),
        ("GRANT SELECT (id) ON staff TO PUBLIC".to_owned(), vec!["staff: PUBLIC has rights on a column"]),
        ("ALTER TABLE staff OWNER TO domicile_app".to_owned(), vec!["staff: belongs to domicile_app"]),
        ("ALTER ROLE domicile_app BYPASSRLS".to_owned(), vec!["domicile_app: is more than a plain login"]),
        ("GRANT pg_monitor TO domicile_app".to_owned(), vec!["domicile_app: is a member of pg_monitor"]),
        ("GRANT CREATE ON SCHEMA public TO domicile_app".to_owned(), vec!["domicile_app: may create in schema public"]),
    ];
    for (planted, complaints) in &table {
        shard.run(&format!("BEGIN; SET LOCAL lock_timeout = '10s'; {planted}")).await;
        let found = SHARD.offenders(&mut shard).await;
        shard.run("ROLLBACK").await;
        let mut expected = complaints.clone();
        expected.sort_unstable();
        assert_eq!(found, expected, "{planted}");
    }
}
