//! `domicile slots`: which starts are offered for one problem, and why not the others, without a database. It calls
//! the functions of `domain::slots` that the API calls (promise B2); the problem comes as JSON from standard input.

mod json;
mod problem;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::process::ExitCode;

use domain::slots::{RefusedStart, Slot, explain, offered};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use self::problem::Problem;

/// Most bytes of a problem.
const LONGEST_INPUT: u64 = 16 << 20;

/// Exit code for a problem that is not well-formed.
const MALFORMED: u8 = 2;

/// Arguments of `domicile slots`.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct SlotsArgs {
    /// List the other starts too, each with the rule that removed it
    #[arg(long)]
    explain: bool,
}

/// What is printed.
#[derive(Debug, Serialize)]
struct Answer {
    starts: Vec<Timestamp>,
    /// Beside `starts`; for groups only.
    #[serde(skip_serializing_if = "Option::is_none")]
    seats_left: Option<Vec<u32>>,
    /// The viewer's dates and wall-clock times.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_date: Option<BTreeMap<Date, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Vec<Refused>>,
}

#[derive(Debug, Serialize)]
struct Refused {
    start: Timestamp,
    rule: &'static str,
    detail: String,
}

impl From<RefusedStart> for Refused {
    fn from(refused: RefusedStart) -> Self {
        Self { start: refused.start, rule: refused.rule.number(), detail: refused.detail }
    }
}

/// Solves the problem on standard input and prints the answer as one line. Exits with 0, with 2 and one line on
/// standard error that names the field when the problem is malformed, or with 1 when the streams fail.
#[must_use]
pub fn main(args: SlotsArgs) -> ExitCode {
    let mut input = Vec::new();
    if let Err(error) = std::io::stdin().take(LONGEST_INPUT + 1).read_to_end(&mut input) {
        return fail(ExitCode::FAILURE, &format!("standard input: {error}"));
    }
    if u64::try_from(input.len()).is_ok_and(|length| length > LONGEST_INPUT) {
        return fail(ExitCode::from(MALFORMED), &format!("problem: must have at most {LONGEST_INPUT} bytes"));
    }
    let Ok(input) = String::from_utf8(input) else {
        return fail(ExitCode::from(MALFORMED), "problem: must be UTF-8");
    };
    match run(&input, args.explain) {
        Ok(answer) if writeln!(std::io::stdout(), "{answer}").is_ok() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(line) => fail(ExitCode::from(MALFORMED), &line),
    }
}

fn fail(code: ExitCode, line: &str) -> ExitCode {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
    code
}

/// The answer to the problem in `input`, as JSON without line breaks.
///
/// # Errors
/// One line that names the field and the rule it breaks.
pub fn run(input: &str, with_refused: bool) -> Result<String, String> {
    let problem = Problem::parse(input)?;
    let slots = offered(&problem.ask());
    let answer = Answer {
        starts: slots.iter().map(|slot| slot.start).collect(),
        seats_left: (problem.rules.capacity() > 1).then(|| slots.iter().map(|slot| slot.seats_left).collect()),
        by_date: problem.viewer.as_ref().map(|zone| by_date(&slots, zone)),
        refused: with_refused.then(|| explain(&problem.ask()).into_iter().map(Refused::from).collect()),
    };
    serde_json::to_string(&answer).map_err(|error| format!("answer: {error}"))
}

fn by_date(slots: &[Slot], zone: &TimeZone) -> BTreeMap<Date, Vec<String>> {
    let mut dates: BTreeMap<Date, Vec<String>> = BTreeMap::new();
    for slot in slots {
        let local = zone.to_datetime(slot.start);
        dates.entry(local.date()).or_default().push(local.strftime("%H:%M").to_string());
    }
    dates
}
