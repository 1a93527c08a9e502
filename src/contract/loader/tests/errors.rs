//! Each bad input has its message.

use std::path::Path;

use super::{error, koophone, line};
use crate::contract::Contract;

/// An operation with the given lines in it, indented by six.
fn with(lines: &str) -> String {
    format!("openapi: 3.1.0\npaths:\n  /a:\n    post:\n{lines}")
}

#[test]
fn a_file_that_is_missing_or_a_directory_is_said_so() {
    let missing = Contract::load(Path::new("no/such.yaml")).expect_err("is missing");
    assert_eq!(
        missing.to_string(),
        "no/such.yaml: there is no such file; give the path of an OpenAPI document, or the name \
         of a built-in contract (koophone)"
    );
    let directory = Contract::load(Path::new("src")).expect_err("is a directory");
    assert_eq!(
        directory.to_string(),
        "src: this is a directory; give the path of the OpenAPI document in it"
    );
}

#[test]
fn bytes_that_are_not_utf_8_are_located() {
    let error = Contract::from_bytes("api.yaml", b"a: b\nc: \xff").expect_err("is no UTF-8");
    assert_eq!(error.to_string(), "api.yaml:2: byte 8 is not UTF-8; save the document as UTF-8");
}

#[test]
fn what_is_no_openapi_document_is_called_what_it_is() {
    for (text, message) in [
        ("", "api.yaml: the file is empty; it must hold an OpenAPI document"),
        (
            "<!DOCTYPE html>\n<html></html>",
            "api.yaml: this is an HTML page, not an OpenAPI document; download the document \
             itself (its \"raw\" form), in YAML or JSON",
        ),
        (
            "just words",
            "api.yaml: this is no OpenAPI document: it is the text \"just words\" without \
             `openapi: 3.x`; give an OpenAPI 3.0 or 3.1 document",
        ),
        (
            "version: 2\nservices: {}",
            "api.yaml: this is no OpenAPI document: it is an object with `version`, `services` \
             without `openapi: 3.x`; give an OpenAPI 3.0 or 3.1 document",
        ),
        (
            "swagger: '2.0'\npaths: {}",
            "api.yaml: this is a Swagger 2.0 document; convert it to OpenAPI 3 first, for example \
             with swagger2openapi",
        ),
        ("openapi: 4.0.0", "api.yaml: OpenAPI 4.0.0 is not supported; use 3.0, 3.1 or 3.2"),
        (
            "openapi: 3.1.0",
            "api.yaml:1: no operation of this document can be tested: it has none under `paths`; \
             add one",
        ),
    ] {
        assert_eq!(error(text), message);
    }
}

#[test]
fn what_is_no_yaml_or_json_is_located() {
    let yaml = error("openapi: 3.1.0\npaths: [\n");
    assert!(yaml.starts_with("api.yaml:"), "{yaml}");
    assert!(yaml.contains("can't be read as YAML or JSON"), "{yaml}");
    assert_eq!(
        error("{\"openapi\": \"3.1.0\",\n \"openapi\": 1}"),
        "api.yaml:2: this can't be read as YAML or JSON: the member `openapi` stands here twice; \
         correct the text there"
    );
}

#[test]
fn values_of_a_wrong_type_are_located() {
    for (text, message) in [
        (
            "openapi: 3.1.0\npaths:\n  - /a".to_owned(),
            "api.yaml:2: /paths: here must be an object, and there is a list; see the OpenAPI \
             specification on `paths`",
        ),
        (
            with("      parameters:\n        id: {}\n"),
            "api.yaml:5: /paths/~1a/post/parameters: here must be a list, and there is an object \
             with `id`; see the OpenAPI specification on `parameters`",
        ),
        (
            with("      parameters: [{name: q, in: query, schema: text}]\n"),
            "api.yaml:5: /paths/~1a/post/parameters/0/schema: here must be a schema (an object, \
             true or false), and there is the text \"text\"; see the OpenAPI specification on \
             `schema`",
        ),
        (
            with("      parameters: [{name: q, in: querry}]\n"),
            "api.yaml:5: /paths/~1a/post/parameters/0/in: here must be `path`, `query`, `header` \
             or `cookie`, and there is the text \"querry\"; see the OpenAPI specification on `in`",
        ),
        (
            with("      parameters: [{in: query}]\n"),
            "api.yaml:5: /paths/~1a/post/parameters/0: the member `name` is missing; add it",
        ),
        (
            with("      parameters: [{name: q, in: query, schema: {maxLength: many}}]\n"),
            "api.yaml:5: /paths/~1a/post/parameters/0/schema/maxLength: here must be a whole \
             number, 0 or more, and there is the text \"many\"; see the OpenAPI specification on \
             `maxLength`",
        ),
        (
            with("      responses: {ok: {}}\n"),
            "api.yaml:5: /paths/~1a/post/responses/ok: `ok` is no status; write one such as 200, \
             a class such as 4XX, or `default`",
        ),
    ] {
        assert_eq!(error(&text), message);
    }
}

#[test]
fn references_that_lead_nowhere_in_a_circle_or_away_are_located() {
    let text = koophone("#/components/schemas/PrepareRequest", "#/components/schemas/Prepare");
    assert_eq!(
        error(&text),
        format!(
            "api.yaml:{}: /paths/~1instances~1prepare/post/requestBody/content/\
             application~1json/schema/$ref: the reference `#/components/schemas/Prepare` leads \
             nowhere; correct it, or add what it names",
            line(&text, "#/components/schemas/Prepare\"")
        )
    );
    let body = "      requestBody:\n        $ref: ";
    let remote = error(&with(&format!("{body}other.yaml#/a\n")));
    assert!(remote.contains("`other.yaml#/a` leads to another document"), "{remote}");
    let circle = error(&with(&format!("{body}'#/paths/~1a/post/requestBody'\n")));
    assert_eq!(
        circle,
        "api.yaml:5: /paths/~1a/post/requestBody: the reference `#/paths/~1a/post/requestBody` \
         leads in a circle back to itself; let one of the circle say something"
    );
}

#[test]
fn an_operation_id_belongs_to_one_operation() {
    let text = "openapi: 3.1.0\npaths:\n  /a:\n    get: {operationId: x}\n    put: \
                {x-fencepost: {id: x}}\n";
    assert_eq!(
        error(text),
        "api.yaml:5: /paths/~1a/put: the operation id `x` is also that of /paths/~1a/get; give \
         each operation its own"
    );
}

#[test]
fn one_wrong_operation_is_skipped_and_the_others_are_kept() {
    let text = "openapi: 3.1.0\npaths:\n  /a:\n    get: {parameters: 5}\n    put: {}\n  b: {}\n";
    let contract = Contract::parse("api.yaml", text).expect("loads");
    let ids: Vec<_> = contract.operations.iter().map(|operation| &operation.id).collect();
    assert_eq!(ids, ["put-a"]);
    let skipped: Vec<_> = contract.skipped.iter().map(|skipped| &skipped.operation).collect();
    assert_eq!(skipped, ["b", "GET /a"]);
}

#[test]
fn schemas_that_apply_each_other_in_a_circle_are_refused() {
    let text = with(
        "      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}\n\
         components:\n  schemas:\n    A: {anyOf: [{$ref: '#/components/schemas/B'}]}\n    \
         B: {allOf: [{$ref: '#/components/schemas/A'}]}\n",
    );
    let found = error(&text);
    assert!(found.contains("apply each other in a circle, or more than 64 deep"), "{found}");
}
