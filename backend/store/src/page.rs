//! Pages of a connection: at most 100 rows, and a cursor that names the last row's place in the order.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use thiserror::Error;
use uuid::Uuid;

/// Most rows of one page.
pub const MOST_ROWS: u32 = 100;

/// A place in an order by (instant, id).
///
/// Text form, opaque to clients: base64url without padding of 24 bytes
///
/// ```text
/// 0        8                       24
/// | i64 BE | UUID, 16 bytes        |
///   microseconds since 1970, the row's instant in the order's column
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The row's instant in the order's column.
    pub instant: Timestamp,
    /// The row's id, which breaks ties.
    pub id: Uuid,
}

/// The text is not a cursor of this API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is not a cursor of this API")]
pub struct BadCursor;

impl Cursor {
    /// The opaque text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&self.instant.as_microsecond().to_be_bytes());
        bytes[8..].copy_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the opaque text.
    ///
    /// # Errors
    /// [`BadCursor`]: another length, alphabet or an instant that no row can have: all of them are younger than 1970.
    pub fn from_text(text: &str) -> Result<Self, BadCursor> {
        let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(BadCursor)?;
        let (instant, id) = bytes.split_at(8);
        let micros = i64::from_be_bytes(instant.try_into().map_err(|_| BadCursor)?);
        let instant = Timestamp::from_microsecond(micros).ok().filter(|instant| *instant >= Timestamp::UNIX_EPOCH).ok_or(BadCursor)?;
        Ok(Self { instant, id: Uuid::from_slice(id).map_err(|_| BadCursor)? })
    }
}

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Rows wanted, 1 to [`MOST_ROWS`].
    pub first: u32,
    /// Rows after this place only.
    pub after: Option<Cursor>,
}

/// One page.
#[derive(Debug)]
pub struct Page<T> {
    /// At most `first` rows, in order.
    pub rows: Vec<T>,
    /// Whether more follow.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// From a query that asked for one row more than wanted.
    pub(crate) fn cut(mut rows: Vec<T>, first: u32) -> Self {
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        let has_next = rows.len() > first;
        rows.truncate(first);
        Self { rows, has_next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_round_trips_and_other_texts_are_refused() {
        let cursor = Cursor { instant: Timestamp::constant(1_800_000_000, 123_456_000), id: Uuid::from_u128(7) };

        assert_eq!(Cursor::from_text(&cursor.to_text()), Ok(cursor));
        for bad in ["", "abc", "!!!!", &"A".repeat(31), &format!("g{}", "A".repeat(31))] {
            assert_eq!(Cursor::from_text(bad), Err(BadCursor), "{bad}");
        }
    }
}
