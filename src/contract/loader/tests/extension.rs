//! `x-fencepost`: what it may say, and that its schema and its types agree.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{error, koophone, line};
use crate::contract::extension::{DocumentExtension, OperationExtension, SchemaExtension};

const PLACE: &str = "/paths/~1instances~1prepare/post/x-fencepost";

#[test]
fn an_unknown_member_is_answered_with_the_one_that_was_meant() {
    for (from, to, message) in [
        (
            "  envelope:\n",
            "  envelop:\n",
            "/x-fencepost/envelop: in `x-fencepost`: there is no member `envelop`; did you \
             mean `envelope`?"
                .to_owned(),
        ),
        (
            "meaning: internal",
            "meaning: internl",
            "/x-fencepost/envelope/codes/4/meaning: in `x-fencepost`: the text \
             \"internl\" is not possible here; did you mean `internal`?"
                .to_owned(),
        ),
        (
            "code: $response.body#/error_code",
            "code: error_code",
            "/x-fencepost/envelope/code: in `x-fencepost`: the text \"error_code\" \
             is not possible here; write an expression such as $response.body#/error_code"
                .to_owned(),
        ),
        (
            "citation: { document: page, table: table 5, field: status }",
            "citation: { document: page, tabel: table 5 }",
            "/components/schemas/InstanceStatus/properties/status/x-fencepost/\
             citation/tabel: in `x-fencepost`: there is no member `tabel`; did you mean `table`?"
                .to_owned(),
        ),
        (
            "strength: must",
            "strength: shall",
            format!(
                "{PLACE}/rules/body.instance_ids~1duplicates/strength: in \
                 `x-fencepost`: the text \"shall\" is not possible here; did you mean \
                 `should`?"
            ),
        ),
    ] {
        let text = koophone(from, to);
        let line = line(&text, to.trim());
        assert_eq!(error(&text), format!("api.yaml:{line}: {message}"));
    }
}

#[test]
fn a_name_that_names_nothing_is_answered_with_the_nearest() {
    for (from, to, message) in [
        (
            "body.instance_ids/duplicates:",
            "body.instance_ids/duplicate:",
            format!(
                "{PLACE}/rules/body.instance_ids~1duplicate: the rule \
                 `body.instance_ids/duplicate` names nothing in this operation; did you mean \
                 `body.instance_ids/duplicates`"
            ),
        ),
        (
            "at: [body.user_id, body.instance_ids]",
            "at: [body.user_id, body.instance_id]",
            format!(
                "{PLACE}/outcomes/1/at/1: the place `body.instance_id` names nothing in this \
                 operation; did you mean `body.instance_ids`"
            ),
        ),
        (
            "tolerated: [KOOPHONE.API.4001,",
            "tolerated: [KOOPHONE.API.4002,",
            format!(
                "{PLACE}/outcomes/1/tolerated: the code `KOOPHONE.API.4002` names nothing in \
                 this operation; did you mean `KOOPHONE.API.4001`"
            ),
        ),
        (
            "at: body.user_id",
            "at: body.instance_ids",
            format!(
                "{PLACE}/identifiers/0/at: the string `body.instance_ids` names nothing in this \
                 operation; did you mean `body.instance_ids/items`"
            ),
        ),
        (
            "$request.body#/instance_ids",
            "$request.body#/instances",
            format!(
                "{PLACE}/relations/0/asked: in `x-fencepost`: `$request.body#/instances` leads \
                 to nothing that the schema describes"
            ),
        ),
        (
            "key: /instance_id",
            "key: /id",
            format!(
                "{PLACE}/relations/0/key: in `x-fencepost`: `/id` leads to no member of the \
                 entries of `$response.body#/data/status_list`"
            ),
        ),
        (
            "$response.body#/error_msg",
            "$response.body#/message",
            "/x-fencepost/envelope/message: in `x-fencepost`: `$response.body#/message` leads to \
             nothing that an answer's schema describes"
                .to_owned(),
        ),
        (
            "      code: \"0\"\n    codes",
            "      code: \"1\"\n    codes",
            "/x-fencepost/envelope/success/code: in `x-fencepost`: `1` is not among the codes; \
             did you mean `0`"
                .to_owned(),
        ),
    ] {
        let found = error(&koophone(from, to));
        assert!(found.contains(&message), "{found}\ninstead of\n{message}");
    }
}

fn agrees<T: DeserializeOwned>(definition: &str, sample: &Value) -> bool {
    let mut schema: Value =
        serde_json::from_str(include_str!("../../../../contracts/x-fencepost.schema.json"))
            .expect("is JSON");
    schema["anyOf"] = json!([{ "$ref": format!("#/$defs/{definition}") }]);
    let by_schema = jsonschema::validator_for(&schema).expect("is a schema").is_valid(sample);
    let by_type = serde_json::from_value::<T>(sample.clone()).is_ok();
    assert_eq!(by_schema, by_type, "{definition}: {sample}");
    by_type
}

/// The sample, and the sample with an unknown member in each of its objects, without each of its
/// members, and with each value of another type.
fn variants(sample: &Value) -> Vec<Value> {
    fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
        found.push(pointer.to_owned());
        match value {
            Value::Array(entries) => entries
                .iter()
                .enumerate()
                .for_each(|(index, entry)| pointers(entry, &format!("{pointer}/{index}"), found)),
            Value::Object(members) => members.iter().for_each(|(name, member)| {
                let token = name.replace('~', "~0").replace('/', "~1");
                pointers(member, &format!("{pointer}/{token}"), found);
            }),
            _ => {}
        }
    }
    let mut found = Vec::new();
    pointers(sample, "", &mut found);
    let mut variants = vec![sample.clone()];
    for pointer in found {
        let mut change = |with: &dyn Fn(&mut Value)| {
            let mut variant = sample.clone();
            with(variant.pointer_mut(&pointer).expect("exists"));
            variants.push(variant);
        };
        change(&|value| *value = json!(1.5));
        change(&|value| *value = json!({"unheard_of": 1}));
        change(&|value| *value = json!([1.5]));
        change(&|value| *value = json!("no word for it"));
        let names: Vec<String> = match sample.pointer(&pointer) {
            Some(Value::Object(members)) => members.keys().cloned().collect(),
            _ => continue,
        };
        change(&|value| value["unheard_of"] = json!(1));
        for name in names {
            change(&|value| {
                value.as_object_mut().expect("is an object").remove(&name);
            });
        }
    }
    variants
}

#[test]
fn the_schema_and_the_types_accept_and_refuse_the_same() {
    let text = include_str!("../../../../contracts/koophone.yaml");
    let document: Value = serde_saphyr::from_str(text).expect("is YAML");
    let at = |pointer: &str| document.pointer(pointer).expect("exists").clone();
    let (mut accepted, mut refused) = (0, 0);
    let mut count = |accepts: bool| *(if accepts { &mut accepted } else { &mut refused }) += 1;
    for sample in variants(&at("/x-fencepost")) {
        count(agrees::<DocumentExtension>("document", &sample));
    }
    for sample in variants(&at(PLACE)) {
        count(agrees::<OperationExtension>("operation", &sample));
    }
    for sample in variants(&at("/components/schemas/Refusal/x-fencepost")) {
        count(agrees::<SchemaExtension>("schema", &sample));
    }
    assert!(accepted > 100 && refused > 300, "{accepted} accepted, {refused} refused");
}

#[test]
fn every_example_of_the_documentation_is_accepted() {
    let text = include_str!("../../../../contracts/x-fencepost.md");
    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut count = 0;
    for block in blocks {
        let value: Value = serde_saphyr::from_str(block).expect("is YAML");
        let accepted = if let Some(document) = value.get("x-fencepost") {
            agrees::<DocumentExtension>("document", document)
        } else if let Some(schema) = value.pointer("/owner/x-fencepost") {
            agrees::<SchemaExtension>("schema", schema)
        } else {
            agrees::<OperationExtension>("operation", &value)
        };
        assert!(accepted, "{block}");
        count += 1;
    }
    assert_eq!(count, 7);
}

#[test]
fn every_object_of_the_schema_is_closed() {
    fn look(value: &Value, pointer: &str) {
        if value["type"] == "object" {
            assert!(value.get("additionalProperties").is_some(), "{pointer}");
        }
        if let Value::Object(members) = value {
            members.iter().for_each(|(name, member)| look(member, &format!("{pointer}/{name}")));
        }
    }
    let text = include_str!("../../../../contracts/x-fencepost.schema.json");
    look(&serde_json::from_str(text).expect("is JSON"), "");
}
