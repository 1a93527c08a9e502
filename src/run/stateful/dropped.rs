//! Requests that a server takes up on a kept connection, and closes it without an answer.
//!
//! A server may close a connection that is idle, and the request that crosses with that says nothing:
//! it is sent once more, and only what comes of that counts. So a server that reads requests and drops
//! them looks like one that keeps connections for a short time. What tells them apart is a rest before
//! each request: whoever closes idle connections does so within the rest, or at another one's end.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::case::Case;
use crate::check::{Breach, CheckName, Severity};
use crate::generate::Sequence;
use crate::run::Reproduced;
use crate::run::session::Session;
use crate::run::wire::Rested;

/// Moments at which requests were sent once more, from which on it is looked into.
const WORTH_IT: u64 = 2;

/// Requests for it, at the least and at the most.
const REQUESTS: RangeInclusive<u64> = 60..=700;

/// So many times as many as were sent for each one that was sent once more.
const TIMES: u64 = 4;

/// All rests together take no longer.
const LONGEST: Duration = Duration::from_secs(10);

/// Rests before requests, in parts of a hundred of the usual latency. None ends within the time in
/// which a connection that was closed at the end of another may still look open.
const RESTS: [u32; 3] = [150, 300, 500];

/// And each takes this much at least.
const LEAST: [Duration; 3] =
    [Duration::from_millis(3), Duration::from_millis(6), Duration::from_millis(11)];

/// Requests that are dropped, before it is believed, of a target that is quick beside the rests, and of
/// others: behind two different rests, no server's patience is the reason.
const ENOUGH: [u32; 2] = [2, 3];

/// So many times more requests are dropped than connections closed at rest.
const RATHER: u32 = 4;

/// A target is quick whose usual latency is so many times shorter than the shortest rest.
const QUICK: u32 = 8;

impl Session<'_> {
    /// Finds out whether the server drops requests on kept connections, where some were sent once more
    /// because such a connection was closed.
    pub(super) async fn find_dropped(&mut self, sequence: &Sequence, reconnects: u64) {
        let is_shown = self.wire.reconnect_moments() >= WORTH_IT && reconnects > 0;
        if !is_shown || !self.settings.asks(CheckName::Answered, &sequence.rule) {
            return;
        }
        let Some(case) = sequence.cases.first() else { return };
        let usual = self.wire.latency_so_far(|latencies| latencies.at(50)).unwrap_or_default();
        let enough = ENOUGH[usize::from(usual * QUICK > LEAST[0])];
        let most = TIMES * self.wire.traffic().requests() / reconnects;
        let most = most.clamp(*REQUESTS.start(), *REQUESTS.end());
        let mut rested = Duration::ZERO;
        let mut dropped = [0_u32; RESTS.len()];
        let (mut shown, mut expired, mut was_dropped) = (None, 0, false);
        let mut sent = 0_u32;
        self.wire.close_idle().await;
        while u64::from(sent) < most && rested < LONGEST && !is_told(dropped, enough) {
            let which = turn(sent);
            let rest = LEAST[which].max(usual * RESTS[which] / 100);
            rested += rest;
            let Some(became) = self.wire.send_rested(&case.request, rest).await else { break };
            sent += 1;
            match became {
                Rested::Dropped => {
                    dropped[which] += 1;
                    shown = Some(rest);
                }
                // Behind a dropped one there is none to rest.
                Rested::Expired => expired += u32::from(!was_dropped && sent > 1),
                Rested::Kept => {}
            }
            was_dropped = became == Rested::Dropped;
        }
        let seen: u32 = dropped.iter().sum();
        // Who closes idle connections, at whatever moment, does so while they rest, too.
        let shown = shown.filter(|_| is_told(dropped, enough) && expired * RATHER <= seen);
        let Some(rest) = shown else { return };
        let actual = format!(
            "the connection was still open {rest:?} after its last answer, and was closed without \
             one once the request was sent; {seen} of {sent} times"
        );
        let breach = Breach {
            check: CheckName::Answered,
            rule: sequence.rule.clone(),
            severity: Severity::Failure,
            kind: "dropped on a kept connection",
            expected: "an answer, or a connection that is closed before the request".to_owned(),
            actual,
        };
        let case = Case { rule: sequence.rule.clone(), twin: None, ..case.clone() };
        self.suspects.convict(&breach, &case, None, Reproduced { seen, sent });
    }
}

/// Which rest comes before a request: in an order without a rhythm that a server might share.
fn turn(sent: u32) -> usize {
    let digits = std::iter::successors(Some(sent), |left| (*left > 0).then_some(left / 3));
    usize::try_from(digits.map(|left| left % 3).sum::<u32>() % 3).unwrap_or(0)
}

/// Whether requests were dropped often enough, and behind different rests.
fn is_told(dropped: [u32; RESTS.len()], enough: u32) -> bool {
    dropped.iter().sum::<u32>() >= enough && dropped.iter().filter(|times| **times > 0).count() > 1
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
        assert!(!is_told([9, 0, 0], 2) && !is_told([1, 1, 0], 3));
        assert!(is_told([1, 0, 2], 3) && is_told([1, 1, 0], 2));
    }
}
