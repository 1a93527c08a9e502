//! What the cases say about each rule, added up.

use std::collections::BTreeMap;
use std::collections::HashMap;

use super::{Finding, RuleOutcome, RuleVerdict, RunSettings};
use crate::check::{CaseVerdict, CheckName, Reason, Severity};
use crate::contract::{Operation, Rule, RuleId, Strength};
use crate::generate::Unplanned;

/// The verdicts of the cases, by rule.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    tallies: HashMap<RuleId, Tally>,
}

/// What the cases of one rule came to.
#[derive(Clone, Debug, Default)]
struct Tally {
    cases: u64,
    held: u64,
    is_enforced: bool,
    observed: BTreeMap<String, u64>,
    undecided: BTreeMap<Reason, u64>,
}

impl Ledger {
    /// Counts what a case says about the rule it probes.
    pub(super) fn count(&mut self, rule: &RuleId, verdict: &CaseVerdict) {
        let tally = self.tallies.entry(rule.clone()).or_default();
        tally.cases += 1;
        match verdict {
            CaseVerdict::Held => tally.held += 1,
            CaseVerdict::Observed(what) => *tally.observed.entry(what.clone()).or_default() += 1,
            CaseVerdict::Undecided(reason) => *tally.undecided.entry(*reason).or_default() += 1,
            CaseVerdict::Failed | CaseVerdict::Warned | CaseVerdict::NotJudged => {}
        }
    }

    /// Counts an answer that keeps a rule about answers.
    pub(super) fn held(&mut self, rule: &RuleId) {
        if let Some(tally) = self.tallies.get_mut(rule) {
            tally.cases += 1;
            tally.held += 1;
        } else {
            self.count(rule, &CaseVerdict::Held);
        }
    }

    /// Notes that a request which breaks the rule was refused as documented.
    pub(super) fn enforced(&mut self, rule: &RuleId) {
        self.tallies.entry(rule.clone()).or_default().is_enforced = true;
    }

    /// Whether some request that breaks the rule was refused as documented.
    pub(super) fn enforces(&self, rule: &RuleId) -> bool {
        self.tallies.get(rule).is_some_and(|tally| tally.is_enforced)
    }

    /// The verdicts on all rules of the operation.
    pub(super) fn verdicts(
        &self,
        operation: &Operation,
        findings: &[Finding],
        unplanned: &[Unplanned],
        settings: &RunSettings,
        whole: bool,
    ) -> Vec<RuleOutcome> {
        let none = Tally::default();
        operation
            .rules
            .iter()
            .map(|rule| {
                let tally = self.tallies.get(&rule.id).unwrap_or(&none);
                let verdict = if settings.selects(&rule.id) {
                    broken(rule, findings)
                        .or_else(|| tally.verdict(rule))
                        .or_else(|| unchecked(operation, rule, settings))
                        .unwrap_or_else(|| untested(rule, unplanned, whole))
                } else {
                    RuleVerdict::NotRun("deselected")
                };
                RuleOutcome { rule: rule.clone(), cases: tally.cases, verdict }
            })
            .collect()
    }
}

fn broken(rule: &Rule, findings: &[Finding]) -> Option<RuleVerdict> {
    let worst = findings
        .iter()
        .filter(|finding| finding.rule == rule.id || finding.also.contains(&rule.id))
        .max_by_key(|finding| finding.severity)?;
    Some(match worst.severity {
        Severity::Failure => RuleVerdict::Failed(worst.kind),
        Severity::Warning => RuleVerdict::Warned(worst.kind),
    })
}

impl Tally {
    fn verdict(&self, rule: &Rule) -> Option<RuleVerdict> {
        if self.cases == 0 {
            return None;
        }
        if rule.strength == Strength::Open {
            return match self.undecided.keys().next() {
                Some(reason) if self.observed.is_empty() && self.held == 0 => {
                    Some(RuleVerdict::Inconclusive(*reason, None))
                }
                _ => Some(RuleVerdict::Observed(self.observed.clone())),
            };
        }
        if let Some((reason, _)) = self.undecided.iter().max_by_key(|(_, count)| **count) {
            return Some(RuleVerdict::Inconclusive(*reason, None));
        }
        if self.held > 0 {
            return Some(RuleVerdict::Held);
        }
        if !self.observed.is_empty() {
            return Some(RuleVerdict::Observed(self.observed.clone()));
        }
        Some(RuleVerdict::Inconclusive(Reason::ControlRefused, None))
    }
}

/// The verdict on a rule that only deselected checks could decide.
fn unchecked(operation: &Operation, rule: &Rule, settings: &RunSettings) -> Option<RuleVerdict> {
    let is_unchecked = match CheckName::of_answers(operation, &rule.id) {
        Some(check) => !settings.checks.contains(&check),
        None => settings.checks.len() < CheckName::ALL.len(),
    };
    is_unchecked.then_some(RuleVerdict::NotRun("no selected check decides it"))
}

/// The verdict on a rule that no case probed and no answer touched.
fn untested(rule: &Rule, unplanned: &[Unplanned], whole: bool) -> RuleVerdict {
    if let Some(row) = unplanned.iter().find(|row| row.rule == rule.id) {
        return if row.inconclusive {
            RuleVerdict::Inconclusive(Reason::NotGiven, Some(row.reason))
        } else {
            RuleVerdict::NotRun(row.reason)
        };
    }
    if rule.id.location().starts_with("response") {
        return RuleVerdict::Inconclusive(Reason::NoSuchAnswer, None);
    }
    if rule.strength == Strength::Open {
        RuleVerdict::NotRun("no case probes it")
    } else if whole {
        RuleVerdict::Inconclusive(Reason::NoCase, None)
    } else {
        RuleVerdict::NotRun("no selected phase probes it")
    }
}
