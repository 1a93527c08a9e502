//! Runs of the engine in this process, and what they cost.

use std::time::{Duration, Instant};

use fencepost::case::{FieldValue, Phase};
use fencepost::contract::Contract;
use fencepost::generate::{Inputs, Seed};
use fencepost::http::{Client, ClientOptions, Target};
use fencepost::run::{Outcome, RunPlan, RunSettings, RunVerdict, Silent};

use crate::server::TOKEN;

/// What a run is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Random valid requests.
    Valid,
    /// Random violations, held against the control.
    Violating,
    /// What `--phase fuzzing` sends: of three requests two are valid.
    Mixed,
}

/// What a run came to.
pub(crate) struct Measured {
    pub(crate) requests: u64,
    pub(crate) wall: Duration,
    /// CPU time of this thread, which does all the work.
    pub(crate) cpu: Duration,
}

impl Measured {
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.wall.as_secs_f64()
    }

    pub(crate) fn micros(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.requests as f64
    }
}

/// The built-in contract, with lists of at most `most` entries.
pub(crate) fn contract(most: usize) -> Contract {
    let text = include_str!("../../contracts/koophone.yaml");
    let text = text.replace("maxItems: 100", &format!("maxItems: {most}"));
    Contract::parse("koophone.yaml", &text).expect("the built-in contract loads")
}

/// The plan of `cases` random cases.
pub(crate) fn plan(kind: Kind, most: usize, cases: usize) -> RunPlan {
    let contract = contract(most);
    let rules = if kind == Kind::Valid { vec!["request/valid".to_owned()] } else { Vec::new() };
    // It chooses the cases alone: the run judges all that there is.
    let settings = RunSettings { rules, ..RunSettings::default() };
    let token = FieldValue::Secret { value: TOKEN.to_owned(), shell: "$TOKEN".to_owned() };
    let inputs = Inputs {
        seed: Seed(7),
        headers: vec![("X-Auth-Token".to_owned(), token)],
        phases: vec![Phase::Fuzzing],
        only_refused: kind == Kind::Violating,
        cases,
        ..Inputs::default()
    };
    RunPlan::new(&contract.name, contract.operations, inputs, &settings)
}

/// Runs `cases` random cases against `uri`.
pub(crate) fn run(kind: Kind, most: usize, cases: usize, uri: &str) -> Measured {
    let settings = RunSettings::default();
    let plan = plan(kind, most, cases);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("starts");
    let client = Client::new(ClientOptions::new(Target::parse(uri).expect("is a target")));
    let client = client.expect("a client");
    let (begun, cpu) = (Instant::now(), cpu_time());
    let outcome = runtime.block_on(plan.run(&client, &settings, &mut Silent));
    let outcome = outcome.expect("its schemas compile");
    let measured = Measured {
        requests: outcome.traffic.requests(),
        wall: begun.elapsed(),
        cpu: cpu_time().saturating_sub(cpu),
    };
    holds(kind, &outcome);
    measured
}

/// A bench of what goes wrong measures something else.
fn holds(kind: Kind, outcome: &Outcome) {
    let failed: Vec<_> = outcome.findings().map(|finding| finding.rule.as_str()).collect();
    assert!(failed.is_empty(), "{kind:?}: {failed:?}");
    assert!(outcome.ended_early.is_none(), "{kind:?}: {:?}", outcome.ended_early);
    assert!(outcome.verdict() != RunVerdict::Failed);
}

/// The CPU time of this thread.
pub(crate) fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}
