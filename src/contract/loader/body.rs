//! A request's body: its media type, schema and examples.

use super::error::LoadError;
use super::operation::{Readings, Refusal};
use super::source::Node;
use super::{schema, validity};
use crate::contract::{OtherBody, RequestBody, Schema, media_type};

/// The media types beside JSON of which a valid body can be made, the most telling first.
const OTHERS: [&str; 4] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
    "application/octet-stream",
];

/// What an operation's body is.
pub(super) enum Body {
    /// There is none, or none that need be sent.
    None,
    /// JSON.
    Json(RequestBody),
    /// Something else that can be sent.
    Other(OtherBody),
}

/// The body of an operation, where it has one.
pub(super) fn body(
    operation: &Node<'_>,
    method: &str,
    readings: &mut Readings,
) -> Result<Body, Refusal> {
    let Some(node) = operation.get("requestBody") else { return Ok(Body::None) };
    let node = node.follow()?;
    if method == "GET" {
        readings.warn(&node, "a body of a GET request has no meaning: it is not sent");
        return Ok(Body::None);
    }
    let required = node.get("required").map_or(Ok(false), |flag| flag.flag())?;
    let content = node.require("content")?.members()?;
    let Some((written, media)) = media_type::preferred_json(&content) else {
        return other(&node, &content, required, readings);
    };
    let wildcard = written.contains('*');
    let media_type = if wildcard { "application/json" } else { written }.to_owned();
    let schema = match media.get("schema") {
        Some(written) => sent(&written, readings)?,
        None => return Err(media.wrong_type("an object with a `schema`").into()),
    };
    let examples = validity::examples(media, &schema, readings)?;
    Ok(Body::Json(RequestBody { required, media_type, schema, examples }))
}

/// The schema at `node` as it is for requests.
fn sent(node: &Node<'_>, readings: &mut Readings) -> Result<Schema, LoadError> {
    let schema = schema::check(node, readings)?;
    Ok(Schema::at(node.source().for_requests(), schema.pointer()))
}

/// A body for which no JSON is documented.
fn other(
    node: &Node<'_>,
    content: &[(&str, Node<'_>)],
    required: bool,
    readings: &mut Readings,
) -> Result<Body, Refusal> {
    let Some((first, _)) = content.first() else { return Ok(Body::None) };
    let essence =
        |name: &str| name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let known = OTHERS.iter().find_map(|known| {
        let (_, media) = content.iter().find(|(name, _)| essence(name) == *known)?;
        Some((*known, media))
    });
    let Some((media_type, media)) = known else {
        if !required {
            readings.warn(node, format!("the optional body is `{first}`: it is not sent"));
            return Ok(Body::None);
        }
        return Err(Refusal::Unsupported(format!(
            "its body is `{first}`, and only JSON, forms and plain text can be made"
        )));
    };
    readings
        .warn(node, format!("the body is `{media_type}`: it is sent, its rules are not tested"));
    let (schema, example) = match media.get("schema") {
        Some(written) => {
            let schema = sent(&written, readings)?;
            let examples = validity::examples(media, &schema, readings)?;
            (Some(schema), examples.into_iter().next().map(|(_, value)| value))
        }
        None => (None, None),
    };
    Ok(Body::Other(OtherBody { media_type: media_type.to_owned(), schema, example }))
}
