//! How a server that keeps the contract reads a parameter's texts: the proof of its cases' labels.

use serde_json::Value;

use crate::case::label::{Broken, broken};
use crate::contract::{Parameter, Place, Schema};
use crate::generate::written::Written;

/// The types that are asked for, through `allOf` too; empty where any is.
fn types(schema: &Schema) -> Vec<String> {
    let own: Vec<String> = schema.types().into_iter().map(str::to_owned).collect();
    if !own.is_empty() {
        return own;
    }
    let below = schema.children("allOf").into_iter().map(|part| types(&part));
    below.into_iter().find(|types| !types.is_empty()).unwrap_or_default()
}

/// Whether every text is of a type that is asked for.
pub(super) fn takes_text(schema: &Schema) -> bool {
    let types = types(schema);
    types.is_empty() || types.iter().any(|name| name == "string")
}

/// The values that the texts may be read as: where no type is named, a number's text is either.
fn readings(parameter: &Parameter, written: &Written) -> Vec<Value> {
    let schema = &parameter.schema;
    if types(schema).iter().any(|name| name == "array") {
        let items = schema.items();
        let entry = |text: &String| scalar(items.as_ref(), text);
        return vec![Value::Array(written.texts().iter().map(entry).collect())];
    }
    let text = &written.texts()[0];
    let mut readings = vec![scalar(Some(schema), text)];
    if types(schema).is_empty()
        && let Ok(other) = serde_json::from_str::<Value>(text)
        && !readings.contains(&other)
    {
        readings.push(other);
    }
    readings
}

fn scalar(schema: Option<&Schema>, text: &str) -> Value {
    let types = schema.map(types).unwrap_or_default();
    let whole = || Value::String(text.to_owned());
    if types.is_empty() || types.iter().any(|name| name == "string") {
        return whole();
    }
    let is = |name: &str| types.iter().any(|held| held == name);
    let fits = |value: &Value| match value {
        Value::Bool(_) => is("boolean"),
        Value::Number(_) => is("integer") || is("number"),
        _ => false,
    };
    serde_json::from_str(text).ok().filter(fits).unwrap_or_else(whole)
}

/// Whether some reading keeps the schema.
pub(super) fn is_legal(parameter: &Parameter, written: &Written) -> bool {
    readings(parameter, written).iter().any(|value| broken(&parameter.schema, value).is_empty())
}

/// Whether the texts break `keyword` at `place` and nothing else, however they are read.
pub(super) fn breaks(
    parameter: &Parameter,
    written: &Written,
    place: &Place,
    keyword: &str,
) -> bool {
    let found: Vec<Vec<Broken>> =
        readings(parameter, written).iter().map(|value| broken(&parameter.schema, value)).collect();
    // A text that is no number is none of the listed numbers either.
    let is_that = |one: &Broken| {
        let is_other = one.keyword == "enum" && keyword == "type";
        one.place == *place && (one.keyword == keyword || is_other)
    };
    let is_named = |one: &Broken| one.place == *place && one.keyword == keyword;
    let is_only = |found: &Vec<Broken>| found.iter().all(is_that) && found.iter().any(is_named);
    found.iter().all(|found| !found.is_empty()) && found.iter().any(is_only)
}
