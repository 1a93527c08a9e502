//! From a value that breaks one rule back to a valid one.

use serde_json::Value;

use super::dice::Dice;
use super::node::Node;
use super::text::Texts;
use crate::case::label::broken;
use crate::contract::{Place, Schema, Step};

/// See [`Recipe::repair`](super::Recipe::repair).
pub(super) fn repair(
    schema: &Schema,
    root: &Node,
    place: &Place,
    keyword: &str,
    value: &Value,
) -> Option<Value> {
    let found = broken(schema, value);
    let [only] = found.as_slice() else { return None };
    if only.place != *place || only.keyword != keyword {
        return None;
    }
    let steps = place.steps();
    let mut dice = Dice::seeded(0);
    let mut candidates = Vec::new();
    if keyword == "required" {
        let Some(Step::Member(name)) = steps.last() else { return None };
        let node = find(root, steps)?;
        let drawn = node.draw(Texts::Plain, &mut dice)?;
        let mut mended = value.pointer(&only.pointer)?.clone();
        mended.as_object_mut()?.insert(name.clone(), drawn);
        candidates.push(mended);
    } else {
        let node = find(root, steps)?;
        candidates.extend(shorter(node, keyword, value.pointer(&only.pointer)?));
        candidates.extend((0..128).filter_map(|_| node.draw(Texts::Plain, &mut dice)));
    }
    candidates.into_iter().find_map(|mended| {
        let mut whole = value.clone();
        *whole.pointer_mut(&only.pointer)? = mended;
        broken(schema, &whole).is_empty().then_some(whole)
    })
}

/// The offending value cut to its limit, where the rule is a limit.
fn shorter(node: &Node, keyword: &str, value: &Value) -> Option<Value> {
    let choice = node.choices.first()?;
    match (keyword, value) {
        ("maxLength", Value::String(text)) => {
            Some(text.chars().take(choice.text.max?).collect::<String>().into())
        }
        ("maxItems", Value::Array(entries)) => {
            Some(entries.iter().take(choice.list.max?).cloned().collect())
        }
        ("additionalProperties", Value::Object(members)) => {
            let mut members = members.clone();
            members.retain(|name, _| choice.members.names.contains(name));
            Some(members.into())
        }
        ("uniqueItems", Value::Array(entries)) => {
            let mut kept: Vec<Value> = Vec::new();
            for entry in entries {
                if !kept.contains(entry) {
                    kept.push(entry.clone());
                }
            }
            Some(kept.into())
        }
        _ => None,
    }
}

fn find<'n>(node: &'n Node, steps: &[Step]) -> Option<&'n Node> {
    let Some((step, rest)) = steps.split_first() else { return Some(node) };
    node.choices.iter().find_map(|choice| match step {
        Step::Items => find(choice.list.items.as_ref()?, rest),
        Step::Member(name) => find(&choice.members.member(name)?.node, rest),
    })
}
