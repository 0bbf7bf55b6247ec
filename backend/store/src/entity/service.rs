//! Table `service`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "service")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub description: Option<String>,
    pub duration_minutes: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub slot_interval_minutes: i32,
    pub min_notice_minutes: i32,
    pub max_days_ahead: Option<i32>,
    pub max_per_day: Option<i32>,
    pub capacity: i32,
    pub requires_approval: bool,
    pub cancel_until_minutes: i32,
    pub reschedule_until_minutes: i32,
    #[sea_orm(column_type = "JsonBinary")]
    pub fields: Json,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
