//! What must hold of a region's databases (R1, R3, D2), judged from what was seen. No I/O.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::cluster::{Facts, Look, Role};
use crate::observe::{ObservedCluster, ObservedPair, ObservedRegion};

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `eu shard 1` or `eu shard 1 on secondary (10.0.0.2:5432)`.
    pub place: String,
    /// The rule, and what was seen instead.
    pub message: String,
}

/// Everything that is not as it must be; empty when the region is sound.
#[must_use]
pub fn findings(region: &ObservedRegion) -> Vec<Finding> {
    let mut findings = Vec::new();
    for pair in &region.pairs {
        let place = format!("{} {}", region.code, pair.name);
        for cluster in &pair.clusters {
            let message = cluster_message(region, cluster);
            let place = format!("{place} on {} ({})", cluster.site, cluster.address);
            findings.extend(message.map(|message| Finding { place, message }));
        }
        findings.extend(pair_messages(pair).into_iter().map(|message| Finding { place: place.clone(), message }));
    }
    findings
}

fn cluster_message(region: &ObservedRegion, cluster: &ObservedCluster) -> Option<String> {
    match &cluster.look {
        Look::Unreachable(why) => Some(format!("must answer, but: {why}")),
        Look::Reached(Facts { region: None, .. }) => Some("names no region: `domicile migrate` has not run".to_owned()),
        Look::Reached(Facts { region: Some(named), .. }) if *named != region.number => {
            Some(format!("belongs to region number {named}, but is listed for {} ({})", region.code, region.number))
        }
        Look::Reached(Facts { role: Role::Standby, receiving: false, .. }) => {
            Some("must receive from its primary, but does not".to_owned())
        }
        Look::Reached(_) => None,
    }
}

fn pair_messages(pair: &ObservedPair) -> Vec<String> {
    let reached: Vec<&Facts> = pair.clusters.iter().filter_map(|cluster| cluster.look.facts()).collect();
    let mut messages = Vec::new();
    if pair.clusters.len() != 2 {
        messages.push(format!("must be listed on both sites, but is on {}", pair.clusters.len()));
    }
    if reached.iter().map(|facts| facts.system).collect::<BTreeSet<_>>().len() > 1 {
        messages.push("must be one database on both sites, but its clusters were made apart".to_owned());
    }
    if reached.iter().map(|facts| facts.timeline).collect::<BTreeSet<_>>().len() > 1 {
        messages.push("must be on one timeline, but its sites are on different ones".to_owned());
    }
    let primaries: Vec<&&Facts> = reached.iter().filter(|facts| facts.role == Role::Primary).collect();
    match primaries.as_slice() {
        [primary] => messages.extend(standby_message(primary)),
        // With a site out of reach it is unknown, and that site's own finding says so.
        [] if reached.len() < pair.clusters.len() => {}
        others => messages.push(format!("must have exactly one primary, but has {}", others.len())),
    }
    messages
}

fn standby_message(primary: &Facts) -> Option<String> {
    let synchronous = primary.followers.iter().any(|follower| follower.state == "streaming" && follower.sync_state == "sync");
    (!synchronous).then(|| "must have a streaming, synchronous standby, but has none".to_owned())
}

impl Look {
    /// What the cluster said, if it was reached.
    #[must_use]
    pub const fn facts(&self) -> Option<&Facts> {
        match self {
            Self::Reached(facts) => Some(facts),
            Self::Unreachable(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
