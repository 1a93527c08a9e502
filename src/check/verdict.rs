//! What one case says about the rule that it probes, and why it may say nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Disposition, Exchange};

/// What one case says about the rule it probes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseVerdict {
    /// The rule was kept.
    Held,
    /// The rule was broken, and it is a must.
    Failed,
    /// The rule was broken, and it is a should; or it was kept in a way that another source allows.
    Warned,
    /// Nobody decides; this is what was seen.
    Observed(String),
    /// Nothing can be said, for this reason.
    Undecided(Reason),
    /// Something else that is wrong with this answer, or with its twin's, is reported by itself.
    NotJudged,
}

/// Why a case, or a whole rule, is inconclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its cases, or their legal twins, were answered wrongly in another respect, which is a finding
    /// of its own.
    ReportedElsewhere,
    /// The plain valid request was not accepted, so that a refusal proves nothing.
    ControlRefused,
    /// The control was accepted before the block of cases, and no longer after it.
    ControlLost,
    /// The legal twin was refused in the very same way.
    RefusedLikeItsTwin,
    /// The gateway answered in the service's place.
    GatewayAnswered,
    /// The answer is a redirect that the document names, to what was asked for or to where it is told
    /// that the request was wrong.
    Redirected,
    /// The request was turned away for load, again and again.
    Throttled,
    /// No connection could be made.
    NotConnected,
    /// This machine was too busy itself to wait for the answer, or the target flooded it.
    Starved,
    /// The answer is beyond what the HTTP library reads.
    Unreadable,
    /// HTTP can't express the request, so that it was not sent.
    NotSendable,
    /// It was seen once and not again.
    NotReproduced,
    /// The run ended before: its request budget, its time or the user's patience.
    RunEnded,
    /// No case of the selected phases probes it.
    NoCase,
    /// It needs something that was not given.
    NotGiven,
    /// No answer of the kind it speaks of was seen.
    NoSuchAnswer,
    /// A shard of the run is missing, or did not come to its end.
    ShardMissing,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReportedElsewhere => "what is wrong with its cases is reported by itself",
            Self::ControlRefused => "the plain valid request was not accepted",
            Self::ControlLost => "the plain valid request was no longer accepted afterwards",
            Self::RefusedLikeItsTwin => "its legal twin was refused in the same way",
            Self::GatewayAnswered => {
                "it was refused in front of the service, or for another reason"
            }
            Self::Redirected => "a documented redirect may accept as well as refuse",
            Self::Throttled => "turned away for load",
            Self::NotConnected => "no connection",
            Self::Unreadable => "its answer is beyond what this client reads",
            Self::Starved => "this machine was too busy itself, or was flooded",
            Self::NotSendable => "HTTP can't express the request",
            Self::NotReproduced => "seen once and not again",
            Self::RunEnded => "the run ended before",
            Self::NoCase => "no case of the selected phases probes it",
            Self::NotGiven => "needs something that was not given",
            Self::NoSuchAnswer => "no such answer was seen",
            Self::ShardMissing => "a shard is missing or did not come to its end",
        })
    }
}

/// What became of the case that another one differs from in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// What became of it.
    pub disposition: Disposition,
    /// The status of its answer.
    pub status: Option<u16>,
    /// The code of its answer.
    pub code: Option<String>,
}

impl Twin {
    /// What another case needs to know of this exchange.
    pub fn of(exchange: &Exchange<'_>) -> Self {
        Self {
            disposition: exchange.reading.disposition,
            status: exchange.answer().map(|answer| answer.status),
            code: exchange.reading.code.clone(),
        }
    }
}
