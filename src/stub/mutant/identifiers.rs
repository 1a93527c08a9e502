//! Identifiers that are refused for the wrong reason, and lists with equal entries.
//!
//! Example: `body.user_id/unknown/refused-as-bad` calls a user that doesn't exist a bad parameter.

use serde_json::Value;

use super::maker::Maker;
use super::node::values;

pub(super) fn add(maker: &mut Maker<'_>) {
    let operation = maker.operation;
    for node in maker.nodes.clone() {
        let location = node.location();
        if let Some(identifier) = operation.identifier_at(&location) {
            let known = identifier.known.clone();
            let place = node.place.clone();
            let description = format!("an unknown {location} is refused as a bad parameter");
            let rule = (&*location, "unknown");
            maker.refusing(rule, "refused-as-bad", description, move |judging| {
                judging.body.is_some_and(|body| {
                    let is_known = |value: &Value| known.iter().any(|k| value == k.as_str());
                    values(&place, body).iter().any(|(_, value)| !is_known(value))
                })
            });
        }
        if let Some(most) = node.schema.max_items() {
            let place = node.place.clone();
            let description = format!("{location} with equal entries is refused where it is full");
            let rule = (&*location, "duplicates");
            maker.refusing(rule, "refused-in-full-lists", description, move |judging| {
                let lists = judging.body.map(|body| values(&place, body)).unwrap_or_default();
                let sizes = |list: &Value| list.as_array().map_or(0, Vec::len);
                lists.iter().any(|(_, list)| sizes(list) >= most && has_duplicates(list))
            });
        }
        let place = node.place.clone();
        let description = format!("{location} with equal entries is refused");
        let rule = (&*location, "duplicates");
        maker.refusing(rule, "refused", description, move |judging| {
            judging.body.is_some_and(|body| {
                values(&place, body).iter().any(|(_, list)| has_duplicates(list))
            })
        });
    }
}

fn has_duplicates(list: &Value) -> bool {
    let entries = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut seen: Vec<String> = entries.iter().map(Value::to_string).collect();
    seen.sort_unstable();
    seen.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking_for, is_wrong};

    #[test]
    fn equal_entries_are_refused_and_different_ones_are_not() {
        let id = "body.instance_ids/duplicates/refused";
        assert!(is_wrong(id, &[asking_for("u", &["a", "a"])]));
        assert!(!is_wrong(id, &[asking_for("u", &["a", "b"])]));
    }
}
