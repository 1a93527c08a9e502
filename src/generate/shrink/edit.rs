//! Places in a JSON value, and what can be taken away at them.

use serde_json::Value;

use crate::contract::reference::escape;

/// Every object, outer ones first, as JSON pointers.
pub(super) fn objects(value: &Value) -> Vec<String> {
    places(value, &Value::is_object)
}

/// Every list that has more than one entry, outer ones first.
pub(super) fn lists(value: &Value) -> Vec<String> {
    places(value, &|value| value.as_array().is_some_and(|entries| entries.len() > 1))
}

/// Everything that is neither a list nor an object.
pub(super) fn leaves(value: &Value) -> Vec<String> {
    places(value, &|value| !value.is_array() && !value.is_object())
}

fn places(value: &Value, wanted: &dyn Fn(&Value) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, &mut String::new(), wanted, &mut found);
    found
}

fn collect(
    value: &Value,
    pointer: &mut String,
    wanted: &dyn Fn(&Value) -> bool,
    found: &mut Vec<String>,
) {
    if wanted(value) {
        found.push(pointer.clone());
    }
    let above = pointer.len();
    let mut below = |token: &str, value: &Value| {
        pointer.push('/');
        pointer.push_str(token);
        collect(value, pointer, wanted, found);
        pointer.truncate(above);
    };
    match value {
        Value::Array(entries) => {
            entries.iter().enumerate().for_each(|(index, entry)| below(&index.to_string(), entry));
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| below(&escape(name), member));
        }
        _ => {}
    }
}

/// The names of an object's members.
pub(super) fn names(value: &Value, pointer: &str) -> Vec<String> {
    let members = value.pointer(pointer).and_then(Value::as_object);
    members.into_iter().flat_map(|members| members.keys().cloned()).collect()
}

/// The number of a list's entries.
pub(super) fn len(value: &Value, pointer: &str) -> usize {
    value.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len)
}

/// Takes a member away; `None` where there is none.
pub(super) fn drop_member(value: &mut Value, pointer: &str, name: &str) -> Option<()> {
    value.pointer_mut(pointer)?.as_object_mut()?.shift_remove(name).map(|_| ())
}

/// Takes the entries `start..end` away; `None` where there are none.
pub(super) fn drop_entries(
    value: &mut Value,
    pointer: &str,
    start: usize,
    end: usize,
) -> Option<()> {
    let entries = value.pointer_mut(pointer)?.as_array_mut()?;
    let end = end.min(entries.len());
    (start < end).then(|| drop(entries.drain(start..end)))
}

/// The value of the floor at the same place; of a list's entries the first.
pub(super) fn kept<'f>(floor: Option<&'f Value>, pointer: &str) -> Option<&'f Value> {
    pointer.split('/').skip(1).try_fold(floor?, |value, token| match value {
        Value::Array(entries) => entries.first(),
        Value::Object(members) => members.get(&token.replace("~1", "/").replace("~0", "~")),
        _ => None,
    })
}

/// Every letter `a` or `A`, every digit `0`; the rest stays, since a pattern may ask for it.
pub(super) fn simple(chars: &[char]) -> Vec<char> {
    let simple = |char: &char| match char {
        '0'..='9' => '0',
        'A'..='Z' => 'A',
        char if char.is_alphabetic() => 'a',
        char => *char,
    };
    chars.iter().map(simple).collect()
}
