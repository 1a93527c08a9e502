//! The body is what its headers say, to a strict reader.

use super::oracle::is_json;
use super::{Breach, CheckName, Exchange, Severity, Unreadable};
use crate::contract::Tape;
use crate::http::Answer;

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let Some(answer) = exchange.answer() else { return Vec::new() };
    if !claims_json(exchange, answer) {
        return Vec::new();
    }
    let why = match &exchange.reading.tape {
        Ok(tape) => return repeated_member(exchange, answer, tape),
        Err(why) => why,
    };
    let kind = match why {
        Unreadable::Empty => "empty body",
        Unreadable::InvalidUtf8 => "invalid UTF-8",
        Unreadable::ByteOrderMark => "byte-order mark",
        Unreadable::TrailingBytes => "trailing bytes",
        Unreadable::Truncated => "truncated JSON",
        Unreadable::NotANumber => "NaN in JSON",
        Unreadable::NotJson => "not JSON",
        Unreadable::Beyond => return Vec::new(),
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

/// An object that names a member twice is JSON, and says different things to different readers:
/// names should be unique (RFC 8259, section 4).
fn repeated_member(exchange: &Exchange<'_>, answer: &Answer, tape: &Tape) -> Vec<Breach> {
    if !tape.repeats_a_member() {
        return Vec::new();
    }
    let breach = exchange.breach(
        CheckName::StrictReading,
        "response",
        "syntax",
        "member named twice",
        "objects whose members have names of their own",
        format!("{}, an object with one name twice", answer.status),
    );
    breach.map(|breach| Breach { severity: Severity::Warning, ..breach }).into_iter().collect()
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

#[cfg(test)]
mod tests {
    use crate::case::{Case, Expectation};
    use crate::check::tests::{answer, breaches, case, hold, oracle, success};
    use crate::contract::Outcome;

    fn json(body: impl Into<bytes::Bytes>) -> crate::http::Interaction {
        answer(200, "application/json", body)
    }

    #[test]
    fn what_says_that_it_is_json_is_one_json_value() {
        let ok = success().to_string();
        let whole = |rest: &str| json(format!("{ok}{rest}"));
        let with = |member: &str| json(ok.replacen('{', &format!("{{{member},"), 1));
        hold(&[
            (whole("\r\n"), &[]),
            (whole("{}"), &["response/syntax: trailing bytes"]),
            (json(""), &["response/syntax: empty body"]),
            (json(format!("\u{feff}{ok}")), &["response/syntax: byte-order mark"]),
            (json(&b"{\"error_msg\":\"\xc3\x28\"}"[..]), &["response/syntax: invalid UTF-8"]),
            (json(ok[..ok.len() - 1].to_owned()), &["response/syntax: truncated JSON"]),
            (with("\"x\":NaN"), &["response/syntax: NaN in JSON"]),
            // Legal JSON, whether or not every reader can hold it.
            (with(r#""x":"\ud800""#), &[]),
            (with(r#""x":1e400"#), &[]),
            (with(r#""error_code":"0""#), &["response/syntax: member named twice?"]),
        ]);
    }

    #[test]
    fn a_refusal_of_open_shape_may_have_no_body_but_no_false_one() {
        let oracle = oracle();
        let any = Outcome { any: true, ..Outcome::default() };
        let case = Case { expectation: Expectation::Refused(any), ..case(oracle.operation()) };
        let found = |body| breaches(&oracle, &case, &answer(401, "application/json", body));
        assert_eq!(found(""), [""; 0]);
        assert_eq!(found("no"), ["response/syntax: not JSON"]);
    }
}
