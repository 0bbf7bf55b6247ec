//! Subscriptions over graphql-transport-ws (A2): each breach has its close code, limits hold as for requests, changes reach
//! those who may see them on every node of the region (I3), and a socket does not outlive its session (S2).

use std::time::{Duration, Instant};

use fleet::NodeOptions;
use serde_json::{Value, json};
use suite::api::Api;
use suite::salon::{Salon, tuesday};
use suite::socket::{Heard, Socket};
use suite::wire;
use tokio_tungstenite::tungstenite::{Error, Message};

const CHANGES: &str = "subscription { bookingChanged { kind booking { id status start } } }";

fn init() -> Value {
    json!({ "type": "connection_init" })
}

fn subscribe(id: &str) -> Value {
    json!({ "type": "subscribe", "id": id, "payload": { "query": CHANGES } })
}

/// The `next` message of a change.
fn change(id: &str, kind: &str, booking: &Value) -> Heard {
    let booking = json!({ "id": booking["id"], "status": booking["status"], "start": booking["start"] });
    Heard::Message(json!({ "type": "next", "id": id, "payload": { "data": { "bookingChanged": { "kind": kind, "booking": booking } } } }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_each_breach_has_its_close_code() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&Api::new(fleet.api_url("us").expect("a url")), "us", "PINNED").await;
    let bearer = |token: &str| json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } }).to_string();
    let wrong = wrong_letter(salon.owner.token.as_deref().expect("a token"));
    let text = |text: &str| Message::text(text.to_owned());
    let table: Vec<(&str, Vec<Message>, u16)> = vec![
        ("no JSON", vec![text("hello")], 4400),
        ("unknown type", vec![text("{\"type\":\"shutdown\"}")], 4400),
        ("no type", vec![text("{}")], 4400),
        ("a server's message", vec![text("{\"type\":\"connection_ack\"}")], 4400),
        ("no id", vec![text(&init().to_string()), text("{\"type\":\"subscribe\",\"payload\":{\"query\":\"{ __typename }\"}}")], 4400),
        ("no query", vec![text(&init().to_string()), text("{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{}}")], 4400),
        ("binary", vec![Message::binary(init().to_string())], 4400),
        ("64 KiB and a byte", vec![text(&" ".repeat(64 * 1024 + 1))], 4400),
        ("8 MiB", vec![text(&" ".repeat(8 * 1024 * 1024))], 4400),
        ("before the acknowledgement", vec![text(&subscribe("1").to_string())], 4401),
        ("no token we know", vec![text(&bearer("nonsense"))], 4403),
        ("a wrong letter", vec![text(&bearer(&wrong))], 4403),
        ("a second init", vec![text(&init().to_string()), text(&init().to_string())], 4429),
    ];
    for (name, messages, code) in table {
        let mut socket = Socket::open(&salon.nobody.url, &[]).await.expect("a socket");
        for message in messages {
            socket.send(message).await;
        }
        let ended = loop {
            match socket.next().await {
                Heard::Message(message) => assert_eq!(message["type"], "connection_ack", "{name}"),
                ended => break ended,
            }
        };
        assert_eq!(ended, Heard::Closed(code), "{name}");
    }

    let mut twice = Socket::of(&salon.owner).await;
    twice.say(subscribe("1")).await;
    twice.say(subscribe("1")).await;
    assert_eq!(twice.next().await, Heard::Closed(4409));
}

fn wrong_letter(token: &str) -> String {
    let (start, end) = token.split_at(token.len() - 1);
    format!("{start}{}", if end == "A" { "B" } else { "A" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_silence_and_greed_close_the_socket() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&Api::new(fleet.api_url("us").expect("a url")), "us", "PINNED").await;
    let silent = async {
        let begun = Instant::now();
        let mut socket = Socket::open(&salon.nobody.url, &[]).await.expect("a socket");
        (socket.next().await, begun.elapsed())
    };
    let greedy = async {
        let mut socket = Socket::of(&salon.owner).await;
        for id in 0..51 {
            socket.say(subscribe(&id.to_string())).await;
        }
        socket.next().await
    };

    let ((ended, took), greedy) = tokio::join!(silent, greedy);

    assert_eq!(ended, Heard::Closed(4408));
    assert!(took >= Duration::from_secs(4), "{took:?}");
    assert_eq!(greedy, Heard::Closed(4429));
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_document_that_cannot_run_is_an_error_and_the_socket_stays() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&Api::new(fleet.api_url("us").expect("a url")), "us", "PINNED").await;
    let (mut socket, mut visitor) =
        (Socket::of(&salon.owner).await, Socket::open(&salon.nobody.url, &[("x-tenant", &salon.alias)]).await.expect("a socket"));
    visitor.say(init()).await;
    assert_eq!(visitor.next().await, Heard::Message(json!({ "type": "connection_ack" })));
    let bomb = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A }";
    let aliases = (0..100).fold(String::new(), |text, n| format!("{text}a{n}: bookingChanged {{ kind }} "));
    let table = [
        ("subscription { nothing }", "BAD_USER_INPUT"),
        ("{ nothing }", "BAD_USER_INPUT"),
        ("subscription { bookingChanged", "BAD_USER_INPUT"),
        ("", "BAD_USER_INPUT"),
        (bomb, "BAD_USER_INPUT"),
        (&format!("subscription {{ {aliases} }}"), "QUERY_TOO_COMPLEX"),
        (&"{a".repeat(10_000), "QUERY_TOO_COMPLEX"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
    ];
    for (query, code) in table {
        socket.say(json!({ "type": "subscribe", "id": "x", "payload": { "query": query } })).await;
        let Heard::Message(message) = socket.next().await else { panic!("no message for {query}") };
        assert_eq!(
            (&message["type"], &message["id"], &message["payload"][0]["extensions"]["code"]),
            (&json!("error"), &json!("x"), &json!(code)),
            "{message}"
        );
    }
    visitor.say(subscribe("x")).await;
    let Heard::Message(message) = visitor.next().await else { panic!("no message") };
    assert_eq!((&message["type"], &message["payload"][0]["extensions"]["code"]), (&json!("error"), &json!("UNAUTHENTICATED")), "{message}");

    socket.say(json!({ "type": "subscribe", "id": "x", "payload": { "query": "{ viewer { role } }" } })).await;
    let answered = json!({ "type": "next", "id": "x", "payload": { "data": { "viewer": { "role": "OWNER" } } } });
    assert_eq!(socket.next().await, Heard::Message(answered), "the id and the socket are free again");
    assert_eq!(socket.next().await, Heard::Message(json!({ "type": "complete", "id": "x" })));
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_socket_for_another_regions_tenant_is_turned_away() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&Api::new(fleet.api_url("eu").expect("a url")), "eu", "PINNED").await.known(fleet).await;
    let us = fleet.api_url("us").expect("a url");

    let by_header = Socket::open(&us, &[("x-tenant", &salon.alias)]).await.expect_err("refused");
    let Error::Http(answer) = by_header else { panic!("{by_header}") };
    assert_eq!(answer.status().as_u16(), 421);
    let mut by_init = Socket::open(&us, &[]).await.expect("a socket");
    let bearer = format!("Bearer {}", salon.owner.token.as_deref().expect("a token"));
    by_init.say(json!({ "type": "connection_init", "payload": { "authorization": bearer } })).await;
    assert_eq!(by_init.next().await, Heard::Closed(4403));
    let other = wire::ask(
        &us,
        "GET /graphql",
        &[
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            ("sec-websocket-protocol", "graphql-ws"),
        ],
    )
    .await;
    assert_eq!((other.status, other.code().as_str()), (400, "BAD_USER_INPUT"), "the older protocol");
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_changes_reach_the_own_tenant_on_every_node_and_nobody_else() {
    let (fleet, _gate) = suite::fleet().await;
    let (salon, stranger) = (Salon::open(fleet, "us").await, Salon::open(fleet, "us").await);
    let node = fleet.extra_node("us", NodeOptions::default()).await.expect("a node");
    let (service, theirs) = (salon.service(json!({})).await, stranger.service(json!({})).await);
    let (mut here, mut there) = (Socket::of(&salon.owner).await, Socket::of(&salon.owner.at(node.api_url())).await);
    let mut strangers = Socket::of(&stranger.owner).await;
    for socket in [&mut here, &mut there, &mut strangers] {
        socket.subscribe("changes", CHANGES).await;
    }

    let booked = salon.book(&service, &tuesday("09:00")).await;
    let (id, token) = (&booked["booking"]["id"], &booked["manageToken"]);
    let change_of = json!({ "bookingId": id, "start": tuesday("11:00"), "manageToken": token });
    let moved = salon.visitor.done("RescheduleBooking", change_of).await;
    // The last change is made on the other node.
    let cancelled = salon.visitor.at(node.api_url()).done("CancelBooking", json!({ "bookingId": id, "manageToken": token })).await;
    let last = json!({ "id": id, "status": cancelled["booking"]["status"], "start": moved["booking"]["start"] });
    for socket in [&mut here, &mut there] {
        let heard = [socket.next().await, socket.next().await, socket.next().await];
        // Each shows the booking as it is when it is read, so only the last one is sure to the letter.
        assert_eq!(heard.each_ref().map(kind_of), ["CREATED", "RESCHEDULED", "CANCELLED"]);
        assert_eq!(heard[2], change("changes", "CANCELLED", &last));
    }

    let own = stranger.book(&theirs, &tuesday("09:00")).await;
    assert_eq!(strangers.next().await, change("changes", "CREATED", &own["booking"]), "the first that a stranger hears is their own");
}

fn kind_of(heard: &Heard) -> String {
    let Heard::Message(message) = heard else { panic!("{heard:?}") };
    message["payload"]["data"]["bookingChanged"]["kind"].as_str().unwrap_or_else(|| panic!("{message}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_hear_of_their_own_bookings_only_and_not_after_complete() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::open(fleet, "us").await;
    let (sam_id, sam) = salon.add_signed_in("Sam", "STAFF").await;
    salon.set_hours(&sam_id, "UTC", json!([])).await;
    let (by_owner, by_sam) = (salon.service(json!({})).await, salon.service(json!({ "staffIds": [sam_id] })).await);
    let (mut owner, mut staff) = (Socket::of(&salon.owner).await, Socket::of(&sam).await);
    owner.subscribe("1", CHANGES).await;
    owner.subscribe("2", CHANGES).await;
    staff.subscribe("1", CHANGES).await;

    let first = salon.book(&by_owner, &tuesday("09:00")).await;
    let mut both = [owner.next().await, owner.next().await];
    both.sort_by_key(|heard| *heard != change("1", "CREATED", &first["booking"]));
    assert_eq!(both, [change("1", "CREATED", &first["booking"]), change("2", "CREATED", &first["booking"])]);
    owner.say(json!({ "type": "complete", "id": "1" })).await;
    owner.subscribe("3", CHANGES).await;
    owner.say(json!({ "type": "complete", "id": "3" })).await;
    let second = salon.book(&by_sam, &tuesday("10:00")).await;
    let third = salon.book(&by_owner, &tuesday("11:00")).await;

    assert_eq!(staff.next().await, change("1", "CREATED", &second["booking"]), "nothing of the owner's bookings");
    assert_eq!(owner.next().await, change("2", "CREATED", &second["booking"]));
    assert_eq!(owner.next().await, change("2", "CREATED", &third["booking"]), "what is complete is silent");
    // The id of what is complete may be used again.
    owner.subscribe("1", CHANGES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_socket_ends_with_its_session_on_every_node() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&Api::new(fleet.api_url("us").expect("a url")), "us", "PINNED").await;
    let node = fleet.extra_node("us", NodeOptions::default()).await.expect("a node");
    let other = salon.sign_in(&salon.email).await;
    let (mut here, mut there) = (Socket::of(&salon.owner).await, Socket::of(&salon.owner.at(node.api_url())).await);
    let mut others = Socket::of(&other).await;
    for socket in [&mut here, &mut there, &mut others] {
        socket.subscribe("changes", CHANGES).await;
    }

    salon.owner.data("SignOut", json!({})).await;
    let begun = Instant::now();
    let ended = [here.next().await, there.next().await];
    let took = begun.elapsed();

    assert_eq!(ended, [Heard::Closed(4403), Heard::Closed(4403)]);
    // Five seconds are promised; the rest is for a debug build under load.
    assert!(took < Duration::from_secs(6), "{took:?}");
    let mut dead = Socket::open(&salon.owner.url, &[]).await.expect("a socket");
    let bearer = format!("Bearer {}", salon.owner.token.as_deref().expect("a token"));
    dead.say(json!({ "type": "connection_init", "payload": { "authorization": bearer } })).await;
    assert_eq!(dead.next().await, Heard::Closed(4403), "nor does the token open another one");
    assert_eq!(others.within(Duration::from_millis(100)).await, None, "another session of the same person goes on");
}
