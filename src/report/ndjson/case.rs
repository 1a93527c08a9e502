//! A case as a line holds it: all that a report shows of it, byte for byte, and no secret.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::case::{
    Case, Expectation, FieldValue, GenerationMode, HeaderCase, Phase, Request, Scenario,
};
use crate::contract::{RuleId, Strength};
use crate::redact::Redactor;

/// A case without what only judging needs.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CaseRow {
    id: String,
    phase: Phase,
    mode: GenerationMode,
    scenario: Scenario,
    rule: RuleId,
    strength: Strength,
    intent: String,
    twin: Option<String>,
    request: RequestRow,
}

#[derive(Debug, Serialize, Deserialize)]
struct RequestRow {
    method: String,
    path: String,
    query: Vec<(String, FieldRow)>,
    headers: Vec<(String, FieldRow)>,
    lower_case_headers: bool,
    body: Option<BodyRow>,
}

/// A header's or parameter's value.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FieldRow {
    /// As it is.
    Text(String),
    /// A secret, by the shell expression that stands for it.
    Shell {
        expression: String,
        /// Whether a URL can hold the secret as it is.
        is_plain: bool,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BodyRow {
    /// UTF-8.
    Text(String),
    /// Any bytes, two hexadecimal digits each.
    Hex(String),
}

impl CaseRow {
    pub(super) fn new(case: &Case, redactor: &Redactor) -> Self {
        let text = |text: &str| redactor.redact(text).into_owned();
        let request = &case.request;
        let fields = |fields: &[(String, FieldValue)]| {
            let rows = fields.iter();
            rows.map(|(name, value)| (name.clone(), field(value, redactor))).collect()
        };
        Self {
            id: case.id.clone(),
            phase: case.phase,
            mode: case.mode,
            scenario: case.scenario,
            rule: case.rule.clone(),
            strength: case.strength,
            intent: text(&case.intent),
            twin: case.twin.clone(),
            request: RequestRow {
                method: request.method.clone(),
                path: text(&request.path),
                query: fields(&request.query),
                headers: fields(&request.headers),
                lower_case_headers: request.header_case == HeaderCase::Lower,
                body: request.body.as_deref().map(|body| body_row(body, redactor)),
            },
        }
    }

    /// The case, for showing: what the contract says of its answer is not stored.
    pub(super) fn case(self) -> Result<Case, String> {
        let RequestRow { method, path, query, headers, lower_case_headers, body } = self.request;
        let fields = |rows: Vec<(String, FieldRow)>| {
            rows.into_iter().map(|(name, row)| (name, value(row))).collect()
        };
        let body = body.map(bytes).transpose()?;
        let header_case = if lower_case_headers { HeaderCase::Lower } else { HeaderCase::Title };
        let (query, headers) = (fields(query), fields(headers));
        Ok(Case {
            id: self.id,
            phase: self.phase,
            mode: self.mode,
            scenario: self.scenario,
            rule: self.rule,
            strength: self.strength,
            expectation: Expectation::Open,
            intent: self.intent,
            place: None,
            body: body.as_deref().and_then(|body| serde_json::from_slice(body).ok()),
            request: Request { method, path, query, headers: headers.into(), header_case, body },
            twin: self.twin,
        })
    }
}

fn field(value: &FieldValue, redactor: &Redactor) -> FieldRow {
    match value {
        FieldValue::Plain(text) => FieldRow::Text(redactor.redact(text).into_owned()),
        FieldValue::Secret { value, shell } => {
            let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
            FieldRow::Shell { expression: shell.clone(), is_plain }
        }
    }
}

/// A secret that was stored without its value: one that can be shown, and not sent.
fn value(row: FieldRow) -> FieldValue {
    match row {
        FieldRow::Text(text) => FieldValue::Plain(text),
        FieldRow::Shell { expression, is_plain } => {
            let value = if is_plain { "secret" } else { "secret, not stored" };
            FieldValue::Secret { value: value.to_owned(), shell: expression }
        }
    }
}

fn body_row(body: &[u8], redactor: &Redactor) -> BodyRow {
    let redacted = redactor.redact_bytes(body);
    match std::str::from_utf8(&redacted) {
        Ok(text) => BodyRow::Text(text.to_owned()),
        Err(_) => BodyRow::Hex(hex(&redacted)),
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

fn bytes(row: BodyRow) -> Result<Bytes, String> {
    let digits = match row {
        BodyRow::Text(text) => return Ok(text.into()),
        BodyRow::Hex(digits) => digits,
    };
    let pairs = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    let bytes: Option<Vec<u8>> = pairs.collect();
    bytes.map(Bytes::from).ok_or_else(|| "a body is no hexadecimal text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{BodyRow, body_row, bytes, field, value};
    use crate::case::FieldValue;
    use crate::redact::Redactor;

    #[test]
    fn bodies_come_back_byte_for_byte() {
        let none = Redactor::default();
        for body in [&b""[..], b"{\"a\":\"\\u0041\"}", b"\xff\x00\xfe", "\u{feff}{}".as_bytes()] {
            let text = serde_json::to_string(&body_row(body, &none)).expect("is JSON");
            let row: BodyRow = serde_json::from_str(&text).expect("reads back");
            assert_eq!(bytes(row).expect("is whole"), body);
        }
        for wrong in ["f", "zz", "é0"] {
            assert!(bytes(BodyRow::Hex(wrong.to_owned())).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_stored_as_the_shell_names_it() {
        let secret = FieldValue::Secret { value: "s3cret/value".into(), shell: "$TOKEN".into() };
        let row = field(&secret, &Redactor::default());
        let text = serde_json::to_string(&row).expect("is JSON");
        assert!(!text.contains("s3cret"), "{text}");
        assert_eq!(value(row).to_string(), "$TOKEN");
    }
}
