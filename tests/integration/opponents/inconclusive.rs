//! Opponents that break nothing and let nothing be shown: a run ends inconclusive.

use super::harmless::{Harmless, harmless};
use super::traits::{Traits, gateway};
use super::wire::Reply;

const OK: Traits = Traits::FAITHFUL;

/// The requests that are served before an opponent with a turn takes it: fewer than any run sends.
pub(crate) const TURN: usize = 60;

/// Every opponent that leaves a run without a verdict.
pub(crate) const INCONCLUSIVE: &[Harmless] = &[
    harmless("a token that nobody knows", Traits { authentic: |_, _| false, ..OK }),
    harmless(
        "a token that expires in mid-run",
        Traits {
            authentic: |token, seen| (OK.authentic)(token, seen) && seen.number <= TURN,
            unauthenticated: |_| gateway(401, "APIGW.0307", "token expired"),
            ..OK
        },
    ),
    harmless(
        "throttled for good in mid-run",
        Traits {
            front: |seen| (seen.number > TURN).then(|| gateway(429, "APIGW.0308", "slow down")),
            ..OK
        },
    ),
    harmless(
        "no such path at the gateway",
        Traits { front: |_| Some(gateway(404, "APIGW.0101", "no such API")), ..OK },
    ),
    harmless(
        "shedding everything",
        Traits { front: |_| Some(Reply::text(503, "text/plain", "busy")), ..OK },
    ),
];
