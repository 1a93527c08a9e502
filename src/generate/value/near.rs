//! Texts that would match a pattern, were it not for one of its parts.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

use super::dice::Dice;
use super::pattern::Pattern;
use crate::generate::CaseRng;

/// So many changes of one pattern are tried, from all over it.
const MOST_CHANGES: usize = 16;

/// Longer patterns, in bytes, are left alone.
const LONGEST: usize = 512;

/// More repetitions than this are not outdone.
const MOST_REPEATS: u32 = 1_000;

/// A text that just fails to match, with what is wrong with it.
pub(crate) struct NearMiss {
    pub(crate) text: String,
    /// `one more of 2 to 8 repeats`.
    pub(crate) what: String,
}

/// Texts that match `pattern` but for one of its parts: a repeat too many or too few, a character next to
/// those of a class, a letter in another case.
pub(crate) fn near_misses(pattern: &str, rng: &mut CaseRng) -> Vec<NearMiss> {
    if pattern.len() > LONGEST {
        return Vec::new();
    }
    let Ok(pattern) = Pattern::new(pattern) else { return Vec::new() };
    let mut dice = Dice::new(rng);
    let mut misses: Vec<NearMiss> = Vec::new();
    let changes = almost(pattern.hir());
    let every = changes.len().div_ceil(MOST_CHANGES).max(1);
    for (hir, what) in changes.into_iter().step_by(every) {
        let text = Pattern::shortest(&hir, &mut dice);
        if !pattern.is_found(&text) && misses.iter().all(|miss| miss.text != text) {
            misses.push(NearMiss { text, what });
        }
    }
    misses
}

/// The pattern with one part changed, for each part and each change.
fn almost(hir: &Hir) -> Vec<(Hir, String)> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Vec::new(),
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            in_other_case(&text)
                .map(|(text, what)| (Hir::literal(text.into_bytes()), what))
                .into_iter()
                .collect()
        }
        HirKind::Class(class) => beside(class)
            .into_iter()
            .map(|char| {
                (Hir::literal(char.to_string().into_bytes()), format!("{char:?} beside a range"))
            })
            .collect(),
        HirKind::Repetition(repetition) => {
            let mut all = repeats(repetition);
            all.extend(within(&repetition.sub, |sub| {
                // One of them is changed, the others are as they were.
                let others = repetition.min.max(1) - 1;
                let rest = Repetition { min: others, max: Some(others), ..repetition.clone() };
                Hir::concat(vec![sub, Hir::repetition(rest)])
            }));
            all
        }
        HirKind::Capture(capture) => within(&capture.sub, |sub| sub),
        HirKind::Concat(parts) => changed(parts, Hir::concat),
        // The other branches are no way out of what is changed in one.
        HirKind::Alternation(branches) => branches.iter().flat_map(almost).collect(),
    }
}

/// What becomes of the whole where its part `hir` is changed.
fn within(hir: &Hir, whole: impl Fn(Hir) -> Hir) -> Vec<(Hir, String)> {
    almost(hir).into_iter().map(|(changed, what)| (whole(changed), what)).collect()
}

/// Each of the parts changed, beside the others as they are.
fn changed(parts: &[Hir], whole: impl Fn(Vec<Hir>) -> Hir) -> Vec<(Hir, String)> {
    let one = |(index, part): (usize, &Hir)| {
        within(part, |changed| {
            let mut parts = parts.to_vec();
            parts[index] = changed;
            whole(parts)
        })
    };
    parts.iter().enumerate().flat_map(one).collect()
}

/// A repeat more than there may be, and one less than there must be.
fn repeats(repetition: &Repetition) -> Vec<(Hir, String)> {
    let exactly = |count: u32| {
        Hir::repetition(Repetition { min: count, max: Some(count), ..repetition.clone() })
    };
    let more = repetition.max.filter(|max| (1..MOST_REPEATS).contains(max));
    let more = more.map(|max| (exactly(max + 1), format!("{} repeats for at most {max}", max + 1)));
    let least = Some(repetition.min).filter(|min| (1..MOST_REPEATS).contains(min));
    let less =
        least.map(|min| (exactly(min - 1), format!("{} repeats for at least {min}", min - 1)));
    more.into_iter().chain(less).collect()
}

/// Printable characters right beside the ranges of a class.
fn beside(class: &Class) -> Vec<char> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (range.start().into(), range.end().into())).collect()
        }
    };
    let is_in = |code: u32| ranges.iter().any(|(low, high)| (*low..=*high).contains(&code));
    let ends = ranges.iter().flat_map(|(low, high)| {
        // A letter in another case is as near as the next character.
        let letter = u8::try_from(*low).ok().filter(u8::is_ascii_alphabetic);
        [
            letter.map_or(0, |low| u32::from(low ^ 0x20)),
            low.saturating_sub(1),
            high.saturating_add(1),
        ]
    });
    let outside = ends.filter(|code| (0x21..=0x7e).contains(code) && !is_in(*code));
    outside.filter_map(char::from_u32).collect()
}

/// The text with its first letter in another case.
fn in_other_case(text: &str) -> Option<(String, String)> {
    let (at, letter) = text.char_indices().find(|(_, char)| char.is_ascii_alphabetic())?;
    let other = if letter.is_ascii_lowercase() {
        letter.to_ascii_uppercase()
    } else {
        letter.to_ascii_lowercase()
    };
    let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
    Some((changed, format!("{other:?} for {letter:?}")))
}

#[cfg(test)]
mod tests {
    use super::near_misses;
    use crate::generate::Seed;
    use crate::generate::value::pattern::Pattern;

    fn misses(source: &str) -> Vec<(String, String)> {
        let all = near_misses(source, &mut Seed(1).rng("o", "l", 0));
        let pattern = Pattern::new(source).expect("is read");
        assert!(all.iter().all(|miss| !pattern.is_found(&miss.text)), "{source}");
        all.into_iter().map(|miss| (miss.text, miss.what)).collect()
    }

    #[test]
    fn each_part_is_missed_by_one() {
        let has = |source: &str, is_one: &dyn Fn(&str) -> bool| {
            let all = misses(source);
            assert!(all.iter().any(|(text, _)| is_one(text)), "{source}: {all:?}");
        };
        let is_upper = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
        has("^[A-Z]{2,8}$", &|text| text.len() == 9 && is_upper(text));
        has("^[A-Z]{2,8}$", &|text| text.len() == 1 && is_upper(text));
        has("^[A-Z]{2,8}$", &|text| text.len() == 2 && text.starts_with('@'));
        has("^[A-Z]{2,8}$", &|text| text.len() == 2 && text.starts_with('['));
        has("^[A-Z]{2,8}$", &|text| text.len() == 2 && text.starts_with('a'));
        has("^97[89][0-9]{10}$", &|text| text.starts_with("977") && text.len() == 13);
        has("^SKU-[0-9]{4}$", &|text| text.starts_with("sKU-") && text.len() == 8);
        has("^(ab|cd)(-[0-9]+)?$", &|text| text.matches('-').count() == 2);
        has("^[a-z]+$", &str::is_empty);
    }

    #[test]
    fn what_a_text_may_stand_among_is_no_miss() {
        assert!(misses("[A-Z]*").is_empty());
        assert!(near_misses("(", &mut Seed(1).rng("o", "l", 0)).is_empty(), "can't be read");
    }
}
