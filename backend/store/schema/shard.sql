-- What the migrations lead to. Written by a test, never by hand: DOMICILE_WRITE_SCHEMA=1 cargo test -p suite migrations
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';
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
CREATE FUNCTION public.current_tenant() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.tenant_id', true), '')::uuid $$;
CREATE FUNCTION public.fence_check(tenant uuid, epoch bigint) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE held fence;
BEGIN
    SELECT * INTO held FROM fence WHERE tenant_id = tenant;
    IF held.mode = 'frozen' AND held.home_epoch = epoch THEN RETURN; END IF;
    PERFORM fence_judge(held, epoch);
END
$$;
CREATE FUNCTION public.fence_hold(tenant uuid, epoch bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE held fence;
BEGIN
    SELECT * INTO held FROM fence WHERE tenant_id = tenant FOR SHARE;
    PERFORM fence_judge(held, epoch);
END
$$;
CREATE TABLE public.fence (
    tenant_id uuid NOT NULL,
    home_epoch bigint NOT NULL,
    mode text NOT NULL,
    CONSTRAINT fence_home_epoch_check CHECK ((home_epoch > 0)),
    CONSTRAINT fence_mode_check CHECK ((mode = ANY (ARRAY['incoming'::text, 'active'::text, 'frozen'::text, 'moved'::text])))
);
ALTER TABLE ONLY public.fence FORCE ROW LEVEL SECURITY;
CREATE FUNCTION public.fence_judge(held public.fence, epoch bigint) RETURNS void
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
CREATE TABLE public.booking (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    reference text NOT NULL,
    service_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    group_session_id uuid,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    seats integer NOT NULL,
    status text NOT NULL,
    manage_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT booking_check CHECK ((ends_at > starts_at)),
    CONSTRAINT booking_manage_hash_check CHECK ((octet_length(manage_hash) = 32)),
    CONSTRAINT booking_seats_check CHECK ((seats > 0)),
    CONSTRAINT booking_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'CONFIRMED'::text, 'CANCELLED'::text])))
);
ALTER TABLE ONLY public.booking FORCE ROW LEVEL SECURITY;
CREATE TABLE public.claim (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_kind smallint NOT NULL,
    subject_id uuid NOT NULL,
    blocked tstzrange NOT NULL,
    booking_id uuid,
    group_session_id uuid,
    hold_id uuid,
    expires_at timestamp with time zone,
    starts_at timestamp with time zone GENERATED ALWAYS AS (lower(blocked)) STORED NOT NULL,
    ends_at timestamp with time zone GENERATED ALWAYS AS (upper(blocked)) STORED NOT NULL,
    CONSTRAINT claim_length CHECK (((NOT isempty(blocked)) AND ((upper(blocked) - lower(blocked)) <= '72:00:00'::interval))),
    CONSTRAINT claim_one_owner CHECK ((num_nonnulls(booking_id, group_session_id, hold_id) = 1)),
    CONSTRAINT claim_subject_kind_check CHECK ((subject_kind = 1))
);
ALTER TABLE ONLY public.claim FORCE ROW LEVEL SECURITY;
CREATE TABLE public.customer (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    email_index bytea NOT NULL,
    sealed bytea NOT NULL,
    time_zone text,
    locale text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT customer_email_index_check CHECK ((octet_length(email_index) = 32))
);
ALTER TABLE ONLY public.customer FORCE ROW LEVEL SECURITY;
CREATE TABLE public.directory_entry (
    tenant_id uuid NOT NULL,
    alias_mac bytea NOT NULL,
    region smallint NOT NULL,
    shard smallint NOT NULL,
    home_epoch bigint NOT NULL,
    residency public.residency NOT NULL,
    state public.directory_state NOT NULL,
    dir_version bigint NOT NULL,
    CONSTRAINT directory_entry_alias_mac_check CHECK ((octet_length(alias_mac) = 32))
);
CREATE TABLE public.directory_position (
    one smallint NOT NULL,
    dir_version bigint NOT NULL,
    CONSTRAINT directory_position_dir_version_check CHECK ((dir_version >= 0)),
    CONSTRAINT directory_position_one_check CHECK ((one = 1))
);
CREATE TABLE public.group_session (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT group_session_check CHECK ((ends_at > starts_at))
);
ALTER TABLE ONLY public.group_session FORCE ROW LEVEL SECURITY;
CREATE TABLE public.hold (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    service_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    group_session_id uuid,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    seats integer NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT hold_check CHECK ((ends_at > starts_at)),
    CONSTRAINT hold_seats_check CHECK ((seats > 0))
);
ALTER TABLE ONLY public.hold FORCE ROW LEVEL SECURITY;
CREATE TABLE public.idempotency_key (
    tenant_id uuid NOT NULL,
    operation text NOT NULL,
    key_mac bytea NOT NULL,
    digest bytea NOT NULL,
    result_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_key_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT idempotency_key_key_mac_check CHECK ((octet_length(key_mac) = 32))
);
ALTER TABLE ONLY public.idempotency_key FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pending_sign_up (
    tenant_id uuid NOT NULL,
    started_at timestamp with time zone NOT NULL
);
CREATE TABLE public.region_identity (
    region smallint NOT NULL
);
CREATE TABLE public.schedule (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    time_zone text NOT NULL,
    hours jsonb NOT NULL,
    overrides jsonb NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    CONSTRAINT schedule_hours_check CHECK ((jsonb_typeof(hours) = 'array'::text)),
    CONSTRAINT schedule_overrides_check CHECK ((jsonb_typeof(overrides) = 'array'::text))
);
ALTER TABLE ONLY public.schedule FORCE ROW LEVEL SECURITY;
CREATE TABLE public.schema_migration (
    version bigint NOT NULL,
    checksum bytea NOT NULL,
    CONSTRAINT schema_migration_checksum_check CHECK ((octet_length(checksum) = 48))
);
CREATE TABLE public.service (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    description text,
    duration_minutes integer NOT NULL,
    buffer_before_minutes integer NOT NULL,
    buffer_after_minutes integer NOT NULL,
    slot_interval_minutes integer NOT NULL,
    min_notice_minutes integer NOT NULL,
    max_days_ahead integer,
    max_per_day integer,
    capacity integer NOT NULL,
    requires_approval boolean NOT NULL,
    cancel_until_minutes integer NOT NULL,
    reschedule_until_minutes integer NOT NULL,
    fields jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT service_buffer_after_minutes_check CHECK (((buffer_after_minutes >= 0) AND (buffer_after_minutes <= 1440))),
    CONSTRAINT service_buffer_before_minutes_check CHECK (((buffer_before_minutes >= 0) AND (buffer_before_minutes <= 1440))),
    CONSTRAINT service_cancel_until_minutes_check CHECK ((cancel_until_minutes >= 0)),
    CONSTRAINT service_capacity_check CHECK ((capacity > 0)),
    CONSTRAINT service_duration_minutes_check CHECK (((duration_minutes >= 1) AND (duration_minutes <= 1440))),
    CONSTRAINT service_fields_check CHECK ((jsonb_typeof(fields) = 'array'::text)),
    CONSTRAINT service_max_days_ahead_check CHECK ((max_days_ahead >= 0)),
    CONSTRAINT service_max_per_day_check CHECK ((max_per_day > 0)),
    CONSTRAINT service_min_notice_minutes_check CHECK ((min_notice_minutes >= 0)),
    CONSTRAINT service_reschedule_until_minutes_check CHECK ((reschedule_until_minutes >= 0)),
    CONSTRAINT service_slot_interval_minutes_check CHECK (((slot_interval_minutes >= 1) AND (slot_interval_minutes <= 1440)))
);
ALTER TABLE ONLY public.service FORCE ROW LEVEL SECURITY;
CREATE TABLE public.service_staff (
    tenant_id uuid NOT NULL,
    service_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    "position" smallint NOT NULL
);
ALTER TABLE ONLY public.service_staff FORCE ROW LEVEL SECURITY;
CREATE TABLE public.session (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    access_hash bytea NOT NULL,
    access_expires_at timestamp with time zone NOT NULL,
    refresh_hash bytea NOT NULL,
    refresh_expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT session_access_hash_check CHECK ((octet_length(access_hash) = 32)),
    CONSTRAINT session_refresh_hash_check CHECK ((octet_length(refresh_hash) = 32))
);
ALTER TABLE ONLY public.session FORCE ROW LEVEL SECURITY;
CREATE TABLE public.site_identity (
    site_epoch bigint NOT NULL,
    promotion_id uuid NOT NULL,
    promoted_at timestamp with time zone NOT NULL,
    CONSTRAINT site_identity_site_epoch_check CHECK ((site_epoch > 0))
);
CREATE TABLE public.spent_refresh_token (
    tenant_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    CONSTRAINT spent_refresh_token_token_hash_check CHECK ((octet_length(token_hash) = 32))
);
ALTER TABLE ONLY public.spent_refresh_token FORCE ROW LEVEL SECURITY;
CREATE TABLE public.staff (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    role text NOT NULL,
    email_index bytea NOT NULL,
    sealed bytea NOT NULL,
    password_hash text,
    time_zone text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT staff_email_index_check CHECK ((octet_length(email_index) = 32)),
    CONSTRAINT staff_role_check CHECK ((role = ANY (ARRAY['OWNER'::text, 'ADMIN'::text, 'STAFF'::text])))
);
ALTER TABLE ONLY public.staff FORCE ROW LEVEL SECURITY;
CREATE TABLE public.tenant (
    tenant_id uuid NOT NULL,
    sealed bytea NOT NULL,
    time_zone text NOT NULL,
    locale text NOT NULL,
    plan text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT tenant_plan_check CHECK ((plan = 'FREE'::text))
);
ALTER TABLE ONLY public.tenant FORCE ROW LEVEL SECURITY;
CREATE TABLE public.time_off (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    during tstzrange NOT NULL,
    sealed bytea,
    created_at timestamp with time zone NOT NULL,
    starts_at timestamp with time zone GENERATED ALWAYS AS (lower(during)) STORED NOT NULL,
    ends_at timestamp with time zone GENERATED ALWAYS AS (upper(during)) STORED NOT NULL,
    CONSTRAINT time_off_during_check CHECK (((NOT isempty(during)) AND lower_inc(during) AND (NOT upper_inc(during))))
);
ALTER TABLE ONLY public.time_off FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_reference_key UNIQUE (tenant_id, reference);
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_no_overlap EXCLUDE USING gist (tenant_id WITH =, subject_kind WITH =, subject_id WITH =, blocked WITH &&);
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_email_key UNIQUE (tenant_id, email_index);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.directory_entry
    ADD CONSTRAINT directory_entry_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.directory_position
    ADD CONSTRAINT directory_position_pkey PRIMARY KEY (one);
ALTER TABLE ONLY public.fence
    ADD CONSTRAINT fence_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.group_session
    ADD CONSTRAINT group_session_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.group_session
    ADD CONSTRAINT group_session_start_key UNIQUE (tenant_id, service_id, staff_id, starts_at, ends_at);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (tenant_id, operation, key_mac);
ALTER TABLE ONLY public.pending_sign_up
    ADD CONSTRAINT pending_sign_up_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.region_identity
    ADD CONSTRAINT region_identity_pkey PRIMARY KEY (region);
ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_staff_key UNIQUE (tenant_id, staff_id);
ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.service
    ADD CONSTRAINT service_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.service_staff
    ADD CONSTRAINT service_staff_pkey PRIMARY KEY (tenant_id, service_id, staff_id);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_access_key UNIQUE (tenant_id, access_hash);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_refresh_key UNIQUE (tenant_id, refresh_hash);
ALTER TABLE ONLY public.site_identity
    ADD CONSTRAINT site_identity_pkey PRIMARY KEY (site_epoch);
ALTER TABLE ONLY public.site_identity
    ADD CONSTRAINT site_identity_promotion_id_key UNIQUE (promotion_id);
ALTER TABLE ONLY public.spent_refresh_token
    ADD CONSTRAINT spent_refresh_token_pkey PRIMARY KEY (tenant_id, token_hash);
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_email_key UNIQUE (tenant_id, email_index);
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (tenant_id, id);
ALTER TABLE ONLY public.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY public.time_off
    ADD CONSTRAINT time_off_pkey PRIMARY KEY (tenant_id, id);
CREATE INDEX booking_by_creation ON public.booking USING btree (tenant_id, created_at, id);
CREATE INDEX booking_by_customer ON public.booking USING btree (tenant_id, customer_id, starts_at);
CREATE INDEX booking_by_group_session ON public.booking USING btree (tenant_id, group_session_id) WHERE (group_session_id IS NOT NULL);
CREATE INDEX booking_by_service ON public.booking USING btree (tenant_id, service_id, starts_at);
CREATE INDEX booking_by_staff ON public.booking USING btree (tenant_id, staff_id, starts_at);
CREATE INDEX booking_by_start ON public.booking USING btree (tenant_id, starts_at, id);
CREATE INDEX claim_by_booking ON public.claim USING btree (tenant_id, booking_id) WHERE (booking_id IS NOT NULL);
CREATE INDEX claim_by_end ON public.claim USING btree (tenant_id, subject_id, ends_at);
CREATE INDEX claim_by_group_session ON public.claim USING btree (tenant_id, group_session_id) WHERE (group_session_id IS NOT NULL);
CREATE INDEX claim_by_hold ON public.claim USING btree (tenant_id, hold_id) WHERE (hold_id IS NOT NULL);
CREATE INDEX hold_by_group_session ON public.hold USING btree (tenant_id, group_session_id) WHERE (group_session_id IS NOT NULL);
CREATE INDEX service_staff_by_staff ON public.service_staff USING btree (tenant_id, staff_id);
CREATE INDEX session_staff ON public.session USING btree (tenant_id, staff_id);
CREATE INDEX spent_refresh_token_session ON public.spent_refresh_token USING btree (tenant_id, session_id);
CREATE INDEX time_off_by_end ON public.time_off USING btree (tenant_id, staff_id, ends_at);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_tenant_id_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES public.customer(tenant_id, id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_tenant_id_group_session_id_fkey FOREIGN KEY (tenant_id, group_session_id) REFERENCES public.group_session(tenant_id, id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_tenant_id_service_id_fkey FOREIGN KEY (tenant_id, service_id) REFERENCES public.service(tenant_id, id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id);
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_tenant_id_booking_id_fkey FOREIGN KEY (tenant_id, booking_id) REFERENCES public.booking(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_tenant_id_group_session_id_fkey FOREIGN KEY (tenant_id, group_session_id) REFERENCES public.group_session(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_tenant_id_hold_id_fkey FOREIGN KEY (tenant_id, hold_id) REFERENCES public.hold(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.fence
    ADD CONSTRAINT fence_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.group_session
    ADD CONSTRAINT group_session_tenant_id_service_id_fkey FOREIGN KEY (tenant_id, service_id) REFERENCES public.service(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.group_session
    ADD CONSTRAINT group_session_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_tenant_id_group_session_id_fkey FOREIGN KEY (tenant_id, group_session_id) REFERENCES public.group_session(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_tenant_id_service_id_fkey FOREIGN KEY (tenant_id, service_id) REFERENCES public.service(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.service_staff
    ADD CONSTRAINT service_staff_tenant_id_service_id_fkey FOREIGN KEY (tenant_id, service_id) REFERENCES public.service(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.service_staff
    ADD CONSTRAINT service_staff_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.service
    ADD CONSTRAINT service_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.spent_refresh_token
    ADD CONSTRAINT spent_refresh_token_tenant_id_session_id_fkey FOREIGN KEY (tenant_id, session_id) REFERENCES public.session(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES public.tenant(tenant_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.time_off
    ADD CONSTRAINT time_off_tenant_id_staff_id_fkey FOREIGN KEY (tenant_id, staff_id) REFERENCES public.staff(tenant_id, id) ON DELETE CASCADE;
ALTER TABLE public.booking ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.claim ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.fence ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.group_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.schedule ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.service ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.service_staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.session ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.spent_refresh_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON public.booking USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.claim USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.customer USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.fence USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.group_session USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.hold USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.idempotency_key USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.schedule USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.service USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.service_staff USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.session USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.spent_refresh_token USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.staff USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.tenant USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
CREATE POLICY tenant_only ON public.time_off USING ((tenant_id = public.current_tenant())) WITH CHECK ((tenant_id = public.current_tenant()));
ALTER TABLE public.time_off ENABLE ROW LEVEL SECURITY;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.fence TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.booking TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.claim TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.customer TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.directory_entry TO domicile_app;
GRANT SELECT,UPDATE ON TABLE public.directory_position TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.group_session TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.hold TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_key TO domicile_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.pending_sign_up TO domicile_app;
GRANT SELECT ON TABLE public.region_identity TO PUBLIC;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.schedule TO domicile_app;
GRANT SELECT ON TABLE public.schema_migration TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.service_staff TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.session TO domicile_app;
GRANT SELECT ON TABLE public.site_identity TO PUBLIC;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.spent_refresh_token TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.staff TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant TO domicile_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.time_off TO domicile_app;
