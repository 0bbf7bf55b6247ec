//! A database of a test's own in one of the fleet's clusters, with what an operator would write to migrate it. Dropped at
//! the end.
//!
//! The region files beside it name other addresses, so that no rule about endpoints stands before the rules about what a
//! database says of itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fleet::account::Account;
use fleet::plan::{PairPlan, Purpose};
use fleet::secrets::{self, Login};
use fleet::{Fleet, node};
use toml::{Table, Value};
use uuid::Uuid;

use crate::sql::Sql;

/// An empty database, until it is migrated.
pub struct Scratch {
    /// Its name.
    pub name: String,
    /// With its configuration, secrets and region files.
    pub folder: PathBuf,
    pair: PairPlan,
    password: String,
    program: PathBuf,
}

impl Scratch {
    /// Makes one of this kind in region `us`, or beside control's.
    pub async fn make(fleet: &Fleet, purpose: Purpose) -> Self {
        let region = fleet.plan.region("us").expect("a region");
        let pair = match purpose {
            Purpose::Shard => &region.shard,
            Purpose::KeyStore => &region.key_store,
            Purpose::Control => &fleet.plan.control,
        };
        let name = format!("scratch_{}", &Uuid::new_v4().simple().to_string()[..12]);
        let folder = std::env::temp_dir().join(format!("domicile-{name}"));
        write_regions(&fleet.plan.state.join("regions"), &folder.join("regions"));
        let password = secrets::password(pair, Login::Superuser).expect("a password");
        let scratch = Self { name, folder, pair: pair.clone(), password, program: node::program(&fleet.plan.state) };
        scratch.psql(&format!("CREATE DATABASE {}", scratch.name));
        scratch
    }

    /// A connection to it, as the superuser.
    pub async fn connect(&self) -> Sql {
        Sql::connect(&format!("postgres://postgres:{}@127.0.0.1:{}/{}", self.password, self.pair.port, self.name)).await
    }

    /// Runs `domicile migrate` for this region (none for control): what it printed, or what it was refused for.
    pub fn migrate(&self, region: Option<&str>) -> Result<String, String> {
        let file = self.folder.join("migrate.toml");
        let mut database = self.database(region.unwrap_or("control"), Login::Owner);
        database.insert("kind".into(), self.pair.purpose.kind().into());
        if let Some(region) = region {
            database.insert("region".into(), region.into());
        }
        let mut table = Table::new();
        table.insert("regions_dir".into(), "regions".into());
        table.insert("database".into(), vec![Value::from(database)].into());
        fs::write(&file, table.to_string()).expect("a file");
        let output = Command::new(&self.program).arg("migrate").arg("--config").arg(file).output().expect("domicile");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// The table of a configuration file that names it, as the superuser with a secret of this region.
    pub fn database(&self, region: &str, login: Login) -> Table {
        let purpose = secrets::purpose(&self.pair, login);
        let secret = self.folder.join(&purpose);
        fs::write(&secret, format!("{region}:{purpose}:{}\n", self.password)).expect("a file");
        let mut table = Table::new();
        table.insert("host".into(), "127.0.0.1".into());
        table.insert("port".into(), i64::from(self.pair.port).into());
        table.insert("database".into(), self.name.clone().into());
        table.insert("user".into(), "postgres".into());
        table.insert("password_file".into(), path(&secret));
        table
    }

    /// Its schema as SQL, without what differs between machines and releases: comments, settings, owners, blank lines.
    pub fn dump(&self) -> String {
        let mut command = self.program("pg_dump");
        command.args(["--schema-only", "--no-owner", "--dbname"]).arg(&self.name);
        let output = command.output().expect("pg_dump");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("text");
        let noise = ["--", "SET ", "SELECT pg_catalog.set_config", "\\restrict", "\\unrestrict"];
        let kept = text.lines().filter(|line| !line.is_empty() && !noise.iter().any(|noise| line.starts_with(noise)));
        kept.flat_map(|line| [line, "\n"]).collect()
    }

    fn psql(&self, statement: &str) {
        let output = self.program("psql").args(["--no-psqlrc", "--quiet", "--dbname=postgres", "--command", statement]).output();
        let output = output.expect("psql");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Account::find().expect("PostgreSQL").program(name);
        command.env("PGPASSWORD", &self.password).args(["--host=127.0.0.1", "--username=postgres"]);
        command.arg(format!("--port={}", self.pair.port)).stderr(Stdio::piped());
        command
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.psql(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A path as a value of a configuration file.
pub fn path(path: &Path) -> Value {
    path.to_str().expect("UTF-8").into()
}

fn write_regions(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("region files") {
        let file = entry.expect("a file").path();
        let mut table: Table = fs::read_to_string(&file).expect("text").parse().expect("TOML");
        for site in table["site"].as_array_mut().expect("sites").iter_mut().filter_map(Value::as_table_mut) {
            site.insert("shards".into(), vec!["db.example:5432"].into());
            site.insert("key_store".into(), "keys.example:5432".into());
        }
        fs::write(to.join(file.file_name().expect("a name")), table.to_string()).expect("a file");
    }
}
