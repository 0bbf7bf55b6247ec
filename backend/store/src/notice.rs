//! Notices that a booking changed, from the node that committed it to every node of the region.
//!
//! They are hints, sent after the commit and never inside it: PostgreSQL serialises commits that notify, which would cost
//! every write the secondary's round trip in turn. A node that dies between commit and notice loses the notice only.
//!
//! Payload on the channel `booking_changed`, at most [`BATCH`] lines, each
//!
//! ```text
//! <tenant, 32 hex> <booking, 32 hex> <C|R|X>\n      C created, R rescheduled, X cancelled
//! ```

use std::fmt::Write as _;

use domain::ids::{BookingId, TenantId};
use domain::region::ShardNumber;
use futures_util::Stream;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;

use crate::fault::StoreFault;
use crate::shard::Shards;

const CHANNEL: &str = "booking_changed";
/// Lines in one payload; PostgreSQL takes just under 8,000 bytes.
const BATCH: usize = 100;
/// Notices a slow subscriber may lag behind before it loses the oldest.
const BACKLOG: usize = 1_024;

/// What happened to a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was made.
    Created,
    /// It was moved.
    Rescheduled,
    /// It was called off.
    Cancelled,
}

/// One booking changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// Whose booking.
    pub tenant: TenantId,
    /// Which.
    pub booking: BookingId,
    /// How.
    pub kind: ChangeKind,
}

/// The node's end of the channel. Cheap to clone.
#[derive(Clone)]
pub struct Notices {
    outgoing: mpsc::UnboundedSender<(ShardNumber, Notice)>,
    incoming: broadcast::Sender<Notice>,
}

/// What [`Notices::run`] needs; made with it.
pub struct Outgoing(mpsc::UnboundedReceiver<(ShardNumber, Notice)>);

impl Notices {
    /// A new end of the channel and what its sender task takes from.
    #[must_use]
    pub fn new() -> (Self, Outgoing) {
        let (outgoing, queue) = mpsc::unbounded_channel();
        (Self { outgoing, incoming: broadcast::channel(BACKLOG).0 }, Outgoing(queue))
    }

    /// Tells every node of the region, soon. Call after the commit.
    pub fn tell(&self, shard: ShardNumber, notice: Notice) {
        // The queue is closed only while the node stops.
        let _closed = self.outgoing.send((shard, notice));
    }

    /// The notices of one tenant from now on. A reader that is too slow misses the oldest.
    pub fn of_tenant(&self, tenant: TenantId) -> impl Stream<Item = Notice> + use<> {
        let incoming = self.incoming.subscribe();
        futures_util::stream::unfold(incoming, move |mut incoming| async move {
            loop {
                match incoming.recv().await {
                    Ok(notice) if notice.tenant == tenant => return Some((notice, incoming)),
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        })
    }

    /// Sends what [`Self::tell`] queued, several notices in one message. Ends when every clone is gone.
    pub async fn send_queued(shards: Shards, Outgoing(mut queue): Outgoing) {
        let mut batch = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut batch, BATCH).await > 0 {
            for (shard, pool) in shards.pools() {
                let payload = payload(batch.iter().filter(|(at, _)| *at == shard).map(|(_, notice)| notice));
                if !payload.is_empty() {
                    send(pool, &payload).await;
                }
            }
            batch.clear();
        }
    }

    /// Listens on one shard until the connection is lost.
    ///
    /// # Errors
    /// [`StoreFault::Unavailable`]: the connection could not be made or was lost; call again.
    pub async fn listen(&self, shards: &Shards, shard: ShardNumber) -> Result<(), StoreFault> {
        let mut listener = PgListener::connect_with(shards.pool(shard)?).await?;
        listener.listen(CHANNEL).await?;
        while let Some(message) = listener.try_recv().await? {
            for notice in message.payload().lines().filter_map(parse) {
                // Nobody subscribed: nothing to tell.
                let _nobody = self.incoming.send(notice);
            }
        }
        Err(StoreFault::Unavailable("the listening connection was lost".to_owned()))
    }
}

async fn send(pool: &PgPool, payload: &str) {
    if let Err(error) = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(payload).execute(pool).await {
        tracing::warn!(fault = %StoreFault::from(error), "subscribers were not told of changed bookings");
    }
}

fn payload<'a>(notices: impl Iterator<Item = &'a Notice>) -> String {
    let mut text = String::new();
    for notice in notices {
        let kind = match notice.kind {
            ChangeKind::Created => 'C',
            ChangeKind::Rescheduled => 'R',
            ChangeKind::Cancelled => 'X',
        };
        // Writing to a String cannot fail.
        let _infallible = writeln!(text, "{} {} {kind}", notice.tenant.uuid().simple(), notice.booking.uuid().simple());
    }
    text
}

fn parse(line: &str) -> Option<Notice> {
    let mut words = line.split(' ');
    let tenant = TenantId::new(Uuid::try_parse(words.next()?).ok()?);
    let booking = BookingId::new(Uuid::try_parse(words.next()?).ok()?);
    let kind = match words.next()? {
        "C" => ChangeKind::Created,
        "R" => ChangeKind::Rescheduled,
        "X" => ChangeKind::Cancelled,
        _ => return None,
    };
    Some(Notice { tenant, booking, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_reads_back_and_other_lines_are_ignored() {
        let notices = [ChangeKind::Created, ChangeKind::Rescheduled, ChangeKind::Cancelled].map(|kind| Notice {
            tenant: TenantId::new(Uuid::from_u128(1)),
            booking: BookingId::new(Uuid::from_u128(2)),
            kind,
        });

        let read: Vec<_> = payload(notices.iter()).lines().filter_map(parse).collect();

        assert_eq!(read, notices);
        assert_eq!(parse("x y C"), None);
    }
}
