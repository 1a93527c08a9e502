//! The suite against servers of another make: each fault is found, nothing harmless is flagged.

use std::time::Duration;

use fencepost::check::Severity;
use fencepost::run::{Outcome, RuleVerdict, RunSettings, RunVerdict};

use crate::opponents::{HARMLESS, INCONCLUSIVE, Opponent, TOKEN, WARNINGS, faults};
use crate::runs;

/// The longest wait for an answer: hanging servers are waited for often.
const TIMEOUT: Duration = Duration::from_millis(700);

/// Runs the built-in contract's whole suite against a server that knows [`TOKEN`].
fn run(uri: &str) -> Outcome {
    let settings = RunSettings::default();
    let contract = runs::koophone();
    let plan = runs::plan(&contract, runs::inputs(&contract, TOKEN, 7), &settings);
    runs::run(&plan, uri, &settings, TIMEOUT)
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
    let mut wrong = Vec::new();
    let mut count = 0;
    for fault in faults() {
        let opponent = Opponent::start(fault.traits);
        let outcome = run(opponent.uri());
        count += 1;
        let named = outcome
            .findings()
            .filter(|finding| finding.severity == Severity::Failure)
            .flat_map(|finding| [Some(&finding.rule), finding.also.as_ref()])
            .flatten()
            .any(|rule| fault.rules.contains(&rule.as_str()));
        if outcome.verdict() != RunVerdict::Failed || !named {
            wrong.push(format!("{} (wants {:?})\n{}", fault.name, fault.rules, summary(&outcome)));
        }
    }
    assert!(count >= 100, "only {count} faults");
    none(&wrong);
}

#[test]
fn nothing_harmless_is_flagged() {
    let mut wrong = Vec::new();
    for harmless in HARMLESS {
        let opponent = Opponent::start(harmless.traits);
        let outcome = run(opponent.uri());
        if outcome.verdict() != RunVerdict::Held {
            wrong.push(format!("{}\n{}", harmless.name, summary(&outcome)));
        }
    }
    none(&wrong);
}

#[test]
fn what_one_source_alone_decides_is_a_warning() {
    let mut wrong = Vec::new();
    for fault in WARNINGS {
        let opponent = Opponent::start(fault.traits);
        let outcome = run(opponent.uri());
        let named = outcome.findings().any(|finding| fault.rules.contains(&finding.rule.as_str()));
        if outcome.verdict() != RunVerdict::Held || !named {
            wrong.push(format!("{} (wants {:?})\n{}", fault.name, fault.rules, summary(&outcome)));
        }
    }
    none(&wrong);
}

#[test]
fn a_server_that_lets_nothing_be_shown_is_inconclusive() {
    let mut wrong = Vec::new();
    for variant in INCONCLUSIVE {
        let opponent = Opponent::start(variant.traits);
        let outcome = run(opponent.uri());
        if outcome.verdict() != RunVerdict::Inconclusive {
            wrong.push(format!("{}\n{}", variant.name, summary(&outcome)));
        }
    }
    none(&wrong);
}
