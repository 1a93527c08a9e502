//! Puts a body onto a tape, by the parser of `serde_json`.

use std::collections::HashSet;
use std::fmt;

use bytes::Bytes;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Part, Tape};

/// Members of an object whose names are compared one by one.
const FEW_MEMBERS: usize = 12;

/// A body takes about so many bytes for a part.
const BYTES_OF_A_PART: usize = 12;

pub(super) fn read(body: Bytes) -> Result<Tape, serde_json::Error> {
    let text = std::str::from_utf8(&body).map_err(serde_json::Error::custom)?;
    if u32::try_from(text.len()).is_err() {
        return Err(serde_json::Error::custom("longer than 4 GiB"));
    }
    let mut reader = Reader {
        text,
        unescaped: String::new(),
        parts: Vec::with_capacity(text.len() / BYTES_OF_A_PART + 4),
        repeats_a_member: false,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    reader.deserialize(&mut deserializer)?;
    deserializer.end()?;
    let Reader { unescaped, parts, repeats_a_member, .. } = reader;
    Ok(Tape { body, unescaped, parts, repeats_a_member })
}

struct Reader<'t> {
    text: &'t str,
    unescaped: String,
    parts: Vec<Part>,
    repeats_a_member: bool,
}

impl Reader<'_> {
    fn push(&mut self, part: Part) {
        self.parts.push(part);
    }

    /// Holds a place for the list or object that begins here.
    fn open(&mut self) -> usize {
        self.push(Part::Null);
        self.parts.len() - 1
    }

    /// The index of the next part, which fits where the length of the body does.
    fn end(&self) -> u32 {
        length(self.parts.len())
    }

    /// Whether the object that begins at `at` has two members of one name.
    fn repeats(&self, at: usize) -> bool {
        let names = || Names { reader: self, next: at + 1 };
        if names().nth(FEW_MEMBERS).is_some() {
            let mut seen = HashSet::new();
            return !names().all(|name| seen.insert(name));
        }
        names().enumerate().any(|(nth, name)| names().take(nth).any(|before| before == name))
    }
}

/// The names of the members of an object.
struct Names<'r, 't> {
    reader: &'r Reader<'t>,
    next: usize,
}

impl<'r> Iterator for Names<'r, '_> {
    type Item = &'r str;

    fn next(&mut self) -> Option<&'r str> {
        let Reader { text, unescaped, parts, .. } = self.reader;
        let name = match *parts.get(self.next)? {
            Part::Written { start, end } => text.get(start as usize..end as usize),
            Part::Unescaped { start, end } => unescaped.get(start as usize..end as usize),
            _ => None,
        };
        self.next = match *parts.get(self.next + 1)? {
            Part::List { end, .. } | Part::Object { end, .. } => end as usize,
            _ => self.next + 2,
        };
        name
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
        self.push(Part::Null);
        Ok(())
    }

    fn visit_bool<E>(self, truth: bool) -> Result<(), E> {
        self.push(Part::Bool(truth));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.push(Part::Unsigned(number));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.push(Part::Signed(number));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.push(Part::Float(number));
        Ok(())
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<(), E> {
        // The parser lends what stands in the body, so that it is known by its place.
        let start = text.as_ptr().addr().checked_sub(self.text.as_ptr().addr());
        let span = start.map(|start| (start, start + text.len()));
        let Some((start, end)) = span.filter(|(_, end)| *end <= self.text.len()) else {
            return self.visit_str(text);
        };
        self.push(Part::Written { start: length(start), end: length(end) });
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let start = length(self.unescaped.len());
        self.unescaped.push_str(text);
        let end = length(self.unescaped.len());
        self.push(Part::Unescaped { start, end });
        Ok(())
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
        let (at, mut count) = (self.open(), 0);
        while members.next_key_seed(&mut *self)?.is_some() {
            members.next_value_seed(&mut *self)?;
            count += 1;
        }
        self.parts[at] = Part::Object { count, end: self.end() };
        self.repeats_a_member |= self.repeats(at);
        Ok(())
    }
}
