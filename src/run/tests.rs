//! Findings for the tests of this room, of the built-in operation.

use super::{Finding, Reproduced};
use crate::case::{Case, Scenario};
pub(super) use crate::check::tests::{case, operation};
use crate::check::{CheckName, Severity};
use crate::contract::RuleId;

/// A failure that breaks `rule` in the way of `kind`, seen each time.
pub(super) fn finding(rule: &RuleId, kind: &'static str) -> Finding {
    let scenario = Scenario::StringAboveMaxLength;
    let case = Case { rule: rule.clone(), scenario, ..case(&operation()) };
    Finding {
        rule: rule.clone(),
        also: Vec::new(),
        check: CheckName::NegativeDataRejection,
        severity: Severity::Failure,
        kind,
        scenario: case.scenario,
        count: 1,
        reproduced: Reproduced { seen: 3, sent: 3 },
        expected: String::new(),
        actual: String::new(),
        twin: None,
        case,
        shrink_requests: 0,
        real_limit: None,
    }
}
