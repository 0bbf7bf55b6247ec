-- Bookings, holds, group sessions and the claims that occupy time.
-- Why: only claim rows occupy time, and their exclusion constraint is the last judge against double booking (B1).
-- Lock: none, new tables. Safe with the previous version: yes, it does not know them.

CREATE TABLE group_session (
    tenant_id  uuid        NOT NULL,
    id         uuid        NOT NULL,
    service_id uuid        NOT NULL,
    staff_id   uuid        NOT NULL,
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT group_session_start_key UNIQUE (tenant_id, service_id, staff_id, starts_at, ends_at),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE group_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE group_session FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON group_session USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON group_session TO domicile_app;

CREATE TABLE hold (
    tenant_id        uuid        NOT NULL,
    id               uuid        NOT NULL,
    service_id       uuid        NOT NULL,
    staff_id         uuid        NOT NULL,
    group_session_id uuid,
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL CHECK (ends_at > starts_at),
    seats            integer     NOT NULL CHECK (seats > 0),
    expires_at       timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, group_session_id) REFERENCES group_session (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX hold_by_group_session ON hold (tenant_id, group_session_id) WHERE group_session_id IS NOT NULL;
ALTER TABLE hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE hold FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON hold USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON hold TO domicile_app;

CREATE TABLE booking (
    tenant_id        uuid        NOT NULL,
    id               uuid        NOT NULL,
    reference        text        NOT NULL,
    service_id       uuid        NOT NULL,
    staff_id         uuid        NOT NULL,
    customer_id      uuid        NOT NULL,
    group_session_id uuid,                        -- set when the service's capacity is over one
    starts_at        timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL CHECK (ends_at > starts_at),
    seats            integer     NOT NULL CHECK (seats > 0),
    status           text        NOT NULL CHECK (status IN ('PENDING', 'CONFIRMED', 'CANCELLED')),
    manage_hash      bytea       NOT NULL CHECK (octet_length(manage_hash) = 32),   -- SHA-256 of the manage token
    sealed           bytea       NOT NULL,        -- who booked as they wrote it, answers, note, reason of cancelling
    created_at       timestamptz NOT NULL,
    changed_at       timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_reference_key UNIQUE (tenant_id, reference),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service (tenant_id, id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customer (tenant_id, id),
    FOREIGN KEY (tenant_id, group_session_id) REFERENCES group_session (tenant_id, id)
);
CREATE INDEX booking_by_start ON booking (tenant_id, starts_at, id);
CREATE INDEX booking_by_creation ON booking (tenant_id, created_at, id);
CREATE INDEX booking_by_customer ON booking (tenant_id, customer_id, starts_at);
CREATE INDEX booking_by_service ON booking (tenant_id, service_id, starts_at);
CREATE INDEX booking_by_staff ON booking (tenant_id, staff_id, starts_at);
CREATE INDEX booking_by_group_session ON booking (tenant_id, group_session_id) WHERE group_session_id IS NOT NULL;
ALTER TABLE booking ENABLE ROW LEVEL SECURITY;
ALTER TABLE booking FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON booking USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON booking TO domicile_app;

-- A claim exists exactly as long as its owner occupies time: cancelling deletes it. `blocked` is half-open and
-- includes the buffers the owner was booked under. With `expires_at` it stops counting at that instant.
CREATE TABLE claim (
    tenant_id        uuid        NOT NULL,
    id               uuid        NOT NULL,
    subject_kind     smallint    NOT NULL CHECK (subject_kind = 1),   -- 1: staff
    subject_id       uuid        NOT NULL,
    blocked          tstzrange   NOT NULL,
    booking_id       uuid,
    group_session_id uuid,
    hold_id          uuid,
    expires_at       timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT claim_one_owner CHECK (num_nonnulls(booking_id, group_session_id, hold_id) = 1),
    -- Searches bound upper(blocked) on both sides, which is exact only while no claim is longer than this.
    CONSTRAINT claim_length CHECK (NOT isempty(blocked) AND upper(blocked) - lower(blocked) <= interval '72 hours'),
    CONSTRAINT claim_no_overlap EXCLUDE USING gist (tenant_id WITH =, subject_kind WITH =, subject_id WITH =, blocked WITH &&),
    FOREIGN KEY (tenant_id, booking_id) REFERENCES booking (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, group_session_id) REFERENCES group_session (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, hold_id) REFERENCES hold (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX claim_by_subject ON claim (tenant_id, subject_id, upper(blocked));
CREATE INDEX claim_by_booking ON claim (tenant_id, booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX claim_by_group_session ON claim (tenant_id, group_session_id) WHERE group_session_id IS NOT NULL;
CREATE INDEX claim_by_hold ON claim (tenant_id, hold_id) WHERE hold_id IS NOT NULL;
ALTER TABLE claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON claim USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON claim TO domicile_app;
