//! How large a request may get to show that a limit holds.

use serde_json::Value;

use super::sites::Site;
use crate::contract::{Place, Schema};
use crate::generate::value::{LONGEST_LEAST, MOST_LEAST};

/// A limit above this many characters is not tested: 1 MiB.
const LONGEST: usize = 1 << 20;

/// Texts up to this long are made of every kind of character, longer ones plain alone.
const LONG: usize = 1 << 16;

/// A limit above this many entries is not tested.
const MOST_ENTRIES: usize = 10_000;

/// When the finite cases of an operation come to so many bytes, no more large bodies are added.
pub(super) const LARGE_BODIES: usize = 16 << 20;

/// And here none about places within the body: the few others always have room.
pub(super) const ALL_BODIES: usize = 32 << 20;

/// A body that is no longer than this beyond the plain one is not large, in bytes.
pub(super) const SMALL: usize = 1 << 10;

/// Why a rule is not run.
pub(crate) const TOO_LARGE: &str = "too large to send";

/// The limit on characters, where it can be tested.
pub(super) fn longest(schema: &Schema) -> Option<usize> {
    schema.max_length().filter(|most| *most <= LONGEST)
}

/// The limit on entries, where it can be tested.
pub(super) fn most_entries(schema: &Schema) -> Option<usize> {
    schema.max_items().filter(|most| *most <= MOST_ENTRIES)
}

/// Whether so long a text is sent in every way, and not just once.
pub(super) fn is_short(length: usize) -> bool {
    length <= LONG
}

/// Whether no value at all can be sent there.
pub(super) fn is_beyond(schema: &Schema) -> bool {
    schema.min_length().is_some_and(|least| least > LONGEST_LEAST)
        || schema.min_items().is_some_and(|least| least > MOST_LEAST)
        || schema
            .keyword("minProperties")
            .and_then(Value::as_u64)
            .is_some_and(|least| least > MOST_LEAST as u64)
}

impl Site {
    /// The keywords here whose limits are too large to be tested.
    pub(super) fn out_of_reach(&self) -> Vec<&'static str> {
        let length = self.schema.max_length().is_some() && longest(&self.schema).is_none();
        let entries = self.schema.max_items().is_some() && most_entries(&self.schema).is_none();
        let mut keywords = Vec::new();
        if length {
            keywords.extend(["maxLength", "lengthUnit"]);
        }
        if entries {
            keywords.push("maxItems");
        }
        keywords
    }
}

/// Whether `location` is the place itself or stands below it.
pub(super) fn is_at_or_below(location: &str, place: &Place) -> bool {
    let place = place.to_string();
    let rest = location.strip_prefix(place.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
}
