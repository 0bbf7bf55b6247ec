-- What `availableSlots` of one person over 31 days runs. {word type} is that word of a random pick.
BEGIN READ ONLY;
SELECT set_config('app.tenant_id', {tenant text}, true);
SELECT fence_check({tenant uuid}, {epoch bigint});
SELECT s.tenant_id, s.id, s.name, s.description, s.duration_minutes, s.buffer_before_minutes, s.buffer_after_minutes,
       s.slot_interval_minutes, s.min_notice_minutes, s.max_days_ahead, s.max_per_day, s.capacity, s.requires_approval,
       s.cancel_until_minutes, s.reschedule_until_minutes, s.fields, s.created_at,
       p.id AS staff_id, p.role, p.sealed AS staff_sealed, p.time_zone AS staff_zone, h.time_zone AS hours_zone, h.hours, h.overrides
  FROM service s
  LEFT JOIN service_staff g ON g.tenant_id = {tenant uuid} AND g.service_id = s.id
  LEFT JOIN staff p ON p.tenant_id = {tenant uuid} AND p.id = g.staff_id
  LEFT JOIN schedule h ON h.tenant_id = {tenant uuid} AND h.staff_id = g.staff_id
 WHERE s.tenant_id = {tenant uuid} AND s.id = {service uuid}
 ORDER BY g.position;
SELECT c.subject_id AS staff_id, c.starts_at AS starts, c.ends_at AS ends, c.booking_id, c.group_session_id, c.hold_id,
       c.expires_at, NULL::uuid AS service_id, NULL::timestamptz AS run_starts, NULL::timestamptz AS run_ends, NULL::bigint AS seats
  FROM claim c
 WHERE c.tenant_id = {tenant uuid} AND c.subject_kind = 1 AND c.subject_id = {staff uuid}
   AND c.ends_at > {from timestamptz} AND c.ends_at < {to timestamptz} + interval '72 hours' AND c.starts_at < {to timestamptz}
UNION ALL
SELECT t.staff_id, t.starts_at, t.ends_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM time_off t
 WHERE t.tenant_id = {tenant uuid} AND t.staff_id = {staff uuid} AND t.ends_at > {from timestamptz} AND t.starts_at < {to timestamptz};
ROLLBACK;
