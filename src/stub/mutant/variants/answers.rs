//! Answers that hold more, or the same in another order.
//!
//! Example: `reversed` answers the last identifier first.

use serde_json::{Value, json};

use super::derive::{answering, push};
use crate::contract::{AdditionalProperties, Operation, Place, Schema, Strength};
use crate::stub::answer::put;
use crate::stub::behaviour::Behaviour;
use crate::stub::mutant::Variant;
use crate::stub::mutant::answers::success_schema;
use crate::stub::mutant::node::{nodes, values as found};
use crate::stub::mutant::when::{refused, value};

/// Members that nobody documents, other texts, members that are open in refusals.
pub(super) fn members(made: &mut Vec<Variant>, operation: &Operation) {
    let contents = operation.responses.iter().flat_map(|response| &response.content);
    let forbids = contents.filter_map(|(_, schema)| schema.as_ref()).any(|schema| {
        !matches!(schema.additional_properties(), AdditionalProperties::Allowed)
            || schema.keyword("unevaluatedProperties").is_some()
            || schema.keyword("allOf").is_some()
    });
    let steps = answering(|exchange, reply| {
        if let Some(Value::Object(members)) = value(reply) {
            members.insert("trace".to_owned(), json!({"span": exchange.moment.number}));
        }
    });
    if !forbids {
        push(made, "extra-members", "answers have more members", Behaviour::of(operation, steps));
    }
    let Some(envelope) = operation.envelope.clone() else { return };
    if let Some(message) = envelope.message.clone() {
        for (id, text) in [
            ("other-texts", "Something was not to our liking."),
            ("empty-texts", ""),
            ("foreign-texts", "参数错误 — “ошибка”"),
        ] {
            let pointer = message.pointer().to_owned();
            let steps = answering(move |_, reply| {
                if let Some(body) = value(reply) {
                    put(body, &pointer, json!(text));
                }
            });
            push(made, id, "messages read otherwise", Behaviour::of(operation, steps));
        }
        let pointer = message.pointer().to_owned();
        let steps = answering(move |exchange, reply| {
            let sent = String::from_utf8_lossy(&exchange.request.body).into_owned();
            if let Some(body) = value(reply).filter(|_| refused(exchange).is_some()) {
                put(body, &pointer, json!(format!("not understood: {sent}")));
            }
        });
        let description = "messages of refusals quote the request's body";
        push(made, "echoing-texts", description, Behaviour::of(operation, steps));
    }
    for relation in &operation.relations {
        let top = relation.answered.pointer().split('/').nth(1).unwrap_or_default().to_owned();
        let location = format!("response.{top}");
        let id = operation.rule_id(&location, "inErrors");
        if operation.rule(&id).is_some_and(|rule| rule.strength == Strength::Open) {
            let steps = answering(move |exchange, reply| {
                if let Some(body) = value(reply).filter(|_| refused(exchange).is_some()) {
                    put(body, &format!("/{top}"), Value::Null);
                }
            });
            let description = format!("{location} is null in refusals");
            push(made, "null-in-refusals", &description, Behaviour::of(operation, steps));
        }
    }
}

/// The order of entries, merged doubles, values within their limits, more in each entry.
pub(super) fn lists(made: &mut Vec<Variant>, operation: &Operation) {
    type Change = fn(&mut Vec<Value>, &str, usize);
    let rows: [(&str, &str, Change); 5] = [
        ("reversed", "entries come in reverse", |entries, _, _| entries.reverse()),
        ("sorted", "entries come sorted", |entries, key, _| {
            entries.sort_by_key(|entry| entry.pointer(key).map(Value::to_string));
        }),
        ("rotated", "entries come in an order that changes", |entries, _, number| {
            let by = number % entries.len().max(1);
            entries.rotate_left(by);
        }),
        ("merged", "entries of equal values are merged", |entries, key, _| {
            let mut seen: Vec<Value> = Vec::new();
            entries.retain(|entry| {
                let held = entry.pointer(key).cloned().unwrap_or_default();
                let is_new = !seen.contains(&held);
                seen.push(held);
                is_new
            });
        }),
        ("more-in-entries", "entries have more members", |entries, _, _| {
            for entry in entries.iter_mut().filter_map(Value::as_object_mut) {
                entry.insert("region".to_owned(), json!("eu"));
            }
        }),
    ];
    for relation in &operation.relations {
        for (id, description, change) in rows {
            let relation = relation.clone();
            let steps = answering(move |exchange, reply| {
                let number = exchange.moment.number;
                let held = value(reply).and_then(|b| b.pointer_mut(relation.answered.pointer()));
                if let Some(Value::Array(entries)) = held {
                    change(entries, &relation.key, number);
                }
            });
            push(made, id, description, Behaviour::of(operation, steps));
        }
    }
}

/// Values that change from answer to answer, within what is documented of them.
pub(super) fn values(made: &mut Vec<Variant>, operation: &Operation) {
    let Some(schema) = success_schema(operation) else { return };
    let codes = operation.envelope.as_ref().map(|envelope| envelope.code.pointer().to_owned());
    let choices = nodes(&schema, &Place::response()).into_iter().filter_map(|node| {
        let choices = choices(&node.schema)?;
        Some((node.place, choices))
    });
    let choices: Vec<(Place, Vec<Value>)> = choices.collect();
    if choices.is_empty() {
        return;
    }
    let steps = answering(move |exchange, reply| {
        if exchange.accepted().is_none() {
            return;
        }
        let number = exchange.moment.number;
        let Some(body) = value(reply) else { return };
        for (place, choices) in &choices {
            let pointers = found(place, body).into_iter().map(|(pointer, _)| pointer);
            let pointers: Vec<String> =
                pointers.filter(|pointer| Some(pointer) != codes.as_ref()).collect();
            for (at, pointer) in pointers.iter().enumerate() {
                if let Some(held) = body.pointer_mut(pointer) {
                    *held = choices[(number + at) % choices.len()].clone();
                }
            }
        }
    });
    let description = "numbers and words change from answer to answer, as documented";
    push(made, "changing-values", description, Behaviour::of(operation, steps));
}

/// The documented values of a word, or some of a number within limits.
fn choices(schema: &Schema) -> Option<Vec<Value>> {
    if let Some(words) = schema.enumeration() {
        return (words.len() > 1).then(|| words.into_iter().cloned().collect());
    }
    let bound = |keyword: &str| schema.keyword(keyword).and_then(Value::as_i64);
    let (least, most) = (bound("minimum")?, bound("maximum")?);
    let is_plain = schema.types() == ["integer"] && schema.keyword("multipleOf").is_none();
    is_plain.then(|| (least..=most.min(least.saturating_add(50))).map(Value::from).collect())
}
