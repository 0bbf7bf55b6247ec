//! Who signs in, what their tokens open and for how long, and what each role may do (S1, S2, I3).

mod expiry;
mod password;
mod permission;
mod revocation;
mod sign_in;
mod token;

use fleet::Fleet;
use serde_json::{Value, json};
use suite::api::{Answer, Api};
use suite::salon::{Salon, text};

const VIEWER: &str = "{ viewer { id } }";

/// A business without hours.
async fn salon(fleet: &Fleet, region: &str) -> Salon {
    Salon::sign_up(&Api::new(fleet.api_url(region).expect("a region")), region, "PINNED").await
}

/// A new session of the owner: its tokens.
async fn session_of(salon: &Salon) -> Value {
    let input = json!({ "email": salon.email, "password": suite::salon::PASSWORD });
    salon.visitor.done("SignIn", input).await["session"].clone()
}

fn access(session: &Value) -> String {
    text(&session["accessToken"])
}

fn refresh(session: &Value) -> String {
    text(&session["refreshToken"])
}

/// Whether a token opens anything at this endpoint.
async fn is_alive(nobody: &Api, token: &str) -> bool {
    let answer = nobody.with_token(token).send(VIEWER, json!({})).await;
    match (answer.status.as_u16(), answer.error_code()) {
        (200, None) => true,
        (401, Some("UNAUTHENTICATED")) => false,
        _ => panic!("neither alive nor dead: {answer:?}"),
    }
}

/// Status and code of a refused request.
fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.error_code().unwrap_or_default())
}
