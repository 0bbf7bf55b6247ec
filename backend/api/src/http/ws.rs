//! Subscriptions over a WebSocket: the graphql-transport-ws protocol with its close codes (A2).
//!
//! async-graphql's own implementation lets a silent client stay, knows none of the 44xx codes but one, sends invalid
//! documents as results and takes any number of subscriptions of any size from any origin; hence this one. This file
//! opens a socket, `protocol` reads and writes messages, `session` runs one socket.

mod outputs;
mod protocol;
mod session;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::web::websocket::{WebSocket, WebSocketConfig};
use poem::{FromRequest, IntoResponse, Request, Response};

use super::backend::Backend;
use super::problem::{Code, Problem};
use super::serve::Seat;
use super::service::{Service, Stands};
use super::tenant;
use session::Session;

/// The one sub-protocol spoken.
const PROTOCOL: &str = "graphql-transport-ws";
/// Largest message in bytes, either of one frame or put together.
const MESSAGE_BYTES: usize = 64 * 1024;

/// Whether the request asks for a WebSocket.
pub(super) fn is_upgrade(request: &Request) -> bool {
    let upgrade = request.headers().get(header::UPGRADE).and_then(|value| value.to_str().ok());
    request.method() == Method::GET && upgrade.is_some_and(|name| name.eq_ignore_ascii_case("websocket"))
}

/// Answers the upgrade and runs the socket until it closes.
///
/// # Errors
/// 403 for a foreign origin, 400 for another sub-protocol, 421 for a tenant of another region, and what the head's
/// claims are refused with.
pub(super) async fn open<B: Backend>(service: Arc<Service<B>>, request: Request) -> Result<Response, Problem> {
    if !service.origins.admit(request.headers()) {
        return Err(Problem::new(StatusCode::FORBIDDEN, Code::Forbidden, "this origin must not open sockets").closing());
    }
    if !offers_protocol(request.headers()) {
        return Err(Problem::bad_request(format!("offer the WebSocket sub-protocol {PROTOCOL}")).closing());
    }
    let sender = service.sender(request.headers())?;
    if let Stands::Elsewhere(elsewhere) = &sender.stands {
        return Err(tenant::elsewhere(elsewhere));
    }
    let seat = request.extensions().get::<Seat>().cloned();
    let socket = WebSocket::from_request_without_body(&request).await;
    let socket = socket.map_err(|_| Problem::bad_request("the WebSocket upgrade is malformed").closing())?;
    let config = WebSocketConfig::default().max_message_size(Some(MESSAGE_BYTES)).max_frame_size(Some(MESSAGE_BYTES));
    let upgraded = socket.protocols([PROTOCOL]).config(config).on_upgrade(move |socket| async move {
        Session::new(service, socket, sender).run(seat).await;
    });
    Ok(upgraded.into_response())
}

fn offers_protocol(headers: &HeaderMap) -> bool {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value: &HeaderValue| value.to_str().ok());
    offered.flat_map(|names| names.split(',')).any(|name| name.trim() == PROTOCOL)
}
