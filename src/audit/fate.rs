//! What became of a mutant.

use serde::Serialize;

use crate::check::{CheckName, Severity};
use crate::contract::{RuleId, Strength};
use crate::run::{EndedEarly, Finding, Outcome};
use crate::stub::Mutant;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Fate {
    /// The suite found a broken promise, of the mutant's strength or more.
    Caught(Caught),
    /// The whole suite ran, and found none.
    Missed {
        /// The requests that it sent.
        requests: u64,
    },
    /// It can't be told apart from a server that is not to be tested.
    Unviable {
        /// Why.
        reason: String,
    },
    /// The trial took too long.
    Timeout {
        /// The requests that it sent.
        requests: u64,
    },
}

/// How a mutant was caught.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Caught {
    /// The rule that the finding names.
    #[serde(rename = "caught_by")]
    pub rule: RuleId,
    /// Whether a whole run's report names the rule, or the general rule, that the mutant breaks.
    pub named: bool,
    /// The check that saw it.
    pub check: CheckName,
    /// What it amounts to.
    pub severity: Severity,
    /// The requests until something was believed to be broken, confirmation among them.
    pub requests: u64,
}

impl Fate {
    /// The fate in one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Caught(_) => "caught",
            Self::Missed { .. } => "missed",
            Self::Unviable { .. } => "unviable",
            Self::Timeout { .. } => "timeout",
        }
    }

    /// What a trial of the mutant came to.
    pub(super) fn of(mutant: &Mutant, outcome: &Outcome) -> Self {
        let requests = outcome.traffic.requests();
        let wanted = wanted(mutant.strength);
        let mut findings: Vec<&Finding> =
            outcome.findings().filter(|f| f.severity >= wanted && f.reproduced.seen >= 2).collect();
        let names =
            |finding: &Finding| finding.rule == mutant.rule || finding.also.contains(&mutant.rule);
        findings.sort_by_key(|finding| !names(finding));
        if let Some(finding) = findings.first() {
            return Self::Caught(Caught {
                rule: finding.rule.clone(),
                named: names(finding),
                check: finding.check,
                severity: finding.severity,
                requests,
            });
        }
        match &outcome.ended_early {
            Some(EndedEarly::TimeSpent | EndedEarly::Unanswered) => Self::Timeout { requests },
            Some(why) if why.is_before_anything() => Self::Unviable {
                reason: "it refuses the plain valid request: the run ends before anything is \
                         tested, and says so"
                    .to_owned(),
            },
            _ => Self::Missed { requests },
        }
    }
}

/// What a finding must amount to, to catch a mutant of this strength.
pub(super) fn wanted(strength: Strength) -> Severity {
    Severity::of(strength).unwrap_or(Severity::Warning)
}
