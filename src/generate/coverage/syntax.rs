//! Bodies that are no JSON, or barely JSON.

use serde_json::Value;

use super::bench::{Bench, Block, Blocks, plain};
use super::body::UNKNOWN_MEMBER;
use super::draft::Draft;
use super::sites::Site;
use super::{spelling, twice};
use crate::case::{Phase, Scenario};
use crate::contract::Strength;

/// So many texts of a body are given half a surrogate pair.
const TEXTS: usize = 4;

/// The blocks about how the body is written.
pub(crate) fn blocks<'b>(bench: &'b Bench<'_>) -> Blocks<'b> {
    let Some(template) = &bench.template else { return Box::new(std::iter::empty()) };
    let blocks =
        [malformed(bench, template), borderline(bench, template), spelling::block(bench, template)]
            .into_iter()
            .flatten();
    Box::new(blocks.chain(twice::blocks(bench, template)).chain(media_types(bench)))
}

fn malformed(bench: &Bench<'_>, template: &Value) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "body syntax");
    let text = template.to_string();
    if bench.operation.body.as_ref().is_some_and(|body| body.required) {
        let draft =
            |intent| Draft::new(Scenario::MissingBody, &"body", "required", intent).refused(bench);
        block.request(draft("no body"), |request| request.body = None);
        // Without a media type it may be refused for that.
        let untyped = draft("no body and no content type").in_any_words();
        block.request(untyped, |request| {
            request.body = None;
            request.remove_header("Content-Type");
        });
        block.bytes(draft("an empty body"), "");
        block.bytes(draft("a body of white space"), " \r\n");
    }
    let mut rows: Vec<(&str, String)> = vec![
        ("plain text", "fencepost".into()),
        ("form fields", "a=1&b=2".into()),
        ("markup", "<a>1</a>".into()),
        ("single quotes", text.replace('"', "'")),
        ("a trailing comma", format!("{},}}", &text[..text.len() - 1])),
        ("a word in front", format!("fencepost{text}")),
        ("a leading comma", format!("{{,{}", &text[1..])),
        ("a comment", format!("{{/* */{}", &text[1..])),
        ("an undefined word", "{\"a\":undefined}".into()),
        ("no closing brace", text[..text.len() - 1].into()),
    ];
    if text.ends_with("]}") {
        rows.push(("no closing brackets", text[..text.len() - 2].into()));
    }
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
    // What is changed may stand within a text, and half a number is a number.
    rows.retain(|(_, body)| !body.trim().is_empty() && !is_json(body));
    for (name, body) in rows {
        let draft = Draft::new(Scenario::MalformedJson, &"body", "syntax", name).refused(bench);
        block.bytes(draft, body);
    }
    block.finish()
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// What parsers disagree about.
fn borderline(bench: &Bench<'_>, template: &Value) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "body borderline");
    let text = template.to_string();
    for (name, tail) in
        [("a second value", "{}"), ("a bracket", "}"), ("a letter", "x"), ("NUL", "\0")]
    {
        // Behind a number some of them are part of it.
        if !matches!(text.as_bytes().last(), Some(b'}' | b']' | b'"')) {
            continue;
        }
        let intent = format!("{name} behind the value");
        let draft =
            Draft::new(Scenario::TrailingBytes, &"body", "trailingBytes", intent).refused(bench);
        block.bytes(draft, format!("{text}{tail}"));
    }
    let comma = if template.as_object().is_some_and(serde_json::Map::is_empty) { "" } else { "," };
    let with_member =
        |value: &str| format!("{}{comma}\"{UNKNOWN_MEMBER}\":{value}}}", &text[..text.len() - 1]);
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
            // Where no other members are allowed only a documented one tells.
            if let Some(body) = in_a_text(bench, bytes) {
                let intent = format!("{name} in a documented text");
                let draft = Draft::new(Scenario::InvalidUtf8, &"body", "utf8", intent);
                block.bytes(draft.refused(bench), body);
            }
        }
        // No JSON, and yet many a parser takes them.
        for (name, value) in
            [("NaN", "NaN"), ("Infinity", "Infinity"), ("a raw line feed in a text", "\"a\nb\"")]
        {
            let intent = format!("{name} in a member that nobody documents");
            let draft = Draft::new(Scenario::MalformedJson, &"body", "syntax", intent)
                .refused(bench)
                .at_most(Strength::Should);
            block.bytes(draft, with_member(value));
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
        for site in sites_of_text(bench).into_iter().take(TEXTS) {
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

/// The plain body with these bytes, which are no characters, in a text that has room for them.
fn in_a_text(bench: &Bench<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
    let template = bench.template.as_ref()?;
    let site = sites_of_text(bench).into_iter().find(|site| {
        let parent = site.place.parent();
        let room = site.schema.max_length().is_none_or(|most| most >= MARK.len() + 3);
        room && parent.is_some_and(|parent| !parent.values(template).is_empty())
    })?;
    let text = bench.body_with(&site.place, 0, MARK.into()).to_string();
    let at = text.find(MARK)? + MARK.len();
    Some([&text.as_bytes()[..at], bytes, &text.as_bytes()[at..]].concat())
}

/// Stands in for what a JSON value can't write, and is replaced in the text.
pub(super) const MARK: &str = "fencepost-mark";

pub(super) fn sites_of_text(bench: &Bench<'_>) -> Vec<Site> {
    bench.sites.iter().filter(|site| site.is_free_text()).cloned().collect()
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
