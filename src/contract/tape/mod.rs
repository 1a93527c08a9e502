//! A JSON value for reading only: its parts one behind the other in one list, its texts where they
//! stand in the body.
//!
//! A tree of `serde_json` asks for memory at every text and a hash at every name, which took longer
//! than all checks of a good answer together. What breaks something is described from a tree, made
//! from the tape where one is asked for.

mod node;
mod reader;
mod schema;

pub use node::Node;
pub(super) use schema::Tapes;

use std::collections::HashSet;

use bytes::Bytes;
use bytestring::ByteString;
use serde_json::{Map, Number, Value};

use node::Members;
use reader::Read;

/// Members of an object whose names are compared one by one.
const FEW_MEMBERS: usize = 12;

/// A JSON value, read. An object that names a member twice has the last of them, as in `serde_json`.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    body: ByteString,
    /// What texts with escapes in them say.
    unescaped: String,
    parts: Vec<Part>,
    repeats_a_member: bool,
}

/// A value, or the name of a member, which stands in front of its value.
#[derive(Clone, Copy, Debug)]
enum Part {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    /// A text as it stands in the body.
    Written {
        start: u32,
        end: u32,
    },
    /// A text that is written otherwise than it reads.
    Unescaped {
        start: u32,
        end: u32,
    },
    /// A list of so many entries, and the index of the part behind them.
    List {
        count: u32,
        end: u32,
    },
    /// An object of so many members, and the index of the part behind them.
    Object {
        count: u32,
        end: u32,
    },
}

impl Tape {
    /// Reads one JSON value and nothing else.
    pub fn read(body: Bytes) -> Result<Self, serde_json::Error> {
        let Read { tape, may_repeat_a_name } = reader::read(body)?;
        let root = tape.root();
        let mut objects = (0..tape.parts.len()).filter_map(|at| root.at(at).members());
        if !may_repeat_a_name || !objects.any(|members| repeats_a_name(&members)) {
            return Ok(tape);
        }
        let last_of_each: Value = serde_json::from_str(&tape.body)?;
        let Read { tape, .. } = reader::read(last_of_each.to_string().into())?;
        Ok(Self { repeats_a_member: true, ..tape })
    }

    /// The whole value.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// Whether some object named a member twice.
    pub fn repeats_a_member(&self) -> bool {
        self.repeats_a_member
    }

    /// Whether some text, be it a name, is such a one.
    pub(crate) fn any_text(&self, is_one: impl Fn(&str) -> bool) -> bool {
        let root = self.root();
        (0..self.parts.len()).any(|at| root.at(at).as_str().is_some_and(&is_one))
    }

    /// The same as a tree.
    pub fn to_value(&self) -> Value {
        to_value(self.root())
    }
}

/// Whether two members of an object have one name.
fn repeats_a_name(members: &Members<'_>) -> bool {
    if members.len() > FEW_MEMBERS {
        let mut seen = HashSet::new();
        return !members.names().all(|name| seen.insert(name));
    }
    let mut names = members.names().enumerate();
    names.any(|(nth, name)| members.names().take(nth).any(|held| held == name))
}

fn to_value(node: Node<'_>) -> Value {
    if let Some(entries) = node.entries() {
        return entries.map(to_value).collect();
    }
    if let Some(members) = node.members() {
        let members = members.map(|(name, member)| (name.to_owned(), to_value(member)));
        return Value::Object(members.collect::<Map<_, _>>());
    }
    match (node.as_str(), node.as_bool(), node.number()) {
        (Some(text), ..) => text.into(),
        (_, Some(truth), _) => truth.into(),
        (.., Some(number)) => Value::Number(number),
        _ => Value::Null,
    }
}

impl Part {
    fn number(self) -> Option<Number> {
        match self {
            Self::Unsigned(number) => Some(number.into()),
            Self::Signed(number) => Some(number.into()),
            Self::Float(number) => Number::from_f64(number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::Tape;

    fn read(text: &str) -> Result<Tape, serde_json::Error> {
        Tape::read(Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn a_tape_says_what_a_tree_says() {
        for text in [
            "null",
            " true\r\n",
            "\"\"",
            "-0",
            "-1",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775809",
            "1.50e-7",
            "[]",
            "{}",
            r#"[[],{},[{"a":[]}],"é","\u00e9\n","\ud83d\ude00"]"#,
            r#"{"":{"":0},"a\"b":"","c":{"d":["",null,false]},"e":1.0}"#,
            // The last of two is meant, in the place of the first.
            r#"{"a":1,"b":2,"\u0061":3}"#,
        ] {
            let tree: Value = serde_json::from_str(text).expect("is JSON");
            let tape = read(text).expect("is JSON");
            assert_eq!(tape.to_value().to_string(), tree.to_string(), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_to_a_tree_is_none_to_a_tape() {
        for text in [
            "",
            "[",
            "[1,]",
            "{\"a\":}",
            "{1:2}",
            "nul",
            "1 2",
            "{}x",
            "\"\\ud800\"",
            "1e400",
            "'a'",
        ] {
            assert!(serde_json::from_str::<Value>(text).is_err(), "{text}");
            assert!(read(text).is_err(), "{text}");
        }
        assert!(Tape::read(Bytes::from_static(b"\"\xff\"")).is_err());
        assert!(read(&format!("{}{}", "[".repeat(127), "]".repeat(127))).is_ok());
        assert!(read(&format!("{}{}", "[".repeat(128), "]".repeat(128))).is_err());
    }

    #[test]
    fn a_member_that_is_named_twice_is_seen_at_any_depth() {
        let many = |last: &str| {
            let members: Vec<_> = (0..40).map(|n| format!("\"m{n}\":0")).collect();
            format!("{{{},\"{last}\":1}}", members.join(","))
        };
        for (text, expected) in [
            (r#"{"a":1,"a":2}"#, true),
            (r#"[{"b":{"a":1,"\u0061":1}}]"#, true),
            (r#"{"a":{"a":":\":"},"b":[{"a":1},{"a":1}]}"#, false),
            (r#""a:b""#, false),
            (&many("m0"), true),
            (&many("m\\u0039"), true),
            (&many("m40"), false),
        ] {
            assert_eq!(read(text).expect("is JSON").repeats_a_member(), expected, "{text}");
        }
    }

    #[test]
    fn texts_are_seen_as_they_read() {
        let tape = read(r#"{"\u002fetc":["/opt","x"]}"#).expect("is JSON");
        for (text, expected) in [("/etc", true), ("/opt", true), ("u002f", false)] {
            assert_eq!(tape.any_text(|held| held.contains(text)), expected, "{text}");
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_comes_back_from_a_tape(value in any_value()) {
            // Numbers of many digits are rounded by the parser, so it reads both.
            let text = value.to_string();
            let tree: Value = serde_json::from_str(&text).expect("is JSON");
            let tape = read(&text).expect("is JSON");
            prop_assert!(!tape.repeats_a_member());
            prop_assert_eq!(tape.to_value(), tree);
        }
    }
}
