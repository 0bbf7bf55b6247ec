//! The businesses that are measured: signed up, opened and booked through the public API, so every row is a real one.
//!
//! Readers have a month of bookings that stay as they are; writers have open days and known customers, and are booked.

use anyhow::{Context, Result};
use fleet::graphql::Caller;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::documents;

const READERS: usize = 30;
const WRITERS: usize = 20;
/// People of each business.
const PEOPLE: usize = 4;
/// Bookings of a reader. Each person's lie on every seventh half hour of the weekdays from [`FIRST_DAY`] on.
const READER_BOOKINGS: usize = 200;
/// Bookings of a writer, each by another customer.
const WRITER_BOOKINGS: usize = 20;
/// Requests under way while the data is made.
const AT_ONCE: usize = 16;
/// A Tuesday, far enough away for every rule; all hours are in UTC.
pub const FIRST_DAY: &str = "2030-01-01T00:00:00Z";
/// The first half hour that the bench may book with a writer: a year after [`FIRST_DAY`].
pub const FIRST_FREE: i64 = 365 * 48;

/// One business.
pub struct Salon {
    pub alias: String,
    /// As SQL writes it.
    pub tenant: String,
    pub epoch: i64,
    /// Of its owner.
    pub token: String,
    pub service: String,
    pub staff: Vec<String>,
    pub bookings: Vec<Booking>,
}

/// One booking as its customer knows it.
pub struct Booking {
    pub id: String,
    pub staff: String,
    pub email: String,
}

/// All businesses of a run.
pub struct Salons {
    pub readers: Vec<Salon>,
    pub writers: Vec<Salon>,
}

impl Salons {
    /// Makes them in the region `code`, whose endpoint is `url`.
    pub async fn open(http: &reqwest::Client, code: &str, url: &str, database: &PgPool) -> Result<Self> {
        let aliases = |kind: &'static str, count| stream::iter((0..count).map(move |n| format!("{kind}-{n}")));
        let readers = aliases("reader", READERS).map(|alias| sign_up(http, code, url, alias, Hours::Office));
        let writers = aliases("writer", WRITERS).map(|alias| sign_up(http, code, url, alias, Hours::Always));
        let mut salons = Self { readers: readers.buffered(4).try_collect().await?, writers: writers.buffered(4).try_collect().await? };
        for (salons, count, start_of) in [
            (&mut salons.readers, READER_BOOKINGS, office_hour as fn(usize) -> i64),
            (&mut salons.writers, WRITER_BOOKINGS, |n| i64::try_from(n).unwrap_or_default()),
        ] {
            for salon in salons.iter_mut() {
                salon.epoch = sqlx::query_scalar("SELECT home_epoch FROM fence WHERE tenant_id = $1::uuid")
                    .bind(&salon.tenant)
                    .fetch_one(database)
                    .await?;
                salon.bookings = book(http, url, salon, count, start_of).await?;
            }
        }
        sqlx::query("VACUUM ANALYZE").execute(database).await?;
        Ok(salons)
    }

    /// How many bookings they have.
    pub fn bookings(&self) -> usize {
        self.readers.iter().chain(&self.writers).map(|salon| salon.bookings.len()).sum()
    }
}

enum Hours {
    /// Monday to Friday, 09:00 to 17:00.
    Office,
    Always,
}

async fn sign_up(http: &reqwest::Client, code: &str, url: &str, alias: String, hours: Hours) -> Result<Salon> {
    let input = json!({
        "region": code, "alias": alias, "tenantName": "Bench Salon", "timeZone": "UTC", "ownerName": "Olga Owner",
        "email": "owner@bench.example", "password": "violet-harbour-quilt-meadow-93",
    });
    let made = Caller::new(http, url).act(documents::SIGN_UP, &input).await?;
    let token = text(&made["session"]["accessToken"])?;
    let owner = Caller::new(http, url).with_token(&token);
    let mut staff = vec![text(&owner.call("{ viewer { id } }", &json!({})).await?["viewer"]["id"])?];
    for n in 1..PEOPLE {
        let input = json!({ "name": format!("Stella Stylist {n}"), "email": format!("stylist{n}@bench.example"), "role": "STAFF" });
        staff.push(text(&owner.act(documents::ADD_STAFF, &input).await?["staff"]["id"])?);
    }
    let (days, start, end): (&[_], _, _) = match hours {
        Hours::Office => (&["MON", "TUE", "WED", "THU", "FRI"], "09:00", "17:00"),
        Hours::Always => (&["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], "00:00", "24:00"),
    };
    let hours: Vec<_> = days.iter().map(|day| json!({ "day": day, "start": start, "end": end })).collect();
    for person in &staff {
        owner.act(documents::SET_SCHEDULE, &json!({ "staffId": person, "timeZone": "UTC", "hours": hours })).await?;
    }
    let service = owner.act(documents::CREATE_SERVICE, &json!({ "name": "Haircut", "durationMinutes": 30, "staffIds": staff })).await?;
    let (tenant, service) = (uuid(&text(&made["tenant"]["id"])?)?.to_owned(), text(&service["service"]["id"])?);
    Ok(Salon { alias, tenant, epoch: 0, token, service, staff, bookings: Vec::new() })
}

/// The first bookings of a business, spread over its people; each by a customer of its own.
async fn book(http: &reqwest::Client, url: &str, salon: &Salon, count: usize, start_of: fn(usize) -> i64) -> Result<Vec<Booking>> {
    let visitor = Caller::new(http, url).with_tenant(&salon.alias);
    let made = (0..count).map(|n| {
        let (staff, half_hour) = (&salon.staff[n % PEOPLE], start_of(n / PEOPLE));
        let email = format!("customer{n}@bench.example");
        let visitor = visitor.clone();
        async move {
            let input = input(salon, staff, half_hour, &email, &format!("first-{n}"))?;
            let booked = visitor.act(documents::CREATE, &input).await?;
            anyhow::Ok(Booking { id: text(&booked["booking"]["id"])?, staff: staff.clone(), email })
        }
    });
    stream::iter(made).buffered(AT_ONCE).try_collect().await
}

/// What a customer sends to book a half hour, counted from [`FIRST_DAY`].
pub fn input(salon: &Salon, staff: &str, half_hour: i64, email: &str, key: &str) -> Result<Value> {
    let start = FIRST_DAY.parse::<Timestamp>()? + SignedDuration::from_mins(30 * half_hour);
    Ok(json!({
        "serviceId": salon.service, "staffId": staff, "start": start.to_string(), "idempotencyKey": key,
        "customer": { "name": "Carla Customer", "email": email, "phone": "+49 30 1234567" },
    }))
}

/// The n-th chosen half hour of the office hours: every seventh, so that they lie scattered over the first month.
fn office_hour(n: usize) -> i64 {
    const A_DAY: usize = 16;
    const WEEKDAYS: usize = 23;
    let place = n * 7 % (A_DAY * WEEKDAYS);
    // The first day is a Tuesday.
    let weekday = place / A_DAY + 1;
    let day = weekday / 5 * 7 + weekday % 5 - 1;
    i64::try_from(day * 48 + 18 + place % A_DAY).unwrap_or_default()
}

/// The UUID in an id of the API, without hyphens.
pub fn uuid(id: &str) -> Result<&str> {
    id.rsplit_once('_').map(|(_, hex)| hex).with_context(|| format!("{id} is no id"))
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("a text is missing in an answer")
}
