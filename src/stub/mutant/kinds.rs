//! Kinds of requests, most of them awkward.

use serde_json::Value;

use super::maker::Maker;
use super::node::{Node, any_text};
use super::when::refused;
use crate::contract::Strength;
use crate::stub::behaviour::Exchange;
use crate::stub::judge::{Judgement, Refusal};

/// Whether a request is of a kind.
pub(super) type IsKind = fn(&Exchange<'_>) -> bool;

/// The kinds, each with its word in a mutant's id.
pub(super) const KINDS: [(&str, IsKind); 30] = [
    ("no-body", |x| x.operation.is_some() && x.request.body.is_empty()),
    ("syntax", |x| keyword(x, "syntax")),
    ("wrong-types", |x| keyword(x, "type")),
    ("missing-members", |x| keyword(x, "required")),
    ("long-texts", |x| keyword(x, "maxLength")),
    ("long-lists", |x| keyword(x, "maxItems")),
    ("top-level-types", |x| {
        refused(x).is_some_and(|b| b.location == "body" && b.keyword == "type")
    }),
    ("null", |x| keyword(x, "type") && text(x).contains("null")),
    ("equal-entries", |x| x.accepted().is_some_and(has_equal_entries)),
    ("quotes", |x| accepted_text(x, |text| text.contains(['"', '\'']))),
    ("backslashes", |x| accepted_text(x, |text| text.contains('\\'))),
    ("percent", |x| accepted_text(x, |text| text.contains('%'))),
    ("beyond-ascii", |x| accepted_text(x, |text| !text.is_ascii())),
    ("beyond-the-bmp", |x| accepted_text(x, |text| text.chars().any(|c| c > '\u{ffff}'))),
    ("line-feeds-in-texts", |x| accepted_text(x, |text| text.contains('\n'))),
    ("no-credential", |x| matches!(x.judgement, Judgement::Refused(Refusal::Unauthenticated(_)))),
    ("other-methods", |x| matches!(x.judgement, Judgement::Refused(Refusal::UnsupportedMethod(_)))),
    ("deep-nesting", |x| {
        x.request.body.windows(64).any(|part| part.iter().all(|byte| *byte == b'['))
    }),
    ("huge-numbers", |x| text(x).contains("1e400")),
    ("byte-order-mark", |x| x.request.body.starts_with(b"\xef\xbb\xbf")),
    ("lone-surrogates", |x| text(x).contains("\\ud800\"")),
    ("invalid-utf-8", |x| std::str::from_utf8(&x.request.body).is_err()),
    ("large-bodies", |x| x.request.body.len() > 65_536),
    ("empty-texts", |x| text(x).contains(":\"\"")),
    ("empty-lists", |x| text(x).contains(":[]")),
    ("empty-objects", |x| *x.request.body == *b"{}"),
    ("empty-objects-within", |x| {
        (x.accepted().is_some() || keyword(x, "required")) && text(x).contains(":{}")
    }),
    ("escapes", |x| x.accepted().is_some() && text(x).contains("\\u00")),
    ("other-media-types", |x| {
        let held = x.request.header("content-type").unwrap_or_default();
        !x.request.body.is_empty() && !held.to_ascii_lowercase().contains("json")
    }),
    ("pretty-bodies", |x| x.accepted().is_some() && x.request.body.contains(&b'\n')),
];

/// Whether requests of this kind can be made for the operation at all.
pub(super) fn can_be_sent(maker: &Maker<'_>, kind: &str) -> bool {
    let has_rule = |keyword: &str| {
        maker.operation.rules.iter().any(|rule| {
            let location = rule.id.location();
            rule.id.keyword() == keyword
                && rule.strength > Strength::Open
                && ["body", "query", "path."].iter().any(|root| location.starts_with(root))
        })
    };
    let root = maker.nodes.first();
    let in_root = |types: &str| {
        maker
            .nodes
            .iter()
            .any(|node| node.place.steps().len() == 1 && node.schema.allows_type(types))
    };
    match kind {
        "no-body" => maker.operation.body.as_ref().is_some_and(|body| body.required),
        "syntax" | "byte-order-mark" | "other-media-types" => maker.operation.body.is_some(),
        "deep-nesting" | "huge-numbers" | "lone-surrogates" | "invalid-utf-8" | "large-bodies"
        | "escapes" | "empty-objects" | "pretty-bodies" => {
            root.is_some_and(|root| root.schema.types() == ["object"])
        }
        "empty-texts" => {
            maker.nodes.iter().any(|node| node.is_free_text() && node.place.steps().len() == 1)
        }
        "empty-lists" => in_root("array"),
        "empty-objects-within" => in_root("object"),
        "top-level-types" => maker.strength("body", "type").is_some(),
        "null" => maker.nodes.iter().any(|node| !node.schema.types().is_empty()),
        "wrong-types" => has_rule("type"),
        "missing-members" => has_rule("required"),
        "long-texts" => has_rule("maxLength"),
        "long-lists" => has_rule("maxItems"),
        "equal-entries" => maker
            .nodes
            .iter()
            .any(|node| node.schema.types() == ["array"] && !node.schema.unique_items()),
        "no-credential" => !maker.operation.credentials.is_empty(),
        "other-methods" => true,
        _ => maker.nodes.iter().any(Node::is_free_text),
    }
}

fn keyword(exchange: &Exchange<'_>, keyword: &str) -> bool {
    refused(exchange).is_some_and(|broken| broken.keyword == keyword)
}

fn text(exchange: &Exchange<'_>) -> String {
    String::from_utf8_lossy(&exchange.request.body).into_owned()
}

fn accepted_text(exchange: &Exchange<'_>, holds: fn(&str) -> bool) -> bool {
    exchange.accepted().is_some_and(|body| any_text(body, &holds))
}

fn has_equal_entries(value: &Value) -> bool {
    match value {
        Value::Array(entries) => {
            let twice = entries.iter().enumerate().any(|(at, e)| entries[..at].contains(e));
            twice || entries.iter().any(has_equal_entries)
        }
        Value::Object(members) => members.values().any(has_equal_entries),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::has_equal_entries;

    #[test]
    fn equal_entries_are_found_at_any_depth() {
        assert!(has_equal_entries(&json!({"a": [[1, 2], [3, 3]]})));
        assert!(!has_equal_entries(&json!({"a": [[1, 2], [2, 1]]})));
    }
}
