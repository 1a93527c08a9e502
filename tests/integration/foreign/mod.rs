//! A document of another kind than the built-in one, and servers by hand that keep it in ways of their
//! own, or break it in one place.

mod pets;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fencepost::check::Severity;
use fencepost::contract::Contract;
use fencepost::run::{Outcome, RunSettings};
use serde_json::{Value, json};

use crate::opponents::{Reply, Seen};
use crate::runs;
use pets::{DOCUMENT, KEY, PLAIN, Ways};

/// A change to the document: what stands there, and what instead.
type Edits = &'static [(&'static str, &'static str)];

fn run(edits: Edits, ways: Ways) -> Outcome {
    let text = edits.iter().fold(DOCUMENT.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    });
    let contract = Contract::parse("pets.yaml", &text).expect("is a contract");
    let settings = RunSettings::default();
    let inputs = fencepost::generate::Inputs { cases: 20, ..runs::inputs(&contract, KEY, 3) };
    let plan = runs::plan(&contract, inputs, &settings);
    let server = pets::start(ways);
    runs::run(&plan, &server.uri, &settings, Duration::from_secs(10))
}

/// The failures of a run, a line each.
fn failures(outcome: &Outcome) -> Vec<String> {
    let failures = outcome.findings().filter(|finding| finding.severity == Severity::Failure);
    failures
        .map(|finding| {
            format!(
                "{} [{}] {}: {} | {} | {}",
                finding.rule,
                finding.check,
                finding.kind,
                finding.case.intent,
                finding.expected,
                finding.actual
            )
        })
        .collect()
}

/// Tries all rows, two at once; the messages of those that are wrong.
fn all<R: Sync>(rows: &[R], wrong: impl Fn(&R) -> Option<String> + Sync) {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let message = wrong(row);
                    found.lock().expect("no panic in between").extend(message);
                }
            });
        }
    });
    let found = found.into_inner().expect("no panic in between");
    assert!(found.is_empty(), "{} wrong:\n{}", found.len(), found.join("\n\n"));
}

/// The same with another status where the plain one is `from`.
fn status(mut reply: Reply, from: u16, to: u16) -> Reply {
    if reply.status == from {
        reply.status = to;
    }
    reply
}

/// The same with the pets in an answer changed.
fn pets_changed(mut reply: Reply, change: fn(&mut Value)) -> Reply {
    if matches!(reply.status, 200 | 201) {
        match reply.value() {
            Value::Array(pets) => pets.iter_mut().for_each(change),
            pet => change(pet),
        }
    }
    reply
}

/// Whether the path is a pet's.
fn is_pet(path: &str) -> bool {
    path.strip_prefix("/pets/").is_some_and(|id| id.parse::<u64>().is_ok())
}

const fn changed(change: fn(&Seen, Reply) -> Reply) -> Ways {
    Ways { change, ..PLAIN }
}

const fn lax(lax: &'static [&'static str]) -> Ways {
    Ways { lax, ..PLAIN }
}

/// Names, what the document says otherwise, and what the shop does.
const HARMLESS: &[(&str, Edits, Ways)] = &[
    ("the plain shop", &[], PLAIN),
    (
        "members that nobody documents",
        &[],
        changed(|_, reply| pets_changed(reply, |pet| pet["_links"] = json!({"self": "/x"}))),
    ),
    (
        "a media type with parameters",
        &[],
        changed(|_, mut reply| {
            reply.content_type =
                reply.content_type.map(|_| "Application/JSON; charset=\"utf-8\"; v=1");
            reply
        }),
    ),
    (
        "whole numbers written as fractions",
        &[],
        changed(|_, reply| {
            pets_changed(reply, |pet| {
                if let Some(id) = pet["id"].as_f64() {
                    pet["id"] = id.into();
                }
            })
        }),
    ),
    (
        "nothing where null is legal",
        &[],
        changed(|_, reply| pets_changed(reply, |pet| pet["born"] = Value::Null)),
    ),
    ("a pet that is gone is gone", &[], Ways { forgets: true, ..PLAIN }),
    ("one pet of each name", &[], Ways { unique_names: true, ..PLAIN }),
    (
        "one of each name, gone when removed",
        &[],
        Ways { unique_names: true, forgets: true, ..PLAIN },
    ),
    (
        "a status that only default names",
        &[("'400': { description: refused }", "default: { description: something else }")],
        changed(|_, reply| status(reply, 400, 422)),
    ),
    (
        "a status of a documented range",
        &[("'400': { description: refused }", "4XX: { description: refused }")],
        changed(|_, reply| status(reply, 400, 422)),
    ),
    (
        "successes of a documented range",
        &[("'200':", "2XX:"), ("'201':", "2XX:"), ("'204':", "2XX:")],
        PLAIN,
    ),
    (
        "refusals that the document doesn't mention",
        &[
            ("'401': { description: who are you }", "'402': { description: pay }"),
            ("'404': { description: none }", "'410': { description: gone }"),
        ],
        PLAIN,
    ),
    (
        "a document without refusals",
        &[
            ("        '400': { description: refused }\n", ""),
            ("        '401': { description: who are you }\n", ""),
            ("        '404': { description: none }\n", ""),
            ("        '409': { description: there is one of this name }\n", ""),
        ],
        changed(|_, reply| status(reply, 400, 422)),
    ),
    (
        "refusals without a body",
        &[],
        changed(|_, reply| match reply.status {
            400.. => Reply::empty(reply.status),
            _ => reply,
        }),
    ),
    (
        "refusals as pages",
        &[],
        changed(|_, reply| match reply.status {
            400.. => Reply::text(reply.status, "text/html", "<h1>No</h1>"),
            _ => reply,
        }),
    ),
    (
        "refusals as problems",
        &[],
        changed(|_, mut reply| {
            if reply.status >= 400 {
                reply.content_type = Some("application/problem+json");
            }
            reply
        }),
    ),
    (
        "media types as a range",
        &[(
            "content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } }",
            "content: { 'application/*': { schema: { $ref: '#/components/schemas/Pet' } } }",
        )],
        changed(|_, mut reply| {
            if matches!(reply.value(), Value::Object(_)) {
                reply.content_type = reply.content_type.map(|_| "application/vnd.pets+json");
            }
            reply
        }),
    ),
    (
        "any media type",
        &[(
            "content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } }",
            "content: { '*/*': { schema: { $ref: '#/components/schemas/Pet' } } }",
        )],
        PLAIN,
    ),
    (
        "keys that are documented as optional",
        &[("security: [{ key: [] }]", "security: [{ key: [] }, {}]")],
        lax(&["key"]),
    ),
    (
        "another way to prove oneself",
        &[
            ("security: [{ key: [] }]", "security: [{ key: [] }, { token: [] }]"),
            ("  securitySchemes: {", "  securitySchemes: { token: { type: http, scheme: bearer },"),
        ],
        PLAIN,
    ),
    ("methods that nobody serves", &[], changed(|_, reply| status(reply, 405, 501))),
    ("methods as unknown paths", &[], changed(|_, reply| status(reply, 405, 404))),
    ("forbidden for unauthorised", &[], changed(|_, reply| status(reply, 401, 403))),
    ("hidden for unauthorised", &[], changed(|_, reply| status(reply, 401, 404))),
    (
        "parameters that nobody knows are refused",
        &[],
        changed(|seen, reply| {
            let is_known =
                |pair: &str| ["limit=", "status="].iter().any(|known| pair.starts_with(known));
            let is_plain = seen.query.is_empty() || seen.query.split('&').all(is_known);
            if is_plain { reply } else { Reply::json(400, json!({})) }
        }),
    ),
    (
        "an empty parameter for none",
        &[],
        changed(|seen, reply| {
            if seen.query.split('&').any(|pair| pair == "status=") && reply.status == 400 {
                Reply::json(200, json!([]))
            } else {
                reply
            }
        }),
    ),
    (
        "gone without a trace",
        &[],
        changed(|seen, reply| match seen.method.as_str() {
            "DELETE" if reply.status == 404 && is_pet(&seen.path) => Reply::empty(204),
            _ => reply,
        }),
    ),
    (
        "load is shed now and then",
        &[],
        changed(|seen, reply| match seen.number % 97 {
            13 => {
                let mut shed = Reply::empty(429);
                shed.headers.push(("Retry-After", "0".to_owned()));
                shed
            }
            _ => reply,
        }),
    ),
    (
        "a format is taken for a note",
        &[
            ("openapi: 3.0.3", "openapi: 3.1.0"),
            (
                "born: { type: string, format: date-time, nullable: true }",
                "born: { type: [string, 'null'], format: date-time }",
            ),
        ],
        Ways {
            lax: &["born/format"],
            change: |_, reply| {
                pets_changed(reply, |pet| pet["born"] = "2024-01-01 10:00:00".into())
            },
            ..PLAIN
        },
    ),
    (
        "texts are trimmed",
        &[],
        changed(|_, reply| {
            pets_changed(reply, |pet| {
                if let Some(name) = pet["name"].as_str() {
                    pet["name"] = name.trim().into();
                }
            })
        }),
    ),
    (
        "members that are null are left out",
        &[],
        changed(|_, reply| {
            pets_changed(reply, |pet| {
                pet.as_object_mut().expect("is a pet").retain(|_, value| !value.is_null());
            })
        }),
    ),
    (
        "a form among alternatives",
        &[
            ("openapi: 3.0.3", "openapi: 3.1.0"),
            ("type: string, format: date-time, nullable: true", "type: [string, 'null']"),
            (
                "tags: { type: array, maxItems: 3, items: { type: string } }",
                "sold: { anyOf: [{ type: string, format: date-time }, { type: 'null' }] }",
            ),
        ],
        Ways {
            lax: &["born/format"],
            ..changed(|_, reply| {
                pets_changed(reply, |pet| pet["sold"] = "2024-01-01T10:00:00".into())
            })
        },
    ),
    (
        "an id that only answers carry, required",
        &[
            ("required: [name, kind, secret]", "required: [name, kind, secret, id]"),
            (
                "writeOnly: true, maxLength: 30 }",
                "writeOnly: true, maxLength: 30 }\n        id: { type: integer, readOnly: true, minimum: 1 }",
            ),
        ],
        PLAIN,
    ),
    (
        "an id that only answers carry, refused in requests",
        &[
            ("required: [name, kind, secret]", "required: [name, kind, secret, id]"),
            (
                "writeOnly: true, maxLength: 30 }",
                "writeOnly: true, maxLength: 30 }\n        id: { type: integer, readOnly: true, minimum: 1 }",
            ),
        ],
        changed(|seen, reply| {
            let has_id = serde_json::from_slice::<Value>(&seen.body)
                .is_ok_and(|body| body.get("id").is_some());
            if has_id && reply.status == 201 { Reply::json(400, json!({})) } else { reply }
        }),
    ),
    ("accepted for later", &[("'201':", "'202':")], changed(|_, reply| status(reply, 201, 202))),
];

#[test]
fn a_shop_that_keeps_its_document_fails_in_nothing() {
    all(HARMLESS, |(name, edits, ways)| {
        let outcome = run(edits, *ways);
        let failures = failures(&outcome);
        let tested = outcome.operations.iter().map(|operation| operation.controls.accepted);
        let is_tested = tested.filter(|accepted| *accepted > 0).count() > 1;
        (!failures.is_empty() || !is_tested || !outcome.skipped.is_empty()).then(|| {
            format!("{name}: {is_tested} {:?}\n  {}", outcome.ended_early, failures.join("\n  "))
        })
    });
}

/// Names, the rules one of which must be named, and what the shop does.
const FAULTY: &[(&str, &[&str], Ways)] = &[
    (
        "a required member of answers missing",
        &["response.name/required", "response/items.name/required"],
        changed(|_, reply| {
            pets_changed(reply, |pet| {
                drop(pet.as_object_mut().expect("is a pet").shift_remove("name"));
            })
        }),
    ),
    (
        "a number as text",
        &["response.id/type", "response/items.id/type"],
        changed(|_, reply| pets_changed(reply, |pet| pet["id"] = "7".into())),
    ),
    (
        "a word that is not listed",
        &["response.kind/enum", "response/items.kind/enum"],
        changed(|_, reply| pets_changed(reply, |pet| pet["kind"] = "bird".into())),
    ),
    (
        "null where it isn't legal",
        &["response.name/type", "response/items.name/type"],
        changed(|_, reply| pets_changed(reply, |pet| pet["name"] = Value::Null)),
    ),
    (
        "an age beyond all",
        &["response.age/maximum", "response/items.age/maximum"],
        changed(|_, reply| pets_changed(reply, |pet| pet["age"] = 31.into())),
    ),
    (
        "one pet for a list",
        &["response/type"],
        changed(|seen, reply| {
            if seen.path == "/pets" && reply.status == 200 {
                Reply::json(200, json!({}))
            } else {
                reply
            }
        }),
    ),
    ("a teapot", &["response/status"], changed(|_, reply| status(reply, 400, 418))),
    ("another success", &["response/status"], changed(|_, reply| status(reply, 201, 200))),
    (
        "a page for a pet",
        &["response/contentType"],
        changed(|_, reply| match reply.status {
            200 | 201 => Reply::text(reply.status, "text/html", "<p>Rex</p>"),
            _ => reply,
        }),
    ),
    (
        "half a pet",
        &["response/syntax"],
        changed(|_, mut reply| {
            if matches!(reply.status, 200 | 201) {
                reply.rewrite(|mut bytes| {
                    bytes.truncate(bytes.len() / 2);
                    bytes
                });
            }
            reply
        }),
    ),
    ("failures for refusals", &["*"], changed(|_, reply| status(reply, 400, 500))),
    ("anybody may", &["header.X-Key/required"], lax(&["key"])),
    ("any key will do", &["header.X-Key/value"], lax(&["any key"])),
    ("a parameter that is required isn't", &["query.limit/required"], lax(&["limit/required"])),
    ("a parameter of any type", &["query.limit/type"], lax(&["limit/type"])),
    ("no least limit", &["query.limit/minimum"], lax(&["limit/minimum"])),
    ("no greatest limit", &["query.limit/maximum"], lax(&["limit/maximum"])),
    ("any status", &["query.status/enum"], lax(&["status/enum"])),
    ("pet zero", &["path.id/minimum"], lax(&["id/minimum"])),
    ("a pet by any name", &["path.id/type"], lax(&["id/type"])),
    ("a pet without a name", &["body.name/required"], lax(&["name/required"])),
    ("a pet without a kind", &["body.kind/required"], lax(&["kind/required"])),
    ("a long name", &["body.name/maxLength"], lax(&["name/maxLength"])),
    ("an empty name", &["body.name/minLength"], lax(&["name/minLength"])),
    ("birds", &["body.kind/enum"], lax(&["kind/enum"])),
    ("older than all", &["body.age/maximum"], lax(&["age/maximum"])),
    ("not yet born", &["body.age/minimum"], lax(&["age/minimum"])),
    ("half a year old", &["body.age/type"], lax(&["age/type"])),
    ("many tags", &["body.tags/maxItems"], lax(&["tags/maxItems"])),
    ("long tags", &["body.tags/items/maxLength"], lax(&["tags/items/maxLength"])),
    (
        "tags of any type",
        &["body.tags/items/type", "body.tags/type"],
        lax(&["tags/items/type", "tags/type"]),
    ),
    ("a secret that is forgotten", &["body.secret/required"], lax(&["secret/required"])),
    ("born at any time", &["body.born/type"], lax(&["born/type"])),
];

#[test]
fn a_shop_that_breaks_its_document_is_found_out() {
    all(FAULTY, |(name, rules, ways)| {
        let outcome = run(&[], *ways);
        let found = failures(&outcome);
        let is_named = outcome
            .findings()
            .filter(|finding| finding.severity == Severity::Failure)
            .flat_map(|finding| std::iter::once(&finding.rule).chain(&finding.also))
            .any(|rule| rules.contains(&rule.within_operation()) || rules == &["*"]);
        (!is_named).then(|| format!("{name}: wants {rules:?}\n  {}", found.join("\n  ")))
    });
}
