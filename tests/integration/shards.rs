//! Shards of a run, joined, come to what one process comes to.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use fencepost::contract::{Contract, RuleId};
use fencepost::generate::Shard;
use fencepost::http::Target;
use fencepost::redact::Redactor;
use fencepost::report::{
    ContractRow, Header, NDJSON_VERSION, NdjsonReader, NdjsonReport, OperationHead, ShardReport,
    ShardRow,
};
use fencepost::run::{OperationOutcome, Outcome, RuleVerdict, RunSettings, RunVerdict};
use fencepost::stub::{Behaviour, Stub, StubOptions, mutants};
use serde_json::{Map, json};

use crate::runs::{inputs, koophone, plan, runtime, send};

const TOKEN: &str = "Shard-Token-kx72";

/// Runs the contract, or a shard of it, with a stub of its own that behaves so.
fn tested(contract: &Contract, behaviour: Option<&Behaviour>, shard: Option<Shard>) -> Outcome {
    let settings = RunSettings { shard, ..RunSettings::default() };
    let plan = plan(contract, inputs(contract, TOKEN, 0x5eed), &settings);
    let options = StubOptions {
        tokens: vec![TOKEN.to_owned()],
        behaviour: behaviour.cloned(),
        on_wire: true,
        ..StubOptions::default()
    };
    runtime().block_on(async {
        let stub = Stub::start(contract, options).await.expect("a free port");
        send(&plan, &stub.uri(), &settings, Duration::from_secs(2)).await
    })
}

/// What `fencepost merge` makes of the lines of all shards but those left out.
fn merged(contract: &Contract, behaviour: Option<&Behaviour>, of: u32, but: &[u32]) -> Outcome {
    let mut parts = Vec::new();
    let mut head = None;
    for index in (1..=of).filter(|index| !but.contains(index)) {
        let shard = Shard::new(index.into(), of.into(), 1).expect("is one");
        let outcome = tested(contract, behaviour, Some(shard));
        let report = report(&outcome, ShardRow { index, of });
        let mut reader = NdjsonReader::default();
        for line in report.whole(&outcome, 0).split_inclusive(|byte| *byte == b'\n') {
            reader.line(line).expect("is one of ours");
        }
        let read = reader.finish().expect("names a shard").expect("has lines");
        parts.push(read.part);
        head = Some(read.header);
    }
    ShardReport::join(&head.expect("has shards"), parts)
}

fn report(outcome: &Outcome, shard: ShardRow) -> NdjsonReport {
    let operations = outcome.operations.iter();
    let header = Header {
        schema_version: NDJSON_VERSION,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        contract: ContractRow { name: outcome.contract.clone(), hash: "0".repeat(16) },
        target: "http://127.0.0.1:1".to_owned(),
        curl_flags: Vec::new(),
        target_name: "stub".to_owned(),
        seed: outcome.seed.clone(),
        shard: Some(shard),
        settings: [("strict".to_owned(), json!(outcome.strict))].into_iter().collect(),
        limits: Map::new(),
        planned_requests: 0,
        operations: operations
            .map(|of| OperationHead { id: of.id.clone(), title: of.title.clone() })
            .collect(),
        skipped: Vec::new(),
    };
    let target = Target::parse(&header.target).expect("is a target");
    NdjsonReport { header, target, redactor: Redactor::default() }
}

/// What differs between the outcome of one process and that of shards, controls and times aside.
fn differences(whole: &Outcome, joined: &Outcome) -> Vec<String> {
    let mut differences = Vec::new();
    differ(&mut differences, "verdict", &whole.verdict(), &joined.verdict());
    for (one, several) in whole.operations.iter().zip(&joined.operations) {
        // Each shard sends its own controls, each of which is held against the rules of answers.
        let controls = u64::from(several.controls.sent - one.controls.sent);
        // Where nothing can be shown each shard gives up on its own: that is seen more often.
        let has_given_up = whole.ended_early.is_some();
        let is_alike =
            |one: u64, several: u64| has_given_up || (one..=one + controls).contains(&several);
        for (one, several) in one.rules.iter().zip(&several.rules) {
            let id = &one.rule.id;
            let is_of_controls = id.location() == "request";
            if !is_of_controls && !is_alike(one.cases, several.cases) {
                differ(&mut differences, id.as_str(), &one.cases, &several.cases);
            }
            if id.keyword() != "latency" {
                let what = |verdict: &RuleVerdict| match verdict {
                    // How often is in the number of cases.
                    RuleVerdict::Observed(seen) => {
                        format!("observed {:?}", seen.keys().collect::<Vec<_>>())
                    }
                    other => format!("{other:?}"),
                };
                differ(&mut differences, id.as_str(), &what(&one.verdict), &what(&several.verdict));
            }
        }
        let findings = |outcome: &OperationOutcome| -> BTreeMap<String, String> {
            let named = outcome.findings.iter().map(|finding| {
                let name = format!("{} {} {}", finding.rule, finding.check, finding.kind);
                let limit = finding.real_limit.map(|limit| (limit.enforced, limit.found));
                let mut also: Vec<&str> = finding.also.iter().map(RuleId::as_str).collect();
                also.sort_unstable();
                let what =
                    format!("{} {} {limit:?} also {also:?}", finding.severity, finding.scenario);
                (name, what)
            });
            named.collect()
        };
        differ(&mut differences, "findings", &findings(one), &findings(several));
        for finding in &one.findings {
            let same = several.findings.iter().find(|other| {
                (&other.rule, other.check, other.kind)
                    == (&finding.rule, finding.check, finding.kind)
            });
            if let Some(same) = same.filter(|same| !is_alike(finding.count, same.count)) {
                differ(&mut differences, finding.rule.as_str(), &finding.count, &same.count);
            }
        }
        if !has_given_up {
            differ(&mut differences, "answers", &one.shapes, &several.shapes);
        }
    }
    differences
}

fn differ<T: PartialEq + Debug>(differences: &mut Vec<String>, what: &str, one: &T, several: &T) {
    if one != several {
        differences.push(format!("{what}: {one:?} against {several:?}"));
    }
}

#[test]
fn shards_of_a_faithful_stub_come_to_what_one_process_comes_to() {
    let contract = koophone();
    let whole = tested(&contract, None, None);
    assert_eq!(whole.verdict(), RunVerdict::Held);
    for of in [1, 2, 3, 7] {
        let joined = merged(&contract, None, of, &[]);
        assert_eq!(differences(&whole, &joined), [""; 0], "{of}");
        let controls = |outcome: &Outcome| u64::from(outcome.operations[0].controls.sent);
        let planned = |outcome: &Outcome| outcome.traffic.requests() - controls(outcome);
        assert_eq!(planned(&whole), planned(&joined), "{of}");
    }
}

#[test]
fn a_missing_shard_leaves_every_must_undecided() {
    let joined = merged(&koophone(), None, 3, &[2]);
    assert_eq!(joined.verdict(), RunVerdict::Inconclusive);
    let why = joined.ended_early.as_ref().map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("shard 2 of 3 is missing"));
    assert!(joined.rules().all(|rule| rule.verdict.word() != "held"));
}

/// Mutants of different families whose answers depend on nothing but the request.
const SAMPLE: &[&str] = &[
    "prepare/body.instance_ids/maxItems/loosened-by-a-factor",
    "prepare/body.user_id/maxLength/tightened-by-one",
    "prepare/body.user_id/maxLength/in-bytes",
    "prepare/body.instance_ids/items/type/dropped",
    "prepare/body/type/dropped",
];

#[test]
fn shards_of_mutants_come_to_what_one_process_comes_to() {
    let contract = koophone();
    let all = mutants(&contract);
    for id in SAMPLE {
        let mutant = all.iter().find(|mutant| mutant.id == *id).expect(id);
        let whole = tested(&contract, Some(&mutant.behaviour), None);
        assert_eq!(whole.verdict(), RunVerdict::Failed, "{id}");
        let joined = merged(&contract, Some(&mutant.behaviour), 3, &[]);
        assert_eq!(differences(&whole, &joined), [""; 0], "{id}");
    }
}

/// Every mutant, or those that `FENCEPOST_MUTANTS` names the beginnings of, in 3 shards.
#[test]
#[ignore = "takes an hour; run by hand where the way of joining changes"]
fn every_mutant_comes_to_the_same_in_shards() {
    let contract = koophone();
    let wanted = std::env::var("FENCEPOST_MUTANTS").unwrap_or_default();
    let all = mutants(&contract);
    let mut odd = Vec::new();
    for mutant in all
        .iter()
        .filter(|mutant| wanted.split(',').any(|start| mutant.id.starts_with(start.trim())))
    {
        let whole = tested(&contract, Some(&mutant.behaviour), None);
        let joined = merged(&contract, Some(&mutant.behaviour), 3, &[]);
        let differences = differences(&whole, &joined);
        if !differences.is_empty() {
            odd.push(format!("{}: {}", mutant.id, differences.join("\n    ")));
        }
    }
    assert!(odd.is_empty(), "{} differ\n{}", odd.len(), odd.join("\n"));
}
