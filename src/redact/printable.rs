//! Text from elsewhere, made fit for a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with everything that steers a terminal, or hides, turned into visible escapes.
///
/// Control characters, line breaks among them, direction marks and invisible characters become
/// `\n`, `\u{1b}` and the like. All else stays as it is, backslashes too: the result is for
/// reading, not for reading back.
pub fn printable(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(steers) else { return Cow::Borrowed(text) };
    let (clean, rest) = text.split_at(first);
    let mut shown = String::with_capacity(text.len() + 16);
    shown.push_str(clean);
    for character in rest.chars() {
        if steers(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// The same for JSON: characters that steer a terminal, or hide, become the escapes that JSON has for
/// them, so that it says what it said.
pub(crate) fn printable_json(json: String) -> String {
    // Line breaks and indentation are JSON's own; in its strings there is no control below U+0020.
    let is_escaped = |character: char| steers(character) && !character.is_ascii();
    if !json.contains(is_escaped) {
        return json;
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_escaped(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string never fails.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a character does something else than show: controls (C0, DEL, C1), line and paragraph
/// separators, direction marks and overrides, zero-width and tag characters.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;

    use super::{printable, printable_json};

    #[test]
    fn text_that_only_shows_is_not_copied() {
        assert!(matches!(printable("it's ü 漢 😀 \\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn controls_become_visible() {
        assert_eq!(printable("a\u{1b}]0;x\u{7}\r\n\t\0"), "a\\u{1b}]0;x\\u{7}\\r\\n\\t\\u{0}");
        assert_eq!(printable("\u{9b}31m\u{7f}"), "\\u{9b}31m\\u{7f}");
        assert_eq!(printable("a\u{202e}b\u{200b}"), "a\\u{202e}b\\u{200b}");
    }

    #[test]
    fn json_says_the_same_without_controls() {
        let value = serde_json::json!({"a\u{9b}": "\u{202e}b\u{e0001}", "c": "ü\n"});
        let shown = printable_json(format!("{value:#}"));
        assert!(shown.contains("a\\u009b") && shown.contains("\\u202eb\\udb40\\udc01"), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).ok(), Some(value));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_control_comes_through(text in any::<String>()) {
            let shown = printable(&text).into_owned();
            prop_assert!(!shown.contains(char::is_control));
            prop_assert_eq!(printable(&shown), shown.as_str());
        }
    }
}
