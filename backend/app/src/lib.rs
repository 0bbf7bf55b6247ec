//! Use cases and jobs. Knows nothing of GraphQL, HTTP and SQL; the [`actor::Actor`] is the first argument of each.

pub mod actor;
pub mod booking;
mod candidates;
pub mod context;
pub mod control;
pub mod customer;
pub mod error;
pub mod hold;
mod idempotency;
pub mod jobs;
pub mod keys;
mod password;
pub mod routing;
pub mod schedule;
mod sealed;
pub mod service;
pub mod session;
pub mod slots;
pub mod staff;
pub mod tenant;
pub mod time_off;

pub use actor::{Actor, Who};
pub use context::App;
pub use error::{Error, Fault, Result};
/// The region that a peer's certificate names; the HTTP layer asks it of every connection between nodes.
pub use platform::tls::node_region;
