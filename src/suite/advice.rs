//! What to do about a rule of which nothing can be said.

use crate::check::Reason;

/// One sentence for the user.
pub(super) fn on(reason: Reason) -> &'static str {
    match reason {
        Reason::ReportedElsewhere => "Mend what the findings say, and run again",
        Reason::ControlRefused | Reason::RefusedLikeItsTwin => {
            "Give a credential that is valid there (FENCEPOST_HEADERS), and see whether the \
             documented examples exist on that server"
        }
        Reason::ControlLost => {
            "A credential that expires, a throttle or a server in trouble: renew it, and run again"
        }
        Reason::GatewayAnswered => {
            "See whether the credential may call this operation, and why the gateway steps in"
        }
        Reason::Redirected => {
            "Document what a wrong request is answered with: a redirect doesn't tell it from a right one"
        }
        Reason::Throttled => "Run again when the server is less busy, or raise its limits",
        Reason::NotConnected | Reason::RunEnded | Reason::ShardMissing => {
            "The error on stderr, or the test `target`, says why the run ended"
        }
        Reason::Unreadable => {
            "The server's answers are framed in a way that is legal and very unusual: see how it answers"
        }
        Reason::Starved => "Run again on a machine that has less to do, or with fewer jobs at once",
        Reason::NotReproduced => "Run again; what comes and goes is reported when it comes twice",
        Reason::NoCase | Reason::NotGiven => {
            "`fencepost test` has flags for what is missing (--known, --unknown, --phase)"
        }
        Reason::NotSendable => "HTTP can't carry what the rule needs; say so to whoever wrote it",
        Reason::NoSuchAnswer => {
            "See whether some valid request is accepted there at all: the test `target` is the \
             first to look at"
        }
    }
}
