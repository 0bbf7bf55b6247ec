-- What `createBooking` by a returning customer runs. {word type} is that word of a random pick. :slot is the half hour
-- that this transaction takes, counted from 2100, each once. Sealed values are bytes of the usual length.
\set n :n + 1
\set slot :base + :n * :clients + :client_id
BEGIN;
SELECT set_config('app.tenant_id', {tenant text}, true);
SELECT fence_hold({tenant uuid}, {epoch bigint});
INSERT INTO idempotency_key (tenant_id, operation, key_mac, digest, result_id, created_at)
VALUES ({tenant uuid}, 'createBooking', sha256(({staff text} || :slot)::bytea), sha256({tenant text}::bytea), lpad(to_hex(:slot::bigint), 32, '0')::uuid, now())
    ON CONFLICT (tenant_id, operation, key_mac) DO NOTHING;
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
   AND c.ends_at > timestamptz '2100-01-01 00:00Z' + :slot * interval '30 min'
   AND c.ends_at < timestamptz '2100-01-01 00:00:01Z' + :slot * interval '30 min' + interval '72 hours'
   AND c.starts_at < timestamptz '2100-01-01 00:00:01Z' + :slot * interval '30 min'
UNION ALL
SELECT t.staff_id, t.starts_at, t.ends_at, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM time_off t
 WHERE t.tenant_id = {tenant uuid} AND t.staff_id = {staff uuid}
   AND t.ends_at > timestamptz '2100-01-01 00:00Z' + :slot * interval '30 min'
   AND t.starts_at < timestamptz '2100-01-01 00:00:01Z' + :slot * interval '30 min';
SELECT id FROM customer WHERE tenant_id = {tenant uuid} AND email_index = decode({email_index text}, 'hex');
WITH booked AS (
    INSERT INTO booking (tenant_id, id, reference, service_id, staff_id, customer_id, group_session_id, starts_at, ends_at, seats,
                         status, manage_hash, sealed, created_at, changed_at)
    VALUES ({tenant uuid}, lpad(to_hex(:slot::bigint), 32, '0')::uuid, 'S' || :slot, {service uuid}, {staff uuid}, {customer uuid}, NULL,
            timestamptz '2100-01-01 00:00Z' + :slot * interval '30 min', timestamptz '2100-01-01 00:30Z' + :slot * interval '30 min',
            1, 'CONFIRMED', sha256({tenant text}::bytea), decode(repeat('5a', {sealed_bytes integer}), 'hex'), now(), now()))
INSERT INTO claim (tenant_id, id, subject_kind, subject_id, blocked, booking_id)
VALUES ({tenant uuid}, lpad(to_hex(:slot::bigint), 32, '0')::uuid, 1, {staff uuid},
        tstzrange(timestamptz '2100-01-01 00:00Z' + :slot * interval '30 min', timestamptz '2100-01-01 00:30Z' + :slot * interval '30 min'),
        lpad(to_hex(:slot::bigint), 32, '0')::uuid)
    ON CONFLICT ON CONSTRAINT claim_no_overlap DO NOTHING;
COMMIT;
