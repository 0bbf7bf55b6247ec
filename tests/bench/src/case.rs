//! What is measured: the requests of a case, what its answers must begin with, and the same statements for pgbench.

use std::rc::Rc;

use anyhow::{Context, Result};
use fleet::graphql::Caller;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::documents;
use crate::salons::{FIRST_DAY, FIRST_FREE, Salon, Salons, input, uuid};
use crate::statements::{Statements, Words};

/// One request: a header and a body.
pub struct Request {
    pub header: (&'static str, String),
    pub body: Value,
}

/// One kind of request, measured by itself.
pub struct Case<'a> {
    pub name: &'static str,
    /// What every answer begins with; it proves that the answer holds what was asked for.
    pub expected: &'static str,
    /// The share of PostgreSQL that the bare floor of the study before the product reached.
    pub floor: Option<f64>,
    /// Whether every request makes a booking; then each may be sent once only.
    pub writes: bool,
    /// The n-th request.
    pub request: Box<dyn Fn(usize) -> Result<Request> + 'a>,
    /// What the product runs for them; none where no database is asked.
    pub statements: Option<Statements>,
}

/// Different picks of the statements' words.
const PICKS: usize = 480;

/// Names of the cases, in the order in which they run.
pub const NAMES: [&str; 5] = ["typename", "node", "page", "slots", "create"];

impl<'a> Case<'a> {
    /// The case of this name.
    pub async fn of(name: &str, salons: &'a Salons, http: &reqwest::Client, url: &str, database: &PgPool) -> Result<Self> {
        match name {
            "typename" => Ok(typename()),
            "node" => node(salons),
            "page" => page(salons, http, url).await,
            "slots" => slots(salons),
            "create" => create(salons, database).await,
            _ => anyhow::bail!("there is no case {name}; there are {}", NAMES.join(", ")),
        }
    }
}

fn typename<'a>() -> Case<'a> {
    let request = |_| Ok(Request { header: ("accept", "application/json".to_owned()), body: json!({ "query": "{ __typename }" }) });
    Case {
        name: "{ __typename }",
        expected: r#"{"data":{"__typename":"Query"}"#,
        floor: None,
        writes: false,
        request: Box::new(request),
        statements: None,
    }
}

fn node(salons: &Salons) -> Result<Case<'_>> {
    let pick = |n| {
        let salon = nth(&salons.readers, n);
        (salon, nth(&salon.bookings, n / salons.readers.len() * 7))
    };
    let request = move |n| {
        let (salon, booking) = pick(n);
        Ok(of_owner(salon, documents::NODE, json!({ "id": booking.id })))
    };
    let words = move |n| {
        let (salon, booking) = pick(n);
        words(salon, &[("staff", uuid(&booking.staff)?), ("booking", uuid(&booking.id)?)])
    };
    Ok(Case {
        name: "node, a booking by its id",
        expected: r#"{"data":{"node":{"__typename":"Booking","id":"booking_"#,
        floor: Some(0.15),
        writes: false,
        request: Box::new(request),
        statements: Some(Statements { sql: include_str!("../sql/node.sql"), picks: picks(words)? }),
    })
}

/// A place in a page: what the API calls a cursor, and the same for SQL.
struct Place {
    cursor: String,
    booking: String,
    start: String,
}

async fn page<'a>(salons: &'a Salons, http: &reqwest::Client, url: &str) -> Result<Case<'a>> {
    let mut places = Vec::new();
    for salon in &salons.readers {
        places.push(places_of(&Caller::new(http, url).with_token(&salon.token)).await?);
    }
    let (readers, places) = (&salons.readers, Rc::new(places));
    let pick = move |n| (nth(readers, n), n % readers.len(), n / readers.len() * 7);
    let of_request = Rc::clone(&places);
    let request = move |n| {
        let (salon, reader, place) = pick(n);
        Ok(of_owner(salon, documents::PAGE, json!({ "after": nth(&of_request[reader], place).cursor })))
    };
    let words = move |n| {
        let (salon, reader, place) = pick(n);
        let place = nth(&places[reader], place);
        let mut words = words(salon, &[("booking", &place.booking), ("start", &place.start)])?;
        for (name, id) in ["person1", "person2", "person3", "person4"].into_iter().zip(&salon.staff) {
            words.push((name, uuid(id)?.to_owned()));
        }
        Ok(words)
    };
    Ok(Case {
        name: "bookings(first: 50)",
        expected: r#"{"data":{"bookings":{"pageInfo":{"hasNextPage":true"#,
        floor: Some(0.43),
        writes: false,
        request: Box::new(request),
        statements: Some(Statements { sql: include_str!("../sql/page.sql"), picks: picks(words)? }),
    })
}

/// Those places of a reader's bookings that have more than 50 behind them.
async fn places_of(owner: &Caller) -> Result<Vec<Place>> {
    let (mut places, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut page = owner.call(documents::PAGE, &json!({ "after": after })).await?;
        if page["bookings"]["pageInfo"]["hasNextPage"] == false {
            places.pop();
            return Ok(places);
        }
        after = page["bookings"]["pageInfo"]["endCursor"].take();
        for edge in page["bookings"]["edges"].as_array().context("a page has no edges")? {
            let text = |value: &Value| value.as_str().map(str::to_owned).context("a text is missing in a page");
            places.push(Place {
                cursor: text(&edge["cursor"])?,
                booking: uuid(&text(&edge["node"]["id"])?)?.to_owned(),
                start: text(&edge["node"]["start"])?,
            });
        }
    }
}

fn slots(salons: &Salons) -> Result<Case<'_>> {
    let pick = |n| {
        let salon = nth(&salons.readers, n);
        (salon, nth(&salon.staff, n / salons.readers.len()))
    };
    let request = move |n| {
        let (salon, staff) = pick(n);
        let input = json!({ "serviceId": salon.service, "staffIds": [staff], "from": "2030-01-01", "to": "2030-02-01", "timeZone": "UTC" });
        Ok(of_visitor(salon, documents::SLOTS, json!({ "input": input })))
    };
    let words = move |n| {
        let (salon, staff) = pick(n);
        words(salon, &[("staff", uuid(staff)?), ("from", FIRST_DAY), ("to", "2030-02-01T00:00:00Z")])
    };
    Ok(Case {
        name: "availableSlots, 1 person, 31 days",
        expected: r#"{"data":{"availableSlots":{"days":[{"date":"2030-01-01","slots":[{"start":"2030-01-01T"#,
        floor: None,
        writes: false,
        request: Box::new(request),
        statements: Some(Statements { sql: include_str!("../sql/slots.sql"), picks: picks(words)? }),
    })
}

/// A writer's customer.
struct Customer {
    id: String,
    email_index: String,
    sealed_bytes: i32,
}

async fn create<'a>(salons: &'a Salons, database: &PgPool) -> Result<Case<'a>> {
    const ONE: &str = "SELECT c.id::text, encode(c.email_index, 'hex'), octet_length(b.sealed) FROM customer c \
         JOIN booking b ON b.tenant_id = c.tenant_id AND b.customer_id = c.id WHERE c.tenant_id = $1::uuid LIMIT 1";
    let mut customers = Vec::new();
    for salon in &salons.writers {
        let (id, email_index, sealed_bytes) = sqlx::query_as(ONE).bind(&salon.tenant).fetch_one(database).await?;
        customers.push(Customer { id, email_index, sealed_bytes });
    }
    let writers = &salons.writers;
    let request = move |n: usize| {
        let salon = nth(writers, n);
        let (staff, turn) = (nth(&salon.staff, n / writers.len()), n / writers.len() / salon.staff.len());
        let email = &nth(&salon.bookings, turn).email;
        let input = input(salon, staff, FIRST_FREE + i64::try_from(turn)?, email, &format!("bench-{n}"))?;
        Ok(of_visitor(salon, documents::CREATE, json!({ "input": input })))
    };
    let words = move |n: usize| {
        let (salon, customer) = (nth(writers, n), nth(&customers, n));
        let staff = uuid(nth::<String>(&salon.staff, n / writers.len()))?;
        let bytes = customer.sealed_bytes.to_string();
        words(salon, &[("staff", staff), ("customer", &customer.id), ("email_index", &customer.email_index), ("sealed_bytes", &bytes)])
    };
    Ok(Case {
        name: "createBooking",
        expected: r#"{"data":{"createBooking":{"userErrors":[],"booking":{"id":"booking_"#,
        floor: Some(0.46),
        writes: true,
        request: Box::new(request),
        statements: Some(Statements { sql: include_str!("../sql/create.sql"), picks: picks(words)? }),
    })
}

fn of_owner(salon: &Salon, query: &str, variables: Value) -> Request {
    Request { header: ("authorization", format!("Bearer {}", salon.token)), body: json!({ "query": query, "variables": variables }) }
}

fn of_visitor(salon: &Salon, query: &str, variables: Value) -> Request {
    Request { header: ("x-tenant", salon.alias.clone()), body: json!({ "query": query, "variables": variables }) }
}

/// The words of some picks.
fn picks(words: impl Fn(usize) -> Result<Words>) -> Result<Vec<Words>> {
    (0..PICKS).map(words).collect()
}

/// These words, and those of every business.
fn words(salon: &Salon, more: &[(&'static str, &str)]) -> Result<Words> {
    let epoch = salon.epoch.to_string();
    let own = [("tenant", salon.tenant.as_str()), ("epoch", &epoch), ("service", uuid(&salon.service)?)];
    Ok(own.iter().chain(more).map(|(name, word)| (*name, (*word).to_owned())).collect())
}

fn nth<T>(of: &[T], n: usize) -> &T {
    &of[n % of.len()]
}
