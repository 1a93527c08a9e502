//! A document of another kind than the built-in one, and servers by hand that keep it in ways of their
//! own, or break it in one place.

mod access;
mod change;
mod faulty;
mod harmless;
mod pets;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fencepost::check::Severity;
use fencepost::contract::Contract;
use fencepost::run::{Outcome, RunSettings};

use crate::runs;
use faulty::FAULTY;
use harmless::HARMLESS;
use pets::{DOCUMENT, KEY, Ways};

/// A change to the document: what stands there, and what instead.
type Edits = &'static [(&'static str, &'static str)];

fn run(edits: Edits, ways: Ways) -> Outcome {
    let text = edits.iter().fold(DOCUMENT.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replace(old, new)
    });
    let contract = Contract::parse("pets.yaml", &text).expect("is a contract");
    let settings = RunSettings::default();
    let inputs = fencepost::generate::Inputs { cases: 20, ..runs::inputs(&contract, KEY, 3) };
    let plan = runs::plan(&contract, inputs, &settings);
    let server = pets::start(ways);
    runs::run(&plan, &server.uri, &settings, Duration::from_secs(10))
}

/// The failures of a run, a line each.
fn failures(outcome: &Outcome) -> Vec<String> {
    let failures = outcome.findings().filter(|finding| finding.severity == Severity::Failure);
    failures
        .map(|finding| {
            format!(
                "{} [{}] {}: {} | {} | {}",
                finding.rule,
                finding.check,
                finding.kind,
                finding.case.intent,
                finding.expected,
                finding.actual
            )
        })
        .collect()
}

/// Tries all rows, two at once; the messages of those that are wrong.
fn all<R: Sync>(rows: &[R], wrong: impl Fn(&R) -> Option<String> + Sync) {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let message = wrong(row);
                    found.lock().expect("no panic in between").extend(message);
                }
            });
        }
    });
    let found = found.into_inner().expect("no panic in between");
    assert!(found.is_empty(), "{} wrong:\n{}", found.len(), found.join("\n\n"));
}

#[test]
fn a_shop_that_keeps_its_document_fails_in_nothing() {
    all(HARMLESS, |(name, edits, ways)| {
        let outcome = run(edits, *ways);
        let failures = failures(&outcome);
        let tested = outcome.operations.iter().map(|operation| operation.controls.accepted);
        let is_tested = tested.filter(|accepted| *accepted > 0).count() > 1;
        (!failures.is_empty() || !is_tested || !outcome.skipped.is_empty()).then(|| {
            format!("{name}: {is_tested} {:?}\n  {}", outcome.ended_early, failures.join("\n  "))
        })
    });
}

#[test]
fn a_shop_that_breaks_its_document_is_found_out() {
    all(FAULTY, |(name, rules, ways)| {
        let outcome = run(&[], *ways);
        let found = failures(&outcome);
        let is_named = outcome
            .findings()
            .filter(|finding| finding.severity == Severity::Failure)
            .flat_map(|finding| std::iter::once(&finding.rule).chain(&finding.also))
            .any(|rule| rules.contains(&rule.within_operation()) || rules == &["*"]);
        (!is_named).then(|| format!("{name}: wants {rules:?}\n  {}", found.join("\n  ")))
    });
}
