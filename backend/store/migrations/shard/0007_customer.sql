-- The people who book.
-- Why: found again by the blind index of their e-mail address; everything readable about them is sealed (R6).
-- Lock: none, new table. Safe with the previous version: yes, it does not know it.

CREATE TABLE customer (
    tenant_id   uuid        NOT NULL REFERENCES tenant (tenant_id) ON DELETE CASCADE,
    id          uuid        NOT NULL,
    email_index bytea       NOT NULL CHECK (octet_length(email_index) = 32),   -- blind index
    sealed      bytea       NOT NULL,                                          -- name, e-mail address, phone
    time_zone   text,
    locale      text,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT customer_email_key UNIQUE (tenant_id, email_index)
);
ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON customer USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON customer TO domicile_app;
