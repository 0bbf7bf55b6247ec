//! Which media types a request speaks, by the GraphQL-over-HTTP specification (A2). Pure.
//!
//! Asked for nothing or for anything (`*/*`), the answer is `application/json`, as clients older than the specification
//! expect. Only JSON is taken in: a form post or plain text needs no preflight in a browser, so taking it would let any
//! page send mutations.

use http::{HeaderMap, StatusCode, header};

use super::problem::{Code, Problem};

/// The two media types of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status tells whether the request was valid.
    GraphQlResponse,
    /// `application/json`: a well-formed request is answered 200 whatever the document holds.
    Json,
}

impl MediaType {
    /// The `content-type` of an answer.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// The answer's media type by the request's `accept` header.
    ///
    /// # Errors
    /// 406 when neither is acceptable.
    pub fn accepted(headers: &HeaderMap) -> Result<Self, Problem> {
        let mut ranges = headers.get_all(header::ACCEPT).iter().peekable();
        if ranges.peek().is_none() {
            return Ok(Self::Json);
        }
        let ranges: Vec<Range<'_>> =
            ranges.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).filter_map(Range::parse).collect();
        let graphql = quality(&ranges, "graphql-response+json");
        let json = quality(&ranges, "json");
        match (graphql, json) {
            (0, 0) => Err(Problem::new(
                StatusCode::NOT_ACCEPTABLE,
                Code::BadUserInput,
                "accept application/graphql-response+json or application/json",
            )),
            // On a tie the newer type wins only when it was named; a wildcard leaves the older one.
            (graphql, json)
                if graphql > json || (graphql == json && ranges.iter().any(|range| range.subtype == "graphql-response+json")) =>
            {
                Ok(Self::GraphQlResponse)
            }
            _ => Ok(Self::Json),
        }
    }
}

/// Checks that the request's body is JSON in UTF-8.
///
/// # Errors
/// 415 otherwise.
pub fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let is_json = match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        (Some(text), None) => is_utf8_json(text),
        _ => false,
    };
    if is_json {
        return Ok(());
    }
    let message = "send the query as application/json in UTF-8";
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadUserInput, message).header(header::ACCEPT, "application/json").closing())
}

fn is_utf8_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts
        .filter_map(|parameter| parameter.split_once('='))
        .all(|(name, value)| !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8"));
    is_json && is_utf8
}

/// One media range of an `accept` header; quality in thousandths.
struct Range<'a> {
    kind: &'a str,
    subtype: String,
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let quality = parts.filter_map(|parameter| parameter.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        let quality = quality.map_or(Some(1000), |(_, value)| thousandths(value.trim()))?;
        Some(Self { kind, subtype: subtype.to_ascii_lowercase(), quality })
    }

    /// How closely the range names the type: 3 exactly, 2 `application/*`, 1 `*/*`, none when it does not.
    fn closeness(&self, subtype: &str) -> Option<u8> {
        match (self.kind, self.subtype.as_str()) {
            ("*", "*") => Some(1),
            (kind, "*") if kind.eq_ignore_ascii_case("application") => Some(2),
            (kind, named) if kind.eq_ignore_ascii_case("application") && named == subtype => Some(3),
            _ => None,
        }
    }
}

/// The quality the closest range gives a subtype of `application`; 0 when none names it.
fn quality(ranges: &[Range<'_>], subtype: &str) -> u16 {
    let closest = ranges.iter().filter_map(|range| range.closeness(subtype).map(|closeness| (closeness, range.quality)));
    closest.max().map_or(0, |(_, quality)| quality)
}

/// `0`, `0.5`, `1.000` as thousandths.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" => (thousandths == 0).then_some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn headers(name: &header::HeaderName, values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a2_the_answer_speaks_what_was_asked_for() {
        use MediaType::{GraphQlResponse, Json};
        let table: &[(&[&str], Option<MediaType>)] = &[
            (&[], Some(Json)),
            (&["*/*"], Some(Json)),
            (&["application/*"], Some(Json)),
            (&["application/json"], Some(Json)),
            (&["application/json; charset=utf-8"], Some(Json)),
            (&["application/graphql-response+json"], Some(GraphQlResponse)),
            (&["Application/GraphQL-Response+JSON; charset=utf-8"], Some(GraphQlResponse)),
            (&["application/graphql-response+json, application/json"], Some(GraphQlResponse)),
            (&["application/json, application/graphql-response+json"], Some(GraphQlResponse)),
            (&["application/json", "application/graphql-response+json"], Some(GraphQlResponse)),
            (&["application/json;q=0.9, application/graphql-response+json;q=0.8"], Some(Json)),
            (&["application/graphql-response+json;q=0.001, */*;q=0"], Some(GraphQlResponse)),
            (&["application/json;q=0, */*"], Some(GraphQlResponse)),
            (&["text/html, application/xhtml+xml, */*;q=0.8"], Some(Json)),
            (&["multipart/mixed, application/graphql-response+json"], Some(GraphQlResponse)),
            (&["text/html"], None),
            (&["application/json;q=0"], None),
            (&["application/json;q=2"], None),
            (&["nonsense"], None),
        ];
        for (accept, expected) in table {
            let answered = MediaType::accepted(&headers(&header::ACCEPT, accept));
            assert_eq!(answered.as_ref().ok(), expected.as_ref(), "{accept:?}");
            assert_eq!(answered.err().map(|problem| problem.status()), expected.is_none().then_some(StatusCode::NOT_ACCEPTABLE));
        }
    }

    #[test]
    fn a2_only_json_in_utf8_is_taken() {
        for good in ["application/json", "APPLICATION/JSON", "application/json; charset=utf-8", "application/json;charset=\"UTF-8\""] {
            assert!(require_json(&headers(&header::CONTENT_TYPE, &[good])).is_ok(), "{good}");
        }
        let bad: &[&[&str]] = &[
            &[],
            &["text/plain"],
            &["application/x-www-form-urlencoded"],
            &["multipart/form-data; boundary=x"],
            &["application/json; charset=latin1"],
            &["application/jsonp"],
            &["text/plain; application/json"],
            &["application/json", "text/plain"],
        ];
        for values in bad {
            let problem = require_json(&headers(&header::CONTENT_TYPE, values)).unwrap_err();
            assert_eq!(problem.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{values:?}");
        }
    }
}
