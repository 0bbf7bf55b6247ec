-- The ends of claims and of time off as columns, with the indexes on them.
-- Why: under row-level security an index serves a condition only when its functions are leakproof. upper() of a range is
--      not, so each search read every claim that a person ever had; comparing timestamptz columns is.
-- Lock: ACCESS EXCLUSIVE on claim and time_off while they are rewritten. Safe with the previous version: yes, its searches
--      go on reading all claims of a person.

ALTER TABLE claim
    ADD COLUMN starts_at timestamptz NOT NULL GENERATED ALWAYS AS (lower(blocked)) STORED,
    ADD COLUMN ends_at   timestamptz NOT NULL GENERATED ALWAYS AS (upper(blocked)) STORED;
CREATE INDEX claim_by_end ON claim (tenant_id, subject_id, ends_at);
DROP INDEX claim_by_subject;

ALTER TABLE time_off
    ADD COLUMN starts_at timestamptz NOT NULL GENERATED ALWAYS AS (lower(during)) STORED,
    ADD COLUMN ends_at   timestamptz NOT NULL GENERATED ALWAYS AS (upper(during)) STORED;
CREATE INDEX time_off_by_end ON time_off (tenant_id, staff_id, ends_at);
DROP INDEX time_off_by_staff;
