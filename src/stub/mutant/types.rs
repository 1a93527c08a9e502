//! Values of another type that are let through.
//!
//! Example: `body.user_id/type/null-allowed` takes null for a text.

use serde_json::Value;

use super::maker::Maker;

/// The operator, what it lets through in words, and whether a value is that.
type Kind = (&'static str, &'static str, fn(&Value) -> bool);

const KINDS: [Kind; 6] = [
    ("null-allowed", "null", Value::is_null),
    ("number-allowed", "a number", Value::is_number),
    ("boolean-allowed", "true or false", Value::is_boolean),
    ("text-allowed", "a text", Value::is_string),
    ("list-allowed", "a list", Value::is_array),
    ("object-allowed", "an object", Value::is_object),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for node in maker.nodes.clone() {
        let types = node.schema.types();
        if types.is_empty() || node.is_listed() {
            continue;
        }
        let names = ["null", "number", "boolean", "string", "array", "object"];
        let location = node.location();
        for ((operator, what, is_kind), name) in KINDS.into_iter().zip(names) {
            let is_documented =
                types.contains(&name) || (name == "number" && types.contains(&"integer"));
            if is_documented {
                continue;
            }
            let description = format!("{location} may be {what}");
            let rule = (&*location, "type");
            maker.forgiving(rule, operator, description, move |_, held| is_kind(&held.value));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking, is_wrong};

    #[test]
    fn null_is_taken_and_a_number_is_not() {
        let id = "body.user_id/type/null-allowed";
        assert!(is_wrong(id, &[asking(r#"{"user_id":null,"instance_ids":["a"]}"#)]));
        assert!(!is_wrong(id, &[asking(r#"{"user_id":5,"instance_ids":["a"]}"#)]));
    }
}
