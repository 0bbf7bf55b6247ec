//! The number of a request: in the `x-request-id` header, in the log line, and as the reference of a fault.
//!
//! ```text
//! 5f1c0a93-0000002a
//! └──┬───┘ └──┬───┘
//!    │        └─ counts up in this process (8 hex digits)
//!    └─ made when the process starts (8 hex digits)
//! ```
//!
//! It is no secret and opens nothing, so it needs no random source of its own. What a client sends as `x-request-id` is
//! ignored; only another region's node is believed, so that both logs name a forwarded request alike.

use std::fmt;
use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header that carries it.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(std::process::id()) >> 32);
static NEXT: AtomicU32 = AtomicU32::new(1);

tokio::task_local! {
    static CURRENT: RequestId;
}

/// One request's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// A new number.
    #[must_use]
    pub fn next() -> Self {
        Self(format!("{:08x}-{:08x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    /// The number another region's node gave the request it forwards; a new one when it sent none.
    #[must_use]
    pub fn of_peer(headers: &HeaderMap) -> Self {
        let sent = headers.get(HEADER).and_then(|value| value.to_str().ok());
        sent.filter(|text| is_well_formed(text)).map_or_else(Self::next, |text| Self(text.to_owned()))
    }

    /// The number of the request that this task serves; a new one outside a request.
    #[must_use]
    pub fn current() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_else(|_| Self::next())
    }

    /// Runs `work` as the work of this request.
    pub fn cover<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, work)
    }

    /// As the value of a header.
    #[must_use]
    pub fn to_header(&self) -> HeaderValue {
        HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static("unknown"))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_well_formed(text: &str) -> bool {
    text.len() == 17 && text.bytes().enumerate().all(|(at, byte)| if at == 8 { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ_and_keep_their_form() {
        let (first, second) = (RequestId::next(), RequestId::next());

        assert_ne!(first, second);
        assert!(is_well_formed(&first.to_string()), "{first}");
    }

    #[test]
    fn a_peer_is_believed_only_in_the_right_form() {
        let sent = |value: &'static str| HeaderMap::from_iter([(HEADER, HeaderValue::from_static(value))]);

        assert_eq!(RequestId::of_peer(&sent("0123abcd-00000007")).to_string(), "0123abcd-00000007");
        assert_ne!(RequestId::of_peer(&sent("a b")).to_string(), "a b");
    }

    #[tokio::test]
    async fn the_current_number_is_the_covering_one() {
        let id = RequestId::next();

        let seen = id.clone().cover(async { RequestId::current() }).await;

        assert_eq!(seen, id);
    }
}
