//! Who acts, for which tenant: the first argument of every use case.

use domain::ids::{SessionId, StaffId};
use domain::staff::{Permission, Role};
use store::TenantScope;

use crate::error::{Error, Result};

/// Somebody acting inside one tenant. The tenant never changes during a request (I3).
#[derive(Debug, Clone)]
pub struct Actor {
    /// The tenant, at home here.
    pub scope: TenantScope,
    /// Who.
    pub who: Who,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A visitor of the booking page; a customer shows a manage token where one is needed.
    Anyone,
    /// A signed-in staff member.
    Staff {
        /// The person.
        staff: StaffId,
        /// The sign-in.
        session: SessionId,
        /// What the person is in the tenant.
        role: Role,
    },
}

impl Actor {
    /// The signed-in person.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`]: nobody is signed in.
    pub const fn staff(&self) -> Result<(StaffId, Role)> {
        match self.who {
            Who::Staff { staff, role, .. } => Ok((staff, role)),
            Who::Anyone => Err(Error::Unauthenticated),
        }
    }

    /// Demands a right.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Forbidden`].
    pub fn demand(&self, permission: Permission) -> Result<StaffId> {
        let (staff, role) = self.staff()?;
        if role.may(permission) { Ok(staff) } else { Err(Error::Forbidden) }
    }

    /// Demands a right over what belongs to `owner`: `all`, or `own` when the actor is that person.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Forbidden`].
    pub fn demand_over(&self, owner: StaffId, all: Permission, own: Permission) -> Result<()> {
        let (staff, role) = self.staff()?;
        if role.may(all) || (staff == owner && role.may(own)) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Whether a staff member acts.
    #[must_use]
    pub const fn is_staff(&self) -> bool {
        matches!(self.who, Who::Staff { .. })
    }
}
