//! `x-fencepost`, held against its own JSON Schema and then read.

use std::sync::LazyLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{LoadError, LoadErrorKind};
use super::names;
use super::source::{Node, kind_of};
use crate::contract::extension::{DocumentExtension, OperationExtension, SchemaExtension};
use crate::contract::reference;

/// The extension's JSON Schema, as shipped.
static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../contracts/x-fencepost.schema.json"))
        .expect("the shipped schema is JSON")
});
static DOCUMENT: LazyLock<Validator> = LazyLock::new(|| validator("document"));
static OPERATION: LazyLock<Validator> = LazyLock::new(|| validator("operation"));
static SCHEMA_NODE: LazyLock<Validator> = LazyLock::new(|| validator("schema"));

fn validator(definition: &str) -> Validator {
    let mut schema = SCHEMA.clone();
    if let Some(keywords) = schema.as_object_mut() {
        keywords.remove("anyOf");
        keywords.insert("$ref".to_owned(), format!("#/$defs/{definition}").into());
    }
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .offline()
        .build(&schema)
        .expect("the shipped schema is a schema")
}

/// The extension at the root of the document.
pub(super) fn document(node: &Node<'_>) -> Result<DocumentExtension, LoadError> {
    read(node, &DOCUMENT)
}

/// The extension at an operation.
pub(super) fn operation(node: &Node<'_>) -> Result<OperationExtension, LoadError> {
    read(node, &OPERATION)
}

/// The extension at a schema.
pub(super) fn schema(node: &Node<'_>) -> Result<SchemaExtension, LoadError> {
    read(node, &SCHEMA_NODE)
}

fn read<T: DeserializeOwned>(node: &Node<'_>, validator: &Validator) -> Result<T, LoadError> {
    if let Err(error) = validator.validate(node.value()) {
        let mut pointer = format!("{}{}", node.pointer(), error.instance_path());
        if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind()
            && let Some(wrong) = unexpected.first()
        {
            pointer.push('/');
            pointer.push_str(&reference::escape(wrong));
        }
        return Err(node.source().error(&pointer, extension_error(message(&error))));
    }
    serde_json::from_value(node.value().clone())
        .map_err(|error| node.error(extension_error(error.to_string())))
}

fn extension_error(message: String) -> LoadErrorKind {
    LoadErrorKind::Extension { message }
}

fn message(error: &ValidationError<'_>) -> String {
    let found = kind_of(error.instance());
    let beside = |keyword: &str| beside(error, keyword);
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let wrong = unexpected.first().map_or("", String::as_str);
            let known = beside("properties").and_then(Value::as_object);
            let known: Vec<_> = known.into_iter().flat_map(|map| map.keys()).collect();
            let hint = names::hint(wrong, known.iter().map(|name| name.as_str()));
            format!("there is no member `{wrong}`; {hint}")
        }
        ValidationErrorKind::Required { property } => {
            format!("the member `{}` is missing; add it", property.as_str().unwrap_or_default())
        }
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let words: Vec<_> = options.iter().filter_map(Value::as_str).collect();
            let wrong = error.instance().as_str().unwrap_or_default();
            format!("{found} is not possible here; {}", names::hint(wrong, words.iter().copied()))
        }
        _ => match beside("description").and_then(Value::as_str) {
            Some(description) => format!("{found} is not possible here; write {description}"),
            None => format!("{found} is not possible here ({})", error.masked()),
        },
    }
}

/// The value of `keyword` beside the keyword that failed.
fn beside<'s>(error: &ValidationError<'_>, keyword: &str) -> Option<&'s Value> {
    let path = error.schema_path().as_str();
    let (above, _) = path.rsplit_once('/')?;
    let direct = SCHEMA.pointer(above).and_then(|schema| schema.get(keyword));
    direct.or_else(|| {
        let start = above.rfind("/$ref").map_or(0, |start| start + "/$ref".len());
        SCHEMA.pointer(&above[start..])?.get(keyword)
    })
}
