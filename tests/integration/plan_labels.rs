//! Every planned case carries a true label, proved on the bytes that would be sent.

use fencepost::case::label::broken;
use fencepost::case::{Case, Expectation, Scenario};
use fencepost::contract::{Contract, Operation, Place, Validator};
use fencepost::generate::{Inputs, Seed, plan};
use serde_json::Value;

/// Why the label of a case with a JSON body is not true, by both readings.
fn untrue(operation: &Operation, validator: &Validator, case: &Case) -> Option<String> {
    let schema = &operation.body.as_ref()?.schema;
    let body: Value = serde_json::from_slice(case.request.body.as_deref()?).ok()?;
    let first: Vec<String> = broken(schema, &body)
        .into_iter()
        .map(|broken| format!("{}/{}", broken.place, broken.keyword))
        .collect();
    let second: Vec<String> = validator
        .broken(&Place::body(), &body)
        .into_iter()
        .map(|broken| format!("{}/{}", broken.location, broken.keyword))
        .collect();
    if case.intent == "an empty object" && matches!(case.expectation, Expectation::Refused(_)) {
        // One missing member stands for all of its object.
        let object = case.rule.location().rsplit_once('.').map_or("", |(object, _)| object);
        let is_sibling = |rule: &String| {
            let member = rule.strip_suffix("/required").and_then(|place| place.rsplit_once('.'));
            member.is_some_and(|(held, _)| held == object)
        };
        let is_true = |found: &[String]| {
            found.contains(&case.rule.within_operation().to_owned()) && found.iter().all(is_sibling)
        };
        let message = || format!("{}: {first:?}, {second:?}", case.id);
        return (!is_true(&first) || !is_true(&second)).then(message);
    }
    let named = match (&case.expectation, &case.place) {
        (Expectation::Accepted | Expectation::SameAsTwin, _) => Vec::new(),
        (Expectation::Refused(_), Some(_)) => {
            vec![case.rule.within_operation().replace("lengthUnit", "maxLength")]
        }
        _ => return None,
    };
    // A value of another type is none of the enumerated ones either: the two can't be told apart.
    let is_only = |found: &[String]| match (case.scenario, found) {
        (Scenario::IncorrectType, [own, rest @ ..]) => {
            let place = case.rule.location();
            *own == named[0] && rest.iter().all(|rule| rule.strip_prefix(place).is_some())
        }
        _ => found == named,
    };
    (!is_only(&first) || !is_only(&second))
        .then(|| format!("{} ({}): reader {first:?}, jsonschema {second:?}", case.id, case.intent))
}

fn all_true(contract: &Contract) {
    let mut checked = 0;
    for operation in &contract.operations {
        let Some(body) = &operation.body else { continue };
        let validator = Validator::compile(&body.schema).expect("compiles");
        for seed in [1, 2, 3] {
            let inputs = Inputs { seed: Seed(seed), ..Inputs::default() };
            let plan = plan(operation, &inputs).expect("can be planned");
            let cases = plan.blocks().flat_map(|block| block.cases);
            let untrue: Vec<String> = cases
                .inspect(|_| checked += 1)
                .filter_map(|case| untrue(operation, &validator, &case))
                .collect();
            assert!(untrue.is_empty(), "{}:\n{}", operation.id, untrue.join("\n"));
        }
    }
    assert!(checked > 1_000, "only {checked} cases");
}

#[test]
fn every_planned_case_of_the_built_in_contract_carries_a_true_label() {
    all_true(&Contract::builtin("koophone").expect("is built in"));
}

#[test]
fn every_planned_case_of_wider_documents_carries_a_true_label() {
    for text in [
        include_str!("../fixtures/shop.yaml"),
        include_str!("../fixtures/async_command.yaml"),
        include_str!("../fixtures/video_setting.yaml"),
    ] {
        all_true(&Contract::parse("fixture.yaml", text).expect("loads"));
    }
}

#[test]
fn the_suite_without_fuzzing_stays_below_1_500_requests() {
    let contract = Contract::builtin("koophone").expect("is built in");
    let inputs = Inputs { cases: 0, ..Inputs::default() };
    let plan = plan(&contract.operations[0], &inputs).expect("can be planned");
    let planned = plan.requests();
    assert!(planned < 1_500, "{planned} requests");
}
