//! From query text to a document that keeps the limits, parsed once and remembered for the next request with that text.
//!
//! The memory holds texts of clients, so it stays in this process, is bounded, and keeps short texts only; a document in
//! it says nothing about any tenant's rows. Two generations: when the younger one is full it becomes the older one and
//! what was in the older one is forgotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition};
use async_graphql::parser::{Error as ParseError, parse_query};

use super::limits::{self, Measure, Unfit};
use super::problem::{Code, Problem};
use super::typename;

/// Texts per generation.
const REMEMBERED: usize = 256;
/// Longest text that is remembered, in bytes.
const REMEMBERED_BYTES: usize = 8 * 1024;

/// A document that keeps the limits.
#[derive(Debug)]
pub struct Document {
    /// What the parser made of the text.
    pub executable: ExecutableDocument,
    /// What it asks for.
    pub measure: Measure,
}

impl Document {
    /// The operation to run.
    ///
    /// # Errors
    /// The name is missing where it is needed, or names none.
    pub fn operation(&self, name: Option<&str>) -> Result<&OperationDefinition, Problem> {
        let found = match (&self.executable.operations, name) {
            (DocumentOperations::Single(operation), None) => Some(operation),
            (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
            (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations.values().next(),
            (DocumentOperations::Multiple(_), None) => {
                return Err(wrong("operationName must be given: the document has several operations"));
            }
            (DocumentOperations::Single(_), Some(_)) => None,
        };
        found.map(|operation| &operation.node).ok_or_else(|| wrong("operationName names no operation of the document"))
    }
}

/// Parses, measures and remembers documents.
#[derive(Default)]
pub struct Documents(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    young: HashMap<String, Arc<Document>>,
    old: HashMap<String, Arc<Document>>,
}

impl Documents {
    /// The document of a query text.
    ///
    /// # Errors
    /// A syntax error or a limit that is passed.
    pub fn prepare(&self, text: &str) -> Result<Arc<Document>, Problem> {
        if let Some(known) = self.recall(text) {
            return Ok(known);
        }
        limits::scan(text).map_err(|unfit| of_unfit(&unfit))?;
        let mut executable = parse_query(text).map_err(|error| of_syntax(&error))?;
        let measure = limits::measure(&executable).map_err(|unfit| of_unfit(&unfit))?;
        typename::expose(&mut executable)?;
        let document = Arc::new(Document { executable, measure });
        if text.len() <= REMEMBERED_BYTES {
            self.with(|generations| generations.remember(text, Arc::clone(&document)));
        }
        Ok(document)
    }

    fn recall(&self, text: &str) -> Option<Arc<Document>> {
        self.with(|generations| {
            if let Some(known) = generations.young.get(text) {
                return Some(Arc::clone(known));
            }
            let known = generations.old.remove(text)?;
            generations.remember(text, Arc::clone(&known));
            Some(known)
        })
    }

    fn with<R>(&self, work: impl FnOnce(&mut Generations) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Generations {
    fn remember(&mut self, text: &str, document: Arc<Document>) {
        if self.young.len() >= REMEMBERED {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(text.to_owned(), document);
    }
}

fn wrong(message: &str) -> Problem {
    Problem::document(Code::BadUserInput, message)
}

fn of_unfit(unfit: &Unfit) -> Problem {
    let code = if unfit.is_too_complex() { Code::QueryTooComplex } else { Code::BadUserInput };
    Problem::document(code, unfit.to_string())
}

/// The parser draws the query with an arrow below; of that only "expected …" is told, and the place.
fn of_syntax(error: &ParseError) -> Problem {
    let message = match error {
        ParseError::RecursionLimitExceeded => return of_unfit(&Unfit::Brackets),
        ParseError::Syntax { message, .. } => {
            let expected = message.lines().rev().find_map(|line| line.trim_start().strip_prefix("= expected ")).unwrap_or("something else");
            format!("syntax error: expected {}", expected.replace('_', " "))
        }
        other => format!("syntax error: {other}"),
    };
    Problem::document(Code::BadUserInput, message).at(error.positions().take(1))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_parsed_once() {
        let documents = Documents::default();

        let first = documents.prepare("{ a }").unwrap();
        let second = documents.prepare("{ a }").unwrap();

        assert!(Arc::ptr_eq(&first, &second));
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_used() {
        let documents = Documents::default();
        let kept = documents.prepare("{ kept }").unwrap();
        for number in 0..3 * REMEMBERED {
            documents.prepare(&format!("{{ a{number} }}")).unwrap();
            documents.prepare("{ kept }").unwrap();
        }

        assert!(Arc::ptr_eq(&kept, &documents.prepare("{ kept }").unwrap()));
        assert!(documents.with(|generations| generations.young.len() + generations.old.len()) <= 2 * REMEMBERED);
    }

    #[test]
    fn a_syntax_error_names_what_was_expected_and_where() {
        let problem = Documents::default().prepare("{ a(").unwrap_err();

        assert_eq!(
            problem.to_error(),
            json!({"message": "syntax error: expected name", "locations": [{"line": 1, "column": 5}], "extensions": {"code": "BAD_USER_INPUT"}})
        );
    }

    #[test]
    fn the_operation_is_found_by_name() {
        let documents = Documents::default();
        let both = documents.prepare("query A { a } mutation B { b }").unwrap();
        let one = documents.prepare("query A { a }").unwrap();
        let bare = documents.prepare("{ a }").unwrap();

        assert!(both.operation(Some("B")).is_ok() && one.operation(None).is_ok() && bare.operation(None).is_ok());
        for wrong in [both.operation(None), both.operation(Some("C")), bare.operation(Some("A"))] {
            assert_eq!(wrong.unwrap_err().code(), Code::BadUserInput);
        }
    }
}
