//! Patterns as strangers write them: other tongues than ECMA-262's where the meaning is plain.

use crate::contract::validator;

/// Classes that Java and POSIX name, and what they stand for within brackets.
const CLASSES: [(&str, &str); 16] = [
    ("all", r"\s\S"),
    ("ASCII", r"\x00-\x7F"),
    ("Alnum", "0-9A-Za-z"),
    ("Alpha", "A-Za-z"),
    ("Blank", r" \t"),
    ("Cntrl", r"\x00-\x1F\x7F"),
    ("Digit", "0-9"),
    ("Graph", r"\x21-\x7E"),
    ("IsAlphabetic", r"\p{Alphabetic}"),
    ("IsDigit", r"\p{Nd}"),
    ("IsLatin", r"\p{Script=Latin}"),
    ("Lower", "a-z"),
    ("Print", r"\x20-\x7E"),
    ("Space", r"\t\n\x0B\f\r "),
    ("Upper", "A-Z"),
    ("XDigit", "0-9A-Fa-f"),
];

/// The pattern as it can be read; `None` where it can't.
pub(super) fn read(written: &str) -> Option<String> {
    let named = if written.contains(r"\p{") { with_classes(written) } else { written.to_owned() };
    let spellings = [named.clone(), with_plain_hyphens(&named)];
    spellings.into_iter().find(|spelled| validator::compiles(spelled).is_ok())
}

/// With the classes of Java and POSIX written out.
fn with_classes(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut rest = written;
    let mut in_class = false;
    while let Some(next) = rest.chars().next() {
        let named = CLASSES.iter().find_map(|(name, meaning)| {
            let behind = rest.strip_prefix(r"\p{")?.strip_prefix(name)?.strip_prefix('}')?;
            Some((*meaning, behind))
        });
        if let Some((meaning, behind)) = named {
            let whole = if in_class { meaning.to_owned() } else { format!("[{meaning}]") };
            out.push_str(&whole);
            rest = behind;
            continue;
        }
        rest = step(rest, next, &mut in_class, &mut out);
    }
    out
}

/// With a hyphen beside `\w`, `\d` and their like as the hyphen itself: it spans no range there.
fn with_plain_hyphens(written: &str) -> String {
    let mut out = String::with_capacity(written.len() + 4);
    let mut rest = written;
    let mut in_class = false;
    while let Some(next) = rest.chars().next() {
        let is_hyphen = in_class && next == '-' && !rest[1..].starts_with(']');
        if is_hyphen && (ends_with_class(&out) || begins_with_class(&rest[1..])) {
            out.push_str(r"\-");
            rest = &rest[1..];
            continue;
        }
        rest = step(rest, next, &mut in_class, &mut out);
    }
    out
}

fn ends_with_class(text: &str) -> bool {
    let Some(before) = text.strip_suffix(['w', 'W', 'd', 'D', 's', 'S']) else { return false };
    let backslashes = before.chars().rev().take_while(|char| *char == '\\').count();
    backslashes % 2 == 1
}

fn begins_with_class(text: &str) -> bool {
    let letter = text.strip_prefix('\\').and_then(|text| text.chars().next());
    letter.is_some_and(|letter| "wWdDsS".contains(letter))
}

/// Takes over one character, or an escape as a whole; returns what is behind it.
fn step<'t>(rest: &'t str, next: char, in_class: &mut bool, out: &mut String) -> &'t str {
    let escaped = if next == '\\' { rest.chars().nth(1) } else { None };
    let length = next.len_utf8() + escaped.map_or(0, char::len_utf8);
    if escaped.is_none() {
        *in_class = (*in_class || next == '[') && next != ']';
    }
    out.push_str(&rest[..length]);
    &rest[length..]
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn classes_of_java_and_hyphens_beside_classes_are_respelled() {
        for (written, spelled) in [
            (r"[\p{all}]*", Some(r"[\s\S]*")),
            (r"^\p{Alnum}+$", Some(r"^[0-9A-Za-z]+$")),
            (r"^role\/[\w-\/.]{1,9}$", Some(r"^role\/[\w\-\/.]{1,9}$")),
            (r"^[\w-]+$", Some(r"^[\w-]+$")),
            (r"^[a-z]\p{L}$", Some(r"^[a-z]\p{L}$")),
            ("(", None),
        ] {
            assert_eq!(read(written).as_deref(), spelled, "{written}");
        }
    }
}
