//! A schema together with all that applies to the same value.

use serde_json::Value;

use crate::contract::Schema;

/// Schemas that apply to one value; the first is the one that was asked for.
#[derive(Clone)]
pub(super) struct Parts {
    schemas: Vec<Schema>,
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
        let mut schemas: Vec<Schema> = Vec::new();
        let mut open = vec![schema.clone()];
        while let Some(schema) = open.pop() {
            if schemas.iter().any(|held| held.pointer() == schema.pointer()) {
                continue;
            }
            let mut more = schema.children("allOf");
            if conditional && schema.keyword("if").is_some() {
                more.extend(["then", "else"].into_iter().filter_map(|word| schema.child(word)));
            }
            open.extend(more.into_iter().rev());
            schemas.push(schema);
        }
        Self { schemas }
    }

    /// The schemas, in the document's order.
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

    /// Whether one of the parts says so.
    pub(super) fn flag(&self, keyword: &str) -> bool {
        self.keyword(keyword).is_some_and(|(_, value)| value == &Value::Bool(true))
    }
}
