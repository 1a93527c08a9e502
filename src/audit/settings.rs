//! How an audit goes about its work.

use std::time::Duration;

use crate::generate::Seed;
use crate::run::StopHandle;

/// How an audit goes about its work.
#[derive(Clone, Debug)]
pub struct AuditSettings {
    /// The seed of every run.
    pub seed: Seed,
    /// Trials at once, each on a thread of its own; at least 1.
    pub jobs: usize,
    /// Requests under way at once in each trial.
    pub concurrency: usize,
    /// The longest wait for one answer: well above the slowness of harmless variants.
    pub timeout: Duration,
    /// The longest time for one trial.
    pub trial_time: Duration,
    /// The mutants and variants to try, by id or beginning of an id; all when empty.
    pub only: Vec<String>,
    /// Ends the audit before it is done; what was tried by then is its outcome.
    pub stop: StopHandle,
}

impl Default for AuditSettings {
    /// Seed 0, two trials at once with 4 requests each, one second for an answer, 60 for a trial.
    fn default() -> Self {
        Self {
            seed: Seed(0),
            jobs: 2,
            concurrency: 4,
            timeout: Duration::from_secs(1),
            trial_time: Duration::from_secs(60),
            only: Vec::new(),
            stop: StopHandle::default(),
        }
    }
}
