//! The suite against mutants and harmless variants of the stub.

use std::collections::HashMap;

use fencepost::audit::{Audit, AuditSettings, Fate, Trouble, audit, json};
use fencepost::check::Severity;
use fencepost::contract::{Contract, Strength};
use fencepost::generate::Seed;
use fencepost::stub::{Family, mutants, variants};
use serde_json::Value;

const SEED: Seed = Seed(11);

fn koophone() -> Contract {
    Contract::builtin("koophone").expect("is built in")
}

fn audited(only: Vec<String>) -> Audit {
    let settings = AuditSettings { seed: SEED, only, jobs: 4, ..AuditSettings::default() };
    audit(&koophone(), &settings, &|_, _| {}).expect("the contract can be audited")
}

/// The viable mutants that were not caught.
fn escaped(outcome: &Audit) -> Vec<String> {
    let wrong = outcome
        .mutants
        .iter()
        .filter(|result| matches!(result.fate, Fate::Missed { .. } | Fate::Timeout { .. }));
    wrong.map(|result| format!("{}: {:?}", result.mutant.id, result.fate)).collect()
}

/// Every `step`th mutant of each family.
fn sample(contract: &Contract, step: usize) -> Vec<String> {
    let mut seen: HashMap<Family, usize> = HashMap::new();
    let all = mutants(contract).into_iter().filter(|mutant| {
        let number = seen.entry(mutant.family).or_default();
        *number += 1;
        (*number - 1).is_multiple_of(step)
    });
    all.map(|mutant| mutant.id).collect()
}

#[test]
fn mutants_of_every_family_are_caught() {
    let outcome = audited(sample(&koophone(), 12));
    assert_eq!(outcome.baseline, [], "the faithful stub is blamed");
    assert!(outcome.mutants.len() >= 30, "{}", outcome.mutants.len());
    assert_eq!(escaped(&outcome), [""; 0]);
}

#[test]
fn some_of_the_harmless_are_left_alone() {
    let all = variants(&koophone());
    assert!(all.len() >= 30, "{}", all.len());
    let outcome = audited(all.into_iter().step_by(7).map(|variant| variant.id).collect());
    let flagged: Vec<_> =
        outcome.variants.iter().filter(|result| !result.flagged.is_empty()).collect();
    assert!(flagged.is_empty(), "{flagged:#?}");
}

/// All mutants and variants on ten seeds: `cargo test --release --test integration -- --ignored
/// ten_seeds --nocapture` prints the table.
#[test]
#[ignore = "takes minutes, and a release build"]
#[expect(clippy::print_stdout, reason = "its table is what it is run for")]
fn ten_seeds_catch_all_and_blame_nothing_harmless() {
    let mut wrong = Vec::new();
    for seed in 1..=10 {
        let settings = AuditSettings { seed: Seed(seed), ..AuditSettings::default() };
        let outcome = audit(&koophone(), &settings, &|_, _| {}).expect("can be audited");
        println!(
            "seed {seed}: {} of {} caught, {} by the very rule; requests {:?}; {:?}",
            outcome.count("caught"),
            outcome.mutants.len(),
            outcome.named(),
            outcome.requests(),
            outcome.elapsed,
        );
        wrong.extend(escaped(&outcome));
        let flagged = outcome.variants.iter().filter(|result| !result.flagged.is_empty());
        wrong.extend(flagged.map(|result| result.variant.id.clone()));
        wrong.extend(outcome.baseline.iter().map(|trouble| trouble.what.clone()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_json_report_is_as_its_schema_says() {
    let text = std::fs::read_to_string("contracts/audit.schema.json").expect("is there");
    let schema: Value = serde_json::from_str(&text).expect("is JSON");
    let schema = jsonschema::draft202012::options().build(&schema).expect("is a schema");
    let mut outcome = audited(vec![
        "body.user_id/maxLength/loosened-by-one".to_owned(),
        "body.user_id/type/null-allowed".to_owned(),
        "body/trailingBytes/ignored".to_owned(),
        "chunked".to_owned(),
    ]);
    // What a run may end with, whether these do or not.
    outcome.mutants[0].fate = Fate::Missed { requests: 7 };
    outcome.mutants[1].fate = Fate::Unviable { reason: "nobody can tell".to_owned() };
    outcome.baseline.push(Trouble { rule: None, what: "for the shape's sake".to_owned() });
    let report: Value = serde_json::from_slice(&json(&outcome, 4)).expect("is JSON");
    let errors: Vec<String> = schema
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert_eq!(report["mutants"][2]["caught_by"], "prepare/body/trailingBytes");
}

#[test]
fn an_interrupted_audit_is_what_was_tried_by_then() {
    let settings = AuditSettings { seed: SEED, jobs: 1, ..AuditSettings::default() };
    let stop = settings.stop.clone();
    let progress = move |done, _| {
        if done == 3 {
            stop.stop();
        }
    };
    let outcome = audit(&koophone(), &settings, &progress).expect("can be audited");
    assert!(outcome.interrupted && outcome.untried() > 400, "{}", outcome.untried());
    assert_eq!((outcome.baseline.len(), outcome.mutants.len()), (0, 0));
    assert_eq!(outcome.variants.len(), 1, "the third trial was the one interrupted");
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_the_program_with_a_report_and_130() {
    use std::process::{Command, Stdio};

    let audit = Command::new(env!("CARGO_BIN_EXE_fencepost"))
        .args(["audit", "--seed", "11"])
        .env_clear()
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    // Bit 1 of the signals caught is SIGINT's.
    let listens = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", audit.id()));
        let status = status.expect("is running");
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t"));
        let caught = u64::from_str_radix(caught.expect("is told").trim(), 16);
        caught.expect("is hexadecimal") & 2 != 0
    };
    while !listens() {
        std::thread::yield_now();
    }
    let interrupted = Command::new("kill").args(["-INT", &audit.id().to_string()]).status();
    assert!(interrupted.expect("is there").success());
    let output = audit.wait_with_output().expect("ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{text}");
    assert!(text.contains("were not tried") && text.contains("exit 130"), "{text}");
}

#[test]
fn mutants_have_names_of_their_own_that_begin_with_a_promise() {
    let contract = koophone();
    let all = mutants(&contract);
    let mut ids: Vec<&str> = all.iter().map(|mutant| mutant.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    for mutant in &all {
        let rule = contract.operations[0].rule(&mutant.rule).expect("is a rule of the contract");
        assert!(mutant.id.starts_with(rule.id.as_str()), "{}", mutant.id);
        assert!(Strength::Open < mutant.strength && mutant.strength <= rule.strength);
    }
}

#[test]
fn a_should_is_caught_by_a_warning_and_a_must_by_a_failure() {
    let outcome = audited(vec![
        "body/trailingBytes/ignored".to_owned(),
        "body.user_id/maxLength/loosened-by-one".to_owned(),
    ]);
    let severities = outcome.mutants.iter().map(|result| match &result.fate {
        Fate::Caught(caught) => Some((caught.severity, caught.named)),
        _ => None,
    });
    let expected = [Some((Severity::Failure, true)), Some((Severity::Warning, true))];
    assert_eq!(severities.collect::<Vec<_>>(), expected);
}

#[test]
fn every_contract_has_mutants() {
    for name in ["renamed", "shop", "async_command", "video_setting"] {
        let path = format!("tests/fixtures/{name}.yaml");
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let contract = Contract::load(&path).expect("is a contract");
        assert!(mutants(&contract).len() > 40, "{}", path.display());
    }
}

/// Without an envelope, a member within a member, nothing required within it.
const PLAIN: &str = r"
openapi: 3.1.0
info: { title: Notes, version: '1' }
paths:
  /notes:
    post:
      operationId: note
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [text, level]
              properties:
                text: { type: string, pattern: '^[a-z]{3,9}$' }
                level: { type: integer, minimum: 0, maximum: 9 }
                shown: { type: object, properties: { until: { type: string, maxLength: 9 } } }
      responses: { '200': { description: noted }, '400': { description: refused } }
";

#[test]
fn empty_objects_and_what_follows_a_refusal_are_probed_where_status_alone_tells() {
    let contract = Contract::parse("notes.yaml", PLAIN).expect("is a contract");
    let only = vec![
        "response/serverError/on-empty-objects".to_owned(),
        "response/serverError/on-empty-objects-within".to_owned(),
        "request/repetition/refused-as-the-request-before".to_owned(),
    ];
    let settings = AuditSettings { seed: SEED, only, ..AuditSettings::default() };
    let outcome = audit(&contract, &settings, &|_, _| {}).expect("can be audited");
    assert_eq!(outcome.baseline, [], "the faithful stub is blamed");
    assert_eq!((outcome.count("caught"), escaped(&outcome)), (3, Vec::new()));
}

#[test]
fn documented_headers_of_answers_are_there_and_hold_what_is_documented() {
    let responses = serde_json::json!({
        "201": {"description": "made", "headers": {
            "Location": {"required": true, "schema": {"type": "string"}},
            "X-Left": {"schema": {"type": "integer"}},
        }},
        "400": {"description": "refused"},
        // Nobody brings that about.
        "429": {"description": "too many", "headers": {
            "Retry-After": {"required": true, "schema": {"type": "integer"}},
        }},
    });
    let schema = serde_json::json!({"type": "string", "maxLength": 9});
    let content = serde_json::json!({"application/json": {"schema": schema}});
    let document = serde_json::json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"post": {"operationId": "a", "responses": responses,
            "requestBody": {"required": true, "content": content}}}},
    });
    let contract = Contract::parse("headers.yaml", &document.to_string()).expect("is a contract");
    let only = vec!["response/headers".to_owned()];
    let settings = AuditSettings { seed: SEED, only, ..AuditSettings::default() };
    let outcome = audit(&contract, &settings, &|_, _| {}).expect("can be audited");
    assert_eq!(outcome.baseline, [], "the faithful stub is blamed");
    assert_eq!((outcome.count("caught"), escaped(&outcome)), (2, Vec::new()));
}
