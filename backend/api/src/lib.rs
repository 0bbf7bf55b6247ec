//! GraphQL and HTTP: what clients see. No SQL here.

pub mod control;
pub mod graphql;
pub mod http;
pub mod node;
