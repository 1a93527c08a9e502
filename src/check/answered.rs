//! Every request is answered, whole and in time.

use super::{Breach, CheckName, Exchange, Severity};
use crate::http::NoAnswerKind;

/// The kind of breach where no whole answer came within the time limit.
pub(crate) const TOO_LATE: &str = "no answer in time";

/// The kind of breach where the connection ended without a byte.
pub(crate) const CLOSED: &str = "connection closed before an answer";

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    let Err(failure) = &exchange.interaction.result else { return Vec::new() };
    let kind = match failure.kind {
        // Nothing was sent, or we were not there to hear the answer: so nothing can be said of the server's way with requests.
        NoAnswerKind::Connect
        | NoAnswerKind::Untrusted(_)
        | NoAnswerKind::Starved
        | NoAnswerKind::Unreadable
        | NoAnswerKind::Unsendable => return Vec::new(),
        NoAnswerKind::Closed => CLOSED,
        NoAnswerKind::Truncated => "connection closed within the answer",
        NoAnswerKind::Timeout => TOO_LATE,
        NoAnswerKind::Malformed => "answer is not HTTP",
        NoAnswerKind::Miscoded => "body not coded as its headers say",
        NoAnswerKind::TooLarge => "answer over the size limit",
    };
    vec![Breach {
        check: CheckName::Answered,
        rule: exchange.narrowest("noAnswer"),
        severity: Severity::Failure,
        kind,
        expected: "a whole answer".to_owned(),
        actual: format!("{}: {}", failure.kind, failure.detail),
    }]
}

#[cfg(test)]
mod tests {
    use crate::check::tests::{hold, short};

    #[test]
    fn a_request_that_was_sent_and_not_answered_is_a_failure() {
        hold(&[
            (short("closed"), &["response/noAnswer: connection closed before an answer"]),
            (short("not connected"), &[]),
            (short("not sendable"), &[]),
            (short("ok"), &[]),
        ]);
    }
}
