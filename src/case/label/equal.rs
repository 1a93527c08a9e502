//! Equality as JSON Schema defines it.

use std::cmp::Ordering;
use std::collections::HashSet;

use serde_json::Value;

use super::number::compare;

/// Whether two values are equal: numbers by value, objects whatever the order of their members.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => compare(a, b) == Ordering::Equal,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}

/// Whether no two entries are equal.
pub(super) fn all_differ(entries: &[Value]) -> bool {
    if entries.iter().all(Value::is_string) {
        let mut seen = HashSet::with_capacity(entries.len());
        return entries.iter().filter_map(Value::as_str).all(|text| seen.insert(text));
    }
    let pairs = |(index, entry)| entries[..index].iter().all(|other| !same(entry, other));
    entries.iter().enumerate().all(pairs)
}
