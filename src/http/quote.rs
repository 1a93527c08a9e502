//! Quoting for bash, so that a pasted line gives exactly the bytes that were meant.

use std::fmt::Write;

/// One bash word that stands for these bytes, or `None` where none can: an argument holds no NUL.
///
/// Printable UTF-8 stands in single quotes. All else is `$'…'` with octal escapes, so that the
/// word itself is printable whatever the bytes are.
pub(super) fn word(bytes: &[u8]) -> Option<String> {
    if bytes.contains(&0) {
        return None;
    }
    if let Some(text) = printable(bytes) {
        return Some(format!("'{}'", text.replace('\'', r"'\''")));
    }
    let mut word = String::with_capacity(bytes.len() + 8);
    word.push_str("$'");
    escape(bytes, &mut word, |character| match character {
        '\'' => Some(r"\'"),
        '\\' => Some(r"\\"),
        _ => None,
    });
    word.push('\'');
    Some(word)
}

/// A `printf` command, for bash's own one, that writes exactly these bytes, NUL included.
pub(super) fn printf(bytes: &[u8]) -> String {
    if let Some(text) = printable(bytes) {
        return format!("printf %s '{}'", text.replace('\'', r"'\''"));
    }
    let mut command = String::with_capacity(bytes.len() + 16);
    // `--`, as a format may begin with a dash.
    command.push_str("printf -- '");
    escape(bytes, &mut command, |character| match character {
        '\'' => Some(r"\047"),
        '\\' => Some(r"\\"),
        '%' => Some("%%"),
        _ => None,
    });
    command.push('\'');
    command
}

/// The text of these bytes, if it would look the same after a copy from a terminal.
fn printable(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| text.chars().all(is_printable))
}

/// Whether a character shows and is not taken for another: no control, format or unassigned
/// character, no blank but the plain one, no combining mark.
fn is_printable(character: char) -> bool {
    character == ' '
        || character == '\''
        || character == '"'
        || character == '\\'
        || (character.escape_debug().len() == 1 && !character.is_whitespace())
}

fn escape(bytes: &[u8], out: &mut String, special: impl Fn(char) -> Option<&'static str>) {
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match special(character) {
                Some(escaped) => out.push_str(escaped),
                None if is_printable(character) => out.push(character),
                None => octal(character.encode_utf8(&mut [0; 4]).as_bytes(), out),
            }
        }
        octal(chunk.invalid(), out);
    }
}

fn octal(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        write!(out, "\\{byte:03o}").expect("a String takes everything");
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::{printf, word};

    fn bash(script: &str) -> Vec<u8> {
        let output = Command::new("bash").args(["-c", script]).output().expect("bash");
        assert!(output.status.success(), "{script}: {}", output.stderr.escape_ascii());
        output.stdout
    }

    #[test]
    fn printable_text_stands_as_it_is() {
        assert_eq!(word(br#"{"a": "$b \ `c`"}"#).as_deref(), Some(r#"'{"a": "$b \ `c`"}'"#));
        assert_eq!(word("it's ü漢😀".as_bytes()).as_deref(), Some(r"'it'\''s ü漢😀'"));
        assert_eq!(word(b"").as_deref(), Some("''"));
    }

    #[test]
    fn what_does_not_show_is_escaped() {
        assert_eq!(word(b"a\n\x1b[1m'\\\xff7").as_deref(), Some(r"$'a\012\033[1m\'\\\3777'"));
        assert_eq!(
            word("\u{feff}\u{202e}\u{a0}".as_bytes()).as_deref(),
            Some(r"$'\357\273\277\342\200\256\302\240'")
        );
        assert_eq!(word(b"a\0b"), None);
        assert_eq!(printf(b"-n 100%\0'\\"), r"printf -- '-n 100%%\000\047\\'");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn bash_reads_exactly_the_bytes_that_were_quoted(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                any::<String>().prop_map(String::into_bytes),
                r#"[-@'"\\$`%!{}\n\t 0-9ü]{0,40}"#.prop_map(String::into_bytes),
            ]
        ) {
            let printed = printf(&bytes);
            prop_assert_eq!(&bash(&printed), &bytes);
            prop_assert!(!printed.contains(char::is_control));
            if let Some(word) = word(&bytes) {
                prop_assert!(!word.contains(char::is_control));
                prop_assert_eq!(&bash(&format!("printf %s {word}")), &bytes);
            }
        }
    }
}
