//! `domicile schema`: the GraphQL schema as text, the source of `schema.graphql` (A1).

use std::io::Write;

use anyhow::{Context, Result};

/// Prints the schema.
///
/// # Errors
/// Standard output is closed.
pub fn run() -> Result<()> {
    std::io::stdout().write_all(api::graphql::sdl().as_bytes()).context("write the schema")
}
