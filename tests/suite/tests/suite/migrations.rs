//! What the migrations make of an empty database, compared with `backend/store/schema/*.sql`: a change of a migration shows
//! there as a change of the schema that it leads to. Migrating is repeatable, and a database keeps its region (R3).
//!
//! After a new migration write the files anew with `DOMICILE_WRITE_SCHEMA=1 cargo test -p suite migrations`, and commit them.

use std::fs;
use std::path::PathBuf;

use fleet::plan::Purpose;
use suite::scratch::Scratch;

const HEAD: &str =
    "-- What the migrations lead to. Written by a test, never by hand: DOMICILE_WRITE_SCHEMA=1 cargo test -p suite migrations\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_migrations_lead_to_the_committed_schema_and_a_second_run_changes_nothing() {
    let (fleet, _gate) = suite::fleet().await;
    for (purpose, region, label) in
        [(Purpose::Shard, Some("us"), "us shard"), (Purpose::KeyStore, Some("us"), "us key store"), (Purpose::Control, None, "control")]
    {
        let scratch = Scratch::make(fleet, purpose).await;
        let first = scratch.migrate(region).expect("migrated");
        assert!(first.starts_with(label) && first.contains(": applied 0001_"), "{first}");
        let schema = format!("{HEAD}{}", scratch.dump());
        let again = scratch.migrate(region).expect("migrated");
        assert!(again.ends_with(": up to date\n"), "{again}");
        assert_eq!(format!("{HEAD}{}", scratch.dump()), schema);

        let file = fleet::place::sources().join(format!("backend/store/schema/{}.sql", purpose.kind()));
        if std::env::var_os("DOMICILE_WRITE_SCHEMA").is_some() {
            fs::write(&file, &schema).expect("a file");
        }
        assert!(schema == committed(&file), "{} is not what the migrations lead to: see the head of this test", file.display());
    }
}

fn committed(file: &PathBuf) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_a_database_of_one_region_is_never_migrated_for_another() {
    let (fleet, _gate) = suite::fleet().await;
    for purpose in [Purpose::Shard, Purpose::KeyStore] {
        let scratch = Scratch::make(fleet, purpose).await;
        scratch.migrate(Some("us")).expect("migrated");
        let mut connection = scratch.connect().await;
        connection.run("DELETE FROM schema_migration").await;
        let before = scratch.dump();

        let refusal = scratch.migrate(Some("eu")).expect_err("refused");

        let rule = "the database belongs to region number 1, not 3; a region's database is never reused for another region";
        assert!(refusal.contains(rule), "{refusal}");
        assert_eq!(scratch.dump(), before);
        assert_eq!(connection.number("SELECT region::bigint FROM region_identity").await, 1);
        assert_eq!(connection.number("SELECT count(*) FROM schema_migration").await, 0, "nothing was applied first");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_applied_migration_that_was_edited_is_refused() {
    let (fleet, _gate) = suite::fleet().await;
    let scratch = Scratch::make(fleet, Purpose::KeyStore).await;
    scratch.migrate(Some("us")).expect("migrated");
    scratch.connect().await.run("UPDATE schema_migration SET checksum = decode(repeat('00', 48), 'hex')").await;

    let refusal = scratch.migrate(Some("us")).expect_err("refused");

    assert!(refusal.contains("migration 0001_tenant_key was applied with other content; an applied file is never edited"), "{refusal}");
}
