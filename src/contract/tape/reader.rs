//! Puts a body onto a tape, by the parser of `serde_json`.

use std::fmt;

use bytes::Bytes;
use bytestring::ByteString;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Part, Tape};

/// A body takes about so many bytes for a part.
const BYTES_OF_A_PART: usize = 12;

/// What was read.
pub(super) struct Read {
    pub(super) tape: Tape,
    /// Two names in one object look alike at first sight.
    pub(super) may_repeat_a_name: bool,
}

pub(super) fn read(body: Bytes) -> Result<Read, serde_json::Error> {
    let body = ByteString::try_from(body).map_err(serde_json::Error::custom)?;
    let text: &str = &body;
    if u32::try_from(text.len()).is_err() {
        return Err(serde_json::Error::custom("longer than 4 GiB"));
    }
    let mut reader = Reader {
        text,
        unescaped: String::new(),
        parts: Vec::with_capacity(text.len() / BYTES_OF_A_PART + 4),
        may_repeat_a_name: false,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    reader.deserialize(&mut deserializer)?;
    deserializer.end()?;
    let Reader { unescaped, parts, may_repeat_a_name, .. } = reader;
    let tape = Tape { body, unescaped, parts, repeats_a_member: false };
    Ok(Read { tape, may_repeat_a_name })
}

struct Reader<'t> {
    text: &'t str,
    unescaped: String,
    parts: Vec<Part>,
    may_repeat_a_name: bool,
}

impl Reader<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "what each visit of a value ends with")]
    fn push<E>(&mut self, part: Part) -> Result<(), E> {
        self.parts.push(part);
        Ok(())
    }

    /// Holds a place for the list or object that begins here.
    fn open(&mut self) -> usize {
        self.parts.push(Part::Null);
        self.parts.len() - 1
    }

    /// One bit for the text that was read last: others are likely to have another.
    fn mark(&self) -> u64 {
        let (held, start, end) = match self.parts.last() {
            Some(&Part::Written { start, end }) => (self.text, start, end),
            Some(&Part::Unescaped { start, end }) => (self.unescaped.as_str(), start, end),
            _ => return 0,
        };
        let text = &held.as_bytes()[start as usize..end as usize];
        let last = text.last().copied().unwrap_or_default();
        1 << ((text.len() * 7 + usize::from(last)) % 64)
    }

    /// The index of the next part, which fits where the length of the body does.
    fn end(&self) -> u32 {
        length(self.parts.len())
    }
}

/// What is no longer than a body, which fits.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl<'de> DeserializeSeed<'de> for &mut Reader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Reader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.push(Part::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<(), E> {
        self.push(Part::Bool(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.push(Part::Unsigned(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.push(Part::Signed(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.push(Part::Float(number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        // The parser lends what stands in the body, so that it is known by its place.
        let start = text.as_ptr().addr().checked_sub(self.text.as_ptr().addr());
        let span = start.map(|start| (start, start + text.len()));
        let Some((start, end)) = span.filter(|(_, end)| *end <= self.text.len()) else {
            return self.visit_str(text);
        };
        self.push(Part::Written { start: length(start), end: length(end) })
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let start = length(self.unescaped.len());
        self.unescaped.push_str(text);
        let end = length(self.unescaped.len());
        self.push(Part::Unescaped { start, end })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let (at, mut count) = (self.open(), 0);
        while entries.next_element_seed(&mut *self)?.is_some() {
            count += 1;
        }
        self.parts[at] = Part::List { count, end: self.end() };
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let (at, mut count, mut names) = (self.open(), 0, 0);
        while members.next_key_seed(&mut *self)?.is_some() {
            let name = self.mark();
            self.may_repeat_a_name |= names & name != 0;
            names |= name;
            members.next_value_seed(&mut *self)?;
            count += 1;
        }
        self.parts[at] = Part::Object { count, end: self.end() };
        Ok(())
    }
}
