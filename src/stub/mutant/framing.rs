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
    ("trailing-comma", |json| with_more(json, b"", b"")),
    ("not-a-number", |json| with_more(json, b"\"load\":", b"NaN")),
    ("invalid-utf-8", |json| with_more(json, b"\"note\":", b"\"\xff\"")),
    ("unescaped-line-feed", |json| with_more(json, b"\"note\":", b"\"a\nb\"")),
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
                    if kind.is(exchange)
                        && matches!(&reply.body, Some((_, Value::Object(_) | Value::Array(_))))
                    {
                        reply.written = Some(write(reply.bytes()));
                    }
                },
            );
        }
    }
    let mut kinds = Kind::of(maker.operation);
    if !kinds.contains(&Kind::Success) {
        // An answer without a body is delivered all the same.
        kinds.insert(0, Kind::Success);
    }
    for kind in kinds {
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

/// A comma, and what stands behind it, before the closing bracket: a member of this name in an
/// object, an entry in a list.
fn with_more(mut json: Vec<u8>, name: &[u8], value: &[u8]) -> Vec<u8> {
    let Some(bracket) = json.pop() else { return json };
    let is_empty = matches!(json.last(), Some(b'{' | b'['));
    let comma: &[u8] = if is_empty && !value.is_empty() { b"" } else { b"," };
    let name = if bracket == b'}' { name } else { b"" };
    [&json, comma, name, value, &[bracket]].concat()
}

#[cfg(test)]
mod tests {
    use super::with_more;
    use crate::stub::mutant::wrong::{asking, asking_for, is_wrong};

    #[test]
    fn more_stands_in_objects_and_lists() {
        assert_eq!(with_more(b"{\"a\":1}".to_vec(), b"\"b\":", b"NaN"), b"{\"a\":1,\"b\":NaN}");
        assert_eq!(with_more(b"[1]".to_vec(), b"\"b\":", b"NaN"), b"[1,NaN]");
        assert_eq!(with_more(b"[]".to_vec(), b"\"b\":", b"NaN"), b"[NaN]");
        assert_eq!(with_more(b"[1]".to_vec(), b"", b""), b"[1,]");
    }

    #[test]
    fn bytes_trail_behind_accepting_answers() {
        let id = "response/syntax/trailing-bytes-in-success";
        assert!(is_wrong(id, &[asking_for("u", &["a"])]));
        assert!(!is_wrong(id, &[asking("{}")]));
    }
}
