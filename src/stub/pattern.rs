//! A short text that a pattern accepts.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::contract::PatternJudge;

/// The text that takes the first choice everywhere in `pattern`: `^APIGW\.[0-9]{4}$` gives
/// `APIGW.0000`. `None` where the pattern can't be read.
pub(super) fn shortest(pattern: &str) -> Option<String> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut text = String::new();
    write(&hir, &mut text)?;
    Some(text)
}

/// A text of the pattern with a length within these limits, by repeating its parts more often.
/// `None` where none is found.
pub(super) fn of_length(pattern: &str, least: usize, most: Option<usize>) -> Option<String> {
    let judge = PatternJudge::new(pattern)?;
    let hir = regex_syntax::parse(pattern).ok().or_else(|| {
        // What looks around is left to chance.
        let rest = without_looking(pattern)?;
        regex_syntax::parse(&rest).ok()
    })?;
    let fits = |text: &String| {
        let length = text.chars().count();
        length >= least && most.is_none_or(|most| length <= most) && judge.is_found(text)
    };
    let mut choices =
        (0..CHOICES).flat_map(|choice| (0..=least.min(MOST_REPEATS)).map(move |r| (choice, r)));
    choices.find_map(|(choice, repeats)| {
        let mut text = String::new();
        Writer { repeats, choice }.write(&hir, &mut text)?;
        let missing = least.saturating_sub(text.chars().count());
        let longer = || Some(text.clone() + &"a".repeat(missing)).filter(|_| missing > 0);
        [Some(text.clone()), longer()].into_iter().flatten().find(&fits)
    })
}

/// Repetitions are made longer up to this many times.
const MOST_REPEATS: usize = 64;

/// So many characters of every class, and branches of every choice, are tried.
const CHOICES: usize = 12;

/// `pattern` without its groups that look ahead or behind.
fn without_looking(pattern: &str) -> Option<String> {
    let mut rest = pattern.to_owned();
    while let Some(start) = ["(?=", "(?!", "(?<=", "(?<!"].iter().filter_map(|g| rest.find(g)).min()
    {
        let mut depth = 0_usize;
        let end = rest[start..].char_indices().find_map(|(index, char)| {
            match char {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0).then_some(start + index + 1)
        })?;
        rest.replace_range(start..end, "");
    }
    Some(rest)
}

/// Writes a text with these choices made everywhere.
struct Writer {
    /// How often what may be repeated is, at least.
    repeats: usize,
    /// Which character of a class and which branch, counted round.
    choice: usize,
}

impl Writer {
    fn write(&self, hir: &Hir, text: &mut String) -> Option<()> {
        match hir.kind() {
            HirKind::Class(Class::Unicode(class)) => {
                let ranges: Vec<_> = class.ranges().iter().map(|r| (r.start(), r.end())).collect();
                text.push(self.member(&ranges)?);
            }
            HirKind::Repetition(repetition) => {
                let most = repetition.max.map_or(usize::MAX, |most| most as usize);
                for _ in 0..self.repeats.min(most).max(repetition.min as usize) {
                    self.write(&repetition.sub, text)?;
                }
            }
            HirKind::Capture(capture) => self.write(&capture.sub, text)?,
            HirKind::Concat(parts) => parts.iter().try_for_each(|part| self.write(part, text))?,
            HirKind::Alternation(branches) => {
                self.write(branches.get(self.choice % branches.len())?, text)?;
            }
            _ => write(hir, text)?,
        }
        Some(())
    }

    /// A letter or digit of the class where it has one, else one of its first characters.
    fn member(&self, ranges: &[(char, char)]) -> Option<char> {
        let holds = |char: &char| ranges.iter().any(|(low, high)| (low..=high).contains(&char));
        let plain: Vec<char> =
            ('a'..='z').chain('A'..='Z').chain('0'..='9').filter(holds).collect();
        let ends: Vec<char> = ranges.iter().map(|(low, _)| *low).collect();
        let from = if plain.is_empty() { ends } else { plain };
        let index = (self.choice * 7).checked_rem(from.len())?;
        from.get(index).copied()
    }
}

fn write(hir: &Hir, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => text.push(class.ranges().first()?.start()),
        HirKind::Class(Class::Bytes(class)) => {
            text.push(char::from(class.ranges().first()?.start()));
        }
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min {
                write(&repetition.sub, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, text))?,
        HirKind::Alternation(choices) => write(choices.first()?, text)?,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::shortest;

    #[test]
    fn the_first_choice_is_taken_everywhere() {
        for (pattern, text) in
            [(r"^APIGW\.[0-9]{4}$", "APIGW.0000"), ("^(a|b)+c?$", "a"), ("x{2,3}[à-é]*", "xx")]
        {
            assert_eq!(shortest(pattern).as_deref(), Some(text), "{pattern}");
        }
        assert_eq!(shortest("("), None);
    }
}
