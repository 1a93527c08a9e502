//! Opponents that differ only in what the page leaves open.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::koophone::PATH;
use super::server::{Accepts, Seen};
use super::traits::{Reason, TOKEN, Traits, entries, gateway, pause, put};
use super::wire::{Body, Delivery, Reply};

const OK: Traits = Traits::FAITHFUL;

/// An opponent that keeps every promise.
pub(crate) struct Harmless {
    /// What is its own.
    pub(crate) name: &'static str,
    /// How.
    pub(crate) traits: Traits,
}

pub(super) const fn harmless(name: &'static str, traits: Traits) -> Harmless {
    Harmless { name, traits }
}

/// The instances of the documented examples.
const THREE: &[&str] = &["iRJEVP96", "a44uhlf7", "efjy72gs"];

/// Changes every answer of the service.
macro_rules! every {
    ($change:expr) => {
        Traits { every: |reply, seen| ($change)(reply, seen), ..OK }
    };
}

/// Delivers every answer of the service in this way.
macro_rules! delivered {
    ($delivery:expr) => {
        Traits { every: |reply, _| reply.delivery = $delivery, ..OK }
    };
}

/// Every opponent that a run must leave alone.
pub(crate) const HARMLESS: &[Harmless] = &[
    harmless("as faithful as the others are not", OK),
    harmless("other texts", every!(|reply, _: &Seen| put(reply, "/error_msg", json!("Ünlü 好")))),
    harmless("empty texts", every!(|reply, _: &Seen| put(reply, "/error_msg", json!("")))),
    harmless(
        "entries in the reverse order",
        Traits { success: |reply, _, _| entries(reply).reverse(), ..OK },
    ),
    harmless(
        "an entry for each repetition",
        Traits {
            success: |reply, _, asked| {
                let entry = |id: &String| json!({"instance_id": id, "status": 1});
                *entries(reply) = asked.instance_ids.iter().map(entry).collect();
            },
            ..OK
        },
    ),
    harmless(
        "empty list refused",
        Traits { dislikes_asked: |asked| asked.instance_ids.is_empty(), ..OK },
    ),
    harmless(
        "empty texts refused",
        Traits {
            dislikes_asked: |asked| {
                asked.user_id.is_empty() || asked.instance_ids.iter().any(String::is_empty)
            },
            ..OK
        },
    ),
    harmless("unknown members refused", Traits { dislikes: has_unknown_member, ..OK }),
    harmless("only three instances exist", Traits { known: THREE, ..OK }),
    harmless(
        "only three instances exist, looked up first",
        Traits { known: THREE, known_first: true, ..OK },
    ),
    harmless(
        "only three instances exist, all others forbidden",
        Traits {
            known: THREE,
            refuse: |reason| match reason {
                Reason::Unknown => (400, "KOOPHONE.API.1001"),
                other => (OK.refuse)(other),
            },
            ..OK
        },
    ),
    harmless(
        "one user and three instances exist",
        Traits { known: THREE, users: &["1008600000104285462"], ..OK },
    ),
    harmless(
        "forbidden with status 401",
        Traits {
            known: THREE,
            refuse: |reason| match reason {
                Reason::Unknown => (401, "KOOPHONE.API.1001"),
                other => (OK.refuse)(other),
            },
            ..OK
        },
    ),
    harmless(
        "throttled now and then",
        Traits {
            front: |seen| every_nth(seen, 9).then(|| gateway(429, "APIGW.0308", "slow down")),
            ..OK
        },
    ),
    harmless(
        "refused by the gateway now and then",
        Traits {
            front: |seen| match seen.number % 45 {
                13 => Some(gateway(401, "APIGW.0301", "token check failed")),
                29 => Some(gateway(404, "APIGW.0101", "no backend")),
                43 => Some(gateway(429, "APIGW.0308", "slow down")),
                _ => None,
            },
            ..OK
        },
    ),
    harmless(
        "413 for bodies over 64 KiB",
        Traits {
            front: |seen| {
                let large = seen.body.len() > 64 * 1024;
                large.then(|| gateway(413, "APIGW.0201", "body too large"))
            },
            ..OK
        },
    ),
    harmless(
        "413 in HTML for bodies over 64 KiB",
        Traits {
            front: |seen| {
                let large = seen.body.len() > 64 * 1024;
                large.then(|| Reply::text(413, "text/html", "<h1>Too large</h1>"))
            },
            ..OK
        },
    ),
    harmless(
        "idle connections closed within milliseconds",
        Traits { accepts: Accepts::Restless, ..OK },
    ),
    harmless("gzip", delivered!(Delivery::Gzip)),
    harmless("gzip in two members", delivered!(Delivery::GzipMembers)),
    harmless("chunked", delivered!(Delivery::Chunked)),
    harmless("closed after each answer", delivered!(Delivery::Close)),
    harmless("closed after each answer without a word", delivered!(Delivery::SilentClose)),
    harmless("HTTP/1.0", delivered!(Delivery::UntilClose)),
    harmless("interim answers before each", delivered!(Delivery::Interim)),
    harmless(
        "closed after ten requests",
        every!(|reply: &mut Reply, seen: &Seen| {
            if seen.on_connection == 10 {
                reply.delivery = Delivery::SilentClose;
            }
        }),
    ),
    harmless(
        "pretty print",
        every!(|reply: &mut Reply, _: &Seen| {
            let pretty = serde_json::to_vec_pretty(reply.value()).expect("JSON is written");
            reply.body = Body::Bytes(pretty);
        }),
    ),
    harmless("escaped text", every!(|reply: &mut Reply, _: &Seen| reply.rewrite(escaped))),
    harmless(
        "extra members and headers",
        every!(|reply: &mut Reply, seen: &Seen| {
            reply.headers.push(("X-Request-Id", format!("{:08x}", seen.number)));
            reply.headers.push(("Set-Cookie", "lane=blue; Path=/".to_owned()));
            reply.value()["trace"] = json!({"span": seen.number, "sampled": null});
            if let Some(Value::Array(entries)) = reply.value().pointer_mut("/data/status_list") {
                for entry in entries {
                    entry["region"] = json!("eu");
                }
            }
        }),
    ),
    harmless(
        "status values that change",
        Traits {
            success: |reply, seen, _| {
                let status = json!(seen.number % 11);
                for entry in entries(reply) {
                    entry["status"] = status.clone();
                }
            },
            ..OK
        },
    ),
    harmless(
        "slow",
        every!(|reply: &mut Reply, seen: &Seen| {
            pause(reply, 20 + (seen.number as u64 * 7) % 31);
        }),
    ),
    harmless(
        "control characters refused",
        Traits {
            dislikes_asked: |asked| {
                asked.user_id.chars().any(char::is_control)
                    || asked.instance_ids.iter().any(|id| id.chars().any(char::is_control))
            },
            ..OK
        },
    ),
    harmless(
        "415 in plain text for other media types",
        Traits {
            front: |seen| {
                let json = seen.header("content-type").is_some_and(|value| {
                    value.to_ascii_lowercase().starts_with("application/json")
                });
                (seen.method == "POST" && seen.path == PATH && !json)
                    .then(|| Reply::text(415, "text/plain", "send JSON"))
            },
            ..OK
        },
    ),
    harmless(
        "405 in plain text for other methods",
        Traits {
            misrouted: |seen| {
                if seen.path == PATH && seen.method != "POST" {
                    return Some(Reply::text(405, "text/plain", "no"));
                }
                (OK.misrouted)(seen)
            },
            ..OK
        },
    ),
    harmless(
        "404 in HTML for other paths",
        Traits {
            misrouted: |seen| {
                if seen.path != PATH {
                    return Some(Reply::text(404, "text/html", "<h1>Not Found</h1>"));
                }
                (OK.misrouted)(seen)
            },
            ..OK
        },
    ),
    harmless("401 without a body", Traits { unauthenticated: |_| Reply::empty(401), ..OK }),
    harmless(
        "bad token refused as a bad parameter",
        Traits {
            unauthenticated: |_| {
                let body = json!({"error_code": "KOOPHONE.API.1000", "error_msg": "token"});
                Reply::json(400, body)
            },
            ..OK
        },
    ),
    harmless(
        "403 for a wrong token",
        Traits {
            unauthenticated: |seen| match seen.header("x-auth-token") {
                None | Some("") => gateway(401, "APIGW.0301", "no token"),
                Some(_) => gateway(403, "APIGW.0302", "not yours"),
            },
            ..OK
        },
    ),
    harmless(
        "byte-order mark accepted",
        Traits { mend: |text| text.strip_prefix('\u{feff}').map(str::to_owned), ..OK },
    ),
    harmless(
        "503 every tenth time",
        Traits {
            front: |seen| {
                every_nth(seen, 10).then(|| {
                    let mut reply = Reply::text(503, "text/plain", "busy");
                    reply.headers.push(("Retry-After", "0".to_owned()));
                    reply
                })
            },
            ..OK
        },
    ),
    harmless(
        "503 every third time",
        Traits {
            front: |seen| every_nth(seen, 3).then(|| Reply::text(503, "text/plain", "busy")),
            ..OK
        },
    ),
    harmless(
        "503 with more than four under way",
        Traits {
            front: |seen| (seen.under_way > 4).then(|| Reply::text(503, "text/plain", "busy")),
            every: |reply, _| pause(reply, 3),
            ..OK
        },
    ),
    harmless(
        "503 with more than two under way, and slower the more are",
        Traits {
            front: |seen| (seen.under_way > 2).then(|| Reply::text(503, "text/plain", "busy")),
            every: |reply, seen| pause(reply, 2 * seen.under_way as u64),
            ..OK
        },
    ),
    harmless(
        "429 with more than one under way",
        Traits {
            front: |seen| (seen.under_way > 1).then(|| gateway(429, "APIGW.0308", "slow down")),
            every: |reply, _| pause(reply, 3),
            ..OK
        },
    ),
    harmless(
        "throttled for a while, again and again",
        Traits {
            front: |seen| (seen.number % 90 > 86).then(|| gateway(429, "APIGW.0308", "slow down")),
            ..OK
        },
    ),
    harmless(
        "closed after the second request with more under way",
        every!(|reply: &mut Reply, seen: &Seen| {
            if seen.on_connection == 2 && seen.under_way > 1 {
                reply.delivery = Delivery::Close;
            }
        }),
    ),
    harmless(
        "data null in refusals",
        Traits { refusal: |reply, _, _| reply.value()["data"] = Value::Null, ..OK },
    ),
    harmless(
        "charset in the content type",
        every!(|reply: &mut Reply, _: &Seen| {
            reply.content_type = Some("application/json;charset=UTF-8");
        }),
    ),
    harmless(
        "refusals with status 200 for what doesn't exist",
        Traits {
            known: THREE,
            refuse: |reason| match reason {
                Reason::Unknown => (200, "KOOPHONE.API.4001"),
                other => (OK.refuse)(other),
            },
            ..OK
        },
    ),
    harmless(
        "bodies over 64 KiB refused",
        Traits {
            front: |seen| {
                let authentic = seen.header("x-auth-token") == Some(TOKEN);
                (authentic && seen.body.len() > 64 * 1024).then(|| {
                    let body = json!({"error_code": "KOOPHONE.API.1000", "error_msg": "large"});
                    Reply::json(400, body)
                })
            },
            ..OK
        },
    ),
];

fn every_nth(seen: &Seen, n: usize) -> bool {
    seen.number.is_multiple_of(n)
}

fn has_unknown_member(seen: &Seen) -> bool {
    let body: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
    let members = body.as_object().into_iter().flat_map(serde_json::Map::keys);
    members.into_iter().any(|name| name != "user_id" && name != "instance_ids")
}

/// Writes all that isn't ASCII as `\u` escapes.
fn escaped(json: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(json).expect("answers are text");
    let mut ascii = String::new();
    for c in text.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(ascii, "\\u{unit:04X}").expect("strings take everything");
            }
        }
    }
    ascii.into_bytes()
}
