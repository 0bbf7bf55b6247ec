-- What is booked, and by whom it is given.
-- Why: a service holds the slot rules and the questions it asks; both are read whole by every slot search.
-- Lock: none, new tables. Safe with the previous version: yes, it does not know them.

CREATE TABLE service (
    tenant_id                uuid        NOT NULL REFERENCES tenant (tenant_id) ON DELETE CASCADE,
    id                       uuid        NOT NULL,
    name                     text        NOT NULL,
    description              text,
    duration_minutes         integer     NOT NULL CHECK (duration_minutes BETWEEN 1 AND 1440),
    buffer_before_minutes    integer     NOT NULL CHECK (buffer_before_minutes BETWEEN 0 AND 1440),
    buffer_after_minutes     integer     NOT NULL CHECK (buffer_after_minutes BETWEEN 0 AND 1440),
    slot_interval_minutes    integer     NOT NULL CHECK (slot_interval_minutes BETWEEN 1 AND 1440),
    min_notice_minutes       integer     NOT NULL CHECK (min_notice_minutes >= 0),
    max_days_ahead           integer     CHECK (max_days_ahead >= 0),
    max_per_day              integer     CHECK (max_per_day > 0),
    capacity                 integer     NOT NULL CHECK (capacity > 0),
    requires_approval        boolean     NOT NULL,
    cancel_until_minutes     integer     NOT NULL CHECK (cancel_until_minutes >= 0),
    reschedule_until_minutes integer     NOT NULL CHECK (reschedule_until_minutes >= 0),
    fields                   jsonb       NOT NULL CHECK (jsonb_typeof(fields) = 'array'),   -- [{key,label,type,required,options}]
    created_at               timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
ALTER TABLE service ENABLE ROW LEVEL SECURITY;
ALTER TABLE service FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON service USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON service TO domicile_app;

CREATE TABLE service_staff (
    tenant_id  uuid     NOT NULL,
    service_id uuid     NOT NULL,
    staff_id   uuid     NOT NULL,
    position   smallint NOT NULL,          -- the order the tenant gave
    PRIMARY KEY (tenant_id, service_id, staff_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX service_staff_by_staff ON service_staff (tenant_id, staff_id);
ALTER TABLE service_staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_staff FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON service_staff USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON service_staff TO domicile_app;
