//! Both sides of every knob: what is broken shows, and what is harmless doesn't.

use std::collections::HashSet;

use fencepost::contract::Contract;

use crate::probes::first_contradiction;

use super::{HARMLESS, Opponent, TOKEN, Traits, WARNINGS, faults};

fn verdict(traits: Traits) -> Option<String> {
    let opponent = Opponent::start(traits);
    first_contradiction(opponent.uri(), TOKEN)
}

#[test]
fn there_are_enough_opponents_with_names_of_their_own() {
    let names = faults().chain(WARNINGS).map(|fault| fault.name);
    let names: Vec<_> = names.chain(HARMLESS.iter().map(|harmless| harmless.name)).collect();
    let distinct: HashSet<_> = names.iter().collect();
    assert!(names.len() <= distinct.len() + 2, "{names:?}");
    assert!(faults().count() >= 45 && HARMLESS.len() >= 20);
}

#[test]
fn every_fault_contradicts_the_page() {
    for fault in faults() {
        let found = verdict(fault.traits);
        println!("{:50} {}", fault.name, found.as_deref().unwrap_or_default());
        assert!(found.is_some(), "no contradiction seen: {}", fault.name);
    }
}

#[test]
fn nothing_harmless_contradicts_the_page() {
    for harmless in HARMLESS {
        assert_eq!(verdict(harmless.traits), None, "{}", harmless.name);
    }
}

#[test]
fn every_rule_that_a_finding_may_name_is_a_rule_of_the_contract() {
    let contract = Contract::builtin("koophone").expect("is built in");
    let rules: HashSet<_> =
        contract.operations.iter().flat_map(|o| &o.rules).map(|rule| rule.id.as_str()).collect();
    for fault in faults().chain(WARNINGS) {
        for rule in fault.rules {
            assert!(rules.contains(rule), "{}: {rule}", fault.name);
        }
    }
}
