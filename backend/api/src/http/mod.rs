//! HTTP.

pub mod body;
pub mod limits;
pub mod negotiation;
pub mod problem;
pub mod serve;
