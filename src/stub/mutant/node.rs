//! The schemas of a body, each with its place, and the values that stand there.

use serde_json::Value;

use crate::contract::reference::escape;
use crate::contract::{Place, Schema, Step};

/// Schemas below this depth get no mutants.
const DEEPEST: usize = 8;

/// A schema and the place of the values that it is for.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) schema: Schema,
}

/// All schemas from `root` down, through members, entries, `allOf` and `then`.
pub(super) fn nodes(root: &Schema, place: &Place) -> Vec<Node> {
    let mut found = Vec::new();
    walk(root, place, &mut found);
    found
}

fn walk(schema: &Schema, place: &Place, found: &mut Vec<Node>) {
    if place.steps().len() > DEEPEST || found.len() > 500 {
        return;
    }
    found.push(Node { place: place.clone(), schema: schema.clone() });
    for (name, member) in schema.properties() {
        walk(&member, &place.member(name), found);
    }
    if let Some(items) = schema.items() {
        walk(&items, &place.items(), found);
    }
    for part in schema.children("allOf").into_iter().chain(schema.child("then")) {
        let mut below = Vec::new();
        walk(&part, place, &mut below);
        // The place itself was found already.
        found.extend(below.into_iter().skip(1));
    }
}

impl Node {
    /// Where it is, as rules write it.
    pub(super) fn location(&self) -> String {
        self.place.to_string()
    }

    /// Whether its strings may hold any text.
    pub(super) fn is_free_text(&self) -> bool {
        let schema = &self.schema;
        schema.types() == ["string"]
            && schema.pattern().is_none()
            && schema.format().is_none()
            && schema.enumeration().is_none()
    }

    /// Whether its values are listed one by one, so that its type decides nothing more.
    pub(super) fn is_listed(&self) -> bool {
        self.schema.enumeration().is_some() || self.schema.keyword("const").is_some()
    }

    /// Whether it is the schema of a list's entries, or part of it.
    pub(super) fn is_in_list(&self) -> bool {
        self.place.steps().contains(&Step::Items)
    }
}

/// The values at `place` of `body`, each with its JSON pointer.
pub(super) fn values<'v>(place: &Place, body: &'v Value) -> Vec<(String, &'v Value)> {
    place.steps().iter().fold(vec![(String::new(), body)], |found, step| {
        let below = |(pointer, value): (String, &'v Value)| match (step, value) {
            (Step::Member(name), Value::Object(members)) => {
                let held = members.get(name).into_iter();
                held.map(|v| (format!("{pointer}/{}", escape(name)), v)).collect::<Vec<_>>()
            }
            (Step::Items, Value::Array(entries)) => {
                entries.iter().enumerate().map(|(i, v)| (format!("{pointer}/{i}"), v)).collect()
            }
            _ => Vec::new(),
        };
        found.into_iter().flat_map(below).collect()
    })
}

/// The position of what stands at `pointer` in the innermost list around it, and that list's
/// size; `None` outside lists.
pub(super) fn position(place: &Place, pointer: &str, body: &Value) -> Option<(usize, usize)> {
    let last = place.steps().iter().rposition(|step| *step == Step::Items)?;
    let tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    let index = tokens.get(last)?.parse().ok()?;
    let above: usize = tokens[..last].iter().map(|token| token.len() + 1).sum();
    Some((index, body.pointer(&pointer[..above])?.as_array()?.len()))
}

/// What lists and texts of a body measure: the size of its longest list.
pub(super) fn longest_list(body: &Value) -> usize {
    match body {
        Value::Array(entries) => {
            entries.iter().map(longest_list).max().unwrap_or(0).max(entries.len())
        }
        Value::Object(members) => members.values().map(longest_list).max().unwrap_or(0),
        _ => 0,
    }
}

/// Whether `holds` for some text in the value.
pub(super) fn any_text(value: &Value, holds: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => holds(text),
        Value::Array(entries) => entries.iter().any(|entry| any_text(entry, holds)),
        Value::Object(members) => members.values().any(|member| any_text(member, holds)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{position, values};
    use crate::contract::Place;

    #[test]
    fn a_value_knows_its_pointer_and_its_position() {
        let place = Place::body().member("a/b").items();
        let body = json!({"a/b": ["x", "y"]});
        assert_eq!(values(&place, &body)[1].0, "/a~1b/1");
        assert_eq!(position(&place, "/a~1b/1", &body), Some((1, 2)));
        assert_eq!(position(&Place::body(), "", &body), None);
    }
}
