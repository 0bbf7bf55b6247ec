-- What was answered to a caller's idempotency key.
-- Why: a retry answers what the first call answered, across restarts and failover (B3). The row is written with the
--      id that the act will create, before the act, in the act's own transaction: a second call waits for the first.
-- Lock: none, new table. Safe with the previous version: yes, it does not know it.

CREATE TABLE idempotency_key (
    tenant_id  uuid        NOT NULL REFERENCES tenant (tenant_id) ON DELETE CASCADE,
    operation  text        NOT NULL,
    key_mac    bytea       NOT NULL CHECK (octet_length(key_mac) = 32),   -- HMAC of the caller's key
    digest     bytea       NOT NULL CHECK (octet_length(digest) = 32),    -- HMAC of the input
    result_id  uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, operation, key_mac)
);
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_key FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON idempotency_key USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO domicile_app;
