//! Mistakes of every kind below the use cases, where libraries like to quote what they were sent.

use serde_json::{Value, json};
use suite::api::Api;
use suite::socket::Socket;
use suite::wire;

use super::diary::Diary;

/// Makes them all.
pub async fn make(nobody: &Api, diary: &Diary) {
    in_documents(nobody, diary).await;
    in_claims(nobody, diary).await;
    in_heads(&nobody.url, diary).await;
    on_sockets(nobody, diary).await;
}

async fn in_documents(nobody: &Api, diary: &Diary) {
    let documents = [
        format!("{{ {}: regions {{ code }} }}", diary.text("name of a field")),
        format!("{{ {} }}", diary.text("unknown field")),
        format!("{{ regions }} }} {}", diary.text("syntax")),
        format!("{{ whereIs(alias: \"{}\") {{ residency }} }}", diary.text("alias looked for")),
    ];
    for document in documents {
        diary.keep(nobody.send(&document, json!({})).await);
    }
    let wrong = nobody.send("query ($a: Int!) { whereIs(alias: $a) { residency } }", json!({ "a": diary.text("variable") })).await;
    diary.keep(wrong);
}

async fn in_claims(nobody: &Api, diary: &Diary) {
    let callers = [
        nobody.of_tenant(&diary.text("unknown alias")),
        nobody.of_tenant(&diary.address("no alias")),
        nobody.with_token(&diary.text("no token")),
    ];
    for caller in callers {
        diary.keep(caller.send("{ __typename }", json!({})).await);
    }
}

async fn in_heads(url: &str, diary: &Diary) {
    let origin = format!("https://{}.example", diary.text("origin"));
    let own = [
        ("user-agent", diary.text("agent")),
        ("cookie", diary.text("cookie")),
        ("x-request-id", diary.text("number")),
        ("referer", diary.text("referer")),
        ("origin", origin),
    ];
    wire::post(url, &own.each_ref().map(|(name, value)| (*name, value.as_str())), "{").await;
    wire::post(url, &[("content-type", &diary.text("content type")), ("accept", &diary.text("accept"))], "{").await;
    wire::post(url, &[("host", &format!("{}.localhost", diary.text("host")))], "{").await;
    wire::ask(url, &format!("GET /graphql?query={}", diary.text("query of an address")), &[]).await;
    wire::ask(url, &format!("GET /{}", diary.text("path")), &[]).await;
    wire::ask(url, &format!("{} /graphql", diary.text("method")), &[]).await;
    let malformed = format!("GET /graphql HTTP/1.1\r\nhost: a\r\n{} : x\r\n\r\n", diary.text("malformed header"));
    wire::exchange(url, malformed.as_bytes()).await;
    wire::exchange(url, format!("{}\r\n\r\n", diary.text("no HTTP")).as_bytes()).await;
}

async fn on_sockets(nobody: &Api, diary: &Diary) {
    let mut socket = Socket::open(&nobody.url, &[]).await.expect("a socket");
    let payload = json!({ "authorization": diary.text("no token of a socket"), "name": diary.text("payload") });
    tell(&mut socket, json!({ "type": "connection_init", "payload": payload })).await;
    let mut socket = Socket::of(nobody).await;
    let query = format!("{{ {} }}", diary.text("query of a socket"));
    let operation = json!({ "type": "subscribe", "id": diary.text("id of an operation"), "payload": { "query": query } });
    tell(&mut socket, operation).await;
    tell(&mut socket, json!({ "type": diary.text("type of a message") })).await;
}

/// Sends a message and takes in what the server says to it.
async fn tell(socket: &mut Socket, message: Value) {
    socket.say(message).await;
    socket.next().await;
}
