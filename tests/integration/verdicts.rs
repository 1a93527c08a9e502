//! The suite against servers of another make: each fault is found, nothing harmless is flagged.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use fencepost::check::Severity;
use fencepost::run::{Outcome, RuleVerdict, RunPlan, RunSettings, RunVerdict};

use crate::opponents::{
    Fault, HARMLESS, Harmless, INCONCLUSIVE, Opponent, TOKEN, Traits, WARNINGS, faults,
};
use crate::runs;

/// The longest wait for an answer: of servers that hang, and of others, which only answer late
/// where this machine is busy.
const TIMEOUT: [Duration; 2] = [Duration::from_secs(10), Duration::from_millis(700)];

/// The one plan of all these runs: it depends on no server.
static PLAN: LazyLock<RunPlan> = LazyLock::new(|| {
    let contract = runs::koophone();
    let inputs = runs::inputs(&contract, TOKEN, 7);
    runs::plan(&contract, inputs, &RunSettings::default())
});

/// Runs the built-in contract's whole suite against a server that knows [`TOKEN`].
fn run(name: &str, traits: Traits) -> Outcome {
    let opponent = Opponent::start(traits);
    let timeout = TIMEOUT[usize::from(name.contains("hang"))];
    runs::run(&PLAN, opponent.uri(), &RunSettings::default(), timeout)
}

/// Tries all rows, a few at once; the messages of those that are wrong.
fn all<R: Sync>(rows: &[R], wrong: impl Fn(&R) -> Option<String> + Sync) -> Vec<String> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(4);
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let message = wrong(row);
                    found.lock().expect("no panic in between").extend(message);
                }
            });
        }
    });
    found.into_inner().expect("no panic in between")
}

/// What a run came to, in a few lines, for messages.
fn summary(outcome: &Outcome) -> String {
    let mut lines = vec![format!(
        "{:?} after {} + {} requests, {:?}, ended early: {:?}",
        outcome.verdict(),
        outcome.traffic.planned,
        outcome.traffic.adaptive,
        outcome.traffic.elapsed,
        outcome.ended_early
    )];
    for finding in outcome.findings() {
        lines.push(format!(
            "  {} {} [{} {}] {} x{} {}/{}: {} | expected {} | got {} | limit {:?}",
            finding.severity,
            finding.rule,
            finding.check,
            finding.kind,
            finding.scenario,
            finding.count,
            finding.reproduced.seen,
            finding.reproduced.sent,
            finding.case.intent,
            finding.expected,
            finding.actual,
            finding.real_limit,
        ));
    }
    for rule in outcome.rules() {
        if let RuleVerdict::Inconclusive(reason, _) = rule.verdict {
            lines.push(format!(
                "  inconclusive {} {} ({})",
                rule.rule.strength, rule.rule.id, reason
            ));
        }
    }
    lines.join("\n")
}

/// Collects what is wrong with each row, so that one run shows all.
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_fault_is_found_and_named() {
    let faults: Vec<&Fault> = faults().collect();
    assert!(faults.len() >= 100, "only {} faults", faults.len());
    none(&all(&faults, |fault| {
        let outcome = run(fault.name, fault.traits);
        let named = outcome
            .findings()
            .filter(|finding| finding.severity == Severity::Failure)
            .flat_map(|finding| std::iter::once(&finding.rule).chain(&finding.also))
            .any(|rule| fault.rules.contains(&rule.as_str()));
        let is_found = outcome.verdict() == RunVerdict::Failed && named;
        let message = || format!("{} (wants {:?})\n{}", fault.name, fault.rules, summary(&outcome));
        (!is_found).then(message)
    }));
}

#[test]
fn nothing_harmless_is_flagged() {
    none(&all(HARMLESS, |harmless| ends(harmless, RunVerdict::Held)));
}

#[test]
fn what_one_source_alone_decides_is_a_warning() {
    none(&all(WARNINGS, |fault| {
        let outcome = run(fault.name, fault.traits);
        let named = outcome.findings().any(|finding| fault.rules.contains(&finding.rule.as_str()));
        let is_warned = outcome.verdict() == RunVerdict::Held && named;
        let message = || format!("{} (wants {:?})\n{}", fault.name, fault.rules, summary(&outcome));
        (!is_warned).then(message)
    }));
}

#[test]
fn a_server_that_lets_nothing_be_shown_is_inconclusive() {
    none(&all(INCONCLUSIVE, |variant| ends(variant, RunVerdict::Inconclusive)));
}

/// What is wrong where a run against the variant ends otherwise.
fn ends(variant: &Harmless, verdict: RunVerdict) -> Option<String> {
    let outcome = run(variant.name, variant.traits);
    (outcome.verdict() != verdict).then(|| format!("{}\n{}", variant.name, summary(&outcome)))
}
