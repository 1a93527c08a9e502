//! What a run tells while it goes on.

use super::{ConcurrencyChange, Finding, Outcome};
use crate::check::Breach;

/// Something that happened in a run, in the order of happening.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// The plan is made; nothing was sent yet.
    Planned {
        /// Operations that will be called.
        operations: usize,
        /// Requests of the plan.
        requests: u64,
    },
    /// An operation is begun.
    OperationStarted {
        /// Its method and path.
        title: &'e str,
    },
    /// A planned request was answered, or given up.
    Answered,
    /// More or fewer requests go out at once than before, as the target's answers suggest.
    ConcurrencyChanged(ConcurrencyChange),
    /// A breach was seen again, and is believed; it may yet be explained or merged with others.
    Confirmed(&'e Breach),
    /// A finding was confirmed and reduced.
    Found(&'e Finding),
    /// The run is over.
    Finished(&'e Outcome),
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
