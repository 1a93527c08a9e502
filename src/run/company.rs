//! Faults that come and go are no matter of what was asked for: they are named by the company in
//! which they show, or by their rhythm.

use super::Finding;
use super::cause::general_rule;
use super::lapse::LAPSE;
use crate::case::{GenerationMode, Phase};
use crate::check::{CheckName, Severity};
use crate::contract::RuleId;

/// What stands in a kind that tells a rhythm.
pub(super) const RHYTHM: &str = ", every ";

/// Holds failures of whole answers to legal requests that show seldom, and what has a rhythm,
/// against the general rule, all of one rhythm where one is known.
pub(super) fn seldom(operation: &str, mut findings: Vec<Finding>) -> Vec<Finding> {
    let is_seldom = |finding: &Finding| {
        let is_whole = matches!(finding.check, CheckName::Answered | CheckName::NotAServerError);
        let has_rhythm = finding.kind.contains(RHYTHM);
        let is_legal = finding.case.mode == GenerationMode::Positive;
        has_rhythm
            || (is_whole
                && (is_legal || finding.reproduced.seen < 2)
                && finding.case.phase != Phase::Stateful
                && finding.reproduced.is_scarce())
    };
    let rhythms: Vec<(CheckName, &'static str)> = findings
        .iter()
        .filter(|finding| is_of_the_whole(finding.check) && finding.kind.contains(RHYTHM))
        .map(|finding| (finding.check, finding.kind))
        .collect();
    for finding in findings.iter_mut().filter(|f| is_of_the_whole(f.check) && is_seldom(f)) {
        finding.rule = general_rule(operation, finding.check);
        let rhythm = rhythms.iter().find(|(check, _)| *check == finding.check);
        if let Some((_, kind)) = rhythm {
            finding.kind = kind;
        }
    }
    findings
}

/// Adds what comes and goes to a finding that says when it comes.
pub(super) fn explained(findings: Vec<Finding>) -> Vec<Finding> {
    let explains = |finding: &Finding| {
        finding.severity == Severity::Failure
            && (needs_company(finding) || finding.kind == LAPSE || finding.kind.contains(RHYTHM))
    };
    let (mut kept, others): (Vec<_>, Vec<_>) = findings.into_iter().partition(explains);
    let mut rest = Vec::new();
    for finding in others {
        let same = kept.iter().position(|held| held.check == finding.check);
        // What was seen once, and nobody could ask again, says no more than what comes and goes.
        let is_unsteady = finding.reproduced.is_flaky() || finding.reproduced.seen < 2;
        let is_taken = is_unsteady && comes_and_goes(finding.check);
        match kept.get_mut(same.unwrap_or(0)).filter(|_| is_taken) {
            Some(held) => {
                held.count += finding.count;
                // What comes and goes with the company breaks none of the rules that it hit.
                let rules = std::iter::once(finding.rule).chain(finding.also);
                for rule in rules.filter(is_general) {
                    if rule != held.rule && !held.also.contains(&rule) {
                        held.also.push(rule);
                    }
                }
            }
            None => rest.push(finding),
        }
    }
    kept.extend(rest);
    kept
}

/// Whether a check is about the whole answer, and not about a part of one that came: that is named by
/// its own rule.
pub(super) fn is_of_the_whole(check: CheckName) -> bool {
    matches!(
        check,
        CheckName::Answered | CheckName::NotAServerError | CheckName::PositiveDataAcceptance
    )
}

/// Whether it shows only in company: in a sequence of requests, and not alone.
fn needs_company(finding: &Finding) -> bool {
    finding.case.phase == Phase::Stateful
        && finding.rule.location() == "request"
        && ["repetition", "afterMalformed", "concurrency"].contains(&finding.rule.keyword())
}

/// Whether a rule is about any request or answer, and not about a part of it.
fn is_general(rule: &RuleId) -> bool {
    matches!(rule.location(), "request" | "response")
}

/// Whether a check sees what a fault of the moment does to an answer. What is accepted that must be
/// refused, or leaks, is worth a finding of its own.
fn comes_and_goes(check: CheckName) -> bool {
    matches!(
        check,
        CheckName::Answered
            | CheckName::NotAServerError
            | CheckName::StatusCodeConformance
            | CheckName::ContentTypeConformance
            | CheckName::StrictReading
            | CheckName::ResponseHeadersConformance
            | CheckName::ResponseSchemaConformance
            | CheckName::ErrorCodeConformance
            | CheckName::Relations
            | CheckName::PositiveDataAcceptance
    )
}

#[cfg(test)]
mod tests {
    use super::{explained, seldom};
    use crate::case::{Case, Phase};
    use crate::check::CheckName;
    use crate::run::tests::{finding, operation};
    use crate::run::{Finding, Reproduced};

    fn of(rule: (&str, &str), kind: &'static str, phase: Phase, reproduced: (u32, u32)) -> Finding {
        let finding = finding(&operation().rule_id(rule.0, rule.1), kind);
        let case = Case { phase, ..finding.case.clone() };
        let (seen, sent) = reproduced;
        let reproduced = Reproduced { seen, sent };
        Finding { check: CheckName::NotAServerError, case, reproduced, ..finding }
    }

    #[test]
    fn what_shows_seldom_is_no_matter_of_its_case() {
        let narrow = of(("header", "unknown"), "server error", Phase::Coverage, (2, 90));
        let beat =
            of(("header", "nameCase"), "server error, every 9 requests", Phase::Coverage, (4, 28));
        let steady = of(("body", "syntax"), "server error", Phase::Coverage, (3, 3));
        let part =
            of(("response", "contentType"), "wrong, every 9 requests", Phase::Coverage, (4, 28));
        let part = Finding { check: CheckName::ContentTypeConformance, ..part };
        let id = operation().id.clone();
        let named: Vec<_> = seldom(&id, vec![narrow, beat, steady, part])
            .iter()
            .map(|finding| format!("{} {}", finding.rule.within_operation(), finding.kind))
            .collect();
        let every = "response/serverError server error, every 9 requests";
        let part = "response/contentType wrong, every 9 requests";
        assert_eq!(named, [every, every, "body/syntax server error", part]);
    }

    #[test]
    fn company_explains_what_comes_and_goes_and_nothing_else() {
        let kind = "server error with others under way";
        let burst = of(("request", "concurrency"), kind, Phase::Stateful, (5, 5));
        let flaky = of(("header", "unknown"), "server error", Phase::Coverage, (2, 9));
        let general = of(("response", "serverError"), "server error", Phase::Coverage, (2, 9));
        let steady = of(("body", "syntax"), "server error", Phase::Coverage, (3, 3));
        let kept = explained(vec![flaky, general, steady, burst]);
        let rules: Vec<_> = kept.iter().map(|finding| finding.rule.within_operation()).collect();
        assert_eq!(rules, ["request/concurrency", "body/syntax"]);
        let also = [operation().rule_id("response", "serverError")];
        assert_eq!(kept[0].also, also, "the header's rule is kept");
    }
}
