//! What the product left in a database, looked at as the superuser, whom no policy hides anything from.

use std::collections::BTreeMap;

use fleet::fleet::DatabaseUrls;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// A superuser's look at one database.
#[derive(Debug)]
pub struct Footprint(PgConnection);

impl Footprint {
    /// Connects as the superuser of `urls`.
    pub async fn of(urls: &DatabaseUrls) -> Self {
        Self(PgConnection::connect(&urls.superuser).await.expect("a connection"))
    }

    /// A tenant's rows: per table their number and a digest of all they hold.
    pub async fn of_tenant(&mut self, tenant_id: &str) -> BTreeMap<String, (i64, String)> {
        let mut all = BTreeMap::new();
        for table in self.tables("tenant_id").await {
            let digest = "md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), ''))";
            let text = format!("SELECT count(*), {digest} FROM {table} row WHERE tenant_id = $1::text::uuid");
            let found = sqlx::query_as(AssertSqlSafe(text)).bind(uuid_of(tenant_id)).fetch_one(&mut self.0).await.expect("rows");
            all.insert(table, found);
        }
        all
    }

    /// The tables with a row whose text holds `needle`; bytes count in their hexadecimal form.
    pub async fn tables_with(&mut self, needle: &str) -> Vec<String> {
        let mut found = Vec::new();
        for table in self.tables("%").await {
            let text = format!("SELECT EXISTS (SELECT FROM {table} row WHERE strpos(row::text, $1) > 0)");
            let holds: bool = sqlx::query_scalar(AssertSqlSafe(text)).bind(needle).fetch_one(&mut self.0).await.expect("rows");
            if holds {
                found.push(table);
            }
        }
        found
    }

    /// How many rows of a tenant in a table fulfil `condition`.
    pub async fn count(&mut self, tenant_id: &str, table: &str, condition: &str) -> i64 {
        let text = format!("SELECT count(*) FROM {table} WHERE tenant_id = $1::text::uuid AND {condition}");
        sqlx::query_scalar(AssertSqlSafe(text)).bind(uuid_of(tenant_id)).fetch_one(&mut self.0).await.expect("a number")
    }

    async fn tables(&mut self, column: &str) -> Vec<String> {
        let text = "SELECT DISTINCT table_name::text FROM information_schema.columns JOIN information_schema.tables \
             USING (table_schema, table_name) \
             WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name LIKE $1 ORDER BY 1";
        sqlx::query_scalar(text).bind(column).fetch_all(&mut self.0).await.expect("tables")
    }
}

/// The number in an opaque id such as `tenant_…`.
fn uuid_of(id: &str) -> &str {
    id.rsplit('_').next().expect("an id")
}
