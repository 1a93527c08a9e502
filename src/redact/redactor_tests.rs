use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::json;

use super::Redactor;
use crate::redact::base64::base64;

const TOKEN: &str = "aB3/dE+f \"gH\\iJ";

fn redactor(value: &str) -> Redactor {
    Redactor::new([(value.to_owned(), "$TOKEN".to_owned())])
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

fn swapped(text: &str) -> String {
    text.chars()
        .map(
            |c| {
                if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }
            },
        )
        .collect()
}

/// What a server or a sink may make of a secret.
fn forms(secret: &str) -> Vec<String> {
    let escaped = |text: &str| {
        let quoted = json!(text).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    };
    vec![
        secret.to_owned(),
        escaped(secret),
        escaped(&escaped(secret)),
        percent(secret),
        percent(secret).replace('%', "%25"),
        percent(secret).to_ascii_lowercase(),
        swapped(secret),
        secret.chars().fold(String::new(), |held, c| format!("{held}&#{};", u32::from(c))),
        base64(secret.as_bytes(), *b"+/").into_iter().collect(),
        base64(format!("me:{secret}").as_bytes(), *b"-_").into_iter().collect(),
        base64(format!("m:{secret}!").as_bytes(), *b"-_").into_iter().collect(),
        format!("Bearer {secret}"),
    ]
}

#[test]
fn a_secret_is_replaced_in_every_form() {
    for form in forms(TOKEN) {
        let shown = redactor(TOKEN).redact(&format!("x={form};")).into_owned();
        assert!(shown.contains("$TOKEN"), "{form}: {shown}");
        assert!(shown.len() < 24, "{form}: {shown}");
    }
}

#[test]
fn text_without_secrets_is_not_copied() {
    assert!(matches!(redactor(TOKEN).redact("100 % harmless \\ text"), Cow::Borrowed(_)));
    assert!(matches!(Redactor::default().redact(TOKEN), Cow::Borrowed(_)));
}

#[test]
fn a_beginning_of_at_least_half_is_replaced_as_far_as_it_goes() {
    let redactor = redactor("0123456789abcdefghij");
    assert_eq!(redactor.redact("<0123456789>"), "<$TOKEN…>");
    assert_eq!(redactor.redact("<0123456789abcdefghi>"), "<$TOKEN…>");
    assert_eq!(redactor.redact("<012345678>"), "<012345678>");
    assert_eq!(redactor.redact("<0123456789abcdefghijx>"), "<$TOKENx>");
}

#[test]
fn a_short_secret_is_replaced_as_a_whole_word_only() {
    let redactor = redactor("code");
    assert_eq!(
        redactor.redact("code, error_code: \"code\" decode"),
        "$TOKEN, error_code: \"$TOKEN\" decode"
    );
    assert_eq!(self::redactor("abc").redact("abc"), "abc");
}

#[test]
fn a_secret_goes_also_without_the_word_in_front() {
    let redactor = redactor("Bearer abcdefgh.ijkl");
    assert_eq!(redactor.redact("Bearer abcdefgh.ijkl / abcdefgh.ijkl"), "$TOKEN / $TOKEN");
}

#[test]
fn the_password_of_basic_credentials_goes_in_every_form() {
    // `user:sEcr3tPa55/+w0rd`
    let redactor = redactor("Basic dXNlcjpzRWNyM3RQYTU1Lyt3MHJk");
    let text = "dXNlcjpzRWNyM3RQYTU1Lyt3MHJk, user:sEcr3tPa55/+w0rd, sEcr3tPa55%2F%2Bw0rd";
    assert_eq!(redactor.redact(text), "$TOKEN, $TOKEN, $TOKEN");
}

#[test]
fn of_overlapping_secrets_nothing_remains() {
    let secrets = [("abcdefgh", "$A"), ("efghijklmn", "$B"), ("abcdefghxyz", "$C")];
    let redactor = Redactor::new(secrets.map(|(value, shown)| (value.into(), shown.into())));
    assert_eq!(redactor.redact("-abcdefghijklmn-abcdefghxyz-"), "-$A-$C-");
}

#[test]
fn bytes_and_json_are_redacted_too() {
    let redactor = redactor("12345678");
    assert_eq!(&redactor.redact_bytes(b"\xff12345678\xff")[..], b"\xff$TOKEN\xff");
    let mut value = json!({"a": ["x12345678"], "12345678": 12_345_678, "b": null});
    redactor.redact_json(&mut value);
    assert_eq!(value, json!({"a": ["x$TOKEN"], "$TOKEN": "$TOKEN", "b": null}));
}

#[test]
fn a_leak_is_the_exact_value() {
    let redactor = redactor(TOKEN);
    assert!(redactor.contains(format!("\u{1}{TOKEN}").as_bytes()));
    assert!(redactor.contains(json!({"token": TOKEN}).to_string().as_bytes()));
    assert!(!redactor.contains(swapped(TOKEN).as_bytes()));
    assert!(!redactor.contains(percent(TOKEN).as_bytes()));
    assert!(!redactor.contains(&TOKEN.as_bytes()[..TOKEN.len() - 1]));
    assert!(!self::redactor("abcdefg").contains(b"abcdefg"));
}

#[test]
fn debug_shows_no_secret() {
    assert_eq!(format!("{:?}", redactor(TOKEN)), "Redactor(1 secrets)");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_redaction_no_form_of_a_secret_remains(
        secret in r"[!-~ü漢]([ -~ü漢]{6,40})[!-~ü漢]",
        before in r#"[ -~\\%&+"\nü]{0,12}"#,
        after in r#"[ -~\\%&+"\nü]{0,12}"#,
    ) {
        // A secret made of what stands in its place can't vanish.
        prop_assume!(!"$TOKEN…".contains(&secret));
        let redactor = redactor(&secret);
        for form in forms(&secret) {
            let text = format!("{before}{form}{after}");
            let shown = redactor.redact(&text).into_owned();
            prop_assert!(!shown.contains(&secret), "{} in {}", secret, shown);
            prop_assert!(shown.contains("$TOKEN"), "{} in {}", form, shown);
            prop_assert!(!redactor.contains(shown.as_bytes()));
        }
    }

    #[test]
    fn nothing_panics_on_arbitrary_bytes(secret in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let redactor = redactor(&secret);
        let _ = (redactor.redact_bytes(&bytes), redactor.contains(&bytes));
        let _ = redactor.redact(&String::from_utf8_lossy(&bytes));
    }
}
