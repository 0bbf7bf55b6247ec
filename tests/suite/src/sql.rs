//! SQL as a chosen role: for looking at what the product left behind, and for states that only an operator or a crash makes.

use sqlx::{AssertSqlSafe, Connection, Error, Executor, PgConnection, Row};

/// One connection.
#[derive(Debug)]
pub struct Sql(pub PgConnection);

impl Sql {
    /// Connects with one of the URLs of [`fleet::fleet::DatabaseUrls`].
    pub async fn connect(url: &str) -> Self {
        Self(PgConnection::connect(url).await.expect("a connection"))
    }

    /// Runs one or more statements that must succeed.
    pub async fn run(&mut self, text: &str) -> u64 {
        self.attempt(text).await.unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// Runs one or more statements; how many rows they changed.
    pub async fn attempt(&mut self, text: &str) -> Result<u64, Error> {
        Ok(self.0.execute(sqlx::raw_sql(AssertSqlSafe(text))).await?.rows_affected())
    }

    /// The SQLSTATE that a statement must be refused with.
    pub async fn refused(&mut self, text: &str) -> String {
        match self.attempt(text).await {
            Err(Error::Database(error)) => error.code().expect("a code").into_owned(),
            other => panic!("{text} was not refused: {other:?}"),
        }
    }

    /// The number in the one row and column of a query.
    pub async fn number(&mut self, text: &str) -> i64 {
        let row = self.0.fetch_one(AssertSqlSafe(text)).await.unwrap_or_else(|error| panic!("{text}: {error}"));
        row.try_get(0).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    /// The texts in the one column of a query.
    pub async fn texts(&mut self, text: &str) -> Vec<String> {
        let rows = self.0.fetch_all(AssertSqlSafe(text)).await.unwrap_or_else(|error| panic!("{text}: {error}"));
        rows.iter().map(|row| row.try_get(0).unwrap_or_else(|error| panic!("{text}: {error}"))).collect()
    }

    /// The bytes in the one row and column of a query.
    pub async fn bytes(&mut self, text: &str) -> Vec<u8> {
        let row = self.0.fetch_one(AssertSqlSafe(text)).await.unwrap_or_else(|error| panic!("{text}: {error}"));
        row.try_get(0).unwrap_or_else(|error| panic!("{text}: {error}"))
    }
}

/// The UUID in an opaque id such as `tenant_…`, as SQL writes it.
pub fn uuid(id: &str) -> String {
    let digits = id.rsplit('_').next().expect("an id");
    uuid::Uuid::parse_str(digits).expect("an id").to_string()
}
