//! Both sides of every knob: what is broken shows, and what is harmless doesn't.

use std::collections::HashSet;

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
    let kept: Vec<_> =
        faults().filter(|fault| verdict(fault.traits).is_none()).map(|fault| fault.name).collect();
    assert!(kept.is_empty(), "no contradiction seen in {kept:?}");
}

#[test]
fn nothing_harmless_contradicts_the_page() {
    for harmless in HARMLESS {
        assert_eq!(verdict(harmless.traits), None, "{}", harmless.name);
    }
}
