-- What the migrations lead to. Written by a test, never by hand: DOMICILE_WRITE_SCHEMA=1 cargo test -p suite migrations
CREATE FUNCTION public.current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;
CREATE TABLE public.region_identity (
    region smallint NOT NULL
);
CREATE TABLE public.schema_migration (
    version bigint NOT NULL,
    checksum bytea NOT NULL,
    CONSTRAINT schema_migration_checksum_check CHECK ((octet_length(checksum) = 48))
);
CREATE TABLE public.tenant_key (
    tenant_id uuid NOT NULL,
    key_version smallint NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT tenant_key_key_version_check CHECK ((key_version > 0)),
    CONSTRAINT tenant_key_wrapped_check CHECK ((octet_length(wrapped) = 81))
);
ALTER TABLE ONLY public.tenant_key FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.region_identity
    ADD CONSTRAINT region_identity_pkey PRIMARY KEY (region);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.tenant_key
    ADD CONSTRAINT tenant_key_pkey PRIMARY KEY (tenant_id, key_version);
ALTER TABLE public.tenant_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON public.tenant_key USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
GRANT SELECT ON TABLE public.region_identity TO PUBLIC;
GRANT SELECT ON TABLE public.schema_migration TO domicile_keys;
GRANT SELECT,INSERT,DELETE ON TABLE public.tenant_key TO domicile_keys;
