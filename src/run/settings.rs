//! How a run goes about its work.

use std::time::{Duration, Instant};

use super::{Rate, StopHandle};
use crate::case::{Case, Expectation};
use crate::check::CheckName;
use crate::contract::{Operation, RuleId, Strength};
use crate::generate::Shard;

/// The limits and filters of a run.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// Requests under way at once; at least 1.
    pub concurrency: usize,
    /// Requests a second, adaptive ones among them; as fast as answers come when absent.
    pub rate: Option<Rate>,
    /// The most requests under way at once in bursts; at least 1, which leaves them out.
    pub burst: usize,
    /// Requests of the whole run, adaptive ones among them.
    pub max_requests: Option<u64>,
    /// Time of the whole run, confirmation and shrinking among it.
    pub max_time: Duration,
    /// When that time began: with the program, say, so that planning is part of it. `None` is the
    /// beginning of each run.
    pub begun: Option<Instant>,
    /// The longest time that an answer may take; a rule of the operations tested that is a must.
    pub max_response_time: Option<Duration>,
    /// Requests that reducing one finding may take.
    pub shrink_requests: u32,
    /// Findings that are reduced; further ones are reported as they were found.
    pub shrink_findings: usize,
    /// Rules to probe: ids, or beginnings of ids; all when empty.
    pub rules: Vec<String>,
    /// The checks to run.
    pub checks: Vec<CheckName>,
    /// Warnings fail the run too.
    pub strict: bool,
    /// The part of the plan to send; all of it when `None`.
    pub shard: Option<Shard>,
    /// Ends the run from outside.
    pub stop: StopHandle,
}

impl Default for RunSettings {
    /// 8 requests at once, ten minutes, every check and rule.
    fn default() -> Self {
        Self {
            concurrency: 8,
            rate: None,
            burst: 32,
            max_requests: None,
            max_time: Duration::from_secs(600),
            begun: None,
            max_response_time: None,
            shrink_requests: 60,
            shrink_findings: 20,
            rules: Vec::new(),
            checks: CheckName::ALL.to_vec(),
            strict: false,
            shard: None,
            stop: StopHandle::default(),
        }
    }
}

impl RunSettings {
    /// Whether the run is over before its first request: it was ended from outside, or its time is up.
    pub(super) fn is_over(&self) -> bool {
        self.stop.is_stopped() || self.begun.is_some_and(|begun| begun.elapsed() >= self.max_time)
    }

    /// Whether the rule is among those to probe.
    ///
    /// `prepare/body.user_id` names all rules at that place and below it; the operation may be left
    /// out.
    pub fn selects(&self, rule: &RuleId) -> bool {
        let begins = |whole: &str, start: &str| {
            whole.strip_prefix(start).is_some_and(|rest| {
                rest.is_empty() || start.ends_with('/') || rest.starts_with(['/', '.'])
            })
        };
        self.rules.is_empty()
            || self.rules.iter().any(|wanted| {
                begins(rule.as_str(), wanted) || begins(rule.within_operation(), wanted)
            })
    }
}

impl RunSettings {
    /// The most requests at once in a burst.
    pub(super) fn most_at_once(&self) -> usize {
        self.burst.min(self.rate.map_or(usize::MAX, Rate::most_at_once))
    }

    /// Whether what a case says of its rule counts: its rule and its check are selected.
    ///
    /// What is only observed needs no check, unless another case decides the same rule.
    pub(super) fn counts(&self, case: &Case) -> bool {
        let is_open = case.expectation == Expectation::Open && case.strength == Strength::Open;
        self.selects(&case.rule) && (is_open || self.checks.contains(&CheckName::of_case(case)))
    }

    /// Whether what this check finds against this rule is asked for.
    pub(super) fn asks(&self, check: CheckName, rule: &RuleId) -> bool {
        self.checks.contains(&check) && self.selects(rule)
    }

    /// Whether a rule about answers is probed.
    pub(super) fn judges(&self, operation: &Operation, rule: &RuleId) -> bool {
        self.selects(rule)
            && CheckName::of_answers(operation, rule).is_none_or(|c| self.checks.contains(&c))
    }

    /// Whether the checks that decide what requests come to in company are all selected.
    pub(super) fn judges_company(&self) -> bool {
        use CheckName::{Answered, NotAServerError, PositiveDataAcceptance};
        let checks = [Answered, NotAServerError, PositiveDataAcceptance];
        checks.iter().all(|check| self.checks.contains(check))
    }

    /// Whether some check looks at every answer.
    pub(super) fn judges_answers(&self) -> bool {
        self.checks.iter().any(|check| check.is_of_answers())
    }
}

#[cfg(test)]
mod tests {
    use super::RunSettings;
    use crate::contract::RuleId;

    #[test]
    fn a_rule_is_selected_by_its_id_or_by_the_beginning_of_it() {
        let settings =
            |rule: &str| RunSettings { rules: vec![rule.into()], ..RunSettings::default() };
        let id = RuleId::new("prepare", "body.user_id", "maxLength");
        for wanted in ["prepare/body.user_id/maxLength", "body.user_id", "prepare", "body"] {
            assert!(settings(wanted).selects(&id), "{wanted}");
        }
        for wanted in ["body.user", "maxLength", "prepare/header"] {
            assert!(!settings(wanted).selects(&id), "{wanted}");
        }
    }
}
