-- The directory's authority: which tenant lives where, and the numbered feed of every change.
-- Why: regions pull the feed and route by it (R5); a sign-up is decided by the one commit that writes the entry and its
--      change here.
-- Only uuid, fixed-length bytes, integers and enums: nothing in this database can hold a name (R2). A region is the number
-- in its file; the alias is an HMAC under a key that this database's processes do not have.
-- Lock: none, new tables. Safe with the previous version: yes, there is none.

CREATE TYPE residency AS ENUM ('PINNED', 'FLEXIBLE');
CREATE TYPE directory_state AS ENUM ('active', 'moving', 'suspended', 'released');

-- One row. Locked by each writer until its commit, so versions have no gap and become visible in their order; a sequence
-- would give neither.
CREATE TABLE directory_head (
    one         smallint PRIMARY KEY CHECK (one = 1),
    dir_version bigint   NOT NULL CHECK (dir_version >= 0)
);
INSERT INTO directory_head VALUES (1, 0);

-- The newest state of each tenant. A released entry stays as a tombstone: its id can never be claimed again.
CREATE TABLE directory_entry (
    tenant_id   uuid            PRIMARY KEY,
    alias_mac   bytea           NOT NULL CHECK (octet_length(alias_mac) = 32),
    region      smallint        NOT NULL CHECK (region > 0),
    shard       smallint        NOT NULL CHECK (shard > 0),
    home_epoch  bigint          NOT NULL CHECK (home_epoch > 0),
    residency   residency       NOT NULL,
    state       directory_state NOT NULL,
    dir_version bigint          NOT NULL UNIQUE
);
CREATE UNIQUE INDEX directory_entry_alias ON directory_entry (alias_mac) WHERE state <> 'released';

-- Every change, whole, for ever: append-only for the application's role.
CREATE TABLE dir_change (
    dir_version bigint          PRIMARY KEY,
    tenant_id   uuid            NOT NULL,
    alias_mac   bytea           NOT NULL CHECK (octet_length(alias_mac) = 32),
    region      smallint        NOT NULL,
    shard       smallint        NOT NULL,
    home_epoch  bigint          NOT NULL,
    residency   residency       NOT NULL,
    state       directory_state NOT NULL
);

GRANT SELECT, UPDATE (dir_version) ON directory_head TO domicile_control;
GRANT SELECT, INSERT, UPDATE (state, dir_version) ON directory_entry TO domicile_control;
GRANT SELECT, INSERT ON dir_change TO domicile_control;
