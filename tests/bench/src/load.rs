//! One run of load: `wrk` against the product, or `pgbench` against its database.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use tokio::process::Command;
use url::Url;

use crate::case::{Case, Request};
use crate::statements::Sending;

/// Different requests of a case that only reads.
const READS: usize = 6_000;
/// Most requests a second that a writing case could send.
const MOST_WRITES: usize = 5_000;
/// Connections of pgbench.
pub const CLIENTS: u32 = 16;
/// Slots that one run of pgbench has to itself.
const SLOTS: usize = 200_000;
/// The share of transactions whose time is written down.
const SAMPLED: &str = "0.2";

/// What a run measured.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Answers, or transactions.
    pub answers: f64,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// What `lua/verified.lua` prints.
#[derive(Deserialize)]
struct Printed {
    answers: f64,
    wrong: u32,
    broken: u32,
    micros: f64,
    p50: f64,
    p99: f64,
    first_wrong: String,
}

/// Sends a case's requests for `seconds` on `connections`. `round` numbers the runs: a writing case goes on where the last one ended.
///
/// # Errors
/// An answer that is not what it must be, or no answer.
pub async fn product(case: &Case<'_>, url: &str, folder: &Path, connections: u32, seconds: usize, round: usize) -> Result<Run> {
    let file = folder.join("requests");
    let count = if case.writes { seconds * MOST_WRITES } else { READS };
    let first = if case.writes { round * count } else { 0 };
    let lines: String = (first..first + count).map(|n| (case.request)(n).map(line)).collect::<Result<_>>()?;
    fs::write(&file, lines)?;
    let mut command = Command::new("wrk");
    command.args(["--threads", "1", "--timeout", "10", "--connections", &connections.to_string(), "--duration", &format!("{seconds}s")]);
    command.arg("--script").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/lua/verified.lua"));
    command.arg(url).arg("--").arg(&file).arg(case.expected);
    let said = output(command).await?;
    let printed = said.lines().last().context("wrk said nothing")?;
    let printed: Printed = serde_json::from_str(printed).with_context(|| format!("wrk said {said}"))?;
    ensure!(printed.wrong == 0, "{}: {} wrong answers, the first {}", case.name, printed.wrong, printed.first_wrong);
    ensure!(printed.broken == 0 && printed.answers > 0.0, "{}: {} requests got no answer", case.name, printed.broken);
    Ok(Run {
        answers: printed.answers,
        per_second: printed.answers / printed.micros * 1e6,
        p50_ms: printed.p50 / 1e3,
        p99_ms: printed.p99 / 1e3,
    })
}

fn line(Request { header: (name, value), body }: Request) -> String {
    format!("{name}\t{value}\t{body}\n")
}

/// Runs a case's statements for `seconds`, prepared, as the role that serves. `round` numbers the runs, for statements that write.
///
/// # Errors
/// A statement that fails.
pub async fn raw(case: &Case<'_>, database: &str, folder: &Path, sending: Sending, seconds: usize, round: usize) -> Result<Run> {
    let statements = case.statements.as_ref().context("the case has no statements")?;
    let database = Url::parse(database)?;
    let mut command = Command::new("pgbench");
    command.env("PGPASSWORD", database.password().unwrap_or_default());
    command.args([
        "--no-vacuum",
        "--protocol",
        "prepared",
        "--jobs",
        "1",
        "--client",
        &CLIENTS.to_string(),
        "--time",
        &seconds.to_string(),
    ]);
    command.args(["--log", "--sampling-rate", SAMPLED, "--log-prefix"]).arg(folder.join("transactions"));
    for (name, value) in [("n", 0), ("base", round * SLOTS), ("clients", usize::try_from(CLIENTS)?)] {
        command.arg("--define").arg(format!("{name}={value}"));
    }
    let script = folder.join("script.sql");
    fs::write(&script, statements.script(sending)?)?;
    command.arg("--file").arg(script);
    command.args(["--host", database.host_str().unwrap_or_default(), "--port", &database.port().unwrap_or_default().to_string()]);
    command.args(["--username", database.username()]).arg(database.path().trim_start_matches('/'));
    for old in logs(folder)? {
        fs::remove_file(old)?;
    }
    let said = output(command).await?;
    ensure!(said.contains("number of failed transactions: 0 "), "{}: {said}", case.name);
    let mut micros = Vec::new();
    for log in logs(folder)? {
        micros.extend(fs::read_to_string(log)?.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<f64>().ok()));
    }
    micros.sort_by(f64::total_cmp);
    let at = |percent: usize| micros.get(micros.len() * percent / 100).map_or(0.0, |micros| micros / 1e3);
    let answers = number_after(&said, "number of transactions actually processed: ")?;
    Ok(Run { answers, per_second: number_after(&said, "tps = ")?, p50_ms: at(50), p99_ms: at(99) })
}

fn logs(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let files = fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    Ok(files.filter(|file| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("transactions."))).collect())
}

fn number_after(said: &str, what: &str) -> Result<f64> {
    let rest = said.split_once(what).with_context(|| format!("pgbench said no {what:?}: {said}"))?.1;
    Ok(rest.split([' ', '\n', '/']).next().unwrap_or_default().parse()?)
}

async fn output(mut command: Command) -> Result<String> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await.with_context(|| format!("start {name}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{name}: {}\n{said}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(said)
}
