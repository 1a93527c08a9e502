//! Requests that a server takes up on a kept connection, and closes it without an answer.
//!
//! A server may close a connection that is idle, and the request that crosses with that says nothing:
//! it is sent once more, and only what comes of that counts. So a server that reads requests and drops
//! them looks like one that keeps connections for a short time. What tells them apart is a rest before
//! each request: whoever closes idle connections does so within the rest, or at another one's end.

use std::time::Duration;

use super::blame::Shown;
use super::trouble::{Trouble, Way};
use crate::check::Severity;
use crate::generate::{Sequence, SequenceKind};
use crate::run::Reproduced;
use crate::run::session::Session;

/// Requests that were sent once more, from which on it is looked into.
const WORTH_IT: u64 = 2;

/// Requests for it: one that is dropped at every hundredth comes up three times.
const MOST: u32 = 310;

/// All rests together take no longer.
const LONGEST: Duration = Duration::from_secs(10);

/// Rests before requests, in parts of a hundred of the usual latency. None ends within the time in
/// which a connection that was closed at the end of another may still look open.
const RESTS: [u32; 3] = [150, 300, 500];

/// And each takes this much at least.
const LEAST: [Duration; 3] =
    [Duration::from_millis(2), Duration::from_millis(5), Duration::from_millis(11)];

/// Requests that are dropped, before it is believed: behind two different rests, no server's patience
/// is the reason.
const ENOUGH: u32 = 3;

impl Session<'_> {
    /// Finds out whether the server drops requests on kept connections, where some were sent once more
    /// because such a connection was closed.
    pub(super) async fn find_dropped(&mut self, sequence: &Sequence, reconnects: u64) {
        if reconnects < WORTH_IT || sequence.kind != SequenceKind::Repetition {
            return;
        }
        let Some(case) = sequence.cases.first() else { return };
        let usual = self.wire.latency_so_far(|latencies| latencies.at(90)).unwrap_or_default();
        let mut rested = Duration::ZERO;
        let mut dropped = [0_u32; RESTS.len()];
        let mut shown = None;
        let mut sent = 0;
        self.wire.close_idle().await;
        while sent < MOST && rested < LONGEST && !is_told(dropped) {
            let which = turn(sent);
            let rest = LEAST[which].max(usual * RESTS[which] / 100);
            rested += rest;
            let Some((interaction, was_kept)) = self.wire.send_rested(&case.request, rest).await
            else {
                break;
            };
            sent += 1;
            if was_kept && interaction.result.is_err() {
                dropped[which] += 1;
                shown = Some((interaction, rest));
            }
        }
        let seen = dropped.iter().sum();
        let Some((interaction, rest)) = shown.filter(|_| is_told(dropped)) else { return };
        let actual = format!(
            "the connection was still open {rest:?} after its last answer, and was closed without \
             one once the request was sent; {seen} of {sent} times"
        );
        let trouble = Trouble { way: Way::NoAnswer, severity: Severity::Failure, actual };
        let shown = Shown { trouble, index: 0, interaction };
        let reproduced = Reproduced { seen, sent };
        let alone = usize::try_from(reconnects).unwrap_or(usize::MAX);
        self.blame_sequence(sequence, &shown, reproduced, "on a kept connection", alone);
    }
}

/// Which rest comes before a request: in an order without a rhythm that a server might share.
fn turn(sent: u32) -> usize {
    let digits = std::iter::successors(Some(sent), |left| (*left > 0).then_some(left / 3));
    usize::try_from(digits.map(|left| left % 3).sum::<u32>() % 3).unwrap_or(0)
}

/// Whether requests were dropped often enough, and behind different rests.
fn is_told(dropped: [u32; RESTS.len()]) -> bool {
    dropped.iter().sum::<u32>() >= ENOUGH && dropped.iter().filter(|times| **times > 0).count() > 1
}

#[cfg(test)]
mod tests {
    use super::{is_told, turn};

    #[test]
    fn a_request_in_so_many_meets_every_rest() {
        for every in 2..40 {
            let mut met: Vec<usize> =
                (1..=310 / every).map(|time| turn(time * every - 1)).collect();
            met.sort_unstable();
            met.dedup();
            assert!(met.len() > 1, "{every}: {met:?}");
        }
    }

    #[test]
    fn one_rest_alone_tells_nothing() {
        assert!(!is_told([9, 0, 0]) && !is_told([1, 1, 0]));
        assert!(is_told([1, 0, 2]));
    }
}
