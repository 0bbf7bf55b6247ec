//! Use cases and jobs. Knows nothing of GraphQL, HTTP and SQL; the [`actor::Actor`] is the first argument of each.

pub mod actor;
pub mod context;
pub mod control;
pub mod error;
mod idempotency;
pub mod jobs;
pub mod keys;
mod password;
mod sealed;
pub mod routing;
pub mod session;
pub mod staff;
pub mod tenant;

pub use actor::{Actor, Who};
pub use context::App;
pub use error::{Error, Fault, Result};
