//! Wrong only where several things come together.

use std::collections::HashSet;

use serde_json::json;

use super::super::traits::{Traits, entries};
use super::{Fault, fault};

const OK: Traits = Traits::FAITHFUL;

const USER: &[&str] = &["prepare/body.user_id/maxLength"];
const ENTRY: &[&str] = &["prepare/body.instance_ids/items/maxLength"];
const SYNTAX: &[&str] = &["prepare/body/syntax"];
const ANSWERED: &[&str] = &["prepare/response.data.status_list/answered"];

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "user_id of any length beside 100 entries",
        USER,
        Traits {
            any_length: |_, asked| {
                asked.instance_ids.len() == 100
                    && asked.instance_ids.iter().all(|id| id.chars().count() <= 32)
            },
            ..OK
        },
    ),
    fault(
        "entries behind the first in bytes",
        ENTRY,
        Traits {
            dislikes_asked: |asked| asked.instance_ids.iter().skip(1).any(|id| id.len() > 32),
            ..OK
        },
    ),
    fault(
        "the last of 100 entries in bytes",
        ENTRY,
        Traits {
            dislikes_asked: |asked| asked.instance_ids.get(99).is_some_and(|id| id.len() > 32),
            ..OK
        },
    ),
    fault(
        "ten kilobytes refused",
        ENTRY,
        Traits { dislikes: |seen| (8_192..16_384).contains(&seen.body.len()), ..OK },
    ),
    fault(
        "lengths unchecked with a charset",
        USER,
        Traits {
            any_length: |seen, _| {
                seen.header("content-type").is_some_and(|value| value.contains("charset"))
            },
            ..OK
        },
    ),
    fault(
        "lengths unchecked where characters are escaped",
        USER,
        Traits { any_length: |seen, _| seen.text().contains("\\u"), ..OK },
    ),
    fault(
        "lengths unchecked in pretty print",
        USER,
        Traits { any_length: |seen, _| seen.text().contains("\n "), ..OK },
    ),
    fault(
        "lengths unchecked with an unknown header",
        USER,
        Traits { any_length: |seen, _| seen.header("x-fencepost").is_some(), ..OK },
    ),
    fault(
        "lengths unchecked with lower-case headers",
        USER,
        Traits {
            any_length: |seen, _| seen.headers.iter().any(|(name, _)| name == "x-auth-token"),
            ..OK
        },
    ),
    fault(
        "entries of digits only refused",
        &["prepare/body.instance_ids/items/plainCharacters"],
        Traits {
            dislikes_asked: |asked| {
                let is_number = |id: &String| id.bytes().all(|b| b.is_ascii_digit());
                asked.instance_ids.iter().any(|id| !id.is_empty() && is_number(id))
            },
            ..OK
        },
    ),
    fault(
        "escaped slashes refused",
        &["prepare/body/spelling"],
        Traits { dislikes: |seen| seen.text().contains("\\/"), ..OK },
    ),
    fault(
        "ids trimmed",
        ANSWERED,
        Traits {
            success: |reply, _, _| {
                for entry in entries(reply) {
                    entry["instance_id"] =
                        json!(entry["instance_id"].as_str().unwrap_or_default().trim());
                }
            },
            ..OK
        },
    ),
    fault(
        "ids that differ in letter case merged",
        ANSWERED,
        Traits {
            success: |reply, _, _| {
                let mut seen = HashSet::new();
                let folded = |id: &str| id.to_ascii_lowercase();
                entries(reply)
                    .retain(|e| seen.insert(folded(e["instance_id"].as_str().unwrap_or_default())));
            },
            ..OK
        },
    ),
    fault(
        "missing brackets at the end mended",
        SYNTAX,
        Traits {
            mend: |text| {
                let whole = format!("{text}]}}");
                (text.ends_with('"') && serde_json::from_str::<serde_json::Value>(&whole).is_ok())
                    .then_some(whole)
            },
            ..OK
        },
    ),
];
