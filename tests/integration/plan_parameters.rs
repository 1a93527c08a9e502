//! Every planned case of parameters carries a true label, proved on the texts that would be sent.

use std::collections::{BTreeMap, BTreeSet};

use fencepost::case::{Case, Expectation, FieldValue, Request};
use fencepost::contract::{
    Contract, ListStyle, Operation, Parameter, ParameterLocation, Place, Schema, Validator,
};
use fencepost::generate::{Inputs, Seed, plan};
use percent_encoding::percent_decode_str;
use serde_json::Value;

fn books() -> Contract {
    let text = include_str!("../fixtures/parameters.yaml");
    Contract::parse("parameters.yaml", text).expect("loads")
}

fn cases(operation: &std::sync::Arc<Operation>, seed: u64) -> Vec<Case> {
    let inputs = Inputs { seed: Seed(seed), cases: 0, ..Inputs::default() };
    let plan = plan(operation, &inputs).expect("can be planned");
    plan.blocks().flat_map(|block| block.cases).collect()
}

/// The texts that stand for a parameter: one, or one for each entry.
fn texts(operation: &Operation, request: &Request, parameter: &Parameter) -> Vec<String> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let name = parameter.name.as_str();
    let is_list = parameter.schema.types() == ["array"];
    let split = |text: &str, delimiter| match delimiter {
        Some(delimiter) if is_list => text.split(delimiter).map(str::to_owned).collect(),
        _ => vec![text.to_owned()],
    };
    match parameter.location {
        ParameterLocation::Path => {
            let mut pairs = operation.path.split('/').zip(request.path.split('/'));
            let (_, segment) =
                pairs.find(|(held, _)| *held == format!("{{{name}}}")).expect("is there");
            split(segment, Some(',')).iter().map(|text| decoded(text)).collect()
        }
        ParameterLocation::Query => {
            let held = request.query.iter().filter(|(held, _)| held == name);
            held.flat_map(|(_, value)| split(value.wire(), parameter.lists.delimiter())).collect()
        }
        ParameterLocation::Header => {
            request.header(name).map(|value| split(value.wire(), Some(','))).unwrap_or_default()
        }
        ParameterLocation::Cookie => {
            let header = request.header("Cookie").map(FieldValue::wire).unwrap_or_default();
            let pairs = header.split("; ").filter_map(|pair| pair.split_once('='));
            pairs.filter(|(held, _)| *held == name).map(|(_, text)| text.to_owned()).collect()
        }
    }
}

/// The value that a text spells; of another kind than numbers it is a text.
fn value(schema: &Schema, text: &str) -> Value {
    let part = schema.children("allOf").into_iter().next();
    let types = part.as_ref().map_or(schema.types(), Schema::types);
    match text.parse::<f64>() {
        Ok(_) if types != ["string"] => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        _ => text.into(),
    }
}

/// All rules of parameters that the request breaks, by the `jsonschema` crate.
fn broken(operation: &Operation, request: &Request) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for parameter in &operation.parameters {
        let at = format!("{}.{}", parameter.location.as_str(), parameter.name);
        let texts = texts(operation, request, parameter);
        if texts.is_empty() {
            found.extend(parameter.required.then(|| format!("{at}/required")));
            continue;
        }
        let whole = match parameter.schema.items() {
            Some(items) => texts.iter().map(|text| value(&items, text)).collect(),
            None => value(&parameter.schema, &texts[0]),
        };
        let validator = Validator::compile(&parameter.schema).expect("compiles");
        let rules = validator.broken(&Place::body(), &whole).into_iter();
        found.extend(
            rules.map(|one| format!("{}/{}", one.location.replacen("body", &at, 1), one.keyword)),
        );
    }
    found
}

#[test]
fn every_planned_case_of_parameters_breaks_the_rule_that_it_names_and_no_other() {
    let contract = books();
    let operation = &contract.operations[0];
    for seed in 1..4 {
        let mut checked = 0;
        for case in cases(operation, seed) {
            let found = broken(operation, &case.request);
            let rule = case.rule.within_operation();
            let is_true = match &case.expectation {
                Expectation::Accepted | Expectation::SameAsTwin => found.is_empty(),
                Expectation::Refused(_)
                    if !rule.starts_with("path/") && !rule.starts_with("method") =>
                {
                    // A text that is no number is none of the listed ones either.
                    let enumerated = rule.replace("/type", "/enum");
                    found.contains(rule)
                        && found.iter().all(|one| one == rule || *one == enumerated)
                }
                _ => continue,
            };
            assert!(is_true, "{} ({}): {found:?}", case.id, case.intent);
            checked += 1;
        }
        assert!(checked > 200, "{checked}");
    }
}

#[test]
fn every_rule_of_a_parameter_has_a_violation_that_must_be_refused() {
    let contract = books();
    let operation = &contract.operations[0];
    let cases = cases(operation, 7);
    let refused = |case: &&Case| matches!(case.expectation, Expectation::Refused(_));
    let strengths: BTreeMap<&str, _> = cases
        .iter()
        .filter(refused)
        .map(|case| (case.rule.within_operation(), case.strength))
        .fold(BTreeMap::new(), |mut all, (rule, strength)| {
            let held = all.entry(rule).or_insert(strength);
            *held = strength.max(*held);
            all
        });
    let locations = ["path.", "query.", "header.", "cookie."];
    for rule in &operation.rules {
        let name = rule.id.within_operation();
        if locations.iter().any(|location| name.starts_with(location))
            && operation.parameters.iter().any(|one| name.contains(&format!(".{}/", one.name)))
        {
            assert_eq!(strengths.get(name), Some(&rule.strength), "{name}");
        }
    }
    assert!(cases.iter().any(|case| case.rule.within_operation() == "request/examples"));
}

#[test]
fn limits_and_their_neighbours_are_sent_whatever_the_seed() {
    let contract = books();
    let operation = &contract.operations[0];
    for seed in 0..12 {
        let cases = cases(operation, seed);
        let sent = |name: &str| -> BTreeSet<Vec<String>> {
            let parameter =
                operation.parameters.iter().find(|one| one.name == name).expect("is one");
            cases.iter().map(|case| texts(operation, &case.request, parameter)).collect()
        };
        for (name, wanted) in [
            ("size", &["0", "1", "100", "101"][..]),
            ("weight", &["0", "1", "900", "901"]),
            ("level", &["0", "1", "2", "3", "5", "6"]),
            ("step", &["-5"]),
            ("X-Count", &["-1", "0", "10", "11"]),
            ("visits", &["0", "1", "100", "101"]),
            ("sort", &["title", "year", "titlex"]),
            ("lang", &["de", "en"]),
        ] {
            let sent = sent(name);
            for value in wanted {
                assert!(sent.contains(&vec![(*value).to_owned()]), "{seed}: {name}={value}");
            }
        }
        let q: BTreeSet<usize> =
            sent("q").iter().flatten().map(|text| text.chars().count()).collect();
        assert!([1, 2, 12, 13].iter().all(|length| q.contains(length)), "{seed}: {q:?}");
        for (name, sizes) in [("ids", &[1, 2, 4, 5][..]), ("each", &[3, 4]), ("spaces", &[3, 4])] {
            let sent: BTreeSet<usize> = sent(name).iter().map(Vec::len).collect();
            assert!(sizes.iter().all(|size| sent.contains(size)), "{seed}: {name} {sent:?}");
        }
        let rooms: Vec<String> = sent("room").into_iter().flatten().collect();
        assert!(rooms.iter().any(|room| room.len() == 5 && room.starts_with('n')), "{rooms:?}");
        assert!(rooms.iter().any(|room| room.len() == 4 && room.starts_with('N')), "{rooms:?}");
    }
}

#[test]
fn commas_between_the_entries_of_a_path_are_no_part_of_them() {
    let contract = books();
    let operation = &contract.operations[0];
    let styles: Vec<ListStyle> = operation.parameters.iter().map(|one| one.lists).collect();
    assert!(
        [ListStyle::Repeated, ListStyle::Commas, ListStyle::Pipes, ListStyle::Spaces]
            .iter()
            .all(|style| styles.contains(style))
    );
    for case in cases(operation, 3) {
        assert!(!case.request.path.contains("%2C"), "{}", case.request.path);
    }
}

#[test]
fn a_long_run_combines_optional_parameters() {
    let contract = books();
    let cases = cases(&contract.operations[0], 5);
    let long: Vec<String> = cases
        .iter()
        .filter(|case| case.intent.contains("long run"))
        .map(|case| {
            let request = &case.request;
            format!("{} {:?} {:?}", request.path, request.query, request.headers)
        })
        .collect();
    let different = long.iter().collect::<BTreeSet<_>>().len();
    assert!(different > 9 && different * 2 > long.len(), "{different} of {}", long.len());
}

#[test]
fn what_the_client_would_add_itself_is_one_of_the_documented_values() {
    let parameters = serde_json::json!([
        {"name": "Accept-Encoding", "in": "header", "schema": {"enum": ["base64"]}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}},
    ]);
    let document = serde_json::json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": {"operationId": "a", "parameters": parameters,
            "responses": {"200": {"description": "ok"}, "400": {"description": "no"}}}}},
    });
    let contract = Contract::parse("t.json", &document.to_string()).expect("loads");
    let cases = cases(&contract.operations[0], 1);
    let is_other = |case: &&Case| case.rule.location() != "header.Accept-Encoding";
    assert!(cases.iter().filter(is_other).count() > 3);
    for case in cases.iter().filter(is_other) {
        let sent = case.request.header("Accept-Encoding").map(FieldValue::wire);
        assert_eq!(sent, Some("base64"), "{}", case.intent);
    }
}

#[test]
fn a_legal_value_that_leads_to_another_operation_is_not_sent() {
    let id = serde_json::json!([{"name": "id", "in": "path", "required": true,
        "schema": {"type": "string", "pattern": "^([a-z]{8}|\\$me)$"}}]);
    let responses = serde_json::json!({"200": {"description": "ok"}, "404": {"description": "no"}});
    let document = serde_json::json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/users/{id}": {"get": {"operationId": "a", "parameters": id, "responses": responses}},
            "/users/$me": {"put": {"operationId": "b", "responses": responses}},
        },
    });
    let contract = Contract::parse("t.json", &document.to_string()).expect("loads");
    let operation = contract.operations.iter().find(|operation| operation.id == "a");
    let cases = cases(operation.expect("is there"), 1);
    let legal = cases.iter().filter(|case| matches!(case.expectation, Expectation::Accepted));
    let paths: BTreeSet<&str> = legal.map(|case| case.request.path.as_str()).collect();
    assert!(paths.len() > 20, "{}", paths.len());
    assert!(!paths.iter().any(|path| path.ends_with("me") && path.len() < 12), "{paths:?}");
}
