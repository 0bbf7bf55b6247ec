//! What a configuration is refused for: each with the whole message, since an operator acts on it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{CertificateParams, KeyPair};

use super::control::ControlConfig;
use super::migrate::MigrateConfig;
use super::node::NodeConfig;
use super::{Loaded, NamesRegions, load};

static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// A folder with two regions' files and the US node's configuration, certificate and secrets; removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

const NODE: &str = r#"region = "us"
site = "primary"
regions_dir = "regions"
[api]
listen = "127.0.0.1:8401"
[peer]
listen = "127.0.0.1:8411"
[tls]
ca = "node.us.pem"
certificate = "node.us.pem"
key = "node.us.key"
[[shard]]
number = 1
host = "127.0.0.1"
port = 8430
database = "domicile"
user = "domicile_app"
password_file = "shard_app"
[key_store]
host = "127.0.0.1"
port = 8432
database = "domicile"
user = "domicile_keys"
password_file = "key_store_app"
[control]
url = "https://localhost:8400"
[keys]
region_key_file = "region_key"
alias_key_file = "alias_key"
pepper_file = "pepper"
"#;

impl Folder {
    fn new() -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::SeqCst);
        let folder = Self(std::env::temp_dir().join(format!("domicile-config-{}-{number}", std::process::id())));
        fs::create_dir_all(folder.0.join("regions")).unwrap();
        folder.write("regions/us.toml", &region(1, "us", "US", 8430));
        folder.write("regions/eu.toml", &region(3, "eu", "EU", 8450));
        for (name, tag, value) in [
            ("shard_app", "us", "x"),
            ("key_store_app", "us", "x"),
            ("region_key", "us", KEY),
            ("pepper", "us", KEY),
            ("alias_key", "shared", KEY),
        ] {
            folder.write(name, &format!("{tag}:{name}:{value}\n"));
        }
        folder.certificate("us");
        folder.write("node.toml", NODE);
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn certificate(&self, code: &str) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![format!("node.{code}.domicile.internal")]).unwrap();
        self.write("node.us.pem", &params.self_signed(&key).unwrap().pem());
        self.write("node.us.key", &key.serialize_pem());
    }

    fn load<C: NamesRegions>(&self, name: &str) -> Result<Loaded<C>, String> {
        load(&self.0.join(name)).map_err(|error| self.plain(&error))
    }

    /// What the node's configuration is refused for.
    fn refusal(&self) -> String {
        let checked = self.load::<NodeConfig>("node.toml").and_then(|loaded| loaded.check().map_err(|error| self.plain(&error)));
        checked.map_or_else(|refusal| refusal, |_| "accepted".to_owned())
    }

    /// What is said after `from` became `to` in the node's configuration.
    fn refusal_with(&self, from: &str, to: &str) -> String {
        assert!(NODE.contains(from), "{from}");
        self.write("node.toml", &NODE.replacen(from, to, 1));
        self.refusal()
    }

    fn plain(&self, error: &anyhow::Error) -> String {
        format!("{error:#}").replace(&format!("{}/", Path::display(&self.0)), "")
    }
}

fn region(number: i16, code: &str, jurisdiction: &str, first_port: u16) -> String {
    let site = |name: &str, offset: u16| {
        format!(
            "[[site]]\nname = \"{name}\"\nlocation = \"X\"\njurisdiction = \"{jurisdiction}\"\nshards = [\"127.0.0.1:{}\"]\nkey_store = \"127.0.0.1:{}\"\n",
            first_port + offset,
            first_port + 2 + offset
        )
    };
    format!(
        "number = {number}\ncode = \"{code}\"\nname = \"X\"\njurisdiction = \"{jurisdiction}\"\napi_url = \"http://localhost/graphql\"\ncdn_url = \"http://localhost\"\npeer_url = \"https://localhost\"\n{}{}",
        site("primary", 0),
        site("secondary", 1)
    )
}

#[test]
fn a_complete_configuration_is_taken() {
    let folder = Folder::new();

    let loaded = folder.load::<NodeConfig>("node.toml").unwrap();
    let secrets = loaded.check().unwrap();

    assert_eq!(secrets.region.code, "us");
    assert_eq!(secrets.shards.len(), 1);
    assert_eq!(loaded.config.passwords.bcrypt_cost, 12);
}

#[test]
fn a_key_that_does_not_belong_is_refused_with_its_line() {
    let folder = Folder::new();

    assert_eq!(
        folder.refusal_with("[api]\n", "[api]\nlistens = 1\n"),
        "node.toml: line 5: unknown field `listens`, expected one of `listen`, `host_suffixes`, `allowed_origins`, `graphiql_dir`"
    );
    assert_eq!(folder.refusal_with("port = 8430", "port = 84300"), "node.toml: line 15: invalid value: integer `84300`, expected u16");
    assert_eq!(folder.refusal_with("site = \"primary\"\n", ""), "node.toml: line 1: missing field `site`");
}

#[test]
fn region_and_site_must_be_known() {
    let folder = Folder::new();

    assert_eq!(folder.refusal_with("region = \"us\"", "region = \"jp\""), "region: jp has no file in regions_dir");
    assert_eq!(folder.refusal_with("site = \"primary\"", "site = \"third\""), "site: region us has no site third");
}

#[test]
fn r3_a_secret_of_another_region_is_refused() {
    for name in ["shard_app", "key_store_app", "region_key", "pepper"] {
        let folder = Folder::new();
        folder.write(name, &format!("eu:{name}:{KEY}\n"));

        assert_eq!(
            folder.refusal(),
            format!("secret {name}: file {name} belongs to region eu, but this process may only hold secrets of us (R3)")
        );
    }
}

#[test]
fn r3_an_endpoint_of_another_region_is_refused_however_it_is_spelled() {
    let folder = Folder::new();

    assert_eq!(
        folder.refusal_with("port = 8430", "port = 8450"),
        "shard 1: 127.0.0.1:8450 is an endpoint of region eu, but this node serves region us (R3)"
    );
    assert_eq!(
        folder.refusal_with("host = \"127.0.0.1\"\nport = 8432", "host = \"localhost\"\nport = 8453"),
        "key_store: localhost:8453 is an endpoint of region eu, but this node serves region us (R3)"
    );
}

#[test]
fn r3_a_certificate_of_another_region_is_refused() {
    let folder = Folder::new();
    folder.certificate("eu");

    assert_eq!(folder.refusal(), "tls.certificate: must name node.us.domicile.internal, since this node serves region us (R3)");
}

#[test]
fn s3_only_loopback_goes_without_tls() {
    let folder = Folder::new();

    assert_eq!(
        folder.refusal_with("host = \"127.0.0.1\"\nport = 8430", "host = \"10.0.0.9\"\nport = 8430"),
        "shard 1.ca: must be set, since 10.0.0.9 is not this machine and its connections must be verified TLS (S3)"
    );
    assert_eq!(
        folder.refusal_with("https://localhost:8400", "http://localhost:8400"),
        "control.url: must be an https URL, since nodes and control talk over mutual TLS only (S3)"
    );
}

#[test]
fn shards_are_numbered_once_and_from_one() {
    let folder = Folder::new();
    let second = NODE.split("[[shard]]").nth(1).unwrap().split("[key_store]").next().unwrap();

    assert_eq!(folder.refusal_with("number = 1", "number = 0"), "shard 0: number must be 1 or more");
    assert_eq!(folder.refusal_with("[key_store]", &format!("[[shard]]{second}[key_store]")), "shard 1: number must be used once");
}

#[test]
fn r1_a_site_outside_the_jurisdiction_is_refused() {
    let folder = Folder::new();
    let text = region(3, "eu", "EU", 8450);
    let (before, after) = text.rsplit_once("jurisdiction = \"EU\"").unwrap();
    folder.write("regions/eu.toml", &format!("{before}jurisdiction = \"US\"{after}"));

    assert_eq!(
        folder.refusal(),
        "region eu: site secondary lies in jurisdiction US, but every site of a region must lie in the region's own jurisdiction EU"
    );
}

#[test]
fn region_files_are_named_after_their_code() {
    let folder = Folder::new();
    folder.write("regions/europe.toml", &region(4, "ch", "CH", 8460));

    assert_eq!(folder.refusal(), "regions/europe.toml: code is ch, so the file must be named ch.toml");
}

#[test]
fn r2_control_takes_no_secret_of_a_region() {
    let folder = Folder::new();
    folder.write(
        "control.toml",
        r#"regions_dir = "regions"
listen = "127.0.0.1:8400"
tls = { ca = "a", certificate = "b", key = "c" }
database = { host = "127.0.0.1", port = 8420, database = "domicile", user = "domicile_control", password_file = "database" }
"#,
    );
    folder.write("database", "us:database:x\n");

    let refusal = folder.load::<ControlConfig>("control.toml").unwrap().database().map(|_| ()).map_err(|error| folder.plain(&error));

    let message = "secret database: file database belongs to region us, but this process may only hold secrets of control (R3)";
    assert_eq!(refusal, Err(message.to_owned()));
}

#[test]
fn a_database_is_migrated_for_a_region_exactly_when_it_has_one() {
    let folder = Folder::new();
    let refusal = |kind: &str, region: &str| {
        let database = format!(
            "regions_dir = \"regions\"\n[[database]]\nkind = \"{kind}\"\n{region}host = \"127.0.0.1\"\nport = 9\ndatabase = \"d\"\nuser = \"o\"\npassword_file = \"p\"\n"
        );
        folder.write("migrate.toml", &database);
        let loaded = folder.load::<MigrateConfig>("migrate.toml");
        loaded.and_then(|loaded| loaded.targets().map_err(|error| folder.plain(&error))).map(|targets| targets.len())
    };

    assert_eq!(
        refusal("control", "region = \"us\"\n"),
        Err("database 127.0.0.1:9: region must be left out, since control belongs to no region".to_owned())
    );
    assert_eq!(refusal("shard", ""), Err("database 127.0.0.1:9: region must be set".to_owned()));
    assert_eq!(refusal("shard", "region = \"jp\"\n"), Err("database 127.0.0.1:9: region jp has no file in regions_dir".to_owned()));
    assert_eq!(
        refusal("bucket", ""),
        Err("migrate.toml: line 3: unknown variant `bucket`, expected one of `shard`, `key_store`, `control`".to_owned())
    );
}
