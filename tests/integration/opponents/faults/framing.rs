//! Answers that aren't what their headers say, or no answers.

use super::super::server::Seen;
use super::super::traits::{Reason, Traits};
use super::super::wire::{Body, Delivery, Reply};
use super::{Fault, fault};

const OK: Traits = Traits::FAITHFUL;

const SYNTAX: &[&str] = &["prepare/response/syntax"];
const SERVER_ERROR: &[&str] = &["prepare/response/serverError"];
const NO_ANSWER: &[&str] = &["prepare/response/noAnswer"];

/// Rewrites the bytes of every refusal.
macro_rules! refusals {
    ($change:expr) => {
        Traits { refusal: |reply, _, _| reply.rewrite($change), ..OK }
    };
}

/// Rewrites the bytes of every answer to an accepted request.
macro_rules! successes {
    ($change:expr) => {
        Traits { success: |reply, _, _| reply.rewrite($change), ..OK }
    };
}

/// Fails with 500 on an awkward kind of input, and with nothing in the way of its own judgement.
macro_rules! crash_on {
    ($awkward:expr) => {
        Traits { front: |seen| ($awkward)(&seen.text()).then(crash), ..OK }
    };
}

/// Delivers in this way on an awkward kind of input.
macro_rules! deliver_on {
    ($delivery:expr, $awkward:expr) => {
        Traits {
            front: |seen: &Seen| {
                ($awkward)(&seen.text())
                    .then(|| Reply { delivery: $delivery, ..Reply::text(200, "text/plain", FILL) })
            },
            ..OK
        }
    };
}

const FILL: &str = "something to be cut in the middle";

fn crash() -> Reply {
    Reply::text(500, "text/html", "<html><h1>Internal Server Error</h1></html>")
}

fn overloaded() -> Reply {
    Reply::text(503, "text/plain", "busy")
}

fn without_end(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - 3);
    bytes
}

fn replaced(bytes: Vec<u8>, from: &str, to: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes).expect("answers are text before they are broken");
    text.split(from).map(str::as_bytes).collect::<Vec<_>>().join(to)
}

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "JSON as text/html in success",
        &["prepare/response/contentType"],
        Traits { success: |reply, _, _| reply.content_type = Some("text/html"), ..OK },
    ),
    fault(
        "JSON as text/plain in refusals",
        &["prepare/response/contentType"],
        Traits { refusal: |reply, _, _| reply.content_type = Some("text/plain"), ..OK },
    ),
    fault(
        "no content type",
        &["prepare/response/contentType"],
        Traits { every: |reply, _| reply.content_type = None, ..OK },
    ),
    fault(
        "an HTML page for malformed JSON",
        &["prepare/response/contentType", "prepare/response/syntax", "prepare/body/syntax"],
        Traits {
            refusal: |reply, _, reason| {
                if reason == Reason::Syntax {
                    *reply = Reply::text(400, "text/html", "<html><h1>Bad Request</h1></html>");
                }
            },
            ..OK
        },
    ),
    fault("empty body in refusals", SYNTAX, refusals!(|_| Vec::new())),
    fault("empty body in success", SYNTAX, successes!(|_| Vec::new())),
    fault("bytes behind the JSON", SYNTAX, successes!(|bytes| [&bytes[..], b"\n{}"].concat())),
    fault("byte-order mark", SYNTAX, successes!(|bytes| [b"\xef\xbb\xbf", &bytes[..]].concat())),
    fault(
        "NaN",
        SYNTAX,
        successes!(|bytes| replaced(bytes, "\"status\":", b"\"x\":NaN,\"status\":")),
    ),
    fault("truncated JSON", SYNTAX, successes!(without_end)),
    fault("truncated JSON in refusals", SYNTAX, refusals!(without_end)),
    fault("invalid UTF-8", SYNTAX, refusals!(|bytes| replaced(bytes, "refused", b"\xc3\x28"))),
    fault(
        "an unescaped quote of an id",
        SYNTAX,
        Traits {
            success: |reply, _, asked| {
                if asked.instance_ids.iter().any(|id| id.contains('"')) {
                    reply.rewrite(|bytes| replaced(bytes, "\\\"", b"\""));
                }
            },
            ..OK
        },
    ),
    fault(
        "500 on NUL",
        SERVER_ERROR,
        crash_on!(|text: &str| text.contains("\\u0000") || text.contains('\0')),
    ),
    fault(
        "503 on NUL",
        SERVER_ERROR,
        Traits {
            front: |seen| {
                let text = seen.text();
                (text.contains("\\u0000") || text.contains('\0')).then(overloaded)
            },
            ..OK
        },
    ),
    fault(
        "503 on 33 characters",
        SERVER_ERROR,
        Traits {
            refusal: |reply, _, reason| {
                if reason == Reason::TooLong {
                    *reply = overloaded();
                }
            },
            ..OK
        },
    ),
    fault(
        "500 on emoji",
        SERVER_ERROR,
        crash_on!(|text: &str| text.chars().any(|c| c > '\u{ffff}')),
    ),
    fault(
        "500 on lone surrogates",
        SERVER_ERROR,
        crash_on!(|text: &str| {
            let text = text.to_ascii_lowercase();
            let halves = |mark: [&str; 4]| mark.iter().map(|m| text.matches(*m).count()).sum();
            let high: usize = halves(["\\ud8", "\\ud9", "\\uda", "\\udb"]);
            let low: usize = halves(["\\udc", "\\udd", "\\ude", "\\udf"]);
            high != low
        }),
    ),
    fault(
        "500 on deep nesting",
        SERVER_ERROR,
        crash_on!(|text: &str| text.contains("[[[[[[[[") || text.matches("{\"").count() > 20),
    ),
    fault("500 on a quote", SERVER_ERROR, crash_on!(|text: &str| text.contains('\''))),
    fault(
        "500 on an empty body",
        SERVER_ERROR,
        Traits { front: |seen| (seen.method == "POST" && seen.body.is_empty()).then(crash), ..OK },
    ),
    fault(
        "500 on full lists",
        SERVER_ERROR,
        Traits {
            success: |reply, _, asked| {
                if asked.instance_ids.len() == 100 {
                    *reply = crash();
                }
            },
            ..OK
        },
    ),
    fault(
        "reset on a trailing comma",
        NO_ANSWER,
        deliver_on!(Delivery::Reset, |text: &str| text.contains(",}") || text.contains(",]")),
    ),
    fault(
        "reset of every answer that accepts",
        NO_ANSWER,
        Traits { success: |reply, _, _| reply.delivery = Delivery::Reset, ..OK },
    ),
    fault(
        "no answer to anything legal",
        NO_ANSWER,
        Traits { success: |reply, _, _| reply.delivery = Delivery::Hang, ..OK },
    ),
    fault(
        "closed in the head on CJK",
        NO_ANSWER,
        deliver_on!(Delivery::CutInHead, |text: &str| {
            text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
        }),
    ),
    fault(
        "closed in the body of long answers",
        NO_ANSWER,
        Traits {
            success: |reply, _, asked| {
                if asked.instance_ids.len() >= 50 {
                    reply.delivery = Delivery::CutInBody;
                }
            },
            ..OK
        },
    ),
    fault(
        "hang on huge numbers",
        NO_ANSWER,
        deliver_on!(Delivery::Hang, |text: &str| {
            text.contains("e400") || text.contains("E400") || text.contains(&"9".repeat(40))
        }),
    ),
    fault(
        "Content-Length too large in refusals",
        NO_ANSWER,
        Traits { refusal: |reply, _, _| reply.delivery = Delivery::LengthTooLarge, ..OK },
    ),
    fault(
        "Content-Length too small in refusals",
        &["prepare/response/syntax", "prepare/response/noAnswer"],
        Traits { refusal: |reply, _, _| reply.delivery = Delivery::LengthTooSmall, ..OK },
    ),
    fault(
        "plain text for too many entries",
        &["prepare/response/contentType", "prepare/response/syntax"],
        Traits {
            refusal: |reply, _, reason| {
                if reason == Reason::TooMany {
                    reply.content_type = Some("text/plain");
                    reply.body = Body::Bytes(b"too many".to_vec());
                }
            },
            ..OK
        },
    ),
];
