//! Exchanges for the tests of this room: the built-in contract and literal answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Breach, CaseVerdict, Exchange, Oracle, Severity, Twin, judge};
use crate::case::{Case, Expectation, GenerationMode, HeaderCase, Phase, Request, Scenario};
use crate::contract::{Contract, Operation, Strength};
use crate::http::header::{CONTENT_TYPE, HeaderValue};
use crate::http::{Answer, Interaction, NoAnswer, NoAnswerKind};

/// The secret that no answer may hold.
pub(super) const TOKEN: &str = "Check-Token+zq/81";

/// The built-in operation.
pub(crate) fn operation() -> Arc<Operation> {
    let contract = Contract::builtin("koophone").expect("is built in");
    Arc::clone(&contract.operations[0])
}

/// The oracle of the built-in operation.
pub(super) fn oracle() -> Oracle {
    Oracle::new(operation(), &[TOKEN.to_owned()]).expect("its schemas compile")
}

/// The oracle of a small document's only operation, `GET /a`.
pub(super) fn oracle_of(get: &Value) -> Oracle {
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": get}},
    });
    let contract = Contract::parse("t.json", &document.to_string()).expect("is a contract");
    Oracle::new(Arc::clone(&contract.operations[0]), &[]).expect("its schemas compile")
}

/// A request for the instances `a` and `b` that is expected to be accepted.
pub(crate) fn case(operation: &Operation) -> Case {
    let body = json!({"user_id": "me", "instance_ids": ["a", "b"]});
    Case {
        id: "coverage/1".to_owned(),
        phase: Phase::Coverage,
        mode: GenerationMode::Positive,
        scenario: Scenario::ValidRequest,
        rule: operation.rule_id("request", "valid"),
        strength: Strength::Must,
        expectation: Expectation::Accepted,
        intent: "a request".to_owned(),
        place: None,
        request: Request {
            method: "POST".to_owned(),
            path: "/v1/instances/prepare".to_owned(),
            query: Vec::new(),
            headers: Arc::default(),
            header_case: HeaderCase::Title,
            body: Some(Bytes::from(body.to_string())),
        },
        body: Some(body),
        twin: Some("control/block".to_owned()),
    }
}

/// A case that probes the rule `keyword` at `location`, as the contract expects it to be refused.
pub(super) fn refused(oracle: &Oracle, scenario: Scenario, location: &str, keyword: &str) -> Case {
    let operation = oracle.operation();
    let rule = operation.rule_id(location, keyword);
    let strength = operation.rule(&rule).unwrap_or_else(|| panic!("no rule {rule}")).strength;
    Case {
        mode: GenerationMode::Negative,
        scenario,
        strength,
        expectation: Expectation::Refused(operation.outcome(&rule)),
        rule,
        ..case(operation)
    }
}

/// An answer with this media type; none where it is empty.
pub(super) fn answer(status: u16, media_type: &str, body: impl Into<Bytes>) -> Interaction {
    let value = HeaderValue::from_str(media_type).expect("is a value");
    let header = (!media_type.is_empty()).then_some((CONTENT_TYPE, value));
    let headers = header.into_iter().collect();
    let answer = Answer { status, headers, body: body.into() };
    Interaction { result: Ok(answer), elapsed: Duration::from_millis(1) }
}

/// A JSON answer.
pub(super) fn json_answer(status: u16, body: &Value) -> Interaction {
    answer(status, "application/json", body.to_string())
}

/// The answer to an accepted request for `a` and `b`.
pub(super) fn success() -> Value {
    json!({"error_code": "0", "error_msg": "ok", "data": {"status_list": [
        {"instance_id": "a", "status": 0}, {"instance_id": "b", "status": 1},
    ]}})
}

/// A refusal with this code.
pub(super) fn code(status: u16, code: &str) -> Interaction {
    json_answer(status, &json!({"error_code": code, "error_msg": "no"}))
}

/// An answer in short: `ok`, a failure to answer, or status and code (`400 KOOPHONE.API.1000`,
/// with `.1000` for short). A status alone has no body.
pub(super) fn short(text: &str) -> Interaction {
    let none = |kind| Interaction {
        result: Err(NoAnswer { kind, detail: "no more".to_owned() }),
        elapsed: Duration::from_millis(1),
    };
    match text {
        "ok" => return json_answer(200, &success()),
        "closed" => return none(NoAnswerKind::Closed),
        "not connected" => return none(NoAnswerKind::Connect),
        "not sendable" => return none(NoAnswerKind::Unsendable),
        _ => {}
    }
    let (status, rest) = text.split_once(' ').unwrap_or((text, ""));
    let status = status.parse().expect("begins with a status");
    match (rest, rest.strip_prefix('.')) {
        ("", _) => answer(status, "", ""),
        (_, Some(digits)) => code(status, &format!("KOOPHONE.API.{digits}")),
        (whole, None) => code(status, whole),
    }
}

/// What an answer breaks by itself, each as `rule: kind`, warnings with a question mark.
pub(super) fn breaches(oracle: &Oracle, case: &Case, interaction: &Interaction) -> Vec<String> {
    let reading = oracle.read(interaction);
    oracle.breaches(case, interaction, &reading).iter().map(in_short).collect()
}

/// The verdict on an answer whose twin was answered with `twin`, and what it breaks.
pub(super) fn verdict(
    oracle: &Oracle,
    case: &Case,
    twin: Option<&Interaction>,
    interaction: &Interaction,
) -> (CaseVerdict, Option<Breach>) {
    let twin = twin.map(|twin| {
        let reading = oracle.read(twin);
        Twin::of(&Exchange { oracle, case, interaction: twin, reading: &reading })
    });
    let reading = oracle.read(interaction);
    let breaches = oracle.breaches(case, interaction, &reading);
    let exchange = Exchange { oracle, case, interaction, reading: &reading };
    judge(&exchange, twin.as_ref(), &breaches)
}

/// A breach as `rule: kind`, a warning with a question mark behind it.
pub(super) fn in_short(breach: &Breach) -> String {
    let mark = if breach.severity == Severity::Warning { "?" } else { "" };
    format!("{}: {}{mark}", breach.rule.within_operation(), breach.kind)
}

/// Holds answers to a valid request against what they break.
pub(super) fn hold(rows: &[(Interaction, &[&str])]) {
    let oracle = oracle();
    let case = case(oracle.operation());
    for (interaction, expected) in rows {
        let found = breaches(&oracle, &case, interaction);
        assert_eq!(found, *expected, "{:?}", interaction.result);
    }
}
