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
    // Random requests show what narrower cases name better.
    merge(
        findings,
        |finding| !is_random(finding),
        |held, finding| is_random(finding) && is_like(held, finding),
    )
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

#[cfg(test)]
mod tests {
    use super::one_for_each_cause;
    use crate::case::{Case, Scenario};
    use crate::check::{CheckName, Severity};
    use crate::contract::RuleId;
    use crate::run::Finding;
    use crate::run::tests::{finding, operation};

    fn server_error(rule: &RuleId) -> Finding {
        Finding { check: CheckName::NotAServerError, ..finding(rule, "server error") }
    }

    fn names(findings: Vec<Finding>) -> Vec<String> {
        let operation = operation();
        let kept = one_for_each_cause(&operation, findings).into_iter();
        kept.map(|f| format!("{} x{}", f.rule.within_operation(), f.count)).collect()
    }

    #[test]
    fn a_server_error_at_few_rules_is_theirs_and_breaks_the_general_rule_too() {
        let operation = operation();
        let rule = operation.rule_id("body.user_id", "maxLength");
        let kept = one_for_each_cause(&operation, vec![server_error(&rule)]);
        assert_eq!(kept[0].rule, rule);
        assert_eq!(kept[0].also, Some(operation.rule_id("response", "serverError")));
    }

    #[test]
    fn a_server_error_at_many_rules_is_one_finding() {
        let operation = operation();
        let at = |keyword| server_error(&operation.rule_id("body.user_id", keyword));
        let found = names(vec![at("type"), at("required"), at("maxLength")]);
        assert_eq!(found, ["response/serverError x3"]);
    }

    #[test]
    fn what_a_narrow_case_shows_is_not_shown_again_by_random_ones() {
        let operation = operation();
        let refused = |location: &str, keyword: &str, scenario| {
            let finding = finding(&operation.rule_id(location, keyword), "legal request refused");
            let case = Case { scenario, ..finding.case.clone() };
            Finding { check: CheckName::PositiveDataAcceptance, scenario, case, ..finding }
        };
        let narrow = refused("body.user_id", "maxLength", Scenario::StringWithinLengthLimits);
        let random = refused("request", "valid", Scenario::ValidRequest);
        assert_eq!(names(vec![random.clone(), narrow.clone()]), ["body.user_id/maxLength x2"]);
        assert_eq!(names(vec![random.clone()]), ["request/valid x1"]);
        // What weighs more is not hidden behind what weighs less.
        let narrow = Finding { severity: Severity::Warning, ..narrow };
        assert_eq!(names(vec![random, narrow]).len(), 2);
    }
}
