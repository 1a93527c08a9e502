//! The program's own words, read back from a file.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde::{Deserialize, Deserializer};

/// One of the program's own words. Under this name serde doesn't borrow it from what is read.
pub(crate) type Word = &'static str;

/// The word as the program keeps its own: as long as it runs, each once.
///
/// Kinds of breaches and reasons are few, and those that are read are those that were written.
pub(crate) fn word(text: &str) -> &'static str {
    static WORDS: OnceLock<Mutex<BTreeSet<&'static str>>> = OnceLock::new();
    let words = WORDS.get_or_init(Mutex::default);
    let mut words = words.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(held) = words.get(text) {
        return held;
    }
    let kept: &'static str = Box::leak(text.into());
    words.insert(kept);
    kept
}

/// Reads a word that may be absent, for `#[serde(deserialize_with)]`.
pub(crate) fn of_optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'static str>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| word(&text)))
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_word_is_kept_once() {
        assert!(std::ptr::eq(word(&String::from("kept")), word("kept")));
    }
}
