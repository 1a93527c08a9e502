//! The stateful phase: how much is sent, how much at once, and what is said of it.

use std::collections::BTreeMap;
use std::time::Duration;

use fencepost::case::Phase;
use fencepost::run::{Outcome, RuleVerdict, RunSettings, RunVerdict};

use crate::opponents::{Opponent, Reply, TOKEN, Traits, faults};
use crate::runs;

fn run(traits: Traits, settings: &RunSettings, phases: &[Phase]) -> (Outcome, Opponent) {
    let opponent = Opponent::start(traits);
    let outcome = run_against(&opponent, settings, phases);
    (outcome, opponent)
}

fn run_against(opponent: &Opponent, settings: &RunSettings, phases: &[Phase]) -> Outcome {
    let contract = runs::koophone();
    let mut inputs = runs::inputs(&contract, TOKEN, 5);
    inputs.phases = phases.to_vec();
    let plan = runs::plan(&contract, inputs, settings);
    runs::run(&plan, opponent.uri(), settings, Duration::from_secs(10))
}

fn fault(name: &str) -> Traits {
    faults().find(|fault| fault.name == name).expect("is there").traits
}

const THINKING: Traits =
    Traits { every: |reply, _| reply.pause = Duration::from_millis(4), ..Traits::FAITHFUL };

const WITHOUT_FUZZING: [Phase; 3] = [Phase::Examples, Phase::Coverage, Phase::Stateful];

#[test]
fn without_fuzzing_there_are_enough_valid_requests_and_not_too_many_in_all() {
    let (outcome, opponent) = run(THINKING, &RunSettings::default(), &WITHOUT_FUZZING);
    assert_eq!(outcome.verdict(), RunVerdict::Held);
    assert!(opponent.requests().len() <= 2_500);
    let reach = outcome.operations[0].reach;
    assert!(reach.valid >= 459 && reach.power() >= 0.99, "{reach:?}");
    assert_eq!(reach.together, 32);
    let most = opponent.requests().iter().map(|seen| seen.under_way).max();
    assert_eq!(most, Some(32), "all of a burst are under way at once");
}

#[test]
fn no_more_are_under_way_than_a_user_allows() {
    for burst in [1, 5] {
        let settings = RunSettings { concurrency: burst, burst, ..RunSettings::default() };
        let (outcome, opponent) = run(THINKING, &settings, &[Phase::Stateful]);
        let most = opponent.requests().iter().map(|seen| seen.under_way).max();
        assert_eq!(most, Some(burst));
        assert_eq!(outcome.verdict(), RunVerdict::Held);
        let rule = outcome.rules().find(|rule| rule.rule.id.keyword() == "concurrency");
        let is_held = rule.is_some_and(|rule| rule.verdict == RuleVerdict::Held);
        assert_eq!(is_held, burst > 1, "one at a time shows nothing");
    }
}

#[test]
fn a_fault_with_a_rhythm_is_one_finding_whatever_it_hits() {
    // What is sent has rhythms of its own, so that some of these hit the same kinds of requests
    // again and again.
    for distance in [5, 8, 33, 47, 75] {
        let opponent = Opponent::start_with(Traits::FAITHFUL, move |seen, reply| {
            if seen.number.is_multiple_of(distance) {
                *reply = Reply::text(500, "text/plain", "oops");
            }
        });
        let outcome = run_against(&opponent, &RunSettings::default(), &WITHOUT_FUZZING);
        let found: Vec<String> = outcome
            .findings()
            .map(|finding| format!("{} {}", finding.rule.within_operation(), finding.kind))
            .collect();
        let expected = format!("response/serverError server error, every {distance} requests");
        assert_eq!(found, [expected]);
    }
}

#[test]
fn a_fault_is_named_by_the_company_that_it_needs_and_by_nothing_else() {
    let expected = BTreeMap::from([
        ("500 with more than 8 under way", "server error with others under way, one of 16 at once"),
        ("500 every 97th time", "server error, every 97 requests"),
        ("500 behind the first request of a connection", "server error on kept connections only"),
        ("refused behind what is no JSON", "legal request refused right behind a refused one"),
    ]);
    for (name, expected) in expected {
        let (outcome, _opponent) = run(fault(name), &RunSettings::default(), &WITHOUT_FUZZING);
        let found: Vec<String> = outcome
            .findings()
            .map(|finding| format!("{} | {}", finding.kind, finding.case.intent))
            .collect();
        let words = expected.split(", one").next().unwrap_or(expected);
        assert!(found.len() == 1 && found[0].starts_with(words), "{name}: {found:?}");
        if let Some((_, size)) = expected.split_once(", one") {
            assert!(found[0].ends_with(size), "{name}: {found:?}");
        }
    }
}
