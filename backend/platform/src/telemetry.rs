//! Structured logs: one JSON object per line on standard output.
//!
//! **Redaction rule.** A log line holds ids, codes, counts and durations, and nothing that a person wrote or is: no
//! names, e-mail addresses, phones, aliases, answers, notes, bodies, query texts, header values, tokens, keys or
//! passwords (R1, S3). It is kept by construction and not by a filter, which would always miss one: secrets live in
//! types whose `Debug` is empty (`SecretString`, `DataKey`, `NormalPassword`), errors of this code base hold no values,
//! and SQL statements are not logged. Fields that may be used: `tenant.id`, `region`, `site`, `duration_ms`,
//! `reference`, and ids of rows. Line breaks inside a field are escaped by the JSON form.

use std::panic::{self, PanicHookInfo};

use thiserror::Error;
use tracing_subscriber::EnvFilter;

/// The variable that chooses what is logged, for example `info,store=debug`.
pub const FILTER_VARIABLE: &str = "DOMICILE_LOG";

/// Logging cannot start.
#[derive(Debug, Error)]
pub enum TelemetryError {
    /// The variable's text is no filter.
    #[error("{FILTER_VARIABLE} is not a log filter such as info,store=debug")]
    Filter,
    /// Another subscriber is in place.
    #[error("logging was started twice")]
    Twice,
}

/// Starts logging for the process, once, and makes a panic a log line like any other.
///
/// # Errors
/// The filter variable is set and malformed, or logging was started before.
#[expect(clippy::disallowed_methods, reason = "the log filter is the operator's, per start, and no configuration of the service")]
pub fn start() -> Result<(), TelemetryError> {
    let chosen = std::env::var(FILTER_VARIABLE).unwrap_or_default();
    let text = if chosen.is_empty() { "info" } else { chosen.as_str() };
    // Statements of the database driver may hold personal data, so no filter may switch them on.
    let filter = EnvFilter::try_new(format!("{text},sqlx=warn,sea_orm=warn")).map_err(|_| TelemetryError::Filter)?;
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_target(true)
        .try_init()
        .map_err(|_| TelemetryError::Twice)?;
    panic::set_hook(Box::new(report));
    Ok(())
}

/// Tells where a thread panicked. Of the text only a literal: a formatted one may quote what a person wrote.
fn report(panic: &PanicHookInfo<'_>) {
    let text = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("a formatted text, withheld");
    let place = panic.location().map(tracing::field::display);
    tracing::error!(place, text, "a thread panicked");
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_one_line_without_the_values_in_its_text() {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || sink.clone()).finish();
        let before = panic::take_hook();
        panic::set_hook(Box::new(report));
        tracing::subscriber::with_default(subscriber, || {
            let _ = panic::catch_unwind(|| panic!("nobody is called {}", String::from("ann@example.org")));
            let _ = panic::catch_unwind(|| panic!("a literal"));
        });
        panic::set_hook(before);

        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let texts: Vec<_> = text.lines().map(|line| (line.contains("telemetry.rs:"), line.contains("\"text\":\"a literal\""))).collect();
        assert_eq!(texts, [(true, false), (true, true)], "{text}");
        assert!(!text.contains("ann@"), "{text}");
    }
}
