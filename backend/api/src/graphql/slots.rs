//! Slot search.

use app::slots::{Checked, Day, OfferedSlot, SlotSearch};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use jiff::Timestamp;

use super::error::top_level;
use super::scalars::{Date, DateTime};
use super::staff::Staff;
use super::{actor, app};

/// Days of the longest search, for the complexity of what is asked for each.
const MOST_DAYS: usize = 62;
/// What a search costs beside the fields of its answer, in fields: it may read a year.
const SEARCH: usize = 300;

/// What is searched.
#[derive(InputObject)]
pub struct AvailableSlotsInput {
    /// The service.
    service_id: ID,
    /// First day, in `timeZone`.
    from: Date,
    /// Day after the last, in `timeZone`; at most 62 days after `from`.
    to: Date,
    /// The viewer's IANA zone, which only sorts starts into days.
    time_zone: String,
    /// Only these staff; all who give the service when absent.
    staff_ids: Option<Vec<ID>>,
    /// A booking about to be moved, so that it does not stand in its own way.
    exclude_booking_id: Option<ID>,
    /// The caller's hold, so that it does not hide its own slot.
    hold_id: Option<ID>,
}

/// The offered starts of a span of days.
pub struct AvailableSlots {
    search: Checked,
    days: Vec<Day>,
    computed_at: Timestamp,
}

#[Object]
impl AvailableSlots {
    /// Every day of the search, also those without a start.
    #[graphql(complexity = MOST_DAYS * child_complexity)]
    fn days(&self, context: &Context<'_>) -> Result<Vec<SlotDay>> {
        let viewer = actor(context)?;
        let slot = |slot: &OfferedSlot| Slot {
            start: DateTime(slot.start),
            end: DateTime(slot.end),
            utc_offset: offset_text(slot.offset.seconds()),
            staff: slot.staff.iter().map(|person| Staff::shown_to(viewer, std::sync::Arc::clone(person))).collect(),
            seats_left: slot.seats_left,
        };
        Ok(self.days.iter().map(|day| SlotDay { date: Date(day.date), slots: day.slots.iter().map(slot).collect() }).collect())
    }

    /// The first offered start at or after `from`, looked for up to 366 days ahead. Null: there is none.
    async fn next_available(&self, context: &Context<'_>) -> Result<Option<DateTime>> {
        if let Some(first) = self.days.iter().find_map(|day| day.slots.first()) {
            return Ok(Some(DateTime(first.start)));
        }
        app(context)?.next_start(actor(context)?, &self.search).await.map(|start| start.map(DateTime)).map_err(top_level)
    }

    /// When this was worked out. A start can be taken a moment later.
    async fn computed_at(&self) -> DateTime {
        DateTime(self.computed_at)
    }
}

/// One day of the viewer.
#[derive(SimpleObject)]
pub struct SlotDay {
    /// The date in the viewer's zone.
    date: Date,
    /// The offered starts, in order.
    slots: Vec<Slot>,
}

/// An offered start.
#[derive(SimpleObject)]
pub struct Slot {
    /// When the booking would begin.
    start: DateTime,
    /// When it would end.
    end: DateTime,
    /// The viewer's offset from UTC then, such as `+02:00`: where clocks go back, two starts share a wall-clock time.
    utc_offset: String,
    /// Who could take it, in the tenant's order.
    staff: Vec<Staff>,
    /// Seats that can still be booked with one of them, at least 1.
    seats_left: u32,
}

/// Queries of slots.
#[derive(Default)]
pub struct SlotsQuery;

#[Object]
impl SlotsQuery {
    /// The starts that can be booked. Needs no credentials.
    #[graphql(complexity = SEARCH + child_complexity)]
    async fn available_slots(&self, context: &Context<'_>, input: AvailableSlotsInput) -> Result<AvailableSlots> {
        let (app, actor) = (app(context)?, actor(context)?);
        let search = SlotSearch::from(input).check().map_err(top_level)?;
        let computed_at = app.clock.now();
        let days = app.offered_days(actor, &search).await.map_err(top_level)?;
        Ok(AvailableSlots { search, days, computed_at })
    }
}

impl From<AvailableSlotsInput> for SlotSearch {
    fn from(input: AvailableSlotsInput) -> Self {
        Self {
            service_id: input.service_id.0,
            from: input.from.0,
            to: input.to.0,
            time_zone: input.time_zone,
            staff_ids: input.staff_ids.unwrap_or_default().into_iter().map(|id| id.0).collect(),
            exclude_booking_id: input.exclude_booking_id.map(|id| id.0),
            hold_id: input.hold_id.map(|id| id.0),
        }
    }
}

/// `+02:00`; seconds, which only offsets before 1972 have, are cut.
fn offset_text(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::offset_text;

    #[test]
    fn offsets_are_signed_hours_and_minutes() {
        assert_eq!([0, 7_200, -12_600, 49_500].map(offset_text), ["+00:00", "+02:00", "-03:30", "+13:45"]);
    }
}
