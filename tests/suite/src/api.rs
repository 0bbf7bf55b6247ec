//! A client of one region's API. Each test has its own, so that no connection outlives its test's runtime.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

const OPERATIONS: &str = include_str!("../operations.graphql");

/// A caller: which endpoint, for which tenant, with which token.
#[derive(Debug, Clone)]
pub struct Api {
    pub http: reqwest::Client,
    pub url: String,
    pub tenant: Option<String>,
    pub token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Api {
    /// Nobody in particular.
    pub fn new(url: impl Into<String>) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().expect("a client");
        Self { http, url: url.into(), tenant: None, token: None }
    }

    /// A visitor of a tenant.
    pub fn of_tenant(&self, alias: &str) -> Self {
        Self { tenant: Some(alias.to_owned()), token: None, ..self.clone() }
    }

    /// A signed-in person.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), tenant: None, ..self.clone() }
    }

    /// The same caller at another endpoint.
    pub fn at(&self, url: impl Into<String>) -> Self {
        Self { url: url.into(), ..self.clone() }
    }

    /// Sends a document and returns whatever comes back.
    pub async fn send(&self, query: &str, variables: Value) -> Answer {
        let response = self.request(query, variables).send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.json().await.expect("a JSON body") }
    }

    fn request(&self, query: &str, variables: Value) -> reqwest::RequestBuilder {
        let mut request = self.http.post(&self.url).json(&json!({ "query": query, "variables": variables }));
        if let Some(tenant) = &self.tenant {
            request = request.header("x-tenant", tenant);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request
    }

    /// Sends one of the operations that clients rely on, by its name.
    pub async fn run(&self, operation: &str, variables: Value) -> Answer {
        self.send(document(operation), variables).await
    }

    /// The same for a server that may die meanwhile: the body, or none without an answer.
    pub async fn attempt(&self, operation: &str, variables: Value) -> Option<Value> {
        self.request(document(operation), variables).send().await.ok()?.json().await.ok()
    }

    /// The data of such an operation; there must be no top-level error.
    pub async fn data(&self, operation: &str, variables: Value) -> Value {
        let answer = self.run(operation, variables).await;
        assert!(answer.body.get("errors").is_none(), "{operation}: {}", answer.body);
        answer.body["data"].clone()
    }

    /// The payload of a mutation that takes `input`; it may hold user errors.
    pub async fn payload(&self, operation: &str, input: Value) -> Value {
        let data = self.data(operation, json!({ "input": input })).await;
        data.as_object().and_then(|fields| fields.values().next()).cloned().expect("one root field")
    }

    /// The payload of a mutation that must succeed.
    pub async fn done(&self, operation: &str, input: Value) -> Value {
        let payload = self.payload(operation, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{operation}");
        payload
    }

    /// The code of the first user error of a mutation that must be refused.
    pub async fn refused(&self, operation: &str, input: Value) -> String {
        let payload = self.payload(operation, input).await;
        code_of(&payload).unwrap_or_else(|| panic!("{operation} was not refused: {payload}"))
    }
}

impl Answer {
    /// The code of the first top-level error.
    pub fn error_code(&self) -> Option<&str> {
        self.body["errors"][0]["extensions"]["code"].as_str()
    }
}

/// The code of a payload's first user error.
pub fn code_of(payload: &Value) -> Option<String> {
    payload["userErrors"][0]["code"].as_str().map(ToOwned::to_owned)
}

/// The names of all operations, as they stand in the file.
pub fn operations() -> Vec<&'static str> {
    let heads =
        OPERATIONS.lines().filter_map(|line| line.split_once(' ').filter(|(word, _)| ["query", "mutation", "subscription"].contains(word)));
    heads.filter_map(|(_, rest)| rest.split([' ', '(', '{']).next()).collect()
}

/// The text of one operation.
pub fn document(operation: &str) -> &'static str {
    let heads = ["query", "mutation", "subscription"].map(|kind| format!("{kind} {operation}"));
    let starts_here =
        |rest: &str| heads.iter().any(|head| rest.strip_prefix(head.as_str()).is_some_and(|rest| rest.starts_with([' ', '(', '{'])));
    let start = OPERATIONS.char_indices().map(|(at, _)| at).find(|at| starts_here(&OPERATIONS[*at..]));
    let rest = &OPERATIONS[start.unwrap_or_else(|| panic!("no operation {operation}"))..];
    let mut depth = 0_i32;
    for (at, character) in rest.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => return &rest[..=at],
            '}' => depth -= 1,
            _ => {}
        }
    }
    panic!("operation {operation} does not end");
}
