//! Strings that match a pattern, of a wanted length.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use regex_lite::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::dice::Dice;
use super::ecma::{translate, without_looking};
use crate::contract::PatternJudge;

/// Repetitions without an upper limit stay within this many beyond what is asked for.
const USUAL_REPEATS: usize = 12;

/// Patterns that are kept compiled; a document has seldom more.
const KEPT: usize = 500;

thread_local! {
    /// Patterns that were read, as schemas are compiled again and again.
    static READ: RefCell<HashMap<String, Result<Pattern, String>>> = RefCell::default();
}

/// A pattern as ECMA-262 writes it, ready to be matched and to be drawn from.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    hir: Hir,
    matcher: Matcher,
    span: Span,
    /// What is drawn matches by the way it is made.
    exact: bool,
}

/// Who says whether a text matches.
#[derive(Clone, Debug)]
enum Matcher {
    Lite(Regex),
    /// Patterns that look around, or name classes of Unicode.
    Full(PatternJudge),
}

/// The least and the greatest number of code points; no greatest where there is none.
type Span = (usize, Option<usize>);

impl Pattern {
    /// Reads a pattern; the error says what is beyond it.
    pub(super) fn new(source: &str) -> Result<Self, String> {
        READ.with_borrow_mut(|read| {
            if let Some(known) = read.get(source) {
                return known.clone();
            }
            if read.len() >= KEPT {
                read.clear();
            }
            let pattern = Compiled::new(source).map(|compiled| Self(Arc::new(compiled)));
            read.insert(source.to_owned(), pattern.clone());
            pattern
        })
    }

    /// Whether the pattern is found in `text`.
    pub(super) fn is_found(&self, text: &str) -> bool {
        match &self.0.matcher {
            Matcher::Lite(matcher) => matcher.is_match(text),
            Matcher::Full(judge) => judge.is_found(text),
        }
    }

    /// Whether [`draw`](Self::draw) gives nothing but matches, so that nobody needs to look.
    pub(super) fn is_exact(&self) -> bool {
        self.0.exact
    }

    /// The lengths that the pattern itself can have.
    pub(super) fn span(&self) -> Span {
        self.0.span
    }

    /// The pattern, parsed.
    pub(super) fn hir(&self) -> &Hir {
        &self.0.hir
    }

    /// One of the shortest strings of a parsed pattern.
    pub(super) fn shortest(hir: &Hir, dice: &mut Dice) -> String {
        let mut text = String::new();
        sample(hir, span(hir).0, dice, &mut text);
        text
    }

    /// A matching string of about `length` code points: the caller counts.
    pub(super) fn draw(&self, length: usize, dice: &mut Dice) -> String {
        let mut text = String::new();
        // What is searched for may stand among other characters.
        let count = sample(&self.0.hir, length, dice, &mut text);
        if count < length {
            let mut filler = || char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0));
            let missing: String = (count..length).map(|_| filler()).collect();
            let split = dice.between(0, missing.len());
            let (before, behind) = missing.split_at(split);
            let ways = [
                format!("{before}{text}{behind}"),
                format!("{text}{missing}"),
                format!("{missing}{text}"),
            ];
            if let Some(longer) = ways.into_iter().find(|longer| self.is_found(longer)) {
                return longer;
            }
        }
        text
    }
}

impl Compiled {
    fn new(source: &str) -> Result<Self, String> {
        let spelled = translate(source);
        let parse = |spelled: &str| {
            let parsed = ParserBuilder::new().utf8(true).build().parse(spelled);
            parsed.map_err(|error| first_line(&error.to_string()))
        };
        let (hir, matcher) = match (parse(&spelled), Regex::new(&spelled)) {
            (Ok(hir), Ok(matcher)) => (hir, Matcher::Lite(matcher)),
            (hir, matcher) => {
                // What is drawn without looking around is held against the whole pattern.
                let hir = hir.or_else(|error| match without_looking(&spelled) {
                    Some(rest) => parse(&rest),
                    None => Err(error),
                });
                let hir = hir?;
                let judge = PatternJudge::new(source).ok_or_else(|| match matcher {
                    Err(error) => first_line(&error.to_string()),
                    Ok(_) => "it can't be matched".to_owned(),
                })?;
                (hir, Matcher::Full(judge))
            }
        };
        let span = span(&hir);
        let exact = matches!(matcher, Matcher::Lite(_)) && is_exact(&hir, true, true);
        Ok(Self { hir, matcher, span, exact })
    }
}

fn first_line(message: &str) -> String {
    message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// Whether all that is sampled matches: anchors stand at the ends alone. `first` and `last` say
/// whether the part begins and ends the text.
fn is_exact(hir: &Hir, first: bool, last: bool) -> bool {
    match hir.kind() {
        HirKind::Look(Look::Start) => first,
        HirKind::Look(Look::End) => last,
        HirKind::Look(_) => false,
        HirKind::Empty | HirKind::Literal(_) => true,
        HirKind::Class(class) => !class.is_empty(),
        HirKind::Repetition(repetition) => is_exact(&repetition.sub, false, false),
        HirKind::Capture(capture) => is_exact(&capture.sub, first, last),
        HirKind::Concat(parts) => parts.iter().enumerate().all(|(index, part)| {
            is_exact(part, first && index == 0, last && index + 1 == parts.len())
        }),
        HirKind::Alternation(branches) => branches.iter().all(|part| is_exact(part, first, last)),
    }
}

fn span(hir: &Hir) -> Span {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => (0, Some(0)),
        HirKind::Literal(literal) => {
            let count = String::from_utf8_lossy(&literal.0).chars().count();
            (count, Some(count))
        }
        HirKind::Class(_) => (1, Some(1)),
        HirKind::Repetition(repetition) => {
            let (low, high) = span(&repetition.sub);
            let most = repetition.max.and_then(|max| Some(high?.saturating_mul(max as usize)));
            (
                low.saturating_mul(repetition.min as usize),
                if high == Some(0) { Some(0) } else { most },
            )
        }
        HirKind::Capture(capture) => span(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(span).fold((0, Some(0)), |sum, part| {
            (sum.0 + part.0, sum.1.and_then(|most| Some(most + part.1?)))
        }),
        HirKind::Alternation(branches) => {
            let spans = branches.iter().map(span);
            let low = spans.clone().map(|span| span.0).min().unwrap_or(0);
            let most = spans.map(|span| span.1).try_fold(0, |most, high| Some(most.max(high?)));
            (low, most)
        }
    }
}

/// Writes a match that comes as near to `length` code points as its parts allow; returns how many
/// it has.
fn sample(hir: &Hir, length: usize, dice: &mut Dice, out: &mut String) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => {
            let text = String::from_utf8_lossy(&literal.0);
            out.push_str(&text);
            text.chars().count()
        }
        HirKind::Class(class) => {
            let member = Members::of(class).draw(dice);
            out.extend(member);
            usize::from(member.is_some())
        }
        HirKind::Capture(capture) => sample(&capture.sub, length, dice, out),
        HirKind::Repetition(repetition) => {
            let (low, high) = span(&repetition.sub);
            let least = repetition.min as usize;
            let most = repetition.max.map_or(usize::MAX, |max| max as usize);
            // So many that the wanted length lies between the least and the greatest total.
            let fewest = high.filter(|high| *high > 0).map_or(1, |high| length.div_ceil(high));
            let greatest = length.checked_div(low).unwrap_or(fewest + USUAL_REPEATS);
            let count = dice.between(fewest.min(greatest), greatest).clamp(least, most);
            let mut written = 0;
            if let HirKind::Class(class) = repetition.sub.kind() {
                let members = Members::of(class);
                for _ in 0..count {
                    let member = members.draw(dice);
                    written += usize::from(member.is_some());
                    out.extend(member);
                }
                return written;
            }
            for index in 0..count {
                let share = length.saturating_sub(written) / (count - index);
                written += sample(&repetition.sub, share, dice, out);
            }
            written
        }
        HirKind::Concat(parts) => {
            let spans: Vec<Span> = parts.iter().map(span).collect();
            let mut slack = length.saturating_sub(spans.iter().map(|span| span.0).sum());
            let mut shares: Vec<usize> = spans.iter().map(|span| span.0).collect();
            // The slack goes to a part chosen at random, and what it can't take to the next.
            let first = dice.below(parts.len());
            for step in 0..parts.len() {
                let index = (first + step) % parts.len();
                let (low, high) = spans[index];
                let mut take = high.map_or(slack, |high| slack.min(high - low));
                if dice.one_in(2) && step + 1 < parts.len() {
                    take = dice.between(0, take);
                }
                shares[index] += take;
                slack -= take;
            }
            for index in 0..parts.len() {
                let (low, high) = spans[index];
                let take = high.map_or(slack, |high| slack.min(high - shares[index].max(low)));
                shares[index] += take;
                slack -= take;
            }
            parts.iter().zip(shares).map(|(part, share)| sample(part, share, dice, out)).sum()
        }
        HirKind::Alternation(branches) => {
            let fits = |branch: &&Hir| {
                let (low, high) = span(branch);
                low <= length && high.is_none_or(|high| length <= high)
            };
            let fitting: Vec<&Hir> = branches.iter().filter(fits).collect();
            let branch = dice.pick(&fitting).copied().or_else(|| dice.pick(branches));
            branch.map_or(0, |branch| sample(branch, length, dice, out))
        }
    }
}

/// The characters of a class that are drawn: of wide classes the printable ASCII part.
struct Members {
    /// In order, both ends included.
    ranges: Vec<(u32, u32)>,
    total: u32,
}

impl Members {
    fn of(class: &Class) -> Self {
        match class {
            Class::Unicode(class) => Self::from_ranges(
                class.ranges().iter().map(|range| (range.start().into(), range.end().into())),
            ),
            Class::Bytes(class) => Self::from_ranges(
                class.ranges().iter().map(|range| (range.start().into(), range.end().into())),
            ),
        }
    }

    fn from_ranges(ranges: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        // Classes of Unicode have hundreds of ranges, and only the first are ASCII.
        let mut plain: Vec<(u32, u32)> = ranges
            .clone()
            .take_while(|(low, _)| *low <= 0x7e)
            .map(|(low, high)| (low.max(0x20), high.min(0x7e)))
            .filter(|(low, high)| low <= high)
            .collect();
        if plain.is_empty() {
            plain.extend(ranges);
        }
        let total = plain.iter().map(|(low, high)| high - low + 1).sum();
        Self { ranges: plain, total }
    }

    fn draw(&self, dice: &mut Dice) -> Option<char> {
        let mut index = u32::try_from(dice.below(self.total as usize)).ok()?;
        for (low, high) in &self.ranges {
            let count = high - low + 1;
            if index < count {
                return char::from_u32(low + index).or_else(|| char::from_u32(*low));
            }
            index -= count;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Dice, Pattern};

    #[test]
    fn drawn_strings_match_and_have_the_wanted_length() {
        let mut dice = Dice::seeded(1);
        for (source, lengths) in [
            ("^[a-z][a-z0-9_-]*$", vec![1, 5, 33]),
            (r"^\d{4}-\d{2}$", vec![7]),
            ("^(ab|cde)+$", vec![2, 3, 7, 12]),
            ("[A-Z]{2}", vec![2, 9]),
            (r"^\w+@\w+\.(com|org)$", vec![7, 20]),
            (r"^[\w./-]{3,8}$", vec![3, 8]),
        ] {
            let pattern = Pattern::new(source).expect("is within reach");
            for length in lengths {
                let drawn = (0..100)
                    .map(|_| pattern.draw(length, &mut dice))
                    .filter(|text| pattern.is_found(text) && text.chars().count() == length)
                    .count();
                assert!(drawn > 30, "{source} at {length}: {drawn} of 100");
            }
        }
    }

    #[test]
    fn patterns_that_look_around_or_name_unicode_classes_are_drawn_and_matched() {
        let mut dice = Dice::seeded(1);
        for (source, off) in [
            (r"^(?!aws:)[a-zA-Z+-=._:/]+$", "aws:a"),
            (r"^[0-9a-z\.\-_]*(?!\.)$", "A"),
            (r"^([\p{L}\p{Z}\p{N}_.:/=+\-%@]*)$", "<"),
            (r"^(?=.*[a-z])(?=.*[0-9])[a-z0-9]{4,9}$", "abcd"),
        ] {
            let pattern = Pattern::new(source).expect("is within reach");
            let drawn = (0..100).filter(|_| pattern.is_found(&pattern.draw(8, &mut dice))).count();
            assert!(drawn > 30, "{source}: {drawn} of 100");
            assert!(!pattern.is_found(off), "{source}: {off}");
        }
    }

    #[test]
    fn what_is_beyond_it_is_said() {
        assert!(Pattern::new("(").is_err());
    }
}
