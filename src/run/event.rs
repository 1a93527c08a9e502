//! What a run tells while it goes on.

use serde::{Deserialize, Serialize};

use super::{ConcurrencyChange, Finding, OperationOutcome, Outcome, Sighting};
use crate::check::CaseVerdict;

/// Something that happened in a run, in the order of happening.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// Nothing was sent yet.
    Planned {
        /// Operations that will be called.
        operations: usize,
        /// Requests of the plan: a guess where there are very many.
        requests: u64,
    },
    /// An operation is begun.
    OperationStarted {
        /// Its id.
        id: &'e str,
        /// Its method and path.
        title: &'e str,
    },
    /// A planned request was answered, or given up.
    Answered,
    /// More or fewer requests go out at once than before, as the target's answers suggest.
    ConcurrencyChanged(ConcurrencyChange),
    /// A breach was seen again, and is believed; it may yet be explained or merged with others.
    Confirmed(&'e Sighting),
    /// A block of cases was judged.
    BlockJudged(&'e BlockCounts),
    /// A finding was confirmed and reduced.
    Found(&'e Finding),
    /// An operation is done.
    OperationFinished(&'e OperationOutcome),
    /// The run is over.
    Finished(&'e Outcome),
}

/// What became of the cases of one block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockCounts {
    /// The operation's id.
    pub operation: String,
    /// What the block is about.
    pub name: String,
    /// Its cases.
    pub cases: u64,
    /// Cases that kept their rule.
    pub held: u64,
    /// Cases that broke a must, before that was confirmed.
    pub failed: u64,
    /// Cases that broke a should, before that was confirmed.
    pub warned: u64,
    /// Cases of which nobody decides what becomes.
    pub observed: u64,
    /// Cases that say nothing.
    pub undecided: u64,
    /// Cases whose fault is reported elsewhere.
    pub not_judged: u64,
    /// Whether the plain valid request was no longer accepted afterwards.
    #[serde(rename = "lost")]
    pub is_lost: bool,
    /// Requests of the whole run so far.
    pub requests_sent: u64,
}

impl BlockCounts {
    /// Counts what a case says.
    pub(super) fn count(&mut self, verdict: &CaseVerdict) {
        *match verdict {
            CaseVerdict::Held => &mut self.held,
            CaseVerdict::Failed => &mut self.failed,
            CaseVerdict::Warned => &mut self.warned,
            CaseVerdict::Observed(_) => &mut self.observed,
            CaseVerdict::Undecided(_) => &mut self.undecided,
            CaseVerdict::NotJudged => &mut self.not_judged,
        } += 1;
    }
}

/// Something that listens to a run.
pub trait Listener {
    /// Takes note of what happened.
    fn event(&mut self, event: Event<'_>);
}

impl<F: FnMut(Event<'_>)> Listener for F {
    fn event(&mut self, event: Event<'_>) {
        self(event);
    }
}

/// Listens to nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Listener for Silent {
    fn event(&mut self, _: Event<'_>) {}
}
