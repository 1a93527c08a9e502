//! One value on a tape.

use serde_json::Number;

use super::super::reference::unescape;
use super::{Part, Tape};

/// A value on a tape.
#[derive(Clone, Copy, Debug)]
pub struct Node<'t> {
    tape: &'t Tape,
    at: usize,
}

/// The entries of a list, or names and values of an object in turn.
#[derive(Clone, Debug)]
pub struct Entries<'t> {
    next: Node<'t>,
    left: u32,
}

/// The members of an object.
#[derive(Clone, Debug)]
pub struct Members<'t>(Entries<'t>);

impl<'t> Node<'t> {
    pub(super) fn new(tape: &'t Tape, at: usize) -> Self {
        Self { tape, at }
    }

    /// The part with this index.
    pub(super) fn at(self, at: usize) -> Self {
        Self { at, ..self }
    }

    pub(super) fn index(self) -> usize {
        self.at
    }

    pub(super) fn tape(self) -> &'t Tape {
        self.tape
    }

    pub(super) fn part(self) -> Part {
        self.tape.parts.get(self.at).copied().unwrap_or(Part::Null)
    }

    /// What stands behind this value and all that is in it.
    fn behind(self) -> Self {
        match self.part() {
            Part::List { end, .. } | Part::Object { end, .. } => self.at(end as usize),
            _ => self.at(self.at + 1),
        }
    }

    /// The text, where it is one.
    pub fn as_str(self) -> Option<&'t str> {
        match self.part() {
            Part::Written { start, end } => self.tape.body.get(start as usize..end as usize),
            Part::Unescaped { start, end } => self.tape.unescaped.get(start as usize..end as usize),
            _ => None,
        }
    }

    /// The boolean, where it is one.
    pub fn as_bool(self) -> Option<bool> {
        match self.part() {
            Part::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// The number, where it is one.
    pub fn number(self) -> Option<Number> {
        self.part().number()
    }

    /// The type by its JSON Schema name, `integer` for what is written as one.
    pub fn type_name(self) -> &'static str {
        match self.part() {
            Part::Null => "null",
            Part::Bool(_) => "boolean",
            Part::Float(_) => "number",
            Part::Unsigned(_) | Part::Signed(_) => "integer",
            Part::Written { .. } | Part::Unescaped { .. } => "string",
            Part::List { .. } => "array",
            Part::Object { .. } => "object",
        }
    }

    /// Whether it is null.
    pub fn is_null(self) -> bool {
        matches!(self.part(), Part::Null)
    }

    /// The entries, where it is a list.
    pub fn entries(self) -> Option<Entries<'t>> {
        match self.part() {
            Part::List { count, .. } => Some(Entries { next: self.at(self.at + 1), left: count }),
            _ => None,
        }
    }

    /// The members, where it is an object.
    pub fn members(self) -> Option<Members<'t>> {
        match self.part() {
            Part::Object { count, .. } => {
                Some(Members(Entries { next: self.at(self.at + 1), left: count }))
            }
            _ => None,
        }
    }

    /// The member of this name, where it is an object that has one.
    pub fn get(self, name: &str) -> Option<Self> {
        self.members()?.get(name)
    }

    /// The bytes of the text, where it is one.
    fn bytes(self) -> Option<&'t [u8]> {
        let (held, start, end) = match self.part() {
            Part::Written { start, end } => (&*self.tape.body, start, end),
            Part::Unescaped { start, end } => (self.tape.unescaped.as_str(), start, end),
            _ => return None,
        };
        held.as_bytes().get(start as usize..end as usize)
    }

    /// Whether it is this text. Most others are of another length, so that they need not be looked at; and
    /// to compare bytes takes less than to make a text of them.
    fn is_text(self, text: &str) -> bool {
        let length = match self.part() {
            Part::Written { start, end } | Part::Unescaped { start, end } => end - start,
            _ => return false,
        };
        length as usize == text.len() && self.bytes() == Some(text.as_bytes())
    }

    /// The value at a JSON pointer.
    pub fn pointer(self, pointer: &str) -> Option<Self> {
        if pointer.is_empty() {
            return Some(self);
        }
        let tokens = pointer.strip_prefix('/')?;
        if matches!(self.part(), Part::Object { .. })
            && tokens.bytes().all(|byte| !matches!(byte, b'/' | b'~'))
        {
            // Most lead to a member, and are followed for every entry of long lists.
            return self.get(tokens);
        }
        tokens.split('/').try_fold(self, |value, token| {
            if let Some(mut entries) = value.entries() {
                let is_index = token == "0" || !token.starts_with(['0', '+']);
                return entries.nth(token.parse::<usize>().ok().filter(|_| is_index)?);
            }
            value.get(&unescape(token))
        })
    }
}

impl<'t> Members<'t> {
    /// The member of this name.
    pub(super) fn get(&self, name: &str) -> Option<Node<'t>> {
        let mut held = self.0.next;
        for _ in 0..self.0.left {
            let member = held.at(held.at + 1);
            if held.is_text(name) {
                return Some(member);
            }
            held = member.behind();
        }
        None
    }

    /// The names, byte for byte.
    pub(super) fn names(&self) -> impl Iterator<Item = &'t [u8]> + use<'t> {
        let mut next = self.0.next;
        (0..self.0.left).map(move |_| {
            let name = next;
            next = name.at(name.at + 1).behind();
            name.bytes().unwrap_or_default()
        })
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        self.left = self.left.checked_sub(1)?;
        let entry = self.next;
        self.next = entry.behind();
        Some(entry)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left as usize, Some(self.left as usize))
    }
}

impl ExactSizeIterator for Entries<'_> {}

impl<'t> Iterator for Members<'t> {
    type Item = (&'t str, Node<'t>);

    fn next(&mut self) -> Option<(&'t str, Node<'t>)> {
        let Self(entries) = self;
        entries.left = entries.left.checked_sub(1)?;
        let name = entries.next;
        let member = name.at(name.at + 1);
        entries.next = member.behind();
        Some((name.as_str().unwrap_or_default(), member))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Members<'_> {}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::Value;

    use super::super::Tape;

    #[test]
    fn a_pointer_leads_where_it_does_in_a_tree() {
        let text = r#"{"a":[1,{"b":2}],"c/d":{"":3},"0":{"01":4},"~":"x","n":null}"#;
        let tree: Value = serde_json::from_str(text).expect("is JSON");
        let tape = Tape::read(Bytes::from_static(text.as_bytes())).expect("is JSON");
        for pointer in [
            "", "/a", "/a/1/b", "/a/01", "/a/+1", "/a/2", "/c~1d/", "/0/01", "/a/0/x", "a", "/x",
            "/~0", "/n", "/n/x",
        ] {
            let found = tape.root().pointer(pointer).map(super::super::to_value);
            assert_eq!(found.as_ref(), tree.pointer(pointer), "{pointer}");
        }
    }
}
