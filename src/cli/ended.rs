//! Why a run ended before its plan did, and what to do about it.

use crate::http::Target;
use crate::run::EndedEarly;

/// One paragraph for the user.
pub(crate) fn explain(why: &EndedEarly, target: &Target) -> String {
    match why {
        EndedEarly::NotTheApi { answer } => format!(
            "what answers at {target} is not the documented API: a plain valid request was \
             answered {answer}. Nothing was tested. Check the URL, and whether a prefix is \
             missing: the contract's paths are appended to it"
        ),
        EndedEarly::ControlRefused { answer } => format!(
            "{target} refuses the plain valid request: {answer}. Whatever else it refuses proves \
             nothing, so nothing was tested. Give a valid credential (-H 'X-Auth-Token: …', or \
             FENCEPOST_HEADERS), and identifiers that exist there (--known NAME=VALUE)"
        ),
        EndedEarly::NotConnected { detail, answered_before: false } => format!(
            "nothing can be sent to {target}: {detail}. Nothing was tested. Start the server, or \
             correct the URL"
        ),
        EndedEarly::NotConnected { detail, answered_before: true } => format!(
            "{target} can't be reached any more: {detail}. What is missing from the table is \
             inconclusive. See why the server went away, and run again"
        ),
        EndedEarly::ControlLost { answer } => format!(
            "{target} accepted the plain valid request at first, and then answered it {answer}, \
             again and again: an expired credential, a throttle or a server in trouble. What was \
             not decided before is inconclusive. Renew the credential or lower --concurrency, and \
             run again"
        ),
        EndedEarly::Unanswered => format!(
            "{target} leaves too many requests without an answer, so the run was given up. The \
             findings say which; a longer --timeout may help where the server is only slow"
        ),
        EndedEarly::RequestsSpent => {
            "the run reached --max-requests before its plan was done. What \
             was not decided is inconclusive. Give it more, or select less (--rule, --phase)"
                .to_owned()
        }
        EndedEarly::TimeSpent => {
            "the run reached --max-time before its plan was done. What was not \
             decided is inconclusive. Give it more, or select less (--rule, --phase)"
                .to_owned()
        }
        EndedEarly::Interrupted => {
            "interrupted. The report shows what was seen until then".to_owned()
        }
    }
}
