//! One cause is one finding, at the narrowest rule that it breaks.

use super::Finding;
use crate::case::Scenario;
use crate::check::{CheckName, Severity};
use crate::contract::{Operation, RuleId};

/// A fault of the whole answer that shows at this many rules is none of theirs.
const RULES_APART: usize = 3;

/// Merges findings of one cause.
pub(super) fn one_for_each_cause(operation: &Operation, findings: Vec<Finding>) -> Vec<Finding> {
    let findings = alike(everywhere(operation, findings));
    let findings = merge(findings, is_control, is_like);
    // Random requests show what narrower cases name better.
    merge(
        findings,
        |finding| !is_random(finding),
        |held, finding| is_random(finding) && is_like(held, finding),
    )
}

/// Requests refused in one way that come down to the same one are refused for one reason: that of
/// the rule whose limit lies just below it, else that identifiers must not be refused for being
/// unknown, else the first.
fn alike(findings: Vec<Finding>) -> Vec<Finding> {
    let rank = |finding: &Finding| match finding.real_limit {
        Some(_) => 2,
        None => u8::from(finding.rule.keyword() == "unknown"),
    };
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        let merges = finding.check == CheckName::PositiveDataAcceptance;
        let same = kept.iter_mut().find(|held| {
            let is_same = held.check == finding.check
                && held.kind == finding.kind
                && held.severity == finding.severity
                && held.case.request == finding.case.request;
            // What was not reduced says nothing of its cause.
            is_same && held.shrink_requests > 0 && finding.shrink_requests > 0
        });
        match same.filter(|_| merges) {
            Some(held) if rank(&finding) > rank(held) => {
                let count = held.count + finding.count;
                *held = Finding { count, ..finding };
            }
            Some(held) => held.count += finding.count,
            None => kept.push(finding),
        }
    }
    kept
}

fn is_control(finding: &Finding) -> bool {
    matches!(finding.scenario, Scenario::Control | Scenario::Example)
        && !finding.reproduced.is_flaky()
}

fn is_random(finding: &Finding) -> bool {
    finding.scenario == Scenario::ValidRequest
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

/// Faults of whole answers are held against the rule that their case probes. Those that show at
/// several rules are no matter of any of them, and become one; the others break the general rule
/// too.
fn everywhere(operation: &Operation, findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for check in [CheckName::Answered, CheckName::NotAServerError] {
        let general = general_rule(operation, check);
        for finding in findings.iter().filter(|finding| finding.check == check) {
            let alike = |other: &&Finding| {
                other.check == check
                    && other.kind == finding.kind
                    && other.severity == Severity::Failure
            };
            if findings.iter().filter(alike).count() < RULES_APART {
                let also = (finding.rule != general).then(|| general.clone());
                kept.push(Finding { also, ..finding.clone() });
                continue;
            }
            match kept.iter_mut().find(|held| held.rule == general && held.kind == finding.kind) {
                Some(held) => held.count += finding.count,
                None => kept.push(Finding { rule: general.clone(), ..finding.clone() }),
            }
        }
    }
    let is_whole =
        |f: &Finding| matches!(f.check, CheckName::Answered | CheckName::NotAServerError);
    kept.extend(findings.into_iter().filter(|finding| !is_whole(finding)));
    kept
}

fn general_rule(operation: &Operation, check: CheckName) -> RuleId {
    let keyword = if check == CheckName::Answered { "noAnswer" } else { "serverError" };
    operation.rule_id("response", keyword)
}
