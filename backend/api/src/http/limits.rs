//! How large a GraphQL document may be (A2), decided before async-graphql looks at it.
//!
//! async-graphql's own limits walk the document with every fragment written out, so about 1 KiB of fragments that each
//! spread the next one twice keeps a core busy for minutes. Here each fragment is weighed once and remembered, which
//! takes time in step with the text. Two steps, both pure:
//!
//! 1. [`scan`] reads the bare text before the parser does: size, token count, nesting of brackets.
//! 2. [`measure`] weighs the parsed document.
//!
//! What costs a resolver's work (lists times children) is not seen here: that is the schema's complexity, see [`configure`].

mod document;
#[cfg(test)]
mod tests;
mod text;

use async_graphql::SchemaBuilder;
use thiserror::Error;

pub use document::{Measure, measure};
pub use text::scan;

/// Longest query text in bytes.
pub const TEXT_BYTES: usize = 64 * 1024;
/// Most tokens (names, numbers, strings, punctuation) in a query text.
pub const TOKENS: usize = 6_000;
/// Deepest nesting of brackets of any kind in a query text. Keeps the parser's recursion far from the end of the stack.
pub const BRACKETS: usize = 32;
/// Most selections (fields, spreads, inline fragments) once every fragment is written out.
pub const SELECTIONS: u64 = 2_000;
/// Deepest nesting of fields. The customary introspection query has 15.
pub const DEPTH: u64 = 18;
/// Deepest nesting of fields, spreads and inline fragments together.
pub const NESTING: u64 = 48;
/// Most aliases once every fragment is written out.
pub const ALIASES: u64 = 30;
/// Most directives once every fragment is written out.
pub const DIRECTIVES: u64 = 50;
/// Most fields at the root of a query or subscription.
pub const ROOT_FIELDS: u64 = 30;
/// Most fields at the root of a mutation, so that one request is not a way to guess many passwords.
pub const MUTATION_FIELDS: u64 = 10;
/// How often the list fields of introspection (`fields`, `inputFields`, `interfaces`, `possibleTypes`) may stand below
/// one another; each step multiplies the answer by the size of the schema. The customary query has 1.
pub const INTROSPECTION_LISTS: u64 = 2;
/// Highest complexity as the schema counts it: one per field, children times the usual length of a page or a long list,
/// and something on top for a slot search.
pub const COMPLEXITY: usize = 10_000;

/// Why a document is not executed. The text is meant for the client.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unfit {
    /// The text is too long.
    #[error("the query text must not be longer than {TEXT_BYTES} bytes")]
    Text,
    /// Too many tokens.
    #[error("the query must not have more than {TOKENS} tokens")]
    Tokens,
    /// Brackets too deep.
    #[error("brackets must not be nested deeper than {BRACKETS} levels")]
    Brackets,
    /// A string that has no end.
    #[error("syntax error: a string has no end")]
    EndlessString,
    /// Fields too deep.
    #[error("fields must not be nested deeper than {DEPTH} levels")]
    Depth,
    /// Fields and fragments too deep.
    #[error("fields and fragments must not be nested deeper than {NESTING} levels")]
    Nesting,
    /// Too many selections after fragments are written out.
    #[error("the query must not select more than {SELECTIONS} fields and fragments, each counted as often as it is spread")]
    Selections,
    /// Too many aliases.
    #[error("the query must not have more than {ALIASES} aliases")]
    Aliases,
    /// Too many directives.
    #[error("the query must not have more than {DIRECTIVES} directives")]
    Directives,
    /// Too many fields at the root.
    #[error("one operation must not have more than {0} root fields")]
    RootFields(u64),
    /// Introspection that multiplies itself.
    #[error("introspection must not nest fields, inputFields, interfaces and possibleTypes more than {INTROSPECTION_LISTS} times")]
    Introspection,
    /// A fragment that spreads itself, directly or through others.
    #[error("fragment \"{0}\" must not spread itself")]
    Cycle(String),
}

impl Unfit {
    /// Whether the document is too big, as opposed to wrong.
    #[must_use]
    pub fn is_too_complex(&self) -> bool {
        !matches!(self, Self::EndlessString | Self::Cycle(_))
    }
}

/// Sets the limits that need the schema. Suggestions for misspelt names are off: they cost an edit distance per name.
#[must_use]
pub fn configure<Q, M, S>(builder: SchemaBuilder<Q, M, S>) -> SchemaBuilder<Q, M, S> {
    let nesting = usize::try_from(NESTING).unwrap_or(usize::MAX);
    builder.limit_complexity(COMPLEXITY).limit_recursive_depth(nesting).disable_suggestions()
}
