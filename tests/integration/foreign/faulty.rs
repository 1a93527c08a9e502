//! Shops that break their document in one place.

use serde_json::{Value, json};

use super::change::{changed, lax, pets_changed, status};
use super::pets::Ways;
use crate::opponents::Reply;

/// Names, the rules one of which must be named, and what the shop does.
pub(super) const FAULTY: &[(&str, &[&str], Ways)] = &[
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
    ("a tag too many", &["query.tags/maxItems"], lax(&["query tags/four"])),
    ("a tag twice", &["query.tags/uniqueItems"], lax(&["query tags/uniqueItems"])),
    ("a tag of six letters", &["query.tags/items/pattern"], lax(&["query tags/six letters"])),
    ("a tag with capitals", &["query.tags/items/pattern"], lax(&["query tags/capitals"])),
    ("one age too many", &["query.ages/items/maximum"], lax(&["ages/31"])),
    ("one age alone", &["query.ages/minItems"], lax(&["ages/one"])),
    (
        "only the first age is looked at",
        &["query.ages/items/type", "query.ages/items/maximum"],
        lax(&["ages/others"]),
    ),
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
