//! What the contract leaves open, done otherwise.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::Variant;
use super::node::{any_text, values};
use super::when::{refused, value};
use crate::contract::Broken;
use crate::contract::{
    AdditionalProperties, Contract, Meaning, Operation, Place, RuleId, Strength,
};
use crate::stub::answer::{Reply, gateway, put, refused as refusal_of};
use crate::stub::behaviour::{Behaviour, Exchange, Judging, Step};
use crate::stub::delivery::Delivery;
use crate::stub::judge::{Judgement, Refusal};
use crate::stub::offence::Offence;

/// Every harmless variant of a contract's service. Those that need something which the contract
/// doesn't have (an envelope, an open rule) are left out.
pub fn variants(contract: &Contract) -> Vec<Variant> {
    let mut made = Vec::new();
    deliveries(&mut made);
    bodies(&mut made);
    timing(&mut made);
    for operation in &contract.operations {
        open_rules(&mut made, operation);
        members(&mut made, operation);
        lists(&mut made, operation);
        gateways(&mut made, operation);
    }
    let only_known = Behaviour::everywhere(Vec::new()).with_known_only();
    push(&mut made, "known-only", "only the documented identifiers exist", only_known);
    // Operations that share an open matter share its variant's name.
    let mut seen: Vec<String> = Vec::new();
    for variant in &mut made {
        let twins = seen.iter().filter(|id| **id == variant.id).count();
        seen.push(variant.id.clone());
        if twins > 0 {
            variant.id = format!("{}-{}", variant.id, twins + 1);
        }
    }
    made
}

fn push(made: &mut Vec<Variant>, id: &str, description: &str, behaviour: Behaviour) {
    made.push(Variant { id: id.to_owned(), description: description.to_owned(), behaviour });
}

fn answering(change: impl Fn(&Exchange<'_>, &mut Reply) + Send + Sync + 'static) -> Vec<Step> {
    vec![Step::Answering(Box::new(change))]
}

fn deliveries(made: &mut Vec<Variant>) {
    for (id, description, delivery) in [
        ("chunked", "answers come in chunks", Delivery::Chunked),
        ("close", "connections close behind each answer", Delivery::Close),
        (
            "silent-close",
            "connections close behind each answer, unannounced",
            Delivery::SilentClose,
        ),
        ("http-1.0", "answers end with their connection", Delivery::UntilClose),
    ] {
        let steps = answering(move |_, reply| reply.delivery = delivery);
        push(made, id, description, Behaviour::everywhere(steps).on_wire());
    }
    let steps = answering(|exchange, reply| {
        if exchange.moment.number.is_multiple_of(10) {
            reply.delivery = Delivery::SilentClose;
        }
    });
    let behaviour = Behaviour::everywhere(steps).on_wire();
    push(made, "keep-alive-close", "some connections close while they are idle", behaviour);
    let steps = answering(|exchange, reply| {
        reply.headers.push(("x-request-id", exchange.moment.number.to_string()));
        reply.headers.push(("set-cookie", "lane=blue; Path=/".to_owned()));
        reply.headers.push(("server", "any/1.0".to_owned()));
    });
    push(made, "extra-headers", "answers have more headers", Behaviour::everywhere(steps));
}

fn bodies(made: &mut Vec<Variant>) {
    let steps = answering(|_, reply| {
        if let Some(body) = value(reply) {
            reply.written = Some(format!("{body:#}\n").into_bytes());
        }
    });
    push(made, "pretty-print", "bodies are indented", Behaviour::everywhere(steps));
    let steps = answering(|_, reply| {
        if let Some(body) = value(reply) {
            reply.written = Some(escaped(&body.to_string()).into_bytes());
        }
    });
    push(made, "escaped", "what is not ASCII is escaped", Behaviour::everywhere(steps));
    for (id, parameter) in
        [("charset", "; charset=utf-8"), ("charset-upper-case", ";charset=UTF-8")]
    {
        let steps = answering(move |_, reply| {
            if let Some((media_type, _)) = &mut reply.body {
                media_type.push_str(parameter);
            }
        });
        push(made, id, "the media type names its charset", Behaviour::everywhere(steps));
    }
    let steps = answering(|_, reply| {
        if let Some(Value::Object(members)) = value(reply) {
            let reversed = members.iter().rev().map(|(name, held)| (name.clone(), held.clone()));
            *members = reversed.collect();
        }
    });
    push(made, "member-order", "members come in another order", Behaviour::everywhere(steps));
}

/// Everything that isn't ASCII as escapes of UTF-16 units.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string never fails.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

fn timing(made: &mut Vec<Variant>) {
    let steps = answering(|exchange, reply| {
        reply.pause = Duration::from_millis(2 + exchange.moment.number as u64 % 9);
    });
    push(made, "slow", "every answer takes some milliseconds", Behaviour::everywhere(steps));
    let steps = answering(|exchange, reply| {
        if exchange.moment.number <= 3 {
            reply.pause = Duration::from_millis(200);
        }
    });
    push(made, "slow-start", "the first answers take long", Behaviour::everywhere(steps));
    for (id, status) in [("load-shedding", 503), ("throttling", 429)] {
        let steps = answering(move |exchange, reply| {
            if exchange.moment.number.is_multiple_of(23) {
                *reply = Reply {
                    status,
                    headers: vec![("retry-after", "0".to_owned())],
                    body: None,
                    written: None,
                    ..reply.clone()
                };
            }
        });
        let description = format!("now and then a request is turned away with {status}");
        push(made, id, &description, Behaviour::everywhere(steps));
    }
}

/// Requests that nobody says anything about, refused.
fn open_rules(made: &mut Vec<Variant>, operation: &Operation) {
    let is_open = |location: &str, keyword: &str| {
        let id: RuleId = operation.rule_id(location, keyword);
        operation.rule(&id).is_some_and(|rule| rule.strength == Strength::Open)
    };
    let Some(body) = &operation.body else { return };
    for node in super::node::nodes(&body.schema, &Place::body()) {
        let location = node.location();
        let mut refuse = |keyword: &str, word: &str, dislikes: fn(&Value) -> bool| {
            if !is_open(&location, keyword) {
                return;
            }
            let (place, broken) = (node.place.clone(), Broken::new(&*location, keyword));
            let step = Step::Judging(Box::new(move |judging, offences| {
                let Some(body) = judging.body.filter(|_| offences.is_empty()) else { return };
                let disliked = values(&place, body).into_iter().find(|(_, v)| dislikes(v));
                offences.extend(
                    disliked
                        .map(|(pointer, value)| super::maker::invented(&broken, pointer, value)),
                );
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
                offences.extend(
                    found.map(|(pointer, value)| super::maker::invented(&broken, pointer, value)),
                );
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
                    offences.push(super::maker::invented(&broken, pointer, &Value::Null));
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

/// Members that nobody documents, other texts, members that are open in refusals.
fn members(made: &mut Vec<Variant>, operation: &Operation) {
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
fn lists(made: &mut Vec<Variant>, operation: &Operation) {
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

/// A gateway in front of the service, and codes that are tolerated.
fn gateways(made: &mut Vec<Variant>, operation: &Operation) {
    let Some(envelope) = operation.envelope.clone() else { return };
    if gateway(&envelope, 401).is_some() {
        for status in [401, 404, 429, 494] {
            let envelope = envelope.clone();
            let steps = answering(move |exchange, reply| {
                if exchange.moment.number % 61 == 30
                    && let Some(answer) = gateway(&envelope, status)
                {
                    *reply = answer;
                }
            });
            let id = format!("gateway-{status}-now-and-then");
            let description = format!("now and then the gateway answers {status}");
            push(made, &id, &description, Behaviour::of(operation, steps));
        }
        let front = envelope.clone();
        let steps = answering(move |exchange, reply| {
            if exchange.request.body.len() > 65_536
                && let Some(answer) = gateway(&front, 413)
            {
                *reply = answer;
            }
        });
        let description = "the gateway refuses bodies over 64 KiB";
        push(made, "gateway-413", description, Behaviour::of(operation, steps));
    }
    let shared = operation.clone();
    let steps = answering(move |exchange, reply| {
        if matches!(exchange.judgement, Judgement::Refused(Refusal::Unauthenticated(_))) {
            *reply = refusal_of(&shared, &Refusal::BadParameter(Broken::new("body", "type")));
        }
    });
    if !operation.credentials.is_empty() {
        let description = "callers are refused in the service's own envelope";
        push(made, "refusing-callers-itself", description, Behaviour::of(operation, steps));
    }
    let unknown = envelope.codes.iter().filter(|code| code.meaning == Meaning::Unknown);
    for code in unknown.cloned() {
        let (pointer, id) = (envelope.code.pointer().to_owned(), format!("unknown-{}", code.code));
        let steps = answering(move |exchange, reply| {
            if matches!(exchange.judgement, Judgement::Refused(Refusal::Unknown(_)))
                && let Some(body) = value(reply)
            {
                put(body, &pointer, json!(code.code));
            }
        });
        let behaviour = Behaviour::of(operation, steps).with_known_only();
        push(made, &id, "only the documented identifiers exist", behaviour);
    }
    let steps = vec![Step::Judging(Box::new(|judging, offences| {
        // What is beyond a reader is refused as a whole.
        let is_odd = judging.body.is_some_and(|body| any_text(body, &|text| text.contains('\0')));
        if is_odd && offences.is_empty() {
            let broken = Broken::new("body", "syntax");
            offences.push(super::maker::invented(&broken, String::new(), &Value::Null));
        }
    }))];
    push(made, "nul-refused", "texts with NUL are refused", Behaviour::of(operation, steps));
}
