//! The headers of an answer are there and hold what is documented.

use serde_json::Value;

use super::{Breach, CheckName, Exchange};
use crate::contract::{ResponseHeader, header_location};

/// Words that JSON has another spelling for.
const WORDS: [(&str, bool); 2] = [("true", true), ("false", false)];

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let Some(answer) = exchange.service_answer() else { return Vec::new() };
    let Some(response) = exchange.operation().response(answer.status) else { return Vec::new() };
    let breach = |header: &ResponseHeader, keyword, kind, expected: &str, got: &str| {
        let actual = format!("{}, {} {got}", answer.status, header.name);
        let location = header_location(&header.name);
        exchange.breach(
            CheckName::ResponseHeadersConformance,
            &location,
            keyword,
            kind,
            expected,
            actual,
        )
    };
    let broken = response.headers.iter().filter_map(|header| match text(exchange, header) {
        None if header.required => {
            breach(header, "required", "missing", "the header is there", "nothing")
        }
        Some(text) if !is_as_documented(exchange, header, &text) => {
            let got = format!("{text:?}");
            breach(header, "schema", "not as documented", "what the header's schema asks for", &got)
        }
        _ => None,
    });
    broken.collect()
}

/// What the header holds; of several lines one value, as HTTP reads them (RFC 9110, 5.3).
fn text(exchange: &Exchange<'_>, header: &ResponseHeader) -> Option<String> {
    let lines = exchange.answer()?.headers.get_all(&header.name).iter();
    let lines: Vec<_> = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// Whether one way to read the text is what the schema asks for: a header is text, whatever it means.
fn is_as_documented(exchange: &Exchange<'_>, header: &ResponseHeader, text: &str) -> bool {
    let Some(schema) = &header.schema else { return true };
    exchange.oracle.header_validator(schema).is_none_or(|validator| {
        // How objects are written is more than is read here.
        schema.allows_type("object") && !schema.types().is_empty()
            || readings(text).iter().any(|reading| validator.is_valid(reading))
    })
}

/// What a header's text may stand for.
fn readings(text: &str) -> Vec<Value> {
    let text = text.trim();
    let entries = || text.split(',').map(str::trim);
    let mut readings: Vec<Value> = vec![text.into()];
    readings.extend(scalar(text));
    readings.push(entries().map(Value::from).collect());
    readings.push(entries().map(|entry| scalar(entry).unwrap_or_else(|| entry.into())).collect());
    if text.is_empty() {
        readings.push(Value::Array(Vec::new()));
    }
    readings
}

/// The number or boolean that a text spells.
fn scalar(text: &str) -> Option<Value> {
    let word = WORDS.iter().find(|(word, _)| text.eq_ignore_ascii_case(word));
    let number = || serde_json::from_str(text).ok().filter(Value::is_number);
    word.map(|(_, truth)| Value::Bool(*truth)).or_else(number)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::check::tests::{breaches, case, json_answer, oracle_of};
    use crate::http::Interaction;
    use crate::http::header::{HeaderName, HeaderValue};

    /// An answer with this status and these headers.
    fn with(status: u16, headers: &[(&str, &'static str)]) -> Interaction {
        let mut interaction = json_answer(status, &json!({}));
        let answer = interaction.result.as_mut().expect("is an answer");
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("is a name");
            answer.headers.append(name, HeaderValue::from_static(value));
        }
        interaction
    }

    const MISSING: &str = "response/headers.Location/required: missing";
    const LEFT: &str = "response/headers.X-Left/schema: not as documented";
    const TAGS: &str = "response/headers.X-Tags/schema: not as documented";

    #[test]
    fn documented_headers_are_there_and_hold_what_is_documented() {
        let headers = json!({
            "Location": {"required": true, "schema": {"type": "string"}},
            "X-Left": {"schema": {"type": "integer", "minimum": 0}},
            "X-Tags": {"schema": {"type": "array", "items": {"enum": ["a", "b"]}}},
            "Content-Type": {"required": true, "schema": {"enum": ["never"]}},
        });
        let created = json!({"description": "d", "headers": headers});
        let responses: Value = json!({"201": created, "default": {"description": "d"}});
        let oracle = oracle_of(&json!({"operationId": "a", "responses": responses}));
        let found = |status, headers: &[(&str, &'static str)]| {
            breaches(&oracle, &case(oracle.operation()), &with(status, headers))
        };
        let here = ("location", "/a/1");
        assert_eq!(found(201, &[]), [MISSING]);
        assert_eq!(found(201, &[here]), [""; 0], "others are optional");
        assert_eq!(found(400, &[("x-left", "none")]), [""; 0], "documented of 201 alone");
        assert_eq!(found(201, &[here, ("x-left", "3"), ("x-tags", "a, b")]), [""; 0]);
        assert_eq!(found(201, &[here, ("x-tags", "a"), ("x-tags", "b")]), [""; 0], "two lines");
        assert_eq!(found(201, &[here, ("x-left", "-1")]), [LEFT]);
        assert_eq!(found(201, &[here, ("x-left", "few")]), [LEFT]);
        assert_eq!(found(201, &[here, ("x-tags", "a,c")]), [TAGS]);
    }
}
