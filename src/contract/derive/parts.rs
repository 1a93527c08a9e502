//! A schema together with all that applies to the same value.

use serde_json::Value;

use crate::contract::Schema;

/// String formats whose values have a form that a violation can miss.
const FORMATS: [&str; 10] =
    ["date", "date-time", "time", "uuid", "email", "ipv4", "ipv6", "uri", "hostname", "duration"];

/// Schemas that apply to one value; the first is the one that was asked for.
pub(super) struct Parts {
    schemas: Vec<Schema>,
    /// How many of them apply whatever the value holds: those before `then` and `else`.
    unconditional: usize,
}

impl Parts {
    /// The schema and what its `allOf` adds.
    pub(super) fn always(schema: &Schema) -> Self {
        Self::gather(schema, false)
    }

    /// The schema and what its `allOf`, `then` and `else` add.
    pub(super) fn sometimes(schema: &Schema) -> Self {
        Self::gather(schema, true)
    }

    fn gather(schema: &Schema, conditional: bool) -> Self {
        let mut parts = Self { schemas: Vec::new(), unconditional: 0 };
        parts.add(vec![schema.clone()]);
        parts.unconditional = parts.schemas.len();
        // What a condition adds may hold conditions of its own.
        let mut next = 0;
        while conditional && next < parts.schemas.len() {
            let part = parts.schemas[next].clone();
            if part.keyword("if").is_some() {
                let branches = ["then", "else"].into_iter().filter_map(|word| part.child(word));
                parts.add(branches.collect());
            }
            next += 1;
        }
        parts
    }

    fn add(&mut self, mut open: Vec<Schema>) {
        open.reverse();
        while let Some(schema) = open.pop() {
            if self.schemas.iter().all(|held| held.pointer() != schema.pointer()) {
                open.extend(schema.children("allOf").into_iter().rev());
                self.schemas.push(schema);
            }
        }
    }

    /// The schemas that apply whatever the value holds, in the document's order.
    pub(super) fn unconditional(&self) -> impl Iterator<Item = &Schema> {
        self.schemas[..self.unconditional].iter()
    }

    /// The schemas, in the document's order, those behind conditions last.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Schema> {
        self.schemas.iter()
    }

    /// The first part that has `keyword`, and its value.
    pub(super) fn keyword(&self, keyword: &str) -> Option<(&Schema, &Value)> {
        self.schemas.iter().find_map(|part| Some((part, part.keyword(keyword)?)))
    }

    /// The types that the first part with `type` names; empty where none has it.
    pub(super) fn types(&self) -> Vec<&str> {
        self.schemas.iter().map(Schema::types).find(|types| !types.is_empty()).unwrap_or_default()
    }

    /// Whether values of the type `name` are described.
    pub(super) fn describes(&self, name: &str) -> bool {
        self.types().contains(&name)
    }

    /// Whether `format` names a form of strings that can be judged.
    pub(super) fn has_known_format(&self) -> bool {
        let format = self.keyword("format").and_then(|(_, format)| format.as_str());
        format.is_some_and(|format| FORMATS.contains(&format))
    }

    /// Whether one of the parts says so.
    pub(super) fn flag(&self, keyword: &str) -> bool {
        self.keyword(keyword).is_some_and(|(_, value)| value == &Value::Bool(true))
    }
}
