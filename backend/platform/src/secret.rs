//! Secret files, each with the region it belongs to, so that a node refuses another region's secret (R3, S3).
//!
//! ```text
//! <region>:<purpose>:<value>\n        one line of UTF-8; the newline may be absent
//!
//! eu:shard_app:kP0…                   a database password
//! eu:region_key:<base64 of 32 bytes>  a key
//! shared:alias_key:<base64 …>         held by the nodes of all regions
//! ```
//!
//! The region is `shared` for what all regions hold and `control` for what only control holds.
//! No error and no Debug output holds the value or a part of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use thiserror::Error;
use zeroize::Zeroizing;

/// The region tag of secrets that the nodes of all regions hold.
pub const SHARED: &str = "shared";
/// The region tag of secrets that only control holds.
pub const CONTROL: &str = "control";

/// Longest file that is read.
const LONGEST: u64 = 4096;

/// A key of 32 bytes that is wiped from memory when dropped.
pub type Key = Zeroizing<[u8; 32]>;

/// Why a secret is refused. Names file, purpose and rule, never the value.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The file cannot be read.
    #[error("secret {purpose}: file {} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What it was to be used for.
        purpose: String,
        /// Why.
        source: io::Error,
    },
    /// The file is not one line of the three parts.
    #[error("secret {purpose}: file {} must hold one line <region>:<purpose>:<value>", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What it was to be used for.
        purpose: String,
    },
    /// The secret was made for something else.
    #[error("secret {purpose}: file {} holds a secret of another purpose", path.display())]
    OtherPurpose {
        /// The file.
        path: PathBuf,
        /// What it was to be used for.
        purpose: String,
    },
    /// The secret belongs to another region.
    #[error("secret {purpose}: file {} belongs to region {found}, but this process may only hold secrets of {expected} (R3)", path.display())]
    OtherRegion {
        /// The file.
        path: PathBuf,
        /// What it was to be used for.
        purpose: String,
        /// The region that the process serves.
        expected: String,
        /// The region that the file names.
        found: String,
    },
    /// The value is not a key.
    #[error("secret {purpose}: the value in file {} must be the base64 form of 32 bytes", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// What it was to be used for.
        purpose: String,
    },
}

/// Reads a text secret that must belong to `region` and serve `purpose`.
///
/// # Errors
/// The rule that the file breaks.
pub fn load(path: &Path, region: &str, purpose: &str) -> Result<SecretString, SecretError> {
    let line = read(path, purpose)?;
    value_of(&line, path, region, purpose).map(SecretString::from)
}

/// Reads a key of 32 bytes that must belong to `region` and serve `purpose`.
///
/// # Errors
/// The rule that the file breaks.
pub fn load_key(path: &Path, region: &str, purpose: &str) -> Result<Key, SecretError> {
    let line = read(path, purpose)?;
    let value = value_of(&line, path, region, purpose)?;
    let refused = || SecretError::NotAKey { path: path.to_owned(), purpose: purpose.to_owned() };
    let bytes = Zeroizing::new(STANDARD.decode(value).map_err(|_| refused())?);
    <[u8; 32]>::try_from(bytes.as_slice()).map(Zeroizing::new).map_err(|_| refused())
}

fn read(path: &Path, purpose: &str) -> Result<Zeroizing<String>, SecretError> {
    let mut text = Zeroizing::new(String::new());
    let result = File::open(path).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
    match result {
        Ok(_) => Ok(text),
        Err(source) if source.kind() == io::ErrorKind::InvalidData => Err(form(path, purpose)),
        Err(source) => Err(SecretError::Unreadable { path: path.to_owned(), purpose: purpose.to_owned(), source }),
    }
}

fn value_of<'a>(text: &'a str, path: &Path, region: &str, purpose: &str) -> Result<&'a str, SecretError> {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let mut parts = line.splitn(3, ':');
    let (Some(found_region), Some(found_purpose), Some(value)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(form(path, purpose));
    };
    if value.is_empty() || line.contains(['\n', '\r']) || !is_tag(found_region) || !is_tag(found_purpose) {
        return Err(form(path, purpose));
    }
    if found_purpose != purpose {
        return Err(SecretError::OtherPurpose { path: path.to_owned(), purpose: purpose.to_owned() });
    }
    if found_region != region {
        let (expected, found) = (region.to_owned(), found_region.to_owned());
        return Err(SecretError::OtherRegion { path: path.to_owned(), purpose: purpose.to_owned(), expected, found });
    }
    Ok(value)
}

/// Tags are short plain words; anything else could be a part of a value and must not reach a message.
fn is_tag(text: &str) -> bool {
    (2..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn form(path: &Path, purpose: &str) -> SecretError {
    SecretError::Form { path: path.to_owned(), purpose: purpose.to_owned() }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use secrecy::ExposeSecret;

    use super::*;

    const PLACE: &str = "/etc/domicile/eu/pepper";

    fn value(text: &str) -> Result<String, String> {
        value_of(text, Path::new(PLACE), "eu", "pepper").map(str::to_owned).map_err(|error| error.to_string())
    }

    #[test]
    fn r3_a_secret_of_the_own_region_is_read() {
        assert_eq!(value("eu:pepper:hush:hush\n").unwrap(), "hush:hush");
        assert_eq!(value("eu:pepper:hush").unwrap(), "hush");
    }

    #[test]
    fn r3_a_secret_of_another_region_is_refused_without_its_value() {
        let error = value("us:pepper:hush").unwrap_err();

        assert_eq!(
            error,
            "secret pepper: file /etc/domicile/eu/pepper belongs to region us, but this process may only hold secrets of eu (R3)"
        );
    }

    #[test]
    fn s3_no_message_holds_the_value() {
        for text in ["hush", "hush:hush", "eu:pepper:", "HUSH:pepper:x", "eu:hush:x", "eu:pepper:hush\nhush", "", "hu sh:pepper:x"] {
            let error = value(text).unwrap_err();
            assert!(error.contains(PLACE) && !error.to_lowercase().contains("hush"), "{text}: {error}");
        }
    }

    #[test]
    fn a_key_is_32_bytes_of_base64() {
        let folder = std::env::temp_dir().join(format!("domicile-secret-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("region_key");
        std::fs::write(&file, format!("eu:region_key:{}\n", STANDARD.encode([7; 32]))).unwrap();
        let key = load_key(&file, "eu", "region_key").unwrap();
        let text = load(&file, "eu", "region_key").unwrap();
        std::fs::write(&file, "eu:region_key:c2hvcnQ=\n").unwrap();
        let short = load_key(&file, "eu", "region_key");
        std::fs::remove_dir_all(&folder).unwrap();

        assert_eq!(*key, [7; 32]);
        assert_eq!(text.expose_secret().len(), 44);
        assert!(matches!(short, Err(SecretError::NotAKey { .. })));
        assert!(matches!(load_key(&file, "eu", "region_key"), Err(SecretError::Unreadable { .. })));
    }
}
