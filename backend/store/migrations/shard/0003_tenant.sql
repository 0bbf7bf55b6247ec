-- The tenant, its fence and the sign-ups that are not decided yet.
-- Why: the fence is the last judge of whether a write may commit here (D1); a pending sign-up is removed or finished
--      after a crash.
-- Lock: none, new tables. Safe with the previous version: yes, it does not know them.

CREATE TABLE tenant (
    tenant_id  uuid        PRIMARY KEY,
    sealed     bytea       NOT NULL,              -- alias and name
    time_zone  text        NOT NULL,
    locale     text        NOT NULL,
    plan       text        NOT NULL CHECK (plan IN ('FREE')),
    created_at timestamptz NOT NULL
);
ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON tenant USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant TO domicile_app;

CREATE TABLE fence (
    tenant_id  uuid   PRIMARY KEY REFERENCES tenant (tenant_id) ON DELETE CASCADE,
    home_epoch bigint NOT NULL CHECK (home_epoch > 0),
    mode       text   NOT NULL CHECK (mode IN ('incoming', 'active', 'frozen', 'moved'))
);
ALTER TABLE fence ENABLE ROW LEVEL SECURITY;
ALTER TABLE fence FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON fence USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, INSERT, UPDATE, DELETE ON fence TO domicile_app;

-- Global: holds ids and instants only, so that a job can find what a crash left behind.
CREATE TABLE pending_sign_up (
    tenant_id  uuid        PRIMARY KEY,
    started_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, DELETE ON pending_sign_up TO domicile_app;

-- Raises unless the tenant is active here under this epoch.
-- DM001 the epoch is stale, DM002 the tenant is frozen, DM003 the tenant is not served here.
CREATE FUNCTION fence_judge(held fence, epoch bigint) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
BEGIN
    IF held.tenant_id IS NULL OR held.mode IN ('incoming', 'moved') THEN
        RAISE EXCEPTION 'the tenant is not served here' USING ERRCODE = 'DM003';
    ELSIF held.home_epoch <> epoch THEN
        RAISE EXCEPTION 'the home epoch is stale' USING ERRCODE = 'DM001';
    ELSIF held.mode = 'frozen' THEN
        RAISE EXCEPTION 'the tenant is frozen' USING ERRCODE = 'DM002';
    END IF;
END
$$;

-- Opens a write: locks the fence row until the transaction ends. FOR SHARE and not less: a plain read, an advisory
-- lock and FOR KEY SHARE each let a stale write commit at some isolation level.
CREATE FUNCTION fence_hold(tenant uuid, epoch bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE held fence;
BEGIN
    SELECT * INTO held FROM fence WHERE tenant_id = tenant FOR SHARE;
    PERFORM fence_judge(held, epoch);
END
$$;

-- Opens a read: the same judgement without the lock; a frozen tenant may still be read.
CREATE FUNCTION fence_check(tenant uuid, epoch bigint) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE held fence;
BEGIN
    SELECT * INTO held FROM fence WHERE tenant_id = tenant;
    IF held.mode = 'frozen' AND held.home_epoch = epoch THEN RETURN; END IF;
    PERFORM fence_judge(held, epoch);
END
$$;
