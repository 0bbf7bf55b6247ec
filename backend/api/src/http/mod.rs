//! HTTP.

pub mod serve;
