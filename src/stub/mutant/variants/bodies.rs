//! The same JSON in another spelling.
//!
//! Example: `pretty` indents its answers.

use std::fmt::Write as _;

use serde_json::Value;

use super::derive::{answering, push};
use super::gzip::gzip;
use crate::stub::behaviour::Behaviour;
use crate::stub::mutant::Variant;
use crate::stub::mutant::when::value;

pub(super) fn bodies(made: &mut Vec<Variant>) {
    let steps = answering(|_, reply| {
        if let Some(body) = value(reply) {
            reply.written = Some(format!("{body:#}\n").into_bytes());
        }
    });
    push(made, "pretty-print", "bodies are indented", Behaviour::everywhere(steps));
    let steps = answering(|_, reply| {
        if let Some(body) = value(reply) {
            reply.written = Some(escaped(&body.to_string()).into_bytes());
        }
    });
    push(made, "escaped", "what is not ASCII is escaped", Behaviour::everywhere(steps));
    for (id, parameter) in
        [("charset", "; charset=utf-8"), ("charset-upper-case", ";charset=UTF-8")]
    {
        let steps = answering(move |_, reply| {
            if let Some((media_type, _)) = &mut reply.body {
                media_type.push_str(parameter);
            }
        });
        push(made, id, "the media type names its charset", Behaviour::everywhere(steps));
    }
    let steps = answering(|_, reply| {
        if let Some(Value::Object(members)) = value(reply) {
            let reversed = members.iter().rev().map(|(name, held)| (name.clone(), held.clone()));
            *members = reversed.collect();
        }
    });
    push(made, "member-order", "members come in another order", Behaviour::everywhere(steps));
    let steps = answering(|exchange, reply| {
        let accepted = exchange.request.header("accept-encoding").unwrap_or_default();
        if accepted.contains("gzip") && reply.body.is_some() {
            reply.written = Some(gzip(&reply.bytes()));
            reply.headers.push(("content-encoding".to_owned(), "gzip".to_owned()));
        }
    });
    push(
        made,
        "gzip",
        "answers are compressed where that is accepted",
        Behaviour::everywhere(steps),
    );
    let steps = answering(|_, reply| {
        if let Some(body) = value(reply) {
            with_fractions(body);
        }
    });
    let description = "whole numbers are written with a fraction of nothing";
    push(made, "whole-numbers-with-fraction", description, Behaviour::everywhere(steps));
}

/// Writes `1` as `1.0`, which is an integer to JSON Schema.
fn with_fractions(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_i64() => {
            if let Some(whole) = number.as_f64().and_then(serde_json::Number::from_f64) {
                *number = whole;
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(with_fractions),
        Value::Object(members) => members.values_mut().for_each(with_fractions),
        _ => {}
    }
}

/// Everything that isn't ASCII as escapes of UTF-16 units.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string never fails.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}
