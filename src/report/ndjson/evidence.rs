//! Rules and sightings as lines hold them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::CaseRow;
use crate::check::{CheckName, Reason, Severity};
use crate::contract::{Rule, RuleId};
use crate::redact::Redactor;
use crate::run::word::word;
use crate::run::{
    Finding, Position, RealLimit, Reproduced, RuleEvidence, RuleOutcome, RuleVerdict, Sighting,
    Tally,
};

/// A rule with its verdict in this process, and what that was weighed from.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RuleRow {
    pub(super) operation: String,
    #[serde(flatten)]
    rule: Rule,
    #[serde(flatten)]
    verdict: VerdictRow,
    selected: bool,
    cases: u64,
    held: u64,
    enforced: bool,
    observed: BTreeMap<String, u64>,
    undecided: BTreeMap<Reason, u64>,
    otherwise: VerdictRow,
}

#[derive(Debug, Serialize, Deserialize)]
struct VerdictRow {
    verdict: String,
    reason: Option<String>,
    detail: Option<String>,
}

impl RuleRow {
    pub(super) fn new(
        operation: &str,
        outcome: &RuleOutcome,
        evidence: &RuleEvidence,
        redactor: &Redactor,
    ) -> Self {
        let text = |text: &str| redactor.redact(text).into_owned();
        let Tally { cases, held, is_enforced, observed, undecided } = &evidence.tally;
        Self {
            operation: operation.to_owned(),
            rule: Rule { summary: text(&outcome.rule.summary), ..outcome.rule.clone() },
            verdict: VerdictRow::new(&outcome.verdict),
            selected: evidence.is_selected,
            cases: *cases,
            held: *held,
            enforced: *is_enforced,
            observed: observed.iter().map(|(what, count)| (text(what), *count)).collect(),
            undecided: undecided.clone(),
            otherwise: VerdictRow::new(&evidence.otherwise),
        }
    }

    /// What the rule's verdict is weighed from.
    pub(super) fn evidence(self) -> Result<RuleEvidence, String> {
        Ok(RuleEvidence {
            rule: self.rule,
            is_selected: self.selected,
            tally: Tally {
                cases: self.cases,
                held: self.held,
                is_enforced: self.enforced,
                observed: self.observed,
                undecided: self.undecided,
            },
            otherwise: self.otherwise.untested()?,
        })
    }
}

impl VerdictRow {
    fn new(verdict: &RuleVerdict) -> Self {
        let (reason, detail) = match verdict {
            RuleVerdict::Held | RuleVerdict::Observed(_) => (None, None),
            RuleVerdict::Failed(kind) | RuleVerdict::Warned(kind) => (Some((*kind).into()), None),
            RuleVerdict::NotRun(why) => (Some((*why).into()), None),
            RuleVerdict::Inconclusive(reason, detail) => {
                (Some(name_of(*reason)), detail.map(str::to_owned))
            }
        };
        Self { verdict: verdict.word().to_owned(), reason, detail }
    }

    /// The verdict on a rule that nothing was seen of.
    fn untested(self) -> Result<RuleVerdict, String> {
        let reason = self.reason.unwrap_or_default();
        match self.verdict.as_str() {
            "not_run" => Ok(RuleVerdict::NotRun(word(&reason))),
            "inconclusive" => {
                let reason: Reason = serde_json::from_value(reason.into())
                    .map_err(|error: serde_json::Error| error.to_string())?;
                Ok(RuleVerdict::Inconclusive(reason, self.detail.as_deref().map(word)))
            }
            other => Err(format!("a rule that nothing was seen of can't be `{other}`")),
        }
    }
}

fn name_of(reason: Reason) -> String {
    let name = serde_json::to_value(reason).ok();
    name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// One way of breaking one rule.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SightingRow {
    pub(super) operation: String,
    rule: RuleId,
    check: CheckName,
    severity: Severity,
    kind: String,
    count: u64,
    confirmed: bool,
    reproduced: Reproduced,
    expected: String,
    actual: String,
    twin: Option<String>,
    real_limit: Option<RealLimit>,
    shrink_requests: u32,
    first: Position,
    case: CaseRow,
}

impl SightingRow {
    pub(super) fn new(operation: &str, sighting: &Sighting, redactor: &Redactor) -> Self {
        let text = |text: &str| redactor.redact(text).into_owned();
        let finding = &sighting.finding;
        Self {
            operation: operation.to_owned(),
            rule: finding.rule.clone(),
            check: finding.check,
            severity: finding.severity,
            kind: finding.kind.to_owned(),
            count: finding.count,
            confirmed: sighting.is_confirmed,
            reproduced: finding.reproduced,
            expected: text(&finding.expected),
            actual: text(&finding.actual),
            twin: finding.twin.as_deref().map(text),
            real_limit: finding.real_limit,
            shrink_requests: finding.shrink_requests,
            first: sighting.first,
            case: CaseRow::new(&finding.case, redactor),
        }
    }

    pub(super) fn sighting(self) -> Result<Sighting, String> {
        let case = self.case.case()?;
        let finding = Finding {
            rule: self.rule,
            also: Vec::new(),
            check: self.check,
            severity: self.severity,
            kind: word(&self.kind),
            scenario: case.scenario,
            count: self.count,
            reproduced: self.reproduced,
            expected: self.expected,
            actual: self.actual,
            twin: self.twin,
            case,
            shrink_requests: self.shrink_requests,
            real_limit: self.real_limit,
        };
        Ok(Sighting { first: self.first, is_confirmed: self.confirmed, finding })
    }
}
