//! Questions and answers: what is accepted, and that refusals name field and rule but never the answer.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn field(key: &str, kind: FieldKind, required: bool) -> FieldDefinition {
    let options = if kind.has_options() { vec!["Wash".to_owned(), "Cut \"short\"".to_owned()] } else { Vec::new() };
    FieldDefinition { key: key.to_owned(), label: format!("The {key}"), kind, required, options }
}

fn answer(key: &str, value: &str) -> Answer {
    Answer { key: key.to_owned(), value: value.to_owned() }
}

/// The kept value of an answer to a question of `kind`, or the message.
fn check(kind: FieldKind, value: &str) -> Result<String, String> {
    let checked = check_answers(&[field("q", kind, true)], &[answer("q", value)]);
    checked.map(|answers| answers[0].value.clone()).map_err(|refusals| refusals.to_string())
}

#[test]
fn each_kind_accepts_its_form_and_nothing_else() {
    let cases: &[(FieldKind, &[&str], &[&str])] = &[
        (FieldKind::Text, &["hello", "x"], &["two\nlines", &"x".repeat(201)]),
        (FieldKind::LongText, &["two\nlines"], &["bell\u{7}", &"x".repeat(5_001)]),
        (FieldKind::Number, &["0", "-12.5", "007", "3.14"], &["1e5", ".5", "5.", "--1", "-", "NaN", "1,5", &"9".repeat(41)]),
        (FieldKind::Boolean, &["true", "false"], &["True", "yes", "1"]),
        (FieldKind::Select, &["Wash", "Cut \"short\""], &["wash", "Dry", "[\"Wash\"]"]),
        (FieldKind::Email, &["ann@example.org"], &["ann", "ann@example"]),
        (FieldKind::Phone, &["+49 30 1234567"], &["call me"]),
        (
            FieldKind::Url,
            &["https://example.org/a?b#c", "http://localhost:80"],
            &["example.org", "javascript:alert(1)", "https://", "https:///x", "http://a b", "https://u:p@evil.example"],
        ),
        (FieldKind::Date, &["2026-02-28"], &["2026-02-29", "28.02.2026", "2026-2-28", "20260228", "2026-02-28T00:00:00"]),
    ];
    for (kind, good, bad) in cases {
        for value in *good {
            assert_eq!(check(*kind, &format!(" {value} ")), Ok((*value).to_owned()), "{kind}");
        }
        for value in *bad {
            assert!(check(*kind, value).unwrap_err().starts_with("q must "), "{kind} {value}");
        }
    }
}

#[test]
fn a_multiple_choice_is_a_json_array_of_options() {
    for good in [r#"["Wash"]"#, r#"[ "Cut \"short\"" , "Wash" ]"#, r#"["\u0057ash"]"#] {
        assert_eq!(check(FieldKind::MultiSelect, good), Ok(good.to_owned()));
    }
    let no_array = "q must be a JSON array of texts such as [\"Wash\",\"Cut\"]";
    let refused = [
        ("Wash,Cut", no_array),
        (r#"["Wash","#, no_array),
        (r#"["Wash"] x"#, no_array),
        (r#"["Wash",]"#, no_array),
        ("[1]", no_array),
        (r#"["Dry"]"#, "q must choose from the options only"),
        (r#"["Wash","Wash"]"#, "q must choose each option at most once"),
        ("[]", "q must choose at least one option"),
    ];
    for (value, rule) in refused {
        assert_eq!(check(FieldKind::MultiSelect, value), Err(rule.to_owned()), "{value}");
    }
}

#[test]
fn arrays_are_read_as_json_defines_them() {
    let strings = |texts: &[&str]| Some(texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
    assert_eq!(choices::parse(" [ ] "), strings(&[]));
    assert_eq!(choices::parse("[\"\",\"ü\",\"\\n\\/\\\\\\\"\"]"), strings(&["", "ü", "\n/\\\""]));
    assert_eq!(choices::parse(r#"["\ud83d\ude00","\u00E9"]"#), strings(&["😀", "é"]));
    for bad in [
        r#"["\ud83d"]"#,
        r#"["\ude00"]"#,
        r#"["\ud83d\u0041"]"#,
        r#"["\x"]"#,
        r#"["\u00g0"]"#,
        "[\"\n\"]",
        "[\"a\" \"b\"]",
        "[,]",
        "",
        "[",
        "\"a\"",
    ] {
        assert_eq!(choices::parse(bad), None, "{bad}");
    }
}

#[test]
fn answers_come_back_in_the_order_of_the_questions_without_blank_ones() {
    let fields = [field("pet", FieldKind::Text, true), field("web", FieldKind::Url, false), field("age", FieldKind::Number, false)];
    let answers = [answer("age", "3"), answer("web", "  "), answer("pet", " cat ")];

    assert_eq!(check_answers(&fields, &answers), Ok(vec![answer("pet", "cat"), answer("age", "3")]));
}

#[test]
fn every_wrong_answer_is_named_with_its_rule() {
    let fields = [field("pet", FieldKind::Text, true), field("age", FieldKind::Number, true), field("web", FieldKind::Url, true)];
    let answers = [answer("colour", "red"), answer("age", "old"), answer("pet", "cat"), answer("pet", "dog")];

    let refusals = check_answers(&fields, &answers).unwrap_err().into_vec();

    let expected = [
        ("key must be that of a question of this service", vec!["input", "answers", "0", "key"]),
        ("key must be answered only once", vec!["input", "answers", "3", "key"]),
        ("age must be a decimal number such as -12.5", vec!["input", "answers", "1", "value"]),
        ("web must be answered", vec!["input", "answers", "web"]),
    ];
    assert_eq!(refusals, expected.map(|(message, path)| invalid(message, &path)));
}

#[test]
fn a_flood_of_answers_is_refused_unread() {
    let refusals = check_answers(&[], &vec![answer("x", "y"); MOST_FIELDS + 1]).unwrap_err().into_vec();

    assert_eq!(refusals, [invalid("answers must be at most 50", &["input", "answers"])]);
}

#[test]
fn r6_debug_does_not_show_an_answer() {
    assert_eq!(format!("{:?}", answer("illness", "secret")), "Answer { key: \"illness\", .. }");
}

#[test]
fn definitions_are_trimmed() {
    let mut cut = field("cut-1", FieldKind::Select, false);
    cut.label = " Which cut? ".to_owned();
    cut.options.push(" Shave ".to_owned());

    let checked = check_definitions(vec![cut, field("note", FieldKind::LongText, true)]).unwrap();

    assert_eq!(checked[0].label, "Which cut?");
    assert_eq!(checked[0].options, ["Wash", "Cut \"short\"", "Shave"]);
    assert_eq!(checked[1], field("note", FieldKind::LongText, true));
}

#[test]
fn every_wrong_definition_is_named_with_its_rule() {
    let mut no_label = field("a", FieldKind::Text, false);
    no_label.label = " ".to_owned();
    let mut no_options = field("a", FieldKind::Select, false);
    no_options.options.clear();
    let mut equal_options = field("c d", FieldKind::MultiSelect, false);
    equal_options.options = vec!["x".to_owned(), "x ".to_owned()];
    let mut stray_options = field("e", FieldKind::Date, false);
    stray_options.options = vec!["x".to_owned()];

    let refusals = check_definitions(vec![no_label, no_options, equal_options, stray_options]).unwrap_err().into_vec();

    let expected = [
        ("label must not be empty", ["input", "fields", "0", "label"]),
        ("key must differ from the keys of the other fields", ["input", "fields", "1", "key"]),
        ("options must be 1 to 100 for the types SELECT and MULTI_SELECT", ["input", "fields", "1", "options"]),
        ("key must be 1 to 64 of a-z, A-Z, 0-9, hyphen and underscore", ["input", "fields", "2", "key"]),
        ("options must differ from each other", ["input", "fields", "2", "options"]),
        ("options must be empty unless type is SELECT or MULTI_SELECT", ["input", "fields", "3", "options"]),
    ];
    assert_eq!(refusals, expected.map(|(message, path)| Refusal::invalid(message, &path)));
}

#[test]
fn kinds_have_the_names_of_the_schema() {
    for kind in FieldKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    assert_eq!("text".parse::<FieldKind>(), Err(BadFieldKind));
}
