//! JSON pointers and in-document references.

use std::borrow::Cow;

use serde_json::Value;

/// References may lead to references; a chain longer than this is a circle.
pub(crate) const LONGEST_CHAIN: usize = 64;

/// Escapes one token of a JSON pointer (RFC 6901): `~` and `/`.
pub(crate) fn escape(token: &str) -> Cow<'_, str> {
    if token.contains(['~', '/']) {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token)
    }
}

/// The value that a JSON pointer names in `value`: [`Value::pointer`], without its copies of tokens
/// that have nothing escaped in them.
pub(crate) fn find<'v>(value: &'v Value, pointer: &str) -> Option<&'v Value> {
    if pointer.contains('~') {
        return value.pointer(pointer);
    }
    let Some(tokens) = pointer.strip_prefix('/') else {
        return pointer.is_empty().then_some(value);
    };
    tokens.split('/').try_fold(value, |value, token| match value {
        Value::Object(members) => members.get(token),
        Value::Array(_) => value.pointer(&format!("/{token}")),
        _ => None,
    })
}

/// Follows `$ref` at `pointer` until something else stands there, and returns that place.
///
/// A reference that leads out of the document, nowhere or in a circle is left as it stands; the
/// loader reports those.
pub(crate) fn resolve(document: &Value, pointer: &str) -> String {
    let mut place = pointer.to_owned();
    for _ in 0..LONGEST_CHAIN {
        let reference = document.pointer(&place).and_then(|value| value.get("$ref"));
        let Some(target) = reference.and_then(Value::as_str).and_then(target) else {
            return place;
        };
        if document.pointer(&target).is_none() {
            return place;
        }
        place = target;
    }
    place
}

/// The JSON pointer that an in-document reference (`#/components/…`) names.
pub(crate) fn target(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    let pointer = percent_encoding::percent_decode_str(fragment).decode_utf8().ok()?;
    (pointer.is_empty() || pointer.starts_with('/')).then(|| pointer.into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{escape, resolve, target};

    #[test]
    fn a_chain_of_references_ends_at_its_schema() {
        let document =
            json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/c~1d"}, "c/d": {"type": "null"}});
        assert_eq!(resolve(&document, "/a"), "/c~1d");
    }

    #[test]
    fn a_circle_of_references_ends() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}});
        assert!(["/a", "/b"].contains(&resolve(&document, "/a").as_str()));
    }

    #[test]
    fn a_fragment_is_percent_decoded() {
        assert_eq!(target("#/paths/~1a%20b").as_deref(), Some("/paths/~1a b"));
        assert_eq!(target("other.yaml#/a"), None);
    }

    #[test]
    fn tilde_and_slash_are_escaped() {
        assert_eq!(escape("a/b~c"), "a~1b~0c");
    }
}
