//! Reads JSON so that every complaint names the field by its place, as in `weekly_hours[0].start: must be a text`.
//! Messages of derived readers tell line and column instead.

use domain::time::Interval;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// A value and its place.
#[derive(Debug)]
pub(super) struct Node<'a> {
    place: String,
    value: &'a Value,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub(super) fn root(value: &'a Value) -> Self {
        Self { place: String::new(), value }
    }

    /// The complaint that this value breaks `rule`.
    pub(super) fn refuse(&self, rule: impl std::fmt::Display) -> String {
        let place = if self.place.is_empty() { "problem" } else { &self.place };
        format!("{place}: {rule}")
    }

    /// An object that has no other fields than `known`.
    pub(super) fn object(&self, known: &[&str]) -> Result<Object<'a>, String> {
        let fields = self.value.as_object().ok_or_else(|| self.refuse("must be an object"))?;
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => Err(self.refuse(format_args!("has no field {unknown:?}; its fields are {}", known.join(", ")))),
            None => Ok(Object { place: self.place.clone(), fields }),
        }
    }

    pub(super) fn items(&self) -> Result<Vec<Self>, String> {
        let items = self.value.as_array().ok_or_else(|| self.refuse("must be a list"))?;
        let numbered = items.iter().enumerate();
        Ok(numbered.map(|(index, value)| Self { place: format!("{}[{index}]", self.place), value }).collect())
    }

    pub(super) fn text(&self) -> Result<&'a str, String> {
        self.value.as_str().ok_or_else(|| self.refuse("must be a text"))
    }

    pub(super) fn boolean(&self) -> Result<bool, String> {
        self.value.as_bool().ok_or_else(|| self.refuse("must be true or false"))
    }

    pub(super) fn integer(&self) -> Result<i64, String> {
        self.value.as_i64().ok_or_else(|| self.refuse("must be a whole number"))
    }

    pub(super) fn instant(&self) -> Result<Timestamp, String> {
        self.text()?.parse().map_err(|_| self.refuse("must be an RFC 3339 instant such as 2026-01-12T08:00:00Z"))
    }
}

/// The fields of an object and their place.
#[derive(Debug)]
pub(super) struct Object<'a> {
    place: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    /// A field that may be absent or null.
    pub(super) fn optional(&self, name: &str) -> Option<Node<'a>> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        Some(Node { place: self.place_of(name), value })
    }

    pub(super) fn required(&self, name: &str) -> Result<Node<'a>, String> {
        self.optional(name).ok_or_else(|| format!("{}: must be given", self.place_of(name)))
    }

    /// The half-open span between two instants.
    pub(super) fn interval(&self, start: &str, end: &str) -> Result<Interval, String> {
        let (from, until) = (self.required(start)?.instant()?, self.required(end)?);
        Interval::new(from, until.instant()?).ok_or_else(|| until.refuse(format_args!("must not lie before {start}")))
    }

    fn place_of(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) }
    }
}
