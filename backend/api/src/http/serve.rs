//! The accept loop of every listener: HTTP/1.1 over plain TCP or mutual TLS, feeding one poem endpoint.
//!
//! poem's own server has no time limit on slow headers, no cap on connections and counts no upgraded sockets, so this
//! loop stands in for it (A2). It knows nothing of GraphQL or tenants; what a request means is the endpoint's business.

mod peer;
mod stream;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Scheme;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Request};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

pub use peer::PeerRegion;
use stream::PatientStream;

/// The longest request head (start line and header fields) in bytes; a longer one is answered 431.
const HEAD_BYTES: usize = 16 * 1024;
/// How long the loop waits when the process has no file descriptor left.
const DESCRIPTOR_PAUSE: Duration = Duration::from_millis(100);

/// Number and time limits of one listener.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionLimits {
    /// Connections held at once, upgraded sockets included; further ones wait in the kernel's queue.
    pub connections: usize,
    /// A TLS handshake must be over by then.
    pub handshake: Duration,
    /// A request head must have arrived by then; also how long a kept-alive connection may lie idle.
    pub head: Duration,
    /// A client that takes no byte of an answer for so long is dropped.
    pub write_stall: Duration,
    /// How long bytes still on their way are taken in and thrown away after the last answer, so that a client that is
    /// still sending gets to read the answer instead of a reset.
    pub linger: Duration,
    /// How long open requests may go on after a stop.
    pub drain: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 4096,
            handshake: Duration::from_secs(5),
            head: Duration::from_secs(10),
            write_stall: Duration::from_secs(30),
            linger: Duration::from_secs(2),
            drain: Duration::from_secs(10),
        }
    }
}

/// A connection's place under the cap, found among a request's extensions. Whoever outlives the HTTP connection (an
/// upgraded socket) keeps a clone, so that it still counts and a graceful stop waits for it.
#[derive(Clone)]
pub struct Seat(Arc<SeatHolder>);

struct SeatHolder {
    _permit: OwnedSemaphorePermit,
    _running: TaskTrackerToken,
    stop: CancellationToken,
}

impl Seat {
    /// Resolves when the listener is asked to stop.
    pub async fn stopped(&self) {
        self.0.stop.cancelled().await;
    }
}

/// Serves `endpoint` on `socket` until `stop`, then lets open requests finish for `limits.drain`.
///
/// With `tls`, each request carries a [`PeerRegion`] among its extensions when the client's certificate names one.
pub async fn serve<E>(
    socket: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    endpoint: E,
    limits: ConnectionLimits,
    stop: CancellationToken,
) where
    E: Endpoint + 'static,
{
    let tasks = TaskTracker::new();
    let door = Arc::new(Door { endpoint, tls: tls.map(TlsAcceptor::from), limits, stop, abandon: CancellationToken::new() });
    accept_until_stopped(&socket, &door, &tasks).await;
    drop(socket);
    tasks.close();
    if timeout(limits.drain, tasks.wait()).await.is_err() {
        tracing::warn!(connections = tasks.len(), "connections still open after the drain time are dropped");
        door.abandon.cancel();
    }
}

async fn accept_until_stopped<E: Endpoint + 'static>(socket: &TcpListener, door: &Arc<Door<E>>, tasks: &TaskTracker) {
    let seats = Arc::new(Semaphore::new(door.limits.connections));
    let accept = async || {
        let permit = seats.clone().acquire_owned().await;
        (permit, socket.accept().await)
    };
    loop {
        let (permit, accepted) = tokio::select! {
            biased;
            () = door.stop.cancelled() => return,
            accepted = accept() => accepted,
        };
        let Ok(permit) = permit else { return };
        match accepted {
            Ok((tcp, remote)) => {
                let seat = Seat(Arc::new(SeatHolder { _permit: permit, _running: tasks.token(), stop: door.stop.clone() }));
                tasks.spawn(Arc::clone(door).receive(tcp, remote, seat));
            }
            Err(error) => pause_after(&error).await,
        }
    }
}

/// A connection that broke before it was accepted is nobody's fault; having no descriptor left needs a pause, or the
/// loop would spin.
async fn pause_after(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    if !matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted) {
        tracing::warn!(%error, "no connection can be accepted, trying again");
        sleep(DESCRIPTOR_PAUSE).await;
    }
}

struct Door<E> {
    endpoint: E,
    tls: Option<TlsAcceptor>,
    limits: ConnectionLimits,
    stop: CancellationToken,
    abandon: CancellationToken,
}

/// What the loop knows of a connection, told to every request on it.
#[derive(Clone)]
struct Origin {
    local: LocalAddr,
    remote: RemoteAddr,
    scheme: Scheme,
    peer: Option<PeerRegion>,
    seat: Seat,
}

impl<E: Endpoint + 'static> Door<E> {
    async fn receive(self: Arc<Self>, tcp: TcpStream, remote: SocketAddr, seat: Seat) {
        let Ok(local) = tcp.local_addr() else { return };
        if tcp.set_nodelay(true).is_err() {
            return;
        }
        let mut origin = Origin {
            local: LocalAddr(Addr::SocketAddr(local)),
            remote: RemoteAddr(Addr::SocketAddr(remote)),
            scheme: Scheme::HTTP,
            peer: None,
            seat,
        };
        let Some(acceptor) = &self.tls else { return self.converse(tcp, origin).await };
        match timeout(self.limits.handshake, acceptor.accept(tcp)).await {
            Ok(Ok(stream)) => {
                origin.scheme = Scheme::HTTPS;
                origin.peer = PeerRegion::of(stream.get_ref().1);
                self.converse(stream, origin).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, "TLS handshake refused"),
            Err(_) => tracing::debug!("TLS handshake took too long"),
        }
    }

    async fn converse<T>(&self, stream: T, origin: Origin)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let io = TokioIo::new(PatientStream::new(stream, self.limits.write_stall, self.limits.linger));
        let service = service_fn(|request| self.answer(request, origin.clone()));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .max_header_size(HEAD_BYTES)
            .serve_connection(io, service)
            .with_upgrades();
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = connection.as_mut() => ended,
                    () = self.abandon.cancelled() => return,
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "connection ended early");
        }
    }

    async fn answer(&self, mut request: http::Request<Incoming>, origin: Origin) -> Result<hyper::Response<AnswerBody>, Infallible> {
        request.extensions_mut().insert(origin.seat);
        if let Some(peer) = origin.peer {
            request.extensions_mut().insert(peer);
        }
        let request = Request::from((request, origin.local, origin.remote, origin.scheme));
        Ok(self.endpoint.get_response(request).await.into())
    }
}

type AnswerBody = http_body_util::combinators::BoxBody<bytes::Bytes, std::io::Error>;
