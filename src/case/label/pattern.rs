//! `pattern`: an ECMA-262 expression, searched for.

use std::cell::RefCell;
use std::collections::HashMap;

use regex_lite::Regex;

thread_local! {
    /// Compiled patterns; `None` for one that is beyond the engine.
    static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
}

/// Whether `pattern` is found in `text`; `None` where it can't be read.
pub(super) fn is_found(pattern: &str, text: &str) -> Option<bool> {
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(regex) = compiled.get(pattern) {
            return regex.as_ref().map(|regex| regex.is_match(text));
        }
        let regex = Regex::new(&respell(pattern)).ok();
        let found = regex.as_ref().map(|regex| regex.is_match(text));
        compiled.insert(pattern.to_owned(), regex);
        found
    })
}

/// Writes the escapes that only ECMA-262 knows in the engine's way. Its classes are ASCII there
/// and here; `\s` aside, which is wider there.
fn respell(pattern: &str) -> String {
    let mut spelled = String::with_capacity(pattern.len());
    let mut rest = pattern.chars();
    let mut in_class = false;
    while let Some(char) = rest.next() {
        match char {
            '\\' => match rest.next() {
                Some('u') if !rest.as_str().starts_with('{') => {
                    let digits: String = rest.by_ref().take(4).collect();
                    spelled.push_str("\\x{");
                    spelled.push_str(&digits);
                    spelled.push('}');
                }
                Some('u') => spelled.push_str("\\x"),
                Some('/') => spelled.push('/'),
                Some('d') if in_class => spelled.push_str("0-9"),
                Some(escaped) => spelled.extend(['\\', escaped]),
                None => spelled.push('\\'),
            },
            '[' if in_class => spelled.push_str("\\["),
            '.' if !in_class => spelled.push_str(r"[^\n\r\x{2028}\x{2029}]"),
            _ => {
                in_class = (in_class || char == '[') && char != ']';
                spelled.push(char);
            }
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::is_found;

    #[test]
    fn a_pattern_is_searched_for_and_its_dollar_is_the_end() {
        assert_eq!(is_found("[0-9]{2}", "a12b"), Some(true));
        assert_eq!(is_found("^[0-9]+$", "12\n"), Some(false));
        assert_eq!(is_found(r"^\d+\/[\d.]$", "1/."), Some(true));
        assert_eq!(is_found("^\\u0041$", "A"), Some(true));
        assert_eq!(is_found("^.$", "\r"), Some(false));
        assert_eq!(is_found("(?=a)b", "b"), None);
    }
}
