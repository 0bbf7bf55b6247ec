//! Table `schedule`.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "schedule")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub staff_id: Uuid,
    pub time_zone: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub hours: Json,
    #[sea_orm(column_type = "JsonBinary")]
    pub overrides: Json,
    pub changed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
