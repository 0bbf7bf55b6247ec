//! Rows: the only crate that sees SQL, sea-orm and sqlx.
//!
//! [`TenantTx`] is the only door to a tenant's rows (I2); it is opened from a [`TenantScope`], which only the directory
//! mirror hands out. One file per noun holds that noun's statements. Sealed values stay opaque bytes here.
//! Global tables (directory mirror, pending sign-ups, identities) hold no tenant data and have doors of their own.

mod begin;
mod booking;
mod bookings;
mod claim;
pub mod control;
mod customer;
mod database;
pub mod directory;
mod entity;
mod fault;
mod group_session;
mod hold;
mod idempotency;
mod instant;
mod key_store;
pub mod migrate;
mod notice;
mod page;
mod schedule;
mod scope;
mod service;
mod session;
mod shard;
mod slots;
mod staff;
mod tenant;
mod time_off;

pub use booking::{BookingRow, NewCustomer, REFERENCE_KEY};
pub use bookings::{BookingFilter, BookingOrder, BookingOrderField};
pub use claim::{ClaimOwner, NO_OVERLAP, NewClaim, Occupied, Run};
pub use customer::CustomerRow;
pub use database::{Database, PoolSize};
pub use directory::Directory;
pub use fault::StoreFault;
pub use group_session::LockedSession;
pub use hold::HoldRow;
pub use idempotency::{KeyUse, Recalled};
pub use key_store::{KeyStore, WrappedKey};
pub use notice::{ChangeKind, Notice, Notices, Outgoing};
pub use page::{BadCursor, Cursor, MOST_ROWS, Page, PageRequest};
pub use schedule::ScheduleRow;
pub use scope::{TenantScope, TenantTx};
pub use session::{LiveSession, NewSession, RefreshTokenState, TokenPair};
pub use shard::Shards;
pub use slots::{Offer, StaffHours};
pub use staff::{NewStaff, STAFF_EMAIL, StaffLogin, StaffRow};
pub use tenant::{NewTenant, TenantRow};
pub use time_off::TimeOffRow;
