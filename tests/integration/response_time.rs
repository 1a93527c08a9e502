//! Slow answers: a failure where there is a limit and they are slow again, else nothing.

use std::time::Duration;

use fencepost::case::Phase;
use fencepost::contract::Strength;
use fencepost::generate::Inputs;
use fencepost::run::{RuleVerdict, RunSettings};
use serde_json::Value;

use crate::hostile::{Ended, fencepost};
use crate::opponents::{Opponent, Reply, Seen, TOKEN, Traits};
use crate::runs;

const LIMIT: [&str; 2] = ["--max-response-time", "1s"];

/// What is beyond the limit.
const SLOW: Duration = Duration::from_millis(1600);

fn slow_for_empty_names(reply: &mut Reply, seen: &Seen) {
    if seen.text().contains(r#""user_id":"""#) {
        reply.pause = SLOW;
    }
}

fn slow_now_and_then(reply: &mut Reply, seen: &Seen) {
    if seen.number % 70 == 40 && seen.repeats == 0 {
        reply.pause = SLOW;
    }
}

fn against(every: fn(&mut Reply, &Seen), arguments: &[&str]) -> Ended {
    let opponent = Opponent::start(Traits { every, ..Traits::FAITHFUL });
    fencepost(opponent.uri(), arguments, &[])
}

/// The findings about slow answers.
fn findings(ended: &Ended) -> Vec<Value> {
    let report = ended.report().expect("there is a report");
    let all = report["findings"].as_array().expect("has findings").iter().cloned();
    all.filter(|finding| finding["rule"].as_str().is_some_and(|r| r.ends_with("/latency")))
        .collect()
}

#[test]
fn one_kind_of_input_that_is_slow_is_found_and_named() {
    let ended = against(slow_for_empty_names, &LIMIT);
    ended.expect(1, &[]);
    let [finding] = &findings(&ended)[..] else { panic!("{}", ended.stdout) };
    let text = finding.to_string();
    assert!(text.contains(r#"\"user_id\":\"\""#) && text.contains("slower than allowed"), "{text}");
    assert_eq!(finding["severity"], "failure");
}

#[test]
fn slow_once_and_not_again_is_nothing() {
    let ended = against(slow_now_and_then, &LIMIT);
    ended.expect(0, &[]);
    assert_eq!(findings(&ended), Vec::<Value>::new());
}

#[test]
fn without_a_limit_slow_answers_are_nothing() {
    let ended = against(slow_for_empty_names, &[]);
    ended.expect(0, &[]);
    assert_eq!(findings(&ended), Vec::<Value>::new());
    // It is told of, though.
    let slow: Vec<&str> =
        ended.stdout.lines().filter(|l| l.contains("slow, also alone: ")).collect();
    assert!(!slow.is_empty() && slow.iter().all(|line| line.contains("body.user_id")), "{slow:?}");
    let ended = against(slow_now_and_then, &[]);
    assert!(!ended.stdout.contains("slow, also alone: "), "{}", ended.stdout);
}

/// No answer to one kind of input, and a slow one to another.
fn never_without_a_user(reply: &mut Reply, seen: &Seen) {
    if seen.text().contains(r#"{"instance_ids":"#) {
        reply.pause = Duration::from_secs(4);
    } else {
        slow_for_empty_names(reply, seen);
    }
}

#[test]
fn what_is_slow_is_waited_for_beside_what_never_comes() {
    let ended = against(never_without_a_user, &["--timeout", "2s"]);
    ended.expect(1, &["no answer in time"]);
    let report = ended.report().expect("there is a report");
    let findings = report["findings"].as_array().expect("has findings");
    assert!(findings.iter().all(|finding| finding["check"] == "answered"), "{findings:?}");
    let empty = |finding: &Value| finding.to_string().contains(r#"\"user_id\":\"\""#);
    assert!(!findings.iter().any(empty), "{findings:?}");
}

#[test]
fn nobody_else_is_blamed_for_our_own_busy_loop() {
    let opponent = Opponent::start(Traits::FAITHFUL);
    let limit = Duration::from_millis(500);
    let settings = RunSettings { max_response_time: Some(limit), ..RunSettings::default() };
    let mut contract = runs::koophone();
    for operation in &mut contract.operations {
        let rules = &mut std::sync::Arc::make_mut(operation).rules;
        let rule = rules.iter_mut().find(|r| r.id.within_operation() == "response/latency");
        rule.expect("is there").strength = Strength::Must;
    }
    let inputs = Inputs { phases: vec![Phase::Examples], ..runs::inputs(&contract, TOKEN, 1) };
    let plan = runs::plan(&contract, inputs, &settings);
    let outcome = runs::runtime().block_on(async {
        // The loop is blocked for longer than the limit, over and over.
        tokio::spawn(async {
            loop {
                std::thread::sleep(Duration::from_millis(900));
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        runs::send(&plan, opponent.uri(), &settings, Duration::from_secs(10)).await
    });
    let late = Duration::from_millis(outcome.load.own_lateness_ms);
    assert!(late > limit, "{:?}", outcome.load);
    let operation = &outcome.operations[0];
    assert!(operation.findings.is_empty(), "{:?}", operation.findings);
    let latency = operation.rules.iter().find(|r| r.rule.id.keyword() == "latency");
    assert_eq!(latency.map(|rule| &rule.verdict), Some(&RuleVerdict::Held));
}
