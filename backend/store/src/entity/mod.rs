//! The tables as sea-orm sees them: one file each, columns only. Private to this crate.

pub(crate) mod booking;
pub(crate) mod customer;
pub(crate) mod schedule;
pub(crate) mod service;
pub(crate) mod service_staff;
