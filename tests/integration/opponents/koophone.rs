//! `POST /v1/instances/prepare` by hand.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Value, json};

use super::server::Seen;
use super::traits::{Asked, Duplicates, Entries, Lax, Limit, Reason, Traits, Unit};
use super::wire::Reply;

/// The documented path.
pub(crate) const PATH: &str = "/v1/instances/prepare";

/// Answers a request in the way of `traits`.
pub(crate) fn answer(traits: &Traits, seen: &Seen) -> Reply {
    if let Some(reply) = (traits.front)(seen).or_else(|| (traits.misrouted)(seen)) {
        return reply;
    }
    if !(traits.authentic)(seen.raw_header("x-auth-token"), seen) {
        return (traits.unauthenticated)(seen);
    }
    let mut reply = match read(traits, seen) {
        Ok(asked) => {
            let mut reply = accepted(&asked);
            (traits.success)(&mut reply, seen, &asked);
            reply
        }
        Err(reason) => {
            let (status, code) = (traits.refuse)(reason);
            let message = format!("refused: {reason:?}");
            let mut reply = Reply::json(status, json!({"error_code": code, "error_msg": message}));
            (traits.refusal)(&mut reply, seen, reason);
            reply
        }
    };
    (traits.every)(&mut reply, seen);
    reply
}

/// Equal ids are answered once; each kind of instance is in a state of its own.
fn accepted(asked: &Asked) -> Reply {
    let mut answered = HashSet::new();
    let entries: Vec<Value> = asked
        .instance_ids
        .iter()
        .filter(|id| answered.insert(id.as_str()))
        .map(|id| json!({"status": id.len() % 11, "instance_id": id}))
        .collect();
    Reply::json(
        200,
        json!({"error_code": "0", "error_msg": "success", "data": {"status_list": entries}}),
    )
}

fn read(traits: &Traits, seen: &Seen) -> Result<Asked, Reason> {
    let (checked, asked) = members(traits, &seen.body)?;
    let checked = check(traits, seen, &checked)?;
    let asked = if asked.is_empty() { checked } else { unchecked(&asked) };
    if (traits.dislikes)(seen) || (traits.dislikes_asked)(&asked) {
        return Err(Reason::Disliked);
    }
    Ok(asked)
}

type Named = Vec<(String, Value)>;

/// The members to check, and those to use where they are others.
fn members(traits: &Traits, body: &[u8]) -> Result<(Named, Named), Reason> {
    if body.is_empty() && traits.allows(Lax::BodyMissing) {
        return Ok((plain(), Named::new()));
    }
    let text = std::str::from_utf8(body).map_err(|_| Reason::Syntax)?;
    let mut text = Cow::Borrowed(text);
    if serde_json::from_str::<IgnoredAny>(&text).is_err() {
        text = (traits.mend)(&text).ok_or(Reason::Syntax)?.into();
    }
    let found = match serde_json::from_str(&text) {
        Ok(Members(found)) => found,
        Err(_) if traits.allows(Lax::BodyType) => return Ok((plain(), Named::new())),
        Err(error) if error.is_data() => return Err(Reason::Mistyped),
        Err(_) => return Err(Reason::Syntax),
    };
    let mut names = HashSet::new();
    if found.iter().all(|(name, _)| names.insert(name.clone())) {
        return Ok((found, Named::new()));
    }
    match traits.duplicates {
        Duplicates::Refused => Err(Reason::Syntax),
        Duplicates::FirstCheckedLastUsed => {
            let mut last = found.clone();
            last.reverse();
            Ok((found, last))
        }
    }
}

/// What a request without any members counts as, where it is let through.
fn plain() -> Named {
    vec![("user_id".into(), json!("anyone")), ("instance_ids".into(), json!(["any"]))]
}

fn check(traits: &Traits, seen: &Seen, members: &Named) -> Result<Asked, Reason> {
    let is_named = |held: &str, name: &str| {
        held == name || (traits.allows(Lax::NameCase) && held.eq_ignore_ascii_case(name))
    };
    let member = |name| members.iter().find(|(held, _)| is_named(held, name)).map(|(_, v)| v);
    let user_id = match member("user_id") {
        Some(Value::String(text)) => text.clone(),
        None if traits.allows(Lax::UserIdMissing) => String::new(),
        Some(Value::Null) if traits.allows(Lax::UserIdNull) => String::new(),
        Some(Value::Number(number)) if traits.allows(Lax::UserIdNumber) => number.to_string(),
        None => return Err(Reason::Missing),
        Some(_) => return Err(Reason::Mistyped),
    };
    let instance_ids = match member("instance_ids") {
        Some(Value::Array(entries)) => {
            entries.iter().map(|entry| entry_text(traits, entry)).collect::<Result<_, _>>()?
        }
        None if traits.allows(Lax::InstanceIdsMissing) => Vec::new(),
        Some(Value::Null) if traits.allows(Lax::InstanceIdsNull) => Vec::new(),
        Some(Value::String(text)) if traits.allows(Lax::InstanceIdsText) => vec![text.clone()],
        None => return Err(Reason::Missing),
        Some(_) => return Err(Reason::Mistyped),
    };
    let asked = Asked { user_id, instance_ids };
    if traits.known_first {
        exist(traits, &asked)?;
    }
    within_limits(traits, seen, &asked)?;
    exist(traits, &asked)?;
    Ok(asked)
}

fn entry_text(traits: &Traits, entry: &Value) -> Result<String, Reason> {
    match entry {
        Value::String(text) => Ok(text.clone()),
        Value::Null if traits.allows(Lax::EntryNull) => Ok("null".into()),
        Value::Number(number) if traits.allows(Lax::EntryNumber) => Ok(number.to_string()),
        Value::Bool(truth) if traits.allows(Lax::EntryBoolean) => Ok(truth.to_string()),
        _ => Err(Reason::Mistyped),
    }
}

fn within_limits(traits: &Traits, seen: &Seen, asked: &Asked) -> Result<(), Reason> {
    let ids = &asked.instance_ids;
    let count =
        if traits.count_distinct { ids.iter().collect::<HashSet<_>>().len() } else { ids.len() };
    if (traits.count)(count) > traits.max_items {
        return Err(Reason::TooMany);
    }
    let looked_at = match traits.entries {
        Entries::All => ids.len(),
        Entries::First => 1,
        Entries::ButLast => ids.len().max(2) - 1,
        Entries::FirstHalf => ids.len().div_ceil(2),
    };
    let too_long = over(traits.user_id, &asked.user_id)
        || ids.iter().take(looked_at).any(|id| over(traits.entry, id));
    if too_long && !(traits.any_length)(seen, asked) { Err(Reason::TooLong) } else { Ok(()) }
}

fn over(limit: Limit, text: &str) -> bool {
    let measured = match limit.unit {
        Unit::CodePoints => text.chars().count(),
        Unit::Bytes => text.len(),
        Unit::Utf16 => text.encode_utf16().count(),
        Unit::Trimmed => text.trim().chars().count(),
        Unit::Ascii => text.chars().filter(char::is_ascii).count(),
    };
    measured > limit.max
}

fn exist(traits: &Traits, asked: &Asked) -> Result<(), Reason> {
    let exists = |known: &[&str], id: &String| known.is_empty() || known.contains(&id.as_str());
    let all = exists(traits.users, &asked.user_id)
        && asked.instance_ids.iter().all(|id| exists(traits.known, id));
    if all { Ok(()) } else { Err(Reason::Unknown) }
}

/// What is asked for, taken without any check.
fn unchecked(members: &Named) -> Asked {
    let member = |name| members.iter().find(|(held, _)| held == name).map(|(_, value)| value);
    let texts = member("instance_ids").and_then(Value::as_array).into_iter().flatten();
    Asked {
        user_id: member("user_id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        instance_ids: texts.filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

/// The members of an object in order, equal names kept apart.
struct Members(Named);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}
