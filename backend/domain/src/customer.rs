//! Checks of contact fields: names, e-mail addresses, phones. What is accepted is trimmed, never altered otherwise.

use crate::refusal::Refusal;

/// Most code points a name or another short text may have.
pub const SHORT_TEXT: usize = 200;
/// Most code points a note, a description or a long answer may have.
pub const LONG_TEXT: usize = 5_000;

/// A short text of 1 to [`SHORT_TEXT`] code points without control characters, trimmed.
///
/// # Errors
/// A refusal that names the last part of `path` and the rule.
pub fn short_text(text: &str, path: &[&str]) -> Result<String, Refusal> {
    let trimmed = text.trim();
    let field = field_name(path);
    if trimmed.is_empty() {
        return Err(Refusal::invalid(format!("{field} must not be empty"), path));
    }
    if trimmed.chars().count() > SHORT_TEXT {
        return Err(Refusal::invalid(format!("{field} must have at most {SHORT_TEXT} characters"), path));
    }
    if trimmed.chars().any(char::is_control) {
        return Err(Refusal::invalid(format!("{field} must not hold control characters or line breaks"), path));
    }
    Ok(trimmed.to_owned())
}

/// A text of at most [`LONG_TEXT`] code points, trimmed; line breaks and tabs are the only control characters.
///
/// # Errors
/// A refusal that names the last part of `path` and the rule.
pub fn long_text(text: &str, path: &[&str]) -> Result<String, Refusal> {
    let trimmed = text.trim();
    let field = field_name(path);
    if trimmed.chars().count() > LONG_TEXT {
        return Err(Refusal::invalid(format!("{field} must have at most {LONG_TEXT} characters"), path));
    }
    if trimmed.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Refusal::invalid(format!("{field} must not hold control characters"), path));
    }
    Ok(trimmed.to_owned())
}

/// An e-mail address as people write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Parses `local@domain`: at most 254 bytes, no blanks, a dot in the domain.
    ///
    /// # Errors
    /// A refusal that names the field and the rule.
    pub fn parse(text: &str, path: &[&str]) -> Result<Self, Refusal> {
        let trimmed = text.trim();
        if is_address(trimmed) {
            return Ok(Self(trimmed.to_owned()));
        }
        Err(Refusal::invalid(format!("{} must be an e-mail address such as name@example.org", field_name(path)), path))
    }

    /// The address as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that equal addresses share, for the blind index: lower case.
    #[must_use]
    pub fn normalised(&self) -> String {
        self.0.to_lowercase()
    }
}

/// A phone number: 5 to 20 digits with an optional leading plus; blanks, dots, hyphens and brackets between.
///
/// # Errors
/// A refusal that names the last part of `path` and the rule.
pub fn phone(text: &str, path: &[&str]) -> Result<String, Refusal> {
    let trimmed = text.trim();
    let digits = trimmed.bytes().filter(u8::is_ascii_digit).count();
    let characters_fit = trimmed.strip_prefix('+').unwrap_or(trimmed).chars().all(|c| c.is_ascii_digit() || " .-/()".contains(c));
    if (5..=20).contains(&digits) && characters_fit && trimmed.len() <= 40 {
        return Ok(trimmed.to_owned());
    }
    Err(Refusal::invalid(format!("{} must be a phone number of 5 to 20 digits", field_name(path)), path))
}

fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\@".contains(c));
    let labels_fit = domain.contains('.') && domain.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    text.len() <= 254 && local.len() <= 64 && plain(local) && plain(domain) && labels_fit
}

fn field_name<'a>(path: &[&'a str]) -> &'a str {
    path.last().copied().unwrap_or("value")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in ["a@b.co", " Ann.O'Neil+x@Example.ORG ", "ünï@exämple.org"] {
            assert!(Email::parse(good, &["email"]).is_ok(), "{good}");
        }
        for bad in ["", "a", "a@b", "a b@c.de", "a@b..c", "@b.co", "a@b.co\r\nBcc: x@y.z", "a@b@c.de,"] {
            assert!(Email::parse(bad, &["email"]).is_err(), "{bad}");
        }
        assert_eq!(Email::parse("Ann@Example.ORG", &[]).unwrap().normalised(), "ann@example.org");
    }

    #[test]
    fn the_refusal_names_field_and_rule() {
        let refusal = short_text(&"x".repeat(2 * 1024 * 1024), &["input", "name"]).unwrap_err();

        assert_eq!(refusal, Refusal::invalid("name must have at most 200 characters", &["input", "name"]));
    }

    #[test]
    fn phones_keep_their_form() {
        assert_eq!(phone(" +49 (30) 1234-567 ", &["phone"]).unwrap(), "+49 (30) 1234-567");
        assert!(phone("call me", &["phone"]).is_err());
        assert!(phone("1234", &["phone"]).is_err());
    }
}
