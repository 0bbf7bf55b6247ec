//! Making a booking: one transaction that judges the start by the search's own function and lets the claim's exclusion
//! constraint have the last word (B1, B2, B3).

use domain::booking::BookingStatus;
use domain::customer::{Email, long_text, phone, short_text};
use domain::field::{Answer, check_answers};
use domain::ids::{BookingId, ClaimId, CustomerId, GroupSessionId, HoldId, ServiceId, StaffId};
use domain::refusal::{Refusal, RefusalCode, Refusals};
use domain::schedule::parse_time_zone;
use domain::time::Interval;
use domain::token::{TokenKind, TokenText};
use jiff::Timestamp;
use platform::token::Minted;
use platform::vault::DataKey;
use serde::Serialize;
use store::{BookingRow, ChangeKind, HoldRow, NO_OVERLAP, NewClaim, NewCustomer, Notice, Offer, REFERENCE_KEY, StoreFault, TenantTx};

use super::place::Wish;
use super::secrets::{BookingSecrets, SecretAnswer};
use super::{Booked, complete, of_offer};
use crate::actor::Actor;
use crate::candidates::Own;
use crate::context::App;
use crate::customer::Customer;
use crate::error::{Error, Fault, Result, input_id};
use crate::idempotency::{self, Attempt};

const OPERATION: &str = "createBooking";

/// What is booked; texts as the client sent them.
#[derive(Debug, Clone, Serialize)]
pub struct NewBooking {
    /// The service's id.
    pub service_id: String,
    /// When it begins.
    pub start: Timestamp,
    /// With whom; `None`: whoever is free and least busy.
    pub staff_id: Option<String>,
    /// Seats to take.
    pub seats: i64,
    /// The hold that is confirmed.
    pub hold_id: Option<String>,
    /// Who books.
    pub customer: NewContact,
    /// Answers to the service's questions: key and value.
    pub answers: Vec<(String, String)>,
    /// What the customer adds.
    pub note: Option<String>,
}

/// Who books; texts as the client sent them.
#[derive(Debug, Clone, Serialize)]
pub struct NewContact {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number.
    pub phone: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// Language.
    pub locale: Option<String>,
}

/// The checked form, apart from the answers, which need the service.
struct Order {
    service: ServiceId,
    start: Timestamp,
    staff: Option<StaffId>,
    seats: u32,
    hold: Option<HoldId>,
    name: String,
    email: Email,
    phone: Option<String>,
    note: Option<String>,
    time_zone: Option<String>,
    locale: Option<String>,
    answers: Vec<Answer>,
}

/// Where the booking's time comes from.
enum Ground {
    /// Free time of a staff member.
    Free { claim: NewClaim, has_alternative: bool },
    /// A hold's own time.
    Hold(HoldRow),
    /// A seat of a run.
    Group { session: GroupSessionId, hold: Option<HoldId> },
}

impl App {
    /// Books a start. The same idempotency key with the same input answers the same booking and manage token.
    ///
    /// # Errors
    /// Refusals of each input field and of the slot rules; `HOLD_EXPIRED`; [`Error::NotFound`]: service or staff.
    pub async fn create_booking(&self, actor: &Actor, new: &NewBooking, idempotency_key: Option<&str>) -> Result<Booked> {
        let order = check(new)?;
        let key = self.data_key(actor.scope.tenant()).await?;
        let attempt = idempotency::attempt(&key, OPERATION, idempotency_key, new)?;
        self.until_settled(actor, async || create_once(self, actor, &key, &order, attempt.as_ref()).await).await
    }
}

async fn create_once(app: &App, actor: &Actor, key: &DataKey, order: &Order, attempt: Option<&Attempt>) -> Result<Booked> {
    let now = app.clock.now();
    let mut tx = app.write(&actor.scope).await?;
    let id = BookingId::new(app.new_id());
    if let Some(earlier) = idempotency::recall(&mut tx, attempt, id.uuid(), now).await? {
        return recalled(app, &mut tx, key, BookingId::new(earlier)).await;
    }
    let offer = tx.offer(order.service).await?.ok_or(Error::NotFound)?;
    let answers = check_answers(&offer.service.fields, &order.answers)?;
    let (staff, during, ground) = find_ground(app, &mut tx, &offer, order, now).await?;
    let token = manage_token(app, key, &tx, id);
    let row = BookingRow {
        id,
        reference: reference(app),
        service: order.service,
        staff,
        customer: customer(app, &mut tx, key, order, now).await?,
        group_session: match ground {
            Ground::Group { session, .. } => Some(session),
            Ground::Hold(_) | Ground::Free { .. } => None,
        },
        during,
        seats: order.seats,
        status: BookingStatus::at_creation(offer.service.requires_approval),
        manage_hash: token.hash.to_vec(),
        sealed: secrets(order, answers).seal(key, &*app.random, tx.tenant(), id)?,
        created_at: now,
    };
    write(&mut tx, &row, &ground).await?;
    let booking = of_offer(&tx, key, row, offer)?;
    tx.commit().await?;
    app.notices.tell(actor.scope.shard(), Notice { tenant: actor.scope.tenant(), booking: id, kind: ChangeKind::Created });
    Ok(Booked { booking, manage_token: token.text })
}

fn check(new: &NewBooking) -> Result<Order> {
    let mut refusals = Refusals::none();
    let contact = &new.customer;
    let service = refusals.check(input_id(&new.service_id, &["input", "serviceId"]));
    let staff = refusals.check(new.staff_id.as_deref().map(|id| input_id(id, &["input", "staffId"])).transpose());
    let hold = refusals.check(new.hold_id.as_deref().map(|id| input_id(id, &["input", "holdId"])).transpose());
    let seats = u32::try_from(new.seats).ok().filter(|seats| (1..=1_000).contains(seats));
    let seats = refusals.check(seats.ok_or_else(|| Refusal::invalid("seats must be 1 to 1000", &["input", "seats"])));
    let name = refusals.check(short_text(&contact.name, &["input", "customer", "name"]));
    let email = refusals.check(Email::parse(&contact.email, &["input", "customer", "email"]));
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let phone = refusals.check(given(&contact.phone).map(|text| phone(&text, &["input", "customer", "phone"])).transpose());
    let note = refusals.check(given(&new.note).map(|text| long_text(&text, &["input", "note"])).transpose());
    let zone = contact.time_zone.as_deref().map(|zone| parse_time_zone(zone, &["input", "customer", "timeZone"])).transpose();
    refusals.check(zone);
    let locale = refusals.check(given(&contact.locale).map(|text| locale(&text)).transpose());
    refusals.none_or_err()?;
    let missing = || Error::internal("a checked field is missing");
    Ok(Order {
        service: service.ok_or_else(missing)?,
        start: new.start,
        staff: staff.flatten(),
        seats: seats.ok_or_else(missing)?,
        hold: hold.flatten(),
        name: name.ok_or_else(missing)?,
        email: email.ok_or_else(missing)?,
        phone: phone.flatten(),
        note: note.flatten(),
        time_zone: contact.time_zone.clone(),
        locale: locale.flatten(),
        answers: new.answers.iter().map(|(key, value)| Answer { key: key.clone(), value: value.clone() }).collect(),
    })
}

/// A language tag: 2 to 35 letters, digits and hyphens (BCP 47).
fn locale(text: &str) -> std::result::Result<String, Refusal> {
    let fits = (2..=35).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Refusal::invalid("locale must be a language tag such as en or de-CH", &["input", "customer", "locale"]))
    }
}

/// Finds the time: the hold's, or free time, or a seat of a run.
async fn find_ground(app: &App, tx: &mut TenantTx, offer: &Offer, order: &Order, now: Timestamp) -> Result<(StaffId, Interval, Ground)> {
    if let Some(id) = order.hold {
        // Kept with somebody who has ceased to give the service, it can no longer be booked.
        let hold = tx.lock_hold(id).await?.filter(|hold| offer.person(hold.staff).is_some());
        let hold = confirmable(hold, order, now)?;
        let ground = match hold.group_session {
            Some(session) => {
                let blocked = offer.service.rules.padded(hold.during);
                let claim = NewClaim { id: ClaimId::new(app.new_id()), staff: hold.staff, blocked, expires_at: None };
                tx.lock_group_session(session).await?;
                tx.occupy_group_session(session, &claim).await.map_err(|fault| overlap(fault, false))?;
                Ground::Group { session, hold: Some(id) }
            }
            None => Ground::Hold(hold),
        };
        return Ok((hold.staff, hold.during, ground));
    }
    let wish = Wish { staff: order.staff.into_iter().collect(), start: order.start, seats: order.seats, own: Own::default(), now };
    let taken = app.take(tx, offer, &wish).await?;
    let claim = NewClaim { id: ClaimId::new(app.new_id()), staff: taken.place.staff, blocked: taken.place.blocked, expires_at: None };
    let ground = match taken.session {
        Some(session) => {
            tx.occupy_group_session(session, &claim).await.map_err(|fault| overlap(fault, taken.place.has_alternative))?;
            Ground::Group { session, hold: None }
        }
        None => Ground::Free { claim, has_alternative: taken.place.has_alternative },
    };
    Ok((taken.place.staff, taken.place.during, ground))
}

/// The hold, when it is live and of this service, start, staff member and number of seats.
fn confirmable(hold: Option<HoldRow>, order: &Order, now: Timestamp) -> Result<HoldRow> {
    let live = hold.filter(|hold| hold.expires_at > now);
    let hold = live.ok_or_else(|| {
        Refusal::new(RefusalCode::HoldExpired, "holdId names a hold that has expired or was released", &["input", "holdId"])
    })?;
    let same = hold.service == order.service
        && hold.during.start() == order.start
        && order.staff.is_none_or(|staff| staff == hold.staff)
        && hold.seats == order.seats;
    if same {
        return Ok(hold);
    }
    Err(Refusal::invalid("holdId must be a hold of the same service, start, staff member and number of seats", &["input", "holdId"]).into())
}

async fn write(tx: &mut TenantTx, row: &BookingRow, ground: &Ground) -> Result<()> {
    match ground {
        Ground::Free { claim, has_alternative } => tx.insert_booking(row, claim).await.map_err(|fault| overlap(fault, *has_alternative)),
        Ground::Group { hold, .. } => {
            tx.insert_group_booking(row).await.map_err(|fault| overlap(fault, false))?;
            if let Some(hold) = hold {
                tx.release_hold(*hold, row.created_at).await?;
            }
            Ok(())
        }
        Ground::Hold(hold) => {
            let kept = tx.insert_booking_from_hold(row, hold.id).await.map_err(|fault| overlap(fault, false))?;
            tx.release_hold(hold.id, row.created_at).await?;
            if kept { Ok(()) } else { Err(Error::internal("a live hold had no claim")) }
        }
    }
}

/// What a refused insert means: somebody was quicker. With another staff member free, the whole is tried again.
pub(crate) fn overlap(fault: StoreFault, has_alternative: bool) -> Error {
    if fault.is_conflict(REFERENCE_KEY) {
        return Error::Fault(Fault::Retry);
    }
    if fault.is_conflict(NO_OVERLAP) {
        if has_alternative {
            return Error::Fault(Fault::Overtaken);
        }
        return Refusal::new(RefusalCode::SlotTaken, "start is not free any more", &["input", "start"]).into();
    }
    fault.into()
}

/// The customer of this e-mail address; written when seen for the first time.
async fn customer(app: &App, tx: &mut TenantTx, key: &DataKey, order: &Order, now: Timestamp) -> Result<CustomerId> {
    let email_index = key.blind_index(&order.email.normalised());
    if let Some(known) = tx.customer_by_email(&email_index).await? {
        return Ok(known);
    }
    let id = CustomerId::new(app.new_id());
    let seen = Customer { id, name: order.name.clone(), email: order.email.as_str().to_owned(), phone: order.phone.clone() };
    let sealed = app.seal_customer(key, tx.tenant(), &seen)?;
    let new = NewCustomer { email_index, sealed, time_zone: order.time_zone.clone(), locale: order.locale.clone() };
    if tx.insert_customer(id, &new, now).await? {
        return Ok(id);
    }
    tx.customer_by_email(&email_index).await?.ok_or(Error::Fault(Fault::Retry))
}

fn secrets(order: &Order, answers: Vec<Answer>) -> BookingSecrets {
    BookingSecrets {
        name: order.name.clone(),
        email: order.email.as_str().to_owned(),
        phone: order.phone.clone(),
        answers: answers.into_iter().map(|answer| SecretAnswer { key: answer.key, value: answer.value }).collect(),
        note: order.note.clone(),
        cancel_reason: None,
    }
}

/// What an earlier call with the same key made.
async fn recalled(app: &App, tx: &mut TenantTx, key: &DataKey, id: BookingId) -> Result<Booked> {
    let row = tx.booking(id).await?.ok_or_else(|| Error::internal("an idempotency key names no booking"))?;
    let token = manage_token(app, key, tx, id);
    let booking = complete(tx, key, vec![row]).await?.pop().ok_or_else(|| Error::internal("a booking is missing"))?;
    Ok(Booked { booking, manage_token: token.text })
}

/// Derived from the tenant's data key, so that a repeated call can answer it again; only its hash is stored.
fn manage_token(app: &App, key: &DataKey, tx: &TenantTx, id: BookingId) -> Minted {
    let text = TokenText { kind: TokenKind::Manage, region: app.region.code.clone(), tenant: tx.tenant() };
    platform::token::with_secret(&text, &key.derive("manage_token", id.uuid().as_bytes()))
}

/// Ten characters of Crockford's base 32 in two groups, 50 random bits: `K7QF2-M9PXR`.
fn reference(app: &App) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut bytes = [0; 10];
    app.random.fill(&mut bytes);
    let mut text: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    text.insert(5, '-');
    text
}
