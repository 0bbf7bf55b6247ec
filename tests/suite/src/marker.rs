//! Random texts, and the search for them in files in every form that a text is likely to lie on a disk.
//!
//! The search is done by grep: it reads a region's files, some hundred MiB, in about a second, while an unoptimised
//! program of ours would take minutes. A search that finds nothing proves something only beside one that finds what was
//! planted: [`Marker::forms`] are what to plant.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use uuid::Uuid;

/// Fewer than a command line may hold, at a length of 256 bytes each.
const FILES_AT_ONCE: usize = 2000;

/// A text that nobody has written before: lower-case letters and digits, so that it fits into any field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker(pub String);

impl Marker {
    /// A new one, 20 characters long.
    pub fn new() -> Self {
        Self(format!("mk{}", &Uuid::new_v4().simple().to_string()[..18]))
    }

    /// A new one that is a phone number.
    pub fn phone() -> Self {
        let digits = (Uuid::new_v4().as_u128() % 1_000_000_000_000).to_string();
        Self(format!("+49{digits:0>12}"))
    }

    /// Each form with its name: as it is, UTF-16, hexadecimal in both cases, base64 at each of the three positions that a
    /// text can have in it.
    pub fn forms(&self) -> Vec<(&'static str, Vec<u8>)> {
        let text = self.0.as_bytes();
        let hex: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
        let utf16 = self.0.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut forms = vec![
            ("plain", text.to_vec()),
            ("UTF-16LE", utf16),
            ("upper-case hex", hex.to_uppercase().into_bytes()),
            ("hex", hex.into_bytes()),
        ];
        forms.extend(
            [("base64", 0), ("base64 after one byte", 1), ("base64 after two bytes", 2)].map(|(name, at)| (name, base64_at(text, at))),
        );
        forms
    }
}

impl Default for Marker {
    fn default() -> Self {
        Self::new()
    }
}

/// The characters of the base64 form that `text` alone decides when `before` bytes stand in front of it.
fn base64_at(text: &[u8], before: usize) -> Vec<u8> {
    let padded = [&vec![0; before][..], text].concat();
    let own = (before * 8).div_ceil(6)..padded.len() * 8 / 6;
    STANDARD_NO_PAD.encode(&padded).into_bytes()[own].to_vec()
}

/// Which forms of which markers lie in these files: `form of marker in file`.
pub fn traces(files: &[PathBuf], markers: &[&Marker]) -> BTreeSet<String> {
    let forms: Vec<_> = markers
        .iter()
        .flat_map(|marker| marker.forms().into_iter().map(|(name, bytes)| (format!("{name} of {}", marker.0), bytes)))
        .collect();
    let patterns = std::env::temp_dir().join(format!("domicile-suite-patterns-{}", Uuid::new_v4().simple()));
    std::fs::write(&patterns, forms.iter().map(|(_, bytes)| bytes.as_slice()).collect::<Vec<_>>().join(&b'\n')).expect("a file");
    let mut found = BTreeSet::new();
    for files in files.chunks(FILES_AT_ONCE) {
        for (file, bytes) in hits(&patterns, files) {
            let (form, _) = forms.iter().find(|(_, form)| *form == bytes).expect("one of the patterns");
            found.insert(format!("{form} in {file}"));
        }
    }
    std::fs::remove_file(patterns).expect("a file");
    found
}

/// What grep prints: `file NUL match newline`, for each match; a match can hold NUL, a file name cannot.
fn hits(patterns: &PathBuf, files: &[PathBuf]) -> Vec<(String, Vec<u8>)> {
    let mut grep = Command::new("grep");
    grep.args(["--text", "--fixed-strings", "--only-matching", "--with-filename", "--null", "--file"]).arg(patterns).arg("--");
    let output = grep.args(files).env("LC_ALL", "C").stdin(Stdio::null()).output().expect("grep");
    let complaints = String::from_utf8_lossy(&output.stderr);
    // PostgreSQL removes a file now and then; anything else would be a search that did not happen.
    let serious: Vec<_> = complaints.lines().filter(|line| !line.ends_with("No such file or directory")).collect();
    assert!(serious.is_empty() && output.status.code().is_some_and(|code| code <= 2), "{serious:?}");
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let end = line.iter().position(|byte| *byte == 0).expect("a file name");
            (String::from_utf8_lossy(&line[..end]).into_owned(), line[end + 1..].to_vec())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    #[test]
    fn every_form_is_found_wherever_it_lies_and_nothing_else_is() {
        let folder = std::env::temp_dir().join(format!("domicile-suite-marker-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let (planted, absent) = (Marker::new(), Marker::new());
        let whole = |before: &str| STANDARD.encode(format!("{before}{} and more", planted.0)).into_bytes();
        let utf16: Vec<u8> = planted.0.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let hex: String = planted.0.bytes().map(|byte| format!("{byte:02x}")).collect();
        let contents = [
            ("plain", [b"\0\xff".as_slice(), planted.0.as_bytes(), b"\0"].concat()),
            ("UTF-16LE", [b"\n\xff".as_slice(), &utf16].concat()),
            ("hex", hex.clone().into_bytes()),
            ("upper-case hex", hex.to_uppercase().into_bytes()),
            ("base64", whole("abc")),
            ("base64 after one byte", whole("abcd")),
            ("base64 after two bytes", whole("ab")),
        ];
        let files: Vec<PathBuf> = contents.iter().enumerate().map(|(number, _)| folder.join(number.to_string())).collect();
        contents.iter().zip(&files).for_each(|((_, bytes), file)| std::fs::write(file, bytes).expect("a file"));

        let found = traces(&files, &[&planted, &absent]);
        std::fs::remove_dir_all(&folder).expect("a folder");

        let expected = contents.iter().zip(&files).map(|((form, _), file)| format!("{form} of {} in {}", planted.0, file.display()));
        assert_eq!(found, expected.collect());
    }
}
