//! OpenAPI's schemas, rewritten once to JSON Schema 2020-12 without moving anything.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::pattern;
use crate::contract::UNREADABLE_PATTERN;

/// Keywords whose value is a schema.
const SCHEMA: [&str; 11] = [
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
];
/// Keywords whose value is a list of schemas.
const SCHEMAS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is an object of schemas.
pub(super) const NAMED_SCHEMAS: [&str; 5] =
    ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];
/// Members whose value is data: nothing in it is a schema.
pub(super) const DATA: [&str; 5] = ["example", "examples", "default", "enum", "const"];
/// What may stand beside `$ref` without saying anything about values.
const ANNOTATIONS: [&str; 6] =
    ["$ref", "description", "summary", "title", "deprecated", "$comment"];

/// Rewrites every schema of the document.
///
/// OpenAPI 3.0: `nullable`, `example`, and what stands beside `$ref` (it has no effect there).
/// Every version: boolean `exclusiveMaximum` and `exclusiveMinimum`; what stands beside `$ref` with an
/// effect is kept by moving the reference into `allOf`; a request body without a schema gets the
/// empty one; a pattern that can't be read becomes [`UNREADABLE_PATTERN`].
pub(super) fn rewrite(document: &mut Value, version: Version) {
    let dialect = &mut Dialect { version, patterns: HashMap::new() };
    let Some(root) = document.as_object_mut() else { return };
    for (name, value) in root.iter_mut() {
        match (name.as_str(), value) {
            ("components", Value::Object(components)) => {
                for (kind, named) in components.iter_mut() {
                    if kind != "examples" {
                        named_values(named).for_each(|value| match kind.as_str() {
                            "schemas" => schema(value, dialect),
                            "requestBodies" => request_body(value, dialect),
                            _ => outside(value, dialect),
                        });
                    }
                }
            }
            (name, value) if !name.starts_with("x-") => outside(value, dialect),
            _ => {}
        }
    }
}

/// Which rules of writing schemas apply.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// OpenAPI 3.0.
    V30,
    /// OpenAPI 3.1 and later.
    V31,
}

/// What a rewriting goes by.
struct Dialect {
    version: Version,
    /// How each pattern is spelled from now on; `None` where it can't be read.
    patterns: HashMap<String, Option<String>>,
}

fn named_values(value: &mut Value) -> impl Iterator<Item = &mut Value> {
    value.as_object_mut().into_iter().flat_map(Map::values_mut)
}

fn outside(value: &mut Value, dialect: &mut Dialect) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(|entry| outside(entry, dialect)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match name.as_str() {
                    "schema" => schema(member, dialect),
                    "requestBody" => request_body(member, dialect),
                    name if DATA.contains(&name) || name.starts_with("x-") => {}
                    _ => outside(member, dialect),
                }
            }
        }
        _ => {}
    }
}

fn request_body(value: &mut Value, dialect: &mut Dialect) {
    outside(value, dialect);
    if let Some(content) = value.get_mut("content") {
        for media in named_values(content).filter_map(Value::as_object_mut) {
            media.entry("schema").or_insert_with(|| json!({}));
        }
    }
}

fn schema(value: &mut Value, dialect: &mut Dialect) {
    let Some(keywords) = value.as_object_mut() else { return };
    if keywords.get("$ref").is_some_and(Value::is_string) {
        beside_reference(keywords, dialect);
    }
    if dialect.version == Version::V30 {
        to_2020_12(keywords);
    }
    exclusive_bounds(keywords);
    pattern(keywords, dialect);
    // A frequent slip: `required` at the member itself, where it says nothing.
    if keywords.get("required").is_some_and(Value::is_boolean) {
        keywords.shift_remove("required");
    }
    for (keyword, value) in keywords.iter_mut() {
        let keyword = keyword.as_str();
        if SCHEMA.contains(&keyword) {
            schema(value, dialect);
        } else if SCHEMAS.contains(&keyword) {
            let entries = value.as_array_mut();
            entries.into_iter().flatten().for_each(|entry| schema(entry, dialect));
        } else if NAMED_SCHEMAS.contains(&keyword) {
            named_values(value).for_each(|entry| schema(entry, dialect));
        }
    }
}

fn beside_reference(keywords: &mut Map<String, Value>, dialect: &mut Dialect) {
    let silent = |name: &str| ANNOTATIONS.contains(&name) || DATA[..3].contains(&name);
    if keywords.keys().all(|name| silent(name) || name.starts_with("x-")) {
        return;
    }
    if dialect.version == Version::V30 {
        keywords.retain(|name, _| silent(name));
        return;
    }
    let Some(reference) = keywords.shift_remove("$ref") else { return };
    let entry = json!({ "$ref": reference });
    match keywords.get_mut("allOf") {
        Some(Value::Array(entries)) => entries.push(entry),
        _ => {
            keywords.insert("allOf".to_owned(), json!([entry]));
        }
    }
}

/// Patterns of other tongues are respelled; one that can't be read steps aside.
fn pattern(keywords: &mut Map<String, Value>, dialect: &mut Dialect) {
    let Some(Value::String(written)) = keywords.get("pattern") else { return };
    let written = written.clone();
    let read = dialect.patterns.entry(written.clone()).or_insert_with(|| pattern::read(&written));
    match read {
        Some(spelled) if *spelled == written => {}
        Some(spelled) => {
            keywords.insert("pattern".to_owned(), spelled.clone().into());
        }
        None => {
            keywords.shift_remove("pattern");
            keywords.insert(UNREADABLE_PATTERN.to_owned(), written.into());
        }
    }
}

fn to_2020_12(keywords: &mut Map<String, Value>) {
    if keywords.get("nullable") == Some(&Value::Bool(true))
        && let Some(Value::String(name)) = keywords.get("type")
    {
        let types = json!([name, "null"]);
        keywords.insert("type".to_owned(), types);
        if let Some(Value::Array(values)) = keywords.get_mut("enum")
            && !values.contains(&Value::Null)
        {
            values.push(Value::Null);
        }
    }
    if !keywords.contains_key("examples")
        && let Some(example) = keywords.shift_remove("example")
    {
        keywords.insert("examples".to_owned(), json!([example]));
    }
}

/// `exclusiveMaximum: true` was 3.0's way, and is still met in later documents.
fn exclusive_bounds(keywords: &mut Map<String, Value>) {
    for (bound, exclusive) in [("maximum", "exclusiveMaximum"), ("minimum", "exclusiveMinimum")] {
        match keywords.get(exclusive) {
            Some(Value::Bool(true)) => {
                if let Some(limit) = keywords.shift_remove(bound) {
                    keywords.insert(exclusive.to_owned(), limit);
                } else {
                    keywords.shift_remove(exclusive);
                }
            }
            Some(Value::Bool(false)) => {
                keywords.shift_remove(exclusive);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Version, rewrite};

    fn rewritten(schema: &Value, version: Version) -> Value {
        let mut document = json!({"components": {"schemas": {"S": schema}}});
        rewrite(&mut document, version);
        document["components"]["schemas"]["S"].clone()
    }

    #[test]
    fn nullable_becomes_a_type() {
        let schema = json!({"type": "string", "nullable": true, "enum": ["a"]});
        assert_eq!(
            rewritten(&schema, Version::V30),
            json!({"type": ["string", "null"], "nullable": true, "enum": ["a", null]})
        );
        assert_eq!(rewritten(&schema, Version::V31), schema);
    }

    #[test]
    fn a_boolean_exclusive_bound_takes_the_limit() {
        let schema = json!({"properties": {"n": {
            "maximum": 5, "exclusiveMaximum": true, "minimum": 1, "exclusiveMinimum": false,
        }}});
        assert_eq!(
            rewritten(&schema, Version::V30),
            json!({"properties": {"n": {"exclusiveMaximum": 5, "minimum": 1}}})
        );
    }

    #[test]
    fn an_example_becomes_examples_and_its_inside_is_left_alone() {
        let example = json!({"schema": {"nullable": true, "type": "string"}});
        assert_eq!(
            rewritten(&json!({"example": example}), Version::V30),
            json!({"examples": [example]})
        );
    }

    #[test]
    fn what_stands_beside_a_reference_counts_from_3_1_on() {
        let schema = json!({"$ref": "#/x", "maxLength": 3, "description": "d"});
        assert_eq!(rewritten(&schema, Version::V30), json!({"$ref": "#/x", "description": "d"}));
        assert_eq!(
            rewritten(&schema, Version::V31),
            json!({"maxLength": 3, "description": "d", "allOf": [{"$ref": "#/x"}]})
        );
    }

    #[test]
    fn a_request_body_without_a_schema_permits_everything() {
        let mut document = json!({"paths": {"/": {"post": {"requestBody": {
            "content": {"application/json": {}}
        }}}}});
        rewrite(&mut document, Version::V31);
        let media = "/paths/~1/post/requestBody/content/application~1json/schema";
        assert_eq!(document.pointer(media), Some(&json!({})));
    }
}
