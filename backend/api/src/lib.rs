//! GraphQL and HTTP: what clients see. No SQL here.

pub mod http;
