//! A slot problem as JSON, made into what `domain::slots` takes. The rules of each field are those of the domain; only
//! the names of the fields differ from the API's.

use domain::refusal::{Refusal, Refusals};
use domain::schedule::{HoursDraft, LONGEST_WINDOW_DAYS, OverrideDraft, Schedule, ScheduleDraft, parse_time_zone};
use domain::service::{SlotRules, SlotRulesDraft};
use domain::slots::{BookedSession, SlotProblem};
use domain::time::Interval;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::json::{Node, Object};

const FIELDS: &[&str] = &["timezone", "weekly_hours", "overrides", "service", "busy", "bookings", "now", "query", "viewer_timezone"];

const SERVICE_FIELDS: &[&str] = &[
    "duration_min",
    "buffer_before_min",
    "buffer_after_min",
    "slot_interval_min",
    "min_notice_min",
    "max_days_ahead",
    "max_per_day",
    "capacity",
];

/// The API's names of fields, which the domain's refusals use, and the names they have here.
const NAMES: &[(&str, &str)] = &[
    ("timeZone", "timezone"),
    ("hours", "weekly_hours"),
    ("durationMinutes", "service.duration_min"),
    ("bufferBeforeMinutes", "service.buffer_before_min"),
    ("bufferAfterMinutes", "service.buffer_after_min"),
    ("slotIntervalMinutes", "service.slot_interval_min"),
    ("minNoticeMinutes", "service.min_notice_min"),
    ("maxDaysAhead", "service.max_days_ahead"),
    ("maxPerDay", "service.max_per_day"),
    ("capacity", "service.capacity"),
];

/// A well-formed problem.
#[derive(Debug)]
pub(super) struct Problem {
    schedule: Schedule,
    pub(super) rules: SlotRules,
    busy: Vec<Interval>,
    sessions: Vec<BookedSession>,
    now: Timestamp,
    query: Interval,
    /// Whose dates and wall-clock times the answer adds.
    pub(super) viewer: Option<TimeZone>,
}

impl Problem {
    /// Reads the problem in `input`.
    ///
    /// # Errors
    /// One line that names the field and the rule it breaks.
    pub(super) fn parse(input: &str) -> Result<Self, String> {
        let document: Value = serde_json::from_str(input).map_err(|error| format!("problem: must be JSON: {error}"))?;
        let problem = Node::root(&document).object(FIELDS)?;
        let rules = read_rules(&problem.required("service")?)?;
        Ok(Self {
            schedule: read_schedule(&problem)?,
            rules,
            busy: read_list(&problem, "busy", |row| row.object(&["start", "end"])?.interval("start", "end"))?,
            sessions: read_list(&problem, "bookings", |row| read_session(row, &rules))?,
            now: problem.required("now")?.instant()?,
            query: read_query(&problem.required("query")?)?,
            viewer: problem.optional("viewer_timezone").map(|zone| read_zone(&zone)).transpose()?,
        })
    }

    /// The problem as the slot functions take it.
    pub(super) fn ask(&self) -> SlotProblem<'_> {
        SlotProblem {
            schedule: &self.schedule,
            rules: &self.rules,
            busy: &self.busy,
            sessions: &self.sessions,
            counted_elsewhere: &[],
            now: self.now,
            query: self.query,
        }
    }
}

fn read_schedule(problem: &Object<'_>) -> Result<Schedule, String> {
    let hours = problem.required("weekly_hours")?.items()?;
    let draft = ScheduleDraft {
        time_zone: problem.required("timezone")?.text()?.to_owned(),
        hours: hours.iter().map(read_hours).collect::<Result<_, _>>()?,
        overrides: read_list(problem, "overrides", read_override)?,
    };
    draft.check().map_err(|refusals| first_line(&refusals))
}

fn read_hours(row: &Node<'_>) -> Result<HoursDraft, String> {
    let row = row.object(&["day", "start", "end"])?;
    let text = |name| Ok::<_, String>(row.required(name)?.text()?.to_owned());
    Ok(HoursDraft { day: text("day")?, start: text("start")?, end: text("end")? })
}

fn read_override(row: &Node<'_>) -> Result<OverrideDraft, String> {
    let row = row.object(&["date", "closed", "start", "end"])?;
    let text = |name| row.optional(name).map(|node| node.text().map(str::to_owned)).transpose();
    let closed = row.optional("closed").map(|node| node.boolean()).transpose()?;
    Ok(OverrideDraft {
        date: row.required("date")?.text()?.to_owned(),
        closed: closed.unwrap_or(false),
        start: text("start")?,
        end: text("end")?,
    })
}

fn read_rules(service: &Node<'_>) -> Result<SlotRules, String> {
    let service = service.object(SERVICE_FIELDS)?;
    let number = |name| service.required(name)?.integer();
    let limit = |name| service.optional(name).map(|node| node.integer()).transpose();
    let draft = SlotRulesDraft {
        duration_minutes: number("duration_min")?,
        buffer_before_minutes: number("buffer_before_min")?,
        buffer_after_minutes: number("buffer_after_min")?,
        slot_interval_minutes: number("slot_interval_min")?,
        min_notice_minutes: number("min_notice_min")?,
        max_days_ahead: limit("max_days_ahead")?,
        max_per_day: limit("max_per_day")?,
        capacity: number("capacity")?,
    };
    SlotRules::new(draft).map_err(|refusals| first_line(&refusals))
}

fn read_session(row: &Node<'_>, rules: &SlotRules) -> Result<BookedSession, String> {
    let fields = row.object(&["start", "end", "seats"])?;
    let during = fields.interval("start", "end")?;
    let seats = match fields.optional("seats") {
        None => 1,
        Some(node) => {
            let positive = u32::try_from(node.integer()?).ok().filter(|seats| *seats > 0);
            positive.ok_or_else(|| node.refuse(format_args!("must be 1 to {}", u32::MAX)))?
        }
    };
    Ok(BookedSession { during, blocked: rules.padded(during), seats })
}

fn read_query(query: &Node<'_>) -> Result<Interval, String> {
    let fields = query.object(&["from", "to"])?;
    let span = fields.interval("from", "to")?;
    if span.end().duration_since(span.start()) > SignedDuration::from_hours(24 * LONGEST_WINDOW_DAYS) {
        return Err(fields.required("to")?.refuse(format_args!("must be at most {LONGEST_WINDOW_DAYS} days after from")));
    }
    Ok(span)
}

fn read_zone(node: &Node<'_>) -> Result<TimeZone, String> {
    parse_time_zone(node.text()?, &[]).map_err(|refusal| node.refuse(rule_of(&refusal, "timeZone")))
}

/// The rows of a list that may be absent.
fn read_list<T>(problem: &Object<'_>, name: &str, read: impl Fn(&Node<'_>) -> Result<T, String>) -> Result<Vec<T>, String> {
    let Some(list) = problem.optional(name) else { return Ok(Vec::new()) };
    list.items()?.iter().map(read).collect()
}

/// The first refusal as `place: rule`, with the names that fields have here.
fn first_line(refusals: &Refusals) -> String {
    let Some(refusal) = refusals.as_slice().first() else { return "problem: refused".to_owned() };
    let mut place = String::new();
    for part in refusal.path.iter().skip(1) {
        let name = NAMES.iter().find(|(theirs, _)| theirs == part).map_or(part.as_str(), |(_, ours)| ours);
        match name.parse::<usize>() {
            Ok(index) => place.extend(["[", &index.to_string(), "]"]),
            Err(_) if place.is_empty() => place.push_str(name),
            Err(_) => place.extend([".", name]),
        }
    }
    format!("{place}: {}", rule_of(refusal, refusal.path.last().map_or("", String::as_str)))
}

/// The message without the field's name at its head.
fn rule_of<'a>(refusal: &'a Refusal, field: &str) -> &'a str {
    let message = refusal.message.as_str();
    message.strip_prefix(field).map_or(message, str::trim_start)
}
