//! What attackers send: too much, too deep, too wide. Each is refused with a code, and whoever else asks is answered.

use std::fmt::Write as _;

use futures_util::future::join_all;
use serde_json::{Map, json};
use suite::salon::Salon;
use suite::wire;

use super::{NEWER, asking, nobody, post_as, while_others_are_served};

/// Fragments that each spread the next one twice: about a kibibyte that would be written out to 2^levels fields.
fn bomb(levels: usize) -> String {
    let mut text = String::from("{...F0}");
    for level in 0..levels {
        write!(text, "fragment F{level} on Query{{...F{next} ...F{next}}}", next = level + 1).expect("text");
    }
    write!(text, "fragment F{levels} on Query{{__typename}}").expect("text");
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_hostile_documents_are_refused_while_others_are_served() {
    let (fleet, _gate) = suite::fleet().await;
    let url = fleet.api_url("us").expect("a url");
    let aliases = (0..1_000).fold(String::new(), |text, n| format!("{text}a{n}:__typename "));
    let small_bomb = bomb(30);
    assert!(small_bomb.len() < 1_300, "{}", small_bomb.len());
    let table = [
        ("1,000 aliases", format!("{{{aliases}}}"), "QUERY_TOO_COMPLEX"),
        (
            "1,000 aliases of mutations",
            format!("mutation {{{}}}", aliases.replace("__typename", "signOut{userErrors{code}}")),
            "QUERY_TOO_COMPLEX",
        ),
        ("1,000 aliases of a field", format!("{{ regions {{ {} }} }}", aliases.replace("__typename", "code")), "QUERY_TOO_COMPLEX"),
        ("fragment bomb", small_bomb.clone(), "QUERY_TOO_COMPLEX"),
        ("cyclic fragments", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".into(), "BAD_USER_INPUT"),
        ("a fragment in itself", "{ ...A } fragment A on Query { ...A }".into(), "BAD_USER_INPUT"),
        ("nearly 1 MiB of fields", format!("{{{}}}", "nothing ".repeat(130_000)), "QUERY_TOO_COMPLEX"),
        ("65 KiB of text", format!("{{ __typename }} #{}", "x".repeat(65 * 1024)), "QUERY_TOO_COMPLEX"),
        ("64 KiB of fields", format!("{{{}}}", "__typename ".repeat(5_900)), "QUERY_TOO_COMPLEX"),
        ("10,000 braces", "{a".repeat(10_000), "QUERY_TOO_COMPLEX"),
        ("10,000 braces, closed", format!("{}{}", "{a".repeat(10_000), "}".repeat(10_000)), "QUERY_TOO_COMPLEX"),
        ("50,000 list brackets", format!("{{ whereIs(alias: {}", "[".repeat(50_000)), "QUERY_TOO_COMPLEX"),
        ("50,000 object brackets", format!("{{ whereIs(alias: {}", "{a:".repeat(15_000)), "QUERY_TOO_COMPLEX"),
        ("list type of 50,000 levels", format!("query ($a: {}", "[".repeat(50_000)), "QUERY_TOO_COMPLEX"),
        ("1,000 directives", format!("{{ __typename {} }}", "@skip(if: false) ".repeat(1_000)), "QUERY_TOO_COMPLEX"),
        ("300 root fields", format!("{{ {} }}", "regions{code} ".repeat(300)), "QUERY_TOO_COMPLEX"),
        (
            "introspection in itself",
            format!("{{ __schema {{ types {{ {}name{} }} }} }}", "fields { type { ".repeat(4), "}}".repeat(4)),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "1,000 operations",
            (0..1_000).fold(String::new(), |text, n| format!("{text}query Q{n} {{ regions {{ code }} }} ")),
            "QUERY_TOO_COMPLEX",
        ),
    ];
    while_others_are_served(&url, async {
        for (name, document, code) in &table {
            let answer = wire::post(&url, &[NEWER], asking(document)).await;
            assert_eq!((answer.status, answer.code().as_str()), (400, *code), "{name}: {answer:?}");
        }
        let bombs = join_all((0..32).map(|_| wire::post(&url, &[NEWER], asking(&small_bomb)))).await;
        assert!(bombs.iter().all(|answer| answer.code() == "QUERY_TOO_COMPLEX"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_page_times_its_fields_counts_before_it_is_read() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = Salon::sign_up(&nobody(fleet, "us"), "us", "PINNED").await;
    let row = "id reference start end status service { id name staff { id name } } staff { id name } customer { name email }";
    let page = |n: usize| format!("p{n}: bookings(first: 100) {{ edges {{ node {{ {row} }} }} }}");

    let one = post_as(&salon.owner, &asking(&format!("{{ {} }}", page(0)))).await;
    let many = post_as(&salon.owner, &asking(&format!("{{ {} }}", (0..25).map(page).collect::<Vec<_>>().join(" ")))).await;

    assert_eq!(one.status, 200, "{one:?}");
    assert_eq!((many.status, many.code().as_str()), (400, "QUERY_TOO_COMPLEX"), "{many:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_hostile_bodies_are_refused_while_others_are_served() {
    let (fleet, _gate) = suite::fleet().await;
    let url = fleet.api_url("us").expect("a url");
    let mut no_utf8 = asking("{ __typename }").into_bytes();
    no_utf8[14] = 0xff;
    let deep = |levels: usize| {
        format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{}1{}}}}}", "{\"a\":".repeat(levels), "}".repeat(levels))
    };
    let lists = format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{}", "[".repeat(500_000));
    let variables: Map<_, _> = (0..50_000).map(|n| (format!("v{n}"), json!(n))).collect();
    let wide = json!({ "query": "{ __typename }", "variables": variables });
    let table: Vec<(&str, Vec<u8>, u16)> = vec![
        ("12 MiB", asking(&"x".repeat(12 * 1024 * 1024)).into(), 413),
        ("a byte over 3 MiB", vec![b' '; 3 * 1024 * 1024 + 1], 413),
        ("3 MiB of nothing", vec![b' '; 3 * 1024 * 1024], 400),
        ("no UTF-8", no_utf8, 400),
        ("a byte order mark", [b"\xef\xbb\xbf".as_slice(), asking("{ __typename }").as_bytes()].concat(), 400),
        ("UTF-16", asking("{ __typename }").encode_utf16().flat_map(u16::to_le_bytes).collect(), 400),
        ("variables of 1,000 levels", deep(1_000).into(), 400),
        ("variables of 100,000 levels", deep(100_000).into(), 400),
        ("lists of 500,000 levels", lists.into(), 400),
        ("a member twice", br#"{"query":"{ __typename }","query":"{ regions { code } }"}"#.to_vec(), 400),
        ("something behind", [asking("{ __typename }").as_bytes(), b"{}"].concat(), 400),
        ("half of it", asking("{ __typename }").as_bytes()[..10].to_vec(), 400),
        ("nothing", Vec::new(), 400),
        ("a number that is none", br#"{"query":"{ __typename }","variables":{"a":NaN}}"#.to_vec(), 400),
        (
            "a number with 100,000 digits",
            format!("{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{}}}}}", "9".repeat(100_000)).into(),
            400,
        ),
        ("50,000 variables that nobody asked for", wide.to_string().into(), 200),
    ];
    while_others_are_served(&url, async {
        for (name, body, status) in &table {
            let answer = wire::post(&url, &[NEWER], body).await;
            assert_eq!(answer.status, *status, "{name}: {answer:?}");
            assert!(*status == 200 || answer.code() == "BAD_USER_INPUT", "{name}: {answer:?}");
        }
    })
    .await;
}
