//! The check of one answer against its question.

use super::{FieldDefinition, FieldKind, choices, invalid};
use crate::customer::{Email, long_text, phone, short_text};
use crate::refusal::{Refusal, RefusalCode};
use crate::schedule::parse_date;

/// Most bytes of a web address.
const LONGEST_URL: usize = 2_000;
/// Most characters of a number; enough for any amount, too few for mischief.
const LONGEST_NUMBER: usize = 40;

/// The trimmed answer.
///
/// # Errors
/// A [`RefusalCode::FieldInvalid`] at `path` that names the field and the rule.
pub(super) fn check(field: &FieldDefinition, value: &str, path: &[&str]) -> Result<String, Refusal> {
    let value = value.trim();
    let (fits, rule) = match field.kind {
        FieldKind::Text => return of_contact(short_text(value, &[&field.key]), path),
        FieldKind::LongText => return of_contact(long_text(value, &[&field.key]), path),
        FieldKind::Email => return of_contact(Email::parse(value, &[&field.key]).map(|email| email.as_str().to_owned()), path),
        FieldKind::Phone => return of_contact(phone(value, &[&field.key]), path),
        FieldKind::Date => return of_contact(parse_date(value, &[&field.key]).map(|date| date.to_string()), path),
        FieldKind::Number => (is_number(value), "must be a decimal number such as -12.5"),
        FieldKind::Boolean => (matches!(value, "true" | "false"), "must be true or false"),
        FieldKind::Url => (is_url(value), "must be a web address that begins with https:// or http://"),
        FieldKind::Select => (field.options.iter().any(|option| option == value), "must be one of the options"),
        FieldKind::MultiSelect => check_choices(field, value).map_or_else(|rule| (false, rule), |()| (true, "")),
    };
    if fits { Ok(value.to_owned()) } else { Err(invalid(format!("{} {rule}", field.key), path)) }
}

/// A check of contact fields as the check of an answer.
fn of_contact(checked: Result<String, Refusal>, path: &[&str]) -> Result<String, Refusal> {
    checked.map_err(|refusal| Refusal::new(RefusalCode::FieldInvalid, refusal.message, path))
}

fn is_number(value: &str) -> bool {
    let unsigned = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    value.len() <= LONGEST_NUMBER && digits(whole) && digits(fraction)
}

fn is_url(value: &str) -> bool {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let host_fits = host.is_some_and(|host| !host.is_empty() && !host.contains('@'));
    let characters_fit = !value.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c));
    host_fits && characters_fit && value.len() <= LONGEST_URL
}

fn check_choices(field: &FieldDefinition, value: &str) -> Result<(), &'static str> {
    let chosen = choices::parse(value).ok_or("must be a JSON array of texts such as [\"Wash\",\"Cut\"]")?;
    if field.required && chosen.is_empty() {
        return Err("must choose at least one option");
    }
    for (index, choice) in chosen.iter().enumerate() {
        if !field.options.contains(choice) {
            return Err("must choose from the options only");
        }
        if chosen.iter().take(index).any(|earlier| earlier == choice) {
            return Err("must choose each option at most once");
        }
    }
    Ok(())
}
