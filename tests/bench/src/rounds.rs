//! Measures one case: the product and pgbench in turn, several rounds, so that what else the machine does hits both.

use std::path::Path;

use anyhow::{Result, ensure};
use fleet::Fleet;
use sqlx::PgPool;

use crate::case::Case;
use crate::cpu::Used;
use crate::load::{self, CLIENTS, Run};
use crate::report::{Figures, Product, Raw};
use crate::statements::Sending;

/// Connections of the product's load; the first is pgbench's number of clients.
const CONNECTIONS: [u32; 2] = [CLIENTS, 2 * CLIENTS];
const WARM_UP_SECONDS: usize = 1;

/// What is needed to measure.
pub struct Bench<'a> {
    pub fleet: &'a Fleet,
    pub region: &'static str,
    /// The product's endpoint.
    pub url: &'a str,
    /// The shard, as the role that serves.
    pub database: &'a str,
    /// The shard, as the superuser.
    pub superuser: &'a PgPool,
    /// For files of the programs that make load.
    pub folder: &'a Path,
    pub seconds: usize,
    pub rounds: usize,
}

/// A run with the processor time it took.
#[derive(Clone, Copy)]
struct Measured {
    run: Run,
    used: Used,
}

impl Measured {
    fn micros(self, used: impl Fn(Used) -> f64) -> f64 {
        used(self.used) * 1e6 / self.run.answers
    }
}

impl Bench<'_> {
    /// Warms up, then runs the rounds.
    ///
    /// # Errors
    /// A wrong answer; rows that were not written, or twice.
    pub async fn measure(&self, case: &Case<'_>) -> Result<Figures> {
        let mut product: [Vec<Measured>; 2] = Default::default();
        let mut raw: [Vec<Measured>; 2] = Default::default();
        let mut number = 0;
        for round in 0..=self.rounds {
            let seconds = if round == 0 { WARM_UP_SECONDS } else { self.seconds };
            for (measured, connections) in product.iter_mut().zip(CONNECTIONS) {
                measured.push(self.product(case, connections, seconds, number).await?);
                number += 1;
            }
            if case.statements.is_some() {
                for (measured, sending) in raw.iter_mut().zip([Sending::OneByOne, Sending::Pipelined]) {
                    measured.push(self.raw(case, sending, seconds, number).await?);
                    number += 1;
                }
            }
            if round == 0 {
                product.iter_mut().chain(&mut raw).for_each(Vec::clear);
            }
        }
        let figures = product.iter().zip(CONNECTIONS).map(|(measured, connections)| product_figures(connections, measured, &raw));
        let [one_by_one, pipelined] = raw.each_ref().map(|measured| raw_figures(measured));
        Ok(Figures { name: case.name, product: figures.collect(), one_by_one, pipelined, floor: case.floor })
    }

    async fn product(&self, case: &Case<'_>, connections: u32, seconds: usize, number: usize) -> Result<Measured> {
        let before = self.rows(case).await?;
        let used = Used::now(self.fleet, self.region)?;
        let run = load::product(case, self.url, self.folder, connections, seconds, number).await?;
        let used = Used::now(self.fleet, self.region)? - used;
        // A request may be under way when the load ends: its row is written and its answer is not read.
        let unread = self.rows(case).await? - before - run.answers;
        ensure!(!case.writes || (0.0..=connections.into()).contains(&unread), "{}: {} answers, {unread} more rows", case.name, run.answers);
        Ok(Measured { run, used })
    }

    async fn raw(&self, case: &Case<'_>, sending: Sending, seconds: usize, number: usize) -> Result<Measured> {
        let before = self.rows(case).await?;
        let used = Used::now(self.fleet, self.region)?;
        let run = load::raw(case, self.database, self.folder, sending, seconds, number).await?;
        let used = Used::now(self.fleet, self.region)? - used;
        let rows = self.rows(case).await? - before;
        ensure!(!case.writes || (rows - run.answers).abs() < 0.5, "{}: {} transactions wrote {rows} rows", case.name, run.answers);
        Ok(Measured { run, used })
    }

    /// Bookings that have their claim.
    async fn rows(&self, case: &Case<'_>) -> Result<f64> {
        if !case.writes {
            return Ok(0.0);
        }
        const ROWS: &str = "SELECT count(*)::float8 FROM booking b JOIN claim c ON c.tenant_id = b.tenant_id AND c.booking_id = b.id";
        Ok(sqlx::query_scalar(ROWS).fetch_one(self.superuser).await?)
    }
}

fn product_figures(connections: u32, measured: &[Measured], raw: &[Vec<Measured>; 2]) -> Product {
    let rates = || measured.iter().map(|one| one.run.per_second);
    let share =
        |raw: &Vec<Measured>| (!raw.is_empty()).then(|| middle(rates().zip(raw).map(|(product, raw)| product / raw.run.per_second)));
    Product {
        connections,
        per_second: middle(rates()),
        slowest_round: rates().fold(f64::INFINITY, f64::min),
        fastest_round: rates().fold(0.0, f64::max),
        p50_ms: middle(measured.iter().map(|one| one.run.p50_ms)),
        p99_ms: middle(measured.iter().map(|one| one.run.p99_ms)),
        node_us: middle(measured.iter().map(|one| one.micros(|used| used.node))),
        postgres_us: middle(measured.iter().map(|one| one.micros(|used| used.postgres))),
        of_one_by_one: share(&raw[0]),
        of_pipelined: share(&raw[1]),
    }
}

fn raw_figures(measured: &[Measured]) -> Option<Raw> {
    (!measured.is_empty()).then(|| Raw {
        per_second: middle(measured.iter().map(|one| one.run.per_second)),
        p50_ms: middle(measured.iter().map(|one| one.run.p50_ms)),
        p99_ms: middle(measured.iter().map(|one| one.run.p99_ms)),
        postgres_us: middle(measured.iter().map(|one| one.micros(|used| used.postgres))),
    })
}

/// The middle of some values; of an even number, the higher of the two.
fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
