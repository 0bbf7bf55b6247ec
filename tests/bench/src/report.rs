//! What is printed: one table of ratios, or JSON.

use serde::Serialize;

use crate::engine::Solved;
use crate::hostile::{LIMIT_MS, Refusal};

/// Everything a run found out.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Bookings in the database before the first case.
    pub bookings: usize,
    pub cases: Vec<Figures>,
    pub hostile: Vec<Refusal>,
    pub slot_function: Vec<Solved>,
}

/// One case: each value is the middle one of its rounds.
#[derive(Debug, Serialize)]
pub struct Figures {
    pub name: &'static str,
    /// By number of connections.
    pub product: Vec<Product>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_by_one: Option<Raw>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipelined: Option<Raw>,
    /// The share of `pipelined` that the study's bare floor reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<f64>,
}

/// The product under so many connections.
#[derive(Debug, Serialize)]
pub struct Product {
    pub connections: u32,
    pub per_second: f64,
    pub slowest_round: f64,
    pub fastest_round: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub node_us: f64,
    pub postgres_us: f64,
    /// Of `pgbench`, each round against the same round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_one_by_one: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_pipelined: Option<f64>,
}

/// `pgbench` with the same statements.
#[derive(Debug, Serialize)]
pub struct Raw {
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub postgres_us: f64,
}

const HEAD: &str = "\
                                     product                        pgbench, 16 clients      product / pgbench       CPU us per answer
case                          conns  answers/s    p50    p99 ms   one by one   pipelined   one by one  pipelined    node  postgres (pgbench)";

impl Report {
    /// For people.
    pub fn table(&self) -> String {
        let mut lines = Vec::new();
        if !self.cases.is_empty() {
            lines.push(format!(
                "Middle values of the rounds, over {} bookings; commits wait for the standby; all on this machine.\n\n{HEAD}",
                self.bookings
            ));
            lines.extend(self.cases.iter().flat_map(|figures| figures.product.iter().map(|product| figures.line(product))));
        }
        if !self.hostile.is_empty() {
            lines.push(format!(
                "\nrefused, under load                 status  code                median   worst ms (each must be under {LIMIT_MS})"
            ));
            lines.extend(
                self.hostile.iter().map(|one| {
                    format!("{:<35} {:>6}  {:<18} {:>7.1} {:>10.1}", one.name, one.status, one.code, one.median_ms, one.worst_ms)
                }),
            );
        }
        if !self.slot_function.is_empty() {
            lines.push("\nslot function alone                 starts  median us".to_owned());
            lines.extend(self.slot_function.iter().map(|one| format!("{:<35} {:>6} {:>10.1}", one.name, one.starts, one.median_us)));
        }
        lines.join("\n")
    }
}

impl Figures {
    fn line(&self, product: &Product) -> String {
        let raw = |raw: &Option<Raw>| raw.as_ref().map_or("-".to_owned(), |raw| format!("{:.0}", raw.per_second));
        let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{share:.2}"));
        let floor = self.floor.map_or(String::new(), |floor| format!("   (the study's floor: {floor:.2} of pipelined)"));
        let pgbench_us = self.pipelined.as_ref().map_or(String::new(), |raw| format!("({:.0})", raw.postgres_us));
        format!(
            "{:<29} {:>5} {:>10.0} {:>6.1} {:>9.1} {:>12} {:>11} {:>12} {:>10} {:>7.0} {:>9.0} {pgbench_us:>9}{floor}",
            self.name.chars().take(29).collect::<String>(),
            product.connections,
            product.per_second,
            product.p50_ms,
            product.p99_ms,
            raw(&self.one_by_one),
            raw(&self.pipelined),
            share(product.of_one_by_one),
            share(product.of_pipelined),
            product.node_us,
            product.postgres_us,
        )
    }
}
