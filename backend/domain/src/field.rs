//! The questions a service asks and the check of their answers. Answers are texts; their form by kind:
//!
//! | kind | value |
//! |---|---|
//! | `TEXT`, `LONG_TEXT` | one line of at most 200 characters; lines of at most 5000 |
//! | `NUMBER` | decimal: optional minus, digits, optional fraction, `-12.5` |
//! | `BOOLEAN` | `true` or `false` |
//! | `SELECT` | one of the options |
//! | `MULTI_SELECT` | a JSON array of options, each at most once: `["Wash","Cut"]` |
//! | `EMAIL`, `PHONE` | as for customers |
//! | `URL` | absolute, `http` or `https` |
//! | `DATE` | `YYYY-MM-DD` |
//!
//! A value of blanks only is no answer. Answers are personal: nothing here puts one into a message (R6).

mod choices;
mod definition;
mod value;

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

pub use self::definition::{FieldDefinition, MOST_FIELDS, MOST_OPTIONS, check_definitions};

use crate::refusal::{Refusal, RefusalCode, Refusals};

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A decimal number.
    Number,
    /// Yes or no.
    Boolean,
    /// One of the options.
    Select,
    /// Some of the options.
    MultiSelect,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A web address.
    Url,
    /// A calendar date.
    Date,
}

impl FieldKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Text,
        Self::LongText,
        Self::Number,
        Self::Boolean,
        Self::Select,
        Self::MultiSelect,
        Self::Email,
        Self::Phone,
        Self::Url,
        Self::Date,
    ];

    /// The name in the schema and in storage, `TEXT` … `DATE`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::LongText => "LONG_TEXT",
            Self::Number => "NUMBER",
            Self::Boolean => "BOOLEAN",
            Self::Select => "SELECT",
            Self::MultiSelect => "MULTI_SELECT",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Url => "URL",
            Self::Date => "DATE",
        }
    }

    /// Whether its questions list options.
    #[must_use]
    pub const fn has_options(self) -> bool {
        matches!(self, Self::Select | Self::MultiSelect)
    }
}

impl fmt::Display for FieldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is no kind of field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of TEXT, LONG_TEXT, NUMBER, BOOLEAN, SELECT, MULTI_SELECT, EMAIL, PHONE, URL, DATE")]
pub struct BadFieldKind;

impl FromStr for FieldKind {
    type Err = BadFieldKind;

    fn from_str(text: &str) -> Result<Self, BadFieldKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(BadFieldKind)
    }
}

/// What a customer answered to the question of this key. Personal: `Debug` shows the key only.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question's key.
    pub key: String,
    /// The answer in the form its kind asks for.
    pub value: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The answers to `fields`, trimmed, in the order of the questions. Questions without an answer are left out.
///
/// # Errors
/// [`RefusalCode::FieldInvalid`]: one per answer that has no question or breaks its question's rule, at
/// `input.answers.<index>.key` or `.value`, and one per required question without an answer, at `input.answers.<key>`.
pub fn check_answers(fields: &[FieldDefinition], answers: &[Answer]) -> Result<Vec<Answer>, Refusals> {
    if answers.len() > MOST_FIELDS {
        return Err(invalid(format!("answers must be at most {MOST_FIELDS}"), &["input", "answers"]).into());
    }
    let mut refusals = Refusals::none();
    for index in 0..answers.len() {
        refusals.check(check_key(fields, answers, index));
    }
    let checked = fields.iter().filter_map(|field| refusals.check(answer_to(field, answers)).flatten()).collect();
    refusals.none_or_err().map(|()| checked)
}

/// Whether the answer at `index` is the first one to a question that exists.
fn check_key(fields: &[FieldDefinition], answers: &[Answer], index: usize) -> Result<(), Refusal> {
    let Some((answer, before)) = answers.get(..=index).and_then(<[Answer]>::split_last) else { return Ok(()) };
    let rule = if before.iter().any(|other| other.key == answer.key) {
        "key must be answered only once"
    } else if fields.iter().any(|field| field.key == answer.key) {
        return Ok(());
    } else {
        "key must be that of a question of this service"
    };
    Err(invalid(rule, &["input", "answers", &index.to_string(), "key"]))
}

/// The checked answer to `field`, or `None` when it has none and needs none.
fn answer_to(field: &FieldDefinition, answers: &[Answer]) -> Result<Option<Answer>, Refusal> {
    let given = answers.iter().enumerate().find(|(_, answer)| answer.key == field.key);
    match given.filter(|(_, answer)| !answer.value.trim().is_empty()) {
        Some((index, answer)) => {
            let value = value::check(field, &answer.value, &["input", "answers", &index.to_string(), "value"])?;
            Ok(Some(Answer { key: field.key.clone(), value }))
        }
        None if field.required => Err(invalid(format!("{} must be answered", field.key), &["input", "answers", &field.key])),
        None => Ok(None),
    }
}

fn invalid(message: impl Into<String>, path: &[&str]) -> Refusal {
    Refusal::new(RefusalCode::FieldInvalid, message, path)
}
