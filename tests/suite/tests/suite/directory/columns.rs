//! R2: every column of control's database, judged from the catalogue, so that a migration that adds another fails here.

use suite::sql::Sql;

/// Columns of types that can hold free text, or bytes without a length that is checked. Row types and domains count as what
/// they are not: unknown, so refused.
const OFFENDERS: &str = "
    SELECT format('%I.%I %s', class.relname, attname, format_type(atttypid, atttypmod))
    FROM pg_attribute
    JOIN pg_class class ON class.oid = attrelid AND relkind IN ('r', 'p', 'v', 'm', 'f')
    JOIN pg_namespace space ON space.oid = relnamespace AND nspname NOT IN ('pg_catalog', 'information_schema')
    JOIN pg_type type ON type.oid = atttypid
    WHERE attnum > 0 AND NOT attisdropped AND nspname NOT LIKE 'pg\\_toast%'
      AND atttypid NOT IN ('uuid'::regtype, 'bigint'::regtype, 'smallint'::regtype)
      AND typtype <> 'e'
      AND NOT (atttypid = 'bytea'::regtype AND EXISTS (
          SELECT FROM pg_constraint
          WHERE conrelid = attrelid AND contype = 'c' AND convalidated
            AND pg_get_constraintdef(pg_constraint.oid) ~ format('^CHECK \\(\\(octet_length\\(%s\\) = \\d+\\)\\)$', attname)))
    ORDER BY 1";

#[tokio::test(flavor = "multi_thread")]
async fn r2_control_has_no_column_that_can_hold_free_text() {
    let (fleet, _gate) = suite::fleet().await;
    let mut control = super::control(fleet).await;

    assert_eq!(control.texts(OFFENDERS).await, [""; 0]);
    assert!(control.number("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'").await >= 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn r2_a_planted_column_of_any_free_form_is_named() {
    let (fleet, _gate) = suite::fleet().await;
    let mut control = super::control(fleet).await;

    for (planted, offender) in [
        ("ALTER TABLE directory_entry ADD COLUMN note text", "directory_entry.note text"),
        ("ALTER TABLE dir_change ADD COLUMN code varchar(2)", "dir_change.code character varying(2)"),
        ("ALTER TABLE dir_change ADD COLUMN extra jsonb", "dir_change.extra jsonb"),
        ("ALTER TABLE dir_change ADD COLUMN codes smallint[]", "dir_change.codes smallint[]"),
        ("ALTER TABLE dir_change ADD COLUMN token bytea", "dir_change.token bytea"),
        ("ALTER TABLE dir_change ADD COLUMN token bytea CHECK (octet_length(token) <= 32)", "dir_change.token bytea"),
        ("ALTER TABLE dir_change DROP CONSTRAINT dir_change_alias_mac_check", "dir_change.alias_mac bytea"),
        ("CREATE TABLE remark (id uuid PRIMARY KEY, said text)", "remark.said text"),
        ("CREATE VIEW seen AS SELECT state::text AS said FROM directory_entry", "seen.said text"),
        ("CREATE DOMAIN word AS text; CREATE TABLE remark (said word)", "remark.said word"),
    ] {
        assert_eq!(with(&mut control, planted).await, [offender], "{planted}");
    }
}

/// What is found with `planted`, which is taken back.
async fn with(control: &mut Sql, planted: &str) -> Vec<String> {
    control.run(&format!("BEGIN; SET LOCAL lock_timeout = '10s'; {planted}")).await;
    let found = control.texts(OFFENDERS).await;
    control.run("ROLLBACK").await;
    found
}
