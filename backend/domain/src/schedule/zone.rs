//! Time zones by name, from the one bundled database (B4): the machine's own zone files are never read, so that every
//! node of every region agrees on the same hours.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::refusal::Refusal;

/// Longest zone name that is looked up; the longest real one has 32 bytes.
const LONGEST_NAME: usize = 64;

static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of an IANA name such as `Europe/Berlin`. Aliases such as `US/Eastern` are accepted and keep their own name.
/// The zone's name is [`TimeZone::iana_name`].
///
/// # Errors
/// A refusal that names the last part of `path` and the rule.
pub fn parse_time_zone(text: &str, path: &[&str]) -> Result<TimeZone, Refusal> {
    let found = (text.len() <= LONGEST_NAME).then(|| BUNDLED.get(text).ok()).flatten();
    found.filter(|zone| !zone.is_unknown() && zone.iana_name().is_some()).ok_or_else(|| {
        let field = path.last().copied().unwrap_or("timeZone");
        Refusal::invalid(format!("{field} must be an IANA time zone name such as Europe/Berlin"), path)
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn b4_zones_come_by_name_or_alias() {
        for name in ["Europe/Berlin", "US/Eastern", "Asia/Calcutta", "UTC", "Antarctica/Troll"] {
            assert_eq!(parse_time_zone(name, &["timeZone"]).unwrap().iana_name(), Some(name));
        }
    }

    #[test]
    fn b4_what_is_no_zone_is_refused_with_field_and_rule() {
        for bad in ["", "Europe/Atlantis", "+02:00", "Etc/Unknown", "CET-1CEST", "../../etc/passwd", &"x".repeat(1 << 20)] {
            let refusal = parse_time_zone(bad, &["input", "timeZone"]).unwrap_err();

            assert_eq!(refusal, Refusal::invalid("timeZone must be an IANA time zone name such as Europe/Berlin", &["input", "timeZone"]));
        }
    }
}
