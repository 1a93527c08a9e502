//! The documented answers of an operation.

use super::error::LoadError;
use super::operation::Readings;
use super::schema;
use super::source::Node;
use crate::contract::{Response, ResponseHeader, StatusPattern};

/// The documented answers, in the document's order.
pub(super) fn responses(
    operation: &Node<'_>,
    readings: &mut Readings,
) -> Result<Vec<Response>, LoadError> {
    let Some(node) = operation.get("responses") else { return Ok(Vec::new()) };
    let mut responses = Vec::new();
    for (key, response) in node.members()? {
        if key.starts_with("x-") {
            continue;
        }
        let Some(status) = status(key) else {
            return Err(response.invalid(format!(
                "`{key}` is no status; write one such as 200, a class such as 4XX, or `default`"
            )));
        };
        let response = response.follow()?;
        let mut content = Vec::new();
        if let Some(media_types) = response.get("content") {
            for (name, media) in media_types.members()? {
                let schema = match media.get("schema") {
                    Some(written) => Some(schema::check(&written, readings)?),
                    None => None,
                };
                content.push((name.to_owned(), schema));
            }
        }
        let headers = headers(&response, readings)?;
        responses.push(Response { status, content, headers });
    }
    Ok(responses)
}

/// Headers that HTTP itself speaks of, on the way of an answer more than at its source: of
/// `Content-Type` OpenAPI says that it is passed over here.
const OF_HTTP: [&str; 7] = [
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "date",
    "set-cookie",
];

/// The documented headers of an answer.
fn headers(response: &Node<'_>, readings: &mut Readings) -> Result<Vec<ResponseHeader>, LoadError> {
    let Some(written) = response.get("headers") else { return Ok(Vec::new()) };
    let mut headers = Vec::new();
    for (name, header) in written.members()? {
        let is_of_http = OF_HTTP.iter().any(|held| name.eq_ignore_ascii_case(held));
        if is_of_http || name.is_empty() || !name.bytes().all(is_token) {
            continue;
        }
        let header = header.follow()?;
        if !header.value().is_object() {
            readings.warn(
                &header,
                format!("the header {name} is no object, so nothing is asked of it"),
            );
            continue;
        }
        let schema = match header.get("schema") {
            Some(written) => Some(schema::check(&written, readings)?),
            None => None,
        };
        let required =
            header.get("required").is_some_and(|held| held.value().as_bool() == Some(true));
        headers.push(ResponseHeader {
            name: name.to_owned(),
            required,
            schema,
            pointer: header.pointer().to_owned(),
        });
    }
    Ok(headers)
}

/// Whether a name of a header may hold it (RFC 9110, 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn status(key: &str) -> Option<StatusPattern> {
    if key == "default" {
        return Some(StatusPattern::Default);
    }
    let bytes = key.as_bytes();
    let digit = bytes.first().filter(|digit| (b'1'..=b'5').contains(digit))?;
    if bytes.len() == 3 && key[1..].eq_ignore_ascii_case("xx") {
        return Some(StatusPattern::Class(u16::from(digit - b'0')));
    }
    let exactly = key.parse().ok()?;
    (100..=599).contains(&exactly).then_some(StatusPattern::Exactly(exactly))
}

#[cfg(test)]
mod tests {
    use super::status;
    use crate::contract::StatusPattern;

    #[test]
    fn a_status_is_one_a_class_or_all_others() {
        assert_eq!(status("404"), Some(StatusPattern::Exactly(404)));
        assert_eq!(status("4xx"), Some(StatusPattern::Class(4)));
        assert_eq!(status("default"), Some(StatusPattern::Default));
        for key in ["", "ok", "40", "4041", "1é", "é00", "600", "+20"] {
            assert_eq!(status(key), None, "{key}");
        }
    }
}
