-- Wrapped data keys of the region's tenants, and which region this database belongs to.
-- Why: personal fields in the shards are sealed under these keys (R6); this cluster is apart from the shards', so that
--      neither their write-ahead log nor their backups hold a key. A deleted key makes the tenant's fields unreadable.
--      No personal data, no free text.
-- Lock: none, new tables. Safe with the previous version: yes, there is none.

-- Global: no tenant data. One row, written by `domicile migrate` (R3).
CREATE TABLE region_identity (
    region smallint PRIMARY KEY
);
-- No secret: whoever may connect (the application, the observer) may ask which database this is.
GRANT SELECT ON region_identity TO PUBLIC;

-- The tenant of the running transaction, or null. After a first SET LOCAL the setting reads back as an empty text,
-- hence nullif.
CREATE FUNCTION current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;

-- The form of `wrapped` is drawn at the head of platform/src/vault.rs; it opens only with the region's key.
CREATE TABLE tenant_key (
    tenant_id   uuid        NOT NULL,
    key_version smallint    NOT NULL CHECK (key_version > 0),
    wrapped     bytea       NOT NULL CHECK (octet_length(wrapped) = 81),
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, key_version)
);
ALTER TABLE tenant_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_key FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON tenant_key USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, DELETE ON tenant_key TO domicile_keys;
