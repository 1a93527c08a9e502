//! A body as one JSON value, strictly read.

use bytes::Bytes;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::contract::Tape;

/// Lists and objects within each other that are looked into: `serde_json` holds 127.
const DEEPEST: usize = 100;

/// Texts and numbers of one body that are held, at most: some 50 MB of them.
const MOST_VALUES: usize = 750_000;

/// A list or an object takes as much as so many of them.
const CONTAINER: usize = 4;

/// Why a body is no JSON value to a strict reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unreadable {
    /// There is no body.
    Empty,
    /// It is not UTF-8.
    InvalidUtf8,
    /// It begins with a byte-order mark.
    ByteOrderMark,
    /// A JSON value is followed by more bytes.
    TrailingBytes,
    /// It ends within a value.
    Truncated,
    /// It contains `NaN` or `Infinity`.
    NotANumber,
    /// It is otherwise no JSON.
    NotJson,
    /// It is JSON, with a number that this program can't hold, or with more values than it will hold: no
    /// fault of the answer.
    Beyond,
}

impl Unreadable {
    /// The fault in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "an empty body",
            Self::InvalidUtf8 => "bytes that are not UTF-8",
            Self::ByteOrderMark => "a byte-order mark in front of the JSON",
            Self::TrailingBytes => "a JSON value followed by more bytes",
            Self::Truncated => "JSON that ends within a value",
            Self::NotANumber => "JSON with NaN or Infinity in it",
            Self::NotJson => "a body that is no JSON",
            Self::Beyond => "JSON beyond what can be held",
        }
    }
}

/// Reads a body as one JSON value and nothing else.
///
/// An escaped half of a surrogate pair is legal JSON (RFC 8259, section 8.2) that no string of ours
/// can hold: it is read as U+FFFD. What is nested deeper than can be held is read as null.
pub(super) fn read_json(body: &Bytes) -> Result<Tape, Unreadable> {
    if body.is_empty() {
        return Err(Unreadable::Empty);
    }
    if body.starts_with(b"\xef\xbb\xbf") {
        return Err(Unreadable::ByteOrderMark);
    }
    if has_too_many_values(body) {
        return Err(match std::str::from_utf8(body) {
            Ok(text) if serde_json::from_str::<IgnoredAny>(text).is_ok() => Unreadable::Beyond,
            Ok(_) => Unreadable::NotJson,
            Err(_) => Unreadable::InvalidUtf8,
        });
    }
    let error = match Tape::read(body.clone()) {
        Ok(tape) => return Ok(tape),
        Err(error) => error,
    };
    let Ok(text) = std::str::from_utf8(body) else { return Err(Unreadable::InvalidUtf8) };
    if text.bytes().all(|byte| byte.is_ascii_whitespace()) {
        return Err(Unreadable::Empty);
    }
    if serde_json::from_str::<IgnoredAny>(text).is_ok() {
        let whole = without_lone_surrogates(text);
        let shallow = || without_depths(&whole).into();
        return Tape::read(whole.clone().into())
            .or_else(|_| Tape::read(shallow()))
            .map_err(|_| Unreadable::Beyond);
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let starts_with_container =
        matches!(values.next(), Some(Ok(v)) if v.is_object() || v.is_array());
    Err(if starts_with_container {
        Unreadable::TrailingBytes
    } else if error.is_eof() && looks_like_json(text) {
        Unreadable::Truncated
    } else if looks_like_json(text) && names_not_a_number(text) {
        Unreadable::NotANumber
    } else {
        Unreadable::NotJson
    })
}

/// Whether a body may hold more values than are held: it is counted without regard to texts.
fn has_too_many_values(body: &[u8]) -> bool {
    if body.len() <= MOST_VALUES {
        return false;
    }
    let weight = |byte: &u8| match byte {
        b'{' | b'[' => CONTAINER,
        b',' => 1,
        _ => 0,
    };
    body.iter().map(weight).sum::<usize>() > MOST_VALUES
}

/// Well-formed JSON with U+FFFD in place of each escaped surrogate that has no other half.
fn without_lone_surrogates(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match (surrogate(rest), rest.get(6..).and_then(surrogate)) {
            (Some(0xd800..0xdc00), Some(0xdc00..)) => 12,
            (Some(_), _) => {
                whole.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            // The character behind the backslash may itself be one.
            (None, _) => rest.chars().take(2).map(char::len_utf8).sum(),
        };
        whole.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    whole.push_str(rest);
    whole
}

/// Well-formed JSON with null in place of each list and object that is nested too deep to be held.
fn without_depths(text: &str) -> String {
    let mut shallow = Vec::new();
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    for &byte in text.as_bytes() {
        let mut is_kept = depth <= DEEPEST;
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_string,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth == DEEPEST + 1 {
                    shallow.extend(b"null");
                }
                is_kept = depth <= DEEPEST;
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if is_kept {
            shallow.push(byte);
        }
    }
    // What is left out begins and ends with a bracket, so that no character is cut.
    String::from_utf8_lossy(&shallow).into_owned()
}

/// The surrogate whose escape a text begins with.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..0xe000).contains(unit))
}

fn looks_like_json(text: &str) -> bool {
    text.trim_ascii_start().starts_with(['{', '['])
}

fn names_not_a_number(text: &str) -> bool {
    [":NaN", ": NaN", "[NaN", ",NaN", "Infinity"].iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::Unreadable;

    fn read_json(body: &[u8]) -> Result<Value, Unreadable> {
        super::read_json(&Bytes::copy_from_slice(body)).map(|tape| tape.to_value())
    }

    #[test]
    fn a_strict_reader_names_what_is_wrong_with_a_body() {
        for (body, expected) in [
            (&b""[..], Unreadable::Empty),
            (b" \n", Unreadable::Empty),
            (b"\xef\xbb\xbf{}", Unreadable::ByteOrderMark),
            (b"{\"a\":\"\xff\"}", Unreadable::InvalidUtf8),
            (b"{} {}", Unreadable::TrailingBytes),
            (b"{}x", Unreadable::TrailingBytes),
            (b"{\"a\":1", Unreadable::Truncated),
            (b"{\"a\":\"b", Unreadable::Truncated),
            (b"{\"a\": NaN}", Unreadable::NotANumber),
            (b"<html></html>", Unreadable::NotJson),
            (b"{'a':1}", Unreadable::NotJson),
            (b"{\"a\":1e400}", Unreadable::Beyond),
        ] {
            assert_eq!(read_json(body), Err(expected), "{}", String::from_utf8_lossy(body));
        }
        assert!(read_json(b" {\"a\": [1, null]}\r\n").is_ok());
    }

    #[test]
    fn a_body_with_too_many_values_is_not_held() {
        let lists = |count| format!("[{}[]]", "[],".repeat(count));
        assert!(read_json(lists(1_000).as_bytes()).is_ok());
        // Not compared by `assert_eq`, which would print them.
        assert!(read_json(lists(300_000).as_bytes()) == Err(Unreadable::Beyond));
        assert!(read_json(&lists(300_000).as_bytes()[1..]) == Err(Unreadable::NotJson));
        let text = format!("[\"{}\"]", "x".repeat(2_000_000));
        assert!(read_json(text.as_bytes()).is_ok());
    }

    #[test]
    fn a_lone_surrogate_is_legal_json() {
        for (body, text) in [
            (r#"{"a":"\ud800"}"#, "\u{fffd}"),
            (r#"{"a":"\uDC00x\ud83d\ude00"}"#, "\u{fffd}x😀"),
            (r#"{"a":"\\ud800\ud800\u0041é\\"}"#, "\\ud800\u{fffd}Aé\\"),
            (r#"{"a":"\ud800\ud83d\ude00"}"#, "\u{fffd}😀"),
        ] {
            assert_eq!(read_json(body.as_bytes()), Ok(json!({"a": text})), "{body}");
        }
        assert_eq!(read_json(br#"{"a":"\ud80"}"#), Err(Unreadable::NotJson));
    }

    #[test]
    fn what_is_nested_too_deep_is_nothing_and_the_rest_is_read() {
        for (open, close) in [("[", "]"), ("{\"x]\":", "}")] {
            for depth in [99, 127, 5_000] {
                let deep = format!("{}\"é\"{}", open.repeat(depth), close.repeat(depth));
                let body = format!("{{\"a\":\"[\\\"\",\"x\":{deep},\"b\":[1]}}");
                let value = read_json(body.as_bytes()).expect("is JSON");
                assert_eq!((&value["a"], &value["b"]), (&json!("[\""), &json!([1])), "{depth}");
                assert_eq!(value.to_string().contains('é'), depth == 99, "{depth}");
            }
        }
    }
}
