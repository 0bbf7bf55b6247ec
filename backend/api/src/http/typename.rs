//! Makes async-graphql validate `__typename` like any other field.
//!
//! It looks past that field, so that a variable used only in its `@include` counts as unused, while arguments, a
//! selection and unknown directives on it pass. Here `__typename @include(if: $v)` becomes
//! `... @include(if: $v) { __typename }`, which means the same and is validated; the rest is refused. Pure.

use async_graphql::Positioned;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, InlineFragment, OperationDefinition, Selection, SelectionSet,
};

use super::problem::{Code, Problem};

/// Rewrites every `__typename` that has directives. The document's nesting must have been limited before.
///
/// # Errors
/// A `__typename` with arguments or a selection.
pub fn expose(document: &mut ExecutableDocument) -> Result<(), Problem> {
    let operations: Vec<&mut Positioned<OperationDefinition>> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    let of_operations = operations.into_iter().map(|operation| &mut operation.node.selection_set.node);
    let of_fragments = document.fragments.values_mut().map(|fragment| &mut fragment.node.selection_set.node);
    of_operations.chain(of_fragments).try_for_each(in_set)
}

fn in_set(set: &mut SelectionSet) -> Result<(), Problem> {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) if field.node.name.node == "__typename" => {
                require_bare(field)?;
                if !field.node.directives.is_empty() {
                    item.node = Selection::InlineFragment(wrapped(field.clone()));
                }
            }
            Selection::Field(field) => in_set(&mut field.node.selection_set.node)?,
            Selection::InlineFragment(inline) => in_set(&mut inline.node.selection_set.node)?,
            Selection::FragmentSpread(_) => {}
        }
    }
    Ok(())
}

fn require_bare(field: &Positioned<Field>) -> Result<(), Problem> {
    if field.node.arguments.is_empty() && field.node.selection_set.node.items.is_empty() {
        return Ok(());
    }
    Err(Problem::document(Code::BadUserInput, "__typename takes no arguments and has no fields").at([field.pos]))
}

fn wrapped(mut field: Positioned<Field>) -> Positioned<InlineFragment> {
    let (pos, directives) = (field.pos, std::mem::take(&mut field.node.directives));
    let selection_set = Positioned::new(SelectionSet { items: vec![Positioned::new(Selection::Field(field), pos)] }, pos);
    Positioned::new(InlineFragment { type_condition: None, directives, selection_set }, pos)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use async_graphql::parser::parse_query;

    use super::*;

    /// The names of the selections of a document's first operation, an inline fragment in brackets with its directives.
    fn drawn(set: &SelectionSet) -> String {
        let items = set.items.iter().map(|item| match &item.node {
            Selection::Field(field) => format!("{}{}", field.node.response_key().node, drawn(&field.node.selection_set.node)),
            Selection::InlineFragment(inline) => format!("@{}[{}]", inline.node.directives.len(), drawn(&inline.node.selection_set.node)),
            Selection::FragmentSpread(spread) => spread.node.fragment_name.node.to_string(),
        });
        items.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_typename_with_directives_is_wrapped() {
        let text = "{ a @skip(if: true) __typename n: __typename @skip(if: $a) @include(if: $b) ... on Q { __typename @skip(if: $a) } ...F } \
             fragment F on Q { x { __typename @skip(if: $a) } }";
        let mut document = parse_query(text).unwrap();
        expose(&mut document).unwrap();

        let (_, operation) = document.operations.iter().next().unwrap();
        assert_eq!(drawn(&operation.node.selection_set.node), "a __typename @2[n] @0[@1[__typename]] F");
        assert_eq!(drawn(&document.fragments["F"].node.selection_set.node), "x@1[__typename]");
    }

    #[test]
    fn typename_takes_nothing() {
        for wrong in ["{ __typename(a: 1) }", "{ a { ... { __typename { b } } } }", "{ ...F } fragment F on Q { __typename(a: 1) }"] {
            assert!(expose(&mut parse_query(wrong).unwrap()).is_err(), "{wrong}");
        }
    }
}
