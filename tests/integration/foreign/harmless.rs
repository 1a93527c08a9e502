//! Shops that keep their document in ways of their own.

use serde_json::{Value, json};

use super::Edits;
use super::change::{changed, is_pet, lax, pets_changed, status};
use super::pets::{PLAIN, Ways};
use crate::opponents::Reply;

/// Names, what the document says otherwise, and what the shop does.
pub(super) const HARMLESS: &[(&str, Edits, Ways)] = &[
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
    ("a documented word in any letter case", &[], lax(&["status/letter case"])),
    (
        "pipes between tags",
        &[("          explode: false", "          style: pipeDelimited\n          explode: false")],
        PLAIN,
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
            let is_known = |pair: &str| {
                ["limit=", "status=", "tags=", "ages="].iter().any(|known| pair.starts_with(known))
            };
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
