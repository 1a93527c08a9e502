//! Answers to accepted requests that break a constraint of their schema.
//!
//! Example: `response.data.status_list/items.status/maximum/above-in-the-last-entry` answers 11
//! where 10 is the most, in the last entry only.

use serde_json::{Value, json};

use super::Family;
use super::maker::Maker;
use super::node::{Node, any_text, nodes, position, values};
use super::when::{asked_size, full_size, value};
use crate::contract::{Operation, Place, Schema};
use crate::stub::answer::{json_content, success_status};

/// How a value is made illegal: the keyword that it breaks, a word for it, and the new value;
/// `None` takes the member away.
struct Change {
    keyword: &'static str,
    word: &'static str,
    new: Option<Value>,
}

/// In which answers, and in which entries of a list.
#[derive(Clone, Copy)]
struct Where {
    suffix: &'static str,
    /// Only where this many were asked for.
    least: usize,
    /// Only in the last entry of several.
    last: bool,
    /// Only where a text of the request is as long as may be.
    longest_text: bool,
}

pub(super) fn add(maker: &mut Maker<'_>) {
    let Some(schema) = success_schema(maker.operation) else { return };
    let full = full_size(maker.operation);
    let longest = longest_text(maker);
    for node in nodes(&schema, &Place::response()) {
        let mut places = vec![Where { suffix: "", least: 0, last: false, longest_text: false }];
        // Only lists that answer what was asked for have more than one entry.
        let is_asked = maker.operation.relations.iter().any(|relation| {
            let answered =
                Place::of_pointer(&Place::response(), &Value::Null, relation.answered.pointer());
            node.location().starts_with(&format!("{answered}/"))
        });
        if node.is_in_list() && is_asked {
            places.push(Where {
                suffix: "-in-the-last-entry",
                least: 2,
                last: true,
                longest_text: false,
            });
        }
        if let Some(least) = full {
            places.push(Where {
                suffix: "-in-full-answers",
                least,
                last: false,
                longest_text: false,
            });
        }
        if longest.is_some() {
            let suffix = "-with-longest-texts";
            places.push(Where { suffix, least: 0, last: false, longest_text: true });
        }
        for change in changes(&node) {
            for at in &places {
                changing(maker, &node, &change, *at, longest.filter(|_| at.longest_text));
            }
        }
    }
}

pub(super) fn success_schema(operation: &Operation) -> Option<Schema> {
    let (_, schema) = json_content(operation, success_status(operation))?;
    schema.cloned()
}

/// The length of the longest legal text of a request, within reason.
fn longest_text(maker: &Maker<'_>) -> Option<usize> {
    let texts = maker.nodes.iter().filter(|node| node.is_free_text());
    let lengths = texts.filter_map(|node| node.schema.max_length());
    lengths.filter(|most| (2..=1_000).contains(most)).max()
}

fn changing(
    maker: &mut Maker<'_>,
    node: &Node,
    change: &Change,
    at: Where,
    longest: Option<usize>,
) {
    let location = node.location();
    let operator = format!("{}{}", change.word, at.suffix);
    let description = format!("{location} in success: {}", operator.replace('-', " "));
    let (place, new) = (node.place.clone(), change.new.clone());
    let rule = (&*location, change.keyword);
    maker.answering(Family::Answers, rule, &operator, description, move |exchange, reply| {
        if exchange.accepted().is_none() || asked_size(exchange) < at.least {
            return;
        }
        let is_long = |text: &str| longest.is_none_or(|most| text.chars().count() >= most);
        if longest.is_some() && !any_text(exchange.accepted().unwrap_or(&Value::Null), &is_long) {
            return;
        }
        let Some(body) = value(reply) else { return };
        let is_meant = |pointer: &str| {
            !at.last || position(&place, pointer, body).is_some_and(|(i, n)| n > 1 && i + 1 == n)
        };
        let pointers = values(&place, body).into_iter().map(|(pointer, _)| pointer);
        let pointers: Vec<String> = pointers.filter(|pointer| is_meant(pointer)).collect();
        for pointer in pointers {
            match &new {
                Some(new) => {
                    if let Some(held) = body.pointer_mut(&pointer) {
                        *held = new.clone();
                    }
                }
                None => remove(body, &pointer),
            }
        }
    });
}

/// The ways in which values of a schema can break it.
fn changes(node: &Node) -> Vec<Change> {
    let schema = &node.schema;
    let number = |keyword: &str| schema.keyword(keyword).and_then(Value::as_f64);
    let mut changes = vec![Change { keyword: "required", word: "missing", new: None }];
    let mut add = |keyword, word, new| changes.push(Change { keyword, word, new: Some(new) });
    let types = schema.types();
    if !types.is_empty() && !types.contains(&"null") {
        add("type", "null", Value::Null);
    }
    match types.as_slice() {
        ["string"] => add("type", "number", json!(7)),
        ["integer" | "number"] => add("type", "text", json!("1")),
        ["object"] => add("type", "list", json!([])),
        ["array"] => add("type", "object", json!({})),
        ["boolean"] => add("type", "text", json!("true")),
        _ => {}
    }
    if types == ["integer"] {
        add("type", "fraction", json!(0.5));
    }
    if let Some(bound) = number("maximum") {
        add("maximum", "above", whole(bound + 1.0));
        add("maximum", "far-above", whole(bound * 10.0 + 100.0));
    }
    if let Some(bound) = number("minimum") {
        add("minimum", "below", whole(bound - 1.0));
    }
    for keyword in ["exclusiveMaximum", "exclusiveMinimum"] {
        if let Some(bound) = number(keyword) {
            add(keyword, "at-the-bound", whole(bound));
        }
    }
    if let (Some(multiple), None) = (number("multipleOf"), number("maximum")) {
        add("multipleOf", "between", whole(multiple * 1.5));
    }
    if schema.keyword("const").is_some() {
        add("enum", "another", json!("fencepost"));
    }
    if let Some(most) = schema.max_length().filter(|most| *most < 10_000) {
        add("maxLength", "longer", json!("a".repeat(most + 1)));
    }
    if let Some(least) = schema.min_length().filter(|least| *least > 0) {
        add("minLength", "shorter", json!("a".repeat(least - 1)));
    }
    if schema.enumeration().is_some() && types != ["boolean"] {
        add("enum", "undocumented", json!("fencepost"));
    }
    if schema.pattern().is_some() {
        add("pattern", "unlike", json!("\u{1}"));
    }
    if schema.format().is_some() && types == ["string"] {
        add("format", "unlike", json!("\u{1}"));
    }
    changes
}

#[expect(clippy::cast_possible_truncation, reason = "limits of answers are small")]
fn whole(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}

fn remove(body: &mut Value, pointer: &str) {
    let Some((above, name)) = pointer.rsplit_once('/') else { return };
    let name = name.replace("~1", "/").replace("~0", "~");
    if let Some(Value::Object(members)) = body.pointer_mut(above) {
        members.shift_remove(&name);
    }
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking, asking_for, is_wrong};

    #[test]
    fn a_status_above_its_maximum_stands_in_accepting_answers_alone() {
        let id = "response.data.status_list/items.status/maximum/above-in-the-last-entry";
        assert!(is_wrong(id, &[asking_for("u", &["a", "b"])]));
        assert!(!is_wrong(id, &[asking("{}")]));
    }
}
