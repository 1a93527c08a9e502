//! A rule's verdict as the result of a test.

use libtest_mimic::{Completion, Failed};

use super::{Tested, advice};
use crate::cli::explain;
use crate::contract::{RuleId, Strength};
use crate::redact::printable;
use crate::report::{Detail, TerminalReport};
use crate::run::{EndedEarly, RuleVerdict};

/// What the test of a rule comes to, with a warning that goes beside it.
pub(super) type TrialResult = (Result<Completion, Failed>, Option<String>);

impl Tested {
    /// The test `target`: was the server there, and did it let anything be shown?
    pub(super) fn target_trial(&self) -> Result<Completion, Failed> {
        match self.ended() {
            Some(why) => Err(why.into()),
            None if self.outcome.traffic.requests() == 0 => {
                let reasons =
                    self.outcome.skipped.iter().map(|(title, why)| format!("{title}: {why}"));
                let reasons: Vec<String> = reasons.collect();
                Err(format!(
                    "nothing was sent: no valid request can be made. {}",
                    reasons.join("; ")
                )
                .into())
            }
            None => Ok(Completion::Completed),
        }
    }

    /// Why the run ended before its plan did, and what to do; `None` where it didn't.
    pub fn ended(&self) -> Option<String> {
        let text = explain(self.outcome.ended_early.as_ref()?, &self.target, &self.remedies);
        Some(printable(&self.redactor.redact(&text)).into_owned())
    }

    /// The test of a rule.
    pub(super) fn rule_trial(&self, id: &RuleId) -> TrialResult {
        let Some(rule) = self.outcome.rules().find(|rule| rule.rule.id == *id) else {
            let skipped = self.outcome.skipped.iter().map(|(_, why)| why.as_str()).next();
            let why = skipped.unwrap_or("its operation was not tested");
            return (Ok(Completion::ignored_with(why)), None);
        };
        match &rule.verdict {
            RuleVerdict::Held | RuleVerdict::Observed(_) => (Ok(Completion::Completed), None),
            RuleVerdict::Warned(_) => (Ok(Completion::Completed), Some(self.findings(id))),
            RuleVerdict::Failed(_) => (Err(self.findings(id).into()), None),
            RuleVerdict::NotRun(why) => (Ok(Completion::ignored_with(why)), None),
            RuleVerdict::Inconclusive(reason, detail) => {
                let why = detail.map_or_else(|| reason.to_string(), str::to_owned);
                if rule.rule.strength != Strength::Must {
                    return (Ok(Completion::ignored_with(format!("inconclusive: {why}"))), None);
                }
                let is_never_tested =
                    self.outcome.ended_early.as_ref().is_some_and(EndedEarly::is_before_anything);
                let text = if is_never_tested {
                    "inconclusive: nothing was tested; see the error on stderr, or the test `target`"
                        .to_owned()
                } else {
                    format!("inconclusive: {why}. {}.", advice::on(*reason))
                };
                (Err(text.into()), None)
            }
        }
    }

    /// The findings that name a rule, as a terminal report shows them, and how to see them again.
    fn findings(&self, id: &RuleId) -> String {
        let report = TerminalReport {
            target: &self.target,
            redactor: &self.redactor,
            is_colored: false,
            detail: Detail::Normal,
        };
        let mut text = String::new();
        for operation in &self.outcome.operations {
            let named = operation
                .findings
                .iter()
                .filter(|finding| finding.rule == *id || finding.also.contains(id));
            for finding in named {
                text.push_str(&report.finding(operation, finding));
            }
        }
        text + &format!("  seed       {}", self.outcome.seed)
    }
}
