//! The demo tenants: one per region, pinned there, made through the public API. Run again, it signs in and adds what is missing.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::graphql::Caller;

const WHERE_IS: &str = "query WhereIs($alias: String!) { whereIs(alias: $alias) { region { code apiUrl } residency } }";
const SIGN_UP: &str = "mutation SignUp($input: SignUpInput!) { signUp(input: $input) {
    session { accessToken refreshToken expiresAt } userErrors { code message path } } }";
const SIGN_IN: &str = "mutation SignIn($input: SignInInput!) { signIn(input: $input) {
    session { accessToken refreshToken expiresAt } userErrors { code message path } } }";
const VIEWER: &str = "query Viewer { viewer { id name } }";
const BOOKING_PAGE: &str = "query BookingPage { bookingPage { services { id name } } }";
const SET_SCHEDULE: &str = "mutation SetSchedule($input: SetScheduleInput!) { setSchedule(input: $input) {
    schedule { id } userErrors { code message path } } }";
const CREATE_SERVICE: &str = "mutation CreateService($input: CreateServiceInput!) { createService(input: $input) {
    service { id name } userErrors { code message path } } }";

/// What `demo.toml` says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Demos {
    password: String,
    email: String,
    time_zone: BTreeMap<String, String>,
}

/// One demo tenant, ready to be used.
#[derive(Debug, Clone, Serialize)]
pub struct Demo {
    /// Its region's code.
    pub region: String,
    /// Its region's GraphQL endpoint.
    pub url: String,
    /// `demo-<code>`.
    pub alias: String,
    /// Its owner's login.
    pub email: String,
    /// Its owner's password.
    pub password: String,
    /// A token of its owner.
    pub access_token: String,
    /// Its time zone.
    pub time_zone: String,
    /// Its service's id.
    pub service: String,
}

/// The demo tenant of the region `code`, whose endpoint is `url`.
///
/// # Errors
/// When an operation is refused.
pub async fn demo(http: &reqwest::Client, code: &str, url: &str) -> Result<Demo> {
    let demos: Demos = toml::from_str(include_str!("../demo.toml"))?;
    let alias = format!("demo-{code}");
    let time_zone = demos.time_zone.get(code).map_or("UTC", String::as_str).to_owned();
    let anyone = Caller::new(http, url);
    let page = anyone.clone().with_tenant(&alias);
    let known = !anyone.call(WHERE_IS, &json!({ "alias": alias })).await?["whereIs"].is_null();
    let entered = if known {
        page.act(SIGN_IN, &json!({ "email": demos.email, "password": demos.password })).await?
    } else {
        anyone.act(SIGN_UP, &sign_up(code, &alias, &time_zone, &demos)).await?
    };
    let access_token = text(&entered["session"]["accessToken"])?;
    let service = service(&page, &page.clone().with_token(&access_token), &time_zone).await?;
    let Demos { email, password, .. } = demos;
    Ok(Demo { region: code.to_owned(), url: url.to_owned(), alias, email, password, access_token, time_zone, service })
}

fn sign_up(code: &str, alias: &str, time_zone: &str, demos: &Demos) -> Value {
    json!({
        "region": code, "alias": alias, "tenantName": format!("Demo Studio {}", code.to_uppercase()), "timeZone": time_zone,
        "ownerName": "Robin Demo", "email": demos.email, "password": demos.password, "residency": "PINNED",
    })
}

/// The first service of the booking page; made, with hours, where there is none.
async fn service(page: &Caller, owner: &Caller, time_zone: &str) -> Result<String> {
    let shown = page.call(BOOKING_PAGE, &json!({})).await?;
    if let Some(id) = shown["bookingPage"]["services"][0]["id"].as_str() {
        return Ok(id.to_owned());
    }
    let staff = text(&owner.call(VIEWER, &json!({})).await?["viewer"]["id"])?;
    let hours: Vec<_> =
        ["MON", "TUE", "WED", "THU", "FRI"].into_iter().map(|day| json!({ "day": day, "start": "09:00", "end": "17:00" })).collect();
    owner.act(SET_SCHEDULE, &json!({ "staffId": staff, "timeZone": time_zone, "hours": hours })).await?;
    let consultation = json!({
        "name": "Consultation", "durationMinutes": 30, "bufferAfterMinutes": 10, "minNoticeMinutes": 60, "staffIds": [staff],
        "idempotencyKey": "demo-consultation",
    });
    text(&owner.act(CREATE_SERVICE, &consultation).await?["service"]["id"])
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("a text is missing in an answer")
}
