//! What JSON values look like: which members, of which types.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::word::word;
use crate::contract::Node;
use crate::redact::{Redactor, printable};

/// Levels that are told apart; what lies deeper is not looked at.
const DEEPEST: usize = 16;

/// Members of one object that are told apart; answers may have any number.
const MOST_MEMBERS: usize = 100;

/// What stands for a member that is named after something in the request.
const REQUESTED: &str = "(as requested)";

/// The shape of a JSON value, or of several laid over each other: types, not values.
///
/// It prints as one line a member, indented by level: `instance_id: string`. A member that some
/// objects lack has a question mark: `data?: null`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The types met, by their JSON Schema names.
    #[serde(deserialize_with = "types")]
    types: BTreeSet<&'static str>,
    /// The members of the objects met.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    members: BTreeMap<String, Member>,
    /// The entries of the lists met; an empty shape where there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entries: Option<Box<Shape>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Member {
    shape: Shape,
    is_optional: bool,
}

/// Reads the names of types.
fn types<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<&'static str>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    Ok(names.iter().map(|name| word(name)).collect())
}

impl Shape {
    /// The shape of `value`. Members that are named after a text in `request` are not told apart:
    /// what was asked for is no part of the shape.
    pub fn of(value: Node<'_>, request: Option<&Value>) -> Self {
        let mut asked = BTreeSet::new();
        if let Some(request) = request {
            texts(request, &mut asked);
        }
        Self::below(value, &asked, DEEPEST)
    }

    fn below(value: Node<'_>, asked: &BTreeSet<&str>, levels: usize) -> Self {
        let mut shape = Self { types: BTreeSet::from([value.type_name()]), ..Self::default() };
        let Some(levels) = levels.checked_sub(1) else { return shape };
        if let Some(entries) = value.entries() {
            let mut all = Self::default();
            for entry in entries {
                all.merge(&Self::below(entry, asked, levels));
            }
            shape.entries = Some(Box::new(all));
        }
        for (name, value) in value.members().into_iter().flatten().take(MOST_MEMBERS) {
            let below = Self::below(value, asked, levels);
            let is_asked = asked.contains(name);
            let name = if is_asked { REQUESTED } else { name };
            let member = Member { shape: Self::default(), is_optional: is_asked };
            shape.members.entry(name.to_owned()).or_insert(member).shape.merge(&below);
        }
        shape
    }

    /// The shape without secrets in the names of its members.
    #[must_use]
    pub fn redacted(&self, redactor: &Redactor) -> Self {
        let members = self.members.iter().map(|(name, member)| {
            let shape = member.shape.redacted(redactor);
            let member = Member { shape, is_optional: member.is_optional };
            (redactor.redact(name).into_owned(), member)
        });
        Self {
            types: self.types.clone(),
            members: members.collect(),
            entries: self.entries.as_ref().map(|entries| Box::new(entries.redacted(redactor))),
        }
    }

    /// Lays another shape over this one.
    pub fn merge(&mut self, other: &Self) {
        if other.types.contains("object") && self.types.contains("object") {
            for (name, member) in &mut self.members {
                member.is_optional |= !other.members.contains_key(name);
            }
        }
        let is_new = !self.types.contains("object");
        for (name, member) in &other.members {
            if let Some(held) = self.members.get_mut(name) {
                held.is_optional |= member.is_optional;
                held.shape.merge(&member.shape);
            } else if self.members.len() < MOST_MEMBERS {
                let is_optional = member.is_optional || !is_new;
                let member = Member { shape: member.shape.clone(), is_optional };
                self.members.insert(name.clone(), member);
            }
        }
        if let Some(entries) = &other.entries {
            self.entries.get_or_insert_default().merge(entries);
        }
        self.types.extend(&other.types);
        // Every integer is a number.
        if self.types.contains("number") {
            self.types.remove("integer");
        }
    }

    /// The types in words: `string`, `null | string`, `array of object`.
    fn words(&self) -> String {
        let word = |kind: &&'static str| match (&self.entries, *kind) {
            (Some(entries), "array") => match entries.types.len() {
                0 => "array, empty".to_owned(),
                1 => format!("array of {}", entries.words()),
                _ => format!("array of ({})", entries.words()),
            },
            (_, kind) => kind.to_owned(),
        };
        self.types.iter().map(word).collect::<Vec<_>>().join(" | ")
    }

    fn lines(&self, indent: usize, text: &mut String) -> fmt::Result {
        for (name, Member { shape, is_optional }) in &self.members {
            let mark = if *is_optional { "?" } else { "" };
            writeln!(text, "{:indent$}{}{mark}: {}", "", printable(name), shape.words())?;
            shape.lines(indent + 2, text)?;
        }
        match &self.entries {
            Some(entries) => entries.lines(indent, text),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        writeln!(text, "{}", self.words())?;
        self.lines(2, &mut text)?;
        f.write_str(text.trim_end())
    }
}

/// All texts in a value.
fn texts<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::String(text) => {
            found.insert(text);
        }
        Value::Array(entries) => entries.iter().for_each(|entry| texts(entry, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Shape;
    use crate::contract::Tape;

    fn of(value: &Value, request: Option<&Value>) -> Shape {
        let tape = Tape::read(value.to_string().into()).expect("is JSON");
        Shape::of(tape.root(), request)
    }

    fn shape(values: &[Value]) -> Shape {
        let mut all = Shape::default();
        for value in values {
            all.merge(&of(value, None));
        }
        all
    }

    #[test]
    fn types_stand_in_the_place_of_values() {
        let value = json!({"b": [{"id": "x", "n": 1}, {"id": "y", "n": 2}], "a": null, "c": []});
        let wanted = "object\n  a: null\n  b: array of object\n    id: string\n    n: integer\n  \
                      c: array, empty";
        assert_eq!(shape(&[value]).to_string(), wanted);
    }

    #[test]
    fn a_member_that_some_lack_is_optional() {
        let values = [json!({"a": 1, "b": 1}), json!({"a": 1.5}), json!({"a": 2, "c": "x"})];
        let wanted = "object\n  a: number\n  b?: integer\n  c?: string";
        assert_eq!(shape(&values).to_string(), wanted);
    }

    #[test]
    fn the_order_of_answers_changes_nothing() {
        let mut values = [
            json!({"a": [], "b": {"x": 1}}),
            json!({"a": ["s", null], "b": {"y": true}}),
            json!({"a": [{"z": 1}], "b": null}),
            json!("text"),
        ];
        let one = shape(&values);
        values.reverse();
        assert_eq!(one, shape(&values));
        values.swap(0, 2);
        assert_eq!(one, shape(&values));
        assert_eq!(one, shape(&[values.clone(), values].concat()));
    }

    #[test]
    fn members_named_after_the_request_are_one() {
        let request = json!({"ids": ["k1", "k2"]});
        let both = of(&json!({"k1": {"n": 1}, "k2": {"n": 2}, "total": 2}), Some(&request));
        let one = of(&json!({"k2": {"n": 2}, "total": 1}), Some(&request));
        assert_eq!(both, one);
        let wanted = "object\n  (as requested)?: object\n    n: integer\n  total: integer";
        assert_eq!(both.to_string(), wanted);
    }

    #[test]
    fn neither_depth_nor_width_is_without_end() {
        let deep = (0..100).fold(json!(1), |value, _| json!([value]));
        assert!(of(&deep, None).to_string().len() < 400);
        let wide: Value = (0..1_000).map(|n| (n.to_string(), json!(n))).collect();
        assert_eq!(of(&wide, None).to_string().lines().count(), 101);
    }
}
