//! Every hostile server, hostile to all requests and to one kind of them.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;

use super::front::{Front, Victims};
use super::servers::{HOSTILE, Hostile, Then};
use super::{Ended, LIMITS, fencepost};

/// No server holds a run up for longer.
const LONGEST: Duration = Duration::from_secs(30);

/// No server makes a run hold more memory, in KiB: a debug build with its contract holds some 30 MiB.
const MOST_MEMORY: u64 = 96 << 10;

#[expect(clippy::print_stderr, reason = "shown where a test fails")]
fn run(hostile: &'static Hostile, victims: Victims) -> Ended {
    // Shown where the test fails.
    eprintln!("{}, {victims:?}", hostile.name);
    let front = Front::start(hostile, victims);
    let ended = fencepost(&front.uri(), &LIMITS, &[]);
    assert_eq!(front.visits_elsewhere(), 0, "{}: a redirection was followed", hostile.name);
    let name = hostile.name;
    assert!(matches!(ended.code, Some(1 | 3)), "{name}, {victims:?}: {}", ended.stderr);
    assert!(ended.took < LONGEST, "{name}, {victims:?}: {:?}", ended.took);
    let peak = ended.peak_kib.unwrap_or_default();
    assert!(peak < MOST_MEMORY, "{name}, {victims:?}: {peak} KiB");
    ended
}

fn verdict(report: &Value, rule: &str) -> String {
    let rules = report["rules"].as_array().expect("a list");
    let found = rules.iter().find(|row| row["id"] == rule).expect(rule);
    found["verdict"].as_str().expect("a word").to_owned()
}

#[test]
fn a_server_that_is_hostile_to_everything_ends_the_run_in_time() {
    for hostile in HOSTILE {
        let ended = run(hostile, Victims::All);
        if let Some(report) = ended.report() {
            assert_ne!(
                verdict(&report, "prepare/body.user_id/maxLength"),
                "held",
                "{}",
                hostile.name
            );
            // That nothing at all is answered is no rule's fault.
            let is_silent = hostile.says == "connection closed before an answer";
            let findings = report["findings"].as_array().expect("a list");
            assert!(!is_silent || findings.is_empty(), "{}: {}", hostile.name, outcome(&ended));
        }
    }
}

#[test]
fn a_server_that_is_hostile_to_one_kind_of_request_is_a_finding_and_the_run_goes_on() {
    for hostile in HOSTILE {
        let ended = run(hostile, Victims::OneKind);
        let name = hostile.name;
        let report = ended.report().expect(name);
        assert_eq!(report["ended_early"], Value::Null, "{name}");
        let broken = verdict(&report, "prepare/body.user_id/required");
        // A flood may leave this machine no time to hear anything else.
        let is_endless = matches!(hostile.then, Then::Repeat(_));
        let is_unheard = is_endless && broken == "inconclusive";
        // Where the answer is whole and a wrong one, it may break other rules than this.
        assert!(broken == "failed" || is_unheard || hostile.says.is_empty(), "{name}: {broken}");
        for rule in ["body.user_id/maxLength", "body.instance_ids/maxItems", "request/valid"] {
            assert_eq!(verdict(&report, &format!("prepare/{rule}")), "held", "{name}: {rule}");
        }
        let findings = report["findings"].as_array().expect("a list");
        // What is endless may also be given up for its time, or end in a reset.
        let says = |finding: &Value| {
            let kind = finding["kind"].as_str().unwrap_or_default();
            kind.contains(hostile.says) || (is_endless && finding["check"] == "answered")
        };
        assert!(is_unheard || findings.iter().any(says), "{name}: {}", outcome(&ended));
    }
}

/// Prints the table for people: `cargo test --release --test integration hostile_table --
/// --ignored --nocapture`.
#[test]
#[ignore = "prints a table, and proves what the others prove"]
#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn hostile_table() {
    println!("| server | to all requests | s | MiB | to one kind of request | s | MiB |");
    println!("|---|---|---|---|---|---|---|");
    for hostile in HOSTILE {
        let mut row = format!("| {} |", hostile.name);
        for victims in [Victims::All, Victims::OneKind] {
            let ended = run(hostile, victims);
            let mib = ended.peak_kib.unwrap_or_default() >> 10;
            let (outcome, took) = (outcome(&ended), ended.took.as_secs_f64());
            write!(row, " {outcome} | {took:.1} | {mib} |").expect("strings take everything");
        }
        println!("{row}");
    }
}

/// In a few words: the findings' kinds, or why nothing was tested.
fn outcome(ended: &Ended) -> String {
    let code = ended.code.unwrap_or(-1);
    let report = ended.report();
    let findings = report.as_ref().and_then(|report| report["findings"].as_array());
    let mut kinds: Vec<&str> =
        findings.into_iter().flatten().filter_map(|found| found["kind"].as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.is_empty() {
        let end = report.as_ref().and_then(|report| report["ended_early"]["why"].as_str());
        return format!("{code}: {}", end.unwrap_or("nothing tested"));
    }
    format!("{code}: {}", kinds.join(", "))
}
