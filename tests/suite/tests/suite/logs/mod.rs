//! Logs: one JSON object per line, one line per request with its number, and nothing that a person wrote or is (R1, S3).

mod business;
mod diary;
mod mistakes;

use std::path::{Path, PathBuf};
use std::time::Duration;

use fleet::{Fleet, NodeOptions, wait};
use serde_json::{Value, json};
use suite::api::{Api, document};
use suite::marker::traces;
use suite::salon::Salon;
use suite::wire;
use tokio::io::AsyncWriteExt;

use diary::Diary;

fn log_of(fleet: &Fleet, region: &str) -> PathBuf {
    fleet.plan.region(region).expect("a region").node_folder().join("node.log")
}

/// Logs of nodes, of PostgreSQL on both sites, and of control.
fn all_logs(fleet: &Fleet) -> Vec<PathBuf> {
    let files = fleet.regions().flat_map(|region| fleet.site_files(region).expect("files"));
    let files = files.chain([fleet.plan.control.folder.join("primary/control.log")]);
    files.filter(|file| file.extension().is_some_and(|extension| extension == "log")).collect()
}

/// The lines of a log; each must be a JSON object with its time, level and message.
fn lines_of(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).expect("a log");
    let parsed = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("no JSON in {}: {line}", log.display()));
    let lines: Vec<_> = text.lines().map(parsed).collect();
    for line in &lines {
        let whole = ["timestamp", "level", "message"].iter().all(|key| line[key].as_str().is_some_and(|text| !text.is_empty()));
        assert!(whole && line["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')), "{line}");
    }
    lines
}

/// Signs in with a wrong password through a region that is not the tenant's home.
async fn pass_through(fleet: &Fleet, region: &str, diary: &Diary) {
    let there = Api::new(fleet.api_url(region).expect("a region"));
    let alias = diary.text("alias");
    let look = async || Ok(there.data("WhereIs", json!({ "alias": alias })).await["whereIs"].is_object().then_some(()));
    wait::until("the region knows the tenant", Duration::from_secs(5), look).await.expect("known");
    let wrong = json!({ "email": diary.address("forwarded address"), "password": diary.text("forwarded password") });
    diary.run(&there.of_tenant(&alias), "SignIn", wrong).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_logs_hold_nothing_that_a_person_wrote() {
    let (fleet, _gate) = suite::fleet().await;
    let diary = Diary::default();
    let nobody = Api::new(fleet.api_url("eu").expect("a region"));
    let tenant = business::of_a_flexible_tenant(&nobody, "eu", &diary).await;
    mistakes::make(&nobody, &diary).await;
    pass_through(fleet, "us", &diary).await;

    let logs = all_logs(fleet);
    assert!(logs.contains(&log_of(fleet, "eu")) && logs.contains(&log_of(fleet, "us")) && logs.len() > 12, "{logs:?}");
    let texts = diary.texts();
    assert!(texts.len() > 60, "{}", texts.len());
    let found = traces(&logs, &texts.values().collect::<Vec<_>>());
    assert!(found.is_empty(), "{found:#?} of {texts:#?}");

    // The search finds what is there: the tenant's id, which may be logged.
    let lines = lines_of(&log_of(fleet, "eu"));
    let of_tenant: Vec<_> = lines.iter().filter(|line| line["tenant.id"] == tenant.as_str()).collect();
    let wrong = "refused a sign-in: wrong credentials";
    for event in ["signed up a tenant", wrong, "added a staff member", "signed out", "request answered"] {
        assert!(of_tenant.iter().any(|line| line["message"] == event), "no line: {event}");
    }
    for answered in diary.answered() {
        let found: Vec<_> = lines.iter().filter(|line| line["request.id"] == answered.number.as_str()).collect();
        assert_eq!(found.len(), 1, "one line for {}: {found:?}", answered.number);
        let line = found[0];
        assert_eq!((&line["message"], &line["path"], &line["method"]), (&json!("request answered"), &json!("/graphql"), &json!("POST")));
        assert!(line["status"] == answered.status && line["duration_ms"].is_u64(), "{line}");
        assert_eq!(line["code"].as_str(), answered.code.as_deref(), "{line}");
    }
    for region in fleet.regions() {
        lines_of(&log_of(fleet, region));
    }
}

/// Guesses at a password whose answers are not awaited; checking one takes long enough on this node that most still wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_client_leaves_has_its_line_too() {
    const GUESSES: usize = 10;
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&Api::new(fleet.api_url("us").expect("a region")), "us", "PINNED").await;
    let settings = "[passwords]\nbcrypt_cost = 12".parse().expect("TOML");
    let node = fleet.extra_node("us", NodeOptions { settings }).await.expect("a node");
    let url = node.api_url();
    let mut guesses = Vec::new();
    for guess in 0..GUESSES {
        let input = json!({ "email": format!("{guess}@example.org"), "password": "wrong" });
        let body = json!({ "query": document("SignIn"), "variables": { "input": input } }).to_string();
        let mut socket = wire::connect(&url).await;
        let head = wire::head("POST /graphql", &[("x-tenant", &salon.alias)], Some(body.len()));
        socket.write_all((head + &body).as_bytes()).await.expect("sent");
        guesses.push(socket);
    }
    // By then they have all been begun.
    let other = Api::new(url);
    for _ in 0..3 {
        other.data("Regions", json!({})).await;
    }

    drop(guesses);

    let of_requests = || lines_of(&node.log()).into_iter().filter(|line| line["path"] == "/graphql" && line["request.id"].is_string());
    let written = async || Ok((of_requests().count() == GUESSES + 3).then_some(()));
    wait::until("each request has a line", Duration::from_secs(10), written).await.expect("as many lines as requests");
    assert!(of_requests().any(|line| line["message"] == "the client left before the answer"));
}
