//! Requests that belong together: in this order, or at once.

use crate::case::{Case, GenerationMode, Phase};
use crate::contract::RuleId;

/// Requests that belong together, in this order or at once. A run is never split within one.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Its own name within its operation: `stateful/burst/8/1`.
    pub id: String,
    /// How its requests are sent.
    pub kind: SequenceKind,
    /// The rule that it probes.
    pub rule: RuleId,
    /// The requests, valid ones and such as the contract refuses.
    pub cases: Vec<Case>,
}

/// How the requests of a sequence are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SequenceKind {
    /// One valid request again and again, on one kept connection.
    Repetition,
    /// The same, each time on a new connection.
    FreshRepetition,
    /// Different valid requests in turn, on one kept connection.
    Alternation,
    /// A valid request, one that is refused, and right behind it, on the same connection, another valid
    /// one.
    AfterRefusal,
    /// A request that is refused, and right behind it, on the same connection, another that must be.
    Refusals,
    /// All at once, this many.
    Burst(usize),
}

impl Sequence {
    /// A sequence of these cases, which take over its name, phase and number.
    pub(super) fn new(id: String, kind: SequenceKind, rule: RuleId, cases: Vec<Case>) -> Self {
        let cases = cases.into_iter().enumerate().map(|(number, case)| Case {
            id: format!("{id}/{number}"),
            phase: Phase::Stateful,
            ..case
        });
        Self { kind, rule, cases: cases.collect(), id }
    }

    /// How many of its requests keep the contract and are sent for their own sake.
    pub fn valid(&self) -> usize {
        if self.kind == SequenceKind::AfterRefusal {
            return 1;
        }
        self.cases.iter().filter(|case| case.mode == GenerationMode::Positive).count()
    }
}
