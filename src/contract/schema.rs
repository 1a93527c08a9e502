//! A JSON Schema of the document, read keyword by keyword where it stands.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Citation, reference};

/// Under this keyword a loaded document keeps a pattern that can't be read: values that it speaks of
/// are not made up.
pub const UNREADABLE_PATTERN: &str = "x-unreadable-pattern";

/// A cheap handle on a schema of the contract's document.
///
/// It holds the document and a JSON pointer, follows `$ref` when it is made and answers what each
/// keyword says. Keywords that it has no method for are reachable through [`Schema::raw`].
#[derive(Clone)]
pub struct Schema {
    document: Arc<Value>,
    pointer: Arc<str>,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schema({})", self.pointer)
    }
}

/// What a schema says of the members it doesn't name.
#[derive(Clone, Debug)]
pub enum AdditionalProperties {
    /// Nothing is said, or `true`: any member may come along.
    Allowed,
    /// `false`: none may.
    Forbidden,
    /// They must be of this schema.
    Of(Schema),
}

impl Schema {
    /// The schema at `pointer` of `document`, with `$ref` followed.
    ///
    /// References were checked when the contract was loaded; one that leads nowhere reads as the
    /// empty schema, which permits everything.
    pub fn at(document: &Arc<Value>, pointer: &str) -> Self {
        let pointer = reference::resolve(document, pointer);
        Self { document: Arc::clone(document), pointer: pointer.into() }
    }

    /// Where the schema stands in the document, after `$ref`: a JSON pointer.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The document that the schema is part of.
    pub fn document(&self) -> &Arc<Value> {
        &self.document
    }

    /// The schema as written: an object or a boolean.
    pub fn raw(&self) -> &Value {
        reference::value_at(&self.document, &self.pointer).unwrap_or(&Value::Null)
    }

    /// The value of one keyword, as written.
    pub fn keyword(&self, keyword: &str) -> Option<&Value> {
        self.raw().get(keyword)
    }

    /// The subschema under `keyword`, with `$ref` followed.
    pub fn child(&self, keyword: &str) -> Option<Schema> {
        self.keyword(keyword)
            .filter(|value| value.is_object() || value.is_boolean())
            .map(|_| self.below(&[keyword]))
    }

    /// The subschemas in the list under `keyword` (`allOf`, `anyOf`, `oneOf`, `prefixItems`).
    pub fn children(&self, keyword: &str) -> Vec<Schema> {
        let count = self.keyword(keyword).and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).map(|index| self.below(&[keyword, &index.to_string()])).collect()
    }

    /// The JSON types that `type` names; empty when it names none, so that any is allowed.
    pub fn types(&self) -> Vec<&str> {
        match self.keyword("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether `type` allows a value of the JSON type `name`.
    pub fn allows_type(&self, name: &str) -> bool {
        let types = self.types();
        types.is_empty()
            || types.contains(&name)
            || (name == "integer" && types.contains(&"number"))
    }

    /// The members that `properties` names, in the document's order.
    pub fn properties(&self) -> Vec<(&str, Schema)> {
        let members = self.keyword("properties").and_then(Value::as_object);
        members
            .into_iter()
            .flat_map(Map::keys)
            .map(|name| (name.as_str(), self.below(&["properties", name])))
            .collect()
    }

    /// The schema of the member `name`, where `properties` has one.
    pub fn property(&self, name: &str) -> Option<Schema> {
        self.keyword("properties")?.get(name)?;
        Some(self.below(&["properties", name]))
    }

    /// The names in `required`.
    pub fn required(&self) -> Vec<&str> {
        let names = self.keyword("required").and_then(Value::as_array);
        names.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// What `additionalProperties` says.
    pub fn additional_properties(&self) -> AdditionalProperties {
        match self.keyword("additionalProperties") {
            Some(Value::Bool(false)) => AdditionalProperties::Forbidden,
            Some(Value::Object(_)) => {
                AdditionalProperties::Of(self.below(&["additionalProperties"]))
            }
            _ => AdditionalProperties::Allowed,
        }
    }

    /// The schema of a list's entries.
    pub fn items(&self) -> Option<Schema> {
        self.child("items")
    }

    /// `minLength`, in code points.
    pub fn min_length(&self) -> Option<usize> {
        self.count("minLength")
    }

    /// `maxLength`, in code points.
    pub fn max_length(&self) -> Option<usize> {
        self.count("maxLength")
    }

    /// `minItems`, in entries.
    pub fn min_items(&self) -> Option<usize> {
        self.count("minItems")
    }

    /// `maxItems`, in entries.
    pub fn max_items(&self) -> Option<usize> {
        self.count("maxItems")
    }

    /// `uniqueItems`; false when absent.
    pub fn unique_items(&self) -> bool {
        self.keyword("uniqueItems").and_then(Value::as_bool).unwrap_or(false)
    }

    /// `pattern`, an ECMA-262 regular expression that is searched for, not anchored.
    pub fn pattern(&self) -> Option<&str> {
        self.keyword("pattern").and_then(Value::as_str)
    }

    /// `format`, such as `uuid` or `int32`.
    pub fn format(&self) -> Option<&str> {
        self.keyword("format").and_then(Value::as_str)
    }

    /// The values of `enum`, or the one of `const`.
    pub fn enumeration(&self) -> Option<Vec<&Value>> {
        if let Some(only) = self.keyword("const") {
            return Some(vec![only]);
        }
        self.keyword("enum").and_then(Value::as_array).map(|values| values.iter().collect())
    }

    /// The example values written at the schema: `examples`, then `example`.
    pub fn examples(&self) -> Vec<&Value> {
        let list = self.keyword("examples").and_then(Value::as_array);
        list.into_iter().flatten().chain(self.keyword("example")).collect()
    }

    /// The citation written at the schema itself (`x-fencepost: {citation: …}`).
    pub fn citation(&self) -> Option<Citation> {
        let citation = self.keyword("x-fencepost")?.get("citation")?;
        serde_json::from_value(citation.clone()).ok()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and not negative; too large a limit saturates"
    )]
    fn count(&self, keyword: &str) -> Option<usize> {
        // `32.0` is a legal way to write a count.
        let value = self.keyword(keyword)?;
        let whole = value.as_u64().or_else(|| {
            value.as_f64().filter(|n| n.fract() == 0.0 && *n >= 0.0).map(|n| n as u64)
        })?;
        usize::try_from(whole).ok()
    }

    fn below(&self, tokens: &[&str]) -> Schema {
        let mut pointer = self.pointer.to_string();
        for token in tokens {
            pointer.push('/');
            pointer.push_str(&reference::escape(token));
        }
        Schema::at(&self.document, &pointer)
    }
}
