//! A request's body: its media type, schema and examples.

use super::operation::{Readings, Refusal};
use super::source::Node;
use super::{schema, validity};
use crate::contract::{RequestBody, media_type};

/// The body of an operation, where it has one.
pub(super) fn body(
    operation: &Node<'_>,
    method: &str,
    readings: &mut Readings,
) -> Result<Option<RequestBody>, Refusal> {
    let Some(node) = operation.get("requestBody") else { return Ok(None) };
    let node = node.follow()?;
    if method == "GET" {
        readings.warn(&node, "a body of a GET request has no meaning: it is not sent");
        return Ok(None);
    }
    let required = node.get("required").map_or(Ok(false), |flag| flag.flag())?;
    let content = node.require("content")?.members()?;
    let Some((written, media)) = media_type::preferred_json(&content) else {
        let Some((other, _)) = content.first() else { return Ok(None) };
        return Err(Refusal::Unsupported(format!(
            "its body is `{other}`, and only JSON bodies are supported"
        )));
    };
    let wildcard = written.contains('*');
    let media_type = if wildcard { "application/json" } else { written }.to_owned();
    let schema = match media.get("schema") {
        Some(written) => schema::check(&written, readings)?,
        None => return Err(media.wrong_type("an object with a `schema`").into()),
    };
    let examples = validity::examples(media, &schema, readings)?;
    Ok(Some(RequestBody { required, media_type, schema, examples }))
}
