//! Opponents that break nothing and let nothing be shown: a run ends inconclusive.

use serde_json::json;

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
        "a token that nobody knows, refused without a body",
        Traits { authentic: |_, _| false, unauthenticated: |_| Reply::empty(401), ..OK },
    ),
    harmless(
        "a token that nobody knows, refused in other words",
        Traits {
            authentic: |_, _| false,
            unauthenticated: |_| Reply::json(403, json!({"error": "forbidden"})),
            ..OK
        },
    ),
    harmless(
        "a token that expires in mid-run, refused without a body",
        Traits {
            authentic: |token, seen| (OK.authentic)(token, seen) && seen.number <= TURN,
            unauthenticated: |_| Reply::empty(401),
            ..OK
        },
    ),
    harmless(
        "a page for everything",
        Traits { front: |_| Some(Reply::text(200, "text/html", "<h1>Welcome</h1>")), ..OK },
    ),
    harmless(
        "another server altogether",
        Traits { front: |_| Some(Reply::text(404, "text/html", "<h1>Not Found</h1>")), ..OK },
    ),
    harmless("redirected elsewhere", Traits { front: |_| Some(Reply::empty(302)), ..OK }),
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
