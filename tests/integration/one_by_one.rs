//! Servers that take few connections at once, and servers that hang with more than one request
//! under way: the former are slow, the latter wrong.

use std::time::Duration;

use fencepost::case::Phase;
use fencepost::check::Severity;
use fencepost::run::{Outcome, RuleVerdict, RunSettings, RunVerdict};

use crate::opponents::{Accepts, Delivery, Opponent, TOKEN, Traits};
use crate::runs;

const OK: Traits = Traits::FAITHFUL;

/// Longer than any run.
const HOURS: Duration = Duration::from_secs(10_000);

/// Serves one connection until it ends, however long it is idle.
const SERIAL: Traits = Traits { accepts: Accepts::InTurn(1, HOURS), ..OK };

/// Serves one connection after the other, for one answer each.
const SERIAL_CLOSE: Traits =
    Traits { every: |reply, _| reply.delivery = Delivery::Close, ..SERIAL };

/// The same, and takes 300 ms for each.
const SERIAL_SLOW: Traits = Traits {
    every: |reply, _| {
        reply.pause = Duration::from_millis(300);
        reply.delivery = Delivery::Close;
    },
    ..SERIAL
};

/// Never answers while another request is under way.
const HANGS: Traits = Traits {
    success: |reply, seen, _| {
        reply.pause = Duration::from_millis(4);
        if seen.under_way > 1 {
            reply.delivery = Delivery::Hang;
        }
    },
    ..OK
};

/// Everything but random cases, with so many requests at once.
fn run(traits: Traits, concurrency: usize, timeout: u64) -> Outcome {
    ask(traits, &RunSettings { concurrency, ..RunSettings::default() }, timeout)
}

/// The bursts alone.
fn bursts(traits: Traits, timeout: u64) -> Outcome {
    let rules = vec!["request/concurrency".to_owned()];
    ask(traits, &RunSettings { rules, ..RunSettings::default() }, timeout)
}

fn ask(traits: Traits, settings: &RunSettings, timeout: u64) -> Outcome {
    let contract = runs::koophone();
    let mut inputs = runs::inputs(&contract, TOKEN, 3);
    inputs.phases = vec![Phase::Examples, Phase::Coverage, Phase::Stateful];
    let plan = runs::plan(&contract, inputs, settings);
    let opponent = Opponent::start(traits);
    runs::run(&plan, opponent.uri(), settings, Duration::from_millis(timeout))
}

fn failures(outcome: &Outcome) -> Vec<String> {
    let findings = outcome.findings().filter(|finding| finding.severity == Severity::Failure);
    findings.map(|f| format!("{}: {} | {}", f.rule, f.kind, f.case.intent)).collect()
}

fn concurrency(outcome: &Outcome) -> &RuleVerdict {
    let rule = outcome.rules().find(|rule| rule.rule.id.keyword() == "concurrency");
    &rule.expect("is derived").verdict
}

/// All of them at once: they mostly wait.
fn all<const N: usize>(runs: [&(dyn Fn() -> Outcome + Sync); N]) -> Vec<Outcome> {
    std::thread::scope(|scope| {
        let under_way = runs.map(|run| scope.spawn(run));
        under_way.into_iter().map(|run| run.join().expect("ends")).collect()
    })
}

#[test]
fn a_server_that_hangs_with_another_request_under_way_is_blamed_for_that_alone() {
    let runs = all([&|| run(HANGS, 8, 1_000), &|| run(HANGS, 1, 1_000), &|| bursts(HANGS, 1_000)]);
    for outcome in runs {
        // Which of the two comes second is the moment's affair.
        let named = failures(&outcome).concat().replace("valid request 1", "valid request 2");
        let kind = "no answer with others under way | valid request 2, one of 2 at once";
        let said = (concurrency(&outcome), &outcome.ended_early);
        assert_eq!(named, format!("prepare/request/concurrency: {kind}"), "{said:?}");
        assert_eq!(outcome.ended_early, None);
    }
}

#[test]
fn a_server_that_serves_one_connection_after_the_other_is_not_blamed() {
    let runs = all([&|| run(SERIAL_CLOSE, 8, 400), &|| bursts(SERIAL_SLOW, 700), &|| {
        bursts(SERIAL_SLOW, 2_000)
    }]);
    for outcome in runs {
        assert_eq!(failures(&outcome), [""; 0]);
    }
    assert_eq!(bursts(SERIAL_CLOSE, 2_000).verdict(), RunVerdict::Held);
}

#[test]
fn a_server_that_is_held_by_idle_connections_of_ours_is_not_blamed() {
    // Idle connections are kept for some seconds.
    let runs =
        all([&|| run(SERIAL, 1, 300), &|| run(SERIAL, 8, 300), &|| bursts(SERIAL, 300), &|| {
            bursts(SERIAL, 10_000)
        }]);
    for outcome in runs {
        assert_eq!(failures(&outcome), [""; 0]);
    }
}

#[test]
fn a_server_of_one_connection_at_a_time_is_known_before_answers_are_late() {
    let outcome = run(SERIAL, 8, 10_000);
    assert_eq!(outcome.verdict(), RunVerdict::Held);
    assert_eq!(outcome.load.connections, Some(1));
    assert_eq!(outcome.operations[0].reach.together, 1);
    assert!(matches!(concurrency(&outcome), RuleVerdict::Observed(_)));
    assert_eq!(outcome.findings().count(), 0);
    // All that is not on account of its connections.
    let outcome = run(SERIAL_CLOSE, 8, 10_000);
    assert_eq!(outcome.load.connections, None, "it needs no more than closed connections");
}

#[test]
fn a_server_of_few_connections_at_a_time_is_known_before_answers_are_late() {
    let few = |most, idle| Traits { accepts: Accepts::InTurn(most, idle), ..OK };
    let most = [2, 4, 8];
    // They close what is idle, sooner than an answer is late, or never do.
    let soon = Duration::from_millis(400);
    let runs = all([
        &|| run(few(most[0], soon), 8, 10_000),
        &|| run(few(most[1], HOURS), 8, 10_000),
        &|| run(few(most[2], HOURS), 8, 10_000),
    ]);
    for (outcome, places) in runs.iter().zip(most.map(Some)) {
        assert_eq!(failures(outcome), [""; 0], "{places:?}");
        assert_eq!(outcome.verdict(), RunVerdict::Held);
        assert_eq!(outcome.load.connections, places);
        assert_eq!(outcome.ended_early, None);
    }
    assert_eq!(runs[1].operations[0].reach.together, 4);
}

#[test]
fn connections_that_are_refused_say_nothing_of_the_service() {
    for most in [3, 8, 12] {
        let outcome = run(Traits { accepts: Accepts::AtMost(most), ..OK }, 8, 2_000);
        assert_eq!(failures(&outcome), [""; 0], "{most}");
        let closing = Traits {
            accepts: Accepts::AtMost(most),
            every: |reply, _| {
                reply.pause = Duration::from_millis(3);
                reply.delivery = Delivery::Close;
            },
            ..OK
        };
        assert_eq!(failures(&run(closing, 8, 2_000)), [""; 0], "{most}");
    }
}
