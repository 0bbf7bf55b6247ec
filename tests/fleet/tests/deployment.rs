//! The fleet itself: everything runs, in its memory, as the region files say; and no node serves with another region's means (R3).

#![expect(clippy::unwrap_used, reason = "tests")]

use std::process::Command;

use fleet::{Fleet, NodeOptions, node, status};
use toml::Table;

/// For the whole idle fleet, in kilobytes.
const MEMORY_LIMIT_KB: u64 = 600 * 1024;

async fn refusal(settings: &str) -> String {
    let fleet = Fleet::open().await.unwrap();
    let settings = settings.replace("$STATE", fleet.plan.state.to_str().unwrap());
    let options = NodeOptions { settings: settings.parse::<Table>().unwrap() };
    format!("{:#}", fleet.extra_node("us", options).await.unwrap_err())
}

#[tokio::test]
async fn every_part_runs_within_the_memory_limit() {
    let fleet = Fleet::open().await.unwrap();
    let parts = status::of(&fleet).unwrap();
    let stopped: Vec<_> = parts.iter().filter(|part| part.pid.is_none()).map(|part| part.name.as_str()).collect();
    let memory: u64 = parts.iter().map(|part| part.memory_kb).sum();

    assert_eq!(stopped, Vec::<&str>::new());
    assert!(memory < MEMORY_LIMIT_KB, "{}", status::table(&parts));
}

#[tokio::test]
async fn d2_the_doctor_finds_every_standby_synchronous() {
    let fleet = Fleet::open().await.unwrap();
    let mut doctor = Command::new(node::program(&fleet.plan.state));
    doctor.arg("doctor");
    for region in &fleet.plan.regions {
        doctor.arg("--config").arg(region.folder.join("observer.toml"));
    }
    let answer = doctor.output().unwrap();

    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stdout));
}

#[tokio::test]
async fn r3_a_node_refuses_a_password_of_another_region() {
    let refusal = refusal("[key_store]\npassword_file = '$STATE/eu/secrets/key_store_app'").await;

    assert!(refusal.contains("belongs to region eu, but this process may only hold secrets of us (R3)"), "{refusal}");
}

#[tokio::test]
async fn r3_a_node_refuses_an_endpoint_of_another_region() {
    let fleet = Fleet::open().await.unwrap();
    let port = fleet.plan.region("eu").unwrap().key_store.port;
    let refusal = refusal(&format!("[key_store]\nport = {port}")).await;

    assert!(refusal.contains("is an endpoint of region eu, but this node serves region us (R3)"), "{refusal}");
}

#[tokio::test]
async fn a_killed_node_serves_again_after_a_restart() {
    let fleet = Fleet::open().await.unwrap();
    let node = fleet.extra_node("us", NodeOptions::default()).await.unwrap();
    let ready = node.api_url().replace("/graphql", "/health/ready");
    node.kill9().await.unwrap();
    let killed = fleet.http().get(&ready).send().await.is_err();
    node.restart().await.unwrap();
    let status = fleet.http().get(&ready).send().await.unwrap().status();

    assert!(killed);
    assert_eq!(status, 200);
}
