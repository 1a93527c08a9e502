//! The plain valid request that all other cases vary.

use std::cmp::Reverse;
use std::sync::Arc;

use serde_json::Value;

use super::coverage::sites;
use super::written::Written;
use super::{Inputs, Recipe, Texts, Unsupported, carry, other_body};
use crate::case::label::broken;
use crate::case::{FieldValue, HeaderCase, Request};
use crate::contract::{Credential, Operation, Parameter, ParameterLocation, Schema, reference};

/// Draws among which the template is chosen where the document shows no example.
const DRAWS: u64 = 24;

/// A plain valid body: the first documented example, with identifiers that may exist and lists of
/// identifiers cut down to one; `None` where the operation takes no JSON body.
///
/// `recipe` is the one of the body's schema.
pub(crate) fn body(
    operation: &Operation,
    inputs: &Inputs,
    recipe: Option<&Result<Recipe, Unsupported>>,
) -> Result<Option<Value>, String> {
    let Some(declared) = &operation.body else { return Ok(None) };
    let mut body = match (declared.examples.first(), recipe) {
        (Some((_, example)), _) => example.clone(),
        (None, Some(Ok(recipe))) => {
            with_short_lists(richest(recipe, operation, inputs), &declared.schema)
        }
        (None, Some(Err(unsupported))) => {
            return Err(format!("its body can't be made: {unsupported}"));
        }
        (None, None) => return Ok(None),
    };
    let all = if operation.identifiers.is_empty() { Vec::new() } else { sites(&declared.schema) };
    for site in all {
        let Some(identifier) = operation.identifier_at(&site.place.to_string()) else { continue };
        let Some(known) = inputs.known(identifier).first() else { continue };
        if let Some(Value::Array(entries)) =
            site.list().as_ref().and_then(|list| list.value_mut(&mut body, 0))
        {
            entries.truncate(1);
        }
        if let Some(value) = site.place.value_mut(&mut body, 0) {
            *value = Value::String(known.clone());
        }
    }
    Ok(Some(body))
}

/// A longer plain body than this, in bytes, is chosen only where there is no shorter one: every
/// request carries it.
const COMFORTABLE: usize = 6_000;

/// The draw of some with the most members, and among those the shortest.
fn richest(recipe: &Recipe, operation: &Operation, inputs: &Inputs) -> Value {
    let draws = (0..DRAWS).map(|number| {
        recipe.valid_of(Texts::Plain, &mut inputs.seed.rng(&operation.id, "template", number))
    });
    let rank = |value: &Value| {
        let length = value.to_string().len();
        let excess = length.saturating_sub(COMFORTABLE);
        (Reverse(excess), members(value), Reverse(length))
    };
    draws.max_by_key(rank).unwrap_or(Value::Null)
}

/// The value with lists cut down to their first entry, as far as that is legal: what is wrong with
/// fuller ones is a matter of their own cases, not of the request that all others vary.
fn with_short_lists(mut value: Value, schema: &Schema) -> Value {
    let mut lists = Vec::new();
    find_lists(&value, &mut String::new(), &mut lists);
    for list in lists {
        let mut shorter = value.clone();
        let Some(Value::Array(entries)) = shorter.pointer_mut(&list) else { continue };
        entries.truncate(1);
        if broken(schema, &shorter).is_empty() {
            value = shorter;
        }
    }
    value
}

/// The JSON pointers of lists of several entries, outer ones first.
fn find_lists(value: &Value, pointer: &mut String, found: &mut Vec<String>) {
    let length = pointer.len();
    match value {
        Value::Array(entries) => {
            if entries.len() > 1 {
                found.push(pointer.clone());
            }
            for (index, entry) in entries.iter().enumerate() {
                pointer.push('/');
                pointer.push_str(&index.to_string());
                find_lists(entry, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                pointer.push('/');
                pointer.push_str(&reference::escape(name));
                find_lists(member, pointer, found);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// How many different members a value has, lists counted once.
fn members(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        Value::Array(entries) => entries.first().map_or(0, members),
        _ => 0,
    }
}

/// The plain valid request without a body's bytes: required parameters, the user's headers.
pub(crate) fn request(operation: &Operation, inputs: &Inputs) -> Result<Request, String> {
    let mut request = Request {
        method: operation.method.clone(),
        path: operation.path.clone(),
        query: Vec::new(),
        headers: Arc::default(),
        header_case: HeaderCase::Title,
        body: None,
    };
    if let Some(body) = &operation.body {
        request.push_header("Content-Type", FieldValue::Plain(body.media_type.clone()));
    }
    if let Some(other) = &operation.other_body {
        let (media_type, bytes) = other_body::make(operation, inputs, other)?;
        request.push_header("Content-Type", FieldValue::Plain(media_type));
        request.body = Some(bytes.into());
    }
    request.push_header("Accept", FieldValue::Plain(operation.accept()));
    for parameter in &operation.parameters {
        if parameter.required {
            fill(operation, inputs, &mut request, parameter)?;
        } else if carry::is_always_sent(parameter) {
            // What the client would put there may be none of the documented values.
            fill(operation, inputs, &mut request, parameter).unwrap_or_default();
        }
    }
    for (name, value) in &inputs.headers {
        give(operation, &mut request, name, value.clone());
    }
    Ok(request)
}

/// Puts what the user gave as a header where the operation carries it.
fn give(operation: &Operation, request: &mut Request, name: &str, value: FieldValue) {
    let is_it = |credential: &&Credential| credential.is_given_as(name);
    if let Some(credential) = operation.credentials.iter().find(is_it) {
        carry::put(request, credential.location, &credential.name, value);
        return;
    }
    if operation.is_of_another_alternative(|credential| credential.is_given_as(name)) {
        return;
    }
    match operation.schemes.iter().find(is_it).map(|scheme| scheme.location) {
        // Other operations ask for it; a strict server knows its parameters.
        Some(ParameterLocation::Query | ParameterLocation::Path) => {}
        Some(location) => carry::put(request, location, name, value),
        None if name.eq_ignore_ascii_case("Cookie") => carry::add_cookies(request, value),
        None => request.set_header(name, value),
    }
}

fn fill(
    operation: &Operation,
    inputs: &Inputs,
    request: &mut Request,
    parameter: &Parameter,
) -> Result<(), String> {
    let label = format!("{}.{}", parameter.location.as_str(), parameter.name);
    let cannot = |why: String| format!("its parameter {label} can't be filled: {why}");
    let example = parameter.examples.first().and_then(|one| Written::new(parameter, one));
    let written = if let Some(written) = example {
        written
    } else {
        let recipe = Recipe::new(&parameter.schema)
            .map_err(|unsupported| cannot(unsupported.to_string()))?;
        let draw = |number| {
            let mut rng = inputs.seed.rng(&operation.id, &label, number);
            Written::new(parameter, &recipe.valid_of(Texts::Plain, &mut rng))
        };
        (0..DRAWS)
            .find_map(draw)
            .ok_or_else(|| cannot("a request can't carry its values".to_owned()))?
    };
    written.put(operation, request, parameter);
    Ok(())
}
