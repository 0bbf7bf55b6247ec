//! The JSON of a row's personal fields, sealed for that row (R6). One blob per row.

use domain::ids::TenantId;
use platform::random::Random;
use platform::vault::{self, DataKey, SealedPlace};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Where a blob lies; it opens nowhere else.
pub(crate) const fn place(tenant: TenantId, table: &'static str, row: Uuid) -> SealedPlace {
    SealedPlace { tenant, table, row }
}

/// Seals the fields of the row at `place`.
///
/// # Errors
/// A fault: the fields have no JSON form.
pub(crate) fn seal(key: &DataKey, random: &dyn Random, place: SealedPlace, fields: &impl Serialize) -> Result<Vec<u8>> {
    let plain = Zeroizing::new(serde_json::to_vec(fields).map_err(|_| Error::internal("personal fields have no JSON form"))?);
    Ok(vault::seal(key, random, place, &plain))
}

/// Opens the fields of the row at `place`.
///
/// # Errors
/// A fault that names the row and nothing in it.
pub(crate) fn open<T: DeserializeOwned>(key: &DataKey, place: SealedPlace, blob: &[u8]) -> Result<T> {
    let broken = |what| Error::internal(format_args!("{} {} of {}: {what}", place.table, place.row, place.tenant));
    let plain = vault::open(key, place, blob).map_err(|_| broken("its sealed fields do not open"))?;
    // The parser's message can quote a value, so it is left out.
    serde_json::from_slice(&plain).map_err(|_| broken("its sealed fields have an unknown form"))
}
