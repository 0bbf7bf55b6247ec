//! One socket, from the upgrade to its close: initialised in time, its session looked up again and again, its
//! operations counted and stopped when it ends.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::ids::TenantId;
use futures_util::stream::{AbortHandle, SelectAll};
use futures_util::{SinkExt, StreamExt};
use http::StatusCode;
use poem::web::websocket::{Message, WebSocketStream};
use serde_json::json;
use tokio::time::{Instant, Interval, interval_at, sleep_until, timeout_at};

use super::outputs::{self, Output, Outputs};
use super::protocol::{self, ClientMessage, Close, InitPayload};
use crate::http::backend::Backend;
use crate::http::body::Members;
use crate::http::problem::Problem;
use crate::http::serve::Seat;
use crate::http::service::{Sender, Service, Stands};
use crate::http::tenant::{Bearer, Claims};

/// Most operations at once on one socket.
const OPERATIONS: usize = 50;
/// How long the client has to answer the server's close.
const FAREWELL: Duration = Duration::from_secs(1);

pub(super) struct Session<B: Backend> {
    service: Arc<Service<B>>,
    socket: WebSocketStream,
    claims: Claims,
    bearer: Option<Bearer>,
    /// None before `connection_init` has been answered.
    caller: Option<B::Caller>,
    /// For the log.
    tenant: Option<TenantId>,
    running: SelectAll<Outputs>,
    ids: HashMap<Arc<str>, AbortHandle>,
    last_heard: Instant,
    /// Look-ups of the session that failed for want of an answer, in a row.
    failed_checks: u32,
}

/// Why a socket ends.
enum End {
    /// The client is gone.
    Gone,
    /// The server closes.
    Closed(Close),
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Closed(close)
    }
}

impl From<std::io::Error> for End {
    fn from(_: std::io::Error) -> Self {
        Self::Gone
    }
}

enum Event {
    Stopping,
    Heard(Option<std::io::Result<Message>>),
    Output(Output),
    InitLate,
    Recheck,
    KeepAlive,
}

impl<B: Backend> Session<B> {
    pub(super) fn new(service: Arc<Service<B>>, socket: WebSocketStream, sender: Sender<B::Home>) -> Self {
        Self {
            service,
            socket,
            claims: sender.claims,
            bearer: sender.bearer,
            caller: None,
            tenant: None,
            running: SelectAll::new(),
            ids: HashMap::new(),
            last_heard: Instant::now(),
            failed_checks: 0,
        }
    }

    /// Runs the socket. `seat` keeps its place under the connection cap and tells when the node stops.
    pub(super) async fn run(mut self, seat: Option<Seat>) {
        let times = self.service.times;
        let begun = Instant::now();
        let mut recheck = interval_at(begun + times.recheck, times.recheck);
        let mut keep_alive = interval_at(begun + times.keep_alive, times.keep_alive);
        let end = loop {
            let event = self.event(seat.as_ref(), begun + times.init, &mut recheck, &mut keep_alive).await;
            if let Err(end) = self.handle(event).await {
                break end;
            }
        };
        let code = if let End::Closed(close) = end { self.say_farewell(close).await } else { 1000 };
        let duration_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(code, duration_ms, tenant.id = self.tenant.map(tracing::field::display), "socket closed");
    }

    async fn event(&mut self, seat: Option<&Seat>, init_until: Instant, recheck: &mut Interval, keep_alive: &mut Interval) -> Event {
        let stopping = async {
            match seat {
                Some(seat) => seat.stopped().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopping => Event::Stopping,
            heard = self.socket.next() => Event::Heard(heard),
            Some(output) = self.running.next(), if !self.running.is_empty() => Event::Output(output),
            () = sleep_until(init_until), if self.caller.is_none() => Event::InitLate,
            _ = recheck.tick(), if self.caller.is_some() => Event::Recheck,
            _ = keep_alive.tick() => Event::KeepAlive,
        }
    }

    async fn handle(&mut self, event: Event) -> Result<(), End> {
        match event {
            Event::Stopping => Err(Close::GOING_AWAY.into()),
            Event::Heard(heard) => self.heard(heard).await,
            Event::Output(output) => self.send_output(output).await,
            Event::InitLate => Err(Close::INIT_TIMEOUT.into()),
            Event::Recheck => self.recheck().await,
            Event::KeepAlive => self.keep_alive().await,
        }
    }

    async fn heard(&mut self, heard: Option<std::io::Result<Message>>) -> Result<(), End> {
        self.last_heard = Instant::now();
        match heard {
            None | Some(Ok(Message::Close(_))) => Err(End::Gone),
            Some(Err(error)) if is_broken_connection(&error) => Err(End::Gone),
            Some(Err(_)) => Err(Close::UNREADABLE.into()),
            Some(Ok(Message::Binary(_))) => Err(Close::BINARY.into()),
            // The WebSocket layer answers pings itself.
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
            Some(Ok(Message::Text(text))) => self.obey(ClientMessage::read(&text)?).await,
        }
    }

    async fn obey(&mut self, message: ClientMessage) -> Result<(), End> {
        match message {
            ClientMessage::ConnectionInit { payload } => self.initialise(payload.unwrap_or_default()).await,
            ClientMessage::Subscribe { id, payload } => self.subscribe(id, payload).await,
            ClientMessage::Complete { id } => {
                self.forget(&id);
                Ok(())
            }
            ClientMessage::Ping => Ok(self.socket.send(protocol::pong()).await?),
            ClientMessage::Pong => Ok(()),
        }
    }

    async fn initialise(&mut self, payload: InitPayload) -> Result<(), End> {
        if self.caller.is_some() {
            return Err(Close::TOO_MANY_INITS.into());
        }
        if let Some(text) = payload.authorization {
            let (bearer, token) = Bearer::parse(&text).map_err(|_| Close::FORBIDDEN)?;
            if self.bearer.as_ref().is_some_and(|of_head| *of_head != bearer) {
                return Err(Close::FORBIDDEN.into());
            }
            self.claims.token = Some(token);
            self.bearer = Some(bearer);
        }
        self.caller = Some(self.admit().await?.map_err(|problem| refused(&problem))?);
        Ok(self.socket.send(protocol::connection_ack()).await?)
    }

    /// Places the tenant again and looks the token up: both may have changed since.
    async fn admit(&mut self) -> Result<Result<B::Caller, Problem>, End> {
        let home = match self.service.place(&self.claims) {
            Ok(Stands::Here(home)) => home,
            Ok(Stands::Elsewhere(elsewhere)) => return Err(Close::elsewhere(&elsewhere.region.code, &elsewhere.region.api_url).into()),
            Err(problem) => return Ok(Err(problem)),
        };
        self.tenant = home.as_ref().map(|home| self.service.backend.tenant(home));
        Ok(self.service.admit(home.as_ref(), self.bearer.as_ref()).await)
    }

    async fn recheck(&mut self) -> Result<(), End> {
        match self.admit().await? {
            Ok(caller) => {
                self.caller = Some(caller);
                self.failed_checks = 0;
            }
            Err(problem) if problem.status() == StatusCode::SERVICE_UNAVAILABLE && self.failed_checks == 0 => self.failed_checks = 1,
            Err(problem) => return Err(refused(&problem).into()),
        }
        Ok(())
    }

    async fn keep_alive(&mut self) -> Result<(), End> {
        if self.last_heard.elapsed() > 2 * self.service.times.keep_alive {
            return Err(Close::SILENT.into());
        }
        Ok(self.socket.send(Message::ping(Vec::new())).await?)
    }

    async fn subscribe(&mut self, id: String, payload: Members) -> Result<(), End> {
        let Some(caller) = self.caller.clone() else { return Err(Close::UNAUTHORIZED.into()) };
        if self.ids.contains_key(id.as_str()) {
            return Err(Close::taken(&id).into());
        }
        if self.ids.len() >= OPERATIONS {
            return Err(Close::TOO_MANY_OPERATIONS.into());
        }
        let request = payload.into_request().map_err(|_| Close::MALFORMED)?;
        let prepared = match self.service.prepare(request, &caller) {
            Ok(prepared) => prepared,
            Err(problem) => return Ok(self.socket.send(protocol::error(&id, &json!([problem.to_error()]))).await?),
        };
        let id: Arc<str> = id.into();
        let responses = self.service.backend.subscribe(prepared.request, caller);
        let (outputs, stop) = outputs::of(Arc::clone(&id), prepared.kind, prepared.runs_at_once, self.service.times.request, responses);
        self.running.push(outputs);
        self.ids.insert(id, stop);
        Ok(())
    }

    async fn send_output(&mut self, output: Output) -> Result<(), End> {
        let message = match output {
            Output::Next(id, answer) => protocol::next(&id, &answer),
            Output::Failed(id, errors) => {
                self.forget(&id);
                protocol::error(&id, &errors)
            }
            Output::Done(id) => {
                self.forget(&id);
                protocol::complete(&id)
            }
        };
        Ok(self.socket.send(message).await?)
    }

    fn forget(&mut self, id: &str) {
        if let Some(stop) = self.ids.remove(id) {
            stop.abort();
        }
    }

    /// Sends the close and gives the client a moment to take it in: dropping the socket while the client still sends
    /// would reset the connection and lose the code. Returns the code.
    async fn say_farewell(&mut self, close: Close) -> u16 {
        let until = Instant::now() + FAREWELL;
        if timeout_at(until, self.socket.send(close.frame())).await.is_ok_and(|sent| sent.is_ok()) {
            loop {
                match timeout_at(until, self.socket.next()).await {
                    Ok(Some(Ok(Message::Close(_))) | None) | Err(_) => break,
                    Ok(Some(Ok(_))) => {}
                    // Nothing more can be read from what was malformed; the client still reads.
                    Ok(Some(Err(_))) => {
                        sleep_until(until).await;
                        break;
                    }
                }
            }
        }
        close.code()
    }
}

fn refused(problem: &Problem) -> Close {
    if problem.status() == StatusCode::SERVICE_UNAVAILABLE { Close::TRY_LATER } else { Close::FORBIDDEN }
}

fn is_broken_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, TimedOut, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | TimedOut | UnexpectedEof)
}
