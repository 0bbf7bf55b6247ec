#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::{Duration, Instant};

use super::*;

fn passwords(cost: u32) -> Passwords {
    Passwords::new(Zeroizing::new([3; 32]), cost).unwrap()
}

fn normal(text: &str) -> NormalPassword {
    NormalPassword::new(&SecretString::from(text)).unwrap()
}

/// `text` without its last character, with another one in its place.
fn with_other_end(text: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    characters.pop();
    characters.push('z');
    characters.into_iter().collect()
}

#[tokio::test]
async fn s1_the_last_character_of_a_long_password_matters() {
    let hundred: String = (0..100).map(|i| char::from(b'a' + u8::try_from(i * 7 % 25).unwrap())).collect();
    let emoji = "🐈🌵🚲🎺🧀🛶🏔🦉🍋🔭🎲🧵🪁🦔🍄🐋🥕🛸🎻🗿🧊🪴🐝🦑🍩🏹🪐🎹🧭🐢";
    let passwords = passwords(4);
    for text in [hundred.as_str(), emoji] {
        assert!(text.chars().count() == 100 || text.chars().count() == 30);
        let stored = passwords.hash(&normal(text)).await.unwrap();
        assert!(passwords.verify(&normal(text), Some(&stored)).await.unwrap());
        assert!(!passwords.verify(&normal(&with_other_end(text)), Some(&stored)).await.unwrap());
        assert_eq!(passwords.judge(&normal(text), vec![]).await.unwrap(), Ok(()), "{text}");
    }
}

#[tokio::test]
async fn s1_the_stored_text_has_the_drawn_form_and_another_salt_each_time() {
    let passwords = passwords(4);

    let (first, second) = (passwords.hash(&normal("kettle")).await.unwrap(), passwords.hash(&normal("kettle")).await.unwrap());

    assert!(first.starts_with("1:$2b$04$") && first.len() == 62, "{first}");
    assert_ne!(first, second);
}

#[tokio::test]
async fn s1_both_forms_of_one_text_are_one_password() {
    let stored = passwords(4).hash(&normal("caf\u{e9} au lait \u{fb01}")).await.unwrap();

    assert!(passwords(4).verify(&normal("cafe\u{301} au lait fi"), Some(&stored)).await.unwrap());
}

#[tokio::test]
async fn s1_another_pepper_opens_nothing() {
    let stored = passwords(4).hash(&normal("kettle")).await.unwrap();
    let other = Passwords::new(Zeroizing::new([4; 32]), 4).unwrap();

    assert!(!other.verify(&normal("kettle"), Some(&stored)).await.unwrap());
}

#[tokio::test]
async fn s1_an_unknown_account_takes_as_long_as_a_known_one() {
    let passwords = passwords(8);
    let stored = passwords.hash(&normal("kettle")).await.unwrap();
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for _ in 0..15 {
        let start = Instant::now();
        assert!(!passwords.verify(&normal("teapot"), Some(&stored)).await.unwrap());
        known.push(start.elapsed());
        let start = Instant::now();
        assert!(!passwords.verify(&normal("teapot"), None).await.unwrap());
        unknown.push(start.elapsed());
    }
    known.sort();
    unknown.sort();
    let apart = known[7].abs_diff(unknown[7]);
    assert!(apart < known[7] / 4 + Duration::from_millis(1), "known {:?}, unknown {:?}", known[7], unknown[7]);
}

#[tokio::test]
async fn s1_common_passwords_and_those_made_of_names_are_refused() {
    let passwords = passwords(4);
    let context = || vec!["domicile".to_owned(), "Blue Lagoon Spa".to_owned()];
    let cases = [
        ("passwordpassword1", Weakness::Guessable),
        ("qwertyuiop123456", Weakness::Guessable),
        ("iloveyouforever1", Weakness::Guessable),
        ("Blue Lagoon Spa 7", Weakness::Context),
        ("short", Weakness::TooShort),
    ];
    for (text, weakness) in cases {
        assert_eq!(passwords.judge(&normal(text), context()).await.unwrap(), Err(weakness), "{text}");
    }
    assert_eq!(passwords.judge(&normal("seven kettles at night"), context()).await.unwrap(), Ok(()));
    assert_eq!(NormalPassword::new(&SecretString::from("x".repeat(2 << 20))).err(), Some(Weakness::TooLong));
}

#[tokio::test]
async fn s1_a_stored_text_of_another_form_is_a_fault_and_costs_are_bounded() {
    assert_eq!(passwords(4).verify(&normal("kettle"), Some("$2b$04$x")).await, Err(PasswordFault::Broken));
    assert_eq!(passwords(4).verify(&normal("kettle"), Some("1:x")).await, Err(PasswordFault::Broken));
    assert_eq!(Passwords::new(Zeroizing::new([0; 32]), 3).err(), Some(PasswordFault::Cost));
}
