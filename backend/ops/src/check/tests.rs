use super::*;
use crate::cluster::Follower;

fn standby() -> Facts {
    Facts { role: Role::Standby, timeline: 1, system: 7, region: Some(3), followers: vec![], receiving: true }
}

fn primary() -> Facts {
    let follower = Follower { name: "secondary".into(), state: "streaming".into(), sync_state: "sync".into(), lag_bytes: 0 };
    Facts { role: Role::Primary, followers: vec![follower], receiving: false, ..standby() }
}

fn messages(primary: Look, secondary: Look) -> Vec<String> {
    let cluster = |site: &str, look| ObservedCluster { site: site.into(), address: format!("{site}.example:5432"), look };
    let pair = ObservedPair { name: "shard 1".into(), clusters: vec![cluster("primary", primary), cluster("secondary", secondary)] };
    let region = ObservedRegion { code: "eu".into(), number: 3, pairs: vec![pair] };
    findings(&region).into_iter().map(|finding| format!("{}: {}", finding.place, finding.message)).collect()
}

#[test]
fn a_sound_region_has_no_finding() {
    assert_eq!(messages(Look::Reached(primary()), Look::Reached(standby())), Vec::<String>::new());
}

#[test]
fn r3_a_database_of_another_region_is_found_on_each_site() {
    let found = messages(Look::Reached(Facts { region: Some(1), ..primary() }), Look::Reached(Facts { region: Some(1), ..standby() }));

    assert_eq!(
        found,
        [
            "eu shard 1 on primary (primary.example:5432): belongs to region number 1, but is listed for eu (3)",
            "eu shard 1 on secondary (secondary.example:5432): belongs to region number 1, but is listed for eu (3)",
        ]
    );
}

#[test]
fn d2_a_standby_that_commits_do_not_wait_for_is_found() {
    let mut asynchronous = primary();
    asynchronous.followers[0].sync_state = "async".into();
    let found = messages(Look::Reached(asynchronous), Look::Reached(standby()));

    assert_eq!(found, ["eu shard 1: must have a streaming, synchronous standby, but has none"]);
}

#[test]
fn d1_two_primaries_on_two_timelines_are_found() {
    let found = messages(Look::Reached(primary()), Look::Reached(Facts { timeline: 2, ..primary() }));

    assert_eq!(
        found,
        [
            "eu shard 1: must be on one timeline, but its sites are on different ones",
            "eu shard 1: must have exactly one primary, but has 2"
        ]
    );
}

#[test]
fn a_lost_site_is_one_finding() {
    let found = messages(Look::Unreachable("connection refused".into()), Look::Reached(Facts { receiving: true, ..standby() }));

    assert_eq!(found, ["eu shard 1 on primary (primary.example:5432): must answer, but: connection refused"]);
}

#[test]
fn clusters_made_apart_are_no_pair() {
    let found = messages(Look::Reached(primary()), Look::Reached(Facts { system: 8, ..standby() }));

    assert_eq!(found, ["eu shard 1: must be one database on both sites, but its clusters were made apart"]);
}
