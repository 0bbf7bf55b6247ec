//! What is booked: the service with its questions, creating one, and the booking page.

use std::sync::Arc;

use app::service::{NewField, NewService};
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use domain::field::{FieldDefinition, FieldKind};
use domain::service::Service as DomainService;

use super::error::{UserError, settle, top_level};
use super::loaders::StaffOfServices;
use super::staff::Staff;
use super::tenant::Tenant;
use super::{actor, app};

/// What is booked.
pub struct Service(pub Arc<DomainService>);

#[Object]
impl Service {
    /// Opaque id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// For the booking page. Null: none.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Length of a booking.
    async fn duration_minutes(&self) -> u32 {
        self.0.rules.duration()
    }

    /// Time kept free before each booking.
    async fn buffer_before_minutes(&self) -> u32 {
        self.0.rules.buffer_before()
    }

    /// Time kept free after each booking.
    async fn buffer_after_minutes(&self) -> u32 {
        self.0.rules.buffer_after()
    }

    /// Distance of the offered starts, counted from the beginning of each opening.
    async fn slot_interval_minutes(&self) -> u32 {
        self.0.rules.interval()
    }

    /// Least time from now to a start.
    async fn min_notice_minutes(&self) -> u32 {
        self.0.rules.min_notice()
    }

    /// The last bookable date, in days from today. Null: no limit.
    async fn max_days_ahead(&self) -> Option<u32> {
        self.0.rules.max_days_ahead()
    }

    /// Most bookings of a date, over all staff of the service; for a group, most runs. Null: no limit.
    async fn max_per_day(&self) -> Option<u32> {
        self.0.rules.max_per_day()
    }

    /// Seats. Over 1, customers share a run until its seats are taken.
    async fn capacity(&self) -> u32 {
        self.0.rules.capacity()
    }

    /// Whether a new booking is `PENDING` until staff approve it.
    async fn requires_approval(&self) -> bool {
        self.0.requires_approval
    }

    /// How long before the start a customer may still cancel.
    async fn cancel_until_minutes(&self) -> u32 {
        self.0.cancel_until_minutes
    }

    /// How long before the start a customer may still move the booking.
    async fn reschedule_until_minutes(&self) -> u32 {
        self.0.reschedule_until_minutes
    }

    /// What the customer is asked.
    async fn fields(&self) -> Vec<Field> {
        self.0.fields.iter().cloned().map(Field::from).collect()
    }

    /// A public picture. Null: it has none.
    async fn image_url(&self) -> Option<&str> {
        None
    }

    /// Who gives it, in the tenant's order.
    async fn staff(&self, context: &Context<'_>) -> Result<Vec<Staff>> {
        let viewer = actor(context)?;
        // Boxed, like every use case below a list: its future would be part of each other field's.
        let people = Box::pin(context.data::<DataLoader<StaffOfServices>>()?.load_one(self.0.id)).await?;
        Ok(people.unwrap_or_default().into_iter().map(|person| Staff::shown_to(viewer, person)).collect())
    }
}

/// A question of a service.
#[derive(SimpleObject)]
pub struct Field {
    /// What answers refer to.
    key: String,
    /// What people read.
    label: String,
    /// What kind of answer it takes.
    r#type: FieldType,
    /// Whether a booking needs an answer.
    required: bool,
    /// What can be chosen; empty for kinds without options.
    options: Vec<String>,
}

impl From<FieldDefinition> for Field {
    fn from(field: FieldDefinition) -> Self {
        Self { key: field.key, label: field.label, r#type: field.kind.into(), required: field.required, options: field.options }
    }
}

/// What kind of answer a question takes. Every answer is sent as a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "FieldKind")]
pub enum FieldType {
    /// One line, at most 200 characters.
    Text,
    /// Several lines, at most 5000 characters.
    LongText,
    /// A decimal number, such as `-12.5`.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of the options.
    Select,
    /// A JSON array of options, such as `["Wash","Cut"]`.
    MultiSelect,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// An `http` or `https` address.
    Url,
    /// `YYYY-MM-DD`.
    Date,
}

/// How a booking without a wish for a person gets one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Assignment {
    /// Whoever is free; of several, the least busy.
    Any,
}

/// A question of a new service.
#[derive(InputObject)]
pub struct FieldInput {
    /// What answers refer to: 1 to 64 of a-z, A-Z, 0-9, hyphen and underscore; differs within the service.
    key: String,
    /// What people read.
    label: String,
    /// What kind of answer it takes.
    r#type: FieldType,
    /// Whether a booking needs an answer.
    #[graphql(default)]
    required: bool,
    /// What can be chosen; only for `SELECT` and `MULTI_SELECT`.
    #[graphql(default)]
    options: Vec<String>,
}

// Numbers are read wider than `Int` allows, so that one out of range is refused by its own rule.
/// A new service.
#[derive(InputObject)]
pub struct CreateServiceInput {
    /// Its name, at most 200 characters.
    name: String,
    /// Length of a booking, 1 to 1440.
    duration_minutes: i64,
    /// For the booking page, at most 5000 characters.
    description: Option<String>,
    /// Time kept free before each booking, 0 to 1440.
    #[graphql(default)]
    buffer_before_minutes: i64,
    /// Time kept free after each booking, 0 to 1440.
    #[graphql(default)]
    buffer_after_minutes: i64,
    /// Distance of the offered starts, 1 to 1440; the duration when absent.
    slot_interval_minutes: Option<i64>,
    /// Least time from now to a start, 0 to 525600.
    #[graphql(default)]
    min_notice_minutes: i64,
    /// The last bookable date, in days from today, 0 to 730; no limit when absent.
    max_days_ahead: Option<i64>,
    /// Most bookings of a date, 1 to 1000; no limit when absent.
    max_per_day: Option<i64>,
    /// Seats, 1 to 1000.
    #[graphql(default = 1)]
    capacity: i64,
    /// Who gives it: 1 to 100 persons, in the order in which ties are broken.
    staff_ids: Vec<ID>,
    /// How a booking without a wish for a person gets one.
    #[graphql(default_with = "Assignment::Any")]
    assignment: Assignment,
    /// Whether a new booking is `PENDING` until staff approve it.
    #[graphql(default)]
    requires_approval: bool,
    /// How long before the start a customer may still cancel, 0 to 525600.
    #[graphql(default)]
    cancel_until_minutes: i64,
    /// How long before the start a customer may still move the booking, 0 to 525600.
    #[graphql(default)]
    reschedule_until_minutes: i64,
    /// What the customer is asked, at most 50 questions.
    #[graphql(default)]
    fields: Vec<FieldInput>,
    /// Makes a retry safe: the same key with the same input answers the same service.
    idempotency_key: Option<String>,
}

/// What `createService` answers.
#[derive(SimpleObject)]
pub struct CreateServicePayload {
    /// The new service; null when there are user errors.
    service: Option<Service>,
    /// Why nothing was created.
    user_errors: Vec<UserError>,
}

/// What a visitor sees first.
#[derive(SimpleObject)]
pub struct BookingPage {
    /// The business.
    tenant: Tenant,
    /// What can be booked, oldest first.
    services: Vec<Service>,
}

/// How many services a booking page is reckoned to have, for the complexity of what is asked for each.
const USUAL_SERVICES: usize = 20;

/// Queries of services.
#[derive(Default)]
pub struct ServiceQuery;

#[Object]
impl ServiceQuery {
    /// What a visitor of the tenant sees first. Needs no credentials.
    #[graphql(complexity = USUAL_SERVICES * child_complexity)]
    async fn booking_page(&self, context: &Context<'_>) -> Result<BookingPage> {
        let (app, actor) = (app(context)?, actor(context)?);
        let tenant = app.tenant(actor).await.map_err(top_level)?;
        let services = app.services(actor).await.map_err(top_level)?;
        Ok(BookingPage { tenant: tenant.into(), services: services.into_iter().map(Service).collect() })
    }
}

/// Mutations of services.
#[derive(Default)]
pub struct ServiceMutation;

#[Object]
impl ServiceMutation {
    /// Creates a service. For owners and admins.
    async fn create_service(&self, context: &Context<'_>, input: CreateServiceInput) -> Result<CreateServicePayload> {
        let actor = actor(context)?;
        let (new, key) = input.into_new();
        let (service, user_errors) = settle(app(context)?.create_service(actor, &new, key.as_deref()).await)?;
        Ok(CreateServicePayload { service: service.map(Service), user_errors })
    }
}

impl CreateServiceInput {
    fn into_new(self) -> (NewService, Option<String>) {
        let Assignment::Any = self.assignment;
        let new = NewService {
            name: self.name,
            description: self.description,
            duration_minutes: self.duration_minutes,
            buffer_before_minutes: self.buffer_before_minutes,
            buffer_after_minutes: self.buffer_after_minutes,
            slot_interval_minutes: self.slot_interval_minutes,
            min_notice_minutes: self.min_notice_minutes,
            max_days_ahead: self.max_days_ahead,
            max_per_day: self.max_per_day,
            capacity: self.capacity,
            staff_ids: self.staff_ids.into_iter().map(|id| id.0).collect(),
            requires_approval: self.requires_approval,
            cancel_until_minutes: self.cancel_until_minutes,
            reschedule_until_minutes: self.reschedule_until_minutes,
            fields: self.fields.into_iter().map(FieldInput::into_new).collect(),
        };
        (new, self.idempotency_key)
    }
}

impl FieldInput {
    fn into_new(self) -> NewField {
        NewField {
            key: self.key,
            label: self.label,
            kind: FieldKind::from(self.r#type).as_str(),
            required: self.required,
            options: self.options,
        }
    }
}
