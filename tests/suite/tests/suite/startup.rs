//! What a node refuses to start with (R3, S3, R1): each refusal names the key and the rule, and no secret. The node under
//! test is a real one whose configuration differs in one thing.

use std::fs;
use std::path::Path;

use fleet::plan::Purpose;
use fleet::secrets::{self, Login};
use fleet::{Fleet, NodeOptions};
use suite::scratch::{Scratch, path};
use toml::{Table, Value};

/// Starts a node of region `us` with this configuration; what it says when it ends.
async fn refusal(fleet: &Fleet, settings: Table) -> String {
    let started = fleet.extra_node("us", NodeOptions { settings }).await;
    let said = format!("{:#}", started.expect_err("the node starts"));
    for (region, secret) in secrets_of(fleet) {
        assert!(!said.contains(&secret), "a secret of {region} is in the log");
    }
    said
}

/// Every value of every secret file of the fleet.
fn secrets_of(fleet: &Fleet) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for region in &fleet.plan.regions {
        for entry in fs::read_dir(region.folder.join("secrets")).expect("a folder") {
            let text = fs::read_to_string(entry.expect("a file").path()).expect("text");
            if let Some(value) = text.trim_end().splitn(3, ':').nth(2).filter(|_| !text.starts_with("--")) {
                found.push((region.code.clone(), value.to_owned()));
            }
        }
    }
    assert!(found.len() >= 30, "the secrets were found");
    found
}

fn settings(text: &str) -> Table {
    text.parse().expect("TOML")
}

/// The settings of a node whose one shard is this table.
fn with_shard(mut shard: Table) -> Table {
    shard.insert("number".into(), 1.into());
    Table::from_iter([("shard".to_owned(), vec![Value::from(shard)].into())])
}

fn shard_of(fleet: &Fleet, region: &str) -> Table {
    let us = fleet.plan.region("us").expect("a region");
    let mut shard = settings("host = \"127.0.0.1\"\ndatabase = \"domicile\"\nuser = \"domicile_app\"");
    shard.insert("port".into(), i64::from(fleet.plan.region(region).expect("a region").shard.port).into());
    shard.insert("password_file".into(), path(&secrets::password_file(&us.shard, Login::App)));
    shard
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_a_node_does_not_start_with_another_regions_secret() {
    let (fleet, _gate) = suite::fleet().await;
    let eu = fleet.plan.region("eu").expect("a region");
    for purpose in ["region_key", "pepper"] {
        let foreign = secrets::file(&eu.folder, purpose);
        let said = refusal(fleet, settings(&format!("[keys]\n{purpose}_file = {:?}", foreign))).await;
        let rule =
            format!("secret {purpose}: file {} belongs to region eu, but this process may only hold secrets of us (R3)", foreign.display());
        assert!(said.contains(&rule), "{said}");
    }
    let mut shard = shard_of(fleet, "us");
    shard.insert("password_file".into(), path(&secrets::password_file(&eu.shard, Login::App)));
    let said = refusal(fleet, with_shard(shard)).await;
    assert!(said.contains("secret shard_app: ") && said.contains("belongs to region eu"), "{said}");
    let papers = fleet::certificates::papers(&fleet.plan.state, "eu");
    let said = refusal(fleet, settings(&format!("[tls]\ncertificate = {:?}\nkey = {:?}", papers.certificate, papers.key))).await;
    assert!(said.contains("tls.certificate: must name node.us.domicile.internal, since this node serves region us (R3)"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r3_a_node_does_not_start_with_another_regions_endpoint() {
    let (fleet, _gate) = suite::fleet().await;
    let eu = fleet.plan.region("eu").expect("a region");

    let said = refusal(fleet, with_shard(shard_of(fleet, "eu"))).await;
    let rule = format!("shard 1: 127.0.0.1:{} is an endpoint of region eu, but this node serves region us (R3)", eu.shard.port);
    assert!(said.contains(&rule), "{said}");
    let standby = eu.key_store.port + 1;
    let said = refusal(fleet, settings(&format!("[key_store]\nhost = \"localhost\"\nport = {standby}"))).await;
    let rule = format!("key_store: localhost:{standby} is an endpoint of region eu, but this node serves region us (R3)");
    assert!(said.contains(&rule), "{said}");
}

/// The last judge is the database itself: files can be wrong.
#[tokio::test(flavor = "multi_thread")]
async fn r3_a_node_does_not_start_on_a_database_that_says_it_is_another_regions() {
    let (fleet, _gate) = suite::fleet().await;
    let scratch = Scratch::make(fleet, Purpose::Shard).await;
    scratch.migrate(Some("eu")).expect("migrated");

    let said = refusal(fleet, with_shard(scratch.database("us", Login::App))).await;

    let rule = "the database belongs to region number 3, not 1; a region's database is never reused for another region";
    assert!(said.contains("shard 1") && said.contains(rule), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_does_not_start_on_a_database_with_pending_migrations() {
    let (fleet, _gate) = suite::fleet().await;
    let scratch = Scratch::make(fleet, Purpose::Shard).await;
    scratch.migrate(Some("us")).expect("migrated");
    let mut connection = scratch.connect().await;
    connection.run("DELETE FROM schema_migration WHERE version IN (3, 5)").await;
    let settings = with_shard(scratch.database("us", Login::App));

    let said = refusal(fleet, settings.clone()).await;
    let rule = "migrations are pending: 0003_tenant, 0005_service; run `domicile migrate` first";
    assert!(said.contains("shard 1") && said.contains(rule), "{said}");
    connection.run("DROP TABLE schema_migration, region_identity").await;
    let said = refusal(fleet, settings).await;
    assert!(said.contains("migrations are pending: 0001_identity, "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_a_node_does_not_start_without_tls_outside_this_machine() {
    let (fleet, _gate) = suite::fleet().await;
    let mut shard = shard_of(fleet, "us");
    shard.insert("host".into(), "10.0.0.9".into());

    let said = refusal(fleet, with_shard(shard)).await;
    let rule = "shard 1.ca: must be set, since 10.0.0.9 is not this machine and its connections must be verified TLS (S3)";
    assert!(said.contains(rule), "{said}");
    let said = refusal(fleet, settings(&format!("[control]\nurl = \"{}\"", fleet.control_url().replace("https", "http")))).await;
    assert!(said.contains("control.url: must be an https URL, since nodes and control talk over mutual TLS only (S3)"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_does_not_start_with_a_key_that_it_does_not_know() {
    let (fleet, _gate) = suite::fleet().await;

    let said = refusal(fleet, settings("[api]\nlistens = \"127.0.0.1:1\"")).await;

    assert!(said.contains("node.toml: line ") && said.contains("unknown field `listens`, expected one of `listen`, "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_node_does_not_start_when_a_site_lies_outside_its_regions_jurisdiction() {
    let (fleet, _gate) = suite::fleet().await;
    let folder = std::env::temp_dir().join(format!("domicile-suite-regions-{}", std::process::id()));
    copy_regions(&fleet.plan.state.join("regions"), &folder);
    let file = folder.join("eu.toml");
    let text = fs::read_to_string(&file).expect("text");
    let (before, after) = text.rsplit_once("jurisdiction = \"EU\"").expect("a jurisdiction");
    fs::write(&file, format!("{before}jurisdiction = \"US\"{after}")).expect("a file");

    let said = refusal(fleet, settings(&format!("regions_dir = {folder:?}"))).await;
    fs::remove_dir_all(folder).expect("a folder");

    let rule = "lies in jurisdiction US, but every site of a region must lie in the region's own jurisdiction EU";
    assert!(said.contains("region eu: site ") && said.contains(rule), "{said}");
}

fn copy_regions(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let file = entry.expect("a file");
        fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
    }
}
