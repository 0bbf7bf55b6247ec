-- What `node(id:)` of a booking runs. {word type} is that word of a random pick.
BEGIN READ ONLY;
SELECT set_config('app.tenant_id', {tenant text}, true);
SELECT fence_check({tenant uuid}, {epoch bigint});
SELECT id, reference, service_id, staff_id, customer_id, group_session_id, starts_at, ends_at, seats, status, manage_hash, sealed, created_at
  FROM booking WHERE tenant_id = {tenant uuid} AND id = {booking uuid};
SELECT tenant_id, id, name, description, duration_minutes, buffer_before_minutes, buffer_after_minutes, slot_interval_minutes,
       min_notice_minutes, max_days_ahead, max_per_day, capacity, requires_approval, cancel_until_minutes, reschedule_until_minutes,
       fields, created_at
  FROM service WHERE tenant_id = {tenant uuid} AND id = ANY (ARRAY[{service uuid}]);
SELECT id, role, sealed, time_zone FROM staff WHERE tenant_id = {tenant uuid} AND id = ANY (ARRAY[{staff uuid}]) ORDER BY id;
ROLLBACK;
