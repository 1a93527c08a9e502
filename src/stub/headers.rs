//! The documented headers of an answer.

use serde_json::Value;

use super::answer::Reply;
use super::sample::{Members, sample};
use crate::contract::{Operation, ResponseHeader};

/// Adds the headers that the document has for the answer's status, as far as they can be written.
pub(super) fn add(operation: &Operation, reply: &mut Reply) {
    let documented = operation.response(reply.status);
    for header in documented.into_iter().flat_map(|response| &response.headers) {
        let is_held = reply.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(&header.name));
        if let Some(text) = text(header).filter(|_| !is_held) {
            reply.headers.push((header.name.clone(), text));
        }
    }
}

/// A text for the header; `None` where a header can't hold what its schema asks for.
fn text(header: &ResponseHeader) -> Option<String> {
    let value = header.schema.as_ref().map_or("ok".into(), |s| sample(s, Members::Required));
    let text = match &value {
        Value::Array(entries) => entries.iter().map(written).collect::<Vec<_>>().join(","),
        Value::Object(_) => return None,
        other => written(other),
    };
    text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ').then_some(text)
}

fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
