//! Spans of time: half-open, UTC. Wall-clock work is in [`crate::schedule`] (B4).

use jiff::Timestamp;

/// `[start, end)` in UTC. Never ends before it starts; may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    start: Timestamp,
    end: Timestamp,
}

impl Interval {
    /// The span from `start` up to `end`, or `None` when `end` lies before `start`.
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start <= end).then_some(Self { start, end })
    }

    /// First instant inside.
    #[must_use]
    pub const fn start(&self) -> Timestamp {
        self.start
    }

    /// First instant no longer inside.
    #[must_use]
    pub const fn end(&self) -> Timestamp {
        self.end
    }

    /// Whether it holds no instant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Whether `instant` lies inside.
    #[must_use]
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether both share an instant; touching spans do not, an empty span meets nothing.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start.max(other.start) < self.end.min(other.end)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn span(start: i64, end: i64) -> Interval {
        Interval::new(Timestamp::from_second(start).unwrap(), Timestamp::from_second(end).unwrap()).unwrap()
    }

    #[test]
    fn touching_spans_do_not_overlap() {
        assert!(!span(0, 10).overlaps(&span(10, 20)));
        assert!(span(0, 11).overlaps(&span(10, 20)));
    }

    #[test]
    fn an_empty_span_meets_nothing() {
        assert!(!span(5, 5).overlaps(&span(0, 10)));
        assert!(!span(0, 10).overlaps(&span(5, 5)));
    }

    #[test]
    fn a_span_cannot_end_before_it_starts() {
        assert_eq!(Interval::new(Timestamp::from_second(1).unwrap(), Timestamp::UNIX_EPOCH), None);
    }
}
