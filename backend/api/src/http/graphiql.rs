//! `/graphiql`: a page to write queries in, for development; off unless a folder with its files is configured.
//!
//! A file is served when its name is on the list below, so no path can leave the folder. The policy lets the page load
//! only these files and talk only to this node.

use std::path::PathBuf;

use http::{HeaderValue, header};
use poem::{Endpoint, Request, Response};

use super::negotiation::MediaType;
use super::problem::Problem;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const FILES: [(&str, &str); 4] = [
    ("react.production.min.js", JAVASCRIPT),
    ("react-dom.production.min.js", JAVASCRIPT),
    ("graphiql.min.js", JAVASCRIPT),
    ("graphiql.min.css", CSS),
];
/// The editor sets styles on its elements, hence `'unsafe-inline'` for styles only.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; \
     font-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
);
const PAGE: &str = include_str!("graphiql/page.html");
const START: &str = include_str!("graphiql/start.js");

/// The page and its files.
pub(super) struct GraphiQl {
    /// The configured folder; `None` turns the page off.
    pub(super) folder: Option<PathBuf>,
}

impl Endpoint for GraphiQl {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let path = request.uri().path();
        let name = path.strip_prefix("/graphiql").unwrap_or(path).trim_start_matches('/');
        Ok(self.answer(name).await.unwrap_or_else(|| Problem::nowhere().into_response(MediaType::Json)))
    }
}

impl GraphiQl {
    async fn answer(&self, name: &str) -> Option<Response> {
        let folder = self.folder.as_ref()?;
        match name {
            "" => Some(served(HTML, PAGE)),
            "start.js" => Some(served(JAVASCRIPT, START)),
            _ => {
                let (file, kind) = FILES.into_iter().find(|(file, _)| *file == name)?;
                let bytes = tokio::fs::read(folder.join(file)).await.ok()?;
                Some(served(kind, bytes))
            }
        }
    }
}

fn served(kind: &'static str, body: impl Into<poem::Body>) -> Response {
    Response::builder().header(header::CONTENT_TYPE, kind).header(header::CONTENT_SECURITY_POLICY, POLICY).body(body)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[tokio::test]
    async fn only_listed_files_are_served() {
        let page = GraphiQl { folder: Some(std::env::temp_dir()) };

        assert!(page.answer("").await.is_some() && page.answer("start.js").await.is_some());
        for name in ["../../etc/passwd", "..%2fgraphiql.min.js", "secret.js", "graphiql.min.js/", "/etc/passwd"] {
            assert!(page.answer(name).await.is_none(), "{name}");
        }
    }

    #[tokio::test]
    async fn without_a_folder_the_page_is_off() {
        assert!(GraphiQl { folder: None }.answer("").await.is_none());
    }

    #[test]
    fn the_page_runs_no_script_of_its_own() {
        assert_eq!(PAGE.matches("<script").count(), PAGE.matches("<script src=").count());
        assert_eq!(served(HTML, PAGE).header("content-security-policy").unwrap(), POLICY);
    }
}
