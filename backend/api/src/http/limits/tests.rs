//! Hostile documents, each with the limit that stops it, and honest ones that pass.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use async_graphql::parser::parse_query;

use super::*;

/// What a request goes through: the text, then the document.
fn judge(text: &str) -> Result<Measure, Unfit> {
    scan(text)?;
    measure(&parse_query(text).unwrap())
}

fn bomb(levels: usize) -> String {
    let mut text = String::from("{ ...F0 }");
    for level in 0..levels {
        write!(text, " fragment F{level} on Query {{ ...F{next} ...F{next} }}", next = level + 1).unwrap();
    }
    write!(text, " fragment F{levels} on Query {{ __typename }}").unwrap();
    text
}

fn repeated(unit: impl Fn(usize) -> String, times: usize) -> String {
    (0..times).map(unit).collect()
}

fn nested(levels: usize) -> String {
    format!("{}{}", "{a".repeat(levels), "}".repeat(levels))
}

#[test]
fn a2_hostile_documents_are_stopped_by_the_limit_they_pass() {
    let table = [
        (bomb(30), Unfit::Selections),
        (bomb(11), Unfit::Selections),
        (format!("{{{}}}", repeated(|i| format!("a{i}: __typename "), 31)), Unfit::Aliases),
        (format!("{{ x {{{}}} }}", repeated(|_| "a: b ".into(), 1_000)), Unfit::Aliases),
        (format!("{{ x {{{}}} }}", repeated(|_| "a ".into(), 2_001)), Unfit::Selections),
        (format!("{{{}}}", repeated(|i| format!("a{i} "), 31)), Unfit::RootFields(30)),
        (format!("mutation {{{}}}", repeated(|i| format!("a{i} "), 11)), Unfit::RootFields(10)),
        (format!("{{ a {} }}", "@x ".repeat(51)), Unfit::Directives),
        (format!("query {} {{ a }}", "@x ".repeat(51)), Unfit::Directives),
        (format!("query ($v: Int {}) {{ a(v: $v) }}", "@x ".repeat(51)), Unfit::Directives),
        (nested(19), Unfit::Depth),
        (nested(33), Unfit::Brackets),
        ("{a".repeat(30_000), Unfit::Brackets),
        (format!("{{ a(b: {}", "[".repeat(60_000)), Unfit::Brackets),
        (format!("query ($v: {}", "[".repeat(60_000)), Unfit::Brackets),
        (format!("{{ a(b: [\"\"\"x\" {}", "[".repeat(60_000)), Unfit::EndlessString),
        (format!("{{ a(b: \"x\n{}", "[".repeat(60_000)), Unfit::EndlessString),
        (format!("{{{}}}", "a ".repeat(6_001)), Unfit::Tokens),
        (format!("{{{}}}", "a ".repeat(600_000)), Unfit::Text),
        ("{ ...A } fragment A on Q { ...A }".into(), Unfit::Cycle("A".into())),
        ("{ a } fragment A on Q { x { ...A } }".into(), Unfit::Cycle("A".into())),
        ("{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".into(), Unfit::Introspection),
        (
            "{ __type(name: \"Q\") { ...T } } fragment T on __Type { fields { type { interfaces { possibleTypes { name } } } } }".into(),
            Unfit::Introspection,
        ),
    ];
    for (text, expected) in table {
        let begun = Instant::now();
        assert_eq!(judge(&text), Err(expected), "{}", text.chars().take(80).collect::<String>());
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?} for {}", begun.elapsed(), text.chars().take(80).collect::<String>());
    }
}

#[test]
fn a2_aliases_are_counted_before_the_text_is_parsed() {
    assert_eq!(scan(&format!("{{{}}}", repeated(|i| format!("a{i}: x "), 31))), Err(Unfit::Aliases));
    assert_eq!(
        scan(&format!(
            "query ({}) {{ a(b: {{{}}}) b: c }}",
            repeated(|i| format!("$v{i}: Int "), 60),
            repeated(|i| format!("f{i}: 1 "), 60)
        )),
        Ok(())
    );
}

#[test]
fn a2_a_long_chain_of_fragments_is_stopped_without_deep_recursion() {
    let mut text = String::from("{ ...F0 }");
    for level in 0..600 {
        write!(text, " fragment F{level} on Q {{ ...F{} }}", level + 1).unwrap();
    }
    text.push_str(" fragment F600 on Q { a }");

    assert_eq!(judge(&text), Err(Unfit::Nesting));
}

#[test]
fn a_cycle_over_two_fragments_is_named() {
    let judged = judge("{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }");

    assert!(matches!(judged, Err(Unfit::Cycle(_))), "{judged:?}");
}

#[test]
fn honest_documents_pass() {
    let deep = nested(18);
    let introspection = customary_introspection();
    for text in ["{ __typename }", &deep, &introspection, "{ a(b: \"{{{{\", c: \"\"\"(((\\\"\"\" [\"\"\") } # }}}\n"] {
        assert!(judge(text).is_ok(), "{text}: {:?}", judge(text));
    }
    assert_eq!(judge(&bomb(4)).map(|measure| measure.introspects), Ok(false));
}

#[test]
fn brackets_in_strings_and_comments_do_not_count() {
    let text = format!("{{ a(b: \"{0}\", c: \"\"\"{0}\"\"\") }} # {0}", "{([".repeat(100));

    assert_eq!(scan(&text), Ok(()));
}

#[test]
fn introspection_is_told_apart_from_typename() {
    assert_eq!(judge("{ __typename }"), Ok(Measure { introspects: false }));
    assert_eq!(judge("{ ...A } fragment A on Q { __schema { description } }"), Ok(Measure { introspects: true }));
}

#[test]
fn only_size_is_complexity() {
    assert!(Unfit::Selections.is_too_complex() && Unfit::Text.is_too_complex());
    assert!(!Unfit::EndlessString.is_too_complex() && !Unfit::Cycle("A".into()).is_too_complex());
}

/// The query that GraphiQL and code generators send.
fn customary_introspection() -> String {
    let of_type = format!("{}{}", "ofType { kind name ".repeat(9), "}".repeat(9));
    format!(
        "query IntrospectionQuery {{ __schema {{ description queryType {{ name kind }} mutationType {{ name kind }} subscriptionType {{ name kind }}
           types {{ ...FullType }} directives {{ name description isRepeatable locations args(includeDeprecated: true) {{ ...InputValue }} }} }} }}
         fragment FullType on __Type {{ kind name description specifiedByURL
           fields(includeDeprecated: true) {{ name description args(includeDeprecated: true) {{ ...InputValue }} type {{ ...TypeRef }} isDeprecated deprecationReason }}
           inputFields(includeDeprecated: true) {{ ...InputValue }} interfaces {{ ...TypeRef }}
           enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} possibleTypes {{ ...TypeRef }} }}
         fragment InputValue on __InputValue {{ name description type {{ ...TypeRef }} defaultValue isDeprecated deprecationReason }}
         fragment TypeRef on __Type {{ kind name {of_type} }}"
    )
}
