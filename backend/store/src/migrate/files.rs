//! The SQL files of each kind of database, compiled in. A test compares the lists with the folders.

/// One file: `NNNN_name.sql`.
pub(super) struct File {
    pub version: i64,
    pub name: &'static str,
    pub sql: &'static str,
}

macro_rules! files {
    ($folder:literal: $($version:literal $name:literal),* $(,)?) => {
        &[$(File {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../migrations/", $folder, "/", $name, ".sql")),
        }),*]
    };
}

pub(super) const SHARD: &[File] = files!("shard":
    1 "0001_identity",
    2 "0002_directory_mirror",
    3 "0003_tenant",
    4 "0004_staff",
    5 "0005_service",
    6 "0006_schedule",
    7 "0007_customer",
    8 "0008_booking",
    9 "0009_idempotency_key",
    10 "0010_leakproof_bounds",
);

pub(super) const KEY_STORE: &[File] = files!("key_store":
    1 "0001_tenant_key",
);

pub(super) const CONTROL: &[File] = files!("control":
    1 "0001_directory",
);

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_in_the_folders_is_listed_once_and_in_order() {
        for (folder, files) in [("shard", SHARD), ("key_store", KEY_STORE), ("control", CONTROL)] {
            let mut found: Vec<String> = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("migrations")
                .join(folder)
                .read_dir()
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            found.sort();
            let listed: Vec<String> = files.iter().map(|file| format!("{}.sql", file.name)).collect();

            assert_eq!(listed, found, "{folder}");
            for (expected, file) in (1..).zip(files) {
                assert_eq!(file.version, expected, "{}", file.name);
                assert!(file.name.starts_with(&format!("{expected:04}_")), "{}", file.name);
            }
        }
    }
}
