//! Takes known secrets out of text.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::ops::Range;

use serde_json::Value;

use super::base64::{basic, cores};
use crate::redact::spelling::{Spellings, lengths};

/// The fewest characters of a secret, or of the beginning of one, that is sought anywhere.
const SOUGHT_ANYWHERE: usize = 8;

/// The fewest characters of a secret that is sought as a whole word. Shorter ones are not secret.
const SOUGHT_AS_WORD: usize = 4;

/// How much of the beginning of a long secret gives it away.
const TELLING: usize = 32;

/// Takes known secrets out of text, bytes and JSON values.
///
/// A secret of at least 8 characters is found wherever it stands: as it is, percent-encoded,
/// JSON-escaped, as HTML references, with its letters in another case, in base64 (both alphabets,
/// also as a part of something longer), in hexadecimal, cut after its first half or later, its
/// second half alone, and without the word in front (`Bearer`). Of Basic credentials user and password
/// are found as well, and the password alone. One of 4 to 7 characters is found as
/// a whole word. Shorter ones are not looked for.
///
/// `Debug` shows how many secrets there are, and no more.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<Secret>,
}

#[derive(Clone)]
struct Secret {
    characters: Vec<char>,
    /// What stands in its place.
    shown: String,
    /// How many characters, from the first, must be there.
    enough: usize,
    /// What its base64 forms have in common, whatever stands around it, and its hexadecimal forms.
    encoded: Vec<String>,
    /// It is the second half of another one.
    is_half: bool,
}

/// Where a secret was found.
struct Found<'a> {
    range: Range<usize>,
    shown: &'a str,
    /// Whether it was all there.
    whole: bool,
}

/// Whether a text is long enough to be looked for as a secret.
pub(crate) fn is_looked_for(secret: &str) -> bool {
    secret.chars().count() >= SOUGHT_AS_WORD
}

impl Redactor {
    /// A redactor of these secrets, each with what is shown in its place: `$TOKEN`.
    pub fn new(secrets: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut all: Vec<Secret> = Vec::new();
        for (value, shown) in secrets {
            if let Some((scheme, bare)) = value.trim().split_once(' ')
                && scheme.bytes().all(|byte| byte.is_ascii_alphabetic())
            {
                all.extend(Secret::halves(bare.trim(), &shown));
            }
            if let Some(pair) = basic(&value) {
                all.extend(Secret::halves(&pair, &shown));
                let password = pair.split_once(':').map(|(_, password)| password);
                all.extend(password.into_iter().flat_map(|held| Secret::halves(held, &shown)));
            }
            all.extend(Secret::halves(&value, &shown));
        }
        all.sort_by_key(|secret| std::cmp::Reverse(secret.characters.len()));
        Self { secrets: all }
    }

    /// This redactor, which knows one secret more, with what is shown in its place.
    #[must_use]
    pub fn and(mut self, value: &str, shown: &str) -> Self {
        self.secrets.extend(Secret::halves(value, shown));
        self.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.characters.len()));
        self
    }

    /// The text without the secrets.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.replaced(text.as_bytes()) {
            None => Cow::Borrowed(text),
            // A secret begins and ends where characters do, so this changes nothing.
            Some(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        }
    }

    /// The bytes without the secrets; what is no UTF-8 stays as it is.
    pub fn redact_bytes<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        self.replaced(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned)
    }

    /// Takes the secrets out of every string, member name and number of a JSON value. A number
    /// that holds one becomes a string.
    pub fn redact_json(&self, value: &mut Value) {
        match value {
            Value::Null | Value::Bool(_) => {}
            Value::Number(number) => {
                if let Cow::Owned(text) = self.redact(&number.to_string()) {
                    *value = Value::String(text);
                }
            }
            Value::String(text) => {
                if let Cow::Owned(redacted) = self.redact(text) {
                    *text = redacted;
                }
            }
            Value::Array(entries) => entries.iter_mut().for_each(|entry| self.redact_json(entry)),
            Value::Object(members) => {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, mut member)| {
                        self.redact_json(&mut member);
                        (self.redact(&name).into_owned(), member)
                    })
                    .collect();
            }
        }
    }

    /// Whether a secret of at least 8 characters stands in these bytes exactly, JSON escapes aside.
    ///
    /// For holding a leak against a server: stricter than what [`redact`](Self::redact) hides.
    pub fn contains(&self, bytes: &[u8]) -> bool {
        let long = |secret: &&Secret| secret.characters.len() >= SOUGHT_ANYWHERE && !secret.is_half;
        self.secrets.iter().filter(long).any(|secret| {
            (0..bytes.len()).any(|at| {
                let (count, _) = secret.prefix(&bytes[at..], Spellings::Json);
                count == secret.characters.len()
            })
        })
    }

    /// The bytes with all that was found replaced, or nothing if nothing was found.
    fn replaced(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut found: Vec<Found<'_>> =
            self.secrets.iter().flat_map(|secret| secret.find(bytes)).collect();
        found.sort_by_key(|found| (found.range.start, std::cmp::Reverse(found.range.end)));
        let mut found = found.into_iter();
        let mut next = found.next()?;
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        loop {
            // What overlaps goes as one, under the name of the first and longest.
            let Range { start, mut end } = next.range;
            let following = loop {
                match found.next() {
                    Some(other) if other.range.start < end => end = end.max(other.range.end),
                    other => break other,
                }
            };
            out.extend_from_slice(&bytes[done..start]);
            out.extend_from_slice(next.shown.as_bytes());
            if !next.whole {
                out.extend_from_slice("…".as_bytes());
            }
            done = end;
            match following {
                Some(found) => next = found,
                None => break,
            }
        }
        out.extend_from_slice(&bytes[done..]);
        Some(out)
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.secrets.iter().filter(|secret| !secret.is_half).count();
        write!(f, "Redactor({whole} secrets)")
    }
}

impl Secret {
    /// The secret, unless it is too short to be one.
    fn new(value: &str, shown: &str) -> Option<Self> {
        let characters: Vec<char> = value.chars().collect();
        let length = characters.len();
        if length < SOUGHT_AS_WORD {
            return None;
        }
        let half = (length / 2).min(TELLING);
        let enough = if half >= SOUGHT_ANYWHERE { half } else { length };
        let encoded = if length < SOUGHT_ANYWHERE {
            Vec::new()
        } else {
            let beginning: String = characters[..enough].iter().collect();
            let hexadecimal = [value, &beginning].into_iter().flat_map(hexadecimal);
            cores(value).into_iter().chain(hexadecimal).collect()
        };
        Some(Self { characters, shown: shown.to_owned(), enough, encoded, is_half: false })
    }

    /// The secret and, where that is long enough to be sought anywhere, its second half.
    fn halves(value: &str, shown: &str) -> impl Iterator<Item = Self> {
        let length = value.chars().count();
        let second: String = value.chars().skip(length / 2).collect();
        let second = (length / 2 >= SOUGHT_ANYWHERE).then(|| Self::new(&second, shown)).flatten();
        let second = second.map(|half| Self { is_half: true, ..half });
        Self::new(value, shown).into_iter().chain(second)
    }

    /// Every place where it stands, in any form; they may overlap.
    fn find<'a>(&'a self, bytes: &[u8]) -> Vec<Found<'a>> {
        let mut found = Vec::new();
        let word_only = self.characters.len() < SOUGHT_ANYWHERE;
        for at in 0..bytes.len() {
            if !self.may_begin(bytes[at]) {
                continue;
            }
            let (count, length) = self.prefix(&bytes[at..], Spellings::All);
            let range = at..at + length;
            if count >= self.enough && (!word_only || is_word(bytes, &range)) {
                let whole = count == self.characters.len();
                found.push(Found { range, shown: &self.shown, whole });
            }
        }
        for core in &self.encoded {
            let core = core.as_bytes();
            let starts = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(core));
            found.extend(starts.map(|at| Found {
                range: at..at + core.len(),
                shown: &self.shown,
                whole: true,
            }));
        }
        found
    }

    /// Whether any spelling of the first character begins with this byte.
    fn may_begin(&self, byte: u8) -> bool {
        let mut buffer = [0; 4];
        let first = self.characters[0].encode_utf8(&mut buffer).as_bytes()[0];
        byte.eq_ignore_ascii_case(&first) || matches!(byte, b'%' | b'\\' | b'&' | b'+')
    }

    /// How many of its characters `text` begins with, and how many bytes they take.
    fn prefix(&self, text: &[u8], spellings: Spellings) -> (usize, usize) {
        // A text can be read in more than one way: `\\` is one backslash or two.
        let mut ends = vec![0];
        let mut next = Vec::new();
        let mut lengths_found = Vec::new();
        for (count, &character) in self.characters.iter().enumerate() {
            for &end in &ends {
                lengths(&text[end..], character, spellings, &mut lengths_found);
                next.extend(lengths_found.drain(..).map(|length| end + length));
            }
            if next.is_empty() {
                return (count, ends.into_iter().max().unwrap_or(0));
            }
            next.sort_unstable();
            next.dedup();
            std::mem::swap(&mut ends, &mut next);
            next.clear();
        }
        (self.characters.len(), ends.into_iter().max().unwrap_or(0))
    }
}

/// The bytes of a text in hexadecimal digits, in either case.
fn hexadecimal(text: &str) -> [String; 2] {
    let mut digits = String::with_capacity(2 * text.len());
    for byte in text.bytes() {
        // Writing to a string never fails.
        let _ = write!(digits, "{byte:02x}");
    }
    [digits.to_ascii_uppercase(), digits]
}

/// Whether what stands in this range is not a part of a longer word.
fn is_word(bytes: &[u8], range: &Range<usize>) -> bool {
    let joins = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let before = range.start.checked_sub(1).and_then(|at| bytes.get(at));
    !before.is_some_and(joins) && !bytes.get(range.end).is_some_and(joins)
}

#[cfg(test)]
#[path = "redactor_tests.rs"]
mod tests;
