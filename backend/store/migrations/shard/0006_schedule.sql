-- Hours of staff and the spans they are closed.
-- Why: a schedule is read and replaced whole, so its hours and overrides are documents of one row; their form is
--      checked by the application, which does all wall-clock work (B4).
-- Lock: none, new tables. Safe with the previous version: yes, it does not know them.

CREATE TABLE schedule (
    tenant_id  uuid        NOT NULL,
    id         uuid        NOT NULL,
    staff_id   uuid        NOT NULL,
    time_zone  text        NOT NULL,
    hours      jsonb       NOT NULL CHECK (jsonb_typeof(hours) = 'array'),       -- [{day,start,end}]
    overrides  jsonb       NOT NULL CHECK (jsonb_typeof(overrides) = 'array'),   -- [{date,closed|start,end}]
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT schedule_staff_key UNIQUE (tenant_id, staff_id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE schedule ENABLE ROW LEVEL SECURITY;
ALTER TABLE schedule FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON schedule USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON schedule TO domicile_app;

CREATE TABLE time_off (
    tenant_id  uuid        NOT NULL,
    id         uuid        NOT NULL,
    staff_id   uuid        NOT NULL,
    during     tstzrange   NOT NULL CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)),
    sealed     bytea,                                    -- the reason; null: none given
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX time_off_by_staff ON time_off (tenant_id, staff_id, upper(during));
ALTER TABLE time_off ENABLE ROW LEVEL SECURITY;
ALTER TABLE time_off FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON time_off USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON time_off TO domicile_app;
