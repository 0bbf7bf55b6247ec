-- What the migrations lead to. Written by a test, never by hand: DOMICILE_WRITE_SCHEMA=1 cargo test -p suite migrations
CREATE TYPE public.directory_state AS ENUM (
    'active',
    'moving',
    'suspended',
    'released'
);
CREATE TYPE public.residency AS ENUM (
    'PINNED',
    'FLEXIBLE'
);
CREATE TABLE public.dir_change (
    dir_version bigint NOT NULL,
    tenant_id uuid NOT NULL,
    alias_mac bytea NOT NULL,
    region smallint NOT NULL,
    shard smallint NOT NULL,
    home_epoch bigint NOT NULL,
    residency public.residency NOT NULL,
    state public.directory_state NOT NULL,
    CONSTRAINT dir_change_alias_mac_check CHECK ((octet_length(alias_mac) = 32))
);
CREATE TABLE public.directory_entry (
    tenant_id uuid NOT NULL,
    alias_mac bytea NOT NULL,
    region smallint NOT NULL,
    shard smallint NOT NULL,
    home_epoch bigint NOT NULL,
    residency public.residency NOT NULL,
    state public.directory_state NOT NULL,
    dir_version bigint NOT NULL,
    CONSTRAINT directory_entry_alias_mac_check CHECK ((octet_length(alias_mac) = 32)),
    CONSTRAINT directory_entry_home_epoch_check CHECK ((home_epoch > 0)),
    CONSTRAINT directory_entry_region_check CHECK ((region > 0)),
    CONSTRAINT directory_entry_shard_check CHECK ((shard > 0))
);
CREATE TABLE public.directory_head (
    one smallint NOT NULL,
    dir_version bigint NOT NULL,
    CONSTRAINT directory_head_dir_version_check CHECK ((dir_version >= 0)),
    CONSTRAINT directory_head_one_check CHECK ((one = 1))
);
CREATE TABLE public.schema_migration (
    version bigint NOT NULL,
    checksum bytea NOT NULL,
    CONSTRAINT schema_migration_checksum_check CHECK ((octet_length(checksum) = 48))
);
ALTER TABLE ONLY public.dir_change
    ADD CONSTRAINT dir_change_pkey PRIMARY KEY (dir_version);
ALTER TABLE ONLY public.directory_entry
    ADD CONSTRAINT directory_entry_dir_version_key UNIQUE (dir_version);
ALTER TABLE ONLY public.directory_entry
    ADD CONSTRAINT directory_entry_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.directory_head
    ADD CONSTRAINT directory_head_pkey PRIMARY KEY (one);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (version);
CREATE UNIQUE INDEX directory_entry_alias ON public.directory_entry USING btree (alias_mac) WHERE (state <> 'released'::public.directory_state);
GRANT SELECT,INSERT ON TABLE public.dir_change TO domicile_control;
GRANT SELECT,INSERT ON TABLE public.directory_entry TO domicile_control;
GRANT UPDATE(state) ON TABLE public.directory_entry TO domicile_control;
GRANT UPDATE(dir_version) ON TABLE public.directory_entry TO domicile_control;
GRANT SELECT ON TABLE public.directory_head TO domicile_control;
GRANT UPDATE(dir_version) ON TABLE public.directory_head TO domicile_control;
GRANT SELECT ON TABLE public.schema_migration TO domicile_control;
