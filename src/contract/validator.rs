//! The `jsonschema` crate at work on schemas of the document, and its errors in the words of rules.

use std::fmt;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Registry};
use serde_json::{Value, json};

use super::{Place, Schema};

/// The name that the whole document has for references out of a part of it.
const DOCUMENT: &str = "urn:fencepost:contract";

/// A compiled schema.
pub struct Validator(jsonschema::Validator);

/// A constraint that a value breaks, in the words of a rule's id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Broken {
    /// Where: `body.instance_ids/items`.
    pub location: String,
    /// Which: `maxLength`.
    pub keyword: String,
    /// What is there, shortened: `the string of 33 characters "aaa…"`.
    pub found: String,
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Validator")
    }
}

impl Validator {
    /// Compiles the part of the document that `schema` points at, with what it refers to in the
    /// rest. An error is the `jsonschema` crate's.
    pub fn compile(schema: &Schema) -> Result<Self, String> {
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, schema.document().as_ref())
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| error.to_string())?;
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&registry)
            .offline()
            .should_validate_formats(true)
            .build(&json!({"$ref": format!("{DOCUMENT}#{}", fragment(schema.pointer()))}))
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// Whether the value breaks nothing.
    pub fn is_valid(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }

    /// Every constraint that `value`, which stands at `root`, breaks, each named once.
    pub fn broken(&self, root: &Place, value: &Value) -> Vec<Broken> {
        if self.0.is_valid(value) {
            return Vec::new();
        }
        let mut broken: Vec<Broken> = Vec::new();
        for error in self.0.iter_errors(value) {
            let mut place = Place::of_pointer(root, value, error.instance_path().as_str());
            let keyword = match error.kind() {
                ValidationErrorKind::Required { property } => {
                    place = place.member(property.as_str().unwrap_or_default());
                    "required"
                }
                ValidationErrorKind::Constant { .. } => "enum",
                kind => kind.keyword(),
            };
            let location = place.to_string();
            if !broken.iter().any(|held| held.location == location && held.keyword == keyword) {
                let found = if keyword == "required" {
                    "nothing".to_owned()
                } else {
                    describe(error.instance())
                };
                broken.push(Broken { location, keyword: keyword.to_owned(), found });
            }
        }
        broken
    }
}

/// A value in a few words.
fn describe(value: &Value) -> String {
    let text = value.to_string();
    let kind = match value {
        Value::Null => return text,
        Value::Bool(_) => "the boolean",
        Value::Number(_) => "the number",
        Value::String(held) if held.chars().count() > 24 => {
            let start: String = held.chars().take(20).collect();
            return format!("a string of {} characters, {start:?}…", held.chars().count());
        }
        Value::String(_) => "the string",
        Value::Array(entries) => return format!("a list of {}", entries.len()),
        Value::Object(members) => {
            let names: Vec<&str> = members.keys().map(String::as_str).take(6).collect();
            return format!("an object with {}", names.join(", "));
        }
    };
    format!("{kind} {text}")
}

/// A JSON pointer as a URI fragment.
fn fragment(pointer: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const RESERVED: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'#')
        .add(b'%')
        .add(b'<')
        .add(b'>')
        .add(b'[')
        .add(b'\\')
        .add(b']')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    utf8_percent_encode(pointer, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::Validator;
    use crate::contract::{Place, Schema};

    #[test]
    fn references_lead_into_the_whole_document() {
        let document = Arc::new(json!({
            "paths": {"/a/{b}": {"schema": {"properties": {"id": {"$ref": "#/components/id"}},
                "required": ["id"]}}},
            "components": {"id": {"type": "string", "maxLength": 2}},
        }));
        let schema = Schema::at(&document, "/paths/~1a~1{b}/schema");
        let validator = Validator::compile(&schema).expect("compiles");
        let broken = |value| {
            let broken = validator.broken(&Place::body(), &value);
            broken.iter().map(|b| format!("{}/{}", b.location, b.keyword)).collect::<Vec<_>>()
        };
        assert_eq!(broken(json!({"id": "ab"})), [""; 0]);
        assert_eq!(broken(json!({"id": "abc"})), ["body.id/maxLength"]);
        assert_eq!(broken(json!({})), ["body.id/required"]);
    }
}
