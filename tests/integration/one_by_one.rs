//! Servers that take few connections at once, and servers that fail with more than one request
//! under way: the former are slow, the latter wrong.

use std::time::Duration;

use fencepost::case::Phase;
use fencepost::run::{Outcome, RunSettings};

use crate::opponents::{Accepts, Delivery, Opponent, TOKEN, Traits};
use crate::runs;

/// A run of the stateful phase, or of all phases, with so many requests at once.
fn run(traits: Traits, phases: &[Phase], concurrency: usize, timeout: Duration) -> Outcome {
    let contract = runs::koophone();
    let mut inputs = runs::inputs(&contract, TOKEN, 3);
    inputs.phases = phases.to_vec();
    inputs.cases = 0;
    let settings = RunSettings { concurrency, ..RunSettings::default() };
    let plan = runs::plan(&contract, inputs, &settings);
    let opponent = Opponent::start(traits);
    runs::run(&plan, opponent.uri(), &settings, timeout)
}

fn findings(outcome: &Outcome) -> Vec<String> {
    let findings = outcome.findings();
    findings.map(|f| format!("{} {}: {} | {}", f.severity, f.rule, f.kind, f.case.intent)).collect()
}

const STATEFUL: [Phase; 1] = [Phase::Stateful];
const ALL: [Phase; 3] = [Phase::Examples, Phase::Coverage, Phase::Stateful];

const OK: Traits = Traits::FAITHFUL;

const HANGS: Traits = Traits {
    success: |reply, seen, _| {
        reply.pause = Duration::from_millis(4);
        if seen.under_way > 1 {
            reply.delivery = Delivery::Hang;
        }
    },
    ..OK
};

const SERIAL: Traits = Traits { accepts: Accepts::OneByOne, ..OK };

const SERIAL_CLOSE: Traits = Traits {
    accepts: Accepts::OneByOne,
    every: |reply, _| reply.delivery = Delivery::Close,
    ..OK
};

const SERIAL_SLOW: Traits = Traits {
    accepts: Accepts::OneByOne,
    every: |reply, _| {
        reply.pause = Duration::from_millis(300);
        reply.delivery = Delivery::Close;
    },
    ..OK
};

#[test]
fn explore() {
    for (name, traits, phases, concurrency, ms) in [
        ("hangs", HANGS, &STATEFUL[..], 8, 500),
        ("hangs all", HANGS, &ALL[..], 8, 500),
        ("hangs all 1", HANGS, &ALL[..], 1, 500),
        ("serial close", SERIAL_CLOSE, &ALL[..], 8, 500),
        ("serial all 1", SERIAL, &ALL[..], 1, 500),
        ("serial all 1 long", SERIAL, &ALL[..], 1, 10_000),
        ("serial all 8", SERIAL, &ALL[..], 8, 500),
        ("atmost 12", Traits { accepts: Accepts::AtMost(12), ..OK }, &ALL[..], 8, 500),
        ("atmost 3", Traits { accepts: Accepts::AtMost(3), ..OK }, &ALL[..], 8, 500),
        (
            "atmost 3 close",
            Traits {
                accepts: Accepts::AtMost(3),
                every: |r, _| {
                    r.pause = Duration::from_millis(3);
                    r.delivery = Delivery::Close;
                },
                ..OK
            },
            &ALL[..],
            8,
            500,
        ),
        ("serial slow", SERIAL_SLOW, &STATEFUL[..], 8, 700),
    ] {
        let begun = std::time::Instant::now();
        let outcome = run(traits, phases, concurrency, Duration::from_millis(ms));
        let rule = outcome.rules().find(|rule| rule.rule.id.keyword() == "concurrency");
        eprintln!(
            "{name}: {:?} {:?} {:?} {:?}\n   {:#?}",
            outcome.verdict(),
            outcome.ended_early,
            rule.map(|r| &r.verdict),
            begun.elapsed(),
            findings(&outcome)
        );
    }
}
