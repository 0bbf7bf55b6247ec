//! The questions of a service and their check when a service is written.

use super::FieldKind;
use crate::customer::short_text;
use crate::refusal::{Refusal, Refusals};

/// Most questions of a service, and most answers of a booking.
pub const MOST_FIELDS: usize = 50;
/// Most options of a question.
pub const MOST_OPTIONS: usize = 100;
/// Most bytes of a key.
const LONGEST_KEY: usize = 64;

/// A question a service asks. A list of them is valid once it went through [`check_definitions`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDefinition {
    /// What answers refer to: 1 to 64 of letters, digits, hyphen and underscore; differs within a service.
    pub key: String,
    /// What people read.
    pub label: String,
    /// What kind of answer it takes.
    pub kind: FieldKind,
    /// Whether a booking needs an answer.
    pub required: bool,
    /// What can be chosen; empty unless [`FieldKind::has_options`].
    pub options: Vec<String>,
}

/// The questions with labels and options trimmed.
///
/// # Errors
/// One refusal per wrong field, at `input.fields.<index>.<field>`.
pub fn check_definitions(fields: Vec<FieldDefinition>) -> Result<Vec<FieldDefinition>, Refusals> {
    if fields.len() > MOST_FIELDS {
        return Err(Refusal::invalid(format!("fields must be at most {MOST_FIELDS}"), &["input", "fields"]).into());
    }
    let mut refusals = Refusals::none();
    let mut checked: Vec<FieldDefinition> = Vec::with_capacity(fields.len());
    for (index, field) in fields.into_iter().enumerate() {
        let place = index.to_string();
        let at = |name| ["input", "fields", &place, name];
        refusals.check(check_key(&field.key, &checked, &at("key")));
        let label = refusals.check(short_text(&field.label, &at("label")));
        let options = refusals.check(check_options(field.kind, &field.options, &at("options")));
        // Kept even when wrong, so that a repeated key is found.
        checked.push(FieldDefinition { label: label.unwrap_or_default(), options: options.unwrap_or_default(), ..field });
    }
    refusals.none_or_err().map(|()| checked)
}

fn check_key(key: &str, before: &[FieldDefinition], path: &[&str]) -> Result<(), Refusal> {
    let characters_fit = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if key.is_empty() || key.len() > LONGEST_KEY || !characters_fit {
        let rule = format!("key must be 1 to {LONGEST_KEY} of a-z, A-Z, 0-9, hyphen and underscore");
        return Err(Refusal::invalid(rule, path));
    }
    if before.iter().any(|field| field.key == key) {
        return Err(Refusal::invalid("key must differ from the keys of the other fields", path));
    }
    Ok(())
}

fn check_options(kind: FieldKind, options: &[String], path: &[&str]) -> Result<Vec<String>, Refusal> {
    let rule = match (kind.has_options(), options.len()) {
        (false, 0) => return Ok(Vec::new()),
        (false, _) => "options must be empty unless type is SELECT or MULTI_SELECT".to_owned(),
        (true, 1..=MOST_OPTIONS) => return distinct_texts(options, path),
        (true, _) => format!("options must be 1 to {MOST_OPTIONS} for the types SELECT and MULTI_SELECT"),
    };
    Err(Refusal::invalid(rule, path))
}

fn distinct_texts(options: &[String], path: &[&str]) -> Result<Vec<String>, Refusal> {
    let mut distinct: Vec<String> = Vec::with_capacity(options.len());
    for option in options {
        let text = short_text(option, path)?;
        if distinct.contains(&text) {
            return Err(Refusal::invalid("options must differ from each other", path));
        }
        distinct.push(text);
    }
    Ok(distinct)
}
