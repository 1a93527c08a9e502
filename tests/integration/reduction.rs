//! What findings come down to: the smallest body, and the limit that the server really keeps.

use std::time::Duration;

use fencepost::check::Severity;
use fencepost::run::{Finding, RunSettings};
use serde_json::{Value, json};

use crate::opponents::{Opponent, TOKEN, faults};
use crate::runs::{inputs, koophone, plan, run};

/// Requests that reducing a finding may take.
const MOST: u32 = 60;

const USER: &str = "1008600000104285462";
const KNOWN: &str = "iRJEVP96";

fn body(user_id: &str, instance_ids: &[&str]) -> Value {
    json!({"user_id": user_id, "instance_ids": instance_ids})
}

fn letters(count: usize) -> String {
    "a".repeat(count)
}

/// A broken server, the rule to be named, the smallest body, and the real limit: `None` where
/// there is none to be found, `Some(None)` where the server has none.
type Row = (&'static str, &'static str, Value, Option<Option<u64>>);

fn rows() -> Vec<Row> {
    let long = letters(33);
    let user = "prepare/body.user_id/maxLength";
    let entry = "prepare/body.instance_ids/items/maxLength";
    let list = "prepare/body.instance_ids/maxItems";
    vec![
        ("user_id of 33 accepted", user, body(&long, &[KNOWN]), Some(Some(33))),
        ("user_id up to 64", user, body(&long, &[KNOWN]), Some(Some(64))),
        ("user_id of any length", user, body(&long, &[KNOWN]), Some(None)),
        ("user_id of 32 refused", user, body(&letters(32), &[KNOWN]), Some(Some(31))),
        ("user_id in bytes", user, body(&"é".repeat(17), &[KNOWN]), None),
        ("entry in ASCII only", entry, body(USER, &[&"é".repeat(33)]), None),
        ("entry of 32 refused", entry, body(USER, &[&letters(32)]), Some(Some(31))),
        ("lengths not past the middle", entry, body(USER, &[KNOWN, &long]), None),
        ("128 entries accepted", list, body(USER, &[KNOWN; 101]), Some(Some(128))),
        ("100 entries refused", list, body(USER, &[KNOWN; 100]), Some(Some(99))),
        (
            "an entry may be null",
            "prepare/body.instance_ids/items/type",
            json!({"user_id": USER, "instance_ids": [null]}),
            None,
        ),
        (
            "user_id may be missing",
            "prepare/body.user_id/required",
            json!({"instance_ids": [KNOWN]}),
            None,
        ),
        (
            "500 on emoji",
            "prepare/response/serverError",
            json!({"user_id": "😀", "instance_ids": [KNOWN]}),
            None,
        ),
        (
            "500 on NUL",
            "prepare/response/serverError",
            json!({"user_id": "\0", "instance_ids": [KNOWN]}),
            None,
        ),
        (
            "duplicate entries refused",
            "prepare/request/examples",
            body(USER, &[KNOWN, KNOWN]),
            None,
        ),
    ]
}

fn failures(name: &str) -> Vec<Finding> {
    let fault = faults().find(|fault| fault.name == name).expect(name);
    let opponent = Opponent::start(fault.traits);
    let settings = RunSettings { shrink_requests: MOST, ..RunSettings::default() };
    let contract = koophone();
    let plan = plan(&contract, inputs(&contract, TOKEN, 7), &settings);
    let outcome = run(&plan, opponent.uri(), &settings, Duration::from_secs(5));
    outcome.findings().filter(|finding| finding.severity == Severity::Failure).cloned().collect()
}

#[test]
fn a_finding_comes_down_to_the_smallest_body_and_the_real_limit() {
    let mut wrong = Vec::new();
    for (name, rule, wanted, limit) in rows() {
        let findings = failures(name);
        let Some(finding) = findings.iter().find(|finding| finding.rule.as_str() == rule) else {
            let rules: Vec<_> = findings.iter().map(|finding| finding.rule.as_str()).collect();
            wrong.push(format!("{name}: {rule} is not among {rules:?}"));
            continue;
        };
        let sent = finding.case.request.body.as_deref().unwrap_or_default();
        let sent = String::from_utf8_lossy(sent);
        if sent != wanted.to_string() {
            wrong.push(format!("{name}: {sent}"));
        }
        let found = finding.real_limit.map(|limit| limit.found.then_some(limit.enforced));
        if found != limit {
            wrong.push(format!("{name}: real limit {found:?}"));
        }
        let search = finding.real_limit.map_or(0, |limit| limit.requests);
        if finding.shrink_requests > MOST || search > 10 {
            wrong.push(format!("{name}: {} and {search} requests", finding.shrink_requests));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_cause_is_one_finding() {
    for name in ["user_id of 32 refused", "entry of 32 refused", "100 entries refused"] {
        let rules: Vec<_> = failures(name).iter().map(|finding| finding.rule.clone()).collect();
        assert_eq!(rules.len(), 1, "{name}: {rules:?}");
    }
}
