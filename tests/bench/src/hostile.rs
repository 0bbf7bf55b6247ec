//! How soon hostile requests are refused while honest ones are answered.

use std::fmt::Write;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::{Client, RequestBuilder};
use serde::Serialize;
use serde_json::{Value, json};

/// A refusal that takes longer is a failure.
pub const LIMIT_MS: f64 = 100.0;
/// How often each is sent, each time on a connection of its own.
const TIMES: usize = 15;

/// One kind of hostile request.
#[derive(Debug, Clone, Serialize)]
pub struct Refusal {
    pub name: &'static str,
    pub status: u16,
    pub code: String,
    pub median_ms: f64,
    pub worst_ms: f64,
}

/// Sends every kind and times the refusals.
///
/// # Errors
/// One that is not refused with a code.
pub async fn refusals(url: &str) -> Result<Vec<Refusal>> {
    let client = Client::builder().pool_max_idle_per_host(0).timeout(Duration::from_secs(10)).build()?;
    let post = |query: String| client.post(url).json(&json!({ "query": query }));
    let sign_out = "mutation { signOut { userErrors { code } } }";
    let kinds: [(&str, RequestBuilder); 6] = [
        ("text/plain mutation", client.post(url).header("content-type", "text/plain").body(json!({ "query": sign_out }).to_string())),
        ("GET mutation", client.get(format!("{url}?query=mutation%7BsignOut%7BuserErrors%7Bcode%7D%7D%7D"))),
        ("batch", client.post(url).json(&json!([{ "query": "{ __typename }" }, { "query": "{ __typename }" }]))),
        ("1,000 aliases", post(repeated(1_000, |text, n| write!(text, "a{n}: __typename ")))),
        ("fragment bomb of 30 levels", post(bomb(30))),
        ("1 MiB of fields", post(repeated((1 << 20) / 11, |text, _| write!(text, "__typename ")))),
    ];
    let mut refusals = Vec::new();
    for (name, request) in kinds {
        refusals.push(refusal(name, &request).await.with_context(|| name)?);
    }
    Ok(refusals)
}

async fn refusal(name: &'static str, request: &RequestBuilder) -> Result<Refusal> {
    let mut times = Vec::new();
    let (mut status, mut code) = (0, String::new());
    for _ in 0..TIMES {
        let request = request.try_clone().context("the request has a stream")?;
        let begun = Instant::now();
        let answer = request.send().await?;
        status = answer.status().as_u16();
        let body: Value = answer.json().await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        code = body["errors"][0]["extensions"]["code"].as_str().context("no code")?.to_owned();
        ensure!((400..500).contains(&status) || body["data"].is_null(), "it was not refused: {status} {body}");
    }
    times.sort_by(f64::total_cmp);
    Ok(Refusal { name, status, code, median_ms: times[TIMES / 2], worst_ms: times[TIMES - 1] })
}

fn repeated(count: usize, one: impl Fn(&mut String, usize) -> std::fmt::Result) -> String {
    let mut text = String::from("{ ");
    for n in 0..count {
        // Writing into a string cannot fail.
        let _ = one(&mut text, n);
    }
    text + "}"
}

/// Each fragment spreads the next one twice: 2^levels fields in about a kilobyte.
fn bomb(levels: usize) -> String {
    let fragments = (0..levels).map(|n| format!(" fragment F{n} on Query {{ ...F{0} ...F{0} }}", n + 1));
    format!("{{ ...F0 }}{} fragment F{levels} on Query {{ __typename }}", fragments.collect::<String>())
}
