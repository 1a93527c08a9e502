//! What one source forbids and another allows: a warning, not a failure.

use std::collections::HashSet;

use serde_json::json;

use super::super::traits::{Lax, Limit, Reason, TOKEN, Traits, Unit, entries, put};
use super::{Fault, fault};

const OK: Traits = Traits::FAITHFUL;

/// Opponents that a run warns of, and exits 0.
pub(crate) const WARNINGS: &[Fault] = &[
    fault(
        "names of members in any letter case",
        &["prepare/body.user_id/required", "prepare/body.instance_ids/required"],
        Traits { lax: &[Lax::NameCase], ..OK },
    ),
    fault(
        "user_id in UTF-16 units",
        &["prepare/body.user_id/lengthUnit"],
        Traits { user_id: Limit { max: 32, unit: Unit::Utf16 }, ..OK },
    ),
    fault(
        "entry in UTF-16 units",
        &["prepare/body.instance_ids/items/lengthUnit"],
        Traits { entry: Limit { max: 32, unit: Unit::Utf16 }, ..OK },
    ),
    fault(
        "entries counted after merging",
        &["prepare/body.instance_ids/maxItems"],
        Traits { count_distinct: true, ..OK },
    ),
    fault(
        "too long answered as unknown",
        &["prepare/body.user_id/maxLength", "prepare/body.instance_ids/items/maxLength"],
        Traits {
            refuse: |reason| match reason {
                Reason::TooLong => (400, "KOOPHONE.API.4001"),
                other => (OK.refuse)(other),
            },
            ..OK
        },
    ),
    fault(
        "codes in mixed case",
        &["prepare/response.error_code/letterCase"],
        Traits { refuse: |_| (400, "KooPhone.API.1000"), ..OK },
    ),
    fault(
        "what doesn't exist in lower case",
        &["prepare/response.error_code/letterCase"],
        Traits {
            known: &["iRJEVP96", "a44uhlf7", "efjy72gs"],
            refuse: |reason| match reason {
                Reason::Unknown => (400, "koophone.api.4001"),
                other => (OK.refuse)(other),
            },
            ..OK
        },
    ),
    fault(
        "bad parameter with status 200",
        &["prepare/response.error_code/status"],
        Traits { refuse: |_| (200, "KOOPHONE.API.1000"), ..OK },
    ),
    fault(
        "token with something behind it",
        &["prepare/header.X-Auth-Token/appended"],
        Traits {
            authentic: |token, _| token.is_some_and(|token| token.trim().starts_with(TOKEN)),
            ..OK
        },
    ),
    fault(
        "an id that nobody asked for",
        &["prepare/response.data.status_list/unrequested"],
        Traits {
            success: |reply, _, asked| {
                let asked: HashSet<_> = asked.instance_ids.iter().collect();
                let other = ["bystander1", "bystander2"].into_iter();
                let other = other.filter(|id| !asked.contains(&(*id).to_owned()));
                let extra = other.map(|id| json!({"instance_id": id, "status": 6})).take(1);
                entries(reply).extend(extra);
            },
            ..OK
        },
    ),
    fault(
        "a file's path in a message",
        &["prepare/response/filePathLeak"],
        Traits {
            refusal: |reply, _, _| {
                put(reply, "/error_msg", json!("see /opt/phone/app/conf/limits.properties"));
            },
            ..OK
        },
    ),
    fault(
        "printable characters refused",
        &["prepare/body.user_id/printableCharacters"],
        Traits {
            dislikes_asked: |asked| {
                // Letters and digits of any script pass, so that lengths are counted as usual.
                asked.user_id.chars().any(|c| c.is_ascii_punctuation())
            },
            ..OK
        },
    ),
    fault(
        "bytes behind the JSON accepted",
        &["prepare/body/trailingBytes"],
        Traits { mend: first_value, ..OK },
    ),
    fault(
        "NaN accepted",
        &["prepare/body/syntax"],
        Traits { mend: |text| Some(text.replace("NaN", "null")), ..OK },
    ),
    fault(
        "letters with accents measured in bytes",
        &["prepare/body.user_id/lengthUnit"],
        Traits { dislikes_asked: |asked| asked.user_id.matches('é').count() > 16, ..OK },
    ),
    fault(
        "what is known is unknown now and then",
        &["prepare/request/repetition"],
        Traits {
            dislikes: |seen| seen.number.is_multiple_of(6),
            refuse: |reason| match reason {
                Reason::Disliked => (400, "KOOPHONE.API.1001"),
                other => (OK.refuse)(other),
            },
            ..OK
        },
    ),
    fault(
        "the same request again refused as unknown",
        &["prepare/request/repetition"],
        Traits {
            dislikes: |seen| seen.repeats > 0,
            refuse: |reason| match reason {
                Reason::Disliked => (400, "KOOPHONE.API.4001"),
                other => (OK.refuse)(other),
            },
            ..OK
        },
    ),
];

/// The complete value at the beginning of a text.
fn first_value(text: &str) -> Option<String> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    values.next()?.ok()?;
    Some(text[..values.byte_offset()].to_owned())
}
