//! A client of the public API, as an outsider would write it.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// One caller of one endpoint.
#[derive(Debug, Clone)]
pub struct Caller {
    http: reqwest::Client,
    url: String,
    alias: Option<String>,
    token: Option<String>,
}

impl Caller {
    /// A caller without tenant and credentials.
    #[must_use]
    pub fn new(http: &reqwest::Client, url: &str) -> Self {
        Self { http: http.clone(), url: url.to_owned(), alias: None, token: None }
    }

    /// The same, naming a tenant by its alias.
    #[must_use]
    pub fn with_tenant(mut self, alias: &str) -> Self {
        self.alias = Some(alias.to_owned());
        self
    }

    /// The same, with an access token.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// The whole answer: `data`, `errors`, `extensions`.
    ///
    /// # Errors
    /// When there is none, or it is no JSON.
    pub async fn answer(&self, query: &str, variables: &Value) -> Result<Value> {
        let mut request = self.http.post(&self.url).header("accept", "application/graphql-response+json");
        if let Some(alias) = &self.alias {
            request = request.header("x-tenant", alias);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.json(&json!({ "query": query, "variables": variables })).send().await?;
        answer.json().await.with_context(|| format!("answer of {}", self.url))
    }

    /// `data` of an answer without errors.
    ///
    /// # Errors
    /// When the answer has errors.
    pub async fn call(&self, query: &str, variables: &Value) -> Result<Value> {
        let mut answer = self.answer(query, variables).await?;
        if let Some(errors) = answer.get("errors") {
            bail!("{}: {errors}", self.url);
        }
        Ok(answer["data"].take())
    }

    /// The payload of the one mutation in `query`.
    ///
    /// # Errors
    /// When the answer has errors or user errors.
    pub async fn act(&self, query: &str, input: &Value) -> Result<Value> {
        let mut data = self.call(query, &json!({ "input": input })).await?;
        let payload = data.as_object_mut().and_then(|fields| fields.values_mut().next()).map(Value::take).context("no payload")?;
        match payload["userErrors"].as_array() {
            Some(refusals) if refusals.is_empty() => Ok(payload),
            _ => bail!("{}: {}", self.url, payload["userErrors"]),
        }
    }
}
