//! Documents that other people write.

use serde_json::json;

use super::only_operation;
use crate::contract::{Contract, ParameterLocation, StatusPattern};

#[test]
fn openapi_3_0_is_read_like_3_1() {
    let operation = only_operation(
        r#"
openapi: 3.0.3
servers: [{ url: "{host}/base", variables: { host: { default: "https://h.example/api" } } }]
paths:
  /users/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: integer, minimum: 0, exclusiveMinimum: true } }
      - { name: verbose, in: query, schema: { type: boolean } }
      - { name: Accept, in: header, schema: { type: string } }
      - { name: Content-Length, in: header, required: true, schema: { type: integer } }
    patch:
      operationId: users/update
      parameters:
        - $ref: '#/components/parameters/Verbose'
      requestBody:
        $ref: '#/components/requestBodies/User'
      responses:
        '204': { description: done }
        4XX: { description: wrong }
        default: { description: other }
components:
  parameters:
    Verbose: { name: verbose, in: query, required: true, schema: { type: string, enum: [a, b] }, example: a }
  requestBodies:
    User:
      content:
        text/plain: { schema: { type: string } }
        application/json:
          schema: { type: object, properties: { nick: { type: string, nullable: true } } }
          example: { nick: null }
"#,
    );
    assert_eq!(operation.id, "users-update");
    assert_eq!(operation.path, "/api/base/users/{id}");
    let parameters: Vec<_> =
        operation.parameters.iter().map(|p| (p.name.as_str(), p.location, p.required)).collect();
    let expected =
        [("id", ParameterLocation::Path, true), ("verbose", ParameterLocation::Query, true)];
    assert_eq!(
        parameters, expected,
        "`Accept` is described elsewhere, and the length is HTTP's own"
    );
    assert_eq!(operation.parameters[0].schema.keyword("exclusiveMinimum"), Some(&json!(0)));
    assert_eq!(operation.parameters[1].examples, [json!("a")]);
    let body = operation.body.as_ref().expect("has a body");
    assert_eq!((body.media_type.as_str(), body.required), ("application/json", false));
    assert_eq!(body.examples, [("example".to_owned(), json!({"nick": null}))]);
    let statuses: Vec<_> = operation.responses.iter().map(|response| response.status).collect();
    let expected = [StatusPattern::Exactly(204), StatusPattern::Class(4), StatusPattern::Default];
    assert_eq!(statuses, expected);
    let ids: Vec<_> = operation.rules.iter().map(|rule| rule.id.within_operation()).collect();
    for id in [
        "path.id/type",
        "path.id/exclusiveMinimum",
        "query.verbose/required",
        "query.verbose/enum",
        "body.nick/type",
    ] {
        assert!(ids.contains(&id), "{id} is missing in {ids:?}");
    }
}

#[test]
fn rules_without_a_citation_cite_their_place_in_the_file() {
    let operation = only_operation(
        "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      parameters: [{name: q, in: query, \
         schema: {maxLength: 3}}]\n",
    );
    let rule = operation.rule(&operation.rule_id("query.q", "maxLength")).expect("is derived");
    assert_eq!(rule.citation.to_string(), "api.yaml, /paths/~1a/get/parameters/0/schema/maxLength");
}

fn credentials(security: &str) -> Vec<String> {
    let operation = only_operation(&format!(
        "openapi: 3.1.0\nsecurity: [{{key: []}}]\npaths:\n  /a:\n    get: {{{security}}}\n\
         components:\n  securitySchemes:\n    key: {{type: apiKey, in: query, name: k}}\n    \
         bearer: {{type: http, scheme: Bearer}}\n    mutual: {{type: mutualTLS}}\n"
    ));
    let show = |c: &crate::contract::Credential| {
        format!("{}.{} {:?}", c.location.as_str(), c.name, c.prefix)
    };
    operation.credentials.iter().map(show).collect()
}

#[test]
fn security_is_the_first_alternative_that_can_be_sent() {
    assert_eq!(credentials(""), ["query.k \"\""]);
    assert_eq!(
        credentials("security: [{mutual: []}, {bearer: [], key: []}]"),
        ["header.Authorization \"Bearer \"", "query.k \"\""]
    );
    assert_eq!(
        credentials("security: [{key: []}, {bearer: []}]"),
        ["header.Authorization \"Bearer \""],
        "secrets are kept out of the URL"
    );
    assert_eq!(
        credentials("security: [{bearer: [], key: []}, {bearer: []}]"),
        ["header.Authorization \"Bearer \""],
        "what goes beyond another alternative proves nothing more"
    );
    assert!(credentials("security: []").is_empty());
    assert!(credentials("security: [{key: []}, {}]").is_empty());
}

#[test]
fn the_rules_are_those_of_the_alternative_in_use() {
    let mut operation = only_operation(
        "openapi: 3.1.0\nsecurity: [{key: []}, {bearer: []}]\npaths:\n  /a:\n    get: {}\n\
         components:\n  securitySchemes:\n    key: {type: apiKey, in: header, name: X-Key}\n    \
         bearer: {type: http, scheme: Bearer}\n",
    );
    let asks_for = |operation: &crate::contract::Operation| {
        let ids = operation.rules.iter().map(|rule| rule.id.within_operation());
        let required: Vec<_> = ids.filter(|id| id.ends_with("/required")).collect();
        required.join(" ")
    };
    let count = operation.rules.len();
    assert_eq!(asks_for(&operation), "header.X-Key/required");
    operation.choose(|credential| u32::from(credential.name == "Authorization"));
    assert_eq!(asks_for(&operation), "header.Authorization/required");
    operation.choose(|_| 0);
    assert_eq!(asks_for(&operation), "header.Authorization/required", "nothing is given");
    operation.choose(|_| 1);
    assert_eq!(
        (asks_for(&operation).as_str(), operation.rules.len()),
        ("header.X-Key/required", count)
    );
}

#[test]
fn a_key_whose_header_can_have_no_such_name_skips_the_operation_and_says_why() {
    let error = Contract::parse(
        "api.yaml",
        "openapi: 3.1.0\nsecurity: [{key: []}]\npaths:\n  /a:\n    get: {}\n\
         components:\n  securitySchemes:\n    key: {type: apiKey, in: header, name: My api key}\n",
    )
    .expect_err("nothing is left");
    let message = error.to_string();
    assert!(
        message.contains("`key` can't be sent: `My api key` is no legal header name"),
        "{message}"
    );
}

#[test]
fn what_cannot_be_tested_is_skipped_with_a_reason() {
    let contract = Contract::parse(
        "api.yaml",
        r"
openapi: 3.1.0
paths:
  /ok: { get: {} }
  /upload: { post: { requestBody: { required: true, content: { application/xml: {} } } } }
  /head: { head: {} }
  /deep: { get: { parameters: [{ name: f, in: query, required: true, schema: { type: object } }] } }
  /{gone}: { get: {} }
",
    )
    .expect("loads");
    let skipped: Vec<_> = contract.skipped.iter().map(|skipped| skipped.reason.as_str()).collect();
    assert_eq!(
        skipped,
        [
            "its body is `application/xml`, and only JSON, forms and plain text can be made",
            "HEAD is not judged",
            "its required query parameter `f` is an object, which is not supported",
            "api.yaml:8: /paths/~1{gone}/get: the path holds `{gone}`, and no path parameter is \
             called so; add it to `parameters`",
        ]
    );
}

#[test]
fn an_example_that_breaks_its_schema_is_left_out_with_a_warning() {
    let text = r"
openapi: 3.1.0
paths:
  /a:
    post:
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/A' }
            examples: { bad: { value: { n: x } }, good: { value: { n: 1 } } }
components: { schemas: { A: { properties: { n: { $ref: '#/components/schemas/N' } } }, N: { type: integer } } }
";
    let contract = Contract::parse("api.yaml", text).expect("loads");
    let body = contract.operations[0].body.as_ref().expect("has a body");
    assert_eq!(body.examples, [("good".to_owned(), json!({"n": 1}))]);
    assert_eq!(
        contract.warnings[0],
        "/paths/~1a/post/requestBody/content/application~1json: the example `bad` is not what its \
         schema asks for, and is not used: at /n: type"
    );
}

#[test]
fn a_pattern_that_cannot_be_read_costs_its_rule_alone() {
    let text = r"
openapi: 3.1.0
paths:
  /a:
    get:
      parameters:
        - { name: q, in: query, schema: { type: string, pattern: '(', maxLength: 5 } }
        - { name: r, in: query, schema: { type: string, pattern: '[\p{all}]*' } }
";
    let contract = Contract::parse("api.yaml", text).expect("loads");
    let operation = &contract.operations[0];
    let rules = |location| {
        let all = operation.rules.iter().filter(move |rule| rule.id.location() == location);
        all.map(|rule| rule.id.keyword()).collect::<Vec<_>>()
    };
    assert!(!rules("query.q").contains(&"pattern") && rules("query.q").contains(&"maxLength"));
    assert!(rules("query.r").contains(&"pattern"));
    assert_eq!(
        contract.warnings[0],
        "/paths/~1a/get/parameters/0/schema: the pattern \"(\" is no regular expression that can \
          be read, and is not tested; correct it"
    );
}

#[test]
fn a_header_of_an_answer_that_is_no_object_is_told_of() {
    let text = r"
openapi: 3.0.0
paths:
  /a:
    get:
      responses:
        '200': { description: d, headers: { Location: 7, X-A: { required: true, schema: {} } } }
";
    let contract = Contract::parse("api.yaml", text).expect("loads");
    let headers = &contract.operations[0].responses[0].headers;
    assert_eq!(headers.iter().map(|header| &header.name).collect::<Vec<_>>(), ["X-A"]);
    assert_eq!(
        contract.warnings,
        [
            "/paths/~1a/get/responses/200/headers/Location: the header Location is no object, so nothing \
          is asked of it"
        ]
    );
}

#[test]
fn a_schema_that_holds_itself_is_walked_once() {
    let operation = only_operation(
        r"
openapi: 3.1.0
paths:
  /a:
    post:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Tree' } } } }
components:
  schemas:
    Tree:
      type: object
      properties:
        leaf: { type: string }
        nodes: { type: array, items: { $ref: '#/components/schemas/Tree' } }
",
    );
    let trees = operation.rules.iter().filter(|rule| rule.id.keyword() == "additionalProperties");
    assert_eq!(trees.count(), 1);
}

#[test]
fn the_renamed_contract_has_as_many_rules_as_the_built_in_one() {
    let renamed = only_operation(include_str!("../../../../tests/fixtures/renamed.yaml"));
    let builtin = Contract::builtin("koophone").expect("is built in");
    let shape = |operation: &crate::contract::Operation| -> Vec<_> {
        let rules = operation.rules.iter();
        rules.map(|rule| (rule.id.keyword().to_owned(), rule.strength, rule.basis)).collect()
    };
    assert_eq!(shape(&renamed), shape(&builtin.operations[0]));
    assert_eq!(renamed.path, "/api/v2/devices/wake");
}

#[test]
fn what_only_answers_carry_is_required_of_them_alone() {
    let operation = only_operation(
        r"
openapi: 3.0.3
paths:
  /orders:
    post:
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Order' }
            example: { sum: 5, buyer: { name: a } }
      responses:
        '201': { description: d, content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }
components:
  schemas:
    Id: { type: string, readOnly: true }
    Order:
      type: object
      required: [id, at, sum, buyer]
      properties:
        id: { allOf: [{ $ref: '#/components/schemas/Id' }] }
        at: { type: string, readOnly: true }
        sum: { type: integer }
        buyer:
          allOf:
            - { type: object, properties: { since: { type: string, readOnly: true } } }
            - { required: [name, since] }
        default:
          type: object
          required: [key, kind]
          properties: { key: { type: string, readOnly: true }, kind: { type: string } }
",
    );
    let body = operation.body.as_ref().expect("has a body");
    assert_eq!(body.schema.required(), ["sum", "buyer"]);
    let buyer = body.schema.property("buyer").expect("is there").children("allOf");
    assert_eq!(buyer[1].required(), ["name"]);
    let default = body.schema.property("default").expect("is there, a member as any other");
    assert_eq!(default.required(), ["kind"]);
    assert_eq!(body.examples.len(), 1, "it is legal as a request");
    let answer = operation.responses[0].content[0].1.as_ref().expect("has a schema");
    assert_eq!(answer.required(), ["id", "at", "sum", "buyer"]);
}
