-- The region's own copy of the directory, in the region's first shard.
-- Why: with control down a node starts and routes from this copy (R5). It follows the feed by number.
-- Global tables: they hold no tenant data, only what R2 allows (uuid, fixed-length bytes, integers, enums).
-- Lock: none, new tables. Safe with the previous version: yes, it does not know them.

CREATE TYPE residency AS ENUM ('PINNED', 'FLEXIBLE');
CREATE TYPE directory_state AS ENUM ('active', 'moving', 'suspended', 'released');

-- One row: the number of the last change applied. Locked by each writer, so the nodes of a region take turns.
CREATE TABLE directory_position (
    one         smallint PRIMARY KEY CHECK (one = 1),
    dir_version bigint   NOT NULL CHECK (dir_version >= 0)
);
INSERT INTO directory_position VALUES (1, 0);

CREATE TABLE directory_entry (
    tenant_id   uuid            PRIMARY KEY,
    alias_mac   bytea           NOT NULL CHECK (octet_length(alias_mac) = 32),
    region      smallint        NOT NULL,
    shard       smallint        NOT NULL,
    home_epoch  bigint          NOT NULL,
    residency   residency       NOT NULL,
    state       directory_state NOT NULL,
    dir_version bigint          NOT NULL
);

GRANT SELECT, UPDATE ON directory_position TO domicile_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_entry TO domicile_app;
