//! Judges arbitrary answers to every planned case of the built-in contract.
//!
//! An input is two bytes for the case, two for the status, one for the content type (its last
//! three bits) and for what happened to the answer (the others), then the body. Numbers are
//! little-endian, and taken modulo what there is.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use fencepost::case::{Case, FieldValue};
use fencepost::check::{Exchange, Oracle, Twin, judge};
use fencepost::contract::Contract;
use fencepost::generate::{Inputs, plan};
use fencepost::http::{Answer, Interaction, NoAnswer, NoAnswerKind};

const TYPES: [Option<&str>; 8] = [
    Some("application/json"),
    Some("application/json; charset=utf-8"),
    Some("APPLICATION/JSON;charset=\"latin1\""),
    Some("application/problem+json"),
    Some("text/html"),
    Some("text/plain;;="),
    Some("\u{1b}[31m"),
    None,
];

const FAILURES: [NoAnswerKind; 4] =
    [NoAnswerKind::Closed, NoAnswerKind::Truncated, NoAnswerKind::Timeout, NoAnswerKind::Malformed];

struct Planned {
    oracle: Oracle,
    cases: Vec<Case>,
}

fn planned() -> &'static Planned {
    static PLANNED: OnceLock<Planned> = OnceLock::new();
    PLANNED.get_or_init(|| {
        let contract = Contract::builtin("koophone").expect("it is built in");
        let operation = &contract.operations[0];
        let token = FieldValue::Secret { value: "fuzz-token-0123".into(), shell: "$TOKEN".into() };
        let inputs = Inputs { headers: vec![("X-Auth-Token".into(), token)], ..Inputs::default() };
        let plan = plan(operation, &inputs).expect("the built-in contract has a plan");
        let oracle = Oracle::new(operation.clone(), &["fuzz-token-0123".into()])
            .expect("its schemas compile");
        let cases = plan.blocks().flat_map(|block| block.cases).collect();
        Planned { oracle, cases }
    })
}

/// Every answer is judged, the same each time; and what counts as JSON is JSON.
pub(crate) fn run(data: &[u8]) {
    let &[case_low, case_high, status_low, status_high, what, ref body @ ..] = data else { return };
    let Planned { oracle, cases } = planned();
    let case = &cases[usize::from(u16::from_le_bytes([case_low, case_high])) % cases.len()];
    let interaction = interaction(u16::from_le_bytes([status_low, status_high]), what, body);
    let reading = oracle.read(&interaction);
    if reading.root().is_some() {
        serde_json::from_slice::<serde_json::Value>(body).expect("a strict reader took it");
    }
    let breaches = oracle.breaches(case, &interaction, &reading);
    assert_eq!(breaches, oracle.breaches(case, &interaction, &reading));
    let exchange = Exchange { oracle, case, interaction: &interaction, reading: &reading };
    let twin = Twin::of(&exchange);
    for twin in [None, Some(&twin)] {
        let (verdict, breach) = judge(&exchange, twin, &breaches);
        assert_eq!((verdict, breach), judge(&exchange, twin, &breaches));
    }
}

fn interaction(status: u16, what: u8, body: &[u8]) -> Interaction {
    let content_type = TYPES[usize::from(what % 8)];
    let mut answer = Answer {
        status: 100 + status % 900,
        body: Bytes::copy_from_slice(body),
        ..Answer::default()
    };
    if let Some(value) = content_type {
        answer.headers.insert("content-type", value.parse().expect("is a value"));
    }
    let failure = FAILURES.get(usize::from(what / 8).wrapping_sub(1));
    Interaction {
        result: match failure {
            Some(&kind) => Err(NoAnswer { kind, detail: String::from_utf8_lossy(body).into() }),
            None => Ok(answer),
        },
        elapsed: Duration::from_millis(1),
    }
}
