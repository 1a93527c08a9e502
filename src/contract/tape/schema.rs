//! Tapes for the `jsonschema` crate, which judges whatever shows it a JSON value.

use std::borrow::Cow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, NodeIdentity, Object};
use serde_json::{Number, Value};

use super::node::{Entries, Members};
use super::{Node, Part, Tape, to_value};

/// Tapes as a way to hold JSON.
pub(crate) struct Tapes;

impl Json for Tapes {
    type Node<'a> = Node<'a>;
    type PreparedKey = String;
    type StringBuffer = Tape;

    // A look-up goes over all members in front.
    const KEYS_PER_LOOKUP: usize = 2;
    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(buffer: &mut Tape, string: &str, f: impl FnOnce(Node<'_>) -> T) -> T {
        buffer.unescaped.clear();
        buffer.unescaped.push_str(string);
        // No name is longer than the body that it stands in.
        let end = u32::try_from(string.len()).unwrap_or(u32::MAX);
        buffer.parts.clear();
        buffer.parts.push(Part::Unescaped { start: 0, end });
        f(buffer.root())
    }
}

impl<'a> jsonschema::json::Node<'a, Tapes> for Node<'a> {
    type Object = Members<'a>;
    type Array = Entries<'a>;
    type Number = Number;

    fn as_object(&self) -> Option<Members<'a>> {
        self.members()
    }

    fn as_array(&self) -> Option<Entries<'a>> {
        self.entries()
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        self.as_str().map(Cow::Borrowed)
    }

    fn as_number(&self) -> Option<Number> {
        self.number()
    }

    fn as_boolean(&self) -> Option<bool> {
        self.as_bool()
    }

    fn is_null(&self) -> bool {
        Node::is_null(*self)
    }

    fn json_type(&self) -> JsonType {
        match self.part() {
            Part::Null => JsonType::Null,
            Part::Bool(_) => JsonType::Boolean,
            Part::Unsigned(_) | Part::Signed(_) | Part::Float(_) => JsonType::Number,
            Part::Written { .. } | Part::Unescaped { .. } => JsonType::String,
            Part::List { .. } => JsonType::Array,
            Part::Object { .. } => JsonType::Object,
        }
    }

    fn string_length_within(&self, min: u64, max: u64) -> Option<bool> {
        let text = self.as_str()?;
        // A character takes one to four bytes.
        let most = text.len() as u64;
        let fewest = most.div_ceil(4);
        if fewest >= min && most <= max {
            return Some(true);
        }
        Some((min..=max).contains(&(text.chars().count() as u64)))
    }

    fn equals_value(&self, expected: &Value) -> bool {
        match (self.as_str(), expected) {
            (Some(text), Value::String(expected)) => text == expected,
            (Some(_), _) | (_, Value::String(_)) => false,
            _ => jsonschema::json::cmp::equal(&to_value(*self), expected),
        }
    }

    fn to_value(&self) -> Cow<'a, Value> {
        Cow::Owned(to_value(*self))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        let tape = std::ptr::from_ref(self.tape()).addr();
        Some(NodeIdentity::tagged(tape, u32::try_from(self.index()).ok()?))
    }
}

impl<'a> Object<'a, Tapes> for Members<'a> {
    type Node = Node<'a>;
    type MemberName = &'a str;
    type MembersIter = Self;

    fn len(&self) -> usize {
        ExactSizeIterator::len(self)
    }

    fn get(&self, key: &String) -> Option<Node<'a>> {
        Members::get(self, key)
    }

    fn members(&self) -> Self {
        self.clone()
    }
}

impl<'a> Array<'a, Tapes> for Entries<'a> {
    type Node = Node<'a>;
    type ElementsIter = Self;

    fn len(&self) -> usize {
        ExactSizeIterator::len(self)
    }

    fn elements(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use jsonschema::json::conformance::{assert_conformance, document};

    use super::{Tape, Tapes};

    #[test]
    fn the_jsonschema_crate_takes_a_tape_for_json() {
        let tape = Tape::read(document().to_string().into()).expect("is JSON");
        assert_conformance::<Tapes>(&tape.root());
    }
}
