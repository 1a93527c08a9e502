//! Acceptance and refusal told otherwise than documented.
//!
//! Example: `body.user_id/type/answered-with-KOOPHONE.API.9999` calls a number in the place of a
//! text an internal error; `response.error_code/required/missing-in-refusals` leaves the code out.

use serde_json::{Value, json};

use super::Family;
use super::maker::Maker;
use super::when::{Kind, refused, value};
use crate::contract::Broken;
use crate::contract::{Envelope, Meaning, Place, Strength};
use crate::stub::answer::{Reply, put};
use crate::stub::offence::is_same;

pub(super) fn add(maker: &mut Maker<'_>) {
    if let Some(envelope) = maker.operation.envelope.clone() {
        other_codes(maker, &envelope);
        members(maker, &envelope);
        codes(maker, &envelope);
    }
    statuses(maker);
    contents(maker);
}

/// Where an expression's pointer leads, as rules write it.
fn location(pointer: &str) -> String {
    Place::of_pointer(&Place::response(), &Value::Null, pointer).to_string()
}

/// Each documented outcome replaced by another documented one.
fn other_codes(maker: &mut Maker<'_>, envelope: &Envelope) {
    let operation = maker.operation;
    let rules = operation.rules.iter().filter(|rule| {
        let of_body =
            rule.id.location().starts_with("body") || rule.id.location().contains("query");
        of_body && rule.strength == Strength::Must
    });
    for rule in rules {
        let (location, keyword) = (rule.id.location(), rule.id.keyword());
        let outcome = operation.outcome(&rule.id);
        let Some(documented) = outcome.code.clone().filter(|_| !outcome.any) else { continue };
        // Rules that no request breaks have no refusals.
        let breakable = [
            "required",
            "type",
            "maxLength",
            "minLength",
            "maxItems",
            "minItems",
            "pattern",
            "format",
            "enum",
            "maximum",
            "minimum",
            "multipleOf",
            "uniqueItems",
            "syntax",
        ];
        if !breakable.contains(&keyword) {
            continue;
        }
        undocumented(maker, envelope, (location, keyword));
        let others = envelope
            .codes
            .iter()
            .filter(|code| !documented.contains(&code.code) && code.meaning != Meaning::Success);
        for other in others {
            let broken = Broken::new(location, keyword);
            let (pointer, code) = (envelope.code.pointer().to_owned(), other.code.clone());
            let operator = format!("answered-with-{code}");
            let description = format!("{location} {keyword}: refused with {code}");
            let rule = (location, keyword);
            let count = maker.made.len();
            maker.answering(
                Family::Outcomes,
                rule,
                &operator,
                description,
                move |exchange, reply| {
                    if refused(exchange).is_some_and(|held| is_same(held, &broken))
                        && let Some(body) = value(reply)
                    {
                        put(body, &pointer, json!(code));
                    }
                },
            );
            if outcome.tolerated.contains(&other.code)
                && let Some(mutant) = maker.made.get_mut(count)
            {
                mutant.strength = Strength::Should;
            }
        }
    }
}

/// A rule's refusal with a code that nobody documents, with success's, or with another status.
fn undocumented(maker: &mut Maker<'_>, envelope: &Envelope, (location, keyword): (&str, &str)) {
    let broken = Broken::new(location, keyword);
    let pointer = envelope.code.pointer().to_owned();
    let code = self::location(&pointer);
    let success = json!(envelope.success.code);
    for (rule, word, new) in [
        ((&*code, "enum"), "undocumented", json!("FENCEPOST.1")),
        (("response", "success"), "success-code", success),
    ] {
        let (broken, pointer) = (broken.clone(), pointer.clone());
        let operator = format!("{word}-for-{location}.{keyword}");
        let description = format!("{location} {keyword}: refused with {new}");
        maker.answering(Family::Outcomes, rule, &operator, description, move |exchange, reply| {
            if refused(exchange).is_some_and(|held| is_same(held, &broken))
                && let Some(body) = value(reply)
            {
                put(body, &pointer, new.clone());
            }
        });
    }
    let Some(status) = [402, 409].into_iter().find(|s| maker.operation.response(*s).is_none())
    else {
        return;
    };
    let operator = format!("status-{status}-for-{location}.{keyword}");
    let description = format!("{location} {keyword}: refused with status {status}");
    let rule = ("response", "status");
    maker.answering(Family::Outcomes, rule, &operator, description, move |exchange, reply| {
        if refused(exchange).is_some_and(|held| is_same(held, &broken)) {
            reply.status = status;
        }
    });
}

/// What becomes of a member of the envelope.
type Change = (&'static str, &'static str, fn(&mut Value, &str));

const CHANGES: [Change; 5] = [
    ("required", "missing", |body, pointer| {
        take(body, pointer);
    }),
    ("required", "renamed", |body, pointer| {
        if let Some(held) = take(body, pointer) {
            put(body, &format!("{pointer}_"), held);
        }
    }),
    ("required", "nested", |body, pointer| {
        if let Some(held) = take(body, pointer) {
            put(body, &format!("/error{pointer}"), held);
        }
    }),
    ("type", "null", |body, pointer| put(body, pointer, Value::Null)),
    ("type", "number", |body, pointer| put(body, pointer, json!(1000))),
];

/// Code and message missing, renamed, nested, or of another type.
fn members(maker: &mut Maker<'_>, envelope: &Envelope) {
    let message = envelope.message.as_ref().map(|message| message.pointer().to_owned());
    for pointer in [Some(envelope.code.pointer().to_owned()), message].into_iter().flatten() {
        let location = location(&pointer);
        for kind in Kind::BOTH {
            for (keyword, operator, change) in CHANGES {
                let pointer = pointer.clone();
                let operator = format!("{operator}-{}", kind.word());
                let description = format!("{location}: {}", operator.replace('-', " "));
                let rule = (&*location, keyword);
                changing(maker, rule, &operator, &description, kind, move |body| {
                    change(body, &pointer);
                });
            }
        }
    }
}

/// Codes that nobody documents, or in another spelling, or success's.
fn codes(maker: &mut Maker<'_>, envelope: &Envelope) {
    let pointer = envelope.code.pointer().to_owned();
    let location = location(&pointer);
    let change = |new: fn(&str) -> String| {
        let pointer = pointer.clone();
        move |body: &mut Value| {
            if let Some(held) = body.pointer(&pointer).and_then(Value::as_str).map(new) {
                put(body, &pointer, json!(held));
            }
        }
    };
    let refusal = Kind::Refusal;
    let mut with = |keyword: &str, operator: &str, new: fn(&str) -> String| {
        let description = format!("codes of refusals: {operator}");
        changing(maker, (&location, keyword), operator, &description, refusal, change(new));
    };
    with("enum", "undocumented-in-refusals", |code| format!("{code}7"));
    with("enum", "followed-by-a-blank", |code| format!("{code} "));
    with("enum", "text-for-a-code", |_| "bad parameter".to_owned());
    with("letterCase", "lower-case", str::to_ascii_lowercase);
    with("letterCase", "mixed-case", |code| {
        let tail = code.get(1..).unwrap_or_default().to_ascii_lowercase();
        format!("{}{tail}", code.get(..1).unwrap_or_default())
    });
    let undocumented = change(|code| format!("{code}0"));
    let rule = (&*location, "enum");
    let description = "success has a code that nobody documents";
    changing(maker, rule, "undocumented-in-success", description, Kind::Success, undocumented);
    let success = envelope.success.code.clone();
    let description = "refusals have success's code";
    changing(maker, ("response", "success"), "success-code", description, refusal, move |body| {
        put(body, &pointer, json!(success));
    });
}

fn statuses(maker: &mut Maker<'_>) {
    let operation = maker.operation;
    let mut with = |rule: (&str, &str), kind: Kind, status: u16| {
        let operator = format!("status-{status}-{}", kind.word());
        let description = format!("status {status} {}", kind.word().replace('-', " "));
        maker.answering(Family::Outcomes, rule, &operator, description, move |exchange, reply| {
            if kind.is(exchange) {
                reply.status = status;
            }
        });
    };
    let documented = |status| operation.response(status).is_some();
    for status in [201, 202, 206].into_iter().filter(|status| !documented(*status)) {
        with(("response", "status"), Kind::Success, status);
    }
    let speaks = operation.envelope.is_some() || operation.documents_refusals();
    let refusals = [402, 409, 418, 422].into_iter();
    for status in refusals.filter(|status| speaks && !documented(*status)) {
        with(("response", "status"), Kind::Refusal, status);
    }
    let Some(envelope) = &operation.envelope else { return };
    if !documented(302) {
        with(("response", "status"), Kind::Success, 302);
    }
    with(("response", "serverError"), Kind::Refusal, 500);
    with(("response", "serverError"), Kind::Success, 500);
    let code = location(envelope.code.pointer());
    for status in [200, 400] {
        let bad = envelope.codes.iter().find(|code| code.meaning == Meaning::BadParameter);
        if bad.is_some_and(|code| !code.status.is_empty() && !code.status.contains(&status)) {
            with((&code, "status"), Kind::Refusal, status);
        }
        if !envelope.success.status.contains(&status) && documented(status) {
            with(("response", "success"), Kind::Success, status);
        }
    }
}

/// What stands in the place of a JSON body, with its media type.
type Content = (&'static str, &'static str, &'static str, Option<&'static str>);

const CONTENTS: [Content; 7] = [
    ("contentType", "plain-text-type", "text/plain", None),
    ("contentType", "html-type", "text/html", None),
    ("contentType", "no-type", "", None),
    ("contentType", "html", "text/html", Some("<html><body>Error</body></html>")),
    ("contentType", "plain-text", "text/plain", Some("error")),
    ("syntax", "html-as-json", "application/json", Some("<html><body>Error</body></html>")),
    ("syntax", "empty", "application/json", Some("")),
];

/// Other media types, and bodies that are something else.
fn contents(maker: &mut Maker<'_>) {
    for kind in Kind::of(maker.operation) {
        for (keyword, operator, media_type, text) in CONTENTS {
            let operator = format!("{operator}-{}", kind.word());
            let description = format!("the answer is otherwise: {}", operator.replace('-', " "));
            let rule = ("response", keyword);
            maker.answering(
                Family::Outcomes,
                rule,
                &operator,
                description,
                move |exchange, reply| {
                    if kind.is(exchange) {
                        written(reply, media_type, text);
                    }
                },
            );
        }
    }
}

fn written(reply: &mut Reply, media_type: &str, text: Option<&str>) {
    if let Some((held, _)) = &mut reply.body {
        media_type.clone_into(held);
        if let Some(text) = text {
            reply.written = Some(text.as_bytes().to_vec());
        }
    }
}

/// Adds a mutant that changes the JSON body of answers of a kind.
fn changing(
    maker: &mut Maker<'_>,
    rule: (&str, &str),
    operator: &str,
    description: &str,
    kind: Kind,
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) {
    maker.answering(Family::Outcomes, rule, operator, description, move |exchange, reply| {
        if kind.is(exchange)
            && let Some(body) = value(reply)
        {
            change(body);
        }
    });
}

/// Takes away what stands at a pointer.
fn take(body: &mut Value, pointer: &str) -> Option<Value> {
    let (above, name) = pointer.rsplit_once('/')?;
    let name = name.replace("~1", "/").replace("~0", "~");
    body.pointer_mut(above)?.as_object_mut()?.shift_remove(&name)
}

#[cfg(test)]
mod tests {
    use crate::stub::mutant::wrong::{asking, asking_for, is_wrong};

    #[test]
    fn refusals_alone_lack_their_code() {
        let id = "response.error_code/required/missing-in-refusals";
        assert!(is_wrong(id, &[asking("{}")]));
        assert!(!is_wrong(id, &[asking_for("u", &["a"])]));
    }
}
