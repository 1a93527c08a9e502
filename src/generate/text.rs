//! Strings of a chosen length and kind, drawn fast.

use rand_core::Rng;

use super::CaseRng;

const ALPHANUMERIC: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// `length` ASCII letters and digits.
pub(crate) fn alphanumeric(rng: &mut CaseRng, length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut bits = 0;
    for index in 0..length {
        if index % 10 == 0 {
            bits = rng.next_u64();
        }
        text.push(char::from(ALPHANUMERIC[(bits % 62) as usize]));
        bits /= 62;
    }
    text
}

/// `length` letters and digits that differ from those of every other `number` below 62³ where the
/// length allows it: the last characters spell the number.
pub(crate) fn numbered(rng: &mut CaseRng, length: usize, number: usize) -> String {
    let digits = length.min(3);
    let mut text = alphanumeric(rng, length - digits);
    let mut rest = number;
    for _ in 0..digits {
        text.push(char::from(ALPHANUMERIC[rest % 62]));
        rest /= 62;
    }
    text
}

/// A kind of character, by what it costs to store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CharacterKind {
    /// How intents name it.
    pub(crate) name: &'static str,
    /// The text that is repeated.
    unit: &'static str,
    /// Whether its count is decided: single code points of the Basic Multilingual Plane.
    pub(crate) decided: bool,
}

/// Characters of three bytes.
pub(crate) const WIDE: CharacterKind =
    CharacterKind { name: "characters of 3 bytes", unit: "云", decided: true };

/// Characters of 2, 3 and 4 UTF-8 bytes, letters with accents in both normal forms, and what grows
/// where a program changes its letter case or escapes it.
///
/// Only characters that are the same in every normal form are decided.
pub(crate) const CHARACTER_KINDS: [CharacterKind; 8] = [
    CharacterKind { name: "characters of 2 bytes", unit: "ж", decided: true },
    WIDE,
    CharacterKind { name: "letters with accents", unit: "é", decided: false },
    CharacterKind { name: "characters beyond the BMP", unit: "😀", decided: false },
    CharacterKind { name: "combining characters", unit: "e\u{301}", decided: false },
    CharacterKind { name: "letters that grow in lower case", unit: "\u{130}", decided: false },
    CharacterKind { name: "letters that grow in upper case", unit: "ß", decided: false },
    CharacterKind { name: "ampersands, which HTML escapes", unit: "&", decided: false },
];

impl CharacterKind {
    /// `length` code points of this kind.
    pub(crate) fn text(self, length: usize) -> String {
        self.unit.chars().cycle().take(length).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{CHARACTER_KINDS, alphanumeric, numbered};
    use crate::generate::Seed;

    #[test]
    fn texts_have_the_length_asked_for_in_code_points() {
        let mut rng = Seed(1).rng("o", "l", 0);
        for length in [0, 1, 9, 10, 11, 33, 200] {
            assert_eq!(alphanumeric(&mut rng, length).chars().count(), length);
            for kind in CHARACTER_KINDS {
                assert_eq!(kind.text(length).chars().count(), length, "{}", kind.name);
            }
        }
    }

    #[test]
    fn numbered_texts_are_all_different() {
        let mut rng = Seed(1).rng("o", "l", 0);
        let texts: HashSet<String> = (0..2000).map(|n| numbered(&mut rng, 8, n)).collect();
        assert_eq!(texts.len(), 2000);
    }
}
