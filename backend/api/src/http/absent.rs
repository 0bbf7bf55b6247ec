//! Gives variables that a request left out their null, where null means the same as absent.
//!
//! GraphQL takes an argument whose variable was left out for absent (specification, section 6.4.1), and async-graphql does
//! so when it runs a field; but its count of complexity refuses the document. In this schema no argument of a field has a
//! default value, so null says there what absence says. Input fields do have defaults, so a variable that stands inside a
//! list or an object is left alone. Pure.

use std::collections::HashSet;
use std::convert::Infallible;

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet, VariableDefinition};
use async_graphql::{Name, Value, Variables};

/// Adds the nulls. Operations that are not run count too: they are validated with the rest. The document's nesting must
/// have been limited before.
pub fn fill(document: &ExecutableDocument, variables: &mut Variables) {
    let defined = document.operations.iter().flat_map(|(_, operation)| &operation.node.variable_definitions);
    let absent: Vec<&Name> =
        defined.filter(|defined| may_be_absent(&defined.node, variables)).map(|defined| &defined.node.name.node).collect();
    if absent.is_empty() {
        return;
    }
    let uses = Uses::of(document);
    for name in absent {
        if uses.whole.contains(name) && !uses.inside.contains(name) {
            variables.insert(name.clone(), Value::Null);
        }
    }
}

fn may_be_absent(defined: &VariableDefinition, given: &Variables) -> bool {
    defined.var_type.node.nullable && defined.default_value.is_none() && !given.contains_key(&defined.name.node)
}

/// Where variables stand.
#[derive(Default)]
struct Uses {
    /// As the whole value of a field's argument.
    whole: HashSet<Name>,
    /// Inside a list or an object.
    inside: HashSet<Name>,
}

impl Uses {
    fn of(document: &ExecutableDocument) -> Self {
        let mut uses = Self::default();
        document.operations.iter().for_each(|(_, operation)| uses.in_set(&operation.node.selection_set.node));
        document.fragments.values().for_each(|fragment| uses.in_set(&fragment.node.selection_set.node));
        uses
    }

    fn in_set(&mut self, set: &SelectionSet) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    self.in_arguments(&field.node);
                    self.in_set(&field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => self.in_set(&inline.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    /// The type of a written value is not public; turning it into a constant tells its variables, and a lone one makes it
    /// null.
    fn in_arguments(&mut self, field: &Field) {
        for (_, value) in &field.arguments {
            let mut named = Vec::new();
            let constant = value.node.clone().into_const_with(|name| {
                named.push(name);
                Ok::<_, Infallible>(Value::Null)
            });
            let place = if constant == Ok(Value::Null) { &mut self.whole } else { &mut self.inside };
            place.extend(named);
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn filled(query: &str, given: serde_json::Value) -> serde_json::Value {
        let mut variables = Variables::from_json(given);
        fill(&parse_query(query).unwrap(), &mut variables);
        serde_json::to_value(variables).unwrap()
    }

    #[test]
    fn only_what_may_be_absent_and_is_a_whole_argument_becomes_null() {
        let table = [
            ("query ($a: Int) { x(a: $a) }", json!({}), json!({ "a": null })),
            ("query ($a: Int) { x(a: $a) }", json!({ "a": 1 }), json!({ "a": 1 })),
            ("query ($a: Int!) { x(a: $a) }", json!({}), json!({})),
            ("query ($a: Int = 7) { x(a: $a) }", json!({}), json!({})),
            ("query ($a: Int) { x(i: { a: $a }) }", json!({}), json!({})),
            ("query ($a: Int) { x(a: $a) y(l: [$a]) }", json!({}), json!({})),
            ("query ($a: Int) { z { ... { ...F } } } fragment F on T { x(a: $a) }", json!({}), json!({ "a": null })),
            ("query A { y } query B($b: Int) { x(a: $b) }", json!({}), json!({ "b": null })),
        ];
        for (query, given, expected) in table {
            assert_eq!(filled(query, given), expected, "{query}");
        }
    }
}
