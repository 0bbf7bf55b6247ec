//! Whether a new password is accepted (S1), asked by sign-up and by adding staff.

use domain::refusal::{Refusal, RefusalCode};
use platform::passwords::NormalPassword;
use secrecy::SecretString;

use crate::context::App;
use crate::error::Result;

/// This product's name: a word that everybody would try.
const PRODUCT: &str = "domicile";

impl App {
    /// The password in the form that is hashed, or the rule it breaks. `names` are those of the tenant and the person.
    ///
    /// # Errors
    /// A fault when too many passwords are being judged.
    pub(crate) async fn judged(
        &self,
        password: &SecretString,
        names: &[&str],
        path: &[&str],
    ) -> Result<std::result::Result<NormalPassword, Refusal>> {
        let refusal = |weakness| Refusal::new(RefusalCode::WeakPassword, format!("password {weakness}"), path);
        let normal = match NormalPassword::new(password) {
            Ok(normal) => normal,
            Err(weakness) => return Ok(Err(refusal(weakness))),
        };
        let context = names.iter().copied().chain([PRODUCT]).map(str::to_owned).collect();
        let verdict = self.passwords.judge(&normal, context).await?;
        Ok(verdict.map(|()| normal).map_err(refusal))
    }
}
