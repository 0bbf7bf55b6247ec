//! What `scripts/up` prints once everything runs: where to look, who may sign in, what to paste.

use jiff::civil::Date;

use crate::seed::Demo;

/// The text. `from` is the first day that the sample query asks for.
#[must_use]
pub fn text(demos: &[Demo], control_url: &str, graphiql: bool, from: Date) -> String {
    let (Some(first), Some(last)) = (demos.first(), demos.last()) else { return String::new() };
    let mut lines = vec!["Domicile runs: each region with its own databases, each tenant pinned to its region.".to_owned(), String::new()];
    lines.extend(demos.iter().map(|demo| format!("  {:<3} {}   tenant {} ({})", demo.region, demo.url, demo.alias, demo.time_zone)));
    lines.push(format!("  control {control_url} (nodes only, mutual TLS)"));
    lines.push(format!("\nOwner of each tenant: {}   password: {}", first.email, first.password));
    lines.push("Owner's access token, valid for 15 minutes (scripts/up prints a new one):".to_owned());
    lines.extend(demos.iter().map(|demo| format!("  {:<8} {}", demo.alias, demo.access_token)));
    if graphiql {
        let page = first.url.replace("/graphql", "/graphiql");
        lines.push(format!("\nGraphiQL: {page} in a browser, with the header {{\"x-tenant\": \"{}\"}}", first.alias));
    }
    lines.push(format!("\nA first query, the free hours of {} in the week from {from}:\n\n{}\n", last.alias, first_query(last, from)));
    lines.join("\n")
}

fn first_query(demo: &Demo, from: Date) -> String {
    let to = from.saturating_add(jiff::Span::new().days(7));
    let input =
        format!("serviceId: \\\"{}\\\", from: \\\"{from}\\\", to: \\\"{to}\\\", timeZone: \\\"{}\\\"", demo.service, demo.time_zone);
    let query = format!("{{ availableSlots(input: {{ {input} }}) {{ days {{ date slots {{ start staff {{ name }} }} }} }} }}");
    let headers = format!("-H 'content-type: application/json' -H 'x-tenant: {}'", demo.alias);
    format!("curl -s {} {headers} \\\n  -d '{{\"query\": \"{query}\"}}'", demo.url)
}
