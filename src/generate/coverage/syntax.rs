//! Bodies that are no JSON, barely JSON, or the same JSON in other spellings.

use std::fmt::Write as _;

use serde_json::Value;

use super::bench::{Bench, Block, Draft, plain};
use super::sites::{Site, sites};
use super::twice;
use crate::case::{Phase, Scenario};

/// The blocks about how the body is written.
pub(crate) fn blocks(bench: &Bench<'_>) -> Vec<Block> {
    let Some(template) = &bench.template else { return Vec::new() };
    [malformed(bench, template), borderline(bench, template), spelling(bench, template)]
        .into_iter()
        .flatten()
        .chain(twice::blocks(bench, template))
        .chain(media_types(bench))
        .collect()
}

fn malformed(bench: &Bench<'_>, template: &Value) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "body syntax");
    let text = template.to_string();
    if bench.operation.body.as_ref().is_some_and(|body| body.required) {
        let draft =
            |intent| Draft::new(Scenario::MissingBody, &"body", "required", intent).refused(bench);
        block.request(draft("no body"), |request| request.body = None);
        block.bytes(draft("an empty body"), "");
        block.bytes(draft("a body of white space"), " \r\n");
    }
    let mut rows: Vec<(&str, String)> = vec![
        ("plain text", "fencepost".into()),
        ("form fields", "a=1&b=2".into()),
        ("markup", "<a>1</a>".into()),
        ("single quotes", text.replace('"', "'")),
        ("a trailing comma", format!("{},}}", &text[..text.len() - 1])),
        ("a leading comma", format!("{{,{}", &text[1..])),
        ("a comment", format!("{{/* */{}", &text[1..])),
        ("an undefined word", "{\"a\":undefined}".into()),
        ("no closing brace", text[..text.len() - 1].into()),
    ];
    for part in [1, 2, 3] {
        let mut end = text.len() * part / 4;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        rows.push(("truncated", text[..end].into()));
    }
    if let Value::Object(members) = template {
        if let Some(name) = members.keys().next() {
            rows.push(("an unquoted member name", text.replacen(&format!("\"{name}\""), name, 1)));
            rows.push((
                "no colon",
                text.replacen(&format!("\"{name}\":"), &format!("\"{name}\" "), 1),
            ));
        }
        if members.len() > 1 {
            rows.push(("a missing comma", text.replacen(",\"", " \"", 1)));
        }
        if text.contains("\"]") {
            rows.push(("a trailing comma in a list", text.replacen("\"]", "\",]", 1)));
        }
    }
    for (name, body) in rows {
        let draft = Draft::new(Scenario::MalformedJson, &"body", "syntax", name).refused(bench);
        block.bytes(draft, body);
    }
    block.finish()
}

/// What parsers disagree about.
fn borderline(bench: &Bench<'_>, template: &Value) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "body borderline");
    let text = template.to_string();
    for (name, tail) in
        [("a second value", "{}"), ("a bracket", "}"), ("a letter", "x"), ("NUL", "\0")]
    {
        let intent = format!("{name} behind the value");
        let draft =
            Draft::new(Scenario::TrailingBytes, &"body", "trailingBytes", intent).refused(bench);
        block.bytes(draft, format!("{text}{tail}"));
    }
    let with_member =
        |value: &str| format!("{},\"fencepost_unknown\":{value}}}", &text[..text.len() - 1]);
    if template.is_object() {
        for (name, bytes) in [
            ("a lone continuation byte", &b"\x80"[..]),
            ("an overlong slash", b"\xc0\xaf"),
            ("an encoded surrogate", b"\xed\xa0\x80"),
        ] {
            let mut body = with_member("\"").into_bytes();
            body.truncate(body.len() - 1);
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\"}");
            let draft = Draft::new(Scenario::InvalidUtf8, &"body", "utf8", name).refused(bench);
            block.bytes(draft, body);
        }
        for depth in [100, 5_000] {
            let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let intent = format!("{depth} nested lists in a member that nobody documents");
            let draft = Draft::new(Scenario::DeepNesting, &"body", "nesting", intent);
            block.bytes(draft, with_member(&nested));
        }
        for number in ["1e400", "-1e400", "123456789012345678901234567890", "1e-400"] {
            let draft = Draft::new(Scenario::HugeNumber, &"body", "hugeNumbers", number);
            block.bytes(draft, with_member(number));
        }
        for escape in ["\\ud800", "\\udc00", "\\udc00\\ud800"] {
            let draft = Draft::new(Scenario::LoneSurrogate, &"body", "surrogates", escape);
            block.bytes(draft, with_member(&format!("\"{escape}\"")));
        }
        let filler = format!("\"{}\"", "x".repeat(70_000));
        let draft = Draft::new(
            Scenario::LargeBody,
            &"body",
            "size",
            "70,000 characters in a member that nobody documents",
        );
        block.bytes(draft, with_member(&filler));
        let first_text = sites_of_text(bench).into_iter().next();
        if let Some(site) = first_text {
            let body = bench.body_with(&site.place, 0, MARK.into()).to_string();
            let draft = Draft::new(
                Scenario::LoneSurrogate,
                &"body",
                "surrogates",
                format!("\\ud800 in {}", site.place),
            );
            block.bytes(draft.at(&site.place), body.replace(MARK, "\\ud800"));
        }
    }
    let draft =
        Draft::new(Scenario::ByteOrderMark, &"body", "byteOrderMark", "a byte-order mark in front");
    block.bytes(draft, format!("\u{feff}{text}"));
    block.finish()
}

/// Stands in for what a JSON value can't write, and is replaced in the text.
const MARK: &str = "fencepost-mark";

pub(super) fn sites_of_text(bench: &Bench<'_>) -> Vec<Site> {
    let body = bench.operation.body.as_ref();
    body.map(|body| sites(&body.schema))
        .unwrap_or_default()
        .into_iter()
        .filter(Site::is_free_text)
        .collect()
}

/// The plain valid request in other legal spellings.
fn spelling(bench: &Bench<'_>, template: &Value) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "body spelling");
    let control = block.control();
    let text = template.to_string();
    let mut rows = vec![
        ("spaces around", format!("  {text}\r\n")),
        (
            "spaces and line feeds within",
            serde_json::to_string_pretty(template).unwrap_or(text.clone()),
        ),
        ("tabs within", text.replace("\":", "\"\t:\t")),
        ("every character escaped", escaped(template, Escape::All)),
        ("one character escaped", escaped(template, Escape::First)),
        ("upper-case escapes", escaped(template, Escape::Upper)),
    ];
    if let Value::Object(members) = template
        && members.len() > 1
    {
        let reversed: serde_json::Map<String, Value> =
            members.iter().rev().map(|(name, value)| (name.clone(), value.clone())).collect();
        rows.push(("members in another order", Value::Object(reversed).to_string()));
    }
    for (name, body) in rows {
        let draft =
            Draft::new(Scenario::LegalSpelling, &"body", "spelling", name).same_as(&control);
        block.bytes(draft, body);
    }
    for charset in ["; charset=utf-8", "; charset=UTF-8", ";charset=\"utf-8\""] {
        let draft = Draft::new(Scenario::LegalSpelling, &"header.Content-Type", "charset", charset)
            .same_as(&control);
        block.request(draft, |request| {
            let media_type =
                request.header("Content-Type").map(ToString::to_string).unwrap_or_default();
            request.set_header("Content-Type", plain(format!("{media_type}{charset}")));
        });
    }
    block.finish()
}

#[derive(Clone, Copy, PartialEq)]
enum Escape {
    All,
    First,
    Upper,
}

/// `value` as JSON with characters of its strings escaped.
fn escaped(value: &Value, how: Escape) -> String {
    match value {
        Value::String(text) => {
            let mut units = [0; 2];
            let mut out = String::from("\"");
            for (index, character) in text.chars().enumerate() {
                if how != Escape::First || index == 0 || !character.is_ascii_alphanumeric() {
                    for unit in character.encode_utf16(&mut units) {
                        // Writing to a string never fails.
                        let _ = match how {
                            Escape::Upper => write!(out, "\\u{unit:04X}"),
                            _ => write!(out, "\\u{unit:04x}"),
                        };
                    }
                } else {
                    out.push(character);
                }
            }
            out.push('"');
            out
        }
        Value::Array(entries) => {
            let entries: Vec<String> = entries.iter().map(|entry| escaped(entry, how)).collect();
            format!("[{}]", entries.join(","))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| {
                    format!(
                        "{}:{}",
                        escaped(&Value::String(name.clone()), how),
                        escaped(value, how)
                    )
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

fn media_types(bench: &Bench<'_>) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "body media type");
    for media_type in ["text/plain", "application/xml", "application/x-www-form-urlencoded"] {
        let draft = Draft::new(Scenario::UndocumentedMediaType, &"body", "mediaType", media_type);
        block.request(draft, |request| request.set_header("Content-Type", plain(media_type)));
    }
    let draft = Draft::new(Scenario::UndocumentedMediaType, &"body", "mediaType", "none");
    block.request(draft, |request| request.remove_header("Content-Type"));
    block.finish()
}
