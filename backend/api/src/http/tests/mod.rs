//! The whole HTTP layer on a real socket, with a stand-in for the node behind it.
#![expect(clippy::unwrap_used, reason = "tests")]

mod graphql;
mod hostile;
mod residency;
pub(super) mod stand;
