//! Which web pages may call: the configured origins (CORS), for answers, preflights and sockets.
//!
//! No cookie carries a session, so an origin is no credential; the list keeps foreign pages from reading answers.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::Response;

const METHODS: HeaderValue = HeaderValue::from_static("POST");
const REQUEST_HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, x-tenant");
const EXPOSED: HeaderValue = HeaderValue::from_static("x-request-id, x-domicile-region, retry-after");
/// A browser may keep the answer to a preflight for two hours, the most that any of them does.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// The configured origins.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    any: bool,
    listed: Vec<String>,
}

impl Origins {
    /// From configuration: whole origins such as `https://app.example`, or `*` for any.
    #[must_use]
    pub fn new(configured: &[String]) -> Self {
        let listed = configured.iter().filter(|origin| *origin != "*").map(|origin| origin.trim_end_matches('/').to_ascii_lowercase());
        Self { any: configured.iter().any(|origin| origin == "*"), listed: listed.collect() }
    }

    /// Whether a request with these headers may come from where it says; one without `origin` comes from no page.
    #[must_use]
    pub fn admit(&self, headers: &HeaderMap) -> bool {
        headers.get(header::ORIGIN).is_none_or(|origin| self.lists(origin))
    }

    /// Whether the request asks a browser's question before the real request.
    #[must_use]
    pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
        method == Method::OPTIONS && headers.contains_key(header::ORIGIN) && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
    }

    /// The answer to a preflight; [`Origins::mark`] adds whether the origin is listed.
    #[must_use]
    pub fn preflight() -> Response {
        let mut response = Response::builder().status(StatusCode::NO_CONTENT).finish();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        response
    }

    /// Tells the browser whether the page may read the answer.
    pub fn mark(&self, origin: Option<&HeaderValue>, answer: &mut HeaderMap) {
        if !self.any {
            answer.append(header::VARY, HeaderValue::from_static("origin"));
        }
        let Some(origin) = origin.filter(|origin| self.lists(origin)) else { return };
        let allowed = if self.any { HeaderValue::from_static("*") } else { origin.clone() };
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }

    fn lists(&self, origin: &HeaderValue) -> bool {
        self.any || origin.to_str().is_ok_and(|origin| self.listed.iter().any(|listed| origin.eq_ignore_ascii_case(listed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(origin: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(origin))])
    }

    #[test]
    fn only_listed_origins_and_no_origin_are_admitted() {
        let origins = Origins::new(&["https://app.example/".into()]);

        assert!(origins.admit(&HeaderMap::new()) && origins.admit(&from("https://app.example")));
        for foreign in ["https://app.example.evil", "http://app.example", "null", "https://evil"] {
            assert!(!origins.admit(&from(foreign)), "{foreign}");
        }
        assert!(Origins::new(&["*".into()]).admit(&from("https://evil")));
        assert!(!Origins::new(&[]).admit(&from("https://evil")));
    }

    #[test]
    fn a_listed_origin_may_read_the_answer_and_a_foreign_one_may_not() {
        let origins = Origins::new(&["https://app.example".into()]);
        let (mut listed, mut foreign) = (HeaderMap::new(), HeaderMap::new());

        origins.mark(Some(&HeaderValue::from_static("https://app.example")), &mut listed);
        origins.mark(Some(&HeaderValue::from_static("https://evil")), &mut foreign);

        assert_eq!(listed.get(header::ACCESS_CONTROL_ALLOW_ORIGIN), Some(&HeaderValue::from_static("https://app.example")));
        assert_eq!(foreign.get(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
        assert_eq!(foreign.get(header::VARY), Some(&HeaderValue::from_static("origin")));
    }
}
