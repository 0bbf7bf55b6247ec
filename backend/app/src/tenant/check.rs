//! The checks of a sign-up. All wrong fields are named at once; nothing is written before they pass.

use domain::customer::{Email, short_text};
use domain::refusal::{Refusal, RefusalCode, Refusals};
use domain::schedule::parse_time_zone;
use domain::tenant::{Alias, Residency};
use platform::passwords::NormalPassword;
use secrecy::SecretString;

use crate::context::App;
use crate::error::{Error, Result};

/// Longest language tag.
const LONGEST_LOCALE: usize = 35;

/// Input of [`App::sign_up`].
#[derive(Debug)]
pub struct SignUp {
    /// Code of the region to live in: that of the node called.
    pub region: String,
    /// The tenant's public name in host names.
    pub alias: String,
    /// The tenant's name for people.
    pub tenant_name: String,
    /// IANA zone.
    pub time_zone: String,
    /// The owner's name.
    pub owner_name: String,
    /// The owner signs in with it.
    pub email: String,
    /// The owner's password.
    pub password: SecretString,
    /// Whether other regions' nodes may forward.
    pub residency: Residency,
    /// Language tag.
    pub locale: String,
}

/// A sign-up whose fields keep the rules.
pub(super) struct Checked {
    pub(super) alias: Alias,
    pub(super) tenant_name: String,
    pub(super) time_zone: String,
    pub(super) owner_name: String,
    pub(super) email: Email,
    pub(super) password: NormalPassword,
    pub(super) residency: Residency,
    pub(super) locale: String,
}

impl App {
    pub(super) async fn check_sign_up(&self, input: &SignUp) -> Result<Checked> {
        let mut refusals = Refusals::none();
        refusals.check(self.check_region(&input.region));
        let alias = refusals.check(Alias::parse(&input.alias, &["input", "alias"]));
        let tenant_name = refusals.check(short_text(&input.tenant_name, &["input", "tenantName"]));
        refusals.check(parse_time_zone(&input.time_zone, &["input", "timeZone"]));
        let owner_name = refusals.check(short_text(&input.owner_name, &["input", "ownerName"]));
        let email = refusals.check(Email::parse(&input.email, &["input", "email"]));
        refusals.check(check_locale(&input.locale));
        if alias.as_ref().is_some_and(|alias| self.directory.by_alias_mac(&self.alias_key.mac(alias)).is_some()) {
            refusals.push(alias_taken());
        }
        let texts = [alias.as_ref().map(Alias::as_str), tenant_name.as_deref(), owner_name.as_deref(), email.as_ref().map(Email::as_str)];
        let names: Vec<&str> = texts.into_iter().flatten().collect();
        let password = refusals.check(self.judged(&input.password, &names, &["input", "password"]).await?);
        refusals.none_or_err()?;
        let (Some(alias), Some(tenant_name), Some(owner_name), Some(email), Some(password)) =
            (alias, tenant_name, owner_name, email, password)
        else {
            return Err(Error::internal("a checked field is missing"));
        };
        let (time_zone, locale, residency) = (input.time_zone.clone(), input.locale.clone(), input.residency);
        Ok(Checked { alias, tenant_name, time_zone, owner_name, email, password, residency, locale })
    }

    /// A tenant is made by a node of its own region only, so that its first request already stays there (R1).
    fn check_region(&self, code: &str) -> std::result::Result<(), Refusal> {
        if code == self.region.code {
            return Ok(());
        }
        let path = ["input", "region"];
        let rule = if let Some(region) = self.regions.by_code(code) {
            format!("region must be that of the node called, {}; to sign up in {code} call {}", self.region.code, region.api_url)
        } else {
            let codes: Vec<&str> = self.regions.iter().map(|region| region.code.as_str()).collect();
            format!("region must be one of {}", codes.join(", "))
        };
        Err(Refusal::invalid(rule, &path))
    }
}

pub(super) fn alias_taken() -> Refusal {
    Refusal::new(RefusalCode::AliasTaken, "alias belongs to another tenant", &["input", "alias"])
}

/// The form of BCP 47: a language of 2 or 3 letters, then parts of 1 to 8 letters or digits.
fn check_locale(text: &str) -> std::result::Result<(), Refusal> {
    let mut parts = text.split('-');
    let language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase()));
    let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if language && rest && text.len() <= LONGEST_LOCALE {
        return Ok(());
    }
    Err(Refusal::invalid("locale must be a language tag such as en or de-AT", &["input", "locale"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_tags_are_told_from_other_texts() {
        for good in ["en", "de-AT", "zh-Hant-TW", "gsw"] {
            assert_eq!(check_locale(good), Ok(()), "{good}");
        }
        for bad in ["", "e", "EN", "english", "de_AT", "de-", "de-toolongpart", &"en-abcdefgh".repeat(9)] {
            assert!(check_locale(bad).is_err(), "{bad}");
        }
    }
}
