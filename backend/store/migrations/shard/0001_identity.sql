-- Which region and which promotion this database belongs to.
-- Why: a node compares region_identity with its own region before it serves (R3); each promotion of a site adds a
--      site_identity row before any application write (D1).
-- Lock: none, new tables. Safe with the previous version: yes, there is none.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Global: no tenant data. One row, written by `domicile migrate`.
CREATE TABLE region_identity (
    region smallint PRIMARY KEY
);

-- Global: no tenant data. The newest row counts.
CREATE TABLE site_identity (
    site_epoch   bigint      PRIMARY KEY CHECK (site_epoch > 0),
    promotion_id uuid        NOT NULL UNIQUE,
    promoted_at  timestamptz NOT NULL
);
INSERT INTO site_identity VALUES (1, gen_random_uuid(), now());

-- No secret: whoever may connect (the application, the observer) may ask which database this is.
GRANT SELECT ON region_identity, site_identity TO PUBLIC;

-- The tenant of the running transaction, or null. After a first SET LOCAL the setting reads back as an empty text,
-- hence nullif. Plain SQL and stable, so the planner folds it into the policy's comparison.
CREATE FUNCTION current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;
