//! Verdicts as results of tests, from whole runs.

use libtest_mimic::{Arguments, Completion};

use super::Tested;
use super::harness::{selected, trials};
use super::subject::{Subject, settings};
use crate::config::Environment;
use crate::contract::{Contract, RuleId, Strength};
use crate::stub::{Stub, StubOptions};

const TOKEN: &str = "Suite-Token-hw35";

/// A server that keeps the built-in contract with `from` replaced by `to`.
async fn server(from: &str, to: &str) -> Stub {
    let text = include_str!("../../contracts/koophone.yaml");
    assert!(text.contains(from), "{from}");
    let contract = Contract::parse("changed.yaml", &text.replace(from, to)).expect("loads");
    let options = StubOptions { tokens: vec![TOKEN.to_owned()], ..StubOptions::default() };
    Stub::start(&contract, options).await.expect("a free port")
}

/// Tests these rules of the built-in contract against a server.
fn tested(target: &str, token: &str, rules: &[&str]) -> Tested {
    let environment = Environment {
        target: Some(target.to_owned()),
        headers: Some(format!("X-Auth-Token: {token}")),
        ..Environment::default()
    };
    let settings = settings("koophone", environment).expect("make sense");
    let rules: Vec<RuleId> = rules.iter().map(|rule| id(rule)).collect();
    Subject::start(settings).expect("starts").run(&rules, |_, _| ()).expect("runs")
}

fn id(rule: &str) -> RuleId {
    let (location, keyword) = rule.rsplit_once('/').expect("has a keyword");
    RuleId::new("prepare", location, keyword)
}

/// A stub that serves from a thread of its own.
fn start(from: &str, to: &str) -> Stub {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("starts").block_on(server(from, to))
}

fn failure(tested: &Tested, rule: &str) -> String {
    let (result, _) = tested.rule_trial(&id(rule));
    result.err().expect(rule).message().expect("has one").to_owned()
}

fn arguments(line: &str) -> Arguments {
    Arguments::from_iter(["contract"].into_iter().chain(line.split_whitespace()))
}

#[test]
fn a_broken_rule_fails_its_test_with_the_finding() {
    let stub = start("maxLength: 32", "maxLength: 64");
    let rules = ["body.user_id/maxLength", "body.user_id/required", "body.user_id/minLength"];
    let tested = tested(&stub.uri(), TOKEN, &rules);
    let text = failure(&tested, rules[0]);
    for words in
        ["prepare/body.user_id/maxLength", "not enforced", "real limit 64", "curl", "$TOKEN"]
    {
        assert!(text.contains(words), "no {words:?} in {text}");
    }
    assert!(!text.contains(TOKEN), "the token is shown");
    for rule in &rules[1..] {
        assert!(
            matches!(tested.rule_trial(&id(rule)), (Ok(Completion::Completed), None)),
            "{rule}"
        );
    }
    assert!(tested.target_trial().is_ok());
}

#[test]
fn a_must_of_which_nothing_can_be_said_fails_and_says_what_to_do() {
    let stub = start("maxLength: 32", "maxLength: 32");
    let tested = tested(&stub.uri(), "nobody-knows-this-one", &[]);
    let text = failure(&tested, "body.user_id/maxLength");
    assert!(text.starts_with("inconclusive: nothing was tested"), "{text}");
    let why = tested.target_trial().err().expect("refuses every control");
    let why = why.message().expect("has one");
    assert!(why.contains("refuses the plain valid request") && why.contains("FENCEPOST_HEADERS"));
    let (open, _) = tested.rule_trial(&id("body.user_id/minLength"));
    assert!(matches!(open, Ok(Completion::Ignored { .. })));
}

#[test]
fn a_target_that_is_down_is_said_to_be() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("is bound");
    drop(taken);
    let tested = tested(&format!("http://{address}"), TOKEN, &["request/valid"]);
    let why = tested.target_trial().err().expect("is down");
    assert!(why.message().is_some_and(|why| why.contains(&address.to_string())), "{why:?}");
}

#[test]
fn a_filter_selects_the_rules_that_are_probed() {
    let named: Vec<(RuleId, String)> = ["request/valid", "body.a/maxLength", "body.b/maxLength"]
        .map(|rule| (id(rule), Strength::Must.to_string()))
        .into();
    let chosen = |line: &str| {
        let rules = selected(&named, &arguments(line));
        rules.iter().map(|rule| rule.within_operation().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(chosen(""), [""; 0]);
    assert_eq!(chosen("body.a"), ["body.a/maxLength"]);
    assert_eq!(chosen("--skip body.a"), ["request/valid", "body.b/maxLength"]);
    assert_eq!(chosen("--exact prepare/body.b/maxLength"), ["body.b/maxLength"]);
    assert_eq!(chosen("target"), ["request/valid"]);
}

#[test]
fn there_is_a_test_for_each_rule_and_one_for_the_target() {
    let settings = settings("koophone", Environment::default()).expect("make sense");
    let rules = settings.operations[0].rules.len();
    let trials = trials(settings, &arguments(""));
    assert_eq!(trials.len(), rules + 1);
    let names: Vec<&str> = trials.iter().map(libtest_mimic::Trial::name).collect();
    assert!(names.contains(&"target") && names.contains(&"prepare/body.user_id/maxLength"));
}
