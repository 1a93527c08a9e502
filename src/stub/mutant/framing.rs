//! Bodies that are not the JSON that their headers say.
//!
//! Example: `response/syntax/trailing-bytes-in-success` has a letter behind the JSON value.

use serde_json::Value;

use super::Family;
use super::maker::Maker;
use super::when::Kind;
use crate::stub::delivery::Delivery;

/// The operator, and the bytes in place of the faithful ones.
type Write = (&'static str, fn(Vec<u8>) -> Vec<u8>);

const WRITES: [Write; 9] = [
    ("trailing-bytes", |json| [&json, &b"x"[..]].concat()),
    ("second-value", |json| [&json[..], &json].concat()),
    ("byte-order-mark", |json| [&b"\xef\xbb\xbf"[..], &json].concat()),
    ("truncated", |mut json| {
        json.pop();
        json
    }),
    ("half", |mut json| {
        json.truncate(json.len() / 2);
        json
    }),
    ("trailing-comma", |mut json| {
        json.pop();
        [&json, &b",}"[..]].concat()
    }),
    ("not-a-number", |mut json| {
        json.pop();
        [&json, &b",\"load\":NaN}"[..]].concat()
    }),
    ("invalid-utf-8", |mut json| {
        json.pop();
        [&json, &b",\"note\":\"\xff\"}"[..]].concat()
    }),
    ("unescaped-line-feed", |mut json| {
        json.pop();
        [&json, &b",\"note\":\"a\nb\"}"[..]].concat()
    }),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    for kind in Kind::of(maker.operation) {
        for (operator, write) in WRITES {
            let operator = format!("{operator}-{}", kind.word());
            let description = format!("the body: {}", operator.replace('-', " "));
            let rule = ("response", "syntax");
            maker.answering(
                Family::Answers,
                rule,
                &operator,
                description,
                move |exchange, reply| {
                    if kind.is(exchange) && matches!(&reply.body, Some((_, Value::Object(_)))) {
                        reply.written = Some(write(reply.bytes()));
                    }
                },
            );
        }
        let deliveries = [
            ("cut-in-head", Delivery::CutInHead),
            ("cut-in-body", Delivery::CutInBody),
            ("length-too-large", Delivery::LengthTooLarge),
            ("length-too-small", Delivery::LengthTooSmall),
            ("truncated-chunk", Delivery::TruncatedChunk),
            ("reset", Delivery::Reset),
        ];
        for (operator, delivery) in deliveries {
            // A body that is cut where its length ends is whole to HTTP.
            let keyword = if delivery == Delivery::LengthTooSmall { "syntax" } else { "noAnswer" };
            let operator = format!("{operator}-{}", kind.word());
            let description = format!("the answer: {}", operator.replace('-', " "));
            let rule = ("response", keyword);
            let applies = move |exchange: &crate::stub::behaviour::Exchange<'_>| kind.is(exchange);
            maker.delivering(Family::Robustness, rule, &operator, description, delivery, applies);
        }
    }
}
