//! The statements of a case as a script for pgbench.
//!
//! pgbench's variables are numbers, and ids are not. So each word in braces becomes the element of a constant array at the
//! place `:pick`, a random number: `{booking uuid}` becomes `('{0190…,0191…}'::uuid[])[:pick]`. The arrays hold the words of
//! the same picks in the same order, which PostgreSQL reads when it prepares the statement, once for each connection.

use anyhow::{Context, Result, ensure};

/// The words of one pick: name and value.
pub type Words = Vec<(&'static str, String)>;

/// How the statements of a transaction are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Each after the answer to the one before.
    OneByOne,
    /// All at once.
    Pipelined,
}

/// What a case runs.
pub struct Statements {
    /// As in `sql/`.
    pub sql: &'static str,
    /// Of each pick the same words.
    pub picks: Vec<Words>,
}

impl Statements {
    /// The script.
    ///
    /// # Errors
    /// A word that the picks do not have.
    pub fn script(&self, sending: Sending) -> Result<String> {
        let (before, transaction) = self.sql.split_once("BEGIN").context("the statements are no transaction")?;
        let transaction = self.filled(&format!("BEGIN{transaction}"))?;
        let pick = format!("\\set pick random(1, {})", self.picks.len());
        Ok(match sending {
            Sending::OneByOne => format!("{before}{pick}\n{transaction}"),
            Sending::Pipelined => format!("{before}{pick}\n\\startpipeline\n{transaction}\\endpipeline\n"),
        })
    }

    fn filled(&self, sql: &str) -> Result<String> {
        let mut parts = sql.split('{');
        let mut script = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (word, rest) = part.split_once('}').context("a brace is not closed")?;
            let (name, kind) = word.split_once(' ').with_context(|| format!("{word} has no type"))?;
            let values: Vec<&str> =
                self.picks.iter().filter_map(|pick| Some(pick.iter().find(|(has, _)| *has == name)?.1.as_str())).collect();
            ensure!(values.len() == self.picks.len(), "{name} is no word of every pick");
            script += &format!("('{{{}}}'::{kind}[])[:pick]{rest}", values.join(","));
        }
        Ok(script)
    }
}
