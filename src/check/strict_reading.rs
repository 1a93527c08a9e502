//! The body is what its headers say, to a strict reader.

use super::oracle::is_json;
use super::{Breach, CheckName, Exchange, Unreadable};
use crate::http::Answer;

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let (Some(answer), Err(why)) = (exchange.answer(), &exchange.reading.json) else {
        return Vec::new();
    };
    if !claims_json(exchange, answer) {
        return Vec::new();
    }
    let kind = match why {
        Unreadable::Empty => "empty body",
        Unreadable::InvalidUtf8 => "invalid UTF-8",
        Unreadable::ByteOrderMark => "byte-order mark",
        Unreadable::TrailingBytes => "trailing bytes",
        Unreadable::Truncated => "truncated JSON",
        Unreadable::NotANumber => "NaN in JSON",
        Unreadable::NotJson => "not JSON",
    };
    exchange
        .breach(
            CheckName::StrictReading,
            "response",
            "syntax",
            kind,
            "one JSON value and nothing else",
            format!("{}, {}", answer.status, why.as_str()),
        )
        .into_iter()
        .collect()
}

/// Whether the body ought to be JSON: its header says so, or it is a service's answer for which
/// only JSON is documented and no other type is claimed.
fn claims_json(exchange: &Exchange<'_>, answer: &Answer) -> bool {
    if matches!(answer.status, 204 | 304) || exchange.case.request.method == "HEAD" {
        return false;
    }
    match answer.media_type() {
        // A refusal of open shape with no body at all breaks nothing, whatever its header.
        Some(held) => {
            is_json(&held) && (!answer.body.is_empty() || exchange.service_answer().is_some())
        }
        None => false,
    }
}
