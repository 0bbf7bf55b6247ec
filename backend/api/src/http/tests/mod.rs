//! The whole HTTP layer on a real socket, with a stand-in for the node behind it.
#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::unused_async, reason = "resolvers are async by async-graphql's rule")]

mod graphql;
mod hostile;
mod residency;
pub(super) mod stand;
pub(super) mod wire;
