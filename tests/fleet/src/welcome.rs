//! What `scripts/up` prints once everything runs: where to look, who may sign in, what to paste.

use jiff::civil::Date;

use crate::seed::Demo;

/// The text. `from` is the first day that the sample query asks for.
#[must_use]
pub fn text(demos: &[Demo], control_url: &str, graphiql: bool, from: Date) -> String {
    let mut text = String::from("Domicile runs: one API per region, each with its own databases.\n\n");
    for demo in demos {
        text.push_str(&format!("  {:<4} {}    tenant {} ({})\n", demo.region, demo.url, demo.alias, demo.time_zone));
    }
    text.push_str(&format!("  control {control_url} (mutual TLS, nodes only)\n"));
    if let Some(demo) = demos.first() {
        text.push_str(&format!("\nEach tenant is pinned to its region. Owner: {}  password: {}\n", demo.email, demo.password));
    }
    text.push_str("Owners' access tokens (15 minutes; scripts/up prints new ones):\n");
    for demo in demos {
        text.push_str(&format!("  {:<10} {}\n", demo.alias, demo.access_token));
    }
    if let (true, Some(demo)) = (graphiql, demos.first()) {
        text.push_str(&format!("\nGraphiQL: {} in a browser (header x-tenant: {})\n", demo.url, demo.alias));
    }
    if let Some(demo) = demos.last() {
        text.push_str(&format!("\nFree slots of {} in the next week:\n\n{}\n", demo.alias, first_query(demo, from)));
    }
    text
}

fn first_query(demo: &Demo, from: Date) -> String {
    let to = from.saturating_add(jiff::Span::new().days(7));
    let query = format!(
        "{{ bookingPage {{ tenant {{ name timeZone }} services {{ name durationMinutes }} }} availableSlots(input: {{ serviceId: \\\"{}\\\", from: \\\"{from}\\\", to: \\\"{to}\\\", timeZone: \\\"{}\\\" }}) {{ days {{ date slots {{ start staff {{ name }} }} }} }} }}",
        demo.service, demo.time_zone
    );
    format!("curl -s {} -H 'content-type: application/json' -H 'x-tenant: {}' \\\n  -d '{{\"query\": \"{query}\"}}'", demo.url, demo.alias)
}
