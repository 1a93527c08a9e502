//! Schemas are what JSON Schema asks for, and their references lead somewhere.

use serde_json::Value;

use super::error::LoadError;
use super::extension;
use super::operation::Readings;
use super::source::Node;
use crate::contract::{Schema, UNREADABLE_PATTERN};

/// What the value of a keyword must be.
#[derive(Clone, Copy)]
enum Kind {
    Schema,
    Schemas,
    NamedSchemas,
    Text,
    Texts,
    Flag,
    Count,
    Number,
    List,
    Types,
}

/// The keywords that testing rests on.
const KEYWORDS: [(&str, Kind); 43] = [
    ("type", Kind::Types),
    ("enum", Kind::List),
    ("required", Kind::Texts),
    ("format", Kind::Text),
    ("pattern", Kind::Text),
    ("maxLength", Kind::Count),
    ("minLength", Kind::Count),
    ("maxItems", Kind::Count),
    ("minItems", Kind::Count),
    ("maxProperties", Kind::Count),
    ("minProperties", Kind::Count),
    ("maxContains", Kind::Count),
    ("minContains", Kind::Count),
    ("uniqueItems", Kind::Flag),
    ("maximum", Kind::Number),
    ("minimum", Kind::Number),
    ("exclusiveMaximum", Kind::Number),
    ("exclusiveMinimum", Kind::Number),
    ("multipleOf", Kind::Number),
    ("items", Kind::Schema),
    ("additionalProperties", Kind::Schema),
    ("not", Kind::Schema),
    ("if", Kind::Schema),
    ("then", Kind::Schema),
    ("else", Kind::Schema),
    ("contains", Kind::Schema),
    ("propertyNames", Kind::Schema),
    ("unevaluatedItems", Kind::Schema),
    ("unevaluatedProperties", Kind::Schema),
    ("contentSchema", Kind::Schema),
    ("allOf", Kind::Schemas),
    ("anyOf", Kind::Schemas),
    ("oneOf", Kind::Schemas),
    ("prefixItems", Kind::Schemas),
    ("properties", Kind::NamedSchemas),
    ("patternProperties", Kind::NamedSchemas),
    ("dependentSchemas", Kind::NamedSchemas),
    ("$defs", Kind::NamedSchemas),
    ("definitions", Kind::NamedSchemas),
    ("$ref", Kind::Text),
    ("$anchor", Kind::Text),
    ("$dynamicRef", Kind::Text),
    ("$id", Kind::Text),
];

const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "number", "integer", "string"];

/// Schemas of one value may apply each other this deep (`allOf`, `$ref` and the like); a circle of
/// them is deeper than any limit.
const DEEPEST: usize = 64;

/// The schema at `node`, after everything that it leads to was found sound.
pub(super) fn check(node: &Node<'_>, readings: &mut Readings) -> Result<Schema, LoadError> {
    let mut seen = Vec::new();
    let mut open = vec![node.clone()];
    while let Some(node) = open.pop() {
        if readings.sound_schemas.insert(node.pointer().to_owned()) {
            seen.push(node.pointer().to_owned());
            let sound = check_one(&node, &mut open);
            if let Some(pattern) = node.get(UNREADABLE_PATTERN) {
                readings.warn(&node, unreadable(pattern.value()));
            }
            if let Err(error) = sound.and_then(|()| height(&node, 0, readings).map(drop)) {
                for pointer in &seen {
                    readings.sound_schemas.remove(pointer);
                }
                return Err(error);
            }
        }
    }
    Ok(Schema::at(node.source().document(), node.pointer()))
}

/// How many schemas deep those apply each other that judge the value that `node` judges.
fn height(node: &Node<'_>, depth: usize, readings: &mut Readings) -> Result<usize, LoadError> {
    let known = readings.heights.get(node.pointer()).copied();
    if depth + known.unwrap_or(0) > DEEPEST {
        return Err(node.invalid(format!(
            "its schemas apply each other in a circle, or more than {DEEPEST} deep; write out \
             what they say"
        )));
    }
    if let Some(height) = known {
        return Ok(height);
    }
    let mut applied = Vec::new();
    if node.value().get("$ref").is_some_and(Value::is_string) {
        applied.extend(node.follow().ok());
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        applied
            .extend(node.get(keyword).and_then(|list| list.entries().ok()).into_iter().flatten());
    }
    applied.extend(["not", "if", "then", "else"].iter().filter_map(|keyword| node.get(keyword)));
    let mut tallest = 0;
    for schema in applied {
        tallest = tallest.max(1 + height(&schema, depth + 1, readings)?);
    }
    readings.heights.insert(node.pointer().to_owned(), tallest);
    Ok(tallest)
}

fn check_one<'s>(node: &Node<'s>, open: &mut Vec<Node<'s>>) -> Result<(), LoadError> {
    if node.value().is_boolean() {
        return Ok(());
    }
    if !node.value().is_object() {
        return Err(node.wrong_type("a schema (an object, true or false)"));
    }
    if node.value().get("$ref").is_some() {
        let target = node.follow()?;
        open.push(target);
        return Ok(());
    }
    for (keyword, kind) in KEYWORDS {
        if let Some(value) = node.get(keyword) {
            check_keyword(&value, kind, open)?;
        }
    }
    if let Some(extension) = node.get("x-fencepost") {
        extension::schema(&extension)?;
    }
    Ok(())
}

fn check_keyword<'s>(
    node: &Node<'s>,
    kind: Kind,
    open: &mut Vec<Node<'s>>,
) -> Result<(), LoadError> {
    match kind {
        Kind::Schema => open.push(node.clone()),
        Kind::Schemas => open.extend(node.entries()?),
        Kind::NamedSchemas => open.extend(node.members()?.into_iter().map(|(_, member)| member)),
        Kind::Text => {
            node.text()?;
        }
        Kind::Texts => node.entries()?.iter().try_for_each(|entry| entry.text().map(drop))?,
        Kind::Flag => {
            node.flag()?;
        }
        Kind::Count => {
            let whole = |n: f64| n.fract() == 0.0 && n >= 0.0;
            if !node.value().as_f64().is_some_and(whole) {
                return Err(node.wrong_type("a whole number, 0 or more"));
            }
        }
        Kind::Number => {
            if !node.value().is_number() {
                return Err(node.wrong_type("a number"));
            }
        }
        Kind::List => {
            node.entries()?;
        }
        Kind::Types if node.value().is_array() => {
            node.entries()?.iter().try_for_each(check_type)?;
        }
        Kind::Types => check_type(node)?,
    }
    Ok(())
}

fn unreadable(pattern: &Value) -> String {
    format!(
        "the pattern {pattern} is no regular expression that can be read, and is not tested; \
         correct it"
    )
}

fn check_type(node: &Node<'_>) -> Result<(), LoadError> {
    if TYPES.contains(&node.text()?) {
        return Ok(());
    }
    Err(node.wrong_type("a JSON type (null, boolean, object, array, number, integer, string)"))
}
