//! Bodies that are no JSON, or barely, and are let through.
//!
//! Example: `body/syntax/trailing-comma-allowed` takes `[1,]` for `[1]`.

use serde_json::{Map, Value};

use super::Family;
use super::maker::Maker;
use crate::contract::Step as Way;
use crate::stub::behaviour::{Read, Step};

/// Makes JSON of a text that is none.
type Mend = (&'static str, &'static str, fn(&str) -> String);

const MENDS: [Mend; 6] = [
    ("trailing-comma-allowed", "a comma may stand before a closing bracket", |text| {
        text.replace(",}", "}").replace(",]", "]")
    }),
    ("truncated-allowed", "what is missing at the end is added", closed),
    ("single-quotes-allowed", "texts may stand in single quotes", |text| text.replace('\'', "\"")),
    ("comments-allowed", "comments are skipped", without_comments),
    ("missing-comma-allowed", "members may stand without a comma in between", |text| {
        text.replace("\" \"", "\",\"").replace("] \"", "],\"")
    }),
    ("unquoted-names-allowed", "names of members may stand without quotes", quoted),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    let Some(body) = &maker.operation.body else { return };
    let mut reading = |keyword: &str, operator: &str, description: &str, step| {
        maker.add(Family::RequestRules, ("body", keyword), operator, description, step);
    };
    if body.required {
        reading(
            "required",
            "dropped",
            "a request without a body is accepted",
            of(|bytes, read| if bytes.is_empty() { Ok(None) } else { read }),
        );
    }
    reading(
        "syntax",
        "dropped",
        "a body that is no JSON is accepted",
        of(|bytes, read| if bytes.is_empty() { read } else { read.or(Ok(None)) }),
    );
    reading(
        "required",
        "blank-allowed",
        "a body of white space is taken for none",
        of(|bytes, read| {
            let is_blank = !bytes.is_empty() && bytes.iter().all(u8::is_ascii_whitespace);
            if is_blank { Ok(None) } else { read }
        }),
    );
    for (operator, description, mend) in MENDS {
        reading(
            "syntax",
            operator,
            description,
            of(move |bytes, read| {
                let mended = |broken| {
                    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty());
                    let value = text.and_then(|text| serde_json::from_str(&mend(text)).ok());
                    value.map(Some).ok_or(broken)
                };
                read.or_else(mended)
            }),
        );
    }
    let description = "what follows the body's JSON value is ignored";
    reading(
        "trailingBytes",
        "ignored",
        description,
        of(|bytes, read| {
            let first = || serde_json::Deserializer::from_slice(bytes).into_iter().next();
            read.or_else(|broken| match first() {
                Some(Ok(value @ (Value::Object(_) | Value::Array(_)))) => Ok(Some(value)),
                _ => Err(broken),
            })
        }),
    );
    reading(
        "utf8",
        "replaced",
        "bytes that are no UTF-8 are replaced",
        of(|bytes, read| {
            let text = String::from_utf8_lossy(bytes);
            read.or_else(|broken| serde_json::from_str(&text).map(Some).map_err(|_| broken))
        }),
    );
    duplicates(maker);
}

/// A member that stands twice is judged by its first value, or not at all.
fn duplicates(maker: &mut Maker<'_>) {
    let rule = ("body", "duplicateMembers");
    let description = "members that stand twice are not looked at";
    maker.judging(rule, "not-enforced", description, |judging, offences| {
        let twice = twice(&judging.request.body);
        offences.retain(|held| !twice.iter().any(|(name, _)| begins(&held.pointer, name)));
    });
    // What is used can be told only where answers speak of it.
    let is_told = maker.operation.relations.iter().any(|relation| {
        maker.nodes.iter().any(|node| {
            node.place.steps().first().is_some_and(
                |way| matches!(way, Way::Member(name) if begins(relation.asked.pointer(), name)),
            ) && node.schema.max_length().is_some()
        })
    });
    if is_told {
        let description = "of two members with one name the first is judged and the last is used";
        maker.judging(rule, "first-judged-last-used", description, |judging, offences| {
            let twice = twice(&judging.request.body);
            let Some(Value::Object(members)) = judging.body.filter(|_| !twice.is_empty()) else {
                return;
            };
            let mut first = members.clone();
            first.extend(twice);
            *offences = (judging.broken_by)(&Value::Object(first));
        });
    }
}

fn begins(pointer: &str, name: &str) -> bool {
    pointer.strip_prefix('/').is_some_and(|rest| rest.split('/').next() == Some(name))
}

/// The members of the body's object that stand twice, each with its first value.
fn twice(bytes: &[u8]) -> Map<String, Value> {
    let Ok(Members(members)) = serde_json::from_slice(bytes) else { return Map::new() };
    let mut twice = Map::new();
    for (index, (name, value)) in members.iter().enumerate() {
        if members[index + 1..].iter().any(|(other, _)| other == name) {
            twice.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    twice
}

/// The members of an object as written, doubles included.
struct Members(Vec<(String, Value)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

fn of(read: impl Fn(&[u8], Read) -> Read + Send + Sync + 'static) -> Step {
    Step::Reading(Box::new(read))
}

/// The text with the quotes and brackets closed that are open at its end.
fn closed(text: &str) -> String {
    let mut open = Vec::new();
    let (mut in_text, mut escaped) = (false, false);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '{' if !in_text => open.push('}'),
            '[' if !in_text => open.push(']'),
            '}' | ']' if !in_text => {
                open.pop();
            }
            _ => {}
        }
    }
    let mut text = text.to_owned();
    if in_text {
        text.push('"');
    }
    text.extend(open.iter().rev());
    text
}

fn without_comments(text: &str) -> String {
    match (text.find("/*"), text.find("*/")) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{}", &text[..start], &text[end + 2..])
        }
        _ => text.to_owned(),
    }
}

/// The text with quotes around the first member's name, where it has none.
fn quoted(text: &str) -> String {
    match (text.strip_prefix('{'), text.find(':')) {
        (Some(rest), Some(colon)) if !rest.starts_with('"') => {
            format!("{{\"{}\"{}", &text[1..colon], &text[colon..])
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{closed, quoted, twice, without_comments};
    use crate::stub::mutant::wrong::{asking, is_wrong};

    #[test]
    fn what_is_no_json_is_mended() {
        assert_eq!(closed(r#"{"a":["b\"]"#), r#"{"a":["b\"]"]}"#);
        assert_eq!(quoted("{a:1}"), r#"{"a":1}"#);
        assert_eq!(without_comments("{/* a */}"), "{}");
        assert_eq!(twice(br#"{"a":1,"b":2,"a":3}"#)["a"], json!(1));
    }

    #[test]
    fn a_comma_too_many_is_let_through_and_a_half_body_is_not() {
        let id = "body/syntax/trailing-comma-allowed";
        assert!(is_wrong(id, &[asking(r#"{"user_id":"u","instance_ids":["a",]}"#)]));
        assert!(!is_wrong(id, &[asking(r#"{"user_id":"u","#)]));
    }
}
