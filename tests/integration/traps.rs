//! Documents as strangers write them: none is blamed on the faithful stub, none is lost.

use fencepost::case::{Expectation, Phase};
use fencepost::contract::Contract;
use fencepost::generate::{Block, Inputs, Plan, plan};
use fencepost::run::Outcome;

use crate::runs::with_stub;

fn load(paths: &str) -> Contract {
    let text = format!("openapi: 3.0.3\ninfo: {{title: Traps, version: '1'}}\n{paths}");
    Contract::parse("traps.yaml", &text).expect("loads")
}

/// The outcome against the document's own stub, which must be blamed for nothing.
fn unblamed(paths: &str) -> Outcome {
    let contract = load(paths);
    let outcome = with_stub(&contract, 7);
    let findings: Vec<String> = outcome
        .findings()
        .map(|finding| format!("{}: {} ({})", finding.rule, finding.kind, finding.case.intent))
        .collect();
    assert_eq!(findings, [""; 0]);
    assert!(outcome.skipped.is_empty(), "{:?}", outcome.skipped);
    for operation in &outcome.operations {
        let controls = operation.controls;
        assert_eq!(controls.sent, controls.accepted, "{}", operation.title);
    }
    outcome
}

fn verdict(outcome: &Outcome, rule: &str) -> &'static str {
    let rule = outcome.rules().find(|held| held.rule.id.as_str() == rule);
    rule.expect("is derived").verdict.word()
}

#[test]
fn places_that_a_whole_schema_rules_out_are_no_legal_values() {
    let outcome = unblamed(
        r"
paths:
  /filters:
    post:
      operationId: filter
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Filter' }
      responses: { '200': { description: found }, '400': { description: refused } }
components:
  schemas:
    Filter:
      type: object
      properties:
        and: { type: array, minItems: 2, items: { $ref: '#/components/schemas/Filter' } }
        not: { $ref: '#/components/schemas/Filter' }
        tag: { $ref: '#/components/schemas/Comparison' }
        address:
          type: object
          required: [city, country]
          properties:
            city: { type: string, maxLength: 9 }
            country: { type: string, enum: [NL, BE] }
      oneOf: [{ required: [and] }, { required: [not] }, { required: [tag] }]
    Comparison:
      type: object
      required: [name, values]
      properties:
        name: { type: string }
        values: { type: array, items: { type: string }, minItems: 1 }
",
    );
    assert_eq!(verdict(&outcome, "filter/body/syntax"), "held");
}

#[test]
fn every_planned_case_of_a_composed_body_is_what_it_says() {
    let contract = load(
        r"
paths:
  /pay:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [kind, sum]
              additionalProperties: false
              properties:
                id: { type: string, readOnly: true, maxLength: 4 }
                kind: { type: string, enum: [card, cash] }
                sum: { type: number, minimum: 0, exclusiveMinimum: true, maximum: 100 }
                note: { type: string, maxLength: 5, nullable: true }
                card: { allOf: [{ type: object }, { required: [number] }], properties: { number: { type: string, pattern: '^[0-9]{4}$' } } }
              anyOf: [{ required: [card] }, { properties: { kind: { enum: [cash] } } }]
      responses: { '200': { description: paid } }
",
    );
    let [operation] = contract.operations.as_slice() else { panic!("has one operation") };
    let schema = &operation.body.as_ref().expect("has a body").schema;
    let plan = plan(operation, &Inputs::default()).expect("can be planned");
    let mut checked = 0;
    for block in plan.blocks() {
        for case in &block.cases {
            let Some(body) = &case.body else { continue };
            let broken = fencepost::case::label::broken(schema, body);
            let is_legal = broken.is_empty();
            match case.expectation {
                Expectation::Accepted | Expectation::SameAsTwin => {
                    assert!(is_legal, "{}: {broken:?} {body}", case.id);
                }
                Expectation::Refused(_) if case.place.is_some() => {
                    assert!(!is_legal, "{}: {body}", case.id);
                }
                _ => {}
            }
            checked += 1;
        }
    }
    assert!(checked > 100, "only {checked}");
}

#[test]
fn a_document_that_names_no_refusals_says_nothing_about_them() {
    let outcome = unblamed(
        r"
paths:
  /names:
    put:
      operationId: rename
      requestBody:
        required: true
        content: { application/json: { schema: { type: object, properties: { n: { type: integer, format: int64 }, s: { type: string, example: 'a: [1, ' } } } } }
      responses: { '200': { description: done } }
",
    );
    assert_eq!(verdict(&outcome, "rename/body.n/format"), "held");
    assert_eq!(verdict(&outcome, "rename/response/status"), "held");
}

#[test]
fn answers_are_in_the_documented_media_type_and_keep_their_schemas_whatever_is_shown() {
    let outcome = unblamed(
        r"
paths:
  /paper:
    get:
      operationId: paper
      responses:
        '200': { description: a page, content: { application/pdf: { schema: { type: string, format: binary } } } }
  /spot:
    get:
      operationId: spot
      responses:
        '200':
          description: a place
          content:
            application/json:
              schema:
                type: object
                required: [name, tags, id]
                properties:
                  latitude: { type: number, example: '40.4' }
                  at: { type: string, format: date-time, default: <function now> }
                  name: { type: string, pattern: '[a-z]*', minLength: 4 }
                  id: { type: string, pattern: '^(?!-)[a-z-]{3,9}$' }
                  tags: { type: object, minProperties: 1, additionalProperties: { type: string } }
",
    );
    for rule in ["paper/response/contentType", "spot/response.name/pattern"] {
        assert_eq!(verdict(&outcome, rule), "held", "{rule}");
    }
}

#[test]
fn paths_are_told_apart_as_they_travel() {
    let outcome = unblamed(
        r"
paths:
  /#target=Open:
    post:
      operationId: open
      parameters: [{ $ref: '#/components/parameters/Open' }]
      responses: { '200': { description: open } }
  /#target=Close:
    post:
      operationId: close
      parameters: [{ name: X-Target, in: header, required: true, schema: { type: string, enum: [Close] } }]
      responses: { '200': { description: closed } }
  /tags/{name}.json:
    get:
      operationId: tag
      parameters: [{ name: name, in: path, required: true, schema: { type: string, maxLength: 8 } }]
      responses: { '200': { description: a tag } }
  /v1/{door}:
    get:
      operationId: door
      parameters: [{ name: door, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: a door } }
  /v1/{gate}:
    delete:
      operationId: remove
      parameters: [{ name: gate, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: gone } }
  /v1/{door}:shut:
    post:
      operationId: shut
      parameters: [{ name: door, in: path, required: true, schema: { type: string } }]
      responses: { '200': { description: shut } }
components:
  parameters:
    Open: { name: X-Target, in: header, required: true, schema: { type: string, enum: [Open] } }
",
    );
    assert_eq!(outcome.operations.len(), 6);
    assert_eq!(verdict(&outcome, "open/header.X-Target/enum"), "held");
    assert_eq!(verdict(&outcome, "tag/path.name/maxLength"), "held");
}

#[test]
fn a_form_is_sent_so_that_parameters_are_tested() {
    let outcome = unblamed(
        r"
paths:
  /token:
    post:
      operationId: token
      parameters: [{ name: page, in: query, schema: { type: integer, maximum: 9 } }]
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: { type: object, required: [grant], properties: { grant: { type: string }, scope: { type: array, items: { type: string } } } }
      responses: { '200': { description: granted }, '400': { description: refused } }
  /files:
    put:
      operationId: file
      parameters: [{ name: size, in: query, required: true, schema: { type: integer } }]
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema: { type: object, properties: { file: { type: string, format: binary } } }
      responses: { '201': { description: stored } }
",
    );
    for rule in ["token/query.page/maximum", "file/query.size/required"] {
        assert_eq!(verdict(&outcome, rule), "held", "{rule}");
    }
}

#[test]
fn a_credential_in_the_query_is_sent_there() {
    unblamed(
        r"
paths:
  /weather:
    get:
      operationId: weather
      security: [{ key: [] }]
      responses: { '200': { description: fine } }
components:
  securitySchemes: { key: { type: apiKey, in: query, name: appid } }
",
    );
}

#[test]
fn a_body_of_a_thousand_places_is_varied_near_its_root() {
    let members: Vec<String> = (0..1_000)
        .map(|n| {
            format!(
                "                m{n}: {{ type: object, properties: {{ a: {{ type: string }} }} }}"
            )
        })
        .collect();
    let contract = load(&format!(
        "paths:\n  /a:\n    post:\n      operationId: wide\n      requestBody:\n        content:\n          \
         application/json:\n            schema:\n              type: object\n              properties:\n{}\n      \
         responses: {{ '200': {{ description: done }} }}\n",
        members.join("\n")
    ));
    let plan = plan(&contract.operations[0], &Inputs::default()).expect("can be planned");
    assert!((100..8_000).contains(&plan.requests()), "{}", plan.requests());
}

/// A plan of one operation whose body has just this member beside a plain one.
fn plan_with(member: &str) -> (Contract, Plan) {
    let contract = load(&format!(
        "paths:\n  /a:\n    post:\n      operationId: large\n      requestBody:\n        required: true\n        \
         content:\n          application/json:\n            schema:\n              type: object\n              \
         required: [n]\n              properties:\n                n: {{ type: integer, maximum: 9 }}\n                \
         m: {member}\n      responses: {{ '200': {{ description: done }}, '400': {{ description: no }} }}\n"
    ));
    let inputs = Inputs { cases: 5, ..Inputs::default() };
    let plan = plan(&contract.operations[0], &inputs).expect("can be planned");
    (contract, plan)
}

fn largest_body(plan: &Plan) -> usize {
    let bodies = plan.blocks().flat_map(|block| {
        let cases = block.cases.iter();
        cases
            .map(|case| case.request.body.as_ref().map_or(0, bytes::Bytes::len))
            .collect::<Vec<_>>()
    });
    bodies.max().unwrap_or(0)
}

#[test]
fn limits_too_large_to_send_cost_their_rule_alone() {
    for (member, rules, kept) in [
        ("{ type: string, maxLength: 2147483647 }", ["maxLength"].as_slice(), true),
        ("{ type: string, maxLength: 18446744073709551615 }", &["maxLength"], true),
        ("{ type: array, items: { type: string }, maxItems: 2147483647 }", &["maxItems"], true),
        ("{ type: array, items: { type: integer }, maxItems: 18446744073709551615 }", &[], true),
        ("{ type: string, minLength: 2147483647 }", &["minLength", "type"], false),
        ("{ type: array, items: { type: string }, minItems: 2147483647 }", &["minItems"], false),
        ("{ type: object, minProperties: 2147483647 }", &["type"], false),
        ("{ type: integer, multipleOf: 9000000000000000000, maximum: 1e300 }", &[], true),
    ] {
        let (contract, plan) = plan_with(member);
        assert!(largest_body(&plan) < 3 << 20, "{member}");
        let operation = &contract.operations[0];
        for keyword in rules {
            let rule = operation.rule_id("body.m", keyword);
            let said = plan.unplanned.iter().find(|row| row.rule == rule);
            assert_eq!(said.map(|row| row.reason), Some("too large to send"), "{member} {keyword}");
        }
        let is_varied = plan.blocks().any(|block| block.name.starts_with("body.m"));
        assert_eq!(is_varied, kept, "{member}");
        assert!(plan.blocks().any(|block| block.name.starts_with("body.n")), "{member}");
    }
}

#[test]
fn a_body_whose_least_value_is_too_large_to_send_is_skipped_with_the_reason() {
    let contract = load(
        r"
paths:
  /a:
    post:
      operationId: large
      requestBody:
        required: true
        content:
          application/json:
            schema: { type: object, required: [t], properties: { t: { type: string, minLength: 2147483647 } } }
      responses: { '200': { description: done } }
",
    );
    let reason = plan(&contract.operations[0], &Inputs::default()).expect_err("can't be made");
    assert!(reason.contains("at least 2147483647 characters"), "{reason}");
}

#[test]
fn large_bodies_of_one_operation_are_bounded_together() {
    let entry = "{ type: object, required: [a, b], properties: { a: { type: string, minLength: \
                 9000 }, b: { type: integer, maximum: 5, minimum: 1 } } }";
    let (_, plan) = plan_with(&format!("{{ type: array, maxItems: 200, items: {entry} }}"));
    let length = |block: &Block| {
        block
            .cases
            .iter()
            .map(|case| case.request.body.as_ref().map_or(0, bytes::Bytes::len))
            .sum::<usize>()
    };
    // Random cases are made on the way, and take no space in the plan.
    let finite = plan.blocks().filter(|block| block.control.phase == Phase::Coverage);
    let all: usize = finite.map(|block| length(&block)).sum();
    assert!(all < 40 << 20, "{all}");
    assert!(plan.blocks().any(|block| block.name == "body.m/items by position"));
}
