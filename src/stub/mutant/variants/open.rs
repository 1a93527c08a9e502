//! Requests that nobody says anything about, refused.
//!
//! Example: `empty-refused-body.instance_ids` refuses the empty list.

use serde_json::Value;

use super::derive::push;
use crate::contract::{Broken, Operation, Place, RuleId, Strength};
use crate::stub::behaviour::{Behaviour, Judging, Step};
use crate::stub::mutant::Variant;
use crate::stub::mutant::maker::invented;
use crate::stub::mutant::node::{nodes, values};
use crate::stub::offence::Offence;

/// Requests that nobody says anything about, refused.
pub(super) fn open_rules(made: &mut Vec<Variant>, operation: &Operation) {
    let is_open = |location: &str, keyword: &str| {
        let id: RuleId = operation.rule_id(location, keyword);
        operation.rule(&id).is_some_and(|rule| rule.strength == Strength::Open)
    };
    let Some(body) = &operation.body else { return };
    for node in nodes(&body.schema, &Place::body()) {
        let location = node.location();
        let mut refuse = |keyword: &str, word: &str, dislikes: fn(&Value) -> bool| {
            if !is_open(&location, keyword) {
                return;
            }
            let (place, broken) = (node.place.clone(), Broken::new(&*location, keyword));
            let step = Step::Judging(Box::new(move |judging, offences| {
                let Some(body) = judging.body.filter(|_| offences.is_empty()) else { return };
                let disliked = values(&place, body).into_iter().find(|(_, v)| dislikes(v));
                offences.extend(disliked.map(|(pointer, value)| invented(&broken, pointer, value)));
            }));
            let (id, description) =
                (format!("{word}-{location}"), format!("{location}: {}", word.replace('-', " ")));
            push(made, &id, &description, Behaviour::of(operation, vec![step]));
        };
        refuse("minLength", "empty-refused", |value| value.as_str() == Some(""));
        refuse("minItems", "empty-refused", |value| value.as_array().is_some_and(Vec::is_empty));
        refuse("controlCharacters", "control-characters-refused", |value| {
            value.as_str().is_some_and(|text| text.contains(char::is_control))
        });
        if is_open(&location, "additionalProperties") {
            let known: Vec<String> =
                node.schema.properties().iter().map(|(name, _)| (*name).to_owned()).collect();
            let (place, broken) =
                (node.place.clone(), Broken::new(&*location, "additionalProperties"));
            let step = Step::Judging(Box::new(move |judging, offences| {
                let Some(body) = judging.body.filter(|_| offences.is_empty()) else { return };
                let has_more = |value: &Value| {
                    value.as_object().is_some_and(|held| held.keys().any(|k| !known.contains(k)))
                };
                let found = values(&place, body).into_iter().find(|(_, value)| has_more(value));
                offences.extend(found.map(|(pointer, value)| invented(&broken, pointer, value)));
            }));
            let id = format!("unknown-members-refused-{location}");
            let description = format!("{location} with further members is refused");
            push(made, &id, &description, Behaviour::of(operation, vec![step]));
        }
    }
    let mut refuse_request = |keyword: &str, id: &str, dislikes: fn(&Judging<'_>) -> bool| {
        if is_open("body", keyword) {
            let broken = Broken::new("body", keyword);
            let step = Step::Judging(Box::new(move |judging, offences: &mut Vec<Offence>| {
                if offences.is_empty() && dislikes(judging) {
                    let pointer = String::new();
                    offences.push(invented(&broken, pointer, &Value::Null));
                }
            }));
            let description = id.replace('-', " ");
            push(made, id, &description, Behaviour::of(operation, vec![step]));
        }
    };
    refuse_request("size", "large-bodies-refused", |judging| judging.request.body.len() > 65_536);
    refuse_request("nesting", "deep-nesting-refused", |judging| {
        judging.request.body.windows(50).any(|part| part.iter().all(|byte| *byte == b'['))
    });
    refuse_request("hugeNumbers", "huge-numbers-refused", |judging| {
        String::from_utf8_lossy(&judging.request.body).contains("123456789012345678901234567890")
    });
    refuse_request("mediaType", "other-media-types-refused", |judging| {
        !judging.request.header("content-type").unwrap_or_default().contains("json")
    });
    if is_open("body", "byteOrderMark") {
        let step =
            Step::Reading(Box::new(|bytes, read| match bytes.strip_prefix(b"\xef\xbb\xbf") {
                Some(rest) => serde_json::from_slice(rest).map(Some).or(read),
                None => read,
            }));
        let description = "a byte-order mark is skipped";
        push(made, "byte-order-mark-skipped", description, Behaviour::of(operation, vec![step]));
    }
}
