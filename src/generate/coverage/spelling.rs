//! The same JSON in other legal spellings, and violations in them.

use std::fmt::Write as _;

use serde_json::Value;

use super::bench::{Bench, Block, Builder, in_lower_case, plain};
use super::draft::Draft;
use super::reach;
use super::sites::Site;
use super::syntax::{MARK, sites_of_text};
use crate::case::{Phase, Request, Scenario};
use crate::contract::Strength;
use crate::generate::text;

/// Texts with a character that JSON may escape: what it is, the text, and the text escaped.
const ESCAPABLE: [(&str, &str, &str); 2] =
    [("a slash", "a/b", "a\\/b"), ("an emoji", "a😀", "a\\ud83d\\ude00")];

const PRETTY: &str = "spaces and line feeds within";
const CHARSET: &str = "; charset=utf-8";
const ESCAPED: &str = "every character escaped";

/// The plain valid request in other legal spellings.
pub(super) fn block(bench: &Bench<'_>, template: &Value) -> Option<Block> {
    let mut block = bench.block(Phase::Coverage, "body spelling");
    let control = block.control();
    let text = template.to_string();
    let mut rows = vec![
        ("spaces around", format!("  {text}\r\n")),
        (PRETTY, serde_json::to_string_pretty(template).unwrap_or(text.clone())),
        ("tabs within", text.replace("\":", "\"\t:\t")),
        (ESCAPED, escaped(template, Escape::All)),
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
    // What is replaced may stand within a text as well.
    rows.retain(|(_, body)| serde_json::from_str(body).is_ok_and(|read: Value| read == *template));
    let mut twins = Twins::default();
    for (name, body) in rows {
        let draft =
            Draft::new(Scenario::LegalSpelling, &"body", "spelling", name).same_as(&control);
        let id = block.bytes(draft, body);
        match name {
            PRETTY => twins.pretty = id,
            ESCAPED => twins.escaped = id,
            _ => {}
        }
    }
    for row in ESCAPABLE {
        escaped_character(&mut block, row);
    }
    for charset in [CHARSET, "; charset=UTF-8", ";charset=\"utf-8\""] {
        let draft = Draft::new(Scenario::LegalSpelling, &"header.Content-Type", "charset", charset)
            .same_as(&control);
        let id = block.request(draft, |request| with_charset(request, charset));
        if charset == CHARSET {
            twins.charset = id;
        }
    }
    violations(&mut block, &control, &twins);
    block.finish()
}

/// The legal requests in the spellings that a violation is sent in as well.
#[derive(Default)]
struct Twins {
    pretty: String,
    escaped: String,
    charset: String,
}

fn with_charset(request: &mut Request, charset: &str) {
    let media_type = request.header("Content-Type").map(ToString::to_string).unwrap_or_default();
    request.set_header("Content-Type", plain(format!("{media_type}{charset}")));
}

/// A character, plain and escaped. Whether it is welcome is another rule's matter: the plain one is the
/// twin of the escaped one.
fn escaped_character(
    block: &mut Builder<'_, '_>,
    (name, text, escaped): (&'static str, &'static str, &str),
) {
    let bench = block.bench;
    let fits = |site: &Site| {
        let most = site.schema.max_length().unwrap_or(usize::MAX);
        (site.schema.min_length().unwrap_or(0)..=most).contains(&text.chars().count())
    };
    let Some(site) = sites_of_text(bench).into_iter().find(fits) else { return };
    let (scenario, keyword) = (Scenario::PrintableCharacters, "printableCharacters");
    let draft = Draft::new(scenario, &site.place, keyword, name).accepted().at(&site.place);
    let twin =
        block.body(draft.at_most(Strength::Should), bench.body_with(&site.place, 0, text.into()));
    let body = bench.body_with(&site.place, 0, MARK.into()).to_string();
    let intent = format!("{name} escaped");
    let draft = Draft::new(Scenario::LegalSpelling, &"body", "spelling", intent);
    block.bytes(draft.accepted().twin(&twin), body.replace(MARK, escaped));
}

/// A text above its limit in other legal spellings of the request: limits hold in all of them.
fn violations(block: &mut Builder<'_, '_>, control: &str, twins: &Twins) {
    let bench = block.bench;
    let limited = |site: &Site| Some((reach::longest(&site.schema)?, site.clone()));
    let Some((most, site)) = sites_of_text(bench).iter().find_map(limited) else { return };
    let mut rng = bench.rng(&format!("spelling/{}", site.place));
    let long = text::alphanumeric(&mut rng, most + 1);
    let body = bench.body_with(&site.place, 0, long.into());
    let draft = |how: &str, twin: &str| {
        let intent = format!("{} characters, {how}", most + 1);
        Draft::new(Scenario::StringAboveMaxLength, &site.place, "maxLength", intent)
            .refused(bench)
            .at(&site.place)
            .twin(twin)
    };
    let pretty = serde_json::to_string_pretty(&body).unwrap_or_else(|_| body.to_string());
    block.bytes(draft(PRETTY, &twins.pretty), pretty);
    block.bytes(draft(ESCAPED, &twins.escaped), escaped(&body, Escape::All));
    let with_charset = |request: &mut Request| with_charset(request, CHARSET);
    block.varied(draft("with a charset", &twins.charset), body.clone(), with_charset);
    let with_header = |request: &mut Request| request.set_header("X-Fencepost", plain("1"));
    block.varied(draft("with an unknown header", control), body.clone(), with_header);
    block.varied(draft("header names in lower case", control), body, in_lower_case);
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
