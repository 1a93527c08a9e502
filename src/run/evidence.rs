//! What the answers to one operation's cases came to, before it is weighed.
//!
//! A run of one process weighs its own; shards of a run add theirs up first, so that both come to
//! the same verdicts.

use serde::{Deserialize, Serialize};

use super::block::FORGOTTEN;
use super::cause::one_for_each_cause;
use super::known::is_of_something_gone;
use super::latency::Histogram;
use super::ledger::Tally;
use super::{Extent, Finding, Reach, RuleOutcome, RuleVerdict};
use crate::case::{Case, GenerationMode, Phase, Scenario};
use crate::check::{CLOSED, CheckName, Reason, Severity, TOO_LATE, relations};
use crate::contract::{Rule, header_at};

/// What became of a rule about a member or a header that no answer had, though valid requests were accepted: a
/// server may leave out what is optional, and nobody can ask for its errors.
const NOT_HELD: &str = "no answer had it";

/// What became of a rule about several requests where each is accepted once: nothing is wrong with that.
const ONCE: &str = "a valid request is refused when it is sent again";

/// What the answers to one operation's cases came to, before it is weighed.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Every rule with what its cases came to, in the document's order.
    pub rules: Vec<RuleEvidence>,
    /// What looked broken, one for each way of breaking each rule, by first sight.
    pub sightings: Vec<Sighting>,
    /// How long answers took.
    pub latency: Histogram,
    /// How far the run went.
    pub reach: Reach,
}

/// What the cases of one rule came to.
#[derive(Clone, Debug)]
pub struct RuleEvidence {
    /// The rule.
    pub rule: Rule,
    /// Whether the rule is among those to probe.
    pub is_selected: bool,
    /// What its cases came to.
    pub tally: Tally,
    /// The verdict where nothing was counted, in the whole run.
    pub otherwise: RuleVerdict,
}

/// One way of breaking one rule, as it was seen, before sightings of one cause become one finding.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Where in the plan it was seen first.
    pub first: Position,
    /// Whether it was seen again.
    pub is_confirmed: bool,
    /// What it amounts to if it is believed.
    pub finding: Finding,
}

/// A place in the whole plan of an operation; the order is that of judging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// The part of the run.
    pub phase: Phase,
    /// The block's index among those of its phase in the plan of all shards.
    pub block: usize,
    /// Cases that break something stand behind those that don't.
    pub is_negative: bool,
    /// The case's number within its block; controls are 0, others count from 1.
    pub case: usize,
}

impl Position {
    /// The place of `case` in the block with this index.
    pub(super) fn of(block: usize, case: &Case) -> Self {
        let number = case.id.rsplit_once('/').and_then(|(_, number)| number.parse().ok());
        let number = number.filter(|_| case.scenario != Scenario::Control);
        Self {
            phase: case.phase,
            block,
            is_negative: case.mode == GenerationMode::Negative,
            case: number.map_or(0, |number: usize| number.saturating_add(1)),
        }
    }
}

impl Evidence {
    /// What is broken, one finding for each cause, worst first. `operation` is the operation's id.
    pub(super) fn findings(&self, operation: &str) -> Vec<Finding> {
        let findings = self.sightings.iter().map(|held| held.weighed(self.times_seen(held)));
        let mut findings = one_for_each_cause(operation, findings.collect());
        self.drop_decided(&mut findings);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    /// How many cases showed the same as a sighting, whichever rule they probe.
    fn times_seen(&self, sighting: &Sighting) -> u64 {
        let name = |of: &Sighting| (of.finding.check, of.finding.kind, of.finding.severity);
        let alike = self.sightings.iter().filter(|held| name(held) == name(sighting));
        alike.map(|held| held.finding.count).sum()
    }

    /// Where equal entries decided how entries are counted, different ones that were refused as
    /// unknown have nothing to add.
    fn drop_decided(&self, findings: &mut Vec<Finding>) {
        let is_enforced = |finding: &Finding| {
            let mut rules = self.rules.iter();
            rules.any(|held| held.rule.id == finding.rule && held.tally.is_enforced)
        };
        findings.retain(|finding| {
            !(finding.kind == "refused as unknown"
                && finding.scenario == Scenario::ArrayAboveMaxItems
                && is_enforced(finding))
        });
    }

    /// The verdict on each rule, beside these findings.
    pub(super) fn verdicts(&self, findings: &[Finding], extent: Extent) -> Vec<RuleOutcome> {
        let is_accepted = self.rules.iter().any(RuleEvidence::shows_acceptance);
        let is_once = findings.iter().any(|finding| finding.kind == FORGOTTEN);
        let rules = self.rules.iter();
        rules
            .map(|held| {
                let verdict = match held.verdict(findings) {
                    RuleVerdict::Inconclusive(Reason::NoSuchAnswer, _)
                        if is_accepted && is_of_a_member(&held.rule) =>
                    {
                        RuleVerdict::NotRun(NOT_HELD)
                    }
                    RuleVerdict::Inconclusive(Reason::ReportedElsewhere, _)
                        if is_once && is_of_several_requests(&held.rule) =>
                    {
                        RuleVerdict::NotRun(ONCE)
                    }
                    verdict => verdict,
                };
                let verdict = match extent {
                    Extent::Shard(_) => of_shard(verdict),
                    Extent::Whole | Extent::Shards(_) => verdict,
                };
                RuleOutcome { rule: held.rule.clone(), cases: held.tally.cases, verdict }
            })
            .collect()
    }

    /// Adds what another shard saw of the same operation.
    pub(super) fn add(&mut self, other: Self) {
        for more in other.rules {
            match self.rules.iter_mut().find(|held| held.rule.id == more.rule.id) {
                Some(held) => held.tally.add(&more.tally),
                None => self.rules.push(more),
            }
        }
        self.latency.add_all(&other.latency);
        self.reach.add(other.reach);
        for sighting in other.sightings {
            self.see(sighting);
        }
        self.sightings.sort_by_key(|sighting| sighting.first);
    }

    /// Takes note that a shard's part is missing: what it would have shown of a rule is not decided.
    pub(super) fn miss(&mut self) {
        for held in self.rules.iter_mut().filter(|held| held.is_selected) {
            let is_probed = matches!(
                held.otherwise,
                RuleVerdict::Inconclusive(Reason::NoCase | Reason::NoSuchAnswer, _)
            );
            if held.tally.cases > 0 {
                *held.tally.undecided.entry(Reason::ShardMissing).or_default() += 1;
            } else if is_probed {
                held.otherwise = RuleVerdict::Inconclusive(Reason::ShardMissing, None);
            }
        }
    }

    /// Adds a sighting to those of the same rule, check and kind.
    pub fn see(&mut self, sighting: Sighting) {
        let name = |of: &Sighting| (of.finding.rule.clone(), of.finding.check, of.finding.kind);
        match self.sightings.iter_mut().find(|held| name(held) == name(&sighting)) {
            Some(held) => held.add(sighting),
            None => self.sightings.push(sighting),
        }
    }
}

impl RuleEvidence {
    /// Whether it shows that valid requests are accepted.
    fn shows_acceptance(&self) -> bool {
        let rule = &self.rule.id;
        (rule.location(), rule.keyword()) == ("request", "valid")
            && self.tally.held > 0
            && self.tally.undecided.is_empty()
    }

    /// The verdict on the rule beside these findings.
    pub(super) fn verdict(&self, findings: &[Finding]) -> RuleVerdict {
        if !self.is_selected {
            return self.otherwise.clone();
        }
        broken(&self.rule, findings)
            .or_else(|| self.tally.verdict(&self.rule))
            .unwrap_or_else(|| self.otherwise.clone())
    }
}

impl Sighting {
    /// Whether it counts at its own weight: seen again and, where a server may have a reason of the
    /// moment, each time. `times_seen` are the cases that showed the same.
    ///
    /// What is wrong with a whole answer is wrong whatever else goes on, so that two cases are as good
    /// as one that is sent again.
    fn is_believed(&self, times_seen: u64) -> bool {
        let is_steady = !self.finding.reproduced.is_flaky();
        let kind = self.finding.kind;
        let is_seen_again =
            self.is_confirmed || (times_seen >= 2 && is_of_an_answer(self.finding.check, kind));
        is_seen_again && (is_steady || !is_of_something_gone(kind))
    }

    /// The finding, a warning where it was seen once and not again: nobody should be stopped by
    /// that. `times_seen` are the cases that showed the same.
    pub fn weighed(&self, times_seen: u64) -> Finding {
        let finding = self.finding.clone();
        let is_believed = self.is_believed(times_seen);
        let severity = if is_believed { finding.severity } else { Severity::Warning };
        Finding { severity, ..finding }
    }

    /// Adds what another shard saw of the same; the case that shows it best stays.
    fn add(&mut self, other: Self) {
        let rank = |of: &Self| {
            let is_steady = of.is_confirmed && !of.finding.reproduced.is_flaky();
            (of.finding.severity, is_steady, of.is_confirmed, std::cmp::Reverse(of.first))
        };
        let first = self.first.min(other.first);
        let count = self.finding.count + other.finding.count;
        let (kept, rest) =
            if rank(&other) > rank(self) { (other, self.clone()) } else { (self.clone(), other) };
        let mut finding = kept.finding;
        let mut is_confirmed = kept.is_confirmed;
        // What was seen where it weighs less says nothing of how often it is seen where it weighs
        // more.
        if rest.finding.severity == finding.severity {
            finding.reproduced.seen += rest.finding.reproduced.seen;
            finding.reproduced.sent += rest.finding.reproduced.sent;
            is_confirmed |= rest.is_confirmed || finding.reproduced.seen >= 2;
        }
        finding.count = count;
        finding.real_limit = finding.real_limit.or(rest.finding.real_limit);
        *self = Self { first, is_confirmed, finding };
    }
}

/// Whether a kind of breach is one of an answer that came, if not to its end, by itself: none that
/// waits, makes way for others, or is refused for what is known there.
fn is_of_an_answer(check: CheckName, kind: &str) -> bool {
    match check {
        CheckName::Answered => kind != CLOSED && !kind.starts_with(TOO_LATE),
        CheckName::Relations => kind != relations::MADE_UP_NOT_ANSWERED,
        CheckName::NotAServerError
        | CheckName::StatusCodeConformance
        | CheckName::ContentTypeConformance
        | CheckName::StrictReading
        | CheckName::ResponseHeadersConformance
        | CheckName::ResponseSchemaConformance
        | CheckName::ErrorCodeConformance => true,
        _ => false,
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

/// Whether a rule is about a member or a header of answers by itself, whatever the request asked for.
fn is_of_a_member(rule: &Rule) -> bool {
    (rule.id.location().starts_with("response.") || header_at(rule.id.location()).is_some())
        && !matches!(rule.id.keyword(), "answered" | "multiplicity" | "unrequested")
}

/// Whether a rule is shown by several valid requests, of which some are the same.
fn is_of_several_requests(rule: &Rule) -> bool {
    rule.id.location() == "request" && matches!(rule.id.keyword(), "concurrency" | "afterMalformed")
}

/// The verdict as one shard can give it: what it saw nothing of, others may have seen.
fn of_shard(verdict: RuleVerdict) -> RuleVerdict {
    match verdict {
        RuleVerdict::Inconclusive(Reason::NoCase, _) => {
            RuleVerdict::NotRun("no case of this shard probes it")
        }
        RuleVerdict::Inconclusive(Reason::NoSuchAnswer, _) => {
            RuleVerdict::NotRun("this shard saw no such answer")
        }
        verdict => verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::{Evidence, NOT_HELD, RuleEvidence};
    use crate::check::Reason;
    use crate::run::ledger::Tally;
    use crate::run::tests::operation;
    use crate::run::{Extent, RuleVerdict};

    #[test]
    fn what_no_answer_had_is_no_doubt_once_valid_requests_are_accepted() {
        let operation = operation();
        let verdict = |rule: (&str, &str), held: u64| {
            let rules = [("request", "valid"), rule].into_iter().map(|(location, keyword)| {
                let id = operation.rule_id(location, keyword);
                let rule = operation.rules.iter().find(|rule| rule.id == id).expect("is derived");
                let held = if location == "request" { held } else { 0 };
                RuleEvidence {
                    rule: rule.clone(),
                    is_selected: true,
                    tally: Tally { cases: held, held, ..Tally::default() },
                    otherwise: RuleVerdict::Inconclusive(Reason::NoSuchAnswer, None),
                }
            });
            let evidence = Evidence { rules: rules.collect(), ..Evidence::default() };
            evidence.verdicts(&[], Extent::Whole).pop().expect("is there").verdict
        };
        let open = RuleVerdict::Inconclusive(Reason::NoSuchAnswer, None);
        let member = ("response.data.status_list", "type");
        assert_eq!(verdict(member, 3), RuleVerdict::NotRun(NOT_HELD));
        assert_eq!(verdict(member, 0), open, "nothing was accepted that could have had it");
        assert_eq!(verdict(("response.data.status_list", "answered"), 3), open);
    }
}
