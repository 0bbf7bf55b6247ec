//! Roles and what each may do. The table is one constant, so that a review sees all of it at once.

/// What a staff member is in the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Signed the tenant up; may do everything.
    Owner,
    /// Runs the tenant day by day.
    Admin,
    /// Is booked; sees and changes what is their own.
    Staff,
}

/// One act that needs a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Add staff.
    ManageStaff,
    /// Create services.
    ManageServices,
    /// Set schedules and time off of anyone.
    ManageSchedules,
    /// Set one's own schedule and time off.
    ManageOwnSchedule,
    /// Read every booking and customer.
    ReadBookings,
    /// Read the bookings one is booked for.
    ReadOwnBookings,
    /// Book for customers, move and cancel any booking.
    ManageBookings,
    /// Move and cancel the bookings one is booked for.
    ManageOwnBookings,
}

/// Who may do what. A right that is not in this table does not exist.
const MAY: &[(Role, &[Permission])] = &[
    (
        Role::Owner,
        &[
            Permission::ManageStaff,
            Permission::ManageServices,
            Permission::ManageSchedules,
            Permission::ManageOwnSchedule,
            Permission::ReadBookings,
            Permission::ReadOwnBookings,
            Permission::ManageBookings,
            Permission::ManageOwnBookings,
        ],
    ),
    (
        Role::Admin,
        &[
            Permission::ManageStaff,
            Permission::ManageServices,
            Permission::ManageSchedules,
            Permission::ManageOwnSchedule,
            Permission::ReadBookings,
            Permission::ReadOwnBookings,
            Permission::ManageBookings,
            Permission::ManageOwnBookings,
        ],
    ),
    (Role::Staff, &[Permission::ManageOwnSchedule, Permission::ReadOwnBookings, Permission::ManageOwnBookings]),
];

impl Role {
    /// Whether the table grants `permission` to this role.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        MAY.iter().any(|(role, granted)| *role == self && granted.contains(&permission))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_may_only_touch_what_is_their_own() {
        let granted: Vec<_> = [
            Permission::ManageStaff,
            Permission::ManageServices,
            Permission::ManageSchedules,
            Permission::ManageOwnSchedule,
            Permission::ReadBookings,
            Permission::ReadOwnBookings,
            Permission::ManageBookings,
            Permission::ManageOwnBookings,
        ]
        .into_iter()
        .filter(|permission| Role::Staff.may(*permission))
        .collect();

        assert_eq!(granted, [Permission::ManageOwnSchedule, Permission::ReadOwnBookings, Permission::ManageOwnBookings]);
    }
}
