//! The answer to a judged request.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::contract::extension::{Code, Envelope, Meaning, Relation};
use crate::contract::reference::{escape, resolve};
use crate::contract::{Broken, Compiler, Operation, Schema, StatusPattern};

use super::delivery::Delivery;
use super::judge::Refusal;
use super::pattern;
use super::sample::{Members, sample, sound_sample};

const BAD_REQUEST: u16 = 400;
const UNAUTHORIZED: u16 = 401;
const NOT_FOUND: u16 = 404;
const METHOD_NOT_ALLOWED: u16 = 405;

/// Refusals that `default` and classes may speak of.
const USUAL_REFUSALS: [u16; 5] = [BAD_REQUEST, UNAUTHORIZED, 403, NOT_FOUND, 422];

/// An answer before it is put on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reply {
    /// The HTTP status.
    pub(super) status: u16,
    /// Headers beside `Content-Type`, in order.
    pub(super) headers: Vec<(String, String)>,
    /// The media type and the JSON value; `None` for an answer without a body.
    pub(super) body: Option<(String, Value)>,
    /// The bytes to send in place of the value, for what JSON has no words for.
    pub(super) written: Option<Vec<u8>>,
    /// How it travels.
    pub(super) delivery: Delivery,
    /// How long the service thinks before it answers.
    pub(super) pause: Duration,
}

impl Reply {
    fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: None,
            written: None,
            delivery: Delivery::Plain,
            pause: Duration::ZERO,
        }
    }

    /// The body as it goes on the wire.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let value = || self.body.as_ref().map(|(_, body)| body.to_string().into_bytes());
        self.written.clone().or_else(value).unwrap_or_default()
    }
}

/// The answer to a request that no operation is for.
pub(super) fn unrouted(envelope: Option<&Envelope>, refusal: &Refusal) -> Reply {
    if let Some(reply) = envelope.and_then(|envelope| gateway(envelope, NOT_FOUND)) {
        return reply;
    }
    match refusal {
        Refusal::UnsupportedMethod(allowed) => Reply {
            headers: vec![("allow".to_owned(), allowed.join(", "))],
            ..Reply::empty(METHOD_NOT_ALLOWED)
        },
        _ => Reply::empty(NOT_FOUND),
    }
}

/// An answer of the gateway in front of the service, where the contract names its codes.
pub(super) fn gateway(envelope: &Envelope, status: u16) -> Option<Reply> {
    let code = envelope.gateway.iter().find_map(|pattern| pattern::shortest(pattern))?;
    let mut body = json!({});
    describe(envelope, &mut body, &code, "refused by the gateway");
    Some(Reply { body: Some(("application/json".to_owned(), body)), ..Reply::empty(status) })
}

/// Answers for one operation; what doesn't depend on the request is built once.
pub(super) struct Answers {
    success: Reply,
    /// The bodies of refusals, by status.
    refusals: Vec<(u16, Value)>,
    /// For each relation, the answer's entry without its key.
    entries: Vec<(Relation, Value)>,
}

impl Answers {
    /// Builds the plain answer of the operation from its document.
    pub(super) fn new(compiler: &Compiler<'_>, operation: &Operation) -> Self {
        let success = success(compiler, operation);
        let body = success.body.as_ref().map_or(Value::Null, |(_, body)| body.clone());
        let entries = operation.relations.iter().map(|relation| {
            let shown = relation.answered.read(&body).and_then(|list| list.get(0));
            (relation.clone(), shown.cloned().unwrap_or_else(|| json!({})))
        });
        let statuses = operation.responses.iter().filter_map(|response| match response.status {
            StatusPattern::Exactly(status @ 400..500) => Some(status),
            _ => None,
        });
        let refusals = statuses.chain(USUAL_REFUSALS).filter_map(|status| {
            let (_, schema) = json_content(operation, status)?;
            Some((status, sound(compiler, schema?, Members::Required)))
        });
        Self { entries: entries.collect(), refusals: refusals.collect(), success }
    }

    /// The answer to a refused request.
    pub(super) fn refused(&self, operation: &Operation, refusal: &Refusal) -> Reply {
        refused_with(operation, refusal, &|status, schema| {
            let held = self.refusals.iter().find(|(held, _)| *held == status);
            held.map_or_else(|| sample(schema, Members::Required), |(_, body)| body.clone())
        })
    }

    /// The answer to an accepted request: what the contract shows, with an entry for each value
    /// that was asked for.
    pub(super) fn accepted(&self, request: Option<&Value>) -> Reply {
        let mut reply = self.success.clone();
        let Some((_, body)) = &mut reply.body else { return reply };
        for (relation, entry) in &self.entries {
            let asked = request.and_then(|request| relation.asked.read(request));
            let asked = match asked {
                Some(Value::Array(values)) => values.as_slice(),
                Some(single) => std::slice::from_ref(single),
                None => &[],
            };
            let answered = asked.iter().map(|value| {
                let mut entry = entry.clone();
                put(&mut entry, &relation.key, value.clone());
                entry
            });
            put(body, relation.answered.pointer(), answered.collect());
        }
        reply
    }
}

/// A sample that keeps its schema, where one is found.
fn sound(compiler: &Compiler<'_>, schema: &Schema, members: Members) -> Value {
    match compiler.compile(schema) {
        Ok(validator) => sound_sample(schema, members, |value| validator.is_valid(value)),
        Err(_) => sample(schema, members),
    }
}

/// Makes the body of a refusal of this status from its schema.
type MakeBody<'b> = dyn Fn(u16, &Schema) -> Value + 'b;

/// The answer to a refused request.
pub(super) fn refused(operation: &Operation, refusal: &Refusal) -> Reply {
    refused_with(operation, refusal, &|_, schema| sample(schema, Members::Required))
}

fn refused_with(operation: &Operation, refusal: &Refusal, make: &MakeBody<'_>) -> Reply {
    let (broken, meaning) = match refusal {
        Refusal::UnknownPath | Refusal::UnsupportedMethod(_) => {
            return unrouted(operation.envelope.as_deref(), refusal);
        }
        Refusal::Unauthenticated(broken) => return unauthenticated(operation, broken, make),
        Refusal::BadParameter(broken) => (broken, Meaning::BadParameter),
        Refusal::Unknown(broken) => (broken, Meaning::Unknown),
    };
    let outcome = operation.outcome(&operation.rule_id(&broken.location, &broken.keyword));
    let usual = usual_code(operation, meaning);
    // An outcome names what a bad parameter gives; what doesn't exist has its own code.
    let named = outcome.code.iter().flatten().next().filter(|_| meaning != Meaning::Unknown);
    let code = named.cloned().or_else(|| usual.map(|code| code.code.clone()));
    let status = outcome.status.iter().flatten().next().copied();
    let status = status.filter(|_| meaning != Meaning::Unknown).or_else(|| {
        let codes = operation.envelope.iter().flat_map(|envelope| &envelope.codes);
        let held = codes.into_iter().find(|held| Some(&held.code) == code.as_ref())?;
        held.status.first().copied()
    });
    let preferred = match meaning {
        Meaning::Unknown => [NOT_FOUND, BAD_REQUEST],
        _ => [BAD_REQUEST, 422],
    };
    let status = status.unwrap_or_else(|| documented(operation, preferred));
    refusal_body(operation, status, code.as_deref(), &broken.to_string(), make)
}

fn unauthenticated(operation: &Operation, broken: &Broken, make: &MakeBody<'_>) -> Reply {
    let outcome = operation.outcome(&operation.rule_id(&broken.location, &broken.keyword));
    let code = outcome.code.iter().flatten().next();
    let status = outcome.status.iter().flatten().next().copied();
    let status = status.unwrap_or_else(|| {
        let documented = [UNAUTHORIZED, 403].into_iter().find(|status| exactly(operation, *status));
        documented.unwrap_or(UNAUTHORIZED)
    });
    if code.is_none()
        && let Some(reply) = operation.envelope.as_deref().and_then(|e| gateway(e, status))
    {
        return reply;
    }
    // Without a gateway the service itself refuses, in its envelope.
    let code = code.or_else(|| usual_code(operation, Meaning::BadParameter).map(|code| &code.code));
    refusal_body(operation, status, code.map(String::as_str), &broken.to_string(), make)
}

/// The first documented code of this meaning.
pub(super) fn usual_code(operation: &Operation, meaning: Meaning) -> Option<&Code> {
    operation.envelope.iter().flat_map(|e| &e.codes).find(|code| code.meaning == meaning)
}

/// A refusal in the shape that the document gives answers of this status.
fn refusal_body(
    operation: &Operation,
    status: u16,
    code: Option<&str>,
    message: &str,
    make: &MakeBody<'_>,
) -> Reply {
    let documented = json_content(operation, status);
    if documented.is_none()
        && operation.envelope.is_none()
        && let Some(reply) = plain(operation, status)
    {
        return reply;
    }
    let (media_type, schema) = documented.unwrap_or(("application/json", None));
    let mut body = schema.map(|schema| make(status, schema));
    // Without a schema the document only says that there is JSON.
    if body.is_none() && documented.is_some() {
        body = Some(json!({}));
    }
    if let (Some(envelope), Some(code)) = (&operation.envelope, code) {
        describe(envelope, body.get_or_insert_with(|| json!({})), code, message);
    }
    let body = body.map(|body| (media_type.to_owned(), body));
    Reply { body, ..Reply::empty(status) }
}

/// The first of the preferred statuses that is documented, else any documented `4xx`, else the
/// first preferred one that a class or `default` covers, else 400.
fn documented(operation: &Operation, preferred: [u16; 2]) -> u16 {
    // One that is asked to come again later was not refused.
    let any = operation.responses.iter().find_map(|response| match response.status {
        StatusPattern::Exactly(status @ 400..500) if status != 429 => Some(status),
        _ => None,
    });
    let named = preferred.into_iter().find(|status| exactly(operation, *status));
    let covered = preferred.into_iter().find(|status| operation.response(*status).is_some());
    named.or(covered).or(any).unwrap_or(BAD_REQUEST)
}

fn exactly(operation: &Operation, status: u16) -> bool {
    operation.responses.iter().any(|held| held.status == StatusPattern::Exactly(status))
}

/// The plain answer to an accepted request.
/// The status that accepts a request.
pub(super) fn success_status(operation: &Operation) -> u16 {
    let named = operation.envelope.as_ref().and_then(|e| e.success.status.first().copied());
    named.unwrap_or_else(|| {
        let shown = |class: u16| {
            operation.responses.iter().find_map(|response| match response.status {
                StatusPattern::Exactly(status) if status / 100 == class => Some(status),
                _ => None,
            })
        };
        shown(2).or_else(|| shown(3)).unwrap_or(200)
    })
}

fn success(compiler: &Compiler<'_>, operation: &Operation) -> Reply {
    let status = success_status(operation);
    let (media_type, schema) = match json_content(operation, status) {
        Some(content) => content,
        None if operation.envelope.is_some() => ("application/json", None),
        None => return plain(operation, status).unwrap_or_else(|| Reply::empty(status)),
    };
    let shown = examples(operation, status, media_type).into_iter().find(|example| {
        let code = operation.envelope.as_ref().and_then(|e| e.code.read(example));
        let succeeds = operation.envelope.as_ref().is_none_or(|envelope| {
            code.and_then(Value::as_str) == Some(envelope.success.code.as_str())
        });
        succeeds
            && schema.is_none_or(|schema| {
                compiler.compile(schema).is_ok_and(|validator| validator.is_valid(example))
            })
    });
    let mut body = shown.unwrap_or_else(|| {
        schema.map_or_else(|| json!({}), |schema| sound(compiler, schema, Members::All))
    });
    if let Some(envelope) = &operation.envelope {
        put(&mut body, envelope.code.pointer(), json!(envelope.success.code));
    }
    Reply { body: Some((media_type.to_owned(), body)), ..Reply::empty(status) }
}

/// An answer in the first documented media type, where that is no JSON.
fn plain(operation: &Operation, status: u16) -> Option<Reply> {
    let (media_type, _) = operation.response(status)?.content.first()?;
    let essence = media_type.split(';').next().unwrap_or(media_type).trim();
    let (media_type, text) = match essence {
        "text/*" => ("text/plain".to_owned(), "ok"),
        "*/*" => ("application/octet-stream".to_owned(), "ok"),
        held if held.ends_with("xml") => (held.to_owned(), "<ok/>"),
        held => (held.replace('*', "x-sample"), "ok"),
    };
    Some(Reply {
        body: Some((media_type, Value::Null)),
        written: Some(text.into()),
        ..Reply::empty(status)
    })
}

/// The JSON media type that the document has for a status, with its schema.
pub(super) fn json_content(operation: &Operation, status: u16) -> Option<(&str, Option<&Schema>)> {
    let content = &operation.response(status)?.content;
    let (media_type, schema) = content.iter().find(|(name, _)| {
        let name = name.split(';').next().unwrap_or(name).trim().to_ascii_lowercase();
        name == "*/*" || name == "application/json" || name.ends_with("+json")
    })?;
    let media_type = if media_type == "*/*" { "application/json" } else { media_type };
    Some((media_type, schema.as_ref()))
}

/// The example bodies that the document shows for a status.
fn examples(operation: &Operation, status: u16, media_type: &str) -> Vec<Value> {
    let Some(response) = operation.response(status) else { return Vec::new() };
    let Some(document) = response.content.iter().find_map(|(_, schema)| schema.as_ref()) else {
        return Vec::new();
    };
    let document = document.document();
    let key = match response.status {
        StatusPattern::Exactly(status) => status.to_string(),
        StatusPattern::Class(digit) => format!("{digit}XX"),
        StatusPattern::Default => "default".to_owned(),
    };
    let at = resolve(document, &format!("{}/responses/{key}", operation.pointer));
    let Some(shown) = document.pointer(&format!("{at}/content/{}", escape(media_type))) else {
        return Vec::new();
    };
    let named = shown.get("examples").and_then(Value::as_object);
    let named = named.into_iter().flat_map(Map::values).filter_map(|held| held.get("value"));
    shown.get("example").into_iter().chain(named).cloned().collect()
}

/// Writes code and message where the envelope has them.
fn describe(envelope: &Envelope, body: &mut Value, code: &str, message: &str) {
    put(body, envelope.code.pointer(), json!(code));
    if let Some(place) = &envelope.message {
        put(body, place.pointer(), json!(message));
    }
}

/// Puts `new` at a JSON pointer, making the objects on the way.
pub(super) fn put(value: &mut Value, pointer: &str, new: Value) {
    let mut place = value;
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        if !place.is_object() {
            *place = json!({});
        }
        place = &mut place[token];
    }
    *place = new;
}
