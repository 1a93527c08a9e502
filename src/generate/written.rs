//! A parameter's value as it stands in a request.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::carry;
use crate::case::{FieldValue, Request};
use crate::contract::{ListStyle, Operation, Parameter, ParameterLocation};

/// A value written as its parameter's location and style ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// A scalar's text, or those of a list's entries.
    texts: Vec<String>,
    is_list: bool,
}

impl Written {
    /// `None` for a value that the parameter can't carry so that it is read as it was meant: an
    /// object, an empty list, an entry with the delimiter in it, a text with which the path would be
    /// another.
    pub(crate) fn new(parameter: &Parameter, value: &Value) -> Option<Self> {
        let written = match value {
            Value::Array(entries) => {
                let texts: Option<Vec<String>> = entries.iter().map(text).collect();
                Self { texts: texts?, is_list: true }
            }
            scalar => Self { texts: vec![text(scalar)?], is_list: false },
        };
        let arrives = |text: &String| arrives(parameter.location, text);
        let is_told_apart = |text: &String| {
            let delimiter = parameter.lists.delimiter();
            // Servers differ in what they make of nothing between two delimiters.
            !text.is_empty() && delimiter.is_none_or(|delimiter| !text.contains(delimiter))
        };
        let sound = !written.texts.is_empty()
            && written.texts.iter().all(arrives)
            && (!written.is_list || written.texts.iter().all(is_told_apart));
        sound.then_some(written)
    }

    /// Whether it is an empty text.
    pub(crate) fn is_empty(&self) -> bool {
        self.texts.iter().all(String::is_empty)
    }

    /// Its texts: one of a scalar, or one for each entry.
    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }

    /// Puts it into the place of what the request says of the parameter.
    pub(crate) fn put(&self, operation: &Operation, request: &mut Request, parameter: &Parameter) {
        let name = parameter.name.as_str();
        let delimiter = parameter.lists.delimiter().unwrap_or(',').to_string();
        let joined = || self.texts.join(&delimiter);
        match parameter.location {
            ParameterLocation::Path => request.path = path(operation, request, name, &self.texts),
            ParameterLocation::Query => {
                request.query.retain(|(held, _)| held != name);
                let texts = if self.is_list && parameter.lists == ListStyle::Repeated {
                    self.texts.clone()
                } else {
                    vec![joined()]
                };
                let pairs =
                    texts.into_iter().map(|text| (name.to_owned(), FieldValue::Plain(text)));
                request.query.extend(pairs);
            }
            ParameterLocation::Header => request.set_header(name, FieldValue::Plain(joined())),
            ParameterLocation::Cookie => {
                carry::put(request, parameter.location, name, FieldValue::Plain(joined()));
            }
        }
    }
}

/// Whether a text comes out at the other end as it went in.
fn arrives(location: ParameterLocation, text: &str) -> bool {
    match location {
        // A path without it is another path, and dots are steps in it.
        ParameterLocation::Path => !matches!(text, "" | "." | ".."),
        ParameterLocation::Query => true,
        // Blanks around a field's value belong to no one.
        ParameterLocation::Header => {
            text.trim() == text && text.chars().all(|c| c == ' ' || c.is_ascii_graphic())
        }
        ParameterLocation::Cookie => {
            text.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | ',' | ';' | '\\'))
        }
    }
}

/// A scalar as a parameter's text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The request's path with other texts for the parameter `name` of the operation's template:
/// commas stand between them as they are, and are escaped within them (RFC 6570, 3.2.2).
fn path(operation: &Operation, request: &Request, name: &str, texts: &[String]) -> String {
    let placeholder = format!("{{{name}}}");
    let encode = |text: &String| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let encoded = texts.iter().map(encode).collect::<Vec<_>>().join(",");
    let pairs = operation.path.split('/').zip(request.path.split('/'));
    let segments: Vec<String> = pairs
        .map(|(template, held)| {
            if template.contains(&placeholder) {
                template.replace(&placeholder, &encoded)
            } else {
                held.to_owned()
            }
        })
        .collect();
    segments.join("/")
}
