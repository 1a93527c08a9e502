//! Wrong only in company: with others under way, behind others, now and then.

use serde_json::{Value, json};

use super::super::server::Seen;
use super::super::traits::{Traits, entries, pause};
use super::super::wire::{Delivery, Reply};
use super::{Fault, fault};

const OK: Traits = Traits::FAITHFUL;

const CONCURRENCY: &[&str] = &["prepare/request/concurrency"];
const AFTER: &[&str] = &["prepare/request/afterMalformed"];
const SERVER_ERROR: &[&str] = &["prepare/response/serverError"];

/// Milliseconds that a request takes where it matters that others are under way.
const THINKS: u64 = 4;

/// Answers 500 to accepted requests at such a moment.
macro_rules! fails {
    ($shows:expr) => {
        Traits {
            success: |reply, seen, _| {
                pause(reply, THINKS);
                if ($shows)(seen) {
                    *reply = Reply::text(500, "text/plain", "oops");
                }
            },
            ..OK
        }
    };
}

/// The same without a pause.
macro_rules! fails_at_once {
    ($shows:expr) => {
        Traits {
            success: |reply, seen, _| {
                if ($shows)(seen) {
                    *reply = Reply::text(500, "text/plain", "oops");
                }
            },
            ..OK
        }
    };
}

pub(super) const FAULTS: &[Fault] = &[
    fault("500 with more than 4 under way", CONCURRENCY, fails!(|seen: &Seen| seen.under_way > 4)),
    fault("500 with more than 8 under way", CONCURRENCY, fails!(|seen: &Seen| seen.under_way > 8)),
    fault(
        "500 with more than 16 under way",
        CONCURRENCY,
        fails!(|seen: &Seen| seen.under_way > 16),
    ),
    fault(
        "reset with more than 10 under way",
        CONCURRENCY,
        Traits {
            success: |reply, seen, _| {
                pause(reply, THINKS);
                if seen.under_way > 10 {
                    reply.delivery = Delivery::Reset;
                }
            },
            ..OK
        },
    ),
    fault(
        "refused with more than 12 under way",
        CONCURRENCY,
        Traits {
            every: |reply, _| pause(reply, THINKS),
            dislikes: |seen| seen.under_way > 12,
            ..OK
        },
    ),
    fault(
        "no last entry in every 300th answer",
        &["prepare/response.data.status_list/answered"],
        Traits {
            success: |reply, seen, _| {
                if seen.number.is_multiple_of(300) {
                    entries(reply).pop();
                }
            },
            ..OK
        },
    ),
    fault(
        "drops every 20th request of a connection",
        &["prepare/request/repetition"],
        Traits {
            every: |reply, seen| {
                if seen.on_connection.is_multiple_of(20) {
                    reply.delivery = Delivery::Reset;
                }
            },
            ..OK
        },
    ),
    fault(
        "fails twice, and never again",
        SERVER_ERROR,
        Traits {
            every: |reply, seen| {
                if matches!(seen.number, 400 | 900) {
                    *reply = Reply::json(
                        500,
                        json!({"error_code": "KOOPHONE.API.9999", "error_msg": "x"}),
                    );
                }
            },
            ..OK
        },
    ),
    fault(
        "hangs at every 97th request",
        &["prepare/response/noAnswer"],
        Traits { every: |reply, seen| every_97th(reply, seen, Delivery::Hang), ..OK },
    ),
    fault(
        "hangs in the body of every 97th answer, whose length is too large",
        &["prepare/response/noAnswer"],
        Traits { every: |reply, seen| every_97th(reply, seen, Delivery::HangInBody), ..OK },
    ),
    fault(
        "an answer left over behind what is no JSON",
        AFTER,
        Traits {
            success: |reply, seen, _| {
                if !is_json(&seen.previous) {
                    answer(reply, &seen.second_last);
                }
            },
            ..OK
        },
    ),
    fault(
        "any length from request 1,300 on",
        &["prepare/body.user_id/maxLength"],
        Traits { any_length: |seen, _| seen.number > 1_300, ..OK },
    ),
    fault(
        "any length right behind a request without a token",
        AFTER,
        Traits { any_length: |seen, _| seen.is_behind_stranger, ..OK },
    ),
    fault(
        "any length with more than 3 under way",
        &["prepare/request/concurrency", "prepare/body.user_id/maxLength"],
        Traits {
            every: |reply, _| pause(reply, THINKS),
            any_length: |seen, _| seen.under_way > 3,
            ..OK
        },
    ),
    fault(
        "the answer of whoever came before, with more than one under way",
        CONCURRENCY,
        Traits {
            success: |reply, seen, _| {
                pause(reply, THINKS);
                if seen.under_way > 1 {
                    answer(reply, &seen.previous);
                }
            },
            ..OK
        },
    ),
    fault(
        "every ninth answer is that of the request before",
        &[
            "prepare/request/repetition",
            "prepare/request/concurrency",
            "prepare/response.data.status_list/answered",
        ],
        Traits {
            success: |reply, seen, _| {
                if seen.number.is_multiple_of(9) {
                    answer(reply, &seen.previous);
                }
            },
            ..OK
        },
    ),
    fault(
        "500 every 97th time",
        SERVER_ERROR,
        fails_at_once!(|seen: &Seen| seen.number.is_multiple_of(97)),
    ),
    fault("500 after 300 requests", SERVER_ERROR, fails_at_once!(|seen: &Seen| seen.number > 300)),
    fault(
        "500 behind the first request of a connection",
        &["prepare/request/repetition"],
        fails_at_once!(|seen: &Seen| seen.on_connection > 1),
    ),
    fault(
        "500 behind the tenth request of a connection",
        &["prepare/request/repetition", "prepare/response/serverError"],
        fails_at_once!(|seen: &Seen| seen.on_connection > 10),
    ),
    fault(
        "refused behind what is no JSON",
        AFTER,
        Traits { dislikes: |seen| !seen.previous.is_empty() && !is_json(&seen.previous), ..OK },
    ),
    fault(
        "500 behind a wrong type",
        AFTER,
        fails_at_once!(|seen: &Seen| {
            let body: Value = serde_json::from_slice(&seen.previous).unwrap_or_default();
            body.get("user_id").is_some_and(|user| !user.is_string())
        }),
    ),
];

fn every_97th(reply: &mut Reply, seen: &Seen, delivery: Delivery) {
    if seen.number.is_multiple_of(97) {
        reply.delivery = delivery;
    }
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// Answers what this request asked for, where it was well formed.
fn answer(reply: &mut Reply, request: &[u8]) {
    let body: Value = serde_json::from_slice(request).unwrap_or_default();
    let ids = body.get("instance_ids").and_then(Value::as_array);
    let Some(ids) = ids.filter(|ids| ids.len() <= 100 && ids.iter().all(Value::is_string)) else {
        return;
    };
    let entry = |id: &Value| json!({"instance_id": id, "status": 1});
    *entries(reply) = ids.iter().map(entry).collect();
}
