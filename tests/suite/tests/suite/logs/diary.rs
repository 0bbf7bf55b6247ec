//! What the test wrote and where, and what it was answered.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use suite::api::{Answer, Api};
use suite::marker::Marker;

/// One answered request.
#[derive(Debug, Clone)]
pub struct Answered {
    /// From `x-request-id`.
    pub number: String,
    pub status: u16,
    pub code: Option<String>,
}

/// A text of its own for each place where a client can write one, and every answer.
#[derive(Default)]
pub struct Diary {
    texts: Mutex<BTreeMap<&'static str, Marker>>,
    answered: Mutex<Vec<Answered>>,
}

impl Diary {
    /// The text written in this place.
    pub fn text(&self, place: &'static str) -> String {
        self.texts.lock().expect("no panic").entry(place).or_default().0.clone()
    }

    /// An e-mail address with that text.
    pub fn address(&self, place: &'static str) -> String {
        format!("{}@example.org", self.text(place))
    }

    /// Sends a mutation, or a query that takes `input`; returns its payload, null when there is none.
    pub async fn run(&self, caller: &Api, operation: &str, input: Value) -> Value {
        let answer = caller.run(operation, json!({ "input": input })).await;
        let payload = answer.body["data"].as_object().and_then(|fields| fields.values().next()).cloned();
        self.keep(answer);
        payload.unwrap_or_default()
    }

    /// Remembers an answer.
    pub fn keep(&self, answer: Answer) {
        let number = answer.headers["x-request-id"].to_str().expect("a number").to_owned();
        let answered = Answered { number, status: answer.status.as_u16(), code: answer.error_code().map(ToOwned::to_owned) };
        self.answered.lock().expect("no panic").push(answered);
    }

    /// All texts so far, by place.
    pub fn texts(&self) -> BTreeMap<&'static str, Marker> {
        self.texts.lock().expect("no panic").clone()
    }

    /// All answers so far.
    pub fn answered(&self) -> Vec<Answered> {
        self.answered.lock().expect("no panic").clone()
    }
}
