//! Members given twice: what answers about one of them show of the parser, and so of all.

use serde_json::Value;

use crate::case::{Expectation, Member, Scenario};
use crate::check::{Breach, CheckName, Disposition, Exchange, Severity, relations};

/// Whether the server used the last of two lists of one name; `None` where its answer doesn't tell.
pub(super) fn uses_last(exchange: &Exchange<'_>) -> Option<bool> {
    if exchange.case.scenario != Scenario::DuplicateMember {
        return None;
    }
    // Our own reader uses the last.
    let request: Value = serde_json::from_slice(exchange.case.request.body.as_deref()?).ok()?;
    let response = exchange.reading.json()?;
    exchange.operation().relations.iter().find_map(|relation| {
        let related = relations::related(relation, &request, response)?;
        match (related.missing.is_empty(), related.unrequested.is_empty()) {
            (true, true) => Some(true),
            (false, false) if related.answered.is_empty() => Some(false),
            _ => None,
        }
    })
}

/// The breach of an accepting answer to a member given twice, where the one that breaks its limit
/// is the one that the server is known to use.
pub(super) fn breach(exchange: &Exchange<'_>, uses_last: Option<bool>) -> Option<Breach> {
    let case = exchange.case;
    if case.scenario != Scenario::DuplicateMember
        || exchange.reading.disposition != Disposition::Accepted
    {
        return None;
    }
    let (used, which) = if uses_last? { (Member::Last, "last") } else { (Member::First, "first") };
    (case.expectation == Expectation::NotBothAccepted(used)).then(|| Breach {
        check: CheckName::NegativeDataRejection,
        rule: case.rule.clone(),
        severity: Severity::of(case.strength).unwrap_or(Severity::Warning),
        kind: "not enforced",
        expected: format!("refused, as this server uses the {which} of two members"),
        actual: exchange.describe_answer(),
    })
}
