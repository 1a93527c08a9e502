//! Rules of the request that no schema states: credentials, headers, method, path, bytes.

use super::ledger::{
    HOUSE, HOUSE_ADVICE, LOOSE_PROTOCOL, Ledger, MUST, OPEN, OPEN_PROTOCOL, PROTOCOL, Weight,
};
use super::parts::Parts;
use crate::contract::{Basis, Credential, Operation, RequestBody, Strength};

type Row = (&'static str, &'static str, Weight, &'static str);

const METAMORPHIC: Weight = (Strength::Must, Basis::Metamorphic);

const CREDENTIAL: [(&str, Weight, &str); 9] = [
    ("required", MUST, "a request without it is refused"),
    ("empty", MUST, "an empty one is refused"),
    ("blank", MUST, "a blank one is refused"),
    ("value", MUST, "one that was never issued is refused"),
    ("letterCase", HOUSE, "one with its letters' case swapped is refused"),
    ("cut", HOUSE, "half of it is refused"),
    ("appended", HOUSE_ADVICE, "one with something behind it is refused"),
    ("elsewhere", HOUSE, "it is refused where it is not documented"),
    ("expired", HOUSE_ADVICE, "an expired one is refused"),
];

const PROTOCOL_ROWS: [Row; 5] = [
    ("header", "unknown", PROTOCOL, "an unknown header is ignored"),
    ("header", "nameCase", PROTOCOL, "header names may be in any case"),
    ("method", "unsupported", PROTOCOL, "undocumented methods are refused"),
    ("path", "unknown", PROTOCOL, "undocumented paths are refused"),
    ("path", "spelling", OPEN_PROTOCOL, "the path with another slash or in other letter case"),
];

const JSON_BODY: [Row; 9] = [
    ("body", "syntax", MUST, "is JSON"),
    ("body", "trailingBytes", LOOSE_PROTOCOL, "ends with its JSON value"),
    ("body", "utf8", LOOSE_PROTOCOL, "is UTF-8"),
    ("body", "byteOrderMark", OPEN_PROTOCOL, "a byte-order mark in front"),
    ("body", "nesting", OPEN_PROTOCOL, "very deep nesting"),
    ("body", "hugeNumbers", OPEN_PROTOCOL, "numbers that no usual type holds"),
    ("body", "surrogates", OPEN_PROTOCOL, "escaped halves of surrogate pairs"),
    ("body", "size", OPEN, "no largest size is documented"),
    ("body", "spelling", PROTOCOL, "every legal spelling of the same JSON is accepted"),
];

/// Adds the rules of the whole request.
pub(super) fn whole(ledger: &mut Ledger<'_>, operation: &Operation) {
    let in_body = operation.body.as_ref().is_some_and(|body| !body.examples.is_empty());
    let in_parameters = operation.parameters.iter().any(|p| !p.examples.is_empty());
    if in_body || in_parameters {
        ledger.add("request", "examples", MUST, "the documented examples are legal");
    }
    ledger.add("request", "valid", MUST, "a request that keeps every rule is accepted");
    let summary = "what was a legal request a moment ago still is";
    ledger.add("request", "repetition", METAMORPHIC, summary);
    let summary =
        "right behind one that was refused, a request is accepted or refused as it is alone";
    ledger.add("request", "afterMalformed", METAMORPHIC, summary);
    let summary = "a request is answered as it is alone while others are under way";
    ledger.add("request", "concurrency", METAMORPHIC, summary);
}

/// Adds the rules of a credential.
pub(super) fn credential(ledger: &mut Ledger<'_>, credential: &Credential) {
    let location = format!("{}.{}", credential.location.as_str(), credential.name);
    for (keyword, weight, summary) in CREDENTIAL {
        ledger.add(&location, keyword, weight, summary);
    }
}

/// Adds the rules of headers, method and path.
pub(super) fn envelope(ledger: &mut Ledger<'_>, operation: &Operation) {
    for (location, keyword, weight, summary) in PROTOCOL_ROWS {
        ledger.add(location, keyword, weight, summary);
    }
    if operation.body.is_some() {
        let summary = "`charset=utf-8` may stand behind the media type";
        ledger.add("header.Content-Type", "charset", PROTOCOL, summary);
    }
}

/// Adds the rules of the body's bytes.
pub(super) fn bytes(ledger: &mut Ledger<'_>, body: &RequestBody) {
    if body.required {
        ledger.add("body", "required", MUST, "must be present");
    }
    for (location, keyword, weight, summary) in JSON_BODY {
        ledger.add(location, keyword, weight, summary);
    }
    if Parts::always(&body.schema).describes("object") {
        let summary = "of two members of one name, the one that is used keeps the limits";
        ledger.add("body", "duplicateMembers", MUST, summary);
    }
    let summary = "media types other than the documented one";
    ledger.add("body", "mediaType", OPEN, summary);
}
