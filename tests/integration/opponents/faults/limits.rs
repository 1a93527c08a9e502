//! What the page forbids is let through, or what it allows is refused.

use super::super::traits::{Duplicates, Entries, Lax, Limit, Traits, Unit};
use super::{Fault, fault};

const OK: Traits = Traits::FAITHFUL;

const USER: &[&str] = &["prepare/body.user_id/maxLength"];
const ENTRY: &[&str] = &["prepare/body.instance_ids/items/maxLength"];
const LIST: &[&str] = &["prepare/body.instance_ids/maxItems"];
const SYNTAX: &[&str] = &["prepare/body/syntax"];
const SPELLING: &[&str] = &["prepare/body/spelling"];

const fn points(max: usize) -> Limit {
    Limit { max, unit: Unit::CodePoints }
}

const fn limit(max: usize, unit: Unit) -> Limit {
    Limit { max, unit }
}

pub(super) const FAULTS: &[Fault] = &[
    fault("user_id of 33 accepted", USER, Traits { user_id: points(33), ..OK }),
    fault("user_id of 32 refused", USER, Traits { user_id: points(31), ..OK }),
    fault("user_id of any length", USER, Traits { user_id: points(usize::MAX), ..OK }),
    fault("user_id up to 64", USER, Traits { user_id: points(64), ..OK }),
    fault("user_id in bytes", USER, Traits { user_id: limit(32, Unit::Bytes), ..OK }),
    fault("user_id in ASCII only", USER, Traits { user_id: limit(32, Unit::Ascii), ..OK }),
    fault("user_id after trimming", USER, Traits { user_id: limit(32, Unit::Trimmed), ..OK }),
    fault("entry of 33 accepted", ENTRY, Traits { entry: points(33), ..OK }),
    fault("entry of 32 refused", ENTRY, Traits { entry: points(31), ..OK }),
    fault("entry of any length", ENTRY, Traits { entry: points(usize::MAX), ..OK }),
    fault("entry in bytes", ENTRY, Traits { entry: limit(32, Unit::Bytes), ..OK }),
    fault("entry in ASCII only", ENTRY, Traits { entry: limit(32, Unit::Ascii), ..OK }),
    fault("entry after trimming", ENTRY, Traits { entry: limit(32, Unit::Trimmed), ..OK }),
    fault("only the first entry's length", ENTRY, Traits { entries: Entries::First, ..OK }),
    fault("the last entry's length unchecked", ENTRY, Traits { entries: Entries::ButLast, ..OK }),
    fault("lengths not past the middle", ENTRY, Traits { entries: Entries::FirstHalf, ..OK }),
    fault("101 entries accepted", LIST, Traits { max_items: 101, ..OK }),
    fault("100 entries refused", LIST, Traits { max_items: 99, ..OK }),
    fault("any number of entries", LIST, Traits { max_items: usize::MAX, ..OK }),
    fault("128 entries accepted", LIST, Traits { max_items: 128, ..OK }),
    fault(
        "128 distinct entries accepted",
        LIST,
        Traits { max_items: 128, count_distinct: true, ..OK },
    ),
    fault("count of entries kept in a byte", LIST, Traits { count: |entries| entries % 256, ..OK }),
    fault(
        "user_id may be missing",
        &["prepare/body.user_id/required"],
        Traits { lax: &[Lax::UserIdMissing], ..OK },
    ),
    fault(
        "instance_ids may be missing",
        &["prepare/body.instance_ids/required"],
        Traits { lax: &[Lax::InstanceIdsMissing], ..OK },
    ),
    fault(
        "user_id may be null",
        &["prepare/body.user_id/type"],
        Traits { lax: &[Lax::UserIdNull], ..OK },
    ),
    fault(
        "instance_ids may be null",
        &["prepare/body.instance_ids/type"],
        Traits { lax: &[Lax::InstanceIdsNull], ..OK },
    ),
    fault(
        "an entry may be null",
        &["prepare/body.instance_ids/items/type"],
        Traits { lax: &[Lax::EntryNull], ..OK },
    ),
    fault(
        "user_id may be a number",
        &["prepare/body.user_id/type"],
        Traits { lax: &[Lax::UserIdNumber], ..OK },
    ),
    fault(
        "an entry may be a number",
        &["prepare/body.instance_ids/items/type"],
        Traits { lax: &[Lax::EntryNumber], ..OK },
    ),
    fault(
        "an entry may be true",
        &["prepare/body.instance_ids/items/type"],
        Traits { lax: &[Lax::EntryBoolean], ..OK },
    ),
    fault(
        "one text for the list",
        &["prepare/body.instance_ids/type"],
        Traits { lax: &[Lax::InstanceIdsText], ..OK },
    ),
    fault("any JSON value", &["prepare/body/type"], Traits { lax: &[Lax::BodyType], ..OK }),
    fault("no body", &["prepare/body/required"], Traits { lax: &[Lax::BodyMissing], ..OK }),
    fault(
        "trailing comma accepted",
        SYNTAX,
        Traits { mend: |text| Some(without_trailing_commas(text)), ..OK },
    ),
    fault("truncated JSON accepted", SYNTAX, Traits { mend: completed, ..OK }),
    fault("unquoted JSON accepted", SYNTAX, Traits { mend: quoted, ..OK }),
    fault(
        "first of duplicates checked, last used",
        &["prepare/body/duplicateMembers"],
        Traits { duplicates: Duplicates::FirstCheckedLastUsed, ..OK },
    ),
    fault(
        "escapes refused",
        SPELLING,
        Traits { dislikes: |seen| seen.text().contains("\\u"), ..OK },
    ),
    fault(
        "member order refused",
        SPELLING,
        Traits {
            dislikes: |seen| {
                let text = seen.text();
                text.find("\"instance_ids\"") < text.find("\"user_id\"")
            },
            ..OK
        },
    ),
    fault("white space refused", SPELLING, Traits { dislikes: |seen| spaced(&seen.text()), ..OK }),
    fault(
        "charset refused",
        &["prepare/header.Content-Type/charset"],
        Traits {
            dislikes: |seen| seen.header("content-type").is_some_and(|v| v.contains("charset")),
            ..OK
        },
    ),
    fault(
        "unknown header refused",
        &["prepare/header/unknown"],
        Traits {
            dislikes: |seen| {
                seen.headers.iter().any(|(name, _)| {
                    !USUAL_HEADERS.iter().any(|usual| name.eq_ignore_ascii_case(usual))
                })
            },
            ..OK
        },
    ),
    fault(
        "lower-case header name refused",
        &["prepare/header/nameCase"],
        Traits {
            dislikes: |seen| seen.headers.iter().any(|(name, _)| name == "x-auth-token"),
            ..OK
        },
    ),
    fault(
        "duplicate entries refused",
        &["prepare/body.instance_ids/duplicates", "prepare/request/examples"],
        Traits {
            dislikes_asked: |asked| {
                let ids = &asked.instance_ids;
                // The documented full list is built from repeated ids: only short lists differ.
                ids.len() < 5 && (1..ids.len()).any(|index| ids[..index].contains(&ids[index]))
            },
            ..OK
        },
    ),
    fault(
        "unknown instance refused as a bad parameter",
        &["prepare/body.instance_ids/items/unknown"],
        Traits {
            known: &["iRJEVP96", "a44uhlf7", "efjy72gs"],
            refuse: |_| (400, "KOOPHONE.API.1000"),
            ..OK
        },
    ),
    fault(
        "unknown user refused as a bad parameter",
        &["prepare/body.user_id/unknown", "prepare/body.user_id/plainCharacters"],
        Traits { users: &["1008600000104285462"], refuse: |_| (400, "KOOPHONE.API.1000"), ..OK },
    ),
    fault(
        "letters refused in user_id",
        &["prepare/body.user_id/plainCharacters", "prepare/body.user_id/unknown"],
        Traits {
            dislikes_asked: |asked| asked.user_id.chars().any(|c| c.is_ascii_alphabetic()),
            ..OK
        },
    ),
    fault(
        "the same request again refused",
        &["prepare/request/repetition"],
        Traits { dislikes: |seen| seen.repeats > 0, ..OK },
    ),
];

const USUAL_HEADERS: &[&str] = &[
    "host",
    "content-type",
    "content-length",
    "accept",
    "accept-encoding",
    "user-agent",
    "connection",
    "x-auth-token",
];

fn without_trailing_commas(text: &str) -> String {
    let mut kept = String::new();
    for c in text.chars() {
        if matches!(c, '}' | ']') && kept.trim_end().ends_with(',') {
            kept.truncate(kept.trim_end().len() - 1);
        }
        kept.push(c);
    }
    kept
}

fn completed(text: &str) -> Option<String> {
    ["}", "]}", "\"]}", "\"}"]
        .iter()
        .map(|end| format!("{text}{end}"))
        .find(|whole| serde_json::from_str::<serde::de::IgnoredAny>(whole).is_ok())
}

/// Puts quotes around bare words.
fn quoted(text: &str) -> Option<String> {
    let mut found = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if c == '"' {
            2 + rest[1..].find('"')?
        } else if c.is_ascii_alphanumeric() {
            rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        if c.is_ascii_alphanumeric() && !["true", "false", "null"].contains(&token) {
            found.extend(["\"", token, "\""]);
        } else {
            found.push_str(token);
        }
        rest = after;
    }
    Some(found)
}

/// Whether white space stands outside the texts.
fn spaced(json: &str) -> bool {
    let (mut in_text, mut escaped) = (false, false);
    json.chars().any(|c| {
        if in_text {
            (in_text, escaped) = (c != '"' || escaped, c == '\\' && !escaped);
            return false;
        }
        in_text = c == '"';
        c.is_whitespace()
    })
}
