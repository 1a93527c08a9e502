//! An answer as a strict reader takes it.

use serde_json::Value;

use crate::contract::{Envelope, Meaning, Operation};
use crate::http::Interaction;

/// An answer, read once for all checks.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the body says as JSON, strictly read; why not, where it says nothing.
    pub json: Result<Value, Unreadable>,
    /// The code in the envelope, where there is one and it is a string.
    pub code: Option<String>,
    /// What became of the request.
    pub disposition: Disposition,
}

/// What became of a request, by the contract's own account of success and refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// Accepted: the contract's success, in status and code.
    Accepted,
    /// Refused as breaking a rule.
    BadParameter,
    /// Refused as naming something that doesn't exist or may not be used.
    Unknown,
    /// Refused otherwise: with another code, or with none.
    Refused,
    /// Refused for want of a credential: 401 or 403, where status is all there is.
    Denied,
    /// Answered by the gateway in front of the service.
    Gateway,
    /// Turned away for load: 429 or 503.
    Shed,
    /// The service failed: another 5xx.
    ServerError,
    /// Neither accepted nor refused: a redirect, or a success without the success's code.
    Undefined,
    /// There was no whole answer.
    NoAnswer,
}

impl Disposition {
    /// Whether the request got as far as being judged and found legal in form.
    pub fn is_legal(self) -> bool {
        matches!(self, Self::Accepted | Self::Unknown)
    }

    /// Whether the request was refused by the service, whatever the reason.
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::BadParameter | Self::Unknown | Self::Refused | Self::Denied)
    }
}

/// Why a body is no JSON value to a strict reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unreadable {
    /// There is no body.
    Empty,
    /// It is not UTF-8.
    InvalidUtf8,
    /// It begins with a byte-order mark.
    ByteOrderMark,
    /// A JSON value is followed by more bytes.
    TrailingBytes,
    /// It ends within a value.
    Truncated,
    /// It contains `NaN` or `Infinity`.
    NotANumber,
    /// It is otherwise no JSON.
    NotJson,
}

impl Unreadable {
    /// The fault in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "an empty body",
            Self::InvalidUtf8 => "bytes that are not UTF-8",
            Self::ByteOrderMark => "a byte-order mark in front of the JSON",
            Self::TrailingBytes => "a JSON value followed by more bytes",
            Self::Truncated => "JSON that ends within a value",
            Self::NotANumber => "JSON with NaN or Infinity in it",
            Self::NotJson => "a body that is no JSON",
        }
    }
}

impl Reading {
    /// Reads what came of a request to `operation`.
    pub fn of(operation: &Operation, interaction: &Interaction) -> Self {
        let Ok(answer) = &interaction.result else {
            return Self {
                json: Err(Unreadable::Empty),
                code: None,
                disposition: Disposition::NoAnswer,
            };
        };
        let json = read_json(&answer.body);
        let envelope = operation.envelope.as_deref();
        let code = envelope.and_then(|envelope| {
            let value = envelope.code.read(json.as_ref().ok()?)?;
            value.as_str().map(str::to_owned)
        });
        let disposition = match envelope {
            Some(envelope) => by_envelope(envelope, answer.status, code.as_deref()),
            None => by_status(answer.status),
        };
        Self { json, code, disposition }
    }

    /// The documented meaning of the answer's code.
    pub fn meaning(&self, operation: &Operation) -> Option<Meaning> {
        let code = self.code.as_deref()?;
        operation.envelope.as_deref()?.meaning(code)
    }
}

/// A strict reading of a body as one JSON value.
fn read_json(body: &[u8]) -> Result<Value, Unreadable> {
    if body.is_empty() {
        return Err(Unreadable::Empty);
    }
    if body.starts_with(b"\xef\xbb\xbf") {
        return Err(Unreadable::ByteOrderMark);
    }
    if std::str::from_utf8(body).is_err() {
        return Err(Unreadable::InvalidUtf8);
    }
    let error = match serde_json::from_slice(body) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Unreadable::Empty);
    }
    let mut values = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    let starts_with_container =
        matches!(values.next(), Some(Ok(v)) if v.is_object() || v.is_array());
    Err(if starts_with_container {
        Unreadable::TrailingBytes
    } else if error.is_eof() && looks_like_json(body) {
        Unreadable::Truncated
    } else if looks_like_json(body) && names_not_a_number(body) {
        Unreadable::NotANumber
    } else {
        Unreadable::NotJson
    })
}

fn looks_like_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

fn names_not_a_number(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    [":NaN", ": NaN", "[NaN", ",NaN", "Infinity"].iter().any(|word| text.contains(word))
}

fn by_envelope(envelope: &Envelope, status: u16, code: Option<&str>) -> Disposition {
    if matches!(status, 429 | 503) {
        return Disposition::Shed;
    }
    if code.is_some_and(|code| envelope.meaning(code).is_none() && envelope.is_gateway(code)) {
        return Disposition::Gateway;
    }
    let is_success_status = envelope.success.status.contains(&status);
    match (status, code) {
        (500.., _) => Disposition::ServerError,
        (_, Some(code)) if code == envelope.success.code => {
            // A server that gives success's code with another 2xx did accept.
            if is_success_status || (200..300).contains(&status) {
                Disposition::Accepted
            } else {
                Disposition::Undefined
            }
        }
        (200..300 | 400..500, Some(code)) => match envelope.meaning(code) {
            Some(Meaning::BadParameter) => Disposition::BadParameter,
            Some(Meaning::Unknown) => Disposition::Unknown,
            _ => Disposition::Refused,
        },
        (400..500, None) => Disposition::Refused,
        _ => Disposition::Undefined,
    }
}

fn by_status(status: u16) -> Disposition {
    match status {
        429 | 503 => Disposition::Shed,
        401 | 403 | 407 => Disposition::Denied,
        404 | 409 | 410 | 412 => Disposition::Unknown,
        400..500 => Disposition::BadParameter,
        500.. => Disposition::ServerError,
        200..300 => Disposition::Accepted,
        _ => Disposition::Undefined,
    }
}

#[cfg(test)]
mod tests {
    use super::{Unreadable, read_json};

    #[test]
    fn a_strict_reader_names_what_is_wrong_with_a_body() {
        for (body, expected) in [
            (&b""[..], Unreadable::Empty),
            (b" \n", Unreadable::Empty),
            (b"\xef\xbb\xbf{}", Unreadable::ByteOrderMark),
            (b"{\"a\":\"\xff\"}", Unreadable::InvalidUtf8),
            (b"{} {}", Unreadable::TrailingBytes),
            (b"{}x", Unreadable::TrailingBytes),
            (b"{\"a\":1", Unreadable::Truncated),
            (b"{\"a\":\"b", Unreadable::Truncated),
            (b"{\"a\": NaN}", Unreadable::NotANumber),
            (b"<html></html>", Unreadable::NotJson),
            (b"{'a':1}", Unreadable::NotJson),
        ] {
            assert_eq!(read_json(body), Err(expected), "{}", String::from_utf8_lossy(body));
        }
        assert!(read_json(b" {\"a\": [1, null]}\r\n").is_ok());
    }
}
