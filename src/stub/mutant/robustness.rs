//! Input that makes the service fail.
//!
//! Example: `response/serverError/on-beyond-ascii` answers 500 to a legal request with letters
//! beyond ASCII in it.

use serde_json::Value;

use super::Family;
use super::maker::Maker;
use super::node::any_text;
use super::when::{asked_size, full_size, refused};
use crate::contract::{Meaning, Strength};
use crate::stub::answer::{Reply, put};
use crate::stub::behaviour::Exchange;
use crate::stub::delivery::Delivery;
use crate::stub::judge::{Judgement, Refusal};

/// The operator, and whether a request is of the kind.
type Kind = (&'static str, fn(&Exchange<'_>) -> bool);

const KINDS: [Kind; 17] = [
    ("no-body", |x| x.operation.is_some() && x.request.body.is_empty()),
    ("syntax", |x| keyword(x, "syntax")),
    ("wrong-types", |x| keyword(x, "type")),
    ("missing-members", |x| keyword(x, "required")),
    ("long-texts", |x| keyword(x, "maxLength")),
    ("long-lists", |x| keyword(x, "maxItems")),
    ("top-level-types", |x| {
        refused(x).is_some_and(|b| b.location == "body" && b.keyword == "type")
    }),
    ("null", |x| keyword(x, "type") && String::from_utf8_lossy(&x.request.body).contains("null")),
    ("equal-entries", |x| x.accepted().is_some_and(has_equal_entries)),
    ("quotes", |x| accepted_text(x, |text| text.contains(['"', '\'']))),
    ("backslashes", |x| accepted_text(x, |text| text.contains('\\'))),
    ("percent", |x| accepted_text(x, |text| text.contains('%'))),
    ("beyond-ascii", |x| accepted_text(x, |text| !text.is_ascii())),
    ("beyond-the-bmp", |x| accepted_text(x, |text| text.chars().any(|c| c > '\u{ffff}'))),
    ("line-feeds-in-texts", |x| accepted_text(x, |text| text.contains('\n'))),
    ("no-credential", |x| matches!(x.judgement, Judgement::Refused(Refusal::Unauthenticated(_)))),
    ("other-methods", |x| matches!(x.judgement, Judgement::Refused(Refusal::UnsupportedMethod(_)))),
];

pub(super) fn add(maker: &mut Maker<'_>) {
    let internal = maker.operation.envelope.as_ref().and_then(|envelope| {
        let code = envelope.codes.iter().find(|code| code.meaning == Meaning::Internal)?;
        Some((envelope.code.pointer().to_owned(), code.code.clone()))
    });
    for (operator, is_kind) in KINDS {
        if !can_be_sent(maker, operator) {
            continue;
        }
        let description = format!("the service fails on {}", operator.replace('-', " "));
        let rule = ("response", "serverError");
        let failing = internal.clone();
        let on = format!("on-{operator}");
        maker.answering(Family::Robustness, rule, &on, &*description, move |exchange, reply| {
            if is_kind(exchange) {
                fail(reply, failing.as_ref());
            }
        });
        let rule = ("response", "noAnswer");
        let reset = format!("reset-on-{operator}");
        let description = format!("the connection is reset on {}", operator.replace('-', " "));
        let delivery = Delivery::Reset;
        maker.delivering(Family::Robustness, rule, &reset, description, delivery, is_kind);
    }
    if let Some(full) = full_size(maker.operation) {
        let description = "the service fails on full lists";
        let rule = ("response", "serverError");
        let family = Family::Robustness;
        maker.answering(family, rule, "on-full-lists", description, move |exchange, reply| {
            if asked_size(exchange) >= full {
                fail(reply, internal.as_ref());
            }
        });
        for (operator, delivery) in [
            ("reset-on-full-lists", Delivery::Reset),
            ("cut-on-full-lists", Delivery::CutInBody),
            ("hang-on-full-lists", Delivery::Hang),
            ("drip-on-full-lists", Delivery::Drip),
        ] {
            let description = operator.replace('-', " ");
            let rule = ("response", "noAnswer");
            maker.delivering(family, rule, operator, description, delivery, move |exchange| {
                asked_size(exchange) >= full
            });
        }
    }
    for (operator, delivery, is_kind) in [
        ("hang-on-syntax", Delivery::Hang, KINDS[1].1),
        ("hang-on-beyond-the-bmp", Delivery::Hang, KINDS[13].1),
        ("drip-on-missing-members", Delivery::Drip, KINDS[3].1),
    ] {
        let kind = operator.split_once("-on-").map_or(operator, |(_, kind)| kind);
        if !can_be_sent(maker, kind) {
            continue;
        }
        let description = operator.replace('-', " ");
        let rule = ("response", "noAnswer");
        maker.delivering(Family::Robustness, rule, operator, description, delivery, is_kind);
    }
}

/// Whether requests of this kind can be made for the operation at all.
fn can_be_sent(maker: &Maker<'_>, kind: &str) -> bool {
    let has_rule = |keyword: &str| {
        maker.operation.rules.iter().any(|rule| {
            let location = rule.id.location();
            rule.id.keyword() == keyword
                && rule.strength > Strength::Open
                && ["body", "query", "path."].iter().any(|root| location.starts_with(root))
        })
    };
    match kind {
        "no-body" => maker.operation.body.as_ref().is_some_and(|body| body.required),
        "syntax" => maker.operation.body.is_some(),
        "top-level-types" => maker.strength("body", "type").is_some(),
        "null" => maker.nodes.iter().any(|node| !node.schema.types().is_empty()),
        "wrong-types" => has_rule("type"),
        "missing-members" => has_rule("required"),
        "long-texts" => has_rule("maxLength"),
        "long-lists" => has_rule("maxItems"),
        "equal-entries" => maker
            .nodes
            .iter()
            .any(|node| node.schema.types() == ["array"] && !node.schema.unique_items()),
        "no-credential" => !maker.operation.credentials.is_empty(),
        "other-methods" => true,
        _ => maker.nodes.iter().any(super::node::Node::is_free_text),
    }
}

/// An internal error, in the envelope where there is one.
fn fail(reply: &mut Reply, internal: Option<&(String, String)>) {
    reply.status = 500;
    match (internal, &mut reply.body) {
        (Some((pointer, code)), Some((_, body))) => {
            put(body, pointer, code.as_str().into());
        }
        _ => reply.body = None,
    }
}

fn keyword(exchange: &Exchange<'_>, keyword: &str) -> bool {
    refused(exchange).is_some_and(|broken| broken.keyword == keyword)
}

fn accepted_text(exchange: &Exchange<'_>, holds: fn(&str) -> bool) -> bool {
    exchange.accepted().is_some_and(|body| any_text(body, &holds))
}

fn has_equal_entries(value: &Value) -> bool {
    match value {
        Value::Array(entries) => {
            let twice = entries.iter().enumerate().any(|(at, e)| entries[..at].contains(e));
            twice || entries.iter().any(has_equal_entries)
        }
        Value::Object(members) => members.values().any(has_equal_entries),
        _ => false,
    }
}
