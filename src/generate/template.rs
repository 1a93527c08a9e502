//! The plain valid request that all other cases vary.

use serde_json::Value;

use super::Inputs;
use super::coverage::sites;
use crate::case::{FieldValue, HeaderCase, Request};
use crate::contract::{Operation, Parameter, ParameterLocation};

/// A plain valid body: the first documented example, with identifiers that may exist and lists of
/// identifiers cut down to one; `None` where the operation takes no JSON body.
pub(crate) fn body(operation: &Operation, inputs: &Inputs) -> Result<Option<Value>, String> {
    let Some(declared) = &operation.body else { return Ok(None) };
    let Some((_, example)) = declared.examples.first() else {
        return Err("no example body".to_owned());
    };
    let mut body = example.clone();
    for site in sites(&declared.schema) {
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

/// The plain valid request without a body's bytes: required parameters, the user's headers.
pub(crate) fn request(operation: &Operation, inputs: &Inputs) -> Result<Request, String> {
    let mut request = Request {
        method: operation.method.clone(),
        path: operation.path.clone(),
        query: Vec::new(),
        headers: Vec::new(),
        header_case: HeaderCase::Title,
        body: None,
    };
    if let Some(body) = &operation.body {
        request
            .headers
            .push(("Content-Type".to_owned(), FieldValue::Plain(body.media_type.clone())));
    }
    request.headers.push(("Accept".to_owned(), FieldValue::Plain("application/json".to_owned())));
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        fill(&mut request, parameter)?;
    }
    for (name, value) in &inputs.headers {
        request.set_header(name, value.clone());
    }
    Ok(request)
}

fn fill(request: &mut Request, parameter: &Parameter) -> Result<(), String> {
    let Some(value) = parameter.examples.first() else {
        return Err(format!(
            "no example for the {} parameter {}",
            parameter.location.as_str(),
            parameter.name
        ));
    };
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let name = parameter.name.clone();
    match parameter.location {
        ParameterLocation::Path => {
            let encoded =
                percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC);
            request.path = request.path.replace(&format!("{{{name}}}"), &encoded.to_string());
        }
        ParameterLocation::Query => request.query.push((name, FieldValue::Plain(text))),
        ParameterLocation::Header => request.headers.push((name, FieldValue::Plain(text))),
        ParameterLocation::Cookie => {
            request
                .headers
                .push(("Cookie".to_owned(), FieldValue::Plain(format!("{name}={text}"))));
        }
    }
    Ok(())
}
