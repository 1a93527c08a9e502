//! Plain strings: characters from weighted classes.

use super::dice::Dice;

/// Which strings, and how much of the legal space, a caller wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Texts {
    /// Letters and digits; nothing that the contract leaves open (no empty string or list where no
    /// minimum is documented). Any server must accept it.
    #[default]
    Plain,
    /// Printable characters of the Basic Multilingual Plane; otherwise as [`Texts::Plain`].
    Printable,
    /// The whole legal space but control characters: also beyond the Basic Multilingual Plane,
    /// combining sequences, empty strings and lists.
    Any,
    /// As [`Texts::Any`], with control characters.
    Control,
}

impl Texts {
    /// Whether what the contract leaves open is drawn too.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Any | Self::Control)
    }

    /// The least size that is drawn where `documented` is the documented one.
    pub(super) fn least(self, documented: usize, max: Option<usize>) -> usize {
        if self.is_whole() {
            documented
        } else {
            documented.max(1).min(max.unwrap_or(1).max(documented))
        }
    }
}

const LETTERS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789az";

/// Ranges of code points that are assigned throughout.
const PRINTABLE: (u32, u32) = (0x20, 0x7e);
const LATIN: (u32, u32) = (0xc0, 0xff);
const CJK: (u32, u32) = (0x4e00, 0x9fa5);
const ASTRAL: [(u32, u32); 2] = [(0x1f600, 0x1f64f), (0x2_0000, 0x2_a6d6)];
const COMBINING: (u32, u32) = (0x300, 0x34e);
const CONTROL: (u32, u32) = (0, 0x1f);

/// A string of exactly `length` code points.
pub(super) fn string(length: usize, texts: Texts, dice: &mut Dice) -> String {
    let ranges: &[(u32, u32)] = match (texts, dice.below(16)) {
        (Texts::Plain, _) | (_, 0..=6) => return letters(length, dice),
        (Texts::Control, 7 | 8) => &[CONTROL, PRINTABLE],
        (Texts::Printable, 7..=11) | (_, 7..=9) => &[PRINTABLE],
        (Texts::Printable, 12) | (_, 10) => &[LATIN],
        (Texts::Printable, 13) | (_, 11) => &[CJK],
        (Texts::Printable, _) => &[PRINTABLE, LATIN, CJK],
        (_, 12) => &ASTRAL,
        (_, 13) => &[PRINTABLE, COMBINING],
        _ => &[PRINTABLE, LATIN, CJK, ASTRAL[0], ASTRAL[1], COMBINING],
    };
    let mut text = String::with_capacity(length * 3);
    let mut left = length;
    while left > 0 {
        // One word gives two characters: eight bits choose the range, the rest the place in it.
        let word = dice.word();
        for half in [word & 0xffff_ffff, word >> 32].into_iter().take(left) {
            let (low, high) = ranges[((half & 0xff) as usize * ranges.len()) >> 8];
            let offset = ((half >> 8) * u64::from(high - low + 1)) >> 24;
            let code = u32::try_from(offset).map_or(low, |offset| low + offset);
            text.push(char::from_u32(code).unwrap_or('?'));
        }
        left -= left.min(2);
    }
    text
}

/// Letters and digits, ten from one random word.
fn letters(length: usize, dice: &mut Dice) -> String {
    let mut text = String::with_capacity(length);
    let mut left = length;
    while left > 0 {
        let mut word = dice.word();
        for _ in 0..left.min(10) {
            text.push(char::from(LETTERS[(word & 63) as usize]));
            word >>= 6;
        }
        left -= left.min(10);
    }
    text
}
