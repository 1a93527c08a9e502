//! Servers that keep answers: by the whole request, which is harmless, or by too little of it.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use fencepost::check::Severity;
use fencepost::run::{Outcome, RunSettings};
use serde_json::Value;

use crate::opponents::{Opponent, Reply, Seen, TOKEN, Traits};
use crate::runs;

fn run(change: impl Fn(&Seen, &mut Reply) + Send + Sync + 'static) -> Outcome {
    let contract = runs::koophone();
    let settings = RunSettings::default();
    let plan = runs::plan(&contract, runs::inputs(&contract, TOKEN, 4), &settings);
    let opponent = Opponent::start_with(Traits::FAITHFUL, change);
    runs::run(&plan, opponent.uri(), &settings, Duration::from_secs(10))
}

/// A run against a server that gives the first accepting answer again wherever the key is equal.
fn cached_by(key: fn(&Seen) -> Vec<u8>) -> Outcome {
    let kept: Mutex<HashMap<Vec<u8>, Reply>> = Mutex::default();
    run(move |seen, reply| {
        if is_accepted(reply) {
            let mut kept = kept.lock().expect("no panic in between");
            *reply = kept.entry(key(seen)).or_insert_with(|| reply.clone()).clone();
        }
    })
}

fn is_accepted(reply: &Reply) -> bool {
    let body: Value = serde_json::from_slice(&reply.bytes()).unwrap_or_default();
    body["error_code"] == "0"
}

/// The member at this pointer of the request's body.
fn member(seen: &Seen, pointer: &str) -> Vec<u8> {
    let body: Value = serde_json::from_slice(&seen.body).unwrap_or_default();
    body.pointer(pointer).map(Value::to_string).unwrap_or_default().into_bytes()
}

fn failures(outcome: &Outcome) -> Vec<String> {
    let findings = outcome.findings().filter(|finding| finding.severity == Severity::Failure);
    findings.map(|f| format!("{}: {} | {}", f.rule, f.kind, f.case.intent)).collect()
}

const ANSWERED: &str = "prepare/response.data.status_list/answered";

#[test]
fn an_answer_that_is_kept_for_a_user_or_for_the_first_instance_is_found() {
    for key in [(|seen| member(seen, "/user_id")) as fn(&Seen) -> Vec<u8>, |seen| {
        member(seen, "/instance_ids/0")
    }] {
        let found = failures(&cached_by(key));
        assert!(found.iter().any(|found| found.starts_with(ANSWERED)), "{found:#?}");
    }
}

#[test]
fn an_answer_that_is_kept_for_the_whole_request_is_harmless() {
    assert_eq!(failures(&cached_by(|seen| seen.body.clone())), [""; 0]);
}

#[test]
fn one_buffer_for_all_answers_under_way_is_found() {
    let buffer: Mutex<Option<Reply>> = Mutex::default();
    let outcome = run(move |seen, reply| {
        reply.pause = Duration::from_millis(4);
        if is_accepted(reply) {
            let mut buffer = buffer.lock().expect("no panic in between");
            let own = reply.clone();
            // Whoever comes first has gone on writing meanwhile.
            if let Some(other) = buffer.replace(own).filter(|_| seen.under_way > 1) {
                *reply = other;
            }
        }
    });
    let found = failures(&outcome);
    let rules = ["prepare/request/concurrency", ANSWERED];
    assert!(found.iter().any(|found| rules.iter().any(|r| found.starts_with(r))), "{found:#?}");
}
