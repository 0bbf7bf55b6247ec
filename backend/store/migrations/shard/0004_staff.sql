-- People of a tenant and their sign-ins.
-- Why: staff are booked and sign in; a session is one sign-in with its access and refresh token (S2).
-- Lock: none, new tables. Safe with the previous version: yes, it does not know them.

CREATE TABLE staff (
    tenant_id     uuid        NOT NULL REFERENCES tenant (tenant_id) ON DELETE CASCADE,
    id            uuid        NOT NULL,
    role          text        NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'STAFF')),
    email_index   bytea       NOT NULL CHECK (octet_length(email_index) = 32),   -- blind index
    sealed        bytea       NOT NULL,                                          -- name, e-mail address
    password_hash text,                                                          -- null: cannot sign in
    time_zone     text        NOT NULL,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT staff_email_key UNIQUE (tenant_id, email_index)
);
ALTER TABLE staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON staff USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON staff TO domicile_app;

CREATE TABLE session (
    tenant_id          uuid        NOT NULL,
    id                 uuid        NOT NULL,
    staff_id           uuid        NOT NULL,
    access_hash        bytea       NOT NULL CHECK (octet_length(access_hash) = 32),
    access_expires_at  timestamptz NOT NULL,
    refresh_hash       bytea       NOT NULL CHECK (octet_length(refresh_hash) = 32),
    refresh_expires_at timestamptz NOT NULL,       -- of the session as a whole: a refresh does not move it
    created_at         timestamptz NOT NULL,
    revoked_at         timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT session_access_key UNIQUE (tenant_id, access_hash),
    CONSTRAINT session_refresh_key UNIQUE (tenant_id, refresh_hash),
    FOREIGN KEY (tenant_id, staff_id) REFERENCES staff (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX session_staff ON session (tenant_id, staff_id);
ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON session USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO domicile_app;

-- Refresh tokens that were exchanged for newer ones: whoever shows one again has a copy, so its session is revoked.
CREATE TABLE spent_refresh_token (
    tenant_id  uuid  NOT NULL,
    token_hash bytea NOT NULL CHECK (octet_length(token_hash) = 32),
    session_id uuid  NOT NULL,
    PRIMARY KEY (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, session_id) REFERENCES session (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX spent_refresh_token_session ON spent_refresh_token (tenant_id, session_id);
ALTER TABLE spent_refresh_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE spent_refresh_token FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON spent_refresh_token USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON spent_refresh_token TO domicile_app;
