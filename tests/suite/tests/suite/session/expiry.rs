//! How long tokens and sessions live, on a node in this process whose clock the test moves (S2).

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::clock::FixedClock;
use fleet::{Fleet, wait};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use server::config::{self, node::NodeConfig};
use server::wiring::World;
use suite::salon::text;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{access, is_alive, refresh, salon};

/// A node of a region with a clock that stands still.
struct TimedNode {
    url: String,
    clock: Arc<FixedClock>,
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
    config: PathBuf,
}

impl TimedNode {
    async fn start(fleet: &Fleet, region: &str) -> Self {
        let World { clock, random } = World::real();
        let clock = Arc::new(FixedClock::at(clock.now()));
        let (port, config) = Self::configure(fleet, region);
        let loaded = config::load::<NodeConfig>(&config).expect("a configuration");
        let (world, stop) = (World { clock: Arc::clone(&clock) as _, random }, CancellationToken::new());
        let until = stop.clone();
        let running = tokio::spawn(async move { server::node::run(&loaded, world, until).await });
        let url = format!("http://localhost:{port}/graphql");
        let serves = async || Ok(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok().then_some(()));
        wait::until("the timed node serves", Duration::from_secs(20), serves).await.expect("it serves");
        Self { url, clock, stop, running, config }
    }

    /// The region's own node's configuration with other ports.
    fn configure(fleet: &Fleet, region: &str) -> (u16, PathBuf) {
        let folder = fleet.plan.region(region).expect("a region").node_folder();
        let mut table: toml::Table = std::fs::read_to_string(folder.join("node.toml")).expect("a file").parse().expect("TOML");
        let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let [port, peer] = free.map(|socket| socket.local_addr().expect("an address").port());
        for (listener, port) in [("api", port), ("peer", peer)] {
            table[listener]["listen"] = format!("127.0.0.1:{port}").into();
        }
        let file = folder.join(format!("timed-{port}.toml"));
        std::fs::write(&file, table.to_string()).expect("a file");
        (port, file)
    }

    async fn stop(self) {
        self.stop.cancel();
        self.running.await.expect("no panic").expect("no fault");
        std::fs::remove_file(&self.config).expect("removed");
    }
}

fn instant(value: &Value) -> Timestamp {
    text(value).parse().expect("an instant")
}

/// Alone: the jobs of a node that lives in the future would sweep up what other tests are about to finish.
#[tokio::test(flavor = "multi_thread")]
async fn s2_access_ends_after_15_minutes_and_a_session_after_30_days() {
    let (fleet, _gate) = suite::fleet_alone().await;
    let salon = salon(fleet, "au").await;
    let node = TimedNode::start(fleet, "au").await;
    let (nobody, visitor) = (salon.nobody.at(&node.url), salon.visitor.at(&node.url));
    let renew = async |session: &Value| visitor.payload("RefreshSession", json!({ "refreshToken": refresh(session) })).await;
    let minutes = SignedDuration::from_mins;

    let session = visitor.done("SignIn", json!({ "email": salon.email, "password": suite::salon::PASSWORD })).await["session"].clone();
    let begun = instant(&session["expiresAt"]) - minutes(15);
    assert!(is_alive(&nobody, &access(&session)).await);
    node.clock.advance(minutes(15) - SignedDuration::from_micros(1));
    assert!(is_alive(&nobody, &access(&session)).await, "to the last moment");
    node.clock.advance(SignedDuration::from_micros(1));
    assert!(!is_alive(&nobody, &access(&session)).await, "though the node has just looked it up");

    let renewed = renew(&session).await["session"].clone();
    assert_eq!(instant(&renewed["expiresAt"]), begun + minutes(30));
    assert!(is_alive(&nobody, &access(&renewed)).await);
    node.clock.advance(SignedDuration::from_hours(30 * 24) - minutes(20));
    let last = renew(&renewed).await["session"].clone();
    assert_eq!(instant(&last["expiresAt"]), begun + SignedDuration::from_hours(30 * 24), "not longer than the session");
    node.clock.advance(minutes(5) - SignedDuration::from_micros(1));
    assert!(is_alive(&nobody, &access(&last)).await);
    node.clock.advance(SignedDuration::from_micros(1));
    assert!(!is_alive(&nobody, &access(&last)).await);
    assert_eq!(renew(&last).await["userErrors"][0]["code"], "WRONG_CREDENTIALS", "a refresh does not prolong a session");
    visitor.done("SignIn", json!({ "email": salon.email, "password": suite::salon::PASSWORD })).await;

    node.stop().await;
}
