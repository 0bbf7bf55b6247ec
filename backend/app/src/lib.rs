//! Use cases and jobs. Knows nothing of GraphQL, HTTP and SQL; the [`actor::Actor`] is the first argument of each.

pub mod actor;
pub mod context;
pub mod error;
mod idempotency;

pub use actor::{Actor, Who};
pub use context::App;
pub use error::{Error, Fault, Result};
