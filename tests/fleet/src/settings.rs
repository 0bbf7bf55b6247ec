//! The configuration files of the fleet's processes: `node.toml`, `control.toml`, `migrate.toml`, `observer.toml`.
//!
//! Each process gets a file of its own region only (R3); even the owner's passwords of two regions never stand in one file.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::certificates::{self, Papers};
use crate::plan::{PairPlan, Plan, RegionPlan, SITES};
use crate::secrets::{self, Login};

/// Name of the database in each cluster.
pub const DATABASE: &str = "domicile";

/// What a node is told beside its place in the plan.
#[derive(Debug, Clone)]
pub struct NodeSettings {
    /// Where it takes the public API.
    pub api_port: u16,
    /// Where it takes forwarded requests.
    pub peer_port: u16,
    /// Cost of the password hash.
    pub bcrypt_cost: u32,
    /// The built GraphiQL page.
    pub graphiql: Option<PathBuf>,
}

/// `node.toml` of one node of this region.
///
/// # Errors
/// When a path is not UTF-8.
pub fn node(plan: &Plan, region: &RegionPlan, settings: &NodeSettings) -> Result<Table> {
    let mut api = Table::new();
    api.insert("listen".into(), listen(settings.api_port));
    api.insert("host_suffixes".into(), vec!["localhost"].into());
    api.insert("allowed_origins".into(), vec!["*"].into());
    if let Some(folder) = &settings.graphiql {
        api.insert("graphiql_dir".into(), text(folder)?);
    }
    let mut shard = database(&region.shard, Login::App)?;
    shard.insert("number".into(), 1.into());
    let key = |purpose: &str| text(&secrets::file(&region.folder, purpose));
    let mut table = Table::new();
    table.insert("region".into(), region.code.clone().into());
    table.insert("site".into(), SITES[0].into());
    table.insert("regions_dir".into(), text(&regions_dir(&plan.state))?);
    table.insert("api".into(), api.into());
    table.insert("peer".into(), one("listen", listen(settings.peer_port)));
    table.insert("tls".into(), tls(&certificates::papers(&plan.state, &region.code))?);
    table.insert("shard".into(), vec![Value::from(shard)].into());
    table.insert("key_store".into(), database(&region.key_store, Login::App)?.into());
    table.insert("control".into(), one("url", format!("https://localhost:{}", plan.control_port).into()));
    let keys = ["region_key", "alias_key", "pepper"].into_iter().map(|purpose| Ok((format!("{purpose}_file"), key(purpose)?)));
    table.insert("keys".into(), keys.collect::<Result<Table>>()?.into());
    table.insert("passwords".into(), one("bcrypt_cost", i64::from(settings.bcrypt_cost).into()));
    Ok(table)
}

/// `control.toml`.
///
/// # Errors
/// When a path is not UTF-8.
pub fn control(plan: &Plan) -> Result<Table> {
    let mut table = Table::new();
    table.insert("regions_dir".into(), text(&regions_dir(&plan.state))?);
    table.insert("listen".into(), listen(plan.control_port));
    table.insert("tls".into(), tls(&certificates::papers(&plan.state, "control"))?);
    table.insert("database".into(), database(&plan.control, Login::App)?.into());
    Ok(table)
}

/// `migrate.toml` of a region, or of control: its databases and their owner.
///
/// # Errors
/// When a path is not UTF-8.
pub fn migrate(plan: &Plan, pairs: &[&PairPlan]) -> Result<Table> {
    let mut databases = Vec::new();
    for pair in pairs {
        let mut owner = database(pair, Login::Owner)?;
        owner.insert("kind".into(), pair.purpose.kind().into());
        if pair.owner != "control" {
            owner.insert("region".into(), pair.owner.clone().into());
        }
        databases.push(Value::from(owner));
    }
    let mut table = Table::new();
    table.insert("regions_dir".into(), text(&regions_dir(&plan.state))?);
    table.insert("database".into(), databases.into());
    Ok(table)
}

/// `observer.toml` of a region: with which login `domicile doctor` looks at its databases.
///
/// # Errors
/// When a path is not UTF-8.
pub fn observer(plan: &Plan, region: &RegionPlan) -> Result<Table> {
    let login = |pair| {
        let mut table = Table::new();
        table.insert("database".into(), DATABASE.into());
        table.insert("user".into(), "domicile_observer".into());
        table.insert("password_file".into(), text(&secrets::password_file(pair, Login::Observer))?);
        Ok::<Value, anyhow::Error>(table.into())
    };
    let mut table = Table::new();
    table.insert("region".into(), region.code.clone().into());
    table.insert("regions_dir".into(), text(&regions_dir(&plan.state))?);
    table.insert("shard".into(), login(&region.shard)?);
    table.insert("key_store".into(), login(&region.key_store)?);
    Ok(table)
}

/// Puts `over` into `table`; tables are merged, everything else is replaced.
pub fn merge(table: &mut Table, over: Table) {
    for (key, value) in over {
        match (table.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(over)) => merge(below, over),
            (_, value) => {
                table.insert(key, value);
            }
        }
    }
}

fn database(pair: &PairPlan, login: Login) -> Result<Table> {
    let user = if login == Login::Owner { "domicile_owner" } else { pair.purpose.app_role() };
    let mut table = Table::new();
    table.insert("host".into(), "127.0.0.1".into());
    table.insert("port".into(), i64::from(pair.port).into());
    table.insert("database".into(), DATABASE.into());
    table.insert("user".into(), user.into());
    table.insert("password_file".into(), text(&secrets::password_file(pair, login))?);
    Ok(table)
}

fn tls(papers: &Papers) -> Result<Value> {
    let mut table = Table::new();
    table.insert("ca".into(), text(&papers.ca)?);
    table.insert("certificate".into(), text(&papers.certificate)?);
    table.insert("key".into(), text(&papers.key)?);
    Ok(table.into())
}

fn regions_dir(state: &Path) -> PathBuf {
    state.join("regions")
}

fn listen(port: u16) -> Value {
    format!("127.0.0.1:{port}").into()
}

fn one(key: &str, value: Value) -> Value {
    Table::from_iter([(key.to_owned(), value)]).into()
}

fn text(path: &Path) -> Result<Value> {
    let text = path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))?;
    Ok(text.into())
}
