//! From a JSON pointer back to the line of the text.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::document;
use crate::contract::reference;

/// The line of every node of the document, by JSON pointer.
///
/// Only errors ask for it, so that reading the text a second time does not matter.
pub(super) fn of(text: &str) -> HashMap<String, u64> {
    let text = document::without_mark(text);
    let mut lines = HashMap::new();
    if let Ok(root) =
        serde_saphyr::from_str_with_options::<Spanned<Node>>(text, document::options())
    {
        root.value.collect(root.referenced.line(), &mut String::new(), &mut lines);
    }
    lines
}

/// The shape of a value, with the line of each entry and of each member's name.
enum Node {
    Leaf,
    List(Vec<Spanned<Node>>),
    Object(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl Node {
    fn collect(&self, line: u64, pointer: &mut String, lines: &mut HashMap<String, u64>) {
        lines.insert(pointer.clone(), line);
        let mut below = |token: &str, line: u64, node: &Spanned<Self>| {
            let length = pointer.len();
            pointer.push('/');
            pointer.push_str(token);
            node.value.collect(line, pointer, lines);
            pointer.truncate(length);
        };
        match self {
            Self::Leaf => {}
            Self::List(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    below(&index.to_string(), entry.referenced.line(), entry);
                }
            }
            Self::Object(members) => {
                for (name, member) in members {
                    below(&reference::escape(&name.value), name.referenced.line(), member);
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can hold")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_element()? {
            entries.push(entry);
        }
        Ok(Node::List(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_pointer_leads_to_its_line() {
        let lines = of("a:\n  - b: 1\n  - c/d:\n      200: 2\n");
        assert_eq!(lines.get("/a/1/c~1d/200"), Some(&4));
        assert_eq!(lines.get("/a/0"), Some(&2));
        assert_eq!(lines.get("/a"), Some(&1));
    }
}
