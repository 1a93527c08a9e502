//! One cause is one finding, at the narrowest rule that it breaks.

use super::Finding;
use crate::case::Scenario;
use crate::check::{CheckName, Severity};
use crate::contract::{Operation, RuleId};

/// A fault of the whole answer that shows at this many rules is none of theirs.
const RULES_APART: usize = 3;

/// Merges findings of one cause.
pub(super) fn one_for_each_cause(operation: &Operation, findings: Vec<Finding>) -> Vec<Finding> {
    let findings = everywhere(operation, findings);
    let findings = merge(findings, is_control, is_like);
    let findings = merge_equal(findings);
    // Random requests and examples show what narrower cases name better.
    merge(
        findings,
        |finding| !is_random(finding),
        |held, finding| is_random(finding) && is_like(held, finding),
    )
}

/// Makes one of findings that say the same of the same rule.
fn merge_equal(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        let same = kept.iter_mut().find(|held| {
            (&held.rule, held.check, held.kind) == (&finding.rule, finding.check, finding.kind)
        });
        match same {
            Some(held) => held.count += finding.count,
            None => kept.push(finding),
        }
    }
    kept
}

fn is_control(finding: &Finding) -> bool {
    finding.scenario == Scenario::Control && !finding.reproduced.is_flaky()
}

/// Whether the case has nothing special about it that its rule would name.
fn is_random(finding: &Finding) -> bool {
    matches!(finding.scenario, Scenario::ValidRequest | Scenario::Example)
}

/// Whether two findings show the same fault of acceptance or of the whole answer.
fn is_like(held: &Finding, finding: &Finding) -> bool {
    let merges = matches!(
        held.check,
        CheckName::Answered | CheckName::NotAServerError | CheckName::PositiveDataAcceptance
    );
    merges && held.check == finding.check && held.kind == finding.kind
}

/// Adds findings that are like one which `takes` others to the first such one.
fn merge(
    findings: Vec<Finding>,
    takes: impl Fn(&Finding) -> bool,
    is_like: impl Fn(&Finding, &Finding) -> bool,
) -> Vec<Finding> {
    let (mut kept, others): (Vec<_>, Vec<_>) = findings.into_iter().partition(&takes);
    let mut rest = Vec::new();
    for finding in others {
        // What weighs more is not hidden behind what weighs less.
        let same = kept
            .iter_mut()
            .find(|held| held.severity >= finding.severity && is_like(held, &finding));
        match same {
            Some(held) => held.count += finding.count,
            None => rest.push(finding),
        }
    }
    kept.extend(rest);
    kept
}

/// Faults of whole answers are held against the rule that their case probes, and break the general
/// rule too. Those that show at several rules are no matter of any of them: they become one finding
/// at the general rule, which breaks theirs too.
fn everywhere(operation: &Operation, findings: Vec<Finding>) -> Vec<Finding> {
    let (whole, mut kept): (Vec<_>, Vec<_>) = findings
        .into_iter()
        .partition(|f| matches!(f.check, CheckName::Answered | CheckName::NotAServerError));
    let mut merged: Vec<Finding> = Vec::new();
    for finding in &whole {
        let general = general_rule(operation, finding.check);
        let alike = whole.iter().filter(|other| {
            other.check == finding.check
                && other.kind == finding.kind
                && other.severity == Severity::Failure
                && other.rule != general
        });
        let narrow: Vec<RuleId> = alike.map(|other| other.rule.clone()).collect();
        let is_narrow = finding.rule != general;
        if narrow.len() < RULES_APART {
            let also = if is_narrow { vec![general] } else { Vec::new() };
            merged.push(Finding { also, ..finding.clone() });
            continue;
        }
        match merged.iter_mut().find(|held| held.rule == general && held.kind == finding.kind) {
            Some(held) => held.count += finding.count,
            None => merged.push(Finding { rule: general, also: narrow, ..finding.clone() }),
        }
    }
    merged.append(&mut kept);
    merged
}

fn general_rule(operation: &Operation, check: CheckName) -> RuleId {
    let keyword = if check == CheckName::Answered { "noAnswer" } else { "serverError" };
    operation.rule_id("response", keyword)
}
