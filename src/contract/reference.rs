//! JSON pointers and in-document references.

use std::borrow::Cow;

use serde_json::Value;

/// References may lead to references; a chain longer than this is a circle.
pub(crate) const LONGEST_CHAIN: usize = 64;

/// Members that are found by looking at each.
const FEW_MEMBERS: usize = 8;

/// Escapes one token of a JSON pointer (RFC 6901): `~` and `/`.
pub(crate) fn escape(token: &str) -> Cow<'_, str> {
    if token.contains(['~', '/']) {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token)
    }
}

/// What an escaped token of a JSON pointer stands for.
pub(crate) fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

/// The value at a JSON pointer. As `Value::pointer`, which makes two new texts of every token.
pub(crate) fn value_at<'d>(document: &'d Value, pointer: &str) -> Option<&'d Value> {
    if pointer.is_empty() {
        return Some(document);
    }
    pointer.strip_prefix('/')?.split('/').try_fold(document, |value, token| match value {
        Value::Object(members) if token.contains('~') => members.get(&*unescape(token)),
        // A look at a few names takes less than a hash of the one that is wanted.
        Value::Object(members) if members.len() <= FEW_MEMBERS => {
            members.iter().find(|(name, _)| *name == token).map(|(_, value)| value)
        }
        Value::Object(members) => members.get(token),
        Value::Array(entries) => {
            let is_index = token == "0" || !token.starts_with(['0', '+']);
            entries.get(token.parse::<usize>().ok().filter(|_| is_index)?)
        }
        _ => None,
    })
}

/// Follows `$ref` at `pointer` until something else stands there, and returns that place.
///
/// A reference that leads out of the document, nowhere or in a circle is left as it stands; the
/// loader reports those.
pub(crate) fn resolve(document: &Value, pointer: &str) -> String {
    let mut place = Cow::Borrowed(pointer);
    let mut value = value_at(document, pointer);
    for _ in 0..LONGEST_CHAIN {
        let reference = value.and_then(|value| value.get("$ref")?.as_str());
        let Some(target) = reference.and_then(target) else { break };
        let there = value_at(document, &target);
        if there.is_none() {
            break;
        }
        (place, value) = (target, there);
    }
    place.into_owned()
}

/// The JSON pointer that an in-document reference (`#/components/…`) names.
pub(crate) fn target(reference: &str) -> Option<Cow<'_, str>> {
    let fragment = reference.strip_prefix('#')?;
    let pointer = percent_encoding::percent_decode_str(fragment).decode_utf8().ok()?;
    (pointer.is_empty() || pointer.starts_with('/')).then_some(pointer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{escape, resolve, target, value_at};

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
    fn a_pointer_leads_where_json_pointers_do() {
        let document = json!({"a": [1, {"b": 2}], "c/d": {"": 3}, "0": {"01": 4}});
        for pointer in
            ["", "/a", "/a/1/b", "/a/01", "/a/+1", "/a/2", "/c~1d/", "/0/01", "/a/0/x", "a", "/x"]
        {
            assert_eq!(value_at(&document, pointer), document.pointer(pointer), "{pointer}");
        }
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
