//! What the cases say about each rule, added up.

use std::collections::BTreeMap;
use std::collections::HashMap;

use super::{Finding, RuleOutcome, RuleVerdict, RunSettings};
use crate::check::{CaseVerdict, CheckName, Reason, Severity};
use crate::contract::{Operation, Rule, RuleId, Strength};
use crate::generate::Unplanned;

/// Different observations of one rule that are told apart.
const MOST_TEXTS: usize = 32;

/// What stands for further ones.
const OTHER_TEXTS: &str = "otherwise";

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
            CaseVerdict::Observed(what) => tally.observe(what),
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
    /// Counts what was seen. A server may word its answers differently each time: beyond a number
    /// of texts they are not told apart.
    fn observe(&mut self, what: &str) {
        if let Some(times) = self.observed.get_mut(what) {
            *times += 1;
        } else {
            let is_full = self.observed.len() >= MOST_TEXTS;
            let what = if is_full { OTHER_TEXTS } else { what };
            *self.observed.entry(what.to_owned()).or_default() += 1;
        }
    }

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
        Some(RuleVerdict::Inconclusive(Reason::ReportedElsewhere, None))
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

#[cfg(test)]
mod tests {
    use super::Ledger;
    use crate::check::{CaseVerdict, Reason, Severity};
    use crate::contract::{Operation, RuleId};
    use crate::generate::Unplanned;
    use crate::run::tests::{finding, operation};
    use crate::run::{Finding, RuleVerdict, RunSettings};

    fn verdict(
        operation: &Operation,
        ledger: &Ledger,
        findings: &[Finding],
        rule: &RuleId,
    ) -> RuleVerdict {
        let settings = RunSettings::default();
        let rules = ledger.verdicts(operation, findings, &[], &settings, true);
        let found = rules.into_iter().find(|held| held.rule.id == *rule);
        found.expect("is a rule of the contract").verdict
    }

    fn counted(rule: &RuleId, verdicts: &[CaseVerdict]) -> Ledger {
        let mut ledger = Ledger::default();
        for verdict in verdicts {
            ledger.count(rule, verdict);
        }
        ledger
    }

    #[test]
    fn a_rule_holds_where_some_case_held_and_none_is_undecided() {
        use CaseVerdict::{Held, NotJudged, Undecided};
        let operation = operation();
        let rule = operation.rule_id("body.user_id", "maxLength");
        let lost = Undecided(Reason::ControlLost);
        let inconclusive = |reason| RuleVerdict::Inconclusive(reason, None);
        for (verdicts, expected) in [
            (&[Held, NotJudged, Held][..], RuleVerdict::Held),
            (&[Held, lost.clone()], inconclusive(Reason::ControlLost)),
            (&[Held, Undecided(Reason::Throttled), lost.clone(), lost], {
                inconclusive(Reason::ControlLost)
            }),
            (&[NotJudged], inconclusive(Reason::ReportedElsewhere)),
            (&[], inconclusive(Reason::NoCase)),
        ] {
            let ledger = counted(&rule, verdicts);
            assert_eq!(verdict(&operation, &ledger, &[], &rule), expected, "{verdicts:?}");
        }
    }

    #[test]
    fn a_finding_weighs_more_than_all_that_held() {
        let operation = operation();
        let rule = operation.rule_id("body.user_id", "maxLength");
        let general = operation.rule_id("response", "serverError");
        let ledger = counted(&rule, &[CaseVerdict::Held]);
        let warning = Finding { severity: Severity::Warning, ..finding(&rule, "warned of") };
        let failure = Finding { also: vec![general.clone()], ..finding(&rule, "broken") };
        let of = |findings: &[Finding], rule| verdict(&operation, &ledger, findings, rule);
        assert_eq!(of(std::slice::from_ref(&warning), &rule), RuleVerdict::Warned("warned of"));
        assert_eq!(of(&[warning, failure.clone()], &rule), RuleVerdict::Failed("broken"));
        assert_eq!(of(&[failure], &general), RuleVerdict::Failed("broken"));
    }

    #[test]
    fn an_open_rule_is_observed() {
        let operation = operation();
        let rule = operation.rule_id("body.instance_ids", "minItems");
        let seen = || CaseVerdict::Observed("accepted".to_owned());
        let shed = || CaseVerdict::Undecided(Reason::Throttled);
        let ledger = counted(&rule, &[seen(), seen(), shed()]);
        let expected = RuleVerdict::Observed([("accepted".to_owned(), 2)].into());
        assert_eq!(verdict(&operation, &ledger, &[], &rule), expected);
        let expected = RuleVerdict::Inconclusive(Reason::Throttled, None);
        assert_eq!(verdict(&operation, &counted(&rule, &[shed()]), &[], &rule), expected);
    }

    #[test]
    fn observations_without_end_are_counted_in_bounded_space() {
        let operation = operation();
        let rule = operation.rule_id("body.instance_ids", "minItems");
        let seen: Vec<_> = (0..1_000).map(|n| CaseVerdict::Observed(n.to_string())).collect();
        let ledger = counted(&rule, &seen);
        let RuleVerdict::Observed(texts) = verdict(&operation, &ledger, &[], &rule) else {
            panic!("is observed")
        };
        assert_eq!((texts.len(), texts.values().sum::<u64>()), (super::MOST_TEXTS + 1, 1_000));
    }

    #[test]
    fn what_nothing_probed_says_why() {
        let operation = operation();
        let rule = operation.rule_id("header.X-Auth-Token", "expired");
        let unplanned = [Unplanned {
            rule: rule.clone(),
            reason: "no expired token given",
            inconclusive: true,
        }];
        let verdict = |settings: &RunSettings, whole| {
            let rules = Ledger::default().verdicts(&operation, &[], &unplanned, settings, whole);
            let of =
                move |id: RuleId| rules.iter().find(|r| r.rule.id == id).map(|r| r.verdict.clone());
            (of(rule.clone()), of(operation.rule_id("body.user_id", "type")))
        };
        let (expired, mistyped) = verdict(&RunSettings::default(), false);
        let reason = Some("no expired token given");
        assert_eq!(expired, Some(RuleVerdict::Inconclusive(Reason::NotGiven, reason)));
        assert_eq!(mistyped, Some(RuleVerdict::NotRun("no selected phase probes it")));
        let settings = RunSettings { rules: vec!["body".into()], ..RunSettings::default() };
        let (expired, mistyped) = verdict(&settings, true);
        assert_eq!(expired, Some(RuleVerdict::NotRun("deselected")));
        assert_eq!(mistyped, Some(RuleVerdict::Inconclusive(Reason::NoCase, None)));
    }
}
