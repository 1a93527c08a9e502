//! What a run came to.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{AnswerShapes, Evidence, Load, Reach};
use crate::case::{Case, Scenario};
use crate::check::{CheckName, Reason, Severity};
use crate::contract::{Rule, RuleId};
use crate::generate::Shard;
use crate::http::CertificateFault;

/// All that a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was tested: the contract's name.
    pub contract: String,
    /// The seed that makes the same plan again.
    pub seed: String,
    /// The operations, in the contract's order.
    pub operations: Vec<OperationOutcome>,
    /// Operations that were not tested, each with the reason.
    pub skipped: Vec<(String, String)>,
    /// What was sent and how long it took.
    pub traffic: Traffic,
    /// What was learned of the target's load.
    pub load: Load,
    /// Certificates were not checked.
    pub insecure: bool,
    /// Why the run ended before its plan did, if it did.
    pub ended_early: Option<EndedEarly>,
    /// Why operations were given up, one by one: what their plain valid requests were answered. Not
    /// known of joined shards.
    pub refused: Vec<EndedEarly>,
    /// Warnings fail the run.
    pub strict: bool,
    /// How much of a run it is of.
    pub extent: Extent,
}

/// How much of a run an outcome is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// The part of one shard.
    Shard(Shard),
    /// That of several shards, joined.
    Shards(u32),
}

/// What became of one operation's rules.
#[derive(Clone, Debug)]
pub struct OperationOutcome {
    /// Its id.
    pub id: String,
    /// Its method and path: `POST /v1/instances/prepare`.
    pub title: String,
    /// Every rule with its verdict, in the document's order.
    pub rules: Vec<RuleOutcome>,
    /// What is broken, worst first.
    pub findings: Vec<Finding>,
    /// How the controls fared.
    pub controls: Controls,
    /// How long answers took.
    pub latency: Option<Latency>,
    /// How far the run went.
    pub reach: Reach,
    /// What the answers look like, for snapshots.
    pub shapes: AnswerShapes,
    /// What rules and findings were weighed from.
    pub evidence: Evidence,
}

/// Requests sent and time taken.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Traffic {
    /// Requests of the plan that were sent.
    pub planned: u64,
    /// Requests beside the plan: controls again, repetitions, confirmations, reductions.
    pub adaptive: u64,
    /// The time from the first request to the last answer.
    #[serde(skip)]
    pub elapsed: Duration,
}

impl Traffic {
    /// All requests.
    pub fn requests(&self) -> u64 {
        self.planned + self.adaptive
    }
}

/// How the plain valid requests fared that stand before and after each block of cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controls {
    /// How many were sent.
    pub sent: u32,
    /// How many were accepted.
    pub accepted: u32,
    /// How many were refused as naming something unknown.
    pub unknown: u32,
    /// Whether the first one was accepted.
    pub first: bool,
    /// Whether the last one was accepted.
    pub last: bool,
}

/// How long answers took, roughly: from counts by powers of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// Half of the answers took no longer.
    pub median: Duration,
    /// 99 of 100 answers took no longer.
    pub p99: Duration,
}

/// Why a run ended before its plan did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum EndedEarly {
    /// The first controls were not accepted, and the answer doesn't come from the documented API.
    NotTheApi {
        /// What came instead: `404, text/html`.
        answer: String,
        /// The status of it; `None` where no answer came.
        status: Option<u16>,
        /// The path that was called, behind the target's prefix: `/v1/instances/prepare`.
        path: String,
    },
    /// The first controls were refused for want of a valid credential, or turned away.
    ControlRefused {
        /// What came instead.
        answer: String,
        /// The status of it; `None` where no answer came.
        status: Option<u16>,
        /// The path that was called, behind the target's prefix.
        path: String,
    },
    /// No connection could be made.
    NotConnected {
        /// What the system says.
        detail: String,
        /// Whether there had been answers before.
        answered_before: bool,
    },
    /// The server's certificate is not trusted.
    Untrusted {
        /// What is wrong with it.
        fault: CertificateFault,
        /// What the TLS library says.
        detail: String,
        /// Whether there had been answers before.
        answered_before: bool,
    },
    /// Controls were accepted and then no longer.
    ControlLost {
        /// What came instead.
        answer: String,
        /// The status of it; `None` where no answer came.
        status: Option<u16>,
        /// The path that was called, behind the target's prefix.
        path: String,
    },
    /// The target left too many requests without an answer.
    Unanswered,
    /// This machine was too busy to hear answers, or the target floods it.
    Starved,
    /// `--max-requests` was reached.
    RequestsSpent,
    /// `--max-time` was reached.
    TimeSpent,
    /// The user interrupted it.
    Interrupted,
    /// Of the shards of the run some are missing, or did not come to their end.
    Shards {
        /// Which, and why, a shard a phrase: `shard 2 of 3 is missing`.
        detail: String,
        /// Whether what some shard would have sent was not sent, or is not known.
        is_missing: bool,
    },
}

impl fmt::Display for EndedEarly {
    /// A phrase without what the server said.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotTheApi { .. } => "what answers is not the documented API",
            Self::ControlRefused { .. } => "the plain valid request was not accepted",
            Self::NotConnected { answered_before: false, .. } => "no connection",
            Self::NotConnected { answered_before: true, .. } => "the connection was lost",
            Self::Untrusted { .. } => "the certificate is not trusted",
            Self::Starved => "this machine was too busy itself, or was flooded",
            Self::ControlLost { .. } => "the plain valid request was no longer accepted",
            Self::Unanswered => "too many requests were not answered",
            Self::RequestsSpent => "--max-requests was reached",
            Self::TimeSpent => "--max-time was reached",
            Self::Interrupted => "interrupted",
            Self::Shards { detail, .. } => detail,
        })
    }
}

/// What a run says about one rule.
#[derive(Clone, Debug)]
pub struct RuleOutcome {
    /// The rule.
    pub rule: Rule,
    /// The cases that probed it, or the answers it was held against.
    pub cases: u64,
    /// The verdict.
    pub verdict: RuleVerdict,
}

/// The verdict on a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleVerdict {
    /// Kept in every case.
    Held,
    /// Broken, and it is a must; in this way.
    Failed(&'static str),
    /// Broken, and it is a should; in this way.
    Warned(&'static str),
    /// Nobody decides; this was seen, each with its count.
    Observed(BTreeMap<String, u64>),
    /// Nothing can be said, for this reason; the text says more.
    Inconclusive(Reason, Option<&'static str>),
    /// Deselected, or not applicable for the reason given.
    NotRun(&'static str),
}

impl RuleVerdict {
    /// The verdict in one word, as reports spell it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Failed(_) => "failed",
            Self::Warned(_) => "warned",
            Self::Observed(_) => "observed",
            Self::Inconclusive(..) => "inconclusive",
            Self::NotRun(_) => "not_run",
        }
    }
}

/// One cause of broken promises.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The narrowest rule that it breaks.
    pub rule: RuleId,
    /// Other rules that it breaks as well: the general one (no request makes the service fail, every
    /// request is answered) beside a narrow one, or the narrow ones beside the general one.
    pub also: Vec<RuleId>,
    /// The check that saw it.
    pub check: CheckName,
    /// What it amounts to.
    pub severity: Severity,
    /// The way the rule is broken: `not enforced`.
    pub kind: &'static str,
    /// The label of the case that shows it.
    pub scenario: Scenario,
    /// The cases that showed it.
    pub count: u64,
    /// How often it was seen when its case was sent again.
    pub reproduced: Reproduced,
    /// What was promised.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// What became of the legal twin, in words.
    pub twin: Option<String>,
    /// The smallest case that shows it, as far as it was reduced.
    pub case: Case,
    /// The requests that reducing it took.
    pub shrink_requests: u32,
    /// Where the server's own limit lies, for a broken limit.
    pub real_limit: Option<RealLimit>,
}

/// How often a finding was seen when its case was sent again and again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reproduced {
    /// How often it was seen.
    pub seen: u32,
    /// How often the case was sent.
    pub sent: u32,
}

impl Reproduced {
    /// Whether it shows so seldom that what was asked for is hardly the reason.
    pub fn is_scarce(self) -> bool {
        self.is_flaky() && self.seen.saturating_mul(5) <= self.sent
    }

    /// Whether it comes and goes.
    pub fn is_flaky(self) -> bool {
        self.seen < self.sent
    }
}

/// Where a server's own limit lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealLimit {
    /// The documented limit.
    pub documented: u64,
    /// The largest value that the server was seen to accept.
    pub enforced: u64,
    /// Whether a larger one was refused; otherwise none was found up to there.
    pub found: bool,
    /// The requests that the search took.
    pub requests: u32,
}

/// The verdict on a whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunVerdict {
    /// All selected musts held.
    Held,
    /// A must failed, or with `--strict` a should.
    Failed,
    /// A selected must is inconclusive, or nothing was tested.
    Inconclusive,
    /// The user interrupted it.
    Interrupted,
}

impl Outcome {
    /// Every finding, operation by operation.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.operations.iter().flat_map(|operation| &operation.findings)
    }

    /// Every rule, operation by operation.
    pub fn rules(&self) -> impl Iterator<Item = &RuleOutcome> {
        self.operations.iter().flat_map(|operation| &operation.rules)
    }

    /// The verdict on the whole run.
    pub fn verdict(&self) -> RunVerdict {
        use crate::contract::Strength::{Must, Open};
        let fails = |severity| severity == Severity::Failure || self.strict;
        if self.ended_early == Some(EndedEarly::Interrupted) {
            return RunVerdict::Interrupted;
        }
        // What is not known may be worse than what is.
        if matches!(self.ended_early, Some(EndedEarly::Shards { is_missing: true, .. })) {
            return RunVerdict::Inconclusive;
        }
        if self.findings().any(|finding| fails(finding.severity)) {
            return RunVerdict::Failed;
        }
        let weighs = |rule: &RuleOutcome| {
            rule.rule.strength == Must || (self.strict && rule.rule.strength != Open)
        };
        let undecided = self.rules().any(|rule| {
            rule.rule.strength == Must && matches!(rule.verdict, RuleVerdict::Inconclusive(..))
        });
        let decided = self.rules().any(|rule| {
            weighs(rule) && matches!(rule.verdict, RuleVerdict::Held | RuleVerdict::Warned(_))
        });
        // Nothing of the plan fell to this shard.
        let is_idle = matches!(self.extent, Extent::Shard(_)) && self.traffic.requests() == 0;
        if undecided || !(decided || is_idle) { RunVerdict::Inconclusive } else { RunVerdict::Held }
    }
}
