//! Both sides of every knob: what is broken shows, and what is harmless doesn't.

use std::collections::HashSet;

use fencepost::contract::Contract;

use crate::probes::{exchange, first_contradiction, probes};

use super::{HARMLESS, INCONCLUSIVE, Opponent, TOKEN, TURN, Traits, WARNINGS, faults};

fn verdict(traits: Traits) -> Option<String> {
    let opponent = Opponent::start(traits);
    first_contradiction(opponent.uri(), TOKEN)
}

#[test]
fn there_are_enough_opponents_with_names_of_their_own() {
    let names = faults().chain(WARNINGS).map(|fault| fault.name);
    let names: Vec<_> = names.chain(HARMLESS.iter().map(|harmless| harmless.name)).collect();
    let distinct: HashSet<_> = names.iter().collect();
    assert_eq!(names.len(), distinct.len(), "{names:?}");
    assert!(faults().count() >= 45 && HARMLESS.len() >= 20);
}

#[test]
fn every_fault_contradicts_the_page() {
    // The probes are sent one by one, each on a connection of its own.
    for fault in faults().filter(|fault| !fault.needs_company()) {
        assert!(verdict(fault.traits).is_some(), "no contradiction seen: {}", fault.name);
    }
}

#[test]
fn nothing_harmless_contradicts_the_page() {
    for harmless in HARMLESS {
        assert_eq!(verdict(harmless.traits), None, "{}", harmless.name);
    }
}

#[test]
fn what_is_only_warned_of_contradicts_nothing() {
    // The probes repeat themselves, and take a refused repetition for a contradiction.
    let single = |rules: &&[&str]| !rules.contains(&"prepare/request/repetition");
    for fault in WARNINGS.iter().filter(|fault| single(&fault.rules)) {
        assert_eq!(verdict(fault.traits), None, "{}", fault.name);
    }
}

#[test]
fn what_is_inconclusive_stops_serving_and_breaks_nothing() {
    let plain = &probes(TOKEN)[0].bytes;
    for inconclusive in INCONCLUSIVE {
        let opponent = Opponent::start(inconclusive.traits);
        let ask = || exchange(opponent.uri(), plain).expect("an answer");
        for _ in 0..TURN {
            ask();
        }
        let last = ask();
        let is_page = last.content_type == "text/html";
        let refuses = [302, 401, 403, 404, 429, 503].contains(&last.status);
        assert!(refuses || is_page, "{}", inconclusive.name);
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
