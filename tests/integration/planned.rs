//! What is sent is decided beforehand: by the seed, whatever the concurrency and the answers.

use std::collections::BTreeMap;
use std::time::Duration;

use fencepost::case::{Case, HeaderCase, Phase, Request, Scenario};
use fencepost::generate::Inputs;
use fencepost::run::{RunPlan, RunSettings, Traffic};

use crate::opponents::{Opponent, Seen, TOKEN, Traits, faults};
use crate::runs::{inputs, koophone, plan, run};

/// Headers that the HTTP client adds to every request.
const ADDED: &[&str] = &["host", "user-agent", "accept-encoding", "content-length"];

/// A request as bytes: request line, headers, body.
type Wire = (String, Vec<(String, String)>, Vec<u8>);

/// How often each request occurs.
type Multiset = BTreeMap<Wire, i64>;

fn count(requests: impl Iterator<Item = Wire>) -> Multiset {
    let mut counts = Multiset::new();
    for request in requests {
        *counts.entry(request).or_default() += 1;
    }
    counts
}

/// What a server saw, byte for byte; the Host header, which holds its port, aside.
fn seen(requests: &[Seen]) -> Multiset {
    count(requests.iter().map(|seen| {
        let is_host = |(name, _): &&(String, String)| !name.eq_ignore_ascii_case("host");
        let headers = seen.headers.iter().filter(is_host).cloned().collect();
        (format!("{} {}?{}", seen.method, seen.path, seen.query), headers, seen.body.clone())
    }))
}

/// The same without what the client adds, and the query decoded, to be held against the plan.
fn seen_of_plan(requests: &[Seen]) -> Multiset {
    count(requests.iter().map(|seen| {
        let pairs = url::form_urlencoded::parse(seen.query.as_bytes());
        let query: Vec<_> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
        let headers = seen
            .headers
            .iter()
            .filter(|(name, _)| !ADDED.iter().any(|added| name.eq_ignore_ascii_case(added)));
        let headers = headers.map(|(name, value)| (name.clone(), value.trim().to_owned()));
        let line = format!("{} {}?{}", seen.method, seen.path, query.join("&"));
        (line, sorted(headers.collect()), seen.body.clone())
    }))
}

fn planned(plan: &RunPlan) -> Multiset {
    count(plan.cases().map(|case| {
        let Request { method, path, query, headers, header_case, body } = &case.request;
        let query: Vec<_> =
            query.iter().map(|(name, value)| format!("{name}={}", value.wire())).collect();
        let spelled = |name: &str| match header_case {
            HeaderCase::Title => name.to_owned(),
            HeaderCase::Lower => name.to_ascii_lowercase(),
        };
        let headers =
            headers.iter().map(|(name, value)| (spelled(name), value.wire().trim().to_owned()));
        let body = body.as_deref().unwrap_or_default().to_vec();
        let line = format!("{method} {path}?{}", query.join("&"));
        (line, sorted(headers.collect()), body)
    }))
}

fn sorted(mut headers: Vec<(String, String)>) -> Vec<(String, String)> {
    headers.sort();
    headers
}

fn planned_with(seed: u64, settings: &RunSettings) -> RunPlan {
    let contract = koophone();
    let inputs = Inputs { cases: 30, ..inputs(&contract, TOKEN, seed) };
    plan(&contract, inputs, settings)
}

/// Runs the plan of this seed; what the server saw, and how much of it was beside the plan.
fn recorded(seed: u64, concurrency: usize, traits: Traits) -> (Vec<Seen>, Traffic) {
    let opponent = Opponent::start(traits);
    // With a limit of its own, what is slow where this machine has other work isn't asked for again.
    let limit = Some(Duration::from_secs(10));
    let settings = RunSettings { concurrency, max_response_time: limit, ..RunSettings::default() };
    let plan = planned_with(seed, &settings);
    let outcome = run(&plan, opponent.uri(), &settings, Duration::from_secs(10));
    (opponent.requests(), outcome.traffic)
}

/// Holds what a server saw against the plan: all of it, and as much more as the run reports.
fn holds_the_plan(seed: u64, requests: &[Seen], traffic: Traffic) {
    let mut rest = seen_of_plan(requests);
    for (wire, times) in planned(&planned_with(seed, &RunSettings::default())) {
        let left = rest.entry(wire.clone()).or_default();
        *left -= times;
        assert!(*left >= 0, "planned and not sent: {wire:?}");
    }
    let beside: i64 = rest.values().sum();
    assert_eq!(u64::try_from(beside).ok(), Some(traffic.adaptive), "beside the plan");
    assert_eq!(u64::try_from(requests.len()).ok(), Some(traffic.requests()));
}

#[test]
fn the_same_seed_sends_the_same_bytes_at_any_concurrency() {
    let (alone, traffic) = recorded(7, 1, Traits::FAITHFUL);
    assert!(traffic.planned > 500, "only {} planned", traffic.planned);
    holds_the_plan(7, &alone, traffic);
    for concurrency in [8, 32] {
        let (requests, again) = recorded(7, concurrency, Traits::FAITHFUL);
        assert!(seen(&requests) == seen(&alone), "other bytes at concurrency {concurrency}");
        assert_eq!((again.planned, again.adaptive), (traffic.planned, traffic.adaptive));
    }
}

#[test]
fn answers_change_nothing_of_the_plan() {
    for name in ["user_id of any length", "any number of entries", "no body"] {
        let fault = faults().find(|fault| fault.name == name).expect(name);
        let (requests, traffic) = recorded(7, 8, fault.traits);
        holds_the_plan(7, &requests, traffic);
    }
}

#[test]
fn another_seed_sends_other_requests() {
    let settings = RunSettings::default();
    let (one, other) = (planned_with(7, &settings), planned_with(8, &settings));
    assert!(planned(&one) == planned(&planned_with(7, &settings)), "one seed made two plans");
    let random = |plan: &RunPlan| -> Vec<_> {
        let is_random =
            |case: &Case| case.phase == Phase::Fuzzing && case.scenario != Scenario::Control;
        plan.cases().filter(is_random).map(|case| case.request.body).collect()
    };
    let (one, other) = (random(&one), random(&other));
    assert!(one.len() >= 90 && one.len() == other.len(), "{} random cases", one.len());
    let common = one.iter().filter(|body| other.contains(body)).count();
    // Short lists of the few ids that are known come up in both.
    assert!(common * 2 < one.len(), "{common} of {} are the same", one.len());
}
