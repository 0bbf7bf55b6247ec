//! Weighs a parsed document: each fragment once, each spread as often as it stands.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet};

use super::{ALIASES, DEPTH, DIRECTIVES, INTROSPECTION_LISTS, MUTATION_FIELDS, NESTING, ROOT_FIELDS, SELECTIONS, Unfit};

/// What a document that keeps the limits asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// It reads the schema through `__schema` or `__type`.
    pub introspects: bool,
}

/// Weighs every operation and fragment of `document`; the time is in step with the text.
///
/// # Errors
/// The first limit that is passed.
pub fn measure(document: &ExecutableDocument) -> Result<Measure, Unfit> {
    let mut scales = Scales { document, fragments: HashMap::new() };
    for name in document.fragments.keys() {
        scales.fragment(name, 0)?;
    }
    let mut all = Weight::default();
    for (_, operation) in document.operations.iter() {
        let weight = scales.operation(&operation.node)?;
        all = all.beside(weight)?;
    }
    Ok(Measure { introspects: all.introspects })
}

/// The weight of a selection set with its fragments written out.
#[derive(Debug, Clone, Copy, Default)]
struct Weight {
    selections: u64,
    aliases: u64,
    directives: u64,
    /// Fields at this very level.
    fields_here: u64,
    depth: u64,
    nesting: u64,
    /// Longest chain of introspection's list fields.
    introspection_lists: u64,
    introspects: bool,
}

impl Weight {
    /// Two things side by side: counts add up, the deeper one decides.
    fn beside(self, other: Self) -> Result<Self, Unfit> {
        Self {
            selections: self.selections.saturating_add(other.selections),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
            fields_here: self.fields_here.saturating_add(other.fields_here),
            depth: self.depth.max(other.depth),
            nesting: self.nesting.max(other.nesting),
            introspection_lists: self.introspection_lists.max(other.introspection_lists),
            introspects: self.introspects || other.introspects,
        }
        .checked()
    }

    fn checked(self) -> Result<Self, Unfit> {
        let limits = [
            (self.selections > SELECTIONS, Unfit::Selections),
            (self.aliases > ALIASES, Unfit::Aliases),
            (self.directives > DIRECTIVES, Unfit::Directives),
            (self.depth > DEPTH, Unfit::Depth),
            (self.nesting > NESTING, Unfit::Nesting),
        ];
        match limits.into_iter().find(|(passed, _)| *passed) {
            Some((_, unfit)) => Err(unfit),
            None => Ok(self),
        }
    }
}

struct Scales<'a> {
    document: &'a ExecutableDocument,
    /// `None` while the fragment is being weighed: meeting it again then is a cycle.
    fragments: HashMap<&'a str, Option<Weight>>,
}

impl<'a> Scales<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Weight, Unfit> {
        let mut weight = self.set(&operation.selection_set.node, 0)?;
        let on_variables: usize = operation.variable_definitions.iter().map(|variable| variable.node.directives.len()).sum();
        weight.directives = weight.directives.saturating_add(count(operation.directives.len().saturating_add(on_variables)));
        let root_fields = if operation.ty == OperationType::Mutation { MUTATION_FIELDS } else { ROOT_FIELDS };
        if weight.fields_here > root_fields {
            return Err(Unfit::RootFields(root_fields));
        }
        weight.checked()
    }

    fn fragment(&mut self, name: &'a str, level: u64) -> Result<Weight, Unfit> {
        match self.fragments.get(name) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => return Err(Unfit::Cycle(name.to_owned())),
            None => {}
        }
        // An unknown fragment weighs nothing; validation names it.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Weight::default()) };
        self.fragments.insert(name, None);
        let weight = self.set(&fragment.node.selection_set.node, level)?;
        self.fragments.insert(name, Some(weight));
        Ok(weight)
    }

    /// `level` bounds this function's own recursion; the exact nesting is part of the weight.
    fn set(&mut self, set: &'a SelectionSet, level: u64) -> Result<Weight, Unfit> {
        if level > NESTING {
            return Err(Unfit::Nesting);
        }
        let mut sum = Weight::default();
        for selection in &set.items {
            let weight = self.selection(&selection.node, level + 1)?;
            sum = sum.beside(weight)?;
        }
        Ok(sum)
    }

    fn selection(&mut self, selection: &'a Selection, level: u64) -> Result<Weight, Unfit> {
        let mut weight = match selection {
            Selection::Field(field) => self.field(&field.node, level)?,
            Selection::FragmentSpread(spread) => self.fragment(spread.node.fragment_name.node.as_str(), level)?,
            Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, level)?,
        };
        weight.selections = weight.selections.saturating_add(1);
        weight.nesting = weight.nesting.saturating_add(1);
        weight.directives = weight.directives.saturating_add(count(selection.directives().len()));
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field, level: u64) -> Result<Weight, Unfit> {
        let below = self.set(&field.selection_set.node, level)?;
        let name = field.name.node.as_str();
        let introspects = matches!(name, "__schema" | "__type");
        if introspects && below.introspection_lists > INTROSPECTION_LISTS {
            return Err(Unfit::Introspection);
        }
        let is_list = matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes");
        Ok(Weight {
            aliases: below.aliases.saturating_add(u64::from(field.alias.is_some())),
            fields_here: 1,
            depth: below.depth.saturating_add(1),
            introspection_lists: below.introspection_lists.saturating_add(u64::from(is_list)),
            introspects: below.introspects || introspects,
            ..below
        })
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
