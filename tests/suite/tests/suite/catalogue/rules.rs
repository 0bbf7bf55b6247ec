//! The rules of I1 as queries of the catalogue. Each returns one line per offence, which names the table and the rule.

use suite::sql::Sql;

/// One kind of database: which of its tables are not any tenant's, and which role serves from it.
pub struct Database {
    pub global_tables: &'static [&'static str],
    /// Columns of global tables that are bytes of a fixed length.
    pub sized_bytes: &'static [&'static str],
    pub app_role: &'static str,
}

/// Everything of ours: no table lies outside the schema `public`, and what an extension brought is not ours.
const OURS: &str = "WITH ours AS (
    SELECT class.oid, relname, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity, relname = ANY ({global}) AS is_global
    FROM pg_class class JOIN pg_namespace space ON space.oid = relnamespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)' AND relkind <> 'c'),
own AS (SELECT attrelid, attnum FROM pg_attribute WHERE attname = 'tenant_id' AND atttypid = 'uuid'::regtype AND attnotnull),
tenants AS (SELECT * FROM ours WHERE relkind = 'r' AND NOT is_global)";

const RULES: [&str; 15] = [
    "SELECT relname || ': is neither a plain table nor an index' FROM ours WHERE relkind NOT IN ('r', 'i', 'I')",
    "SELECT relname || ': has no column tenant_id uuid not null' FROM tenants WHERE oid NOT IN (SELECT attrelid FROM own)",
    "SELECT relname || ': has no primary key' FROM tenants
     WHERE NOT EXISTS (SELECT FROM pg_index WHERE indrelid = tenants.oid AND indisprimary)",
    "SELECT relname || ': unique index ' || indexrelid::regclass || ' does not begin with tenant_id'
     FROM tenants JOIN pg_index ON indrelid = tenants.oid AND indisunique
     WHERE (indrelid, indkey[0]) NOT IN (SELECT attrelid, attnum FROM own)",
    // Under row-level security an index serves a condition only when its functions are leakproof, and few are.
    "SELECT relname || ': index ' || indexrelid::regclass || ' is over an expression, so no search of the application uses it'
     FROM tenants JOIN pg_index ON indrelid = tenants.oid WHERE indexprs IS NOT NULL",
    "SELECT relname || ': constraint ' || conname || ' does not exclude within one tenant'
     FROM tenants JOIN pg_constraint ON conrelid = tenants.oid AND contype = 'x'
     WHERE (conrelid, conkey[1]) NOT IN (SELECT attrelid, attnum FROM own) OR conexclop[1] <> '=(uuid,uuid)'::regoperator",
    "SELECT relname || ': foreign key ' || conname || ' does not begin with tenant_id on both sides'
     FROM tenants JOIN pg_constraint ON conrelid = tenants.oid AND contype = 'f'
     WHERE (conrelid, conkey[1]) NOT IN (SELECT attrelid, attnum FROM own) OR (confrelid, confkey[1]) NOT IN (SELECT attrelid, attnum FROM own)",
    "SELECT relname || ': has no row level security' FROM tenants WHERE NOT relrowsecurity
     UNION ALL
     SELECT relname || ': does not force row level security on its owner' FROM tenants WHERE relrowsecurity AND NOT relforcerowsecurity",
    // Permissive policies add up, so each must be the tenant's own.
    "SELECT relname || ': has no policy for its tenant' FROM tenants
     WHERE NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = tenants.oid AND polcmd = '*' AND polpermissive AND polroles = '{0}'
         AND pg_get_expr(polqual, polrelid) = {own} AND pg_get_expr(polwithcheck, polrelid) = {own})",
    "SELECT relname || ': policy ' || polname || ' lets others in' FROM tenants JOIN pg_policy ON polrelid = tenants.oid
     WHERE polpermissive AND NOT (pg_get_expr(polqual, polrelid) = {own} AND coalesce(pg_get_expr(polwithcheck, polrelid), '') = {own})",
    "SELECT proname || ': function runs with its owner''s rights' FROM pg_proc JOIN pg_namespace space ON space.oid = pronamespace
     WHERE prosecdef AND nspname NOT IN ('pg_catalog', 'information_schema')
     UNION ALL
     SELECT proname || ': function is leakproof, so it runs before the policy' FROM pg_proc JOIN pg_namespace space ON space.oid = pronamespace
     WHERE proleakproof AND nspname NOT IN ('pg_catalog', 'information_schema')",
    "SELECT relname || '.' || attname || ': a global table must not hold ' || format_type(atttypid, NULL)
     FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped JOIN pg_type type ON type.oid = atttypid
     WHERE relkind = 'r' AND is_global AND typtype <> 'e'
       AND atttypid NOT IN ('uuid'::regtype, 'smallint'::regtype, 'bigint'::regtype, 'timestamptz'::regtype)
       AND NOT (relname || '.' || attname = ANY ({bytes}) AND EXISTS (SELECT FROM pg_constraint WHERE conrelid = ours.oid AND contype = 'c'
           AND pg_get_constraintdef(pg_constraint.oid) ~ format('^CHECK \\(\\(octet_length\\(%s\\) = \\d+\\)\\)$', attname)))",
    "SELECT relname || ': {app} may ' || act FROM ours, unnest(ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER']) act
     WHERE relkind = 'r' AND relowner <> '{app}'::regrole AND has_table_privilege('{app}', oid, act)
     UNION ALL
     SELECT DISTINCT relname || ': ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END || ' has rights'
     FROM tenants, aclexplode(relacl) WHERE grantee NOT IN (relowner, '{app}'::regrole)
     UNION ALL
     SELECT DISTINCT relname || ': ' || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END || ' has rights on a column'
     FROM tenants JOIN pg_attribute ON attrelid = tenants.oid, aclexplode(attacl) WHERE grantee NOT IN (relowner, '{app}'::regrole)",
    "SELECT relname || ': belongs to {app}' FROM ours WHERE relkind = 'r' AND relowner = '{app}'::regrole
     UNION ALL SELECT nspname || ': schema belongs to {app}' FROM pg_namespace WHERE nspowner = '{app}'::regrole
     UNION ALL SELECT proname || ': function belongs to {app}' FROM pg_proc WHERE proowner = '{app}'::regrole
     UNION ALL SELECT datname || ': database belongs to {app}' FROM pg_database WHERE datdba = '{app}'::regrole",
    "SELECT '{app}: is more than a plain login' FROM pg_roles
     WHERE rolname = '{app}' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
     UNION ALL SELECT '{app}: is a member of ' || roleid::regrole FROM pg_auth_members WHERE member = '{app}'::regrole
     UNION ALL SELECT '{app}: may create in schema ' || nspname FROM pg_namespace
     WHERE nspname !~ '^pg_(toast|temp)' AND has_schema_privilege('{app}', oid, 'CREATE')
     UNION ALL SELECT '{app}: may create in the database' WHERE has_database_privilege('{app}', current_database(), 'CREATE, TEMPORARY')",
];

impl Database {
    /// Every offence, sorted.
    pub async fn offenders(&self, connection: &mut Sql) -> Vec<String> {
        let mut found = Vec::new();
        for rule in RULES {
            found.extend(connection.texts(&self.filled(rule)).await);
        }
        found.sort_unstable();
        found
    }

    /// The tables that hold tenants' rows, sorted.
    pub async fn tenant_tables(&self, connection: &mut Sql) -> Vec<String> {
        connection.texts(&self.filled("SELECT relname::text FROM tenants ORDER BY 1")).await
    }

    fn filled(&self, rule: &str) -> String {
        let list = |names: &[&str]| format!("ARRAY['{}']", names.join("', '"));
        let text = format!("{OURS} SELECT * FROM ({rule}) found");
        text.replace("{global}", &list(self.global_tables))
            .replace("{bytes}", &list(self.sized_bytes))
            .replace("{own}", "'(tenant_id = current_tenant())'")
            .replace("{app}", self.app_role)
    }
}
