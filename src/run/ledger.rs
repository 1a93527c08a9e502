//! What the cases say about each rule, added up.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{RuleEvidence, RuleVerdict, RunSettings};
use crate::check::{CaseVerdict, CheckName, Reason};
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The cases that probed it, or the answers it was held against.
    pub cases: u64,
    /// Of these, those that kept it.
    pub held: u64,
    /// Whether some request that breaks the rule was refused as documented.
    pub is_enforced: bool,
    /// What was seen of it where nobody decides, each with its count.
    pub observed: BTreeMap<String, u64>,
    /// Cases that say nothing, by reason.
    pub undecided: BTreeMap<Reason, u64>,
}

impl Ledger {
    /// Counts what a case says about the rule it probes.
    pub(super) fn count(&mut self, rule: &RuleId, verdict: &CaseVerdict) {
        let tally = self.tally(rule);
        tally.cases += 1;
        match verdict {
            CaseVerdict::Held => tally.held += 1,
            CaseVerdict::Observed(what) => tally.observe(what, 1),
            CaseVerdict::Undecided(reason) => *tally.undecided.entry(*reason).or_default() += 1,
            CaseVerdict::Failed | CaseVerdict::Warned | CaseVerdict::NotJudged => {}
        }
    }

    /// Counts answers that keep a rule about answers.
    pub(super) fn held(&mut self, rule: &RuleId, times: u64) {
        if times > 0 {
            let tally = self.tally(rule);
            tally.cases += times;
            tally.held += times;
        }
    }

    /// Counts what is seen of a rule that nobody decides.
    pub(super) fn observe(&mut self, rule: &RuleId, what: &str) {
        let tally = self.tally(rule);
        tally.cases += 1;
        tally.observe(what, 1);
    }

    fn tally(&mut self, rule: &RuleId) -> &mut Tally {
        self.tallies.entry(rule.clone()).or_default()
    }

    /// Notes that a request which breaks the rule was refused as documented.
    pub(super) fn enforced(&mut self, rule: &RuleId) {
        self.tally(rule).is_enforced = true;
    }

    /// Leaves open what is asked of every answer: the run ended before all of them were seen.
    pub(super) fn cut_short(&mut self, operation: &Operation, why: Reason) {
        let of_answers = |rule: &&Rule| {
            rule.id.location().starts_with("response") && rule.strength > Strength::Open
        };
        for rule in operation.rules.iter().filter(of_answers) {
            self.count(&rule.id, &CaseVerdict::Undecided(why));
        }
    }

    /// Leaves open what the cases of an operation would have probed: the run ended before the first
    /// of them.
    pub(super) fn never_begun(
        &mut self,
        operation: &Operation,
        unplanned: &[Unplanned],
        settings: &RunSettings,
    ) {
        let is_probed = |rule: &&Rule| {
            (rule.strength > Strength::Open || !rule.id.location().starts_with("response"))
                && settings.selects(&rule.id)
                && unplanned.iter().all(|row| row.rule != rule.id)
                && unchecked(operation, rule, settings).is_none()
        };
        for rule in operation.rules.iter().filter(is_probed) {
            self.count(&rule.id, &CaseVerdict::Undecided(Reason::RunEnded));
        }
    }

    /// Forgets what the cases of these rules came to: only part of what decides them was judged.
    pub(super) fn forget(&mut self, rules: &HashSet<RuleId>) {
        self.tallies.retain(|rule, _| !rules.contains(rule));
    }

    /// What the cases came to for each rule of the operation.
    pub(super) fn evidence(
        &self,
        operation: &Operation,
        unplanned: &[Unplanned],
        settings: &RunSettings,
        whole: bool,
    ) -> Vec<RuleEvidence> {
        let rules = operation.rules.iter();
        rules
            .map(|rule| {
                let is_selected = settings.selects(&rule.id);
                let otherwise = if is_selected {
                    unchecked(operation, rule, settings)
                        .unwrap_or_else(|| untested(rule, unplanned, whole))
                } else {
                    RuleVerdict::NotRun("deselected")
                };
                let tally = self.tallies.get(&rule.id).cloned().unwrap_or_default();
                RuleEvidence { rule: rule.clone(), is_selected, tally, otherwise }
            })
            .collect()
    }
}

impl Tally {
    /// Counts what was seen. A server may word its answers differently each time: beyond a number
    /// of texts they are not told apart.
    fn observe(&mut self, what: &str, count: u64) {
        if let Some(times) = self.observed.get_mut(what) {
            *times += count;
        } else {
            let is_full = self.observed.len() >= MOST_TEXTS;
            let what = if is_full { OTHER_TEXTS } else { what };
            *self.observed.entry(what.to_owned()).or_default() += count;
        }
    }

    /// The verdict on a rule that no finding names; `None` where nothing was counted.
    pub(super) fn verdict(&self, rule: &Rule) -> Option<RuleVerdict> {
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

    /// Adds what the cases of another shard came to.
    pub(super) fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.held += other.held;
        self.is_enforced |= other.is_enforced;
        for (what, count) in &other.observed {
            self.observe(what, *count);
        }
        for (reason, count) in &other.undecided {
            *self.undecided.entry(*reason).or_default() += count;
        }
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
        let rules = ledger.evidence(operation, &[], &settings, true);
        let found = rules.into_iter().find(|held| held.rule.id == *rule);
        found.expect("is a rule of the contract").verdict(findings)
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
    fn half_of_the_evidence_is_no_evidence() {
        let operation = operation();
        let length = operation.rule_id("body.user_id", "maxLength");
        let status = operation.rule_id("response", "status");
        let mut ledger = counted(&length, &[CaseVerdict::Held]);
        ledger.held(&status, 1);
        ledger.cut_short(&operation, Reason::RunEnded);
        let ended = RuleVerdict::Inconclusive(Reason::RunEnded, None);
        assert_eq!(verdict(&operation, &ledger, &[], &status), ended);
        assert_eq!(verdict(&operation, &ledger, &[], &length), RuleVerdict::Held);
        ledger.forget(&[length.clone()].into());
        assert_ne!(verdict(&operation, &ledger, &[], &length), RuleVerdict::Held);
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
            let rules = Ledger::default().evidence(&operation, &unplanned, settings, whole);
            let of =
                move |id: RuleId| rules.iter().find(|r| r.rule.id == id).map(|r| r.verdict(&[]));
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
