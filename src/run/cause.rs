//! One cause is one finding, at the narrowest rule that it breaks.

use super::{Finding, company};
use crate::case::Scenario;
use crate::check::{CheckName, Severity};
use crate::contract::RuleId;

/// A fault of the whole answer that shows at this many rules is none of theirs.
const RULES_APART: usize = 3;

/// Merges findings of one cause, all of the operation of this id.
pub(super) fn one_for_each_cause(operation: &str, findings: Vec<Finding>) -> Vec<Finding> {
    let findings = company::seldom(operation, findings);
    let findings = alike(everywhere(operation, findings));
    let findings = merge(findings, is_control, is_like);
    let findings = merge_equal(findings);
    // Random requests and examples show what narrower cases name better.
    let findings = merge(
        findings,
        |finding| !is_random(finding),
        |held, finding| is_random(finding) && is_like(held, finding),
    );
    company::explained(findings)
}

/// Requests refused in one way that come down to the same one are refused for one reason: that of
/// the rule whose limit lies just below it, else that identifiers must not be refused for being
/// unknown, else the first that has something special about it.
fn alike(findings: Vec<Finding>) -> Vec<Finding> {
    let rank = |finding: &Finding| match finding.real_limit {
        Some(_) => 3,
        None if finding.rule.keyword() == "unknown" => 2,
        None => u8::from(!is_random(finding)),
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
                let also = also(&finding, held);
                *held = Finding { also, count, ..finding };
            }
            Some(held) => {
                held.also = also(held, &finding);
                held.count += finding.count;
            }
            None => kept.push(finding),
        }
    }
    kept
}

/// The rules beside its own that `kept` breaks once `other` is merged into it.
fn also(kept: &Finding, other: &Finding) -> Vec<RuleId> {
    let mut rules = kept.also.clone();
    rules.extend(other.also.iter().chain([&other.rule]).cloned());
    rules.retain(|rule| *rule != kept.rule);
    rules.dedup();
    rules
}

/// Makes one of findings that say the same of the same rule.
fn merge_equal(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        let same = kept.iter_mut().find(|held| {
            (&held.rule, held.check, held.kind) == (&finding.rule, finding.check, finding.kind)
        });
        match same {
            Some(held) => unite(held, finding),
            None => kept.push(finding),
        }
    }
    kept
}

/// Adds a finding to one that says the same; what weighs more stays.
fn unite(held: &mut Finding, finding: Finding) {
    let count = held.count + finding.count;
    if finding.severity > held.severity {
        *held = finding;
    }
    held.count = count;
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
fn everywhere(operation: &str, findings: Vec<Finding>) -> Vec<Finding> {
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
        let same = |held: &&mut Finding| held.rule == general && held.kind == finding.kind;
        // Where the plain request fails too it says nothing of the rules.
        let is_plain = whole.iter().any(|f| is_control(f) && f.kind == finding.kind);
        let also = if is_plain { Vec::new() } else { narrow };
        match merged.iter_mut().find(same) {
            Some(held) => unite(held, Finding { rule: general, also, ..finding.clone() }),
            None => merged.push(Finding { rule: general, also, ..finding.clone() }),
        }
    }
    merged.append(&mut kept);
    merged
}

pub(super) fn general_rule(operation: &str, check: CheckName) -> RuleId {
    let (location, keyword) = match check {
        CheckName::Answered => ("response", "noAnswer"),
        CheckName::PositiveDataAcceptance => ("request", "valid"),
        _ => ("response", "serverError"),
    };
    RuleId::new(operation, location, keyword)
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
        let kept = one_for_each_cause(&operation.id, findings).into_iter();
        kept.map(|f| format!("{} x{}", f.rule.within_operation(), f.count)).collect()
    }

    #[test]
    fn a_server_error_at_few_rules_is_theirs_and_breaks_the_general_rule_too() {
        let operation = operation();
        let rule = operation.rule_id("body.user_id", "maxLength");
        let kept = one_for_each_cause(&operation.id, vec![server_error(&rule)]);
        assert_eq!(kept[0].rule, rule);
        assert_eq!(kept[0].also, [operation.rule_id("response", "serverError")]);
    }

    #[test]
    fn a_server_error_at_many_rules_is_one_finding() {
        let operation = operation();
        let at = |keyword| server_error(&operation.rule_id("body.user_id", keyword));
        let found = names(vec![at("type"), at("required"), at("maxLength")]);
        assert_eq!(found, ["response/serverError x3"]);
    }

    #[test]
    fn of_findings_that_say_the_same_the_heaviest_is_kept() {
        let operation = operation();
        let heavy = server_error(&operation.rule_id("response", "serverError"));
        let light = Finding { severity: Severity::Warning, ..heavy.clone() };
        for both in [[heavy.clone(), light.clone()], [light, heavy]] {
            let kept = one_for_each_cause(&operation.id, both.to_vec());
            assert_eq!(kept.len(), 1);
            assert_eq!((kept[0].severity, kept[0].count), (Severity::Failure, 2));
        }
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
