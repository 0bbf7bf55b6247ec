//! Whether a request gives the variables that its operation needs (A2). async-graphql reads a missing one as null and tells
//! the type it expected, not which variable is missing. Pure.

use async_graphql::parser::types::OperationDefinition;
use async_graphql::{Value, Variables};

use super::problem::{Code, Problem};

/// Looks for every variable of a type that is not nullable: it must be given unless it has a default, and not as null.
///
/// # Errors
/// 400 that names the first one.
pub fn require(operation: &OperationDefinition, given: &Variables) -> Result<(), Problem> {
    for defined in &operation.variable_definitions {
        let (name, ty) = (&defined.node.name.node, &defined.node.var_type.node);
        let is_there = match given.get(name) {
            None => defined.node.default_value.is_some(),
            Some(value) => *value != Value::Null,
        };
        if !ty.nullable && !is_there {
            let rule = format!("variable \"${name}\" of type \"{ty}\" must be given and not be null");
            return Err(Problem::document(Code::BadUserInput, rule).at([defined.pos]));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn is_enough(query: &str, variables: serde_json::Value) -> bool {
        let document = parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        require(&operation.node, &Variables::from_json(variables)).is_ok()
    }

    #[test]
    fn a2_a_variable_that_is_needed_must_be_given() {
        assert!(is_enough("query ($id: ID!) { node(id: $id) { id } }", json!({ "id": "x" })));
        assert!(!is_enough("query ($id: ID!) { node(id: $id) { id } }", json!({})));
        assert!(!is_enough("query ($id: ID!) { node(id: $id) { id } }", json!({ "id": null, "other": 1 })));
        assert!(!is_enough("query ($ids: [ID]!) { a(ids: $ids) }", json!({})));
    }

    #[test]
    fn a2_one_with_a_default_or_of_a_nullable_type_may_be_left_out() {
        assert!(is_enough("query ($first: Int! = 5) { a(first: $first) }", json!({})));
        assert!(!is_enough("query ($first: Int! = 5) { a(first: $first) }", json!({ "first": null })));
        assert!(is_enough("query ($first: Int) { a(first: $first) }", json!({})));
        assert!(is_enough("query ($first: Int) { a(first: $first) }", json!({ "first": null })));
        assert!(is_enough("{ a }", json!({})));
    }
}
