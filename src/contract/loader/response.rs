//! The documented answers of an operation.

use super::error::LoadError;
use super::operation::Readings;
use super::schema;
use super::source::Node;
use crate::contract::{Response, StatusPattern};

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
        responses.push(Response { status, content });
    }
    Ok(responses)
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
