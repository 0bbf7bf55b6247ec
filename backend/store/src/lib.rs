//! Rows: the only crate that sees SQL, sea-orm and sqlx.
//!
//! [`TenantTx`] is the only door to a tenant's rows (I2); it is opened from a [`TenantScope`], which only the directory
//! mirror hands out. One file per noun holds that noun's statements. Sealed values stay opaque bytes here.
//! Global tables (directory mirror, pending sign-ups, identities) hold no tenant data and have doors of their own.

pub mod control;
mod database;
pub mod directory;
mod fault;
mod instant;
pub mod migrate;
mod page;
mod scope;
mod shard;

pub use database::{Database, PoolSize};
pub use directory::Directory;
pub use fault::StoreFault;
pub use page::{Cursor, Page, PageRequest};
pub use scope::{TenantScope, TenantTx};
pub use shard::Shards;
