//! The password policy, as far as it needs no word list. Source: NIST SP 800-63B revision 4, section on passwords.
//!
//! Length counts in code points of the normalised text; no composition rules; no part of the password is cut.
//! The standard compares whole passwords with its list of words and not the words inside, so a long phrase may hold
//! the tenant's name, but must have enough of its own beside it. The guess estimate lies in the platform crate.

use thiserror::Error;

/// Fewest code points: the password is the only factor.
pub const SHORTEST: usize = 15;
/// Most code points.
pub const LONGEST: usize = 256;

/// Fewest code points that must remain when all context words are taken out.
const OWN: usize = 8;
/// Context words shorter than this are not taken out: they occur in most phrases by chance.
const CONTEXT_WORD: usize = 3;
/// Fewest different code points.
const VARIETY: usize = 5;

/// Why a password is refused. The text is for the person who chose it and holds nothing of the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] code points.
    #[error("must have at least {SHORTEST} characters")]
    TooShort,
    /// More than [`LONGEST`] code points.
    #[error("must have at most {LONGEST} characters")]
    TooLong,
    /// Little beside names that everybody knows.
    #[error("must not be made of the business's name or alias, the person's name or e-mail address, or the name of this product")]
    Context,
    /// One short part again and again.
    #[error("must not repeat a short pattern")]
    Repeated,
    /// Mostly letters or digits in their order.
    #[error("must not be a run of neighbouring letters or digits")]
    Sequence,
    /// Too few guesses would find it.
    #[error("is too easy to guess: it is a common password or made of common words and patterns")]
    Guessable,
}

/// Judges a normalised password. `context` holds names that everybody knows: of the product, tenant and person.
///
/// # Errors
/// The first rule that the password breaks.
pub fn check(password: &str, context: &[&str]) -> Result<(), Weakness> {
    let length = password.chars().take(LONGEST + 1).count();
    if length < SHORTEST {
        return Err(Weakness::TooShort);
    }
    if length > LONGEST {
        return Err(Weakness::TooLong);
    }
    let characters: Vec<char> = password.chars().flat_map(char::to_lowercase).collect();
    if is_repeated(&characters) {
        return Err(Weakness::Repeated);
    }
    if is_sequence(&characters) {
        return Err(Weakness::Sequence);
    }
    if own_length(&characters, context) < OWN {
        return Err(Weakness::Context);
    }
    Ok(())
}

/// Few different characters, or a unit that fills the whole and would be too short alone.
fn is_repeated(characters: &[char]) -> bool {
    let mut different = characters.to_vec();
    different.sort_unstable();
    different.dedup();
    let has_period = |period: usize| characters.iter().zip(characters.iter().skip(period)).all(|(a, b)| a == b);
    different.len() < VARIETY || (1..SHORTEST.min(characters.len() / 2 + 1)).any(has_period)
}

/// More than half of the neighbours are one step apart in the alphabet or among the digits.
fn is_sequence(characters: &[char]) -> bool {
    let is_step =
        |(a, b): (&char, &char)| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() && u32::from(*a).abs_diff(u32::from(*b)) == 1;
    let steps = characters.iter().zip(characters.iter().skip(1)).filter(|pair| is_step(*pair)).count();
    steps * 2 > characters.len()
}

/// Letters and digits that are left when every context word is taken out, longest word first.
fn own_length(characters: &[char], context: &[&str]) -> usize {
    let mut rest: String = characters.iter().filter(|c| c.is_alphanumeric() || !c.is_ascii()).collect();
    let mut words: Vec<String> = context.iter().flat_map(|text| words_of(text)).collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    for word in &words {
        rest = rest.replace(word.as_str(), "");
    }
    rest.chars().count()
}

/// The words of a name, and the name written as one word.
fn words_of(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
    let whole = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    parts.chain([whole]).filter(|word| word.chars().count() >= CONTEXT_WORD).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: [&str; 4] = ["domicile", "Blue Lagoon Spa", "blue-lagoon", "ann.miller@example.org"];

    #[test]
    fn s1_length_counts_in_code_points() {
        assert_eq!(check("kettle-of-fish", &[]), Err(Weakness::TooShort));
        assert_eq!(check("kettle-of-fish!", &[]), Ok(()));
        assert_eq!(check("kättlé-öf-fïsh", &[]), Err(Weakness::TooShort));
        let long: String = ('a'..='z').chain('A'..='Z').cycle().step_by(7).take(256).collect();
        assert_eq!(check(&format!("{long}x"), &[]), Err(Weakness::TooLong));
        assert_eq!(check("🐈🌵🚲🎺🧀🛶🏔🦉🍋🔭🎲🧵🪁🦔🍄", &[]), Ok(()));
    }

    #[test]
    fn s1_repetition_and_sequences_are_refused() {
        for repeated in ["aaaaaaaaaaaaaaaaaaaa", "abcdxabcdxabcdxab", "Passw0rdpassw0rd", "aAbBcCaAbBcCaAbBcC"] {
            assert_eq!(check(repeated, &[]), Err(Weakness::Repeated), "{repeated}");
        }
        for sequence in ["abcdefghijklmnop", "zyxwvutsrqponmlk", "012345678987654", "abcdefgh-12345678"] {
            assert_eq!(check(sequence, &[]), Err(Weakness::Sequence), "{sequence}");
        }
    }

    #[test]
    fn s1_names_alone_are_refused_and_names_in_a_phrase_are_not() {
        for names in ["BlueLagoonSpa-2031", "domicile domicile 1", "ann.miller@example.org", "Ann-Miller-Domicile-7", "blue.lagoon.blue"] {
            assert_eq!(check(names, &CONTEXT), Err(Weakness::Context), "{names}");
        }
        assert_eq!(check("seven kettles in the lagoon at night", &CONTEXT), Ok(()));
    }
}
