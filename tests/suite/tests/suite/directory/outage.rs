//! R5: with control down everything goes on but sign-up, which is refused whole and can be tried again.

use std::process::Command;
use std::time::Duration;

use fleet::{NodeOptions, wait};
use futures_util::future::join_all;
use serde_json::json;
use suite::api::Api;
use suite::salon::{PASSWORD, Salon, new_alias, sign_up_input, tuesday};
use suite::sql::Sql;

const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn r5_without_control_all_goes_on_but_sign_up_which_leaves_nothing() {
    let (fleet, _gate) = suite::fleet_alone().await;
    let salons = join_all(fleet.regions().map(|region| Salon::open(fleet, region))).await;
    let alias = new_alias();
    let before = super::rows(fleet).await;
    fleet.stop_control().await.expect("stopped");

    let outage = async {
        for (salon, region) in salons.iter().zip(fleet.regions()) {
            refused_whole(&salon.nobody, region, &alias).await;
            let taken = salon.nobody.refused("SignUp", sign_up_input(region, &salon.alias, "owner@salon.example")).await;
            assert_eq!(taken, "ALIAS_TAKEN", "{region}: what is known is still said");
        }
        assert_eq!(super::rows(fleet).await, before, "nothing is left of the refused sign-ups");
        join_all(salons.iter().map(business_goes_on)).await;
    };
    suite::repaired(outage, fleet.start_control()).await;

    let made = salons[0].nobody.done("SignUp", sign_up_input("us", &alias, "owner@salon.example")).await;
    assert_eq!(made["tenant"]["alias"], alias.as_str(), "the alias of the refused sign-ups is free");
    let known = async || {
        let versions = join_all(fleet.regions().map(|region| super::version(fleet, region))).await;
        let head = super::control(fleet).await.number("SELECT dir_version FROM directory_head").await;
        Ok(versions.iter().all(|version| *version == head).then_some(()))
    };
    wait::until("the feed in every region", LIMIT, known).await.expect("the feed goes on by itself");
}

async fn refused_whole(nobody: &Api, region: &str, alias: &str) {
    let answer = nobody.run("SignUp", json!({ "input": sign_up_input(region, alias, "owner@salon.example") })).await;
    let error = &answer.body["errors"][0];
    assert_eq!((&error["extensions"]["code"], &error["extensions"]["retryable"]), (&json!("UNAVAILABLE"), &json!(true)), "{}", answer.body);
    assert_eq!(error["message"], "signing up is not possible at present: the directory's authority does not answer; try again");
}

async fn business_goes_on(salon: &Salon) {
    let signed_in = salon.visitor.done("SignIn", json!({ "email": salon.email, "password": PASSWORD })).await;
    let owner = salon.nobody.with_token(signed_in["session"]["accessToken"].as_str().expect("a token"));
    let input = json!({ "name": "Haircut", "durationMinutes": 60, "staffIds": [salon.staff_id] });
    let service = owner.done("CreateService", input).await["service"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(salon.starts(&service, "2040-03-06", "2040-03-07").await.len(), 8);
    let booked = salon.book(&service, &tuesday("10:00")).await;
    assert_eq!(booked["booking"]["status"], "CONFIRMED");
    let there = salon.nobody.data("WhereIs", json!({ "alias": salon.alias })).await;
    assert_eq!(there["whereIs"]["region"]["apiUrl"], salon.nobody.url.as_str());
}

/// Control takes connections and does not answer: the claim may have arrived, so only control can say that it is undone.
#[tokio::test(flavor = "multi_thread")]
async fn r5_a_sign_up_that_control_never_answered_is_undone_once_it_does() {
    let (fleet, _gate) = suite::fleet_alone().await;
    let eu = Api::new(fleet.api_url("eu").expect("a url"));
    let alias = new_alias();
    // Leaves a connection on which the next claim can still be sent.
    Salon::sign_up(&eu, "eu", "PINNED").await;
    let before = super::rows(fleet).await;
    let record = fleet.plan.control.folder.join("primary/control.pid");
    let pid = fleet::process::running(&record).expect("control runs").pid;
    signal(pid, "STOP").expect("halted");

    suite::repaired(refused_whole(&eu, "eu", &alias), async { signal(pid, "CONT") }).await;

    let mut shard = Sql::connect(&fleet.database("eu").expect("a region").superuser).await;
    let left = shard.run("UPDATE pending_sign_up SET started_at = started_at - interval '61 seconds'").await;
    assert!(left <= 1, "one, or none when that connection was gone and nothing was sent");
    // A node sweeps as soon as it starts.
    let _node = fleet.extra_node("eu", NodeOptions::default()).await.expect("a node");
    let swept = async || Ok((shard.number("SELECT count(*) FROM pending_sign_up").await == 0).then_some(()));
    wait::until("the sweep", LIMIT, swept).await.expect("swept");
    assert_eq!(super::rows(fleet).await, before);
    let made = eu.done("SignUp", sign_up_input("eu", &alias, "owner@salon.example")).await;
    assert_eq!(made["tenant"]["alias"], alias.as_str(), "the alias is free");
}

fn signal(pid: u32, name: &str) -> std::io::Result<()> {
    let sent = Command::new("sh").args(["-c", &format!("kill -s {name} {pid}")]).status()?;
    sent.success().then_some(()).ok_or_else(|| std::io::Error::other("no such process"))
}
