//! What an opponent does in its own way, or wrong.

use std::time::Duration;

use serde_json::Value;

use super::server::{Accepts, Seen};
use super::wire::Reply;

/// The one token that opponents know.
pub(crate) const TOKEN: &str = "Opponent-Token-zq81";

/// Why the service refuses a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The body is no JSON object.
    Syntax,
    /// A required member is missing.
    Missing,
    /// A value of a wrong type, null among them.
    Mistyped,
    /// A text over the limit.
    TooLong,
    /// A list over the limit.
    TooMany,
    /// Legal by the page, unwelcome here.
    Disliked,
    /// Names something that doesn't exist.
    Unknown,
}

/// How texts are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Code points, as documented.
    CodePoints,
    /// UTF-8 bytes.
    Bytes,
    /// UTF-16 code units.
    Utf16,
    /// Code points without white space at the ends.
    Trimmed,
    /// ASCII characters only; all others count nothing.
    Ascii,
}

/// A limit on a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// The most that is allowed.
    pub(crate) max: usize,
    /// What is counted.
    pub(crate) unit: Unit,
}

/// Which entries of the list are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entries {
    /// All.
    All,
    /// Only the first.
    First,
    /// All but the last, where there are several.
    ButLast,
    /// Those up to the middle.
    FirstHalf,
}

/// A part of the request that may be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lax {
    /// Names of members in any letter case.
    NameCase,
    /// `user_id` may be missing.
    UserIdMissing,
    /// `instance_ids` may be missing.
    InstanceIdsMissing,
    /// `user_id` may be null.
    UserIdNull,
    /// `instance_ids` may be null.
    InstanceIdsNull,
    /// Entries may be null.
    EntryNull,
    /// `user_id` may be a number.
    UserIdNumber,
    /// Entries may be numbers.
    EntryNumber,
    /// Entries may be booleans.
    EntryBoolean,
    /// `instance_ids` may be a single text.
    InstanceIdsText,
    /// The whole body may be any JSON value.
    BodyType,
    /// The body may be absent.
    BodyMissing,
}

/// Which of two members with one name counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duplicates {
    /// Neither: they are refused.
    Refused,
    /// The first is checked and the last is used.
    FirstCheckedLastUsed,
}

/// What the request asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The user.
    pub(crate) user_id: String,
    /// The instances.
    pub(crate) instance_ids: Vec<String>,
}

/// What an opponent does in its own way, or wrong.
#[derive(Clone, Copy)]
pub(crate) struct Traits {
    /// How many connections are served at the same time.
    pub(crate) accepts: Accepts,
    /// The limit on `user_id`.
    pub(crate) user_id: Limit,
    /// The limit on each entry.
    pub(crate) entry: Limit,
    /// Which entries are held against it.
    pub(crate) entries: Entries,
    /// The most entries.
    pub(crate) max_items: usize,
    /// What becomes of the number of entries before it is held against the limit.
    pub(crate) count: fn(usize) -> usize,
    /// No length is looked at.
    pub(crate) any_length: fn(&Seen, &Asked) -> bool,
    /// Equal entries count once.
    pub(crate) count_distinct: bool,
    /// What is let through.
    pub(crate) lax: &'static [Lax],
    /// What becomes of members with one name.
    pub(crate) duplicates: Duplicates,
    /// Makes JSON of what isn't.
    pub(crate) mend: fn(&str) -> Option<String>,
    /// Refuses what the page allows, by the request as it was sent.
    pub(crate) dislikes: fn(&Seen) -> bool,
    /// The same, by what is asked for.
    pub(crate) dislikes_asked: fn(&Asked) -> bool,
    /// The instances that exist; all when empty.
    pub(crate) known: &'static [&'static str],
    /// The users that exist; all when empty.
    pub(crate) users: &'static [&'static str],
    /// Existence is looked at before the lengths.
    pub(crate) known_first: bool,
    /// Status and code of a refusal.
    pub(crate) refuse: fn(Reason) -> (u16, &'static str),
    /// Whether the caller is proved: by the header as sent, and by the whole request.
    pub(crate) authentic: fn(Option<&str>, &Seen) -> bool,
    /// The answer to a caller who isn't.
    pub(crate) unauthenticated: fn(&Seen) -> Reply,
    /// The answer to another path or method; `None` where it is served.
    pub(crate) misrouted: fn(&Seen) -> Option<Reply>,
    /// Answers before the service does.
    pub(crate) front: fn(&Seen) -> Option<Reply>,
    /// Changes the answer to an accepted request.
    pub(crate) success: fn(&mut Reply, &Seen, &Asked),
    /// Changes a refusal.
    pub(crate) refusal: fn(&mut Reply, &Seen, Reason),
    /// Changes every answer of the service.
    pub(crate) every: fn(&mut Reply, &Seen),
}

impl Traits {
    /// A faithful service; where the page leaves a choice it takes another than the stub.
    pub(crate) const FAITHFUL: Self = Self {
        accepts: Accepts::All,
        user_id: Limit { max: 32, unit: Unit::CodePoints },
        entry: Limit { max: 32, unit: Unit::CodePoints },
        entries: Entries::All,
        max_items: 100,
        count: |entries| entries,
        any_length: |_, _| false,
        count_distinct: false,
        lax: &[],
        duplicates: Duplicates::Refused,
        mend: |_| None,
        dislikes: |_| false,
        dislikes_asked: |_| false,
        known: &[],
        users: &[],
        known_first: false,
        refuse: |reason| match reason {
            Reason::Unknown => (400, "KOOPHONE.API.4001"),
            _ => (400, "KOOPHONE.API.1000"),
        },
        authentic: |token, _| token.is_some_and(|token| token.trim() == TOKEN),
        unauthenticated: |_| gateway(401, "APIG.0301", "token refused"),
        misrouted: |seen| {
            if seen.path != super::koophone::PATH {
                Some(gateway(404, "APIG.0101", "no such API"))
            } else if seen.method == "POST" {
                None
            } else {
                Some(gateway(405, "APIG.0101", "no such method"))
            }
        },
        front: |_| None,
        success: |_, _, _| {},
        refusal: |_, _, _| {},
        every: |_, _| {},
    };

    /// Whether this part is let through.
    pub(crate) fn allows(&self, part: Lax) -> bool {
        self.lax.contains(&part)
    }
}

/// An answer of the gateway in front of the service.
pub(crate) fn gateway(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(
        status,
        serde_json::json!({"error_msg": message, "error_code": code, "request_id": "f00d"}),
    )
}

/// Replaces what stands at a JSON pointer of the answer.
pub(crate) fn put(reply: &mut Reply, pointer: &str, new: Value) {
    if let Some(place) = reply.value().pointer_mut(pointer) {
        *place = new;
    }
}

/// Takes a member away.
pub(crate) fn drop_member(reply: &mut Reply, pointer: &str, name: &str) {
    if let Some(Value::Object(members)) = reply.value().pointer_mut(pointer) {
        members.shift_remove(name);
    }
}

/// The entries of the answer; a stand-in where there are none.
pub(crate) fn entries(reply: &mut Reply) -> &mut Vec<Value> {
    let place = reply.value().pointer_mut("/data/status_list").and_then(Value::as_array_mut);
    place.expect("an accepted request is answered with a list")
}

/// Milliseconds to think.
pub(crate) fn pause(reply: &mut Reply, milliseconds: u64) {
    reply.pause = Duration::from_millis(milliseconds);
}
