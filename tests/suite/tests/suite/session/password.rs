//! Which passwords are accepted, and that every character of them counts (S1). Source: NIST SP 800-63B revision 4.

use serde_json::{Value, json};
use suite::footprint::Footprint;
use suite::salon::{Salon, sign_up_input};
use uuid::Uuid;

use super::salon;

/// Adds a person with this password; returns the payload and the address.
async fn add(salon: &Salon, password: &str) -> (Value, String) {
    let email = format!("{}@example.org", Uuid::new_v4().simple());
    (salon.owner.payload("AddStaff", json!({ "name": "Robin Weber", "email": email, "role": "STAFF", "password": password })).await, email)
}

async fn opens(salon: &Salon, email: &str, password: &str) -> bool {
    salon.visitor.payload("SignIn", json!({ "email": email, "password": password })).await["session"].is_object()
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_weak_password_is_refused_with_the_rule_it_breaks() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let mut rows = Footprint::of(&fleet.database("us").expect("urls")).await;
    let before = rows.of_tenant(&salon.tenant_id).await;
    let (alias, email) = (format!("{}-2031!", salon.alias), "robin.weber.2031");
    let too_long: String = (0..257).map(|n| char::from(b'a' + u8::try_from(n * 7 % 25).expect("a letter"))).collect();
    let table = [
        ("", "at least 15 characters"),
        ("hidden-kettle1", "at least 15 characters"),
        ("kättlé-öf-fïsh", "at least 15 characters"),
        (too_long.as_str(), "at most 256 characters"),
        ("passwordpassword", "repeat a short pattern"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "repeat a short pattern"),
        ("abcdefghijklmnopqrstuvwxyz", "neighbouring letters or digits"),
        ("01234567890123456789", "repeat a short pattern"),
        ("987654321098765", "neighbouring letters or digits"),
        ("qwertyuiopasdfgh", "too easy to guess"),
        ("Password123456789", "too easy to guess"),
        ("1qaz2wsx3edc4rfv", "too easy to guess"),
        ("iloveyouforever1", "too easy to guess"),
        ("administrator123", "too easy to guess"),
        ("domicile-domicile1", "name of this product"),
        (alias.as_str(), "the business's name or alias"),
        ("Test Salon 2031!", "the business's name or alias"),
        (email, "the person's name"),
    ];
    for (password, rule) in table {
        let (answer, _) = add(&salon, password).await;
        let error = &answer["userErrors"][0];
        assert_eq!(
            (&answer["staff"], &error["code"], &error["path"]),
            (&Value::Null, &json!("WEAK_PASSWORD"), &json!(["input", "password"])),
            "{password}: {answer}"
        );
        let message = error["message"].as_str().expect("a message");
        assert!(message.starts_with("password ") && message.contains(rule), "{password}: {message}");
        assert!(password.len() < 15 || !message.contains(password), "the password is repeated: {message}");
    }
    assert_eq!(rows.of_tenant(&salon.tenant_id).await, before, "nobody was added");

    let mut input = sign_up_input("us", &suite::salon::new_alias(), "olga@example.org");
    input["password"] = json!("hidden-kettle1");
    assert_eq!(salon.nobody.refused("SignUp", input).await, "WEAK_PASSWORD", "at sign-up too");
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_every_character_of_a_long_password_counts() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let hundred: String = (0..100).map(|n| char::from(b'a' + u8::try_from(n * 7 % 25).expect("a letter"))).collect();
    let emoji = "🐈🌵🚲🎺🧀🛶🏔🦉🍋🔭🎲🧵🪁🦔🍄🐋🥕🛸🎻🗿🧊🪴🐝🦑🍩🏹🪐🎹🧭🐢";
    let table = [
        ("fifteen characters", "hidden-kettle12"),
        ("words and spaces", "seven kettles in the lagoon at night"),
        ("a hundred characters", hundred.as_str()),
        ("thirty emoji", emoji),
        ("no ASCII", "несколько тихих чайников"),
        ("a NUL byte within", "kettle\u{0}lagoon-harbour-9"),
    ];
    for (name, password) in table {
        let (added, email) = add(&salon, password).await;
        assert_eq!(added["userErrors"], json!([]), "{name}: {added}");
        let (last, _) = password.char_indices().last().expect("a character");
        assert!(opens(&salon, &email, password).await, "{name}");
        assert!(!opens(&salon, &email, &password[..last]).await, "{name} without the last");
        assert!(!opens(&salon, &email, &format!("{}z", &password[..last])).await, "{name} with another last");
        assert!(!opens(&salon, &email, &format!("{password}z")).await, "{name} with one more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_a_password_is_the_same_from_every_keyboard() {
    let (fleet, _gate) = suite::fleet().await;
    let salon = salon(fleet, "us").await;
    let composed = "caf\u{e9} \u{fc}ber den d\u{e4}chern";
    let decomposed = "cafe\u{301} u\u{308}ber den da\u{308}chern";

    let (added, email) = add(&salon, composed).await;
    let (other, other_email) = add(&salon, decomposed).await;

    assert_eq!((&added["userErrors"], &other["userErrors"]), (&json!([]), &json!([])));
    for email in [&email, &other_email] {
        assert!(opens(&salon, email, composed).await && opens(&salon, email, decomposed).await);
        assert!(!opens(&salon, email, "cafe uber den dachern").await);
    }
    // Length counts in characters after that, so taking letters apart does not make a password longer.
    assert_eq!(add(&salon, "u\u{308}o\u{308}a\u{308}u\u{308}o\u{308}a\u{308}xq").await.0["userErrors"][0]["code"], "WEAK_PASSWORD");
}
