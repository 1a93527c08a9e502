//! Bodies that are no JSON: one plain valid body, which all requests of the operation carry.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::written::text as parameter_text;
use super::{Inputs, Recipe, Texts};
use crate::contract::{Operation, OtherBody};

/// Stands between the parts of a multipart body.
const BOUNDARY: &str = "fencepost-boundary-7f3a91c2";

/// The media type with its parameters, and the bytes; or why they can't be made.
pub(super) fn make(
    operation: &Operation,
    inputs: &Inputs,
    body: &OtherBody,
) -> Result<(String, Vec<u8>), String> {
    let value = match (&body.example, &body.schema) {
        (Some(example), _) => example.clone(),
        (None, Some(schema)) => Recipe::new(schema)
            .map_err(|unsupported| format!("its body can't be made: {unsupported}"))?
            .valid_of(Texts::Plain, &mut inputs.seed.rng(&operation.id, "other body", 0)),
        (None, None) => Value::from("fencepost"),
    };
    let media_type = body.media_type.as_str();
    Ok(match media_type {
        "application/x-www-form-urlencoded" => {
            let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let pairs = fields(body, value)?.into_iter();
            let pairs = pairs.map(|(name, text)| format!("{}={}", encode(&name), encode(&text)));
            (media_type.to_owned(), pairs.collect::<Vec<_>>().join("&").into_bytes())
        }
        "multipart/form-data" => {
            let mut text = String::new();
            for (name, value) in fields(body, value)? {
                let file = if is_file(body, &name) { "; filename=\"fencepost.txt\"" } else { "" };
                let name = name.replace(['"', '\r', '\n'], "_");
                // Writing to a string never fails.
                let _ = write!(
                    text,
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n\
                     {value}\r\n"
                );
            }
            let _ = write!(text, "--{BOUNDARY}--\r\n");
            (format!("{media_type}; boundary={BOUNDARY}"), text.into_bytes())
        }
        _ => {
            let text = parameter_text(&value).unwrap_or_else(|| value.to_string());
            (media_type.to_owned(), text.into_bytes())
        }
    })
}

/// Whether a part is documented as a file.
fn is_file(body: &OtherBody, name: &str) -> bool {
    let part = body.schema.as_ref().and_then(|schema| schema.property(name));
    part.is_some_and(|part| {
        part.format() == Some("binary") || part.keyword("contentMediaType").is_some()
    })
}

/// The fields of a form: lists as repeated fields, as `form` with `explode` writes them.
fn fields(body: &OtherBody, value: Value) -> Result<Vec<(String, String)>, String> {
    let Value::Object(members) = value else {
        return Err(format!("its body, a `{}`, is no object", body.media_type));
    };
    let required = body.schema.as_ref().map(|schema| schema.required()).unwrap_or_default();
    let mut fields = Vec::new();
    for (name, value) in members {
        let texts: Option<Vec<String>> = match &value {
            Value::Array(entries) => entries.iter().map(parameter_text).collect(),
            // A part of its own may hold JSON; a field of a form has no documented spelling for it.
            Value::Object(_) if body.media_type.starts_with("multipart") => {
                Some(vec![value.to_string()])
            }
            scalar => parameter_text(scalar).map(|text| vec![text]),
        };
        match texts {
            Some(texts) => fields.extend(texts.into_iter().map(|text| (name.clone(), text))),
            None if required.contains(&name.as_str()) => {
                return Err(format!("its body can't be made: the field `{name}` is no scalar"));
            }
            None => {}
        }
    }
    Ok(fields)
}
