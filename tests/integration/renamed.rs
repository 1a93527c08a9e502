//! A copy of the built-in contract with every name changed, and 17 and 9 for 32 and 100: nothing
//! depends on names or numbers.

use std::collections::BTreeSet;
use std::path::Path;

use fencepost::contract::{Basis, Contract, RuleId, Strength};
use fencepost::run::{Outcome, RuleVerdict, RunVerdict};

use crate::runs::{koophone, with_stub};

/// Each name of the built-in contract with the copy's.
const NAMES: &[(&str, &str)] = &[
    ("prepare", "wake"),
    ("user_id", "account"),
    ("instance_ids", "device_keys"),
    ("X-Auth-Token", "X-Session-Key"),
    ("data", "payload"),
    ("status_list", "entries"),
    ("instance_id", "device_key"),
    ("status", "phase"),
    ("error_code", "result"),
    ("error_msg", "note"),
];

/// Each code, or what codes have in common, as observations spell it.
const CODES: &[(&str, &str)] =
    &[("KOOPHONE.API.", "FLEET-"), ("200 0", "200 OK"), ("APIGW.0", "EDGE-"), ("APIG.0", "RIM-")];

/// One row of the table of rules. What was observed counts, how often doesn't.
type Row = (String, Strength, Basis, &'static str, BTreeSet<String>);

fn renamed() -> Contract {
    Contract::load(Path::new("tests/fixtures/renamed.yaml")).expect("loads")
}

/// The id with the names of the copy. Names stand at the beginning and behind a full stop; what
/// stands behind a slash is a keyword.
fn translated(id: &RuleId) -> String {
    let translate = |name: &str| {
        let pair = NAMES.iter().find(|(held, _)| *held == name);
        pair.map_or(name, |(_, new)| *new).to_owned()
    };
    let mut pieces = id.as_str().split('/').enumerate().map(|(at, piece)| {
        let mut names = piece.split('.');
        let first = names.next().unwrap_or_default();
        let first = if at == 0 { translate(first) } else { first.to_owned() };
        std::iter::once(first).chain(names.map(translate)).collect::<Vec<_>>().join(".")
    });
    let first = pieces.next().unwrap_or_default();
    pieces.fold(first, |id, piece| format!("{id}/{piece}"))
}

fn recoded(text: &str) -> String {
    CODES.iter().fold(text.to_owned(), |text, (held, new)| text.replace(held, new))
}

fn table(
    outcome: &Outcome,
    name: impl Fn(&RuleId) -> String,
    observed: impl Fn(&str) -> String,
) -> Vec<Row> {
    let rows = outcome.rules().map(|row| {
        let is_latency = row.rule.id.keyword() == "latency";
        let observed = match &row.verdict {
            RuleVerdict::Observed(seen) if !is_latency => {
                seen.keys().map(|what| observed(what)).collect()
            }
            _ => BTreeSet::new(),
        };
        let rule = &row.rule;
        (name(&rule.id), rule.strength, rule.basis, row.verdict.word(), observed)
    });
    rows.collect()
}

#[test]
fn other_names_and_limits_give_the_same_table() {
    let (original, copy) = (with_stub(&koophone(), 7), with_stub(&renamed(), 7));
    assert_eq!((original.verdict(), copy.verdict()), (RunVerdict::Held, RunVerdict::Held));
    assert_eq!(copy.findings().count(), 0);
    let wanted = table(&original, translated, recoded);
    let found = table(&copy, |id| id.as_str().to_owned(), str::to_owned);
    for (wanted, found) in wanted.iter().zip(&found) {
        assert_eq!(found, wanted);
    }
    assert_eq!(found.len(), wanted.len());
    assert!(wanted.len() > 70, "only {} rules", wanted.len());
}

#[test]
fn nothing_of_the_original_is_left_in_the_copy() {
    let text = include_str!("../fixtures/renamed.yaml");
    // `status` is a word of the extension too, and `data` one of prose.
    let kept = ["prepare", "user_id", "instance_id", "X-Auth-Token", "status_list", "error_"];
    for name in kept.iter().chain(&["KOOPHONE", "APIG", "maxLength: 32", "maxItems: 100"]) {
        assert!(!text.contains(name), "{name}");
    }
}
