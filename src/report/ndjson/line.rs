//! Every kind of line.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::evidence::{RuleRow, SightingRow};
use super::header::Header;
use crate::run::{AnswerShapes, BlockCounts, Controls, EndedEarly, Load, RunVerdict};

/// A line; its `type` says which it is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Line {
    /// The first one.
    Start(Box<Header>),
    /// An operation is begun.
    Operation(OperationRow),
    /// A block of cases was judged.
    Block(BlockCounts),
    /// Something broken was seen again. It may yet be explained, or merged with others.
    Confirmed(Box<ConfirmedRow>),
    /// A rule, when its operation is done.
    Rule(Box<RuleRow>),
    /// One way of breaking one rule, when its operation is done: findings are weighed from these.
    Sighting(Box<SightingRow>),
    /// A finding, as the JSON report has it.
    Finding { finding: Value },
    /// What the answers look like.
    Answers(Box<AnswersRow>),
    /// An operation is done.
    OperationEnd(OperationEndRow),
    /// The last one.
    End(EndRow),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OperationRow {
    pub(super) operation: String,
    pub(super) title: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ConfirmedRow {
    #[serde(flatten)]
    pub(super) sighting: SightingRow,
    /// A line for bash that sends the request again.
    pub(super) curl: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AnswersRow {
    pub(super) operation: String,
    #[serde(flatten)]
    pub(super) shapes: AnswerShapes,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OperationEndRow {
    pub(super) operation: String,
    pub(super) controls: Controls,
    pub(super) latency_ms: Option<LatencyRow>,
    /// Answers by the power of two of their microseconds, from one up.
    pub(super) latency_counts: Vec<u64>,
    pub(super) reach: crate::run::Reach,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LatencyRow {
    pub(super) median: f64,
    pub(super) p99: f64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EndRow {
    pub(super) verdict: RunVerdict,
    pub(super) exit_code: u8,
    pub(super) requests_sent: u64,
    pub(super) planned: u64,
    pub(super) adaptive: u64,
    pub(super) duration_ms: u64,
    pub(super) load: Load,
    pub(super) insecure: bool,
    pub(super) ended_early: Option<EndedEarly>,
}
