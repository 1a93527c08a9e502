//! The suite against mutants and harmless variants of the stub.

use fencepost::audit::{Audit, AuditSettings, Fate, audit};
use fencepost::check::Severity;
use fencepost::contract::{Contract, Strength};
use fencepost::generate::Seed;
use fencepost::stub::{Family, Mutant, mutants, variants};

const SEED: Seed = Seed(11);

/// What mutants have in their names that the suite may miss, each with the reason.
const MISSED: &[(&str, &str)] = &[
    ("in-flight", "nothing is sent at rising concurrency yet"),
    ("every-37th", "what is seen once and gone is a warning"),
];

fn koophone() -> Contract {
    Contract::builtin("koophone").expect("is built in")
}

fn audited(only: Vec<String>) -> Audit {
    let settings = AuditSettings { seed: SEED, only, jobs: 4, ..AuditSettings::default() };
    audit(&koophone(), &settings, &|_, _| {}).expect("the contract can be audited")
}

/// Audits the mutants that are asked for, and fails with the list of those that behave otherwise
/// than expected.
fn all_are_caught(is_wanted: impl Fn(&Mutant) -> bool) {
    let wanted = mutants(&koophone()).into_iter().filter(is_wanted);
    let outcome = audited(wanted.map(|mutant| mutant.id).collect());
    assert_eq!(outcome.baseline, [], "the faithful stub is blamed");
    let wrong: Vec<String> = outcome
        .mutants
        .iter()
        .filter(|result| {
            let is_known = MISSED.iter().any(|(part, _)| result.mutant.id.contains(part));
            matches!(result.fate, Fate::Missed { .. } | Fate::Timeout { .. }) && !is_known
        })
        .map(|result| format!("{}: {:?}", result.mutant.id, result.fate))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        outcome.mutants.len(),
        wrong.join("\n")
    );
}

#[test]
fn mutants_of_the_request_rules_are_caught() {
    all_are_caught(|mutant| mutant.family == Family::RequestRules);
}

#[test]
fn mutants_of_credentials_outcomes_and_leaks_are_caught() {
    let families = [Family::Credentials, Family::Outcomes, Family::Leaks];
    all_are_caught(|mutant| families.contains(&mutant.family));
}

#[test]
fn mutants_of_the_answers_are_caught() {
    all_are_caught(|mutant| mutant.family == Family::Answers);
}

#[test]
fn mutants_that_fail_on_some_input_or_in_time_are_caught() {
    all_are_caught(|mutant| matches!(mutant.family, Family::Robustness | Family::Time));
}

#[test]
fn nothing_harmless_is_flagged() {
    let outcome = audited(variants(&koophone()).into_iter().map(|variant| variant.id).collect());
    let flagged: Vec<_> =
        outcome.variants.iter().filter(|result| !result.flagged.is_empty()).collect();
    assert!(outcome.variants.len() >= 30, "{}", outcome.variants.len());
    assert!(flagged.is_empty(), "{flagged:#?}");
}

#[test]
fn mutants_have_names_of_their_own_that_begin_with_a_promise() {
    let contract = koophone();
    let all = mutants(&contract);
    let mut ids: Vec<&str> = all.iter().map(|mutant| mutant.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    for mutant in &all {
        let rule = contract.operations[0].rule(&mutant.rule).expect("is a rule of the contract");
        assert!(mutant.id.starts_with(rule.id.as_str()), "{}", mutant.id);
        assert!(Strength::Open < mutant.strength && mutant.strength <= rule.strength);
    }
}

#[test]
fn a_should_is_caught_by_a_warning_and_a_must_by_a_failure() {
    let outcome = audited(vec![
        "body/trailingBytes/ignored".to_owned(),
        "body.user_id/maxLength/loosened-by-one".to_owned(),
    ]);
    let severities = outcome.mutants.iter().map(|result| match &result.fate {
        Fate::Caught(caught) => Some((caught.severity, caught.named)),
        _ => None,
    });
    let expected = [Some((Severity::Failure, true)), Some((Severity::Warning, true))];
    assert_eq!(severities.collect::<Vec<_>>(), expected);
}

#[test]
fn every_contract_has_mutants() {
    for path in ["tests/fixtures/renamed.yaml", "tests/fixtures/shop.yaml"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let contract = Contract::load(&path).expect("is a contract");
        assert!(mutants(&contract).len() > 40, "{}", path.display());
    }
}
