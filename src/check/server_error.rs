//! No request makes the service fail.

use super::{Breach, CheckName, Disposition, Exchange, Severity};

pub(super) fn check(exchange: &Exchange<'_>) -> Vec<Breach> {
    if exchange.reading.disposition != Disposition::ServerError {
        return Vec::new();
    }
    vec![Breach {
        check: CheckName::NotAServerError,
        rule: exchange.narrowest("serverError"),
        severity: Severity::Failure,
        kind: "server error",
        expected: "an answer other than a server error".to_owned(),
        actual: exchange.describe_answer(),
    }]
}
