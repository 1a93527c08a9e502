//! The three best-known violations, from the public strategies, against the stub or
//! `FENCEPOST_TARGET`: `cargo test id_33_chars`.

use std::sync::Arc;

use fencepost::case::{
    Case, Expectation, FieldValue, GenerationMode, HeaderCase, Phase, Request, Scenario,
};
use fencepost::check::{CaseVerdict, Exchange, Oracle, Twin, judge};
use fencepost::contract::{Operation, RuleId};
use fencepost::http::{Client, curl};
use fencepost::koophone::{self, ViolatingRequest};
use fencepost::suite::Subject;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::runs::runtime;

/// Violations that each test sends, every one behind its legal twin.
const DRAWN: usize = 8;

#[test]
fn id_33_chars() {
    is_refused(&koophone::id_33_chars(), Scenario::StringAboveMaxLength);
}

#[test]
fn instances_101() {
    is_refused(&koophone::instances_101(), Scenario::ArrayAboveMaxItems);
}

#[test]
fn missing_token() {
    is_refused(&koophone::missing_token(), Scenario::MissingCredential);
}

/// Draws violations and fails unless each is refused as documented while its twin is not.
fn is_refused(strategy: &impl Strategy<Value = ViolatingRequest>, scenario: Scenario) {
    let mut subject = Subject::of_process("koophone").unwrap_or_else(|error| panic!("{error}"));
    let settings = subject.settings();
    let bench = Bench {
        operation: Arc::clone(&settings.operations[0]),
        headers: settings.inputs.headers.clone(),
        scenario,
    };
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let drawn: Vec<ViolatingRequest> = (0..DRAWN)
        .map(|_| strategy.new_tree(&mut runner).expect("can be drawn").current())
        .collect();
    let mut wrong = Vec::new();
    runtime().block_on(async {
        let client = subject.client().expect("a client");
        for violation in &drawn {
            if let Err(message) = bench.hold(&client, violation).await {
                let request = bench.violating(violation).request;
                let line = curl(subject.target(), &request);
                wrong.push(format!("{}: {message}\n  {line}", violation.intent));
            }
        }
    });
    let (name, count) = (subject.name(), wrong.len());
    assert!(wrong.is_empty(), "{name}: {count} of {DRAWN}, the shortest: {}", shortest(&wrong));
}

fn shortest(messages: &[String]) -> &str {
    messages.iter().min_by_key(|message| message.len()).map_or("", String::as_str)
}

/// Makes cases of what the strategies draw.
struct Bench {
    operation: Arc<Operation>,
    headers: Vec<(String, FieldValue)>,
    scenario: Scenario,
}

impl Bench {
    /// Sends the twin, then the violation, and judges as a run does.
    async fn hold(&self, client: &Client, violation: &ViolatingRequest) -> Result<(), String> {
        let oracle = Oracle::new(Arc::clone(&self.operation), &[])?;
        let twin = self.twin(violation);
        let interaction = client.send(&twin.request).await;
        let reading = oracle.read(&interaction);
        let exchange =
            Exchange { oracle: &oracle, case: &twin, interaction: &interaction, reading: &reading };
        if !reading.disposition.is_legal() {
            let got = exchange.describe_answer();
            return Err(format!(
                "inconclusive: its legal twin was answered {got}; is the token valid?"
            ));
        }
        let twin = Twin::of(&exchange);
        let case = self.violating(violation);
        let interaction = client.send(&case.request).await;
        let reading = oracle.read(&interaction);
        let breaches = oracle.breaches(&case, &interaction, &reading);
        let exchange =
            Exchange { oracle: &oracle, case: &case, interaction: &interaction, reading: &reading };
        let (verdict, broken) = judge(&exchange, Some(&twin), &breaches);
        match (verdict, broken) {
            // Ids may be looked up before they are measured or counted: that warns.
            (CaseVerdict::Held | CaseVerdict::Warned, _) if breaches.is_empty() => Ok(()),
            (CaseVerdict::Undecided(reason), _) => Err(format!("inconclusive: {reason}")),
            (_, broken) => Err(breaches
                .iter()
                .chain(&broken)
                .map(|breach| {
                    format!("{}: expected {}, got {}", breach.rule, breach.expected, breach.actual)
                })
                .collect::<Vec<_>>()
                .join("; ")),
        }
    }

    fn violating(&self, violation: &ViolatingRequest) -> Case {
        let (location, keyword) =
            violation.violation.rule().rsplit_once('/').expect("has a keyword");
        let rule = self.operation.rule_id(location, keyword);
        let mut headers = self.headers.clone();
        if !violation.violation.wants_token() {
            let is_credential = |name: &str| {
                let mut credentials = self.operation.credentials.iter();
                credentials.any(|credential| credential.name.eq_ignore_ascii_case(name))
            };
            headers.retain(|(name, _)| !is_credential(name));
        }
        let expectation = Expectation::Refused(self.operation.outcome(&rule));
        let case = self.case(rule, expectation, headers, &violation.body, violation);
        Case { mode: GenerationMode::Negative, scenario: self.scenario, ..case }
    }

    fn twin(&self, violation: &ViolatingRequest) -> Case {
        let twin = &violation.twin;
        let body = json!({"user_id": twin.user_id, "instance_ids": twin.instance_ids});
        let rule = self.operation.rule_id("request", "valid");
        self.case(rule, Expectation::Accepted, self.headers.clone(), &body, violation)
    }

    fn case(
        &self,
        rule: RuleId,
        expectation: Expectation,
        mut headers: Vec<(String, FieldValue)>,
        body: &Value,
        violation: &ViolatingRequest,
    ) -> Case {
        let own = violation.headers.iter();
        headers.extend(own.map(|(name, value)| (name.clone(), FieldValue::Plain(value.clone()))));
        let request = Request {
            method: self.operation.method.clone(),
            path: self.operation.path.clone(),
            query: Vec::new(),
            headers: headers.into(),
            header_case: HeaderCase::Title,
            body: Some(body.to_string().into()),
        };
        Case {
            id: violation.intent.clone(),
            phase: Phase::Fuzzing,
            mode: GenerationMode::Positive,
            scenario: Scenario::ValidRequest,
            strength: self.operation.rule(&rule).expect("is a rule").strength,
            rule,
            expectation,
            intent: violation.intent.clone(),
            place: None,
            body: Some(body.clone()),
            request,
            twin: None,
        }
    }
}
